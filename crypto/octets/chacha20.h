// The ChaCha20 key stream (RFC 8439 §2.3) as a generator of reproducible octets. For the sources of
// this folder; no OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace shakedown::crypto {

class ChaCha20 {
 public:
  ChaCha20() = default;
  // The key is `high` and `low`, little-endian, twice; the nonce is zero.
  ChaCha20(std::uint64_t high, std::uint64_t low);
  // The key and nonce of RFC 8439; the counter starts at `counter`.
  ChaCha20(std::span<const std::uint8_t, 32> key,
           std::span<const std::uint8_t, 12> nonce,
           std::uint32_t counter);

  void fill(std::span<std::uint8_t> out);

 private:
  void next_block();

  std::array<std::uint32_t, 16> state_{};
  std::array<std::uint8_t, 64> block_{};
  std::size_t used_ = 64;  // Of block_.
};

}  // namespace shakedown::crypto

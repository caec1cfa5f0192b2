// SHA-256, SHA-1 (key identifiers only, RFC 5280 §4.2.1.2) and HMAC-SHA-256 (HS256, RFC 7518 §3.2).
// Thread-safe functions; a Sha256 object belongs to one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

namespace shakedown::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Sha1Digest = std::array<std::uint8_t, 20>;

Sha256Digest sha256(std::string_view octets);
Sha1Digest sha1(std::string_view octets);
Sha256Digest hmac_sha256(std::string_view key, std::string_view message);

// SHA-256 over octets that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(std::string_view octets);
  // The digest of all octets so far; the object then starts afresh.
  Sha256Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shakedown::crypto

#include "crypto/octets/chacha20.h"

#include <bit>
#include <cstddef>

namespace shakedown::crypto {
namespace {

constexpr std::array<std::uint32_t, 4> kConstant{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

std::uint32_t load(const std::uint8_t* octets) {
  return static_cast<std::uint32_t>(octets[0]) | static_cast<std::uint32_t>(octets[1]) << 8 |
         static_cast<std::uint32_t>(octets[2]) << 16 | static_cast<std::uint32_t>(octets[3]) << 24;
}

void quarter_round(std::uint32_t& a, std::uint32_t& b, std::uint32_t& c, std::uint32_t& d) {
  a += b;
  d = std::rotl(d ^ a, 16);
  c += d;
  b = std::rotl(b ^ c, 12);
  a += b;
  d = std::rotl(d ^ a, 8);
  c += d;
  b = std::rotl(b ^ c, 7);
}

}  // namespace

ChaCha20::ChaCha20(std::uint64_t high, std::uint64_t low) {
  for (std::size_t i = 0; i < 4; ++i) state_[i] = kConstant[i];
  for (const std::size_t at : {4u, 8u}) {
    state_[at] = static_cast<std::uint32_t>(high);
    state_[at + 1] = static_cast<std::uint32_t>(high >> 32);
    state_[at + 2] = static_cast<std::uint32_t>(low);
    state_[at + 3] = static_cast<std::uint32_t>(low >> 32);
  }
}

ChaCha20::ChaCha20(std::span<const std::uint8_t, 32> key,
                   std::span<const std::uint8_t, 12> nonce,
                   std::uint32_t counter) {
  for (std::size_t i = 0; i < 4; ++i) state_[i] = kConstant[i];
  for (std::size_t i = 0; i < 8; ++i) state_[4 + i] = load(key.data() + 4 * i);
  state_[12] = counter;
  for (std::size_t i = 0; i < 3; ++i) state_[13 + i] = load(nonce.data() + 4 * i);
}

void ChaCha20::next_block() {
  std::array<std::uint32_t, 16> x = state_;
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < 4; ++i) quarter_round(x[i], x[4 + i], x[8 + i], x[12 + i]);
    for (std::size_t i = 0; i < 4; ++i) {
      quarter_round(x[i], x[4 + (i + 1) % 4], x[8 + (i + 2) % 4], x[12 + (i + 3) % 4]);
    }
  }
  for (std::size_t i = 0; i < 16; ++i) {
    const std::uint32_t word = x[i] + state_[i];
    for (std::size_t k = 0; k < 4; ++k) {
      block_[4 * i + k] = static_cast<std::uint8_t>(word >> (8 * k));
    }
  }
  ++state_[12];
  used_ = 0;
}

void ChaCha20::fill(std::span<std::uint8_t> out) {
  for (std::uint8_t& octet : out) {
    if (used_ == block_.size()) next_block();
    octet = block_[used_++];
  }
}

}  // namespace shakedown::crypto

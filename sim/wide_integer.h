// 128-bit integers, which both compilers have and ISO C++ does not, and a finaliser for hashes.
#pragma once

#include <cstdint>

namespace shakedown::sim {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 Uint128;

// Every bit of the input reaches every bit of the result (MurmurHash3's 64-bit finaliser).
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

}  // namespace shakedown::sim

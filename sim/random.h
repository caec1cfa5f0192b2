// Chance. One seed for a run; a stream of its own for each activity and purpose, keyed by lineage:
// hash(seed, parent activity, name, ordinal, purpose). So a new actor shifts nobody's luck, and a
// wall-clock run draws what the virtual run drew.
//
// The generator and all samplers are ours and use integers only (the distributions of std and Boost
// change between releases, floating point between compilers).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/time.h"
#include "sim/wide_integer.h"

namespace shakedown::sim {

// A 128-bit name for an activity, from which its streams are derived.
struct Lineage {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  static Lineage root(std::uint64_t seed);
  // The lineage of a child: `ordinal` tells equal names under one parent apart.
  Lineage child(std::string_view name, std::uint64_t ordinal) const;
  friend bool operator==(const Lineage&, const Lineage&) = default;
};

// PCG64 (XSL-RR 128/64). A value: copying it copies the position.
class Random {
 public:
  explicit Random(Lineage key);
  // The reference seeding of PCG ("initstate", "initseq"), for golden tests.
  Random(Uint128 state, Uint128 sequence);

  std::uint64_t next();
  // Uniform in [0, bound), unbiased. `bound` > 0, asserted.
  std::uint64_t below(std::uint64_t bound);
  // Uniform in [low, high], both included.
  Duration between(Duration low, Duration high);
  // True with probability numerator/denominator.
  bool chance(std::uint64_t numerator, std::uint64_t denominator);
  // A standard normal deviate times 2^32, by inverse CDF table in integers; |value| < 8 * 2^32.
  std::int64_t normal_q32();
  // Exponential with the given mean, by inverse CDF in integers.
  Duration exponential(Duration mean);
  void fill(std::span<std::uint8_t> bytes);

 private:
  Uint128 state_;
  Uint128 increment_;
};

}  // namespace shakedown::sim

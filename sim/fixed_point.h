// Logarithm and power of two in integers, for the samplers: the same bits on every machine and
// compiler. Tables of 1,024 steps with linear interpolation, built at compile time.
#pragma once

#include <cstdint>

namespace shakedown::sim {

// log2(x) times 2^32, x >= 1 (asserted). The error is below 2e-7 (before the scaling).
std::int64_t log2_q32(std::uint64_t x);

// value * 2^(exponent / 2^32), rounded down, relative error below 1e-7; saturates at the largest
// int64. `value` >= 0, asserted.
std::int64_t scale_by_exp2(std::int64_t value, std::int64_t exponent_q32);

}  // namespace shakedown::sim

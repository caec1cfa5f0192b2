// What is said of many measured values, and in which unit: quantiles, mean, maximum, and how a
// value is written for people and in the database. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::results {

enum class Unit : std::uint8_t {
  kCount,
  kShare,     // Parts per million, exact: 99.9% is 999'000.
  kDuration,  // Nanoseconds.
};

std::string_view to_string(Unit unit);  // count, ppm, ns: what table metric calls them.

// "12", "99.9%", "1h 57m 55.25s": all that is there.
std::string exact_text(Unit unit, std::int64_t value);
// The same for people: of a duration three decimals of a sensible unit.
std::string rounded_text(Unit unit, std::int64_t value);

using Values = std::vector<std::int64_t>;  // Of one unit, sorted.

// Which quantile, in parts of ten thousand: p99.9 is {9990}. Nearest rank: of n sorted values the
// one with rank ceil(n * parts / 10000), at least 1. So a quantile is always a measured value. For
// readers of SQL the view latency_quantiles does the same.
struct Quantile {
  std::uint32_t parts = 5000;
};

inline constexpr Quantile kP50{5000}, kP95{9500}, kP99{9900}, kMaximum{10000};

std::int64_t quantile_of(const Values& sorted, Quantile quantile);  // Of one value or more.

// A number that stands for a distribution.
struct Statistic {
  std::string_view id;                       // "p99"
  std::string_view description;              // "99% are at or below it."
  std::int64_t (*of)(const Values& sorted);  // Of one value or more.
};

// All of them, in the order in which documentation and reports list them.
std::span<const Statistic> statistics();

}  // namespace shakedown::results

#include "results/read/statistics.h"

#include <fmt/format.h>

#include <array>

#include "sim/result.h"
#include "sim/time.h"
#include "sim/wide_integer.h"

namespace shakedown::results {
namespace {

// 999000 -> "99.9%": exact, without floating point.
std::string percent(std::int64_t per_million) {
  std::string text = fmt::format("{}.{:04}", per_million / 10'000, per_million % 10'000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + "%";
}

std::string rounded_duration(sim::Duration duration) {
  using namespace std::chrono;
  if (duration >= minutes{1}) return sim::format_duration(floor<seconds>(duration));
  if (duration >= seconds{1}) return sim::format_duration(floor<milliseconds>(duration));
  if (duration >= milliseconds{1}) return sim::format_duration(floor<microseconds>(duration));
  return sim::format_duration(duration);
}

template <std::uint32_t parts>
std::int64_t quantile(const Values& sorted) {
  return quantile_of(sorted, {parts});
}

std::int64_t mean(const Values& sorted) {
  SHAKEDOWN_ASSERT(!sorted.empty());
  sim::Int128 sum = 0;
  for (const std::int64_t value : sorted) sum += value;
  return static_cast<std::int64_t>(sum / static_cast<std::int64_t>(sorted.size()));
}

constexpr std::array kStatistics{
    Statistic{"p50", "The median.", quantile<5000>},
    Statistic{"p90", "90% are at or below it.", quantile<9000>},
    Statistic{"p95", "95% are at or below it.", quantile<9500>},
    Statistic{"p99", "99% are at or below it.", quantile<9900>},
    Statistic{"p999", "99.9% are at or below it.", quantile<9990>},
    Statistic{"mean", "The arithmetic mean, rounded down.", mean},
    Statistic{"max", "The longest.", quantile<10000>},
};

}  // namespace

std::string_view to_string(Unit unit) {
  switch (unit) {
    case Unit::kCount:
      return "count";
    case Unit::kShare:
      return "ppm";
    case Unit::kDuration:
      return "ns";
  }
  return "";
}

std::string exact_text(Unit unit, std::int64_t value) {
  switch (unit) {
    case Unit::kCount:
      return std::to_string(value);
    case Unit::kShare:
      return percent(value);
    case Unit::kDuration:
      return sim::format_duration(sim::Duration{value});
  }
  return "";
}

std::string rounded_text(Unit unit, std::int64_t value) {
  return unit == Unit::kDuration ? rounded_duration(sim::Duration{value}) : exact_text(unit, value);
}

std::int64_t quantile_of(const Values& sorted, Quantile quantile) {
  SHAKEDOWN_ASSERT(!sorted.empty() && quantile.parts <= 10000);
  const std::uint64_t rank = (sorted.size() * quantile.parts + 9999) / 10000;
  return sorted[rank == 0 ? 0 : rank - 1];
}

std::span<const Statistic> statistics() { return kStatistics; }

}  // namespace shakedown::results

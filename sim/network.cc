#include "sim/network.h"

#include <algorithm>

#include "sim/fixed_point.h"

namespace shakedown::sim {
namespace {

constexpr Duration kInnerRtt = 1ms;
constexpr Duration kUnknownPath = 40ms;
constexpr std::int64_t kEmpiricalSteps = 1'000'000'000;  // Of the whole: a millionth per mille.

// A year is as good as never, and sums of a few still fit.
constexpr Duration kLongest = 365 * 24h;

Duration clamped(Int128 nanoseconds) {
  const Int128 longest = kLongest.count();
  return Duration{static_cast<std::int64_t>(std::clamp<Int128>(nanoseconds, 0, longest))};
}

Duration clamped(Duration value) { return std::clamp(value, Duration::zero(), kLongest); }

// median * (p95 / median)^(z / 1.6449): at the 95th percentile z is 1.6449.
Duration lognormal(Duration median, Duration p95, std::int64_t deviate_q32) {
  if (median <= Duration::zero() || p95 <= Duration::zero()) return clamped(median);
  constexpr std::int64_t kReciprocalOfZ95 = 2'611'154'711;  // 2^32 / 1.6448536269514722.
  const std::int64_t ratio = log2_q32(static_cast<std::uint64_t>(p95.count())) -
                             log2_q32(static_cast<std::uint64_t>(median.count()));
  const auto sigma =
      static_cast<std::int64_t>((static_cast<Int128>(ratio) * kReciprocalOfZ95) >> 32);
  const auto exponent = static_cast<std::int64_t>((static_cast<Int128>(sigma) * deviate_q32) >> 32);
  return clamped(Duration{scale_by_exp2(median.count(), exponent)});
}

// `position` counts in billionths of the whole.
Duration quantile(const std::vector<std::pair<int, Duration>>& points, std::int64_t position) {
  constexpr std::int64_t kPerMille = kEmpiricalSteps / 1000;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const std::int64_t to = points[i].first * kPerMille;
    if (position > to) continue;
    const std::int64_t from = points[i - 1].first * kPerMille;
    const Duration low = points[i - 1].second;
    const Int128 rise = (points[i].second - low).count();
    return low + Duration{static_cast<std::int64_t>(rise * (position - from) / (to - from))};
  }
  return points.empty() ? Duration::zero() : points.back().second;
}

}  // namespace

Duration Latency::sample(Random& random) const {
  switch (shape) {
    case Shape::kConstant:
      return clamped(a);
    case Shape::kUniform:
      return clamped(random.between(a, b));
    case Shape::kNormal: {
      const Int128 offset = static_cast<Int128>(b.count()) * random.normal_q32();
      return clamped(a.count() + (offset >> 32));
    }
    case Shape::kLognormal:
      return lognormal(a, b, random.normal_q32());
    case Shape::kEmpirical: {
      const std::uint64_t position = random.below(static_cast<std::uint64_t>(kEmpiricalSteps) + 1);
      return clamped(quantile(quantiles, static_cast<std::int64_t>(position)));
    }
  }
  return Duration::zero();
}

Duration Latency::typical() const {
  switch (shape) {
    case Shape::kConstant:
    case Shape::kNormal:
    case Shape::kLognormal:
      return clamped(a);
    case Shape::kUniform:
      return clamped(a + (b - a) / 2);
    case Shape::kEmpirical:
      return clamped(quantile(quantiles, kEmpiricalSteps / 2));
  }
  return Duration::zero();
}

Network::Network() { add_region("local"); }

void Network::add_region(const std::string& name) { rtt_[name].try_emplace(name, kInnerRtt); }

void Network::set_rtt(const std::string& a, const std::string& b, Duration rtt) {
  add_region(a);
  add_region(b);
  rtt_[a][b] = rtt;
  rtt_[b][a] = rtt;
}

bool Network::has_region(std::string_view name) const { return rtt_.find(name) != rtt_.end(); }

Duration Network::rtt(std::string_view a, std::string_view b) const {
  const auto inner = [this](std::string_view region) {
    const auto row = rtt_.find(region);
    return row == rtt_.end() ? kInnerRtt : row->second.find(region)->second;
  };
  if (const auto row = rtt_.find(a); row != rtt_.end()) {
    if (const auto entry = row->second.find(b); entry != row->second.end()) return entry->second;
  }
  return a == b ? kInnerRtt : std::max(inner(a), inner(b)) + kUnknownPath;
}

std::vector<std::string> Network::regions() const {
  std::vector<std::string> names;
  for (const auto& [name, row] : rtt_) names.push_back(name);
  return names;
}

}  // namespace shakedown::sim

#include "sim/own_clock.h"

#include <algorithm>

#include "sim/wide_integer.h"

namespace shakedown::sim {
namespace {

constexpr std::int64_t kMillion = 1'000'000;

Time clamp(Int128 nanoseconds) {
  const Int128 low = Time::min().time_since_epoch().count();
  const Int128 high = Time::max().time_since_epoch().count();
  return Time{Duration{static_cast<std::int64_t>(std::clamp(nanoseconds, low, high))}};
}

// Rounded towards minus infinity, so that the gain never jumps at zero.
Int128 divided_by_million(Int128 x) {
  return x >= 0 ? x / kMillion : -((-x + kMillion - 1) / kMillion);
}

}  // namespace

void OwnClock::add_skew(Time begin, std::int64_t parts_per_million) {
  skews_.push_back(
      {begin, std::clamp<std::int64_t>(parts_per_million, 1 - kMillion, kMillion * 1000)});
}

Time OwnClock::own(Time world) const {
  if (is_true() || world == kNever) return world;
  Int128 time = static_cast<Int128>(world.time_since_epoch().count()) + step_.count();
  Int128 rate = 0;
  for (const Skew& skew : skews_) {
    // Together, too, they never turn the clock back.
    const Int128 share = std::max<Int128>(skew.parts_per_million, 1 - kMillion - rate);
    rate += share;
    if (world > skew.begin) time += divided_by_million((world - skew.begin).count() * share);
  }
  return clamp(time);
}

Time OwnClock::world(Time own_time) const {
  if (is_true() || own_time == kNever) return own_time;
  if (skews_.empty()) {
    return clamp(static_cast<Int128>(own_time.time_since_epoch().count()) - step_.count());
  }
  // own() never decreases: halve the interval.
  std::int64_t low = Time::min().time_since_epoch().count();
  std::int64_t high = Time::max().time_since_epoch().count() - 1;
  if (own(Time{Duration{high}}) < own_time) return kNever;
  while (low < high) {
    const auto middle = static_cast<std::int64_t>((static_cast<Int128>(low) + high - 1) >> 1);
    if (own(Time{Duration{middle}}) >= own_time) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return Time{Duration{low}};
}

}  // namespace shakedown::sim

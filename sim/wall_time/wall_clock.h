// World time on the wall: the machine's UTC when the world was made, carried on by the steady
// clock, so that nobody's NTP step moves a deadline.
#pragma once

#include <chrono>

#include "sim/time.h"

namespace shakedown::sim::wall {

using SteadyTime = std::chrono::steady_clock::time_point;

class WallClock {
 public:
  WallClock()
      : steady_(std::chrono::steady_clock::now()),
        world_(std::chrono::duration_cast<Duration>(
            std::chrono::system_clock::now().time_since_epoch())) {}

  Time now() const { return world(std::chrono::steady_clock::now()); }

  Time world(SteadyTime time) const {
    return world_ + std::chrono::duration_cast<Duration>(time - steady_);
  }

  // kNever and what lies centuries ahead become SteadyTime::max().
  SteadyTime steady(Time time) const {
    constexpr Duration kFarAhead = std::chrono::hours(24 * 365 * 100);
    if (time - world_ > kFarAhead) return SteadyTime::max();
    if (time < world_ - kFarAhead) return SteadyTime::min();
    return steady_ + std::chrono::duration_cast<SteadyTime::duration>(time - world_);
  }

 private:
  SteadyTime steady_;
  Time world_;
};

}  // namespace shakedown::sim::wall

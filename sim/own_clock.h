// An actor's own clock: world time, off by the clock faults that are active on the actor.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/time.h"

namespace shakedown::sim {

// Own time = world time + all steps + what each skew has gained since it began. When a fault ends
// its share vanishes, as if the actor had asked a time server. A value; pure.
class OwnClock {
 public:
  void add_step(Duration step) { step_ += step; }

  // `parts_per_million` below -999,999 is taken as that: the clock never stands or runs backwards.
  void add_skew(Time begin, std::int64_t parts_per_million);

  bool is_true() const { return step_ == Duration::zero() && skews_.empty(); }

  // What the clock shows at this world time.
  Time own(Time world) const;
  // The first world time at which the clock shows `own` or more. kNever stays kNever.
  Time world(Time own) const;

 private:
  struct Skew {
    Time begin;
    std::int64_t parts_per_million;
  };

  Duration step_{};
  std::vector<Skew> skews_;
};

}  // namespace shakedown::sim

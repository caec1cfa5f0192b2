// The calls of a traffic entry or of a timeline entry: when each is placed, between which numbers,
// and who signs it by what means.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/model.h"
#include "scenarios/play/build.h"
#include "sim/world.h"

namespace shakedown::scenarios {

// When the calls of `plan` are placed, since its epoch, in order. `random` is drawn from once per
// call.
std::vector<sim::Duration> call_times(const CallPlan& plan, sim::Random& random);

struct TrafficContext {
  sim::World& world;
  BuiltEcosystem& ecosystem;
  sim::Time epoch;
  std::atomic<std::uint64_t>& placed;
};

// Starts an activity on the originating actor that places all calls. `label` makes the calls' ids:
// FROM.LABEL.N. `overheard`: what a replay replays; without it replays place no call.
void start_calls(const TrafficContext& context,
                 const PlaceCalls& calls,
                 const std::string& label,
                 const std::optional<actors::SignedCall>& overheard = {});

}  // namespace shakedown::scenarios

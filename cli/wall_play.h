// The wall clock's side of playing a scenario: listeners on loopback, the ready file for outsiders,
// the control endpoint, and waiting for external products before the story begins.
#pragma once

#include <functional>

#include "cli/play.h"
#include "scenarios/play/director.h"
#include "sim/world.h"

namespace shakedown::cli {

// Makes the world and calls `play_in` with it and how the story begins. `world_options`: its sink
// must be fit for being called before `play_in` has set it up.
Played play_on_the_wall_clock(
    const LoadedScenario& loaded,
    const PlayOptions& options,
    sim::WorldOptions world_options,
    const std::function<Played(sim::World&, scenarios::DirectorOptions)>& play_in);

}  // namespace shakedown::cli

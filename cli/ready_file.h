// What outsiders are told when everything listens: URLs, ports and trust anchors, as JSON.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/model.h"
#include "sim/wall_time/wall_world.h"

namespace shakedown::cli {

std::string ready_json(const sim::WallWorld& world,
                       const scenarios::Scenario& scenario,
                       std::uint16_t control_port);

// The same for a person, one line a resource.
std::string ready_table(const sim::WallWorld& world, const scenarios::Scenario& scenario);

}  // namespace shakedown::cli

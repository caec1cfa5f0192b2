// What outsiders are told when everything listens: URLs, ports and trust anchors, as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/model/model.h"
#include "sim/wall_time/wall_world.h"

namespace shakedown::cli {

// The CA for ordinary ACME clients (serve --acme-dns), beside those of the scenario.
inline constexpr std::string_view kAcmeDnsName = "acme-dns";

struct ReadyFacts {
  std::uint16_t control_port = 0;
  bool acme_dns = false;  // It is there.
};

std::string ready_json(const sim::WallWorld& world,
                       const scenarios::Scenario& scenario,
                       const ReadyFacts& facts);

// The same for a person, one line a resource.
std::string ready_table(const sim::WallWorld& world,
                        const scenarios::Scenario& scenario,
                        const ReadyFacts& facts);

}  // namespace shakedown::cli

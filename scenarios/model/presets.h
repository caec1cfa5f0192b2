// What scenarios may name instead of describing: networks of regions and CDNs. The round trips are
// between cities of the United States and Paris, from published backbone and ping measurements,
// rounded.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/model/ecosystem.h"
#include "sim/network.h"

namespace shakedown::scenarios {

struct NetworkPreset {
  std::string_view name;
  std::string_view description;
  std::vector<Region> regions;  // The first is the default of actors.
  std::vector<RoundTrip> rtt;
};

struct CdnPreset {
  std::string_view name;
  std::string_view description;
  std::vector<std::string> regions;  // Of its edges; empty: see edge_regions().
  bool in_every_region = false;
};

// Static and immutable; any thread.
std::span<const NetworkPreset> network_presets();
std::span<const CdnPreset> cdn_presets();
const NetworkPreset* find_network_preset(std::string_view name);
const CdnPreset* find_cdn_preset(std::string_view name);

// Where the edges of this repository's CDN stand, in the order of the preset; none without a CDN.
std::vector<std::string> edge_regions(const Repository& repository, const Network& network);

// The links as the runtimes want them.
sim::Network make_network(const Network& network);

}  // namespace shakedown::scenarios

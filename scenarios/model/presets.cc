#include "scenarios/model/presets.h"

#include <algorithm>

#include "sim/result.h"

namespace shakedown::scenarios {

std::span<const NetworkPreset> network_presets() {
  // Cities: New York and Washington, Atlanta, Dallas, Denver, Los Angeles, Paris.
  static const std::vector<NetworkPreset> presets{
      {"us",
       "Five regions of the United States and Europe, round trips as measured between cities.",
       {{"us-east", 2ms},
        {"us-southeast", 2ms},
        {"us-central", 2ms},
        {"us-mountain", 2ms},
        {"us-west", 2ms},
        {"europe", 2ms}},
       {{"us-east", "us-southeast", 20ms},
        {"us-east", "us-central", 36ms},
        {"us-east", "us-mountain", 42ms},
        {"us-east", "us-west", 66ms},
        {"us-east", "europe", 78ms},
        {"us-southeast", "us-central", 19ms},
        {"us-southeast", "us-mountain", 34ms},
        {"us-southeast", "us-west", 50ms},
        {"us-southeast", "europe", 98ms},
        {"us-central", "us-mountain", 20ms},
        {"us-central", "us-west", 34ms},
        {"us-central", "europe", 113ms},
        {"us-mountain", "us-west", 26ms},
        {"us-mountain", "europe", 120ms},
        {"us-west", "europe", 142ms}}},
      {"local", "One region, `local`, with a round trip of 1 ms.", {{"local", 1ms}}, {}},
  };
  return presets;
}

std::span<const CdnPreset> cdn_presets() {
  static const std::vector<CdnPreset> presets{
      {"coast-to-coast",
       "Edges in us-east, us-central and us-west; the origin in the provider's region.",
       {"us-east", "us-central", "us-west"},
       false},
      {"single-edge", "One edge, beside the origin.", {}, false},
      {"worldwide", "An edge in every region of the network.", {}, true},
  };
  return presets;
}

namespace {

template <class Preset>
const Preset* find(std::span<const Preset> presets, std::string_view name) {
  const auto found = std::find_if(presets.begin(), presets.end(),
                                  [&](const Preset& preset) { return preset.name == name; });
  return found == presets.end() ? nullptr : &*found;
}

}  // namespace

const NetworkPreset* find_network_preset(std::string_view name) {
  return find(network_presets(), name);
}

const CdnPreset* find_cdn_preset(std::string_view name) { return find(cdn_presets(), name); }

std::vector<std::string> edge_regions(const Repository& repository, const Network& network) {
  if (repository.cdn.empty()) return {};
  const CdnPreset* preset = find_cdn_preset(repository.cdn);
  SHAKEDOWN_ASSERT(preset != nullptr);
  if (preset->in_every_region) {
    std::vector<std::string> all;
    for (const Region& region : network.regions) all.push_back(region.name);
    return all;
  }
  return preset->regions.empty() ? std::vector{repository.region} : preset->regions;
}

sim::Network make_network(const Network& network) {
  sim::Network result;
  for (const Region& region : network.regions) {
    result.add_region(region.name);
    result.set_rtt(region.name, region.name, region.inner_rtt);
  }
  for (const RoundTrip& pair : network.rtt) result.set_rtt(pair.a, pair.b, pair.rtt);
  result.default_link = network.link;
  result.setup = network.setup;
  result.access = network.access;
  return result;
}

}  // namespace shakedown::scenarios

#include "scenarios/language/consistency.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "scenarios/model/presets.h"

namespace shakedown::scenarios {

Network default_network() {
  Network network;
  const NetworkPreset* preset = find_network_preset(network.preset);
  SHAKEDOWN_ASSERT(preset != nullptr);
  network.regions = preset->regions;
  network.rtt = preset->rtt;
  network.default_region = preset->regions.front().name;
  return network;
}

void declare_reserved_names(Reader& reader) {
  for (const std::string_view name : {kPolicyAdministrator, kMasterKeyService}) {
    reader.declare("name", std::string(name), {});
  }
}

namespace {

template <class Actors>
void add_names(const Actors& actors, std::vector<std::string>& names) {
  for (const auto& actor : actors) {
    if (!actor.name.empty()) names.push_back(actor.name);
  }
}

// The actors below a signer: its origin, and its edges if it has a CDN.
void add_parts(const std::string& name,
               const Repository& repository,
               const Network& network,
               std::vector<std::string>& names) {
  names.push_back(name + "/*");
  names.push_back(name + "/origin");
  if (!repository.cdn.empty() && find_cdn_preset(repository.cdn) == nullptr) return;
  for (const std::string& region : edge_regions(repository, network)) {
    names.push_back(name + "/edge-" + region);
  }
}

void add_all_parts(const Scenario& scenario, std::vector<std::string>& names) {
  const Ecosystem& world = scenario.ecosystem;
  for (const Provider& provider : world.providers) {
    add_parts(provider.name, provider.repository, scenario.network, names);
  }
  for (const Transit& transit : world.transit) {
    if (!transit.signer) continue;
    add_parts(transit.name, transit.signer->repository, scenario.network, names);
  }
}

}  // namespace

std::vector<std::string> names_in(const Scenario& scenario, Role role, bool with_adversaries) {
  const Ecosystem& world = scenario.ecosystem;
  std::vector<std::string> names;
  const bool everybody = role == Role::kActor || role == Role::kPart;
  if (role == Role::kRegion) add_names(scenario.network.regions, names);
  if (role == Role::kCa || everybody) add_names(world.cas, names);
  if (role == Role::kProvider || role == Role::kCaller || role == Role::kSigner ||
      role == Role::kAnyCaller || everybody) {
    add_names(world.providers, names);
  }
  if (role == Role::kCaller || role == Role::kSigner || role == Role::kAnyCaller || everybody) {
    add_names(world.enterprises, names);
  }
  if (role == Role::kTransit || everybody) add_names(world.transit, names);
  if (role == Role::kSigner) {
    for (const Transit& transit : world.transit) {
      if (transit.signer) names.push_back(transit.name);
    }
  }
  if (everybody) {
    names.emplace_back(kPolicyAdministrator);
    names.emplace_back(kMasterKeyService);
  }
  if (role == Role::kPart) add_all_parts(scenario, names);
  if (with_adversaries && (role == Role::kAnyCaller || everybody)) {
    names.insert(names.end(), scenario.adversaries.begin(), scenario.adversaries.end());
  }
  return names;
}

void check_references(Reader& reader, const Scenario& scenario) {
  constexpr std::size_t kMostNamesShown = 12;
  std::map<Role, std::vector<std::string>> by_role;
  std::map<Role, std::set<std::string>> sets;
  for (const Reader::Reference& reference : reader.references()) {
    const auto [names, is_new] = by_role.try_emplace(reference.role);
    std::set<std::string>& set = sets[reference.role];
    if (is_new) {
      names->second = names_in(scenario, reference.role);
      set = {names->second.begin(), names->second.end()};
    }
    if (set.count(reference.name) != 0) continue;
    // Sections that must be there and are not have been reported; once is enough.
    const bool required = reference.role == Role::kCa || reference.role == Role::kProvider ||
                          reference.role == Role::kCaller || reference.role == Role::kSigner;
    if (required && set.empty()) continue;
    if (reader.is_full()) {
      reader.count_one_more();
      continue;
    }
    const std::string near = nearest(reference.name, names->second);
    std::string hint = near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
    if (near.empty() && !names->second.empty() && names->second.size() <= kMostNamesShown) {
      hint = fmt::format("; known: {}", fmt::join(names->second, ", "));
    }
    reader.problem(reference.spot,
                   fmt::format("{} is not the name of {} {}{}", in_quotes(reference.name),
                               article_for(reference.role), words_for(reference.role), hint));
  }
}

void check_ids(Reader& reader, const Node& root, const Scenario& scenario) {
  const auto check = [&](std::string_view section, const auto& entries) {
    const Node::Member* member = root.find(section);
    if (member == nullptr || member->value->items.size() != entries.size()) return;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Node& item = *member->value->items[i];
      const Node::Member* id = item.find("id");
      reader.declare(
          section == "expect" ? "id of an expectation" : "id of traffic", entries[i].id,
          {id != nullptr ? id->value->place : item.place, fmt::format("{}.{}", section, i)});
    }
  };
  check("traffic", scenario.traffic);
  check("expect", scenario.expectations);
}

}  // namespace shakedown::scenarios

#include "scenarios/language/parse.h"

#include <algorithm>
#include <set>

#include "scenarios/language/consistency.h"
#include "scenarios/language/definitions.h"
#include "scenarios/language/reader.h"
#include "scenarios/language/set_values.h"
#include "scenarios/language/yaml_guard.h"

namespace shakedown::scenarios {
namespace {

// Fills in what the file left open and what depends on the whole of it.
void settle_regions(Scenario& scenario) {
  const std::string& first = scenario.network.default_region;
  const auto settle = [&first](std::string& region) {
    if (region.empty()) region = first;
  };
  const auto settle_provider = [&settle](Provider& provider) {
    settle(provider.region);
    if (provider.repository.region.empty()) provider.repository.region = provider.region;
  };
  Ecosystem& world = scenario.ecosystem;
  settle(world.policy_administrator.region);
  for (CertificationAuthority& ca : world.cas) settle(ca.region);
  for (Provider& provider : world.providers) settle_provider(provider);
  for (Enterprise& enterprise : world.enterprises) settle(enterprise.region);
  for (Transit& transit : world.transit) {
    settle(transit.region);
    if (!transit.signer) continue;
    transit.signer->region = transit.region;
    settle_provider(*transit.signer);
  }
}

void settle_ids(Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.traffic.size(); ++i) {
    if (scenario.traffic[i].id.empty()) scenario.traffic[i].id = "t" + std::to_string(i + 1);
  }
  for (std::size_t i = 0; i < scenario.expectations.size(); ++i) {
    if (scenario.expectations[i].id.empty()) {
      scenario.expectations[i].id = "e" + std::to_string(i + 1);
    }
  }
}

void settle_timeline(Scenario& scenario) {
  std::stable_sort(scenario.timeline.begin(), scenario.timeline.end(),
                   [](const TimelineEntry& a, const TimelineEntry& b) { return a.at < b.at; });
  const std::vector<std::string> names = names_in(scenario, Role::kActor, false);
  const std::set<std::string> residents(names.begin(), names.end());
  const auto is_resident = [&residents](const std::string& name) {
    return residents.count(name) != 0;
  };
  std::vector<std::string>& adversaries = scenario.adversaries;
  for (TimelineEntry& entry : scenario.timeline) {
    if (const auto theft = key_in_wrong_hands(entry.action)) {
      if (!theft->by.empty() && !is_resident(theft->by)) adversaries.push_back(theft->by);
    } else if (auto* call = std::get_if<PlaceCalls>(&entry.action)) {
      if (call->calls.from.empty() || is_resident(call->calls.from)) continue;
      adversaries.push_back(call->calls.from);
      if (call->with == Means::kOwn) call->with = Means::kNoIdentity;
    }
  }
  std::sort(adversaries.begin(), adversaries.end());
  adversaries.erase(std::unique(adversaries.begin(), adversaries.end()), adversaries.end());
}

// The end of the last thing that happens, and a minute for the calls that are still ringing.
sim::Duration natural_duration(const Scenario& scenario) {
  sim::Duration end{};
  for (const Traffic& traffic : scenario.traffic) {
    end = std::max(end, traffic.calls.start + traffic.calls.duration);
  }
  for (const TimelineEntry& entry : scenario.timeline) {
    end = std::max(end, entry.at + duration_of(entry.action));
  }
  return end + 1min;
}

}  // namespace

ParseOutcome parse_scenario(std::string_view text,
                            const std::string& file_name,
                            const ParseOptions& options) {
  Problems problems(file_name);
  Scenario scenario;
  NodePtr root = read_yaml(text, problems);
  if (root != nullptr) root = apply_sets(std::move(root), options.sets, problems);
  if (root != nullptr) {
    Reader reader(problems, options);
    declare_reserved_names(reader);
    scenario.network = default_network();
    scenario_mapping().read(reader, *root, scenario);
    settle_regions(scenario);
    settle_ids(scenario);
    settle_timeline(scenario);
    if (scenario.duration <= sim::Duration{}) scenario.duration = natural_duration(scenario);
    check_references(reader, scenario);
    for (const Reader::Check& check : reader.checks()) check(reader, scenario);
    check_ids(reader, *root, scenario);
  }
  auto [found, unreported] = problems.report();
  ParseOutcome outcome{std::nullopt, std::move(found), unreported};
  if (outcome.problems.empty()) {
    scenario.file = file_name;
    outcome.scenario = std::move(scenario);
  }
  return outcome;
}

}  // namespace shakedown::scenarios

// A whole scenario played inside a test, for what only the inside can see.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/workload/work.h"
#include "crypto/keys/randomness.h"
#include "scenarios/language/parse.h"
#include "scenarios/model/presets.h"
#include "scenarios/play/build.h"
#include "scenarios/play/director.h"
#include "sim/virtual_time/virtual_world.h"

namespace shakedown::scenarios {

inline Scenario parsed(const std::string& text) {
  auto outcome = parse_scenario(text, "test.yaml", {});
  for (const auto& problem : outcome.problems) ADD_FAILURE() << to_string(problem);
  return outcome.scenario.value_or(Scenario{});
}

// A virtual world with the scenario's ecosystem in it, ready to run.
class Story {
 public:
  explicit Story(const std::string& text, sim::VirtualOptions options = {})
      : scenario_(parsed(text)) {
    EXPECT_TRUE(crypto::install_randomness_provider());
    sim::WorldOptions world;
    world.epoch = scenario_.epoch - kWarmUp;
    world.seed = scenario_.seed;
    world.network = make_network(scenario_.network);
    world.costs = actors::typical_costs();
    world.sink = [this](sim::Recorded recorded) {
      if (on_event) on_event(recorded);
    };
    world.randomness = {.enter = [](sim::Lineage key) { crypto::enter_random_stream(key); },
                        .leave = [] { crypto::leave_random_stream(); }};
    world_ = std::make_unique<sim::VirtualWorld>(std::move(world), options);
    auto built = BuiltEcosystem::build(*world_, scenario_);
    if (!built) {
      ADD_FAILURE() << built.error().detail;
      return;
    }
    ecosystem_ = *std::move(built);
    director_ =
        std::make_unique<Director>(*world_, *ecosystem_, scenario_,
                                   DirectorOptions{.epoch = scenario_.epoch, .before_story = {}});
  }

  sim::RunSummary play() {
    director_->start();
    return world_->run(scenario_.epoch + scenario_.duration);
  }

  sim::World& world() { return *world_; }

  BuiltEcosystem& ecosystem() { return *ecosystem_; }

  const Scenario& scenario() const { return scenario_; }

  std::function<void(const sim::Recorded&)> on_event;

 private:
  Scenario scenario_;
  std::unique_ptr<sim::VirtualWorld> world_;
  std::unique_ptr<BuiltEcosystem> ecosystem_;
  std::unique_ptr<Director> director_;
};

inline constexpr const char* kTwoProviders = R"(
scenario: two-providers
question: Is it there?
duration: 1m
ecosystem:
  cas: [{name: ca-one}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one, keys: KEYS}
    - {name: beta-voice, spc: "818H", numbers: ["+1415555"], ca: ca-one}
traffic:
  - {from: acme-tel, to: beta-voice, count: 5, for: 20s}
expect:
  - {calls_from: acme-tel, passed: 100%}
)";

inline std::string two_providers(const std::string& keys) {
  std::string text = kTwoProviders;
  text.replace(text.find("KEYS"), 4, keys);
  return text;
}

}  // namespace shakedown::scenarios

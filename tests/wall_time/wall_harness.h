// What the tests of the wall clock share: a world with short links.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sim/wall_time/wall_world.h"
#include "tests/sim/log.h"
#include "tests/sim/messages.h"
#include "tests/sim/test_work.h"

namespace shakedown::sim {

inline WallOptions quick_options() {
  WallOptions options;
  options.seed = 7;
  options.costs = test_costs();
  options.outsiders = true;
  options.max_lateness = 1h;  // However busy the machine is, ideal instants are exact.
  return options;
}

inline std::unique_ptr<WallWorld> make_world(WallOptions options = quick_options()) {
  auto world = WallWorld::create(std::move(options));
  if (!world) {
    ADD_FAILURE() << world.error().detail;
    std::abort();
  }
  return *std::move(world);
}

// A limit for runs that end by themselves: a hang fails the test instead of the suite.
inline Time in(const World& world, Duration duration) { return world.now() + duration; }

// Fails the test if the two are further apart than `tolerance`; says by how much.
inline void expect_near(Duration actual, Duration wanted, Duration tolerance) {
  EXPECT_LE(actual, wanted + tolerance);
  EXPECT_GE(actual, wanted - tolerance);
}

// What it was sent, with its header fields.
inline Handler echo() {
  return [](const Request& request) {
    Response response = ok(request.method + " " + request.target + " " + request.body);
    for (const auto& [name, value] : request.headers.fields()) response.headers.add(name, value);
    return response;
  };
}

// Runs `fn` as the only non-daemon activity of a new actor and returns how the run ended.
inline RunSummary run_as(WallWorld& world,
                         const std::string& actor,
                         std::function<void(Env&)> fn,
                         Duration limit = std::chrono::seconds(20)) {
  Env& env = world.add_actor({actor});
  world.start(
      env, "test", [&env, fn = std::move(fn)] { fn(env); }, Daemon::kNo);
  const Time until = in(world, limit);
  const RunSummary summary = world.run(until);
  EXPECT_LT(summary.ended_at, until) << "the run hung";
  return summary;
}

}  // namespace shakedown::sim

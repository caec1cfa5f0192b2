// What sim/env.h and sim/world.h promise of every runtime. The tests of EnvContract
// (*_contract_test.cc) are compiled into the test programs of both runtimes, which say there how a
// world is made.
//
// They hold on the wall, too, where threads of several actors run at once: what several actors
// touch is atomic or a Log. Instants are ideal there, and so exact, however late the machine is.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "sim/world.h"
#include "tests/sim/log.h"
#include "tests/sim/messages.h"
#include "tests/sim/test_work.h"

namespace shakedown::sim {

// How a runtime makes a world.
struct Runtime {
  const char* name;
  std::unique_ptr<World> (*make)(WorldOptions options);

  friend void PrintTo(const Runtime& runtime, std::ostream* out) { *out << runtime.name; }
};

class EnvContract : public testing::TestWithParam<Runtime> {
 protected:
  EnvContract() { options.costs = test_costs(); }

  // Made at the first call, of `options`.
  World& world() {
    if (!world_) world_ = GetParam().make(std::move(options));
    return *world_;
  }

  Env& add(const std::string& name, const std::string& region = "local") {
    return world().add_actor({name, region});
  }

  Task start(Env& actor, std::function<void()> fn, Daemon daemon = Daemon::kNo) {
    return world().start(actor, "main", std::move(fn), daemon);
  }

  // Both for HTTP and for SIP.
  void listen(Env& actor, const std::string& host, const Handler& handler) {
    world().listen(actor, Protocol::kHttp, host, handler);
    world().listen(actor, Protocol::kSip, host, handler);
  }

  // For a run that ends by itself: a hang fails the test instead of the suite.
  RunSummary run() {
    const Time until = world().now() + 20s;
    const RunSummary summary = world().run(until);
    EXPECT_LT(summary.ended_at, until) << "the run hung";
    return summary;
  }

  // With `fn` as the only activity that there is at first.
  RunSummary run_as(const std::string& actor, std::function<void(Env&)> fn) {
    Env& env = add(actor);
    start(env, [&env, fn = std::move(fn)] { fn(env); });
    return run();
  }

  // Everybody who is ready now has a turn first.
  static void yield(Env& env) { env.sleep_until(env.now()); }

  void clear_away() { world_.reset(); }

  WorldOptions options;
  Log log;

 private:
  std::unique_ptr<World> world_;
};

}  // namespace shakedown::sim

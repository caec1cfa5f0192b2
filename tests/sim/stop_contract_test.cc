// How a run ends in every runtime.
#include <atomic>
#include <csignal>

#include "tests/sim/env_contract.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

struct OnExit {
  std::function<void()> fn;

  ~OnExit() { fn(); }
};

TEST_P(EnvContract, AStopUnwindsEveryKindOfWait) {
  options.costs.set(kSign, 10s);
  Env& silent = add("silent");
  Env& env = add("acme-tel");
  Condition condition;
  std::atomic<int> begun{0};
  std::atomic<int> unwound{0};
  std::atomic<int> survived{0};
  listen(silent, "silent.test", [&](const Request&) {
    silent.sleep_for(1h);
    ++survived;
    return ok();
  });
  const auto waits = [&](std::function<void()> wait) {
    start(env, [&, wait = std::move(wait)] {
      const OnExit guard{[&] {
        ++unwound;
        env.notify_all(condition);  // Legal in destructors.
      }};
      ++begun;
      wait();
      ++survived;
    });
  };
  waits([&] { env.sleep_for(1h); });
  waits([&] { env.sleep_until(kNever); });
  waits([&] { env.wait(condition, kNever); });
  waits([&] { env.wait(condition, env.now() + 1h); });
  waits([&] { env.exchange(get("https://silent.test/"), 1h); });
  waits([&] {
    env.join(env.spawn(
        "child", [&] { env.sleep_for(1h); }, Daemon::kYes));
  });
  waits([&] { env.compute(kSign, [] { return 1; }); });
  waits([&] { env.compute_expecting(kSign, 1, [] { return 1; }); });  // Queues.
  start(env, [&] {
    while (begun < 8) env.sleep_for(1ms);
    env.sleep_for(20ms);
    world().stop();
    env.sleep_for(1h);
  });
  EXPECT_EQ(run().end, RunSummary::End::kStopped);
  EXPECT_EQ(unwound, 8);
  EXPECT_EQ(survived, 0);
}

TEST_P(EnvContract, EveryStarredCallThrowsAfterAStop) {
  Env& acme = add("acme-tel");
  Condition condition;
  std::atomic<int> thrown{0};
  const auto expect_stopped = [&](const auto& call) {
    try {
      call();
    } catch (const Stopped&) {
      ++thrown;
    }
  };
  start(acme, [&] {
    const Task task = acme.spawn(
        "task", [] {}, Daemon::kNo);
    yield(acme);
    expect_stopped([&] { acme.sleep_for(1h); });
    expect_stopped([&] { acme.sleep_for(1h); });
    expect_stopped([&] { acme.wait(condition, kNever); });
    expect_stopped([&] { acme.exchange(get("https://nobody.test/"), 1s); });
    expect_stopped([&] { acme.compute(Work::kOther, [] { return 1; }); });
    expect_stopped([&] { acme.compute_expecting(kSign, 1, [] { return 1; }); });
    expect_stopped([&] { acme.join(task); });
    acme.notify_all(condition);
    acme.spawn(
        "never begins", [&] { thrown = 100; }, Daemon::kNo);
  });
  start(acme, [&] {
    acme.sleep_for(10ms);
    world().stop();
    acme.sleep_for(1h);
  });
  EXPECT_EQ(run().end, RunSummary::End::kStopped);
  EXPECT_EQ(thrown, 7);
}

TEST_P(EnvContract, WhatIsRecordedAfterAStopNeverHappened) {
  std::atomic<int> recorded{0};
  options.sink = [&](Recorded) { ++recorded; };
  Env& acme = add("acme-tel");
  start(acme, [&] {
    acme.record(std::make_unique<Note>("happens"));
    const OnExit guard{[&] { acme.record(std::make_unique<Note>("never happens")); }};
    acme.sleep_for(1h);
  });
  start(acme, [&] {
    acme.sleep_for(10ms);
    world().stop();
    acme.sleep_for(1h);
  });
  run();
  EXPECT_EQ(recorded, 1);
}

std::atomic<World*> interrupted_world{nullptr};

TEST_P(EnvContract, AStopMayComeFromASignalHandler) {
  interrupted_world = &world();
  const auto previous = std::signal(SIGUSR1, [](int) { interrupted_world.load()->stop(); });
  const RunSummary summary = run_as("acme-tel", [](Env& env) {
    for (int i = 0; true; ++i) {
      env.sleep_for(1ms);
      if (i == 10) std::raise(SIGUSR1);
    }
  });
  std::signal(SIGUSR1, previous);
  EXPECT_EQ(summary.end, RunSummary::End::kStopped);
}

TEST_P(EnvContract, AStopBeforeTheRunEndsItAtOnce) {
  world().stop();
  const RunSummary summary = run_as("acme-tel", [](Env& env) { env.sleep_for(1h); });
  EXPECT_EQ(summary.end, RunSummary::End::kStopped);
}

TEST_P(EnvContract, DaemonsDoNotKeepTheRunAliveAndAreUnwoundAtItsEnd) {
  Env& env = add("acme-tel");
  std::atomic<int> unwound{0};
  start(
      env,
      [&] {
        const OnExit guard{[&] { ++unwound; }};
        while (true) env.sleep_for(5ms);
      },
      Daemon::kYes);
  start(env, [&] { env.sleep_for(20ms); });
  const RunSummary summary = run();
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_THAT(summary.blocked, ElementsAre());
  EXPECT_EQ(unwound, 1);
}

TEST_P(EnvContract, TheTimeLimitEndsTheRun) {
  Env& env = add("acme-tel");
  start(env, [&] {
    env.sleep_for(30ms);
    log.write("before the limit");
    env.sleep_for(1h);
    log.write("past the limit");
  });
  const Time until = world().now() + 100ms;
  const RunSummary summary = world().run(until);
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_GE(summary.ended_at, until);
  EXPECT_THAT(summary.blocked, ElementsAre());
  EXPECT_THAT(log.lines(), ElementsAre("before the limit"));
}

TEST_P(EnvContract, TheActivitiesThatWaitForEverAreNamed) {
  Env& env = add("acme-tel");
  Condition never;
  world().start(
      env, "forgotten", [&] { env.wait(never, kNever); }, Daemon::kNo);
  world().start(
      env, "listener", [&] { env.wait(never, kNever); }, Daemon::kYes);
  world().start(
      env, "later", [&] { env.sleep_for(1h); }, Daemon::kYes);
  const RunSummary summary = world().run(world().now() + 50ms);
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_THAT(summary.blocked, ElementsAre("acme-tel/forgotten"));
}

TEST_P(EnvContract, AWorldThatNeverRanIsClearedAway) {
  std::atomic<int> destroyed{0};
  const auto captured = std::shared_ptr<int>(new int(0), [&](const int* made) {
    delete made;
    ++destroyed;
  });
  Env& env = add("acme-tel");
  start(env, [captured] { FAIL(); });
  EXPECT_EQ(captured.use_count(), 2);
  clear_away();
  EXPECT_EQ(captured.use_count(), 1);
}

}  // namespace
}  // namespace shakedown::sim

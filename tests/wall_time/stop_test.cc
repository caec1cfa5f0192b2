// How a run on the wall ends.
#include <csignal>

#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim {
namespace {

struct OnExit {
  std::function<void()> fn;

  ~OnExit() { fn(); }
};

TEST(WallStop, EveryStarredCallThrowsAndDestructorsRun) {
  WallOptions options = quick_options();
  options.costs.service_time[static_cast<std::size_t>(Work::kSign)] = 10s;
  auto world = make_world(std::move(options));
  Env& server = world->add_actor({"silent"});
  world->listen(server, Protocol::kHttp, "silent.test", [&](const Request&) {
    server.sleep_for(1h);
    return ok("");
  });
  Env& env = world->add_actor({"acme-tel"});
  Condition condition;
  std::atomic<int> begun{0};
  std::atomic<int> unwound{0};
  std::atomic<int> survived{0};
  const auto start = [&](const char* name, std::function<void()> wait) {
    world->start(
        env, name,
        [&, wait = std::move(wait)] {
          const OnExit guard{[&] {
            ++unwound;
            env.notify_all(condition);  // Legal in destructors.
          }};
          ++begun;
          wait();
          ++survived;
        },
        Daemon::kNo);
  };
  start("sleeps", [&] { env.sleep_for(1h); });
  start("waits", [&] { env.wait(condition, kNever); });
  start("asks", [&] { env.exchange(get("https://silent.test/"), 1h); });
  start("joins", [&] {
    env.join(env.spawn(
        "child", [&] { env.sleep_for(1h); }, Daemon::kNo));
  });
  start("computes", [&] { env.compute(Work::kSign, [] { return 1; }); });
  start("queues", [&] { env.compute(Work::kSign, [] { return 1; }); });
  start("insists", [&] {
    try {
      env.sleep_for(1h);
    } catch (const Stopped&) {
      env.sleep_for(1h);  // Throws again, at once.
    }
  });
  std::thread stopper([&] {
    while (begun < 7) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    world->stop();
  });
  const auto begin = std::chrono::steady_clock::now();
  const RunSummary summary = world->run(kNever);
  stopper.join();
  EXPECT_EQ(summary.end, RunSummary::End::kStopped);
  EXPECT_EQ(unwound, 7);
  EXPECT_EQ(survived, 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

WallWorld* signalled = nullptr;

TEST(WallStop, MayBeCalledByASignalHandler) {
  auto world = make_world();
  signalled = world.get();
  std::signal(SIGUSR1, [](int) { signalled->stop(); });
  const RunSummary summary = run_as(*world, "acme-tel", [](Env& env) {
    std::raise(SIGUSR1);
    env.sleep_for(1h);
  });
  std::signal(SIGUSR1, SIG_DFL);
  EXPECT_EQ(summary.end, RunSummary::End::kStopped);
}

TEST(WallStop, BeforeTheRunMakesItEndAtOnce) {
  auto world = make_world();
  world->stop();
  EXPECT_EQ(run_as(*world, "acme-tel", [](Env& env) { env.sleep_for(1h); }).end,
            RunSummary::End::kStopped);
}

TEST(WallStop, DaemonsDoNotKeepTheRunAlive) {
  auto world = make_world();
  Env& env = world->add_actor({"acme-tel"});
  world->start(
      env, "renewal", [&] { env.sleep_for(1h); }, Daemon::kYes);
  world->start(
      env, "call", [&] { env.sleep_for(20ms); }, Daemon::kNo);
  const RunSummary summary = world->run(in(*world, 10s));
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_TRUE(summary.blocked.empty());
}

TEST(WallStop, TheTimeLimitEndsTheRunAndNamesWhoWaitsForEver) {
  auto world = make_world();
  Env& env = world->add_actor({"acme-tel"});
  Condition never;
  world->start(
      env, "stuck", [&] { env.wait(never, kNever); }, Daemon::kNo);
  world->start(
      env, "endless", [&] { env.wait(never, kNever); }, Daemon::kYes);
  world->start(
      env, "later", [&] { env.sleep_for(1h); }, Daemon::kNo);
  const Time until = in(*world, 50ms);
  const RunSummary summary = world->run(until);
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  expect_near(summary.ended_at - until, 0ms, 20ms);
  EXPECT_EQ(summary.blocked, std::vector<std::string>{"acme-tel/stuck"});
}

TEST(WallStop, AWorldThatNeverRanIsTornDown) {
  auto world = make_world();
  Env& env = world->add_actor({"acme-tel"});
  world->start(
      env, "never", [] { FAIL(); }, Daemon::kNo);
}

TEST(WallStop, APortInUseIsAnErrorOfTheEnvironment) {
  auto world = make_world();
  WallOptions options = quick_options();
  options.port = world->own_port();
  const auto second = WallWorld::create(std::move(options));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kEnvironment);
}

}  // namespace
}  // namespace shakedown::sim

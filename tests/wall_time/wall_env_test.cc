// What the runtime on the wall promises beyond sim/env.h (for that see tests/sim/env_contract.h).
#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim {
namespace {

TEST(WallInterleaving, OtherActorsRunAtTheSameTime) {
  auto world = make_world();
  std::atomic<int> together{0};
  for (const char* name : {"one", "two"}) {
    Env& actor = world->add_actor({name});
    world->start(
        actor, "rendezvous",
        [&together] {
          ++together;
          const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(5);
          while (together < 2 && std::chrono::steady_clock::now() < give_up)
            std::this_thread::yield();
        },
        Daemon::kNo);
  }
  world->run(in(*world, 10s));
  EXPECT_EQ(together, 2);
}

TEST(WallTime, DoesNotAddUpTheLatenessOfManyWaits) {
  auto world = make_world();
  run_as(*world, "acme-tel", [&](Env& env) {
    const Time begin = env.now();
    for (int i = 0; i < 200; ++i) env.sleep_for(1ms);
    // 200 waits, each ends some tens of microseconds late, and the sum is exact.
    EXPECT_EQ(env.now() - begin, 200ms);
    expect_near(world->now() - begin, 200ms, 20ms);
  });
}

TEST(WallTime, ReportsHowLateWaitsEnded) {
  auto world = make_world();
  const RunSummary summary = run_as(*world, "acme-tel", [&](Env& env) {
    for (int i = 0; i < 50; ++i) env.sleep_for(1ms);
  });
  EXPECT_GT(summary.lag_p99, 0ns);
  EXPECT_LT(summary.lag_p99, 100ms);
}

TEST(WallTime, AFaultThatIsThereAlreadyHoldsForNewActors) {
  auto world = make_world();
  Fault step;
  step.kind = Fault::Kind::kClockStep;
  step.actor = "acme-tel";
  step.latency = -1h;
  world->begin_fault(step);
  Env& late = world->add_actor({"acme-tel"});
  expect_near(late.now() - world->now(), -1h, 1s);
}

TEST(WallChance, TheSameSeedDrawsTheSameWhateverTheThreadsDo) {
  const auto draw = [](std::uint64_t seed) {
    WallOptions options = quick_options();
    options.seed = seed;
    auto world = make_world(std::move(options));
    std::vector<std::uint64_t> drawn(4);
    run_as(*world, "acme-tel", [&](Env& env) {
      std::vector<Task> tasks;
      for (std::size_t i = 0; i < drawn.size(); ++i) {
        tasks.push_back(env.spawn(
            "task", [&, i] { drawn[i] = env.random("dice").next(); }, Daemon::kNo));
      }
      for (const Task& task : tasks) env.join(task);
    });
    return drawn;
  };
  const auto first = draw(7);
  EXPECT_EQ(first, draw(7));
  EXPECT_NE(first, draw(8));
  EXPECT_NE(first[0], first[1]);
}

TEST(WallWorld, APortInUseIsAnErrorOfTheEnvironment) {
  auto world = make_world();
  WallOptions options = quick_options();
  options.port = world->own_port();
  const auto second = WallWorld::create(std::move(options));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kEnvironment);
}

}  // namespace
}  // namespace shakedown::sim

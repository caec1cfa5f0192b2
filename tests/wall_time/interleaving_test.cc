// The rule that both runtimes share: other work on an actor runs only while it waits in a starred
// call.
#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim {
namespace {

TEST(WallInterleaving, NothingElseRunsOnAnActorBetweenTwoStarredCalls) {
  auto world = make_world();
  Env& actor = world->add_actor({"acme-tel"});
  int inside = 0;  // Guarded by the actor's monitor alone.
  int most = 0;
  int turns = 0;
  for (int i = 0; i < 20; ++i) {
    world->start(
        actor, "worker" + std::to_string(i),
        [&] {
          for (int n = 0; n < 20; ++n) {
            most = std::max(most, ++inside);
            std::this_thread::yield();
            ++turns;
            --inside;
            actor.sleep_until(actor.now());
          }
        },
        Daemon::kNo);
  }
  EXPECT_EQ(world->run(in(*world, 10s)).end, RunSummary::End::kDone);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(turns, 400);
}

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

TEST(WallInterleaving, ASleepThatIsPastStillLetsOthersHaveTheirTurn) {
  auto world = make_world();
  Log log;
  run_as(*world, "acme-tel", [&](Env& env) {
    env.spawn(
        "other", [&] { log.write("other"); }, Daemon::kNo);
    log.write("before");
    env.sleep_until(env.now() - 1h);
    log.write("after");
  });
  EXPECT_EQ(log.lines(), (std::vector<std::string>{"before", "other", "after"}));
}

TEST(WallInterleaving, ATaskStartsLaterAndNeverInline) {
  auto world = make_world();
  Log log;
  run_as(*world, "acme-tel", [&](Env& env) {
    const Task task = env.spawn(
        "child", [&] { log.write("child"); }, Daemon::kNo);
    log.write("parent");
    env.join(task);
    log.write("joined");
    env.join(task);
    log.write("joined again");
  });
  EXPECT_EQ(log.lines(), (std::vector<std::string>{"parent", "child", "joined", "joined again"}));
}

TEST(WallConditions, WakeTheirWaitersInTheOrderInWhichTheyCame) {
  auto world = make_world();
  Log log;
  Condition condition;
  run_as(*world, "acme-tel", [&](Env& env) {
    std::vector<Task> tasks;
    for (int i = 0; i < 10; ++i) {
      tasks.push_back(env.spawn(
          "waiter",
          [&, i] {
            EXPECT_TRUE(env.wait(condition, kNever));
            log.write(std::to_string(i));
          },
          Daemon::kNo));
    }
    env.sleep_for(20ms);
    env.notify_all(condition);
    EXPECT_TRUE(log.lines().empty());  // notify_all never suspends.
    for (const Task& task : tasks) env.join(task);
  });
  EXPECT_EQ(log.lines(),
            (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}));
}

TEST(WallConditions, SayWhenTheDeadlineCameFirst) {
  auto world = make_world();
  Condition condition;
  run_as(*world, "acme-tel", [&](Env& env) {
    const Time begin = env.now();
    EXPECT_FALSE(env.wait(condition, begin + 30ms));
    expect_near(env.now() - begin, 30ms, 5ms);
    EXPECT_FALSE(env.wait(condition, begin));  // A deadline that is past.
    env.notify_all(condition);                 // Nobody waits any more.
  });
}

TEST(WallConditions, OnlyThoseWhoWaitAreWoken) {
  auto world = make_world();
  Condition condition;
  run_as(*world, "acme-tel", [&](Env& env) {
    env.notify_all(condition);
    EXPECT_FALSE(env.wait(condition, env.now() + 10ms));
  });
}

TEST(WallCompute, QueuesForTheServersAndChargesTheModelledTime) {
  WallOptions options = quick_options();
  options.costs.service_time[static_cast<std::size_t>(Work::kHsmSign)] = 20ms;
  auto world = make_world(std::move(options));
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  run_as(*world, "hsm", [&](Env& env) {
    const Time begin = env.now();
    std::vector<Task> tasks;
    for (int i = 0; i < 4; ++i) {
      tasks.push_back(env.spawn(
          "signer",
          [&, i] {
            const int result = env.compute(
                Work::kHsmSign,
                [&](int n) {
                  most = std::max<int>(most, ++at_once);
                  std::this_thread::sleep_for(std::chrono::milliseconds(2));
                  --at_once;
                  return n * n;
                },
                i);
            EXPECT_EQ(result, i * i);
            expect_near(env.now() - begin, (i + 1) * 20ms, 8ms);
          },
          Daemon::kNo));
    }
    for (const Task& task : tasks) env.join(task);
    expect_near(env.now() - begin, 80ms, 8ms);
  });
  EXPECT_EQ(most, 1);  // One server.
}

TEST(WallCompute, LetsOthersHaveTheActorMeanwhile) {
  WallOptions options = quick_options();
  options.costs.service_time[static_cast<std::size_t>(Work::kSign)] = 30ms;
  auto world = make_world(std::move(options));
  Log log;
  run_as(*world, "acme-tel", [&](Env& env) {
    env.spawn(
        "other", [&] { log.write("other"); }, Daemon::kNo);
    EXPECT_EQ(env.compute(Work::kSign, [] { return 5; }), 5);
    log.write("computed");
  });
  EXPECT_EQ(log.lines(), (std::vector<std::string>{"other", "computed"}));
}

TEST(WallCompute, AFalseProofFailsTheRun) {
  auto world = make_world();
  const RunSummary summary = run_as(*world, "verifier", [&](Env& env) {
    EXPECT_EQ(env.compute_expecting(
                  Work::kVerifySignature, 4, [](int n) { return n + n; }, 2),
              4);
    EXPECT_TRUE(world->settle_proofs());
    env.compute_expecting(Work::kVerifySignature, true, [] { return false; });
    env.sleep_for(10s);
  });
  EXPECT_EQ(summary.end, RunSummary::End::kProofFailed);
  EXPECT_NE(summary.detail, "");
  EXPECT_FALSE(world->settle_proofs());
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

TEST(WallTime, TheClockOfAnActorObeysItsFaults) {
  auto world = make_world();
  Env& director = world->add_actor({"director"});
  run_as(*world, "acme-tel", [&](Env& env) {
    Fault step;
    step.kind = Fault::Kind::kClockStep;
    step.actor = "acme-tel";
    step.latency = 1h;
    const std::uint64_t id = world->begin_fault(step);
    expect_near(env.now() - director.now(), 1h, 5ms);
    const Time wake = env.now() + 20ms;
    env.sleep_until(wake);
    expect_near(env.now() - wake, 0ms, 5ms);
    world->end_fault(id);
    expect_near(env.now() - director.now(), 0ms, 5ms);
  });
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

TEST(WallTime, AStepOfTheClockWakesWhoSleepsByIt) {
  auto world = make_world();
  run_as(*world, "acme-tel", [&](Env& env) {
    const Time begin = world->now();
    const Task task = env.spawn(
        "sleeper", [&] { env.sleep_for(1h); }, Daemon::kNo);
    env.sleep_for(10ms);
    Fault step;
    step.kind = Fault::Kind::kClockStep;
    step.actor = "acme-tel";
    step.latency = 2h;
    world->begin_fault(step);
    env.join(task);
    expect_near(world->now() - begin, 10ms, 10ms);
  });
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

TEST(WallRecords, CarryTheActorAndTheWorldTime) {
  WallOptions options = quick_options();
  std::vector<std::pair<std::string, std::string>> seen;
  std::vector<Time> times;
  options.sink = [&](Recorded recorded) {
    seen.emplace_back(*recorded.actor, static_cast<const Note&>(*recorded.event).text);
    times.push_back(recorded.world_time);
  };
  auto world = make_world(std::move(options));
  const Time begin = world->now();
  run_as(*world, "acme-tel", [&](Env& env) {
    env.record(std::make_unique<Note>("first"));
    env.sleep_for(15ms);
    env.record(std::make_unique<Note>("second"));
  });
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0], (std::pair<std::string, std::string>{"acme-tel", "first"}));
  EXPECT_EQ(times[1] - times[0], 15ms);
  expect_near(times[0] - begin, 0ms, 500ms);
}

}  // namespace
}  // namespace shakedown::sim

// Turns, time, conditions, computing, chance and records in every runtime.
#include "tests/sim/env_contract.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

Fault step_of_clock(const std::string& actor, Duration by) {
  Fault step;
  step.kind = Fault::Kind::kClockStep;
  step.actor = actor;
  step.latency = by;
  return step;
}

TEST_P(EnvContract, NothingElseRunsOnAnActorBetweenTwoStarredCalls) {
  Env& actor = add("acme-tel");
  int inside = 0;  // Guarded by the actor's turn alone.
  int most = 0;
  int turns = 0;
  for (int i = 0; i < 20; ++i) {
    start(actor, [&] {
      for (int n = 0; n < 20; ++n) {
        most = std::max(most, ++inside);
        std::this_thread::yield();
        ++turns;
        --inside;
        yield(actor);
      }
    });
  }
  EXPECT_EQ(run().end, RunSummary::End::kDone);
  EXPECT_EQ(most, 1);
  EXPECT_EQ(turns, 400);
}

TEST_P(EnvContract, ASpawnedActivityNeverStartsInline) {
  run_as("acme-tel", [&](Env& env) {
    for (const char* name : {"first", "second"}) {
      env.spawn(
          name, [this, name] { log.write(name); }, Daemon::kNo);
    }
    log.write("spawner");
  });
  EXPECT_THAT(log.lines(), ElementsAre("spawner", "first", "second"));
}

TEST_P(EnvContract, AnActivityStartsOthersOnOtherActors) {
  Env& beta = add("beta-voice");
  run_as("director", [&](Env& env) {
    const Time begin = world().now();
    env.sleep_for(10ms);
    env.join(start(beta, [&] { EXPECT_EQ(world().now() - begin, 10ms); }));
    log.write("done");
  });
  EXPECT_THAT(log.lines(), ElementsAre("done"));
}

TEST_P(EnvContract, ASleepThatIsPastStillLetsOthersHaveTheirTurn) {
  run_as("acme-tel", [&](Env& env) {
    env.spawn(
        "other", [&] { log.write("other"); }, Daemon::kNo);
    log.write("before");
    env.sleep_until(env.now() - 1h);
    log.write("after");
  });
  EXPECT_THAT(log.lines(), ElementsAre("before", "other", "after"));
}

TEST_P(EnvContract, ManySleepsEndWhenOneLongOneWould) {
  run_as("acme-tel", [&](Env& env) {
    const Time begin = env.now();
    for (int i = 0; i < 50; ++i) env.sleep_for(1ms);
    EXPECT_EQ(env.now() - begin, 50ms);
  });
}

TEST_P(EnvContract, AFaultOfTheClockIsSeenByItsActorAlone) {
  Env& beta = add("beta-voice");
  run_as("acme-tel", [&](Env& env) {
    const std::uint64_t id = world().begin_fault(step_of_clock("acme-tel", 1h));
    EXPECT_EQ(env.now() - world().now(), 1h);
    EXPECT_EQ(beta.now(), world().now());
    const Time wake = env.now() + 20ms;
    env.sleep_until(wake);
    EXPECT_EQ(env.now(), wake);
    world().end_fault(id);
    EXPECT_EQ(env.now(), world().now());
  });
}

TEST_P(EnvContract, AStepOfTheClockWakesWhoSleepsByIt) {
  run_as("acme-tel", [&](Env& env) {
    const Task task = env.spawn(
        "sleeper", [&] { env.sleep_for(1h); }, Daemon::kNo);
    env.sleep_for(10ms);
    world().begin_fault(step_of_clock("acme-tel", 2h));
    env.join(task);
  });
}

TEST_P(EnvContract, AConditionWakesAllPresentWaitersFirstComeFirstServed) {
  Condition condition;
  run_as("acme-tel", [&](Env& env) {
    std::vector<Task> waiters;
    for (int i = 0; i < 5; ++i) {
      waiters.push_back(env.spawn(
          "waiter",
          [&, i] {
            EXPECT_TRUE(env.wait(condition, kNever));
            log.write(std::to_string(i));
            // Comes after the notification and must not be woken by it.
            if (i == 0) {
              EXPECT_FALSE(env.wait(condition, env.now() + 10ms));
            }
          },
          Daemon::kNo));
    }
    yield(env);
    env.notify_all(condition);
    log.write("notified");  // notify_all never suspends.
    for (const Task& waiter : waiters) env.join(waiter);
  });
  EXPECT_THAT(log.lines(), ElementsAre("notified", "0", "1", "2", "3", "4"));
}

TEST_P(EnvContract, AWaitSaysWhenItsDeadlineCameFirst) {
  Condition condition;
  run_as("acme-tel", [&](Env& env) {
    const Time begin = env.now();
    EXPECT_FALSE(env.wait(condition, begin + 30ms));
    EXPECT_EQ(env.now() - begin, 30ms);
    env.spawn(
        "other", [&] { log.write("other"); }, Daemon::kNo);
    EXPECT_FALSE(env.wait(condition, begin));  // What is past yields, too.
    log.write("gave up");
    EXPECT_EQ(env.now() - begin, 30ms);
  });
  EXPECT_THAT(log.lines(), ElementsAre("other", "gave up"));
}

TEST_P(EnvContract, AWaiterThatGaveUpIsNoLongerInTheQueue) {
  Condition condition;
  run_as("acme-tel", [&](Env& env) {
    const Time begin = world().now();
    env.spawn(
        "notifier",
        [&] {
          env.sleep_for(15ms);
          env.notify_all(condition);
        },
        Daemon::kNo);
    EXPECT_FALSE(env.wait(condition, begin + 5ms));
    env.sleep_until(begin + 40ms);  // Must not be woken from this sleep.
    EXPECT_EQ(world().now() - begin, 40ms);
  });
}

struct NotifiesAtItsEnd {
  Env& env;
  Condition& condition;

  ~NotifiesAtItsEnd() { env.notify_all(condition); }
};

TEST_P(EnvContract, AConditionIsNotifiedFromDestructors) {
  Condition condition;
  run_as("acme-tel", [&](Env& env) {
    const Time begin = world().now();
    env.spawn(
        "worker",
        [&] {
          const NotifiesAtItsEnd guard{env, condition};
          env.sleep_for(10ms);
        },
        Daemon::kNo);
    EXPECT_TRUE(env.wait(condition, kNever));
    EXPECT_EQ(world().now() - begin, 10ms);
  });
}

TEST_P(EnvContract, ComputationsQueueForTheServersAndTakeTheirModelledTime) {
  options.costs.set(kSign, 20ms);
  std::atomic<int> at_once{0};
  std::atomic<int> most{0};
  run_as("hsm", [&](Env& env) {
    const Time begin = world().now();
    std::vector<Task> tasks;
    for (int i = 0; i < 4; ++i) {
      tasks.push_back(env.spawn(
          "signer",
          [&, i] {
            const int result = env.compute(
                kSign,
                [&](int n) {
                  most = std::max<int>(most, ++at_once);
                  std::this_thread::yield();
                  --at_once;
                  return n * n;
                },
                i);
            EXPECT_EQ(result, i * i);
            EXPECT_EQ(world().now() - begin, (i + 1) * 20ms);
          },
          Daemon::kNo));
    }
    for (const Task& task : tasks) env.join(task);
    EXPECT_EQ(world().now() - begin, 80ms);
  });
  EXPECT_EQ(most, 1);  // One server.
}

TEST_P(EnvContract, OthersHaveTheActorWhileOneComputes) {
  options.costs.set(kSign, 30ms);
  run_as("acme-tel", [&](Env& env) {
    env.spawn(
        "other", [&] { log.write("other"); }, Daemon::kNo);
    EXPECT_EQ(env.compute(kSign, [] { return 5; }), 5);
    log.write("computed");
  });
  EXPECT_THAT(log.lines(), ElementsAre("other", "computed"));
}

TEST_P(EnvContract, AFalseProofFailsTheRun) {
  const RunSummary summary = run_as("verifier", [&](Env& env) {
    EXPECT_EQ(env.compute_expecting(
                  kVerifySignature, 4, [](int n) { return n + n; }, 2),
              4);
    EXPECT_TRUE(world().settle_proofs());
    EXPECT_TRUE(env.compute_expecting(kVerifySignature, true, [] { return false; }));
    env.sleep_for(1s);
  });
  EXPECT_EQ(summary.end, RunSummary::End::kProofFailed);
  EXPECT_THAT(summary.detail, testing::HasSubstr("verifier"));
  EXPECT_FALSE(world().settle_proofs());
}

TEST_P(EnvContract, EachActivityAndPurposeHasAStreamOfItsOwn) {
  std::vector<std::uint64_t> drawn(4);
  std::uint64_t first = 0;
  std::uint64_t again = 0;
  run_as("acme-tel", [&](Env& env) {
    std::vector<Task> tasks;
    for (std::uint64_t& each : drawn) {
      tasks.push_back(env.spawn(
          "task", [&] { each = env.random("dice").next(); }, Daemon::kNo));
    }
    for (const Task& task : tasks) env.join(task);
    first = env.random("dice").next();
    again = env.random("dice").next();
  });
  drawn.insert(drawn.end(), {first, again});
  std::sort(drawn.begin(), drawn.end());
  EXPECT_EQ(std::unique(drawn.begin(), drawn.end()), drawn.end());
}

TEST_P(EnvContract, RecordsCarryTheActorAndTheWorldTime) {
  std::vector<Recorded> seen;
  options.sink = [&](Recorded recorded) { seen.push_back(std::move(recorded)); };
  run_as("acme-tel", [&](Env& env) {
    world().begin_fault(step_of_clock("acme-tel", 1h));
    env.record(std::make_unique<Note>("first"));
    env.sleep_for(15ms);
    env.record(std::make_unique<Note>("second"));
  });
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(*seen[0].actor, "acme-tel");
  EXPECT_EQ(static_cast<const Note&>(*seen[1].event).text, "second");
  EXPECT_EQ(seen[1].world_time - seen[0].world_time, 15ms);
}

}  // namespace
}  // namespace shakedown::sim

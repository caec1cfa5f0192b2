// Env::join in every runtime: of the actor's own tasks and of other actors'.
#include <atomic>
#include <stdexcept>
#include <vector>

#include "tests/sim/env_contract.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

TEST_P(EnvContract, JoinWaitsForTheEndAndMayBeRepeated) {
  run_as("acme-tel", [&](Env& env) {
    const Time begin = world().now();
    const Task task = env.spawn(
        "work",
        [&] {
          env.sleep_for(3ms);
          log.write("worked");
        },
        Daemon::kNo);
    log.write("spawned");
    env.join(task);
    log.write("joined");
    env.join(task);
    log.write("joined again");
    EXPECT_EQ(world().now() - begin, 3ms);
  });
  EXPECT_THAT(log.lines(), ElementsAre("spawned", "worked", "joined", "joined again"));
}

TEST_P(EnvContract, JoinTakesATaskOfAnotherActorAndEndsAtItsInstant) {
  Env& beta = add("beta-voice");
  run_as("acme-tel", [&](Env& acme) {
    const Time begin = world().now();
    std::string said;  // The join orders what the other actor does before what follows here.
    const Task task = start(beta, [&] {
      beta.sleep_for(20ms);
      said = "done";
    });
    acme.join(task);
    EXPECT_EQ(said, "done");
    EXPECT_EQ(world().now() - begin, 20ms);
    EXPECT_EQ(acme.now() - begin, 20ms);
  });
}

// Each waits for work that the other one has in hand: no circle, for the tasks join nobody.
TEST_P(EnvContract, TwoActorsMayJoinEachOthersTasks) {
  Env& acme = add("acme-tel");
  Env& beta = add("beta-voice");
  std::atomic<int> joined{0};
  for (int i = 0; i < 50; ++i) {
    const auto work = [i](Env& env) { return [&env, i] { env.sleep_for(i % 3 * 1ms); }; };
    const Task of_acme = start(acme, work(acme));
    const Task of_beta = start(beta, work(beta));
    const auto join = [&joined](Env& env, const Task& task) {
      return [&joined, &env, task] {
        env.join(task);
        ++joined;
      };
    };
    start(acme, join(acme, of_beta));
    start(beta, join(beta, of_acme));
  }
  EXPECT_EQ(run().end, RunSummary::End::kDone);
  EXPECT_EQ(joined, 100);
}

TEST_P(EnvContract, JoiningATaskThatHasEndedLetsNobodyElseHaveATurn) {
  Env& beta = add("beta-voice");
  run_as("acme-tel", [&](Env& acme) {
    const Task own = acme.spawn(
        "own", [] {}, Daemon::kNo);
    const Task others = start(beta, [&] { beta.sleep_for(5ms); });
    acme.join(own);
    acme.join(others);
    acme.spawn(
        "other", [&] { log.write("other"); }, Daemon::kNo);
    const Time begin = world().now();
    acme.join(own);
    acme.join(others);
    log.write("joined");
    EXPECT_EQ(world().now(), begin);
  });
  EXPECT_THAT(log.lines(), ElementsAre("joined", "other"));
}

// Its object may serve the next activity meanwhile, which is another task.
TEST_P(EnvContract, ATaskStaysEndedWhenOthersBeginAfterIt) {
  run_as("acme-tel", [&](Env& env) {
    const Task first = env.spawn(
        "first", [] {}, Daemon::kNo);
    env.join(first);
    for (int i = 0; i < 5; ++i) {
      env.spawn(
          "later", [&] { env.sleep_for(50ms); }, Daemon::kNo);
    }
    yield(env);
    const Time begin = world().now();
    env.join(first);
    EXPECT_EQ(world().now(), begin);
  });
}

TEST_P(EnvContract, SeveralActorsMayJoinOneTask) {
  Env& server = add("beta-voice");
  const Task task = start(server, [&] { server.sleep_for(10ms); });
  const Time begin = world().now();
  std::atomic<int> joined{0};
  for (const char* name : {"acme-tel", "gamma-net", "delta-com"}) {
    Env& env = add(name);
    start(env, [&env, &joined, task] {
      env.join(task);
      ++joined;
    });
  }
  start(server, [&] {
    server.join(task);
    ++joined;
  });
  EXPECT_GE(run().ended_at - begin, 10ms);
  EXPECT_EQ(joined, 4);
}

TEST_P(EnvContract, JoinersOfOneActorGoOnInTheOrderInWhichTheyJoined) {
  Env& beta = add("beta-voice");
  run_as("acme-tel", [&](Env& acme) {
    const Task task = start(beta, [&] { beta.sleep_for(20ms); });
    std::vector<Task> joiners;
    for (const char* name : {"first", "second", "third"}) {
      joiners.push_back(acme.spawn(
          name,
          [&, name] {
            acme.join(task);
            log.write(name);
          },
          Daemon::kNo));
    }
    for (const Task& joiner : joiners) acme.join(joiner);
  });
  EXPECT_THAT(log.lines(), ElementsAre("first", "second", "third"));
}

TEST_P(EnvContract, ATaskThatThrewHasEnded) {
  options.activity_failed = [&](const std::string& what) { log.write(what); };
  Env& beta = add("beta-voice");
  run_as("acme-tel", [&](Env& acme) {
    acme.join(start(beta, [] { throw std::runtime_error("a mistake"); }));
    log.write("joined");
  });
  EXPECT_THAT(log.lines(), ElementsAre("beta-voice/main: a mistake", "joined"));
}

TEST_P(EnvContract, WhoJoinsATaskOfAnotherActorIsStopped) {
  Env& acme = add("acme-tel");
  Env& beta = add("beta-voice");
  std::atomic<int> stopped{0};
  const Task task = start(beta, [&] { beta.sleep_for(1h); });
  for (Env* env : {&acme, &beta}) {
    start(*env, [&stopped, env, task] {
      try {
        env->join(task);
      } catch (const Stopped&) {
        ++stopped;
        throw;
      }
    });
  }
  start(acme, [&] {
    acme.sleep_for(20ms);
    world().stop();
    acme.sleep_for(1h);
  });
  EXPECT_EQ(run().end, RunSummary::End::kStopped);
  EXPECT_EQ(stopped, 2);
}

TEST_P(EnvContract, TasksThatJoinInACircleAreNamedAsBlocked) {
  Env& acme = add("acme-tel");
  Env& beta = add("beta-voice");
  Task of_acme;
  Task of_beta;
  of_acme = start(acme, [&] { acme.join(of_beta); });
  of_beta = start(beta, [&] { beta.join(of_acme); });
  const RunSummary summary = world().run(world().now() + 50ms);
  EXPECT_THAT(summary.blocked, ElementsAre("acme-tel/main", "beta-voice/main"));
}

}  // namespace
}  // namespace shakedown::sim

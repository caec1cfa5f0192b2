// How a virtual world ends: by stop(), by its limits, and by programmers' errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

// Counts its living instances: what unwinding must bring to zero.
struct Alive {
  static inline int count = 0;

  Alive() { ++count; }

  ~Alive() { --count; }

  Alive(const Alive&) = delete;
  Alive& operator=(const Alive&) = delete;
};

TEST(Stop, UnwindsEveryKindOfWait) {
  Alive::count = 0;
  TestWorldOptions options;
  options.costs.service_time[static_cast<std::size_t>(Work::kSign)] = 1h;
  TestWorld world(options);
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  Condition condition;
  int reached = 0;
  world.listen(beta, [&](const Request&) {
    const Alive alive;
    beta.sleep_for(10h);
    ++reached;
    return ok();
  });
  const auto start = [&](std::function<void()> wait) {
    world.start(acme, [&reached, wait = std::move(wait)] {
      const Alive alive;
      wait();
      ++reached;
    });
  };
  start([&] { acme.sleep_until(kNever); });
  start([&] { acme.sleep_for(10h); });
  start([&] { acme.wait(condition, kNever); });
  start([&] { acme.wait(condition, kEpoch + 9h); });
  start([&] { acme.exchange(get("https://beta-voice.test/"), 9h); });
  start([&] {
    acme.exchange(get("https://nobody.test/"), 9h);
    acme.sleep_for(5h);
  });
  start([&] { acme.compute(Work::kSign, [] { return 1; }); });
  start([&] { acme.compute_expecting(Work::kSign, 1, [] { return 1; }); });
  start([&] {
    acme.join(acme.spawn(
        "child", [&] { acme.sleep_for(9h); }, Daemon::kYes));
  });
  world.start(acme, [&] {
    acme.sleep_for(1min);
    EXPECT_EQ(Alive::count, 10);
    acme.spawn(
        "not begun", [alive = std::make_shared<Alive>()] {}, Daemon::kNo);
    world->stop();
  });
  const RunSummary summary = world.run();
  EXPECT_EQ(summary.end, RunSummary::End::kStopped);
  EXPECT_EQ(summary.ended_at, kEpoch + 1min);
  EXPECT_EQ(reached, 0);
  EXPECT_EQ(Alive::count, 0);
}

TEST(Stop, DaemonsAreUnwoundAtTheEndOfARun) {
  Alive::count = 0;
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(
      acme,
      [&] {
        const Alive alive;
        while (true) acme.sleep_for(1s);
      },
      Daemon::kYes);
  world.start(acme, [&] { acme.sleep_for(10s); });
  EXPECT_EQ(world.run().end, RunSummary::End::kDone);
  EXPECT_EQ(Alive::count, 0);
}

TEST(Stop, EveryStarredCallThrowsAfterwards) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  Condition condition;
  int thrown = 0;
  const auto expect_stopped = [&](const auto& call) {
    try {
      call();
    } catch (const Stopped&) {
      ++thrown;
    }
  };
  world.start(acme, [&] {
    const Task task = acme.spawn(
        "task", [] {}, Daemon::kNo);
    expect_stopped([&] { acme.sleep_for(1h); });
    expect_stopped([&] { acme.sleep_for(1h); });
    expect_stopped([&] { acme.wait(condition, kNever); });
    expect_stopped([&] { acme.exchange(get("https://nobody.test/"), 1s); });
    expect_stopped([&] { acme.compute(Work::kOther, [] { return 1; }); });
    expect_stopped([&] { acme.compute_expecting(Work::kSign, 1, [] { return 1; }); });
    expect_stopped([&] { acme.join(task); });
    note(acme, "never recorded");
    EXPECT_EQ(acme.now(), kEpoch + 1s);
    acme.notify_all(condition);
    acme.spawn(
        "never begins", [&] { thrown = 100; }, Daemon::kNo);
  });
  world.start(acme, [&] {
    acme.sleep_for(1s);
    world->stop();
  });
  world.run();
  EXPECT_EQ(thrown, 7);
  EXPECT_THAT(world.trace(), ElementsAre());
}

VirtualWorld* interrupted_world = nullptr;

TEST(Stop, MayBeCalledBySignalHandlers) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  interrupted_world = &*world;
  const auto previous = std::signal(SIGUSR1, [](int) { interrupted_world->stop(); });
  world.start(acme, [&] {
    for (int i = 0; true; ++i) {
      acme.sleep_for(1s);
      if (i == 10) std::raise(SIGUSR1);
    }
  });
  EXPECT_EQ(world.run().end, RunSummary::End::kStopped);
  std::signal(SIGUSR1, previous);
}

TEST(Stop, BeforeTheRunEndsItAtOnce) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] { note(acme, "never"); });
  world->stop();
  EXPECT_EQ(world.run().end, RunSummary::End::kStopped);
  EXPECT_THAT(world.trace(), ElementsAre());
}

TEST(Stop, DestructorsMayNotifyDuringUnwinding) {
  struct Busy {
    Env& env;
    Condition& condition;

    ~Busy() { env.notify_all(condition); }
  };

  TestWorld world;
  Env& acme = world.add("acme-tel");
  Condition condition;
  for (int i = 0; i < 3; ++i) {
    world.start(acme, [&] {
      const Busy busy{acme, condition};
      acme.sleep_for(1h);
    });
    world.start(acme, [&] { acme.wait(condition, kNever); });
  }
  EXPECT_EQ(world.run(kEpoch + 1s).ended_at, kEpoch + 1s);
}

// What is spawned may refer to the frame that spawned it, and wait on a condition there.
TEST(Stop, UnwindsTheSpawnedBeforeTheirSpawners) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  std::string order;
  world.start(acme, [&] {
    struct Frame {
      std::string& order;
      Condition condition;
      std::string name = "spawner";
      ~Frame() { order += name + " "; }
    } frame{order, {}, "spawner"};
    for (int i = 0; i < 3; ++i) {
      acme.spawn(
          "child",
          [&acme, &frame] {
            struct Last {
              Frame& frame;
              ~Last() { frame.order += "child of " + frame.name + " "; }
            } const last{frame};
            acme.wait(frame.condition, kNever);
          },
          Daemon::kYes);
    }
    acme.sleep_for(1h);
  });
  world.run(kEpoch + 1s);
  EXPECT_EQ(order, "child of spawner child of spawner child of spawner spawner ");
}

TEST(Stop, AWorldThatNeverRanIsClearedAway) {
  Alive::count = 0;
  {
    TestWorld world;
    Env& acme = world.add("acme-tel");
    world.start(acme, [alive = std::make_shared<Alive>()] {});
    EXPECT_EQ(Alive::count, 1);
  }
  EXPECT_EQ(Alive::count, 0);
}

// Exceptions that are being handled in two fibers at once stay apart (we forbid suspending in a
// catch block, but a mistake there must not become another fiber's exception).
TEST(Exceptions, OfTwoActivitiesThatSleepInCatchBlocksDoNotMix) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  for (int i = 0; i < 2; ++i) {
    world.start(acme, [&acme, i] {
      for (int round = 0; round < 3; ++round) {
        try {
          throw std::runtime_error(fmt::format("of {}", i));
        } catch (const std::exception&) {
          acme.sleep_for(1s * (1 + i));
          try {
            throw;
          } catch (const std::exception& error) {
            note(acme, fmt::format("{} sees {}", i, error.what()));
          }
        }
      }
    });
  }
  world.run();
  EXPECT_THAT(world.trace(), testing::UnorderedElementsAre(
                                 "1s acme-tel: 0 sees of 0", "2s acme-tel: 0 sees of 0",
                                 "3s acme-tel: 0 sees of 0", "2s acme-tel: 1 sees of 1",
                                 "4s acme-tel: 1 sees of 1", "6s acme-tel: 1 sees of 1"));
}

TEST(Limits, TenThousandActivitiesLiveAtOnce) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  Condition condition;
  int woken = 0;
  for (int i = 0; i < 10'000; ++i) {
    world.start(acme, [&] {
      EXPECT_TRUE(acme.wait(condition, kNever));
      ++woken;
    });
  }
  world.start(acme, [&] {
    acme.sleep_for(1s);
    EXPECT_EQ(woken, 0);
    acme.notify_all(condition);
  });
  const RunSummary summary = world.run();
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_EQ(woken, 10'000);
}

TEST(Limits, OneActivityTooManyEndsTheRunAndSaysSo) {
  TestWorldOptions options;
  options.virtual_time.max_activities = 100;
  TestWorld world(options);
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] {
    for (int i = 0; i < 100; ++i) {
      acme.spawn(
          "call", [&] { acme.sleep_for(1h); }, Daemon::kNo);
      acme.sleep_for(1s);
    }
  });
  const RunSummary summary = world.run();
  EXPECT_EQ(summary.end, RunSummary::End::kOverloaded);
  EXPECT_EQ(summary.ended_at, kEpoch + 99s);
  EXPECT_EQ(
      summary.detail,
      "100 activities in flight at 2026-01-05T09:01:39Z, with acme-tel/call about to begin; the "
      "limit is 100");
}

TEST(Exceptions, OfAHandlerAnswer500AndEndTheRun) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  world.listen(beta, [](const Request&) -> Response { throw std::runtime_error("a mistake"); });
  int status = 0;
  world.start(acme, [&] {
    status = acme.exchange(get("https://beta-voice.test/x"), 1s).response.status;
    acme.sleep_for(1h);
  });
  const RunSummary summary = world.run();
  EXPECT_EQ(summary.end, RunSummary::End::kActivityFailed);
  EXPECT_EQ(summary.detail,
            "an exception left beta-voice/GET https://beta-voice.test/x: a mistake");
  EXPECT_EQ(status, 0) << "the run ended before the answer came";
}

TEST(Exceptions, AreToldToWhoeverWantsToKnowAndTheWorldGoesOn) {
  std::vector<std::string> told;
  TestWorldOptions options;
  options.activity_failed = [&](const std::string& what) { told.push_back(what); };
  TestWorld world(options);
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  world.listen(beta, [](const Request&) -> Response { throw std::runtime_error("a mistake"); });
  int status = 0;
  world.start(acme, [&] {
    status = acme.exchange(get("https://beta-voice.test/x"), 1s).response.status;
    throw std::runtime_error("another");
  });
  EXPECT_EQ(world.run().end, RunSummary::End::kDone);
  EXPECT_EQ(status, 500);
  EXPECT_THAT(told, ElementsAre("beta-voice/GET https://beta-voice.test/x: a mistake",
                                "acme-tel/main: another"));
}

TEST(Limits, ActivitiesThatEndedDoNotCount) {
  TestWorldOptions options;
  options.virtual_time.max_activities = 2;
  TestWorld world(options);
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] {
    for (int i = 0; i < 1000; ++i) {
      acme.join(acme.spawn(
          "call", [&] { acme.sleep_for(1s); }, Daemon::kNo));
    }
  });
  EXPECT_EQ(world.run().end, RunSummary::End::kDone);
}

using MistakeDeathTest = testing::Test;

TEST(MistakeDeathTest, SwallowingStoppedForEverIsFound) {
  EXPECT_DEATH(
      {
        TestWorld world;
        Env& acme = world.add("acme-tel");
        world.start(acme, [&] {
          while (true) {
            try {
              acme.sleep_for(1s);
            } catch (...) {
            }
          }
        });
        world.run(kEpoch + 10s);
      },
      "swallows Stopped");
}

TEST(MistakeDeathTest, WaitingInTheNameOfAnotherActorIsFound) {
  EXPECT_DEATH(
      {
        TestWorld world;
        Env& acme = world.add("acme-tel");
        Env& beta = world.add("beta-voice");
        world.start(acme, [&] { beta.sleep_for(1s); });
        world.run();
      },
      "assertion failed");
}

TEST(MistakeDeathTest, TwoActorsOfOneName) {
  EXPECT_DEATH(
      {
        TestWorld world;
        world.add("acme-tel");
        world.add("acme-tel");
      },
      "assertion failed");
}

}  // namespace
}  // namespace shakedown::sim

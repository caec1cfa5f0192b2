// How a virtual world ends: by stop(), by its limits, and by programmers' errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

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

TEST(MistakeDeathTest, AnExceptionThatIsNoneOfStdNamesTheActivityThatItLeaves) {
  EXPECT_DEATH(
      {
        TestWorld world;
        Env& acme = world.add("acme-tel");
        world.start(acme, [] { throw 7; });
        world.run();
      },
      "acme-tel/main.*an exception left an activity");
}

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

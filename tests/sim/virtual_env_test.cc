// The promises of sim/env.h, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

TEST(VirtualTime, JumpsFromEventToEvent) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] {
    note(acme, "begins");
    acme.sleep_for(1h);
    note(acme, "wakes");
  });
  const RunSummary summary = world.run();
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_EQ(summary.ended_at, kEpoch + 1h);
  EXPECT_EQ(summary.events, 2U);
  EXPECT_THAT(world.trace(), ElementsAre("0s acme-tel: begins", "1h acme-tel: wakes"));
}

TEST(Condition, ANotificationAtTheDeadlineIsInTime) {
  for (const std::uint64_t shuffle : {0U, 1U, 2U, 3U, 4U, 5U}) {
    TestWorldOptions options;
    options.virtual_time.shuffle_ties = shuffle;
    TestWorld world(options);
    Env& acme = world.add("acme-tel");
    Condition condition;
    world.start(acme, [&] { EXPECT_TRUE(acme.wait(condition, kEpoch + 5s)); });
    world.start(acme, [&] {
      acme.sleep_until(kEpoch + 5s);
      acme.notify_all(condition);
    });
    EXPECT_EQ(world.run().ended_at, kEpoch + 5s);
  }
}

TEST(World, DaemonsDoNotKeepTheRunAlive) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(
      acme,
      [&] {
        while (true) {
          acme.sleep_for(1min);
          note(acme, "tick");
        }
      },
      Daemon::kYes);
  world.start(acme, [&] { acme.sleep_for(150s); });
  const RunSummary summary = world.run();
  EXPECT_EQ(summary.ended_at, kEpoch + 150s);
  EXPECT_THAT(world.trace(), ElementsAre("1m acme-tel: tick", "2m acme-tel: tick"));
}

TEST(World, TimeEndsAtTheLimit) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] {
    acme.sleep_for(10s);
    note(acme, "at the limit");
    acme.sleep_for(Duration{1});
    note(acme, "past the limit");
  });
  const RunSummary summary = world.run(kEpoch + 10s);
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_EQ(summary.ended_at, kEpoch + 10s);
  EXPECT_THAT(world.trace(), ElementsAre("10s acme-tel: at the limit"));
}

TEST(World, TheClockMovesToALimitBeyondTheLastEventOnlyIfSomethingWaitsThere) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] { acme.sleep_for(10s); });
  EXPECT_EQ(world.run(kEpoch + 1h).ended_at, kEpoch + 10s);
  TestWorld other;
  Env& beta = other.add("beta-voice");
  other.start(beta, [&] { beta.sleep_for(10h); });
  EXPECT_EQ(other.run(kEpoch + 1h).ended_at, kEpoch + 1h);
}

TEST(World, AnEmptyWorldIsDoneAtItsEpoch) {
  TestWorld world;
  const RunSummary summary = world.run();
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_EQ(summary.ended_at, kEpoch);
}

TEST(World, StaleDeadlinesDoNotMoveTheClock) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  Condition condition;
  world.start(acme, [&] { EXPECT_TRUE(acme.wait(condition, kEpoch + 24h)); });
  world.start(acme, [&] {
    acme.sleep_for(1s);
    acme.notify_all(condition);
  });
  EXPECT_EQ(world.run().ended_at, kEpoch + 1s);
}

TEST(World, NamesTheBlockedAlsoWhereDaemonsTickForEver) {
  TestWorldOptions options;
  options.virtual_time.give_up_after = 10h;
  TestWorld world(options);
  Env& acme = world.add("acme-tel");
  Condition condition;
  world->start(
      acme, "forgotten", [&] { acme.wait(condition, kNever); }, Daemon::kNo);
  world.start(
      acme,
      [&] {
        while (true) acme.sleep_for(1min);
      },
      Daemon::kYes);
  const RunSummary summary = world.run();
  EXPECT_THAT(summary.blocked, ElementsAre("acme-tel/forgotten"));
  EXPECT_LE(summary.ended_at, kEpoch + 11h);
}

// A daemon may be what a non-daemon waits for: hours of daemons alone are no reason to give up.
TEST(World, WaitsForWhatADaemonWillDo) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  Condition published;
  world.start(acme, [&] {
    EXPECT_TRUE(acme.wait(published, kNever));
    note(acme, "published");
  });
  world.start(
      acme,
      [&] {
        for (int i = 0; i < 24; ++i) acme.sleep_for(1h);
        acme.notify_all(published);
        acme.sleep_until(kNever);
      },
      Daemon::kYes);
  EXPECT_THAT(world.run().blocked, ElementsAre());
  EXPECT_THAT(world.trace(), ElementsAre("1d acme-tel: published"));
}

TEST(World, SaysWhoWaitsForWhat) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  Condition condition;
  char* text = nullptr;
  std::size_t size = 0;
  world.listen(beta, [&](const Request&) {
    beta.sleep_for(1h);
    return ok();
  });
  world->start(
      acme, "sleeper", [&] { acme.sleep_for(2h); }, Daemon::kYes);
  world->start(
      acme, "waiter", [&] { acme.wait(condition, kNever); }, Daemon::kNo);
  world->start(
      acme, "client", [&] { acme.exchange(get("https://beta-voice.test/a"), 5s); }, Daemon::kNo);
  world->start(
      beta, "signer",
      [&] {
        beta.sleep_until(kEpoch + 1s);
        beta.compute(kSign, [] { return 1; });
      },
      Daemon::kNo);
  world->start(
      beta, "reader",
      [&] {
        const Task task = beta.spawn(
            "task", [&] { beta.sleep_for(9s); }, Daemon::kNo);
        beta.join(task);
      },
      Daemon::kNo);
  world->start(
      acme, "observer",
      [&] {
        acme.sleep_until(kEpoch + 1s + 1us);
        std::FILE* out = open_memstream(&text, &size);
        world->dump_waits(out);
        std::fclose(out);
      },
      Daemon::kNo);
  world.run();
  const std::string dump(text, size);
  std::free(text);
  EXPECT_THAT(dump,
              testing::HasSubstr("acme-tel/sleeper (daemon) sleeps until 2026-01-05T11:00:00Z"));
  EXPECT_THAT(dump, testing::HasSubstr("acme-tel/waiter waits for a condition for ever"));
  EXPECT_THAT(dump, testing::HasSubstr("acme-tel/client waits for the answer to GET "
                                       "https://beta-voice.test/a until 2026-01-05T09:00:05Z"));
  EXPECT_THAT(dump, testing::HasSubstr("beta-voice/signer computes (sign) until "
                                       "2026-01-05T09:00:01.000029Z"));
  EXPECT_THAT(dump, testing::HasSubstr("beta-voice/reader joins beta-voice/task"));
  EXPECT_THAT(dump, testing::HasSubstr("beta-voice/GET https://beta-voice.test/a sleeps until"));
  EXPECT_THAT(dump, testing::HasSubstr("acme-tel/observer runs"));
}

}  // namespace
}  // namespace shakedown::sim

// Computations in virtual time: queues before servers, charges, chance, and proofs on a second
// core.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

TestWorldOptions with_sign_cost(Duration cost) {
  TestWorldOptions options;
  options.costs.set(kSign, cost);
  options.costs.set(kVerifySignature, 3 * cost);
  return options;
}

TEST(Compute, ReturnsTheResultAndChargesItsServiceTime) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] {
    const std::string result = acme.compute(
        kSign, [](const std::string& a, int b) { return fmt::format("{}{}", a, b); },
        std::string("x"), 7);
    EXPECT_EQ(result, "x7");
    EXPECT_EQ(acme.now(), kEpoch + 29us);
    acme.compute(Work::kOther, [] { return 0; });
    EXPECT_EQ(acme.now(), kEpoch + 29us);
  });
  world.run();
}

std::vector<std::string> five_jobs(unsigned servers) {
  TestWorld world(with_sign_cost(10ms));
  Env& hsm = world.add("hsm", "local", servers);
  for (int i = 0; i < 5; ++i) {
    world.start(hsm, [&hsm, i] {
      hsm.sleep_for(Duration{i});
      hsm.compute(kSign, [] { return 1; });
      note(hsm, fmt::format("job {}", i));
    });
  }
  world.run();
  return world.trace();
}

TEST(Compute, QueuesFirstComeFirstServedAtOneServer) {
  EXPECT_THAT(five_jobs(1), ElementsAre("10ms hsm: job 0", "20ms hsm: job 1", "30ms hsm: job 2",
                                        "40ms hsm: job 3", "50ms hsm: job 4"));
}

TEST(Compute, RunsAsManyAtOnceAsThereAreServers) {
  EXPECT_THAT(five_jobs(2),
              ElementsAre("10ms hsm: job 0", "10.000001ms hsm: job 1", "20ms hsm: job 2",
                          "20.000001ms hsm: job 3", "30ms hsm: job 4"));
}

// Every computation has a stream of its own, in place exactly while it runs.
TEST(Compute, PutsTheRandomStreamOfEachOperationInPlace) {
  std::mutex mutex;
  static thread_local const Lineage* in_place = nullptr;
  static thread_local Lineage current;
  std::vector<Lineage> seen;
  TestWorldOptions options;
  options.randomness.enter = [&](Lineage lineage) {
    EXPECT_EQ(in_place, nullptr);
    current = lineage;
    in_place = &current;
    const std::lock_guard lock(mutex);
    seen.push_back(lineage);
  };
  options.randomness.leave = [] {
    EXPECT_NE(in_place, nullptr);
    in_place = nullptr;
  };
  TestWorld world(options);
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  for (Env* env : {&acme, &beta}) {
    world.start(*env, [env] {
      for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(env->compute(kSign, [] { return in_place != nullptr; }));
        EXPECT_EQ(in_place, nullptr);
      }
      env->compute_expecting(kVerifySignature, true, [] { return in_place != nullptr; });
    });
  }
  EXPECT_EQ(world.run().end, RunSummary::End::kDone);
  std::set<std::pair<std::uint64_t, std::uint64_t>> distinct;
  for (const Lineage& lineage : seen) distinct.emplace(lineage.high, lineage.low);
  EXPECT_EQ(distinct.size(), 8U);
}

// Signs and verifies in three actors; the records must not show where the proofs were run.
std::vector<std::string> trace_with_proofs(const VirtualOptions& virtual_time, int& proofs) {
  TestWorldOptions options;
  options.virtual_time = virtual_time;
  std::mutex mutex;
  TestWorld world(options);
  for (const char* name : {"acme-tel", "beta-voice", "gamma-net"}) {
    Env& env = world.add(name);
    world.start(env, [&env, &mutex, &proofs] {
      for (int i = 0; i < 400; ++i) {
        const int signature = env.compute(
            kSign, [](int x) { return x * x; }, i);
        const bool valid = env.compute_expecting(
            kVerifySignature, true,
            [&mutex, &proofs](int x, int s) {
              const std::lock_guard lock(mutex);
              ++proofs;
              return x * x == s;
            },
            i, signature);
        note(env, fmt::format("{} {}", i, valid));
        if (env.random("pause").chance(1, 3)) env.sleep_for(1ms);
      }
    });
  }
  EXPECT_EQ(world.run().end, RunSummary::End::kDone);
  EXPECT_TRUE(world->settle_proofs());
  return world.trace();
}

TEST(Proofs, LeaveTheSameRecordsWhetherDeferredOrInline) {
  int inline_proofs = 0;
  const auto expected = trace_with_proofs({.defer_proofs = false}, inline_proofs);
  EXPECT_EQ(expected.size(), 1200U);
  EXPECT_EQ(inline_proofs, 1200);
  for (const std::size_t capacity : {0U, 1U, 7U, 256U, 100'000U}) {
    int proofs = 0;
    EXPECT_EQ(trace_with_proofs({.defer_proofs = true, .proof_queue_capacity = capacity}, proofs),
              expected);
    EXPECT_EQ(proofs, 1200);
  }
}

TEST(Proofs, AreChargedLikeTheWorkItself) {
  TestWorld world(with_sign_cost(10ms));
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] {
    EXPECT_EQ(acme.compute_expecting(kVerifySignature, 5, [] { return 5; }), 5);
    EXPECT_EQ(acme.now(), kEpoch + 30ms);
  });
  world.run();
}

TEST(Proofs, ADisagreementFailsTheRun) {
  for (const bool defer : {false, true}) {
    TestWorldOptions options;
    options.virtual_time.defer_proofs = defer;
    TestWorld world(options);
    Env& acme = world.add("acme-tel");
    bool unwound = false;
    world.start(acme, [&] {
      struct Flag {
        bool& flag;
        ~Flag() { flag = true; }
      } const flag{unwound};
      acme.sleep_for(1s);
      EXPECT_TRUE(acme.compute_expecting(kVerifySignature, true, [] { return false; }));
      while (true) acme.sleep_for(1s);
    });
    const RunSummary summary = world.run();
    EXPECT_EQ(summary.end, RunSummary::End::kProofFailed);
    EXPECT_EQ(
        summary.detail,
        "acme-tel: verify_signature at 2026-01-05T09:00:01Z did not give the expected result");
    EXPECT_TRUE(unwound);
    EXPECT_FALSE(world->settle_proofs());
  }
}

// No commit may lie ahead of its proofs: the sink settles before it commits.
TEST(Proofs, AreAllDoneWhenSettled) {
  int done = 0;
  std::mutex mutex;
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] {
    for (int round = 1; round <= 50; ++round) {
      for (int i = 0; i < 20; ++i) {
        acme.compute_expecting(kVerifySignature, true, [&] {
          const std::lock_guard lock(mutex);
          ++done;
          return true;
        });
      }
      EXPECT_TRUE(world->settle_proofs());
      const std::lock_guard lock(mutex);
      EXPECT_EQ(done, round * 20);
    }
  });
  world.run();
}

TEST(Proofs, OfTheLastInstantStillCount) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  world.start(acme, [&] { acme.compute_expecting(kVerifySignature, 1, [] { return 2; }); });
  EXPECT_EQ(world.run().end, RunSummary::End::kProofFailed);
}

}  // namespace
}  // namespace shakedown::sim

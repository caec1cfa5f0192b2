#include "results/read/queries.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using actors::CallOutcome;
using testing::ElementsAre;
using testing::SizeIs;

// acme-tel and gamma-net call beta-voice; mallory robs acme-tel after an hour and calls in its
// name.
class Story : public testing::Test {
 protected:
  Story()
      : run_(folder_.file("db")) {
    for (int i = 0; i < 10; ++i) {
      auto call = a_call("acme-tel.0." + std::to_string(i), 10min * i);
      call->post_dial_delay = 10ms * (i + 1);
      call->signing_latency = 1ms * (10 - i);
      run_.record_call(std::move(call));
    }
    auto gamma = a_call("gamma-net.0.0", 5min, CallOutcome::kUnverified);
    gamma->from = gamma->claims_to_be = "gamma-net";
    gamma->via = "transit-1, transit-2";
    gamma->attest = ' ';
    gamma->sip_status = 0;
    gamma->post_dial_delay.reset();
    gamma->signing_latency.reset();
    run_.record_call(std::move(gamma));
    run_.record(1h, a_happening(HappeningKind::kKeyStolen, "acme-tel", "mallory"), "mallory");
    for (int i = 0; i < 6; ++i) {
      auto call = a_call("mallory.0." + std::to_string(i), 50min + 20min * i,
                         i < 4 ? CallOutcome::kPassed : CallOutcome::kFailed);
      call->from = "mallory";
      call->attest = 'B';
      run_.record_call(std::move(call));
    }
    EXPECT_TRUE(run_.finish());
  }

  Counts count(const CallFilter& filter) { return *run_.queries().count_calls(1, filter); }

  Folder folder_;
  TestRun run_;
};

TEST_F(Story, CountsCallsByEachFilter) {
  EXPECT_EQ(count({}), (Counts{17, 14, 2, 1}));
  EXPECT_EQ(count({.from = "acme-tel"}).total, 10U);
  EXPECT_EQ(count({.claims_to_be = "acme-tel"}).total, 16U);
  EXPECT_EQ(count({.to = "beta-voice"}).total, 17U);
  EXPECT_EQ(count({.to = "nobody"}).total, 0U);
  EXPECT_EQ(count({.via = "transit-1"}).total, 1U);
  EXPECT_EQ(count({.via = "transit-2"}).total, 1U);
  EXPECT_EQ(count({.via = "transit"}).total, 0U);
  EXPECT_EQ(count({.attest = 'B'}).total, 6U);
  EXPECT_EQ(count({.attest = ' '}).total, 1U);
  EXPECT_EQ(count({.outcome = CallOutcome::kFailed}), (Counts{2, 0, 2, 0}));
  EXPECT_EQ(count({.failed_step = "signature_verifies"}).total, 2U);
  EXPECT_EQ(count({.failed_step = "iat_is_fresh"}).total, 0U);
  EXPECT_EQ(count({.code = 438}).total, 2U);
  EXPECT_EQ(count({.failed_step = "signature_verifies", .code = 437}).total, 0U);
  EXPECT_EQ(count({.verified_by = "beta-voice"}).total, 16U);
  EXPECT_EQ(count({.verified_by = "beta"}).total, 0U);
  EXPECT_EQ(count({.sip_status = 0}).total, 1U);
  EXPECT_EQ(count({.sip_status = 438}).total, 2U);
}

TEST_F(Story, TimeWindowsIncludeTheirBeginAndNotTheirEnd) {
  EXPECT_EQ(count({.from = "acme-tel", .after = kEpoch + 20min}).total, 8U);
  EXPECT_EQ(count({.from = "acme-tel", .before = kEpoch + 20min}).total, 2U);
  EXPECT_EQ(count({.from = "acme-tel", .after = kEpoch + 20min, .before = kEpoch + 30min}).total,
            1U);
}

TEST_F(Story, TextsOfAFilterAreValuesNotSql) {
  EXPECT_EQ(count({.from = "' OR 1 = 1 --"}).total, 0U);
}

TEST_F(Story, KnowsTheLastCall) {
  Queries queries = run_.queries();
  const CallFilter passed{.from = "mallory", .outcome = CallOutcome::kPassed};
  EXPECT_EQ(*queries.last_call_at(1, passed), kEpoch + 110min);
  EXPECT_EQ(*queries.last_call_at(1, {.from = "nobody"}), std::nullopt);
}

TEST_F(Story, ExposureRunsFromTheTheftToTheLastCallThatPassed) {
  const auto exposures = *run_.queries().exposures(1);
  ASSERT_THAT(exposures, SizeIs(1));
  EXPECT_EQ(exposures[0].thief, "mallory");
  EXPECT_EQ(exposures[0].victim, "acme-tel");
  EXPECT_EQ(exposures[0].stolen_at, kEpoch + 1h);
  EXPECT_EQ(exposures[0].last_passed, kEpoch + 110min);
  EXPECT_EQ(exposures[0].window(), 50min);
  EXPECT_EQ(exposures[0].passed, 3U);  // Not the one before the theft.
  EXPECT_EQ(exposures[0].attempted, 5U);
}

TEST(Exposure, IsZeroWhenNoStolenCallPassed) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record(1h, a_happening(HappeningKind::kKeyStolen, "acme-tel", "mallory"), "mallory");
  auto call = a_call("m", 2h, CallOutcome::kFailed);
  call->from = "mallory";
  run.record_call(std::move(call));
  ASSERT_TRUE(run.finish());
  const auto exposures = *run.queries().exposures(run.number());
  ASSERT_THAT(exposures, SizeIs(1));
  EXPECT_EQ(exposures[0].window(), 0s);
  EXPECT_EQ(exposures[0].last_passed, std::nullopt);
  EXPECT_EQ(exposures[0].attempted, 1U);
}

TEST_F(Story, CountsByPair) {
  const auto pairs = *run_.queries().pair_counts(1);
  ASSERT_THAT(pairs, SizeIs(3));
  EXPECT_EQ(pairs[0].from, "acme-tel");
  EXPECT_EQ(pairs[2].from, "mallory");
  EXPECT_EQ(pairs[2].claims_to_be, "acme-tel");
  EXPECT_EQ(pairs[2].passed, 4U);
  EXPECT_EQ(pairs[2].failed, 2U);
}

TEST_F(Story, CountsFailuresByStepWithAnExample) {
  const auto failures = *run_.queries().failures_by_step(1);
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].step, "signature_verifies");
  EXPECT_EQ(failures[0].calls, 2U);
  EXPECT_EQ(run_.queries().call(std::to_string(failures[0].example))->call.id, "mallory.0.4");
}

TEST_F(Story, ListsCallsInOrderUpToALimit) {
  const auto calls = *run_.queries().calls(1, {.from = "mallory"}, 2);
  ASSERT_THAT(calls, SizeIs(2));
  EXPECT_EQ(calls[0].id, "mallory.0.0");
  EXPECT_EQ(calls[1].id, "mallory.0.1");
}

TEST_F(Story, SaysWhenThereIsNoSuchCall) {
  EXPECT_EQ(run_.queries().call("no.such.call").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(run_.queries().call("99999").error().code, ErrorCode::kNotFound);
}

TEST_F(Story, CountsHappenings) {
  Queries queries = run_.queries();
  EXPECT_EQ(*queries.count_happenings(1, {.kind = HappeningKind::kKeyStolen, .by = "mallory"}), 1U);
  EXPECT_EQ(
      *queries.count_happenings(1, {.kind = HappeningKind::kKeyStolen, .subject = "gamma-net"}),
      0U);
}

TEST(Queries, CountFetchesAndIssuances) {
  Folder folder;
  TestRun run(folder.file("db"));
  using actors::CacheResult;
  for (const CacheResult result : {CacheResult::kHit, CacheResult::kHit, CacheResult::kStale,
                                   CacheResult::kMiss, CacheResult::kError}) {
    auto fetch = a_fetch("c");
    fetch->result = result;
    if (result == CacheResult::kError) fetch->status = 0;
    run.record(1min, std::move(fetch), "beta-voice");
  }
  for (const bool issued : {true, false}) {
    auto issuance = std::make_unique<actors::IssuanceEvent>();
    issuance->ca = "ca-one";
    issuance->because = "renewal";
    issuance->issued = issued;
    run.record(2min, std::move(issuance), "acme-tel");
  }
  ASSERT_TRUE(run.finish());
  Queries queries = run.queries();
  const auto fetches = *queries.count_fetches(1, {.by = "beta-voice", .what = "certificate"});
  EXPECT_THAT((std::vector{fetches.total, fetches.hit, fetches.stale, fetches.miss, fetches.error}),
              ElementsAre(5, 2, 1, 1, 1));
  EXPECT_EQ(queries.count_fetches(1, {.status = 0})->total, 1U);
  EXPECT_EQ(queries.count_fetches(1, {.after = kEpoch + 2min})->total, 0U);
  EXPECT_EQ(*queries.count_issuances(1, {.provider = "acme-tel", .issued = true}), 1U);
  EXPECT_EQ(*queries.count_issuances(1, {.because = "first"}), 0U);
}

TEST(Queries, CountWhatAnUnfinishedRunHasCommitted) {
  Folder folder;
  TestRun run(folder.file("db"));
  for (int i = 0; i < 1500; ++i) run.record_call(a_call("c" + std::to_string(i)));
  const RunRecord record = *run.queries().run("");
  EXPECT_EQ(record.calls, (Counts{1000, 1000, 0, 0}));
  EXPECT_EQ(record.verifications, 1000U);
}

}  // namespace
}  // namespace shakedown::results

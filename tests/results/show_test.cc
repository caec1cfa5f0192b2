#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/show/run_difference.h"
#include "results/show/show_call.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using actors::CallOutcome;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ShownCall : public testing::Test {
 protected:
  ShownCall()
      : run_(folder_.file("db")) {
    auto call = a_call("acme-tel.0.1", 1s, CallOutcome::kFailed);
    call->via = "transit-1";
    run_.record(1s + 40ms, a_fetch("acme-tel.0.1"), "beta-voice");
    run_.record_call(std::move(call));
    EXPECT_TRUE(run_.finish());
  }

  std::string show(ShowOptions options = {}) {
    Queries queries = run_.queries();
    return show_call(*queries.call("acme-tel.0.1"), *queries.run(""), options);
  }

  Folder folder_;
  TestRun run_;
};

TEST_F(ShownCall, TellsEachStepTheFetchAndWhy) {
  const std::string text = show();
  EXPECT_THAT(text, StartsWith("call 1  acme-tel.0.1  of run first-call-1\n"));
  EXPECT_THAT(text, HasSubstr("via      transit-1"));
  EXPECT_THAT(text, HasSubstr("signed in 1 ms"));
  EXPECT_THAT(text, HasSubstr("beta-voice verifies, profile rfc8224"));
  EXPECT_THAT(text, HasSubstr("✓ iat_is_fresh"));
  EXPECT_THAT(text, HasSubstr("✗ signature_verifies"));
  EXPECT_THAT(text, HasSubstr("TN-Validation-Failed, 438 Invalid Identity Header"));
  EXPECT_THAT(text, HasSubstr("why: signature_verifies failed: the signature does not fit"));
  EXPECT_THAT(text, HasSubstr("✗ failed, 438, post-dial delay 42 ms"));
  // The fetch stands below the step that needed it, before the next step.
  EXPECT_LT(text.find("certificate_fetched"), text.find("asked for certificate"));
  EXPECT_LT(text.find("asked for certificate"), text.find("certificate_parses"));
}

TEST_F(ShownCall, QuotesTheClauseOfTheFailedStep) {
  EXPECT_THAT(show(), HasSubstr("Does the signature verify? (RFC 8224 §6.2 step 5)"));
}

TEST_F(ShownCall, IsOneJsonObject) {
  const auto json = nlohmann::json::parse(show({.format = ShowFormat::kJson}));
  EXPECT_EQ(json["id"], "acme-tel.0.1");
  EXPECT_EQ(json["outcome"], "failed");
  EXPECT_EQ(json["placed"], "2026-01-05T09:00:01Z");
  EXPECT_EQ(json["post_dial_delay_ns"], 42'000'000);
  ASSERT_EQ(json["verifications"].size(), 1U);
  EXPECT_EQ(json["verifications"][0]["failed_step"], "signature_verifies");
  EXPECT_EQ(json["verifications"][0]["steps"].size(), 18U);
  EXPECT_EQ(json["verifications"][0]["steps"][13]["took_ns"], 20'000'000);
  EXPECT_EQ(json["fetches"][0]["result"], "miss");
}

TEST_F(ShownCall, IsASequenceDiagram) {
  const std::string text = show({.format = ShowFormat::kMermaid});
  EXPECT_THAT(text, StartsWith("sequenceDiagram\n  participant p0 as acme-tel\n"
                               "  participant p1 as transit-1\n  participant p2 as beta-voice\n"));
  EXPECT_THAT(text, HasSubstr("p0->>p1: INVITE 12015550123 to 14155550199"));
  EXPECT_THAT(text, HasSubstr("p1->>p2: INVITE"));
  EXPECT_THAT(text, HasSubstr("p2->>p3: GET certificate https#58;//certs.acme-tel.test/"));
  EXPECT_THAT(text, HasSubstr("p2-->>p1: 438"));
}

TEST(ShownHostileCall, BreaksNoFormat) {
  constexpr const char* kHostile = "x\x1b[2J\n  p0->>p1: forged; #<script>\xff";
  CallDetail detail;
  CallRecord& call = detail.call;
  call.id = call.from = call.claims_to_be = call.to = call.calling_number = call.via = kHostile;
  call.signing_error = kHostile;
  VerificationRecord verification;
  verification.verifier = verification.reason = verification.failed_step = kHostile;
  verification.detail = verification.x5u = verification.verstat = kHostile;
  verification.code = 438;
  verification.trace = {{.step = kHostile, .result = actors::StepResult::kFailed}};
  detail.verifications = {verification};
  FetchRecord fetch;
  fetch.by = fetch.url = fetch.edge = fetch.what = kHostile;
  detail.fetches = {fetch};
  RunRecord run;
  run.info.id = kHostile;

  const std::string text = show_call(detail, run, {});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("\n  p0->>p1")));
  EXPECT_TRUE(nlohmann::json::accept(show_call(detail, run, {.format = ShowFormat::kJson})));
  const std::string mermaid = show_call(detail, run, {.format = ShowFormat::kMermaid});
  EXPECT_THAT(mermaid, Not(HasSubstr("<script>")));
  EXPECT_THAT(mermaid, Not(HasSubstr("p1: forged")));
  EXPECT_TRUE(std::all_of(mermaid.begin(), mermaid.end(), [](char c) {
    return c == '\n' || static_cast<unsigned char>(c) >= 0x20;
  }));
}

class TwoRuns : public testing::Test {
 protected:
  // Records two runs: the same ten calls, the second changed by `change`.
  RunDiff diff(const std::function<void(std::vector<std::unique_ptr<actors::CallEvent>>&)>& change,
               std::vector<Expectation> before = {},
               std::vector<Expectation> after = {}) {
    for (const bool second : {false, true}) {
      TestRun run(folder_.file("db"));
      std::vector<std::unique_ptr<actors::CallEvent>> calls;
      for (int i = 0; i < 10; ++i) calls.push_back(a_call("c" + std::to_string(i), 1s * i));
      if (second) change(calls);
      for (auto& call : calls) run.record_call(std::move(call));
      EXPECT_TRUE(run.finish(second ? after : before));
    }
    Queries queries = *Queries::open(folder_.file("db"));
    return *diff_runs(queries, *queries.run("1"), *queries.run("2"));
  }

  Folder folder_;
};

TEST_F(TwoRuns, ThatAreEqualHaveNoDifference) {
  const RunDiff same = diff([](auto&) {});
  EXPECT_TRUE(same.same_scenario);
  EXPECT_TRUE(same.same_seed);
  EXPECT_TRUE(same.same_outcomes);
  EXPECT_TRUE(same.same_artefacts);
  EXPECT_FALSE(same.first_difference);
  EXPECT_THAT(diff_text(same, false), HasSubstr("all calls are equal"));
}

TEST_F(TwoRuns, DifferFirstAtTheEarliestChangedCall) {
  const RunDiff changed = diff([](auto& calls) {
    calls[7]->outcome = CallOutcome::kUnverified;
    calls[4]->outcome = CallOutcome::kFailed;
    calls[4]->sip_status = 438;
  });
  EXPECT_FALSE(changed.same_outcomes);
  ASSERT_TRUE(changed.first_difference);
  EXPECT_EQ(changed.first_difference->what, "outcome");
  EXPECT_EQ(changed.first_difference->before->call.id, "c4");
  EXPECT_EQ(changed.first_difference->after->failed_step, "signature_verifies");
  const std::string text = diff_text(changed, false);
  EXPECT_THAT(text, HasSubstr("the first call that differs is c4"));
  EXPECT_THAT(text, HasSubstr("failed at signature_verifies, SIP 438"));
  EXPECT_THAT(text, HasSubstr("-2"));
}

TEST_F(TwoRuns, DifferInALatency) {
  const RunDiff changed = diff([](auto& calls) { *calls[2]->post_dial_delay += 1ns; });
  EXPECT_EQ(changed.first_difference->what, "post_dial_delay");
}

TEST_F(TwoRuns, DifferByAMissingCall) {
  const RunDiff missing = diff([](auto& calls) { calls.erase(calls.begin() + 3); });
  EXPECT_EQ(missing.first_difference->what, "missing");
  EXPECT_EQ(missing.first_difference->before->call.id, "c3");
  EXPECT_FALSE(missing.first_difference->after);
  EXPECT_THAT(diff_text(missing, false), HasSubstr("no such call"));
}

TEST_F(TwoRuns, DifferByACallThatMoved) {
  const RunDiff moved = diff([](auto& calls) { calls[5]->placed_at += 1ms; });
  EXPECT_EQ(moved.first_difference->what, "placed");
  EXPECT_EQ(moved.first_difference->after->call.id, "c5");
}

TEST_F(TwoRuns, DifferInExpectations) {
  const auto one = [](std::string id, bool met) {
    return Expectation{
        .id = std::move(id), .text = "t", .met = met, .expected = "x", .actual = "y"};
  };
  const RunDiff changed = diff([](auto&) {}, {one("a", true), one("b", true), one("c", true)},
                               {one("a", true), one("b", false), one("d", true)});
  std::vector<std::string> ids;
  for (const ExpectationChange& change : changed.expectations) ids.push_back(change.id);
  EXPECT_THAT(ids, ElementsAre("b", "c", "d"));
  EXPECT_FALSE(changed.expectations[1].after);
  EXPECT_FALSE(changed.expectations[2].before);
  EXPECT_THAT(diff_text(changed, false), HasSubstr("was met, y\n    is  not met, y"));
}

}  // namespace
}  // namespace shakedown::results

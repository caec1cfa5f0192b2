// What people and programs read of a run: the terminal summary, JSON, JUnit.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "results/show/junit.h"
#include "results/show/summary.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using actors::CallOutcome;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kOddText = "<b>\x1b[31m\"&'\n\x01\xff]]>\xef\xbf\xbf";

Expectation an_expectation(std::string id, bool met) {
  return {.id = std::move(id),
          .text = "calls from acme-tel: passed at least 99.9 %",
          .met = met,
          .expected = ">= 99.9 %",
          .actual = met ? "100 %" : "42 %",
          .file = "rotation.yaml",
          .line = 21};
}

class Outputs : public testing::Test {
 protected:
  RunRecord record(std::vector<Expectation> expectations,
                   sim::RunSummary::End end = sim::RunSummary::End::kDone,
                   RunInfo info = a_run_info()) {
    TestRun run(folder_.file("db"), std::move(info));
    run.record_call(a_call("a"));
    run.record_call(a_call("b", 2s, CallOutcome::kFailed));
    EXPECT_TRUE(run.finish(std::move(expectations), end));
    return *run.queries().run("");
  }

  std::string summary(const RunRecord& run, SummaryOptions options = {}) {
    Queries queries = *Queries::open(folder_.file("db"));
    return *terminal_summary(queries, run, options);
  }

  Folder folder_;
};

TEST_F(Outputs, SummaryBeginsWithExpectationsUnmetOnesFirst) {
  const std::string text =
      summary(record({an_expectation("good", true), an_expectation("bad", false)}));
  EXPECT_LT(text.find("✗ bad"), text.find("✓ good"));
  EXPECT_LT(text.find("✓ good"), text.find("acme-tel → beta-voice"));
  EXPECT_THAT(text, HasSubstr("42 %"));
  EXPECT_THAT(text, HasSubstr("signature_verifies"));
  EXPECT_THAT(text, HasSubstr("post-dial delay"));
  EXPECT_THAT(text, HasSubstr("42 ms"));
}

TEST_F(Outputs, SummaryEndsWithVerdictAndNextCommand) {
  SummaryOptions options;
  options.database = "my.sqlite";
  EXPECT_THAT(summary(record({an_expectation("e1", false)}), options),
              EndsWith("✗ 0 of 1 expectations met · next: shakedown show 2 --db my.sqlite\n"));
  EXPECT_THAT(summary(record({an_expectation("e1", true)})),
              HasSubstr("✓ 1 of 1 expectations met"));
  EXPECT_THAT(summary(record({})), HasSubstr("nothing was expected"));
  EXPECT_THAT(summary(record({}, sim::RunSummary::End::kOverloaded)),
              HasSubstr("the harness failed"));
  EXPECT_THAT(summary(record({an_expectation("e1", true)}, sim::RunSummary::End::kStopped)),
              HasSubstr("interrupted, 1 of 1"));
}

TEST_F(Outputs, SummarySaysHowToReplay) {
  const RunRecord run = record({});
  EXPECT_THAT(summary(run), HasSubstr("replay: shakedown replay first-call-1"));
  EXPECT_THAT(summary(run), HasSubstr("seed 7"));
  EXPECT_THAT(summary(run), HasSubstr(run.outcome_digest));
  EXPECT_THAT(summary(run), HasSubstr(run.artefact_digest));
  RunInfo wall = a_run_info();
  wall.clock = Clock::kWall;
  EXPECT_THAT(summary(record({}, sim::RunSummary::End::kDone, wall)),
              HasSubstr("again: shakedown run first-call --clock wall --seed 7"));
}

TEST_F(Outputs, SummaryIsColouredOnlyIfAsked) {
  const RunRecord run = record({an_expectation("e1", true)});
  EXPECT_THAT(summary(run), Not(HasSubstr("\x1b")));
  EXPECT_THAT(summary(run, {.colour = true}), HasSubstr("\x1b[32m✓"));
}

TEST_F(Outputs, SummaryFitsOnOneScreenWhateverHappened) {
  TestRun run(folder_.file("db"));
  std::vector<Expectation> expectations;
  for (int i = 0; i < 50; ++i) {
    auto call = a_call("c" + std::to_string(i), 1s, CallOutcome::kFailed);
    auto verification = a_failed_verification(call->id);
    verification->failed_step = "step_" + std::to_string(i);
    call->from = "provider-" + std::to_string(i);
    run.record(1s, std::move(verification), "beta-voice");
    run.record(1s, std::move(call), "x");
    expectations.push_back(an_expectation("e" + std::to_string(i), i < 49));
  }
  sim::RunSummary end;
  end.ended_at = kEpoch + 1h;
  end.refused_handlers = 7;
  end.blocked = {"acme-tel/renewal"};
  ASSERT_TRUE(run.recorder().finish(end, {.expectations = expectations}, kEpoch));
  const std::string text = summary(*run.queries().run(""));
  EXPECT_LE(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')), kSummaryLines);
  EXPECT_THAT(text, HasSubstr("✗ e49"));  // Not among those that are left out.
  EXPECT_THAT(text, HasSubstr("42 more expectations"));
  EXPECT_THAT(text, HasSubstr("harness fault: 7"));
}

TEST_F(Outputs, SummaryLetsNoControlCharacterThrough) {
  RunInfo info = a_run_info(kOddText);
  info.question = kOddText;
  Expectation hostile = an_expectation(kOddText, false);
  hostile.text = hostile.actual = kOddText;
  const std::string text = summary(record({hostile}, sim::RunSummary::End::kDone, info));
  EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\n' || static_cast<unsigned char>(c) >= 0x20;
  }));
}

TEST_F(Outputs, JsonHasExactlyTheStableKeys) {
  const RunRecord run = record({an_expectation("e1", false)});
  const auto json = nlohmann::json::parse(summary_json({run}));
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_THAT(keys, ElementsAre("artefact_digest", "calls", "clock", "digest", "expectations",
                                "run", "scenario", "seed"));
  EXPECT_EQ(json["run"], "first-call-1");
  EXPECT_EQ(json["clock"], "virtual");
  EXPECT_EQ(json["seed"], 7);
  EXPECT_EQ(json["digest"], run.outcome_digest);
  EXPECT_EQ(json["calls"],
            nlohmann::json({{"total", 2}, {"passed", 1}, {"failed", 1}, {"unverified", 0}}));
  EXPECT_EQ(json["expectations"],
            nlohmann::json::array(
                {{{"id", "e1"}, {"met", false}, {"expected", ">= 99.9 %"}, {"actual", "42 %"}}}));
}

TEST_F(Outputs, JsonOfSeveralRunsIsAnArray) {
  const RunRecord run = record({});
  EXPECT_EQ(nlohmann::json::parse(summary_json({run, run})).size(), 2U);
  EXPECT_EQ(summary_json({}), "[]\n");
}

TEST_F(Outputs, JsonSurvivesTextsThatAreNoUtf8) {
  Expectation hostile = an_expectation(kOddText, false);
  EXPECT_TRUE(nlohmann::json::accept(summary_json({record({hostile})})));
}

// An outside judge of well-formedness.
int xmllint(const std::string& xml) {
  Folder folder;
  std::ofstream(folder.file("junit.xml")) << xml;
  return std::system(("xmllint --noout --nonet '" + folder.file("junit.xml") + "'").c_str());
}

TEST_F(Outputs, JUnitHasATestcaseForEachExpectation) {
  const std::string xml =
      junit_xml({record({an_expectation("e1", true), an_expectation("e2", false)})});
  EXPECT_THAT(xml, HasSubstr(R"(<testsuite name="first-call" tests="2" failures="1" errors="0")"));
  EXPECT_THAT(xml, HasSubstr(R"(<testcase classname="first-call" name="e1" file="rotation.yaml" )"
                             R"(line="21" time="0"/>)"));
  EXPECT_THAT(xml, HasSubstr(R"(<failure message="calls from acme-tel: passed at least 99.9 %: )"
                             R"(expected &gt;= 99.9 %, got 42 %" type="expectation">)"));
  EXPECT_THAT(xml, HasSubstr("got 42 % (rotation.yaml:21)</failure>"));
  EXPECT_THAT(xml, HasSubstr(R"(time="9.000")"));
  EXPECT_EQ(xmllint(xml), 0);
}

TEST_F(Outputs, JUnitCallsOnlyAFaultOfTheHarnessAnError) {
  const std::string xml =
      junit_xml({record({an_expectation("e1", false)}, sim::RunSummary::End::kOverloaded)});
  EXPECT_THAT(xml, HasSubstr(R"(tests="2" failures="0" errors="1" skipped="1")"));
  EXPECT_THAT(xml, HasSubstr("<error "));
  EXPECT_THAT(xml, HasSubstr("<skipped "));
  EXPECT_THAT(xml, Not(HasSubstr("<failure")));
  EXPECT_EQ(xmllint(xml), 0);
}

TEST_F(Outputs, JUnitIsWellFormedWhateverTheTextsAre) {
  Expectation hostile = an_expectation(kOddText, false);
  hostile.text = hostile.expected = hostile.actual = hostile.file = kOddText;
  RunRecord run = record({hostile}, sim::RunSummary::End::kDone, a_run_info(kOddText));
  EXPECT_EQ(xmllint(junit_xml({run})), 0);
  run.state = RunState::kFailed;
  run.end_detail = kOddText;
  EXPECT_EQ(xmllint(junit_xml({run, run})), 0);
  EXPECT_EQ(xmllint(junit_xml({})), 0);
}

}  // namespace
}  // namespace shakedown::results

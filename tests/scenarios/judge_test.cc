// Verdicts and measurements of a recorded run.
#include "scenarios/play/judge.h"

#include <gmock/gmock.h>

#include "tests/results/a_run.h"
#include "tests/scenarios/language_samples.h"

namespace shakedown::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

// kBase with these sections after it, judged of ten calls, one a minute, of which two fail.
results::Judgement judged(const std::string& sections) {
  const results::Folder folder;
  results::TestRun run(folder.file("db"));
  for (int i = 0; i < 10; ++i) {
    auto call = results::a_call(
        "c" + std::to_string(i), 1min * i,
        i == 4 || i == 7 ? actors::CallOutcome::kFailed : actors::CallOutcome::kPassed);
    call->post_dial_delay = 10ms * (i + 1);
    run.record_call(std::move(call));
  }
  EXPECT_TRUE(run.recorder().flush());
  results::Queries queries = run.queries();
  auto judgement =
      judge(queries, run.number(), parsed(std::string(kBase) + sections), results::kEpoch);
  if (!judgement) ADD_FAILURE() << judgement.error().detail;
  return judgement.value_or(results::Judgement{});
}

TEST(Judge, HoldsMetricsAgainstTheirLimits) {
  const auto verdicts = judged(R"(expect:
  - {metric: calls_lost, at_least: 1, at_most: 2}
  - {metric: recovery_time, of: acme-tel, at_most: 2m 59s}
  - {metric: post_dial_delay, p90: {at_least: 90ms, at_most: 90ms}, mean: 55ms}
  - {metric: cache_hit_ratio, of: beta-voice, exactly: 100%}
  - {metric: exposure_window, at_most: 1h, at_least: 0}
  - {metric: fetch_latency, p50: 1s, max: 2s}
)")
                            .expectations;
  std::vector<std::string> said;
  for (const auto& one : verdicts) {
    said.push_back(fmt::format("{} {}: {}", one.met ? "met" : "not", one.expected, one.actual));
  }
  EXPECT_THAT(said, ElementsAre("met >= 1, <= 2: 2", "not <= 2m 59s: 3m",
                                "met p90 >= 90ms, p90 <= 90ms, mean <= 55ms: "
                                "p90 90ms, p90 90ms, mean 55ms",
                                "met = 100%: 100%", "not <= 1h, >= 0s: nothing was recorded",
                                "not p50 <= 1s, max <= 2s: nothing was recorded"));
}

TEST(Judge, MeasuresTheWholeRunWhatIsExpectedAndWhatIsNamed) {
  const auto metrics = judged(R"(expect:
  - {metric: calls_lost, of: acme-tel, at_most: 2}
measure:
  - {metric: calls_lost, to: beta-voice, after: 5m}
  - {metric: calls_lost, of: beta-voice}
)")
                           .metrics;
  std::vector<std::string> lost;
  for (const results::MetricValue& one : metrics) {
    if (one.id != "calls_lost") continue;
    lost.push_back(
        fmt::format("{}>{} {}: {} {}", one.of, one.terminating, one.after, one.value, one.unit));
  }
  EXPECT_THAT(lost, ElementsAre("> : 2 count", "acme-tel> : 2 count", ">beta-voice 5m: 1 count"))
      << "nothing was recorded of beta-voice as a caller";
}

}  // namespace
}  // namespace shakedown::scenarios

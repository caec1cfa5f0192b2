// From the rows of metrics.cc to those of table `metric`.
#include <algorithm>

#include "results/read/metrics.h"
#include "results/record/records.h"

namespace shakedown::results {
namespace {

std::string words_of(const std::optional<sim::Duration>& since_the_begin) {
  return since_the_begin ? sim::format_duration(*since_the_begin) : "";
}

bool knows(const Narrowing& narrowing, const Scope& scope) {
  return (narrowing.of || scope.of.empty()) && (narrowing.victim || scope.victim.empty()) &&
         (narrowing.terminating || scope.terminating.empty()) &&
         (narrowing.repository_of || scope.repository_of.empty()) &&
         (narrowing.window || (!scope.after && !scope.before));
}

void add_rows(const Measurement& what, const Values& values, std::vector<MetricValue>& rows) {
  const Scope& scope = what.scope;
  const auto add = [&](std::string_view statistic, std::int64_t value, Unit unit) {
    rows.push_back({.id = std::string(what.metric->id),
                    .of = scope.of,
                    .victim = scope.victim,
                    .terminating = scope.terminating,
                    .repository_of = scope.repository_of,
                    .after = words_of(scope.after),
                    .before = words_of(scope.before),
                    .statistic = std::string(statistic),
                    .value = value,
                    .unit = std::string(to_string(unit))});
  };
  switch (what.metric->kind) {
    case Metric::Kind::kOne:
      for (const std::int64_t value : values) add("value", value, what.metric->unit);
      return;
    case Metric::Kind::kDistribution:
      add("count", static_cast<std::int64_t>(values.size()), Unit::kCount);
      if (values.empty()) return;
      for (const Statistic& one : statistics()) add(one.id, one.of(values), what.metric->unit);
      return;
  }
}

}  // namespace

const Metric& metric(std::string_view id) {
  const auto all = metrics();
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const Metric& one) { return one.id == id; });
  SHAKEDOWN_ASSERT(found != all.end());
  return *found;
}

Result<Values> measure(const MeasuredRun& run, const Measurement& what) {
  SHAKEDOWN_ASSERT(knows(what.metric->narrowed_by, what.scope));
  ASSIGN_OR_RETURN(Values values, what.metric->measure(run, what.scope));
  std::sort(values.begin(), values.end());
  SHAKEDOWN_ASSERT(what.metric->kind == Metric::Kind::kDistribution || values.size() <= 1);
  return values;
}

Result<std::vector<MetricValue>> measure_all(const MeasuredRun& run,
                                             const std::vector<Measurement>& named) {
  std::vector<Measurement> all;
  for (const Metric& one : metrics()) all.push_back({&one, {}});
  for (const Measurement& one : named) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
  }
  std::vector<MetricValue> rows;
  for (const Measurement& one : all) {
    ASSIGN_OR_RETURN(const Values values, measure(run, one));
    add_rows(one, values, rows);
  }
  return rows;
}

}  // namespace shakedown::results

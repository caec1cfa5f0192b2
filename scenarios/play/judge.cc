#include "scenarios/play/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "results/read/metrics.h"
#include "sim/wide_integer.h"

namespace shakedown::scenarios {
namespace {

using results::CallFilter;
using results::Counts;

constexpr std::uint64_t kMillion = 1'000'000;

std::string_view sign_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kAtLeast:
      return ">=";
    case Comparison::kAtMost:
      return "<=";
    case Comparison::kExactly:
      return "=";
  }
  return "";
}

bool compare(Comparison comparison, auto actual, auto limit) {
  switch (comparison) {
    case Comparison::kAtLeast:
      return actual >= limit;
    case Comparison::kAtMost:
      return actual <= limit;
    case Comparison::kExactly:
      return actual == limit;
  }
  return false;
}

std::string share_of(std::uint64_t count, std::uint64_t total) {
  if (total == 0) return "no calls";
  const auto per_million = static_cast<sim::Uint128>(count) * kMillion / total;
  return results::exact_text(Unit::kShare, static_cast<std::int64_t>(per_million));
}

std::string text_of(const Limit& limit) {
  return fmt::format("{} {}", sign_of(limit.comparison),
                     results::exact_text(limit.unit, limit.value));
}

// What came of one expectation.
struct Finding {
  bool met = true;
  std::string expected;
  std::string actual;

  void add(bool holds, const std::string& wanted, const std::string& found) {
    met = met && holds;
    if (!expected.empty()) expected += ", ";
    expected += wanted;
    if (!found.empty()) {
      if (!actual.empty()) actual += ", ";
      actual += found;
    }
  }
};

class Judge {
 public:
  Judge(results::Queries& queries, std::int64_t run, sim::Time epoch)
      : queries_(queries),
        run_(run),
        epoch_(epoch) {}

  Result<Finding> judge(const CallsExpectation& what);
  Result<Finding> judge(const MetricExpectation& what);
  Result<Finding> judge(const AffectedExpectation& what);
  Result<Finding> judge(const HappeningsExpectation& what);

 private:
  std::optional<sim::Time> instant(const std::optional<sim::Duration>& since_epoch) const {
    if (!since_epoch) return std::nullopt;
    return epoch_ + *since_epoch;
  }

  results::Queries& queries_;
  std::int64_t run_;
  sim::Time epoch_;
};

Result<Finding> Judge::judge(const CallsExpectation& what) {
  CallFilter filter;
  filter.from = what.from;
  filter.to = what.to;
  filter.claims_to_be = what.as;
  filter.via = what.via;
  filter.attest = what.attest;
  filter.after = instant(what.after);
  filter.before = instant(what.before);
  ASSIGN_OR_RETURN(const Counts all, queries_.count_calls(run_, filter));
  Counts matching = all;
  if (!what.failed_at.empty() || what.code) {
    filter.failed_step = what.failed_at;
    filter.code = what.code;
    // Where the call was for, not where somebody looked at it on its way.
    filter.verified_by = what.to;
    ASSIGN_OR_RETURN(matching, queries_.count_calls(run_, filter));
  }
  Finding finding;
  for (const auto& [counted, limit] : what.limits) {
    std::uint64_t count = 0;
    switch (counted) {
      case Counted::kPassed:
        count = matching.passed;
        break;
      case Counted::kFailed:
        count = matching.failed;
        break;
      case Counted::kUnverified:
        count = matching.unverified;
        break;
      case Counted::kAttempted:
        count = matching.total;
        break;
    }
    finding.add(holds(limit, count, all.total),
                fmt::format("{} {}", to_string(counted), text_of(limit)),
                fmt::format("{} {} of {} ({})", to_string(counted), count, all.total,
                            share_of(count, all.total)));
  }
  return finding;
}

Result<Finding> Judge::judge(const MetricExpectation& what) {
  ASSIGN_OR_RETURN(const results::Values values,
                   results::measure({queries_, run_, epoch_}, what.what));
  Finding finding;
  for (const auto& [statistic, limit] : what.limits) {
    const std::string name = statistic == nullptr ? "" : fmt::format("{} ", statistic->id);
    const std::string wanted = name + text_of(limit);
    if (values.empty()) {
      finding.add(false, wanted, finding.actual.empty() ? "nothing was recorded" : "");
      continue;
    }
    const std::int64_t value = statistic == nullptr ? values.front() : statistic->of(values);
    // One number is not said again for each of its limits.
    const bool is_said = statistic == nullptr && !finding.actual.empty();
    finding.add(compare(limit.comparison, value, limit.value), wanted,
                is_said ? "" : name + results::rounded_text(limit.unit, value));
  }
  return finding;
}

Result<Finding> Judge::judge(const AffectedExpectation& what) {
  ASSIGN_OR_RETURN(auto holders, queries_.holders_affected_by(run_, what.by_ca));
  std::vector<std::string> wanted = what.providers;
  std::sort(wanted.begin(), wanted.end());
  const auto list = [](const std::vector<std::string>& names) {
    return names.empty() ? std::string("nobody") : fmt::format("{}", fmt::join(names, ", "));
  };
  Finding finding;
  finding.add(holders == wanted, list(wanted), list(holders));
  return finding;
}

Result<Finding> Judge::judge(const HappeningsExpectation& what) {
  ASSIGN_OR_RETURN(const auto count,
                   queries_.count_happenings(run_, {.kind = what.kind,
                                                    .subject = what.of,
                                                    .by = {},
                                                    .detail_has = what.because,
                                                    .after = instant(what.after),
                                                    .before = instant(what.before)}));
  Finding finding;
  for (const Limit& limit : what.limits) {
    finding.add(holds(limit, count, count), text_of(limit),
                finding.actual.empty() ? std::to_string(count) : "");
  }
  return finding;
}

}  // namespace

bool holds(const Limit& limit, std::uint64_t count, std::uint64_t total) {
  if (limit.unit == Unit::kCount) {
    return compare(limit.comparison, count, static_cast<std::uint64_t>(limit.value));
  }
  // A share of no calls is no share: nothing was shown.
  if (total == 0) return false;
  const auto actual = static_cast<sim::Uint128>(count) * kMillion;
  const auto wanted = static_cast<sim::Uint128>(limit.value) * total;
  return compare(limit.comparison, actual, wanted);
}

Result<results::Judgement> judge(results::Queries& queries,
                                 std::int64_t run,
                                 const Scenario& scenario,
                                 sim::Time epoch) {
  Judge judge(queries, run, epoch);
  results::Judgement judgement;
  std::vector<results::Measurement> named;
  for (const Expectation& expectation : scenario.expectations) {
    auto finding =
        std::visit([&](const auto& what) { return judge.judge(what); }, expectation.what);
    if (!finding) return tl::unexpected(finding.error());
    judgement.expectations.push_back({.id = expectation.id,
                                      .text = expectation.text,
                                      .met = finding->met,
                                      .expected = finding->expected,
                                      .actual = finding->actual,
                                      .file = scenario.file,
                                      .line = expectation.mark.line});
    if (const auto* metric = std::get_if<MetricExpectation>(&expectation.what)) {
      named.push_back(metric->what);
    }
  }
  named.insert(named.end(), scenario.measure.begin(), scenario.measure.end());
  ASSIGN_OR_RETURN(judgement.metrics, results::measure_all({queries, run, epoch}, named));
  return judgement;
}

}  // namespace shakedown::scenarios

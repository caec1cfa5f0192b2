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

// 999000 -> "99.9%": exact, without floating point.
std::string percent(std::uint64_t per_million) {
  std::string text = fmt::format("{}.{:04}", per_million / 10'000, per_million % 10'000);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + "%";
}

std::string share_of(std::uint64_t count, std::uint64_t total) {
  if (total == 0) return "no calls";
  return percent(static_cast<std::uint64_t>(static_cast<sim::Uint128>(count) * kMillion / total));
}

std::string text_of(const Limit& limit) {
  std::string value;
  switch (limit.unit) {
    case Unit::kCount:
      value = std::to_string(limit.value);
      break;
    case Unit::kShare:
      value = percent(static_cast<std::uint64_t>(limit.value));
      break;
    case Unit::kDuration:
      value = sim::format_duration(sim::Duration{limit.value});
      break;
  }
  return fmt::format("{} {}", sign_of(limit.comparison), value);
}

// For people: durations to three decimals of a sensible unit, shares with their counts.
std::string duration_text(sim::Duration duration) {
  using namespace std::chrono;
  if (duration >= minutes{1}) return sim::format_duration(floor<seconds>(duration));
  if (duration >= seconds{1}) return sim::format_duration(floor<milliseconds>(duration));
  if (duration >= milliseconds{1}) return sim::format_duration(floor<microseconds>(duration));
  return sim::format_duration(duration);
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

  CallFilter window(const MetricExpectation& what) const {
    CallFilter filter;
    filter.from = what.of;
    filter.to = what.to;
    filter.after = instant(what.after);
    filter.before = instant(what.before);
    return filter;
  }

  // One number: a duration in nanoseconds, a count or parts per million. nullopt: nothing recorded.
  Result<std::optional<std::int64_t>> value_of(const MetricExpectation& what);
  Result<std::optional<std::int64_t>> exposure_window(const MetricExpectation& what);
  Result<std::optional<std::int64_t>> time_to_safety(const MetricExpectation& what);
  Result<std::optional<std::int64_t>> recovery_time(const MetricExpectation& what);
  Result<std::vector<sim::Duration>> distribution_of(const MetricExpectation& what);
  // Those that came onto the CRL; `of` is who reported, the window that of the report.
  Result<std::vector<results::RevocationRecord>> revocations(const MetricExpectation& what);

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

Result<std::optional<std::int64_t>> Judge::exposure_window(const MetricExpectation& what) {
  ASSIGN_OR_RETURN(const auto exposure, queries_.exposure(run_, what.of));
  if (!exposure) return std::optional<std::int64_t>();
  if (what.to.empty()) return std::optional(exposure->window().count());
  // At one verifier only: the thief's last call to it that passed.
  CallFilter filter;
  filter.from = what.of;
  filter.to = what.to;
  filter.outcome = actors::CallOutcome::kPassed;
  filter.after = exposure->stolen_at;
  ASSIGN_OR_RETURN(const auto last, queries_.last_call_at(run_, filter));
  return std::optional(last ? (*last - exposure->stolen_at).count() : std::int64_t{0});
}

Result<std::optional<std::int64_t>> Judge::time_to_safety(const MetricExpectation& what) {
  ASSIGN_OR_RETURN(const auto removed,
                   queries_.first_happening_at(run_, {.kind = actors::HappeningKind::kCaRemoved,
                                                      .subject = what.of,
                                                      .by = {},
                                                      .after = {},
                                                      .before = {}}));
  if (!removed) return std::optional<std::int64_t>();
  ASSIGN_OR_RETURN(const auto last,
                   results::last_passed_under_ca(queries_, run_, what.of, what.to));
  return std::optional(last && *last > *removed ? (*last - *removed).count() : std::int64_t{0});
}

Result<std::optional<std::int64_t>> Judge::recovery_time(const MetricExpectation& what) {
  std::optional<sim::Time> first;
  std::optional<sim::Time> last;
  for (const auto outcome : {actors::CallOutcome::kFailed, actors::CallOutcome::kUnverified}) {
    CallFilter filter = window(what);
    filter.claims_to_be = what.of;
    filter.outcome = outcome;
    ASSIGN_OR_RETURN(const auto first_lost, queries_.first_call_at(run_, filter));
    ASSIGN_OR_RETURN(const auto last_lost, queries_.last_call_at(run_, filter));
    if (first_lost && (!first || *first_lost < *first)) first = first_lost;
    if (last_lost && (!last || *last_lost > *last)) last = last_lost;
  }
  return std::optional(first && last ? (*last - *first).count() : std::int64_t{0});
}

Result<std::optional<std::int64_t>> Judge::value_of(const MetricExpectation& what) {
  using Value = std::optional<std::int64_t>;
  switch (what.metric) {
    case Metric::kExposureWindow:
      return exposure_window(what);
    case Metric::kTimeToSafety:
      return time_to_safety(what);
    case Metric::kRecoveryTime:
      return recovery_time(what);
    case Metric::kCallsLost: {
      CallFilter filter = window(what);
      filter.claims_to_be = what.of;  // Honest calls: their own name.
      ASSIGN_OR_RETURN(const Counts counts, queries_.count_calls(run_, filter));
      if (counts.total == 0) return Value();
      return Value(static_cast<std::int64_t>(counts.failed + counts.unverified));
    }
    case Metric::kCertificateFetches: {
      ASSIGN_OR_RETURN(const auto counts,
                       queries_.count_fetches(run_, {.by = what.of,
                                                     .what = "certificate",
                                                     .edge = {},
                                                     .call_id = {},
                                                     .status = {},
                                                     .after = instant(what.after),
                                                     .before = instant(what.before)}));
      return Value(static_cast<std::int64_t>(counts.total));
    }
    case Metric::kCertificatesIssued: {
      ASSIGN_OR_RETURN(const auto count,
                       queries_.count_issuances(run_, {.provider = what.of,
                                                       .ca = what.to,
                                                       .because = {},
                                                       .issued = true,
                                                       .new_key = {},
                                                       .after = instant(what.after),
                                                       .before = instant(what.before)}));
      return Value(static_cast<std::int64_t>(count));
    }
    case Metric::kCacheHitRatio: {
      ASSIGN_OR_RETURN(
          const auto need,
          results::fetch_need(queries_, run_, what.of, instant(what.after), instant(what.before)));
      if (need.verifications == 0) return Value();
      const std::uint64_t without = need.verifications - std::min(need.fetches, need.verifications);
      return Value(static_cast<std::int64_t>(without * kMillion / need.verifications));
    }
    case Metric::kCertificatesRevoked: {
      ASSIGN_OR_RETURN(const auto listed, revocations(what));
      return Value(static_cast<std::int64_t>(listed.size()));
    }
    case Metric::kPostDialDelay:
    case Metric::kSigningLatency:
    case Metric::kVerificationLatency:
    case Metric::kFetchLatency:
    case Metric::kRevocationLag:
      break;  // Distributions.
  }
  return Value();
}

Result<std::vector<results::RevocationRecord>> Judge::revocations(const MetricExpectation& what) {
  ASSIGN_OR_RETURN(auto listed, queries_.revocations(run_, SIZE_MAX));
  std::erase_if(listed, [&](const results::RevocationRecord& one) {
    const bool is_late = what.before && one.reported_at >= *instant(what.before);
    const bool is_early = what.after && one.reported_at < *instant(what.after);
    return is_late || is_early || (!what.of.empty() && one.reported_by != what.of);
  });
  return listed;
}

Result<std::vector<sim::Duration>> Judge::distribution_of(const MetricExpectation& what) {
  CallFilter filter = window(what);
  switch (what.metric) {
    case Metric::kSigningLatency:
      return results::call_latencies(queries_, run_, results::Latency::kSigning, filter);
    case Metric::kVerificationLatency:
      // `of` is whose service: the terminating side.
      if (filter.to.empty()) std::swap(filter.from, filter.to);
      return results::call_latencies(queries_, run_, results::Latency::kVerification, filter);
    case Metric::kFetchLatency:
      return results::fetch_latencies(queries_, run_,
                                      {.by = what.of,
                                       .what = "certificate",
                                       .edge = {},
                                       .call_id = {},
                                       .status = {},
                                       .after = filter.after,
                                       .before = filter.before});
    case Metric::kRevocationLag: {
      ASSIGN_OR_RETURN(const auto listed, revocations(what));
      std::vector<sim::Duration> lags;
      lags.reserve(listed.size());
      for (const auto& one : listed) lags.push_back(one.published_at - one.reported_at);
      std::sort(lags.begin(), lags.end());
      return lags;
    }
    default:
      return results::call_latencies(queries_, run_, results::Latency::kPostDialDelay, filter);
  }
}

Result<Finding> Judge::judge(const MetricExpectation& what) {
  Finding finding;
  const bool single = what.limits.front().statistic == Statistic::kValue;
  if (single) {
    ASSIGN_OR_RETURN(const auto value, value_of(what));
    for (const auto& [statistic, limit] : what.limits) {
      if (!value) {
        finding.add(false, text_of(limit), finding.actual.empty() ? "nothing was recorded" : "");
        continue;
      }
      const std::string found = limit.unit == Unit::kDuration ? duration_text(sim::Duration{*value})
                                : limit.unit == Unit::kShare
                                    ? percent(static_cast<std::uint64_t>(*value))
                                    : std::to_string(*value);
      finding.add(compare(limit.comparison, *value, limit.value), text_of(limit),
                  finding.actual.empty() ? found : "");
    }
    return finding;
  }
  ASSIGN_OR_RETURN(const auto sorted, distribution_of(what));
  for (const auto& [statistic, limit] : what.limits) {
    const std::string wanted = fmt::format("{} {}", to_string(statistic), text_of(limit));
    if (sorted.empty()) {
      finding.add(false, wanted, finding.actual.empty() ? "nothing was recorded" : "");
      continue;
    }
    sim::Duration value{};
    switch (statistic) {
      case Statistic::kValue:
      case Statistic::kP50:
        value = results::quantile_of(sorted, {5000});
        break;
      case Statistic::kP90:
        value = results::quantile_of(sorted, {9000});
        break;
      case Statistic::kP95:
        value = results::quantile_of(sorted, {9500});
        break;
      case Statistic::kP99:
        value = results::quantile_of(sorted, {9900});
        break;
      case Statistic::kMax:
        value = sorted.back();
        break;
      case Statistic::kMean:
        value = results::mean_of(sorted);
        break;
    }
    finding.add(compare(limit.comparison, value.count(), limit.value), wanted,
                fmt::format("{} {}", to_string(statistic), duration_text(value)));
  }
  return finding;
}

Result<Finding> Judge::judge(const AffectedExpectation& what) {
  ASSIGN_OR_RETURN(auto holders, results::affected_holders(queries_, run_, what.by_ca));
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

Result<std::vector<results::Expectation>> judge(results::Queries& queries,
                                                std::int64_t run,
                                                const Scenario& scenario,
                                                sim::Time epoch) {
  Judge judge(queries, run, epoch);
  std::vector<results::Expectation> verdicts;
  for (const Expectation& expectation : scenario.expectations) {
    auto finding =
        std::visit([&](const auto& what) { return judge.judge(what); }, expectation.what);
    if (!finding) return tl::unexpected(finding.error());
    verdicts.push_back({.id = expectation.id,
                        .text = expectation.text,
                        .met = finding->met,
                        .expected = finding->expected,
                        .actual = finding->actual,
                        .file = scenario.file,
                        .line = expectation.mark.line});
  }
  return verdicts;
}

}  // namespace shakedown::scenarios

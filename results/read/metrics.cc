#include "results/read/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "results/read/queries.h"
#include "results/read/where.h"
#include "results/record/database.h"

namespace shakedown::results {
namespace {

std::optional<sim::Time> instant(const MeasuredRun& run,
                                 const std::optional<sim::Duration>& since_the_begin) {
  if (!since_the_begin) return std::nullopt;
  return run.story_began + *since_the_begin;
}

// The first column of all rows where it is not NULL.
Result<Values> column(const MeasuredRun& run, std::string_view select, const Where& where) {
  ASSIGN_OR_RETURN(Statement rows,
                   run.queries.database().prepare(fmt::format("{} WHERE {}", select, where.sql())));
  where.bind(rows);
  Values values;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return values;
    if (!rows.is_null(0)) values.push_back(rows.integer(0));
  }
}

Values one(std::uint64_t count) { return {static_cast<std::int64_t>(count)}; }

// Calls AS c that `of` placed.
Where calls_of(const MeasuredRun& run, const Scope& scope) {
  return calls_where(run.number, {.from = scope.of,
                                  .to = scope.terminating,
                                  .after = instant(run, scope.after),
                                  .before = instant(run, scope.before)});
}

// And those of them that somebody placed in its own name, adversaries left aside.
Where good_calls_of(const MeasuredRun& run, const Scope& scope) {
  Where where = calls_of(run, scope);
  where.add("c.originating = c.claims_to_be");
  where.add(
      "c.originating NOT IN (SELECT name FROM participant WHERE run = ? AND role = 'adversary')",
      {run.number});
  return where;
}

FetchFilter certificate_fetches_of(const MeasuredRun& run, const Scope& scope) {
  return {.by = scope.of,
          .what = "certificate",
          .repository_of = scope.repository_of,
          .after = instant(run, scope.after),
          .before = instant(run, scope.before)};
}

// CAs and when they were first removed.
Result<std::vector<std::pair<std::string, std::int64_t>>> removals_of_cas(const MeasuredRun& run,
                                                                          const std::string& ca) {
  Where where("run = ?", run.number);
  where.add("kind = 'ca_removed'");
  where.add_if("subject = ?", ca);
  ASSIGN_OR_RETURN(Statement rows, run.queries.database().prepare(
                                       fmt::format("SELECT subject, min(at_ns) FROM event WHERE {} "
                                                   "GROUP BY subject",
                                                   where.sql())));
  where.bind(rows);
  std::vector<std::pair<std::string, std::int64_t>> removals;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return removals;
    removals.emplace_back(rows.text(0), rows.integer(1));
  }
}

// Each theft with the thief's calls in the victim's name that passed since: the last one ends the
// longest. A theft that no such call followed exposed nobody.
Result<Values> exposure_window(const MeasuredRun& run, const Scope& scope) {
  Where where("t.run = ?", run.number);
  where.add_if("t.thief = ?", scope.of);
  where.add_if("t.victim = ?", scope.victim);
  ASSIGN_OR_RETURN(const Values thefts, column(run, "SELECT 0 FROM theft AS t", where));
  if (thefts.empty()) return Values{};
  where.add_if("c.terminating = ?", scope.terminating);
  return column(run,
                "SELECT coalesce(max(c.placed_ns - t.stolen_ns), 0) FROM theft AS t "
                "JOIN call AS c ON c.run = t.run AND c.originating = t.thief AND "
                "c.claims_to_be = t.victim AND c.placed_ns >= t.stolen_ns AND "
                "c.outcome = 'passed'",
                where);
}

Result<Values> time_to_safety(const MeasuredRun& run, const Scope& scope) {
  ASSIGN_OR_RETURN(const auto removals, removals_of_cas(run, scope.of));
  Values longest;
  for (const auto& [ca, removed_ns] : removals) {
    Where where("a.run = ?", run.number);
    where.add("a.ca = ? AND a.what = 'call' AND c.outcome = 'passed'", {ca});
    where.add("c.placed_ns > ?", {removed_ns});
    where.add_if("c.terminating = ?", scope.terminating);
    ASSIGN_OR_RETURN(const Values last, column(run,
                                               "SELECT max(c.placed_ns) FROM affected_by_ca AS a "
                                               "JOIN call AS c ON c.run = a.run AND c.id = a.id",
                                               where));
    const std::int64_t unsafe = last.empty() ? 0 : last.front() - removed_ns;
    longest = {longest.empty() ? unsafe : std::max(longest.front(), unsafe)};
  }
  return longest;
}

Result<Values> recovery_time(const MeasuredRun& run, const Scope& scope) {
  return column(run,
                "SELECT CASE WHEN count(*) > 0 THEN "
                "coalesce(max(c.placed_ns) FILTER (WHERE c.outcome <> 'passed') - "
                "min(c.placed_ns) FILTER (WHERE c.outcome <> 'passed'), 0) END FROM call AS c",
                good_calls_of(run, scope));
}

Result<Values> calls_lost(const MeasuredRun& run, const Scope& scope) {
  return column(run,
                "SELECT CASE WHEN count(*) > 0 THEN "
                "count(*) FILTER (WHERE c.outcome <> 'passed') END FROM call AS c",
                good_calls_of(run, scope));
}

Result<Values> forged_calls_passed(const MeasuredRun& run, const Scope& scope) {
  Where where = calls_of(run, scope);
  where.add("c.originating <> c.claims_to_be");
  where.add_if("c.claims_to_be = ?", scope.victim);
  return column(run,
                "SELECT CASE WHEN count(*) > 0 THEN "
                "count(*) FILTER (WHERE c.outcome = 'passed') END FROM call AS c",
                where);
}

Result<Values> post_dial_delay(const MeasuredRun& run, const Scope& scope) {
  return column(run, "SELECT c.post_dial_delay_ns FROM call AS c", calls_of(run, scope));
}

Result<Values> signing_latency(const MeasuredRun& run, const Scope& scope) {
  return column(run, "SELECT c.signing_latency_ns FROM call AS c", calls_of(run, scope));
}

// A call may have been verified on its way too (an enterprise's): the end counts.
Result<Values> verification_latency(const MeasuredRun& run, const Scope& scope) {
  Scope pair = scope;
  if (pair.terminating.empty()) std::swap(pair.of, pair.terminating);
  return column(run,
                "SELECT w.latency_ns FROM call AS c JOIN verification AS w "
                "ON w.number = c.verification",
                calls_of(run, pair));
}

Result<Values> fetch_latency(const MeasuredRun& run, const Scope& scope) {
  return column(run, "SELECT latency_ns FROM fetch",
                fetches_where(run.number, certificate_fetches_of(run, scope)));
}

Result<Values> certificate_fetches(const MeasuredRun& run, const Scope& scope) {
  ASSIGN_OR_RETURN(const FetchCounts counts,
                   run.queries.count_fetches(run.number, certificate_fetches_of(run, scope)));
  return one(counts.total);
}

Result<Values> certificates_issued(const MeasuredRun& run, const Scope& scope) {
  ASSIGN_OR_RETURN(const std::uint64_t count,
                   run.queries.count_issuances(run.number, {.provider = scope.of,
                                                            .issued = true,
                                                            .after = instant(run, scope.after),
                                                            .before = instant(run, scope.before)}));
  return one(count);
}

Result<Values> cache_hit_ratio(const MeasuredRun& run, const Scope& scope) {
  Where where("run = ?", run.number);
  where.add("call IS NOT NULL");
  where.add_if("verifier = ?", scope.of);
  where.add_if("started_ns >= ?", instant(run, scope.after));
  where.add_if("started_ns < ?", instant(run, scope.before));
  ASSIGN_OR_RETURN(const Values counted, column(run, "SELECT count(*) FROM verification", where));
  const auto verifications = static_cast<std::uint64_t>(counted.front());
  if (verifications == 0) return Values{};
  ASSIGN_OR_RETURN(const FetchCounts fetches,
                   run.queries.count_fetches(run.number, certificate_fetches_of(run, scope)));
  constexpr std::uint64_t kMillion = 1'000'000;
  return one((verifications - std::min(fetches.total, verifications)) * kMillion / verifications);
}

Result<Values> revocation_lag(const MeasuredRun& run, const Scope& scope) {
  Where where("run = ?", run.number);
  where.add_if("reported_by = ?", scope.of);
  where.add_if("reported_ns >= ?", instant(run, scope.after));
  where.add_if("reported_ns < ?", instant(run, scope.before));
  return column(run, "SELECT published_ns - reported_ns FROM revocation", where);
}

Result<Values> certificates_revoked(const MeasuredRun& run, const Scope& scope) {
  ASSIGN_OR_RETURN(const Values lags, revocation_lag(run, scope));
  return one(lags.size());
}

constexpr Metric::Kind kOne = Metric::Kind::kOne;
constexpr Metric::Kind kDistribution = Metric::Kind::kDistribution;

constexpr std::array kMetrics{
    Metric{"exposure_window",
           "From the theft of a key to the last call that passed in the victim's name; `of` is the "
           "thief. Of several thefts the longest.",
           Unit::kDuration,
           kOne,
           {.victim = true, .terminating = true, .window = false},
           exposure_window},
    Metric{"time_to_safety",
           "From the removal of a CA, `of`, to the last call that passed on its certificates. Of "
           "several CAs the longest.",
           Unit::kDuration,
           kOne,
           {.terminating = true, .window = false},
           time_to_safety},
    Metric{"recovery_time",
           "From the first good call that did not pass to the last; `of` is the caller.",
           Unit::kDuration,
           kOne,
           {.terminating = true},
           recovery_time},
    Metric{"calls_lost",
           "Good calls that did not pass; `of` is the caller.",
           Unit::kCount,
           kOne,
           {.terminating = true},
           calls_lost},
    Metric{"forged_calls_passed",
           "Calls in somebody else's name that passed; `of` is the adversary.",
           Unit::kCount,
           kOne,
           {.victim = true, .terminating = true},
           forged_calls_passed},
    Metric{"post_dial_delay",
           "From INVITE to verdict; `of` is the caller.",
           Unit::kDuration,
           kDistribution,
           {.terminating = true},
           post_dial_delay},
    Metric{"signing_latency",
           "From request to answer at the authentication service; `of` is the caller.",
           Unit::kDuration,
           kDistribution,
           {.terminating = true},
           signing_latency},
    Metric{"verification_latency",
           "From request to answer at the verification service; `of` is whose service, or the "
           "caller where the called provider is given.",
           Unit::kDuration,
           kDistribution,
           {.terminating = true},
           verification_latency},
    Metric{"fetch_latency",
           "Of each fetch of a certificate; `of` is who fetched.",
           Unit::kDuration,
           kDistribution,
           {.repository_of = true},
           fetch_latency},
    Metric{"certificate_fetches",
           "How many certificates were fetched; `of` is who fetched.",
           Unit::kCount,
           kOne,
           {.repository_of = true},
           certificate_fetches},
    Metric{"certificates_issued",
           "How many certificates were issued; `of` is to whom.",
           Unit::kCount,
           kOne,
           {},
           certificates_issued},
    Metric{"cache_hit_ratio",
           "The share of verifications that needed no fetch; `of` is who verified.",
           Unit::kShare,
           kOne,
           {},
           cache_hit_ratio},
    Metric{"certificates_revoked",
           "How many certificates the STI-PA's CRL came to list; `of` is who reported.",
           Unit::kCount,
           kOne,
           {},
           certificates_revoked},
    Metric{"revocation_lag",
           "From the report of a revocation to the CRL that lists it; `of` is who reported.",
           Unit::kDuration,
           kDistribution,
           {},
           revocation_lag},
};

}  // namespace

std::span<const Metric> metrics() { return kMetrics; }

}  // namespace shakedown::results

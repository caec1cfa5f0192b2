#include "results/read/metrics.h"

#include <limits>
#include <utility>

#include "results/record/database.h"
#include "sim/wide_integer.h"

namespace shakedown::results {
namespace {

constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

std::int64_t ns_or(const std::optional<sim::Time>& time, std::int64_t otherwise) {
  return time ? time->time_since_epoch().count() : otherwise;
}

std::string_view column_of(Latency latency) {
  switch (latency) {
    case Latency::kPostDialDelay:
      return "c.post_dial_delay_ns";
    case Latency::kSigning:
      return "c.signing_latency_ns";
    case Latency::kVerification:
      return "v.latency_ns";
  }
  return "";
}

Result<std::vector<sim::Duration>> durations(Statement statement) {
  std::vector<sim::Duration> values;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, statement.step());
    if (!row) return values;
    values.push_back(statement.duration(0));
  }
}

}  // namespace

Result<std::vector<std::string>> affected_holders(Queries& queries,
                                                  std::int64_t run,
                                                  std::string_view ca) {
  ASSIGN_OR_RETURN(auto statement,
                   queries.database().prepare("SELECT id FROM affected_by_ca WHERE run = ?1 AND "
                                              "ca = ?2 AND what = 'provider' ORDER BY id"));
  statement.bind(1, run);
  statement.bind(2, ca);
  std::vector<std::string> holders;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, statement.step());
    if (!row) return holders;
    holders.push_back(statement.text(0));
  }
}

Result<std::optional<sim::Time>> last_passed_under_ca(Queries& queries,
                                                      std::int64_t run,
                                                      std::string_view ca,
                                                      std::string_view to) {
  ASSIGN_OR_RETURN(
      auto statement,
      queries.database().prepare(
          "SELECT max(c.placed_ns) FROM affected_by_ca AS a "
          "JOIN call AS c ON c.run = a.run AND c.id = a.id "
          "WHERE a.run = ?1 AND a.ca = ?2 AND a.what = 'call' AND c.outcome = 'passed' "
          "AND (?3 = '' OR c.terminating = ?3)"));
  statement.bind(1, run);
  statement.bind(2, ca);
  statement.bind(3, to);
  ASSIGN_OR_RETURN(const bool row, statement.step());
  if (!row) return std::optional<sim::Time>();
  return statement.optional_time(0);
}

Result<std::vector<sim::Duration>> fetch_latencies(Queries& queries,
                                                   std::int64_t run,
                                                   const FetchFilter& filter) {
  ASSIGN_OR_RETURN(auto statement,
                   queries.database().prepare(
                       "SELECT latency_ns FROM fetch WHERE run = ?1 AND (?2 = '' OR actor = ?2) "
                       "AND (?3 = '' OR what = ?3) AND (?4 = '' OR edge = ?4) "
                       "AND ended_ns >= ?5 AND ended_ns < ?6 ORDER BY latency_ns"));
  statement.bind(1, run);
  statement.bind(2, filter.by);
  statement.bind(3, filter.what);
  statement.bind(4, filter.edge);
  statement.bind(5, ns_or(filter.after, kFirst));
  statement.bind(6, ns_or(filter.before, kLast));
  return durations(std::move(statement));
}

Result<std::vector<sim::Duration>> call_latencies(Queries& queries,
                                                  std::int64_t run,
                                                  Latency latency,
                                                  const CallFilter& filter) {
  const std::string column(column_of(latency));
  // A call may have been verified on its way too (an enterprise's): the end counts.
  const std::string verification =
      latency == Latency::kVerification
          ? " JOIN verification AS v ON v.run = c.run AND v.call = c.number AND v.verifier = "
            "c.terminating"
          : "";
  ASSIGN_OR_RETURN(
      auto statement,
      queries.database().prepare("SELECT " + column + " AS value FROM call AS c" + verification +
                                 " WHERE c.run = ?1 AND value IS NOT NULL "
                                 "AND (?2 = '' OR c.originating = ?2) "
                                 "AND (?3 = '' OR c.terminating = ?3) "
                                 "AND c.placed_ns >= ?4 AND c.placed_ns < ?5 ORDER BY value"));
  statement.bind(1, run);
  statement.bind(2, filter.from);
  statement.bind(3, filter.to);
  statement.bind(4, ns_or(filter.after, kFirst));
  statement.bind(5, ns_or(filter.before, kLast));
  return durations(std::move(statement));
}

sim::Duration quantile_of(const std::vector<sim::Duration>& sorted, Quantile quantile) {
  SHAKEDOWN_ASSERT(!sorted.empty());
  const std::uint64_t rank = (sorted.size() * quantile.parts + 9999) / 10000;
  return sorted[rank == 0 ? 0 : rank - 1];
}

sim::Duration mean_of(const std::vector<sim::Duration>& sorted) {
  SHAKEDOWN_ASSERT(!sorted.empty());
  sim::Int128 sum = 0;
  for (const sim::Duration value : sorted) sum += value.count();
  return sim::Duration{static_cast<std::int64_t>(sum / static_cast<std::int64_t>(sorted.size()))};
}

Result<FetchNeed> fetch_need(Queries& queries,
                             std::int64_t run,
                             std::string_view verifier,
                             std::optional<sim::Time> after,
                             std::optional<sim::Time> before) {
  ASSIGN_OR_RETURN(
      auto statement,
      queries.database().prepare(
          "SELECT (SELECT count(*) FROM verification WHERE run = ?1 AND call IS NOT NULL "
          "AND (?2 = '' OR verifier = ?2) AND started_ns >= ?3 AND started_ns < ?4), "
          "(SELECT count(*) FROM fetch WHERE run = ?1 AND what = 'certificate' "
          "AND (?2 = '' OR actor = ?2) AND ended_ns >= ?3 AND ended_ns < ?4)"));
  statement.bind(1, run);
  statement.bind(2, verifier);
  statement.bind(3, ns_or(after, kFirst));
  statement.bind(4, ns_or(before, kLast));
  FetchNeed need;
  ASSIGN_OR_RETURN(const bool row, statement.step());
  if (!row) return need;
  need.verifications = static_cast<std::uint64_t>(statement.integer(0));
  need.fetches = static_cast<std::uint64_t>(statement.integer(1));
  return need;
}

}  // namespace shakedown::results

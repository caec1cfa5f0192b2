// The part of Queries that hands out calls.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "results/read/queries.h"
#include "results/read/where.h"
#include "results/record/database.h"
#include "results/record/trace_packer.h"

namespace shakedown::results {
namespace {

constexpr std::string_view kSelectCall =
    "SELECT c.number, c.run, c.id, c.originating, c.claims_to_be, c.terminating, c.calling_number, "
    "c.called_number, c.via, c.attest, c.outcome, c.sip_status, c.placed_ns, c.recorded_ns, "
    "c.signing_latency_ns, c.post_dial_delay_ns, c.signing_error, c.verification FROM call AS c "
    "WHERE ";

actors::CacheResult cache_result_of(std::string_view word) {
  using actors::CacheResult;
  for (const CacheResult result : {CacheResult::kHit, CacheResult::kStale, CacheResult::kMiss}) {
    if (word == to_string(result)) return result;
  }
  return CacheResult::kError;
}

char letter_of(const Statement& row, int column) {
  const std::string_view text = row.text_view(column);
  return text.empty() ? ' ' : text.front();
}

CallRecord call_of(const Statement& row) {
  int c = 0;
  CallRecord call;
  call.number = row.integer(c++);
  call.run = row.integer(c++);
  call.id = row.text(c++);
  call.from = row.text(c++);
  call.claims_to_be = row.text(c++);
  call.to = row.text(c++);
  call.calling_number = row.text(c++);
  call.called_number = row.text(c++);
  call.via = row.text(c++);
  call.attest = letter_of(row, c++);
  call.outcome = call_outcome_of(row.text_view(c++));
  call.sip_status = static_cast<int>(row.integer(c++));
  call.placed_at = row.time(c++);
  call.recorded_at = row.time(c++);
  call.signing_latency = row.optional_duration(c++);
  call.post_dial_delay = row.optional_duration(c++);
  call.signing_error = row.text(c++);
  call.verification = row.integer(c++);
  return call;
}

Result<std::vector<VerificationRecord>> verifications_of(Database& database,
                                                         const CallRecord& call) {
  ASSIGN_OR_RETURN(
      Statement rows,
      database.prepare("SELECT v.number, v.verifier, v.profile, v.verstat, v.code, v.reason, "
                       "v.failed_step, v.detail, s.x5u, s.certificate, s.issuer_root, v.attest, "
                       "v.started_ns, v.latency_ns, v.trace, t.steps FROM verification AS v "
                       "LEFT JOIN signer AS s ON s.number = v.signer "
                       "LEFT JOIN trace_shape AS t ON t.number = v.trace_shape "
                       "WHERE v.call = ? ORDER BY v.started_ns, v.number"));
  rows.bind(1, call.number);
  std::vector<VerificationRecord> verifications;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return verifications;
    int c = 0;
    VerificationRecord one;
    one.number = rows.integer(c++);
    one.verifier = rows.text(c++);
    one.profile = rows.text(c++);
    one.verstat = rows.text(c++);
    one.code = static_cast<int>(rows.integer(c++));
    one.reason = rows.text(c++);
    one.failed_step = rows.text(c++);
    one.detail = rows.text(c++);
    one.x5u = rows.text(c++);
    one.certificate = rows.text(c++);
    one.issuer_root = rows.text(c++);
    one.attest = letter_of(rows, c++);
    one.started_at = rows.time(c++);
    one.latency = rows.duration(c++);
    const std::string times = rows.text(c++);
    one.trace = unpack_trace(rows.text_view(c++), times);
    verifications.push_back(std::move(one));
  }
}

Result<std::vector<FetchRecord>> fetches_of(Database& database, const CallRecord& call) {
  ASSIGN_OR_RETURN(Statement rows,
                   database.prepare("SELECT actor, call_id, what, url, edge, result, status, "
                                    "ended_ns, latency_ns FROM fetch WHERE run = ? AND call_id = ? "
                                    "ORDER BY ended_ns - latency_ns, number"));
  rows.bind(1, call.run);
  rows.bind(2, call.id);
  std::vector<FetchRecord> fetches;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return fetches;
    fetches.push_back({.by = rows.text(0),
                       .call_id = rows.text(1),
                       .what = rows.text(2),
                       .url = rows.text(3),
                       .edge = rows.text(4),
                       .result = cache_result_of(rows.text_view(5)),
                       .status = static_cast<int>(rows.integer(6)),
                       .ended_at = rows.time(7),
                       .latency = rows.duration(8)});
  }
}

}  // namespace

actors::CallOutcome call_outcome_of(std::string_view word) {
  using actors::CallOutcome;
  if (word == to_string(CallOutcome::kPassed)) return CallOutcome::kPassed;
  if (word == to_string(CallOutcome::kFailed)) return CallOutcome::kFailed;
  return CallOutcome::kUnverified;
}

Result<std::vector<CallRecord>> Queries::calls(std::int64_t run,
                                               const CallFilter& filter,
                                               std::size_t limit) {
  const Where where = calls_where(run, filter);
  ASSIGN_OR_RETURN(Statement rows, database_->prepare(fmt::format("{}{} ORDER BY c.number LIMIT ?",
                                                                  kSelectCall, where.sql())));
  const int last = where.bind(rows);
  rows.bind(last, static_cast<std::int64_t>(
                      std::min(limit, static_cast<std::size_t>(std::int64_t{1} << 62))));
  std::vector<CallRecord> calls;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return calls;
    calls.push_back(call_of(rows));
  }
}

Result<CallDetail> Queries::call(std::string_view id) { return find_call(std::nullopt, id); }

Result<CallDetail> Queries::call(std::int64_t run, std::string_view id) {
  return find_call(run, id);
}

Result<CallDetail> Queries::find_call(std::optional<std::int64_t> run, std::string_view id) {
  const bool is_number =
      !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  ASSIGN_OR_RETURN(Statement row,
                   database_->prepare(fmt::format(
                       "{}{} AND (?2 IS NULL OR c.run = ?2) ORDER BY c.number DESC LIMIT 1",
                       kSelectCall, is_number ? "c.number = CAST(?1 AS INTEGER)" : "c.id = ?1")));
  row.bind(1, id);
  row.bind(2, run);
  ASSIGN_OR_RETURN(const bool found, row.step());
  if (!found) {
    return fail(ErrorCode::kNotFound, fmt::format("no call '{}' in '{}'", id, database_->path()));
  }
  CallDetail detail;
  detail.call = call_of(row);
  row.reset();
  ASSIGN_OR_RETURN(detail.verifications, verifications_of(*database_, detail.call));
  ASSIGN_OR_RETURN(detail.fetches, fetches_of(*database_, detail.call));
  return detail;
}

Result<std::vector<PairCounts>> Queries::pair_counts(std::int64_t run) {
  ASSIGN_OR_RETURN(Statement rows,
                   database_->prepare("SELECT originating, claims_to_be, terminating, calls, "
                                      "passed, failed, unverified FROM interop_matrix "
                                      "WHERE run = ? ORDER BY 1, 2, 3"));
  rows.bind(1, run);
  std::vector<PairCounts> pairs;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return pairs;
    const auto count = [&](int column) { return static_cast<std::uint64_t>(rows.integer(column)); };
    pairs.push_back({.from = rows.text(0),
                     .claims_to_be = rows.text(1),
                     .to = rows.text(2),
                     .total = count(3),
                     .passed = count(4),
                     .failed = count(5),
                     .unverified = count(6)});
  }
}

Result<std::vector<StepFailures>> Queries::failures_by_step(std::int64_t run) {
  ASSIGN_OR_RETURN(
      Statement rows,
      database_->prepare("SELECT v.failed_step, v.code, v.reason, count(*), min(c.number) "
                         "FROM call AS c JOIN verification AS v ON v.number = c.verification "
                         "WHERE c.run = ? AND v.failed_step IS NOT NULL "
                         "GROUP BY v.failed_step, v.code, v.reason ORDER BY 4 DESC, 1, 2, 3"));
  rows.bind(1, run);
  std::vector<StepFailures> failures;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return failures;
    failures.push_back({.step = rows.text(0),
                        .code = static_cast<int>(rows.integer(1)),
                        .reason = rows.text(2),
                        .calls = static_cast<std::uint64_t>(rows.integer(3)),
                        .example = rows.integer(4)});
  }
}

}  // namespace shakedown::results

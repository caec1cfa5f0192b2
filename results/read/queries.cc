#include "results/read/queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "results/read/where.h"
#include "results/record/database.h"

namespace shakedown::results {
namespace {

constexpr std::string_view kSelectRun =
    "SELECT number, id, scenario, scenario_file, scenario_text, scenario_sha256, question, clock, "
    "seed, shuffle_ties, overrides, costs, version, openssl_version, host, started_ns, ended_ns, "
    "epoch_ns, world_ended_ns, state, end_detail, outcome_digest, artefact_digest, digest_form, "
    "calls, "
    "calls_passed, calls_failed, calls_unverified, verifications, fetches, late_answers, "
    "refused_handlers, events, lag_p99_ns, blocked FROM run ";

std::uint64_t unsigned_of(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::uint64_t count_of(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

RunState state_of(std::string_view word) {
  for (const RunState state : {RunState::kFinished, RunState::kInterrupted, RunState::kFailed}) {
    if (word == to_string(state)) return state;
  }
  return RunState::kUnfinished;
}

// The schema says that these columns hold JSON; anything else in them is left out.
std::vector<std::pair<std::string, std::string>> overrides_of(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> overrides;
  for (const auto& pair : nlohmann::json::parse(text, nullptr, false)) {
    if (pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string()) {
      overrides.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
    }
  }
  return overrides;
}

std::vector<std::string> names_of(std::string_view text) {
  std::vector<std::string> names;
  for (const auto& name : nlohmann::json::parse(text, nullptr, false)) {
    if (name.is_string()) names.push_back(name.get<std::string>());
  }
  return names;
}

RunRecord run_of(const Statement& row) {
  int c = 0;
  RunRecord run;
  run.number = row.integer(c++);
  run.info.id = row.text(c++);
  run.info.scenario = row.text(c++);
  run.info.scenario_file = row.text(c++);
  run.info.scenario_text = row.text(c++);
  run.info.scenario_sha256 = row.text(c++);
  run.info.question = row.text(c++);
  run.info.clock = row.text_view(c++) == "wall" ? Clock::kWall : Clock::kVirtual;
  run.info.seed = unsigned_of(row.text_view(c++));
  run.info.shuffle_ties = unsigned_of(row.text_view(c++));
  run.info.overrides = overrides_of(row.text_view(c++));
  run.info.costs = row.text(c++);
  run.info.version = row.text(c++);
  run.info.openssl_version = row.text(c++);
  run.info.host = row.text(c++);
  run.info.started_at = row.time(c++);
  run.ended_at = row.optional_time(c++);
  run.info.epoch = row.time(c++);
  run.world_ended_at = row.optional_time(c++);
  run.state = state_of(row.text_view(c++));
  run.end_detail = row.text(c++);
  run.outcome_digest = row.text(c++);
  run.artefact_digest = row.text(c++);
  run.digest_form = static_cast<int>(row.integer(c++));
  run.calls.total = count_of(row, c++);
  run.calls.passed = count_of(row, c++);
  run.calls.failed = count_of(row, c++);
  run.calls.unverified = count_of(row, c++);
  run.verifications = count_of(row, c++);
  run.fetches = count_of(row, c++);
  run.late_answers = count_of(row, c++);
  run.refused_handlers = count_of(row, c++);
  run.events = count_of(row, c++);
  run.lag_p99 = row.duration(c++);
  run.blocked = names_of(row.text_view(c++));
  return run;
}

Result<std::vector<Expectation>> expectations_of(Database& database, std::int64_t run) {
  ASSIGN_OR_RETURN(Statement rows,
                   database.prepare("SELECT id, text, met, expected, actual, file, line "
                                    "FROM expectation WHERE run = ? ORDER BY position"));
  rows.bind(1, run);
  std::vector<Expectation> expectations;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) return expectations;
    expectations.push_back({.id = rows.text(0),
                            .text = rows.text(1),
                            .met = rows.integer(2) != 0,
                            .expected = rows.text(3),
                            .actual = rows.text(4),
                            .file = rows.text(5),
                            .line = static_cast<int>(rows.integer(6))});
  }
}

// A killed run has no totals: count what is there.
Status count_unfinished(Database& database, RunRecord& run) {
  if (run.state != RunState::kUnfinished) return {};
  ASSIGN_OR_RETURN(
      Statement row,
      database.prepare("SELECT count(*), count(*) FILTER (WHERE outcome = 'passed'), "
                       "count(*) FILTER (WHERE outcome = 'failed'), "
                       "count(*) FILTER (WHERE outcome = 'unverified'), "
                       "(SELECT count(*) FROM verification WHERE run = ?1), "
                       "(SELECT count(*) FROM fetch WHERE run = ?1) FROM call WHERE run = ?1"));
  row.bind(1, run.number);
  ASSIGN_OR_RETURN(const bool found, row.step());
  SHAKEDOWN_ASSERT(found);
  run.calls = {count_of(row, 0), count_of(row, 1), count_of(row, 2), count_of(row, 3)};
  run.verifications = count_of(row, 4);
  run.fetches = count_of(row, 5);
  return {};
}

}  // namespace

Where calls_where(std::int64_t run, const CallFilter& filter) {
  Where where("c.run = ?", run);
  where.add_if("c.originating = ?", filter.from);
  where.add_if("c.claims_to_be = ?", filter.claims_to_be);
  where.add_if("c.terminating = ?", filter.to);
  where.add_if("instr(',' || replace(c.via, ' ', '') || ',', ',' || ? || ',') > 0", filter.via);
  if (filter.attest && *filter.attest == ' ') where.add("c.attest IS NULL");
  if (filter.attest && *filter.attest != ' ') {
    where.add("c.attest = ?", {std::string(1, *filter.attest)});
  }
  if (filter.outcome) where.add("c.outcome = ?", {std::string(to_string(*filter.outcome))});
  where.add_if("coalesce(c.sip_status, 0) = ?", filter.sip_status);
  where.add_if("c.placed_ns >= ?", filter.after);
  where.add_if("c.placed_ns < ?", filter.before);
  if (!filter.failed_step.empty() || filter.code || !filter.verified_by.empty()) {
    Where verified("v.run = ?", run);
    verified.add_if("v.failed_step = ?", filter.failed_step);
    verified.add_if("coalesce(v.code, 0) = ?", filter.code);
    if (!filter.verified_by.empty()) {  // The actor or one of its parts, "owner/part".
      const std::string part = filter.verified_by + "/";
      verified.add("(v.verifier = ? OR substr(v.verifier, 1, length(?)) = ?)",
                   {filter.verified_by, part, part});
    }
    where.add("c.number IN (SELECT v.call FROM verification AS v WHERE " + verified.sql() + ")",
              verified.values());
  }
  return where;
}

Queries::Queries(std::unique_ptr<Database> database)
    : database_(std::move(database)) {}

Queries::Queries(Queries&&) noexcept = default;
Queries& Queries::operator=(Queries&&) noexcept = default;
Queries::~Queries() = default;

Result<Queries> Queries::open(const std::string& path) {
  ASSIGN_OR_RETURN(auto database, Database::open(path, Database::Mode::kRead));
  return Queries(std::move(database));
}

Result<std::vector<RunRecord>> Queries::runs() {
  ASSIGN_OR_RETURN(Statement rows, database_->prepare(std::string(kSelectRun) + "ORDER BY number"));
  std::vector<RunRecord> runs;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, rows.step());
    if (!row) break;
    runs.push_back(run_of(rows));
  }
  for (RunRecord& run : runs) {
    RETURN_IF_ERROR(count_unfinished(*database_, run));
    ASSIGN_OR_RETURN(run.expectations, expectations_of(*database_, run.number));
  }
  return runs;
}

Result<RunRecord> Queries::run(std::string_view id) {
  const bool is_number =
      !id.empty() && std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
  ASSIGN_OR_RETURN(
      Statement row,
      database_->prepare(std::string(kSelectRun) +
                         (id.empty() ? "ORDER BY number DESC LIMIT 1"
                                     : "WHERE id = ?1 OR (?2 AND number = CAST(?1 AS INTEGER)) "
                                       "ORDER BY id = ?1 DESC LIMIT 1")));
  if (!id.empty()) {
    row.bind(1, id);
    row.bind(2, std::int64_t{is_number});
  }
  ASSIGN_OR_RETURN(const bool found, row.step());
  if (!found) {
    return fail(ErrorCode::kNotFound,
                id.empty() ? fmt::format("'{}' holds no run", database_->path())
                           : fmt::format("no run '{}' in '{}'", id, database_->path()));
  }
  RunRecord run = run_of(row);
  row.reset();
  RETURN_IF_ERROR(count_unfinished(*database_, run));
  ASSIGN_OR_RETURN(run.expectations, expectations_of(*database_, run.number));
  return run;
}

Result<Counts> Queries::count_calls(std::int64_t run, const CallFilter& filter) {
  const Where where = calls_where(run, filter);
  ASSIGN_OR_RETURN(
      Statement row,
      database_->prepare("SELECT count(*), count(*) FILTER (WHERE c.outcome = 'passed'), "
                         "count(*) FILTER (WHERE c.outcome = 'failed'), "
                         "count(*) FILTER (WHERE c.outcome = 'unverified') FROM call AS c WHERE " +
                         where.sql()));
  where.bind(row);
  ASSIGN_OR_RETURN(const bool found, row.step());
  SHAKEDOWN_ASSERT(found);
  return Counts{count_of(row, 0), count_of(row, 1), count_of(row, 2), count_of(row, 3)};
}

Result<std::optional<sim::Time>> Queries::last_call_at(std::int64_t run, const CallFilter& filter) {
  const Where where = calls_where(run, filter);
  ASSIGN_OR_RETURN(
      Statement row,
      database_->prepare("SELECT max(c.placed_ns) FROM call AS c WHERE " + where.sql()));
  where.bind(row);
  ASSIGN_OR_RETURN(const bool found, row.step());
  SHAKEDOWN_ASSERT(found);
  return row.optional_time(0);
}

}  // namespace shakedown::results

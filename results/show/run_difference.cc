#include "results/show/run_difference.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "results/record/database.h"
#include "results/show/text.h"

namespace shakedown::results {
namespace {

constexpr std::string_view kSelectCalls =
    "SELECT c.number, c.id, c.originating, c.claims_to_be, c.terminating, c.via, c.attest, "
    "c.outcome, c.sip_status, c.placed_ns, c.recorded_ns, c.signing_latency_ns, "
    "c.post_dial_delay_ns, c.signing_error, v.failed_step, v.latency_ns, c.calling_number, "
    "c.called_number "
    "FROM call AS c LEFT JOIN verification AS v ON v.number = c.verification "
    "WHERE c.run = ? ORDER BY c.placed_ns, c.id, c.number";

ComparedCall call_of(const Statement& row, std::int64_t run) {
  ComparedCall compared;
  CallRecord& call = compared.call;
  call.run = run;
  call.number = row.integer(0);
  call.id = row.text(1);
  call.from = row.text(2);
  call.claims_to_be = row.text(3);
  call.to = row.text(4);
  call.via = row.text(5);
  call.attest = row.text_view(6).empty() ? ' ' : row.text_view(6).front();
  call.outcome = call_outcome_of(row.text_view(7));
  call.sip_status = static_cast<int>(row.integer(8));
  call.placed_at = row.time(9);
  call.recorded_at = row.time(10);
  call.signing_latency = row.optional_duration(11);
  call.post_dial_delay = row.optional_duration(12);
  call.signing_error = row.text(13);
  compared.failed_step = row.text(14);
  compared.verification_latency = row.optional_duration(15);
  call.calling_number = row.text(16);
  call.called_number = row.text(17);
  return compared;
}

// The first field that differs, "" if none does. Instants count from each run's epoch.
std::string_view differing_field(const ComparedCall& a,
                                 sim::Time a_epoch,
                                 const ComparedCall& b,
                                 sim::Time b_epoch) {
  const CallRecord& x = a.call;
  const CallRecord& y = b.call;
  if (x.id != y.id) return "id";
  if (x.placed_at - a_epoch != y.placed_at - b_epoch) return "placed";
  if (x.from != y.from || x.claims_to_be != y.claims_to_be) return "from";
  if (x.to != y.to) return "to";
  if (x.calling_number != y.calling_number) return "calling_number";
  if (x.called_number != y.called_number) return "called_number";
  if (x.via != y.via) return "via";
  if (x.attest != y.attest) return "attest";
  if (x.outcome != y.outcome) return "outcome";
  if (a.failed_step != b.failed_step) return "failed_step";
  if (x.sip_status != y.sip_status) return "sip_status";
  if (x.signing_error.empty() != y.signing_error.empty()) return "signing_error";
  if (x.signing_latency != y.signing_latency) return "signing_latency";
  if (a.verification_latency != b.verification_latency) return "verification_latency";
  if (x.post_dial_delay != y.post_dial_delay) return "post_dial_delay";
  if (x.recorded_at - a_epoch != y.recorded_at - b_epoch) return "ended";
  return "";
}

bool comes_first(const ComparedCall& a,
                 sim::Time a_epoch,
                 const ComparedCall& b,
                 sim::Time b_epoch) {
  return std::pair(a.call.placed_at - a_epoch, a.call.id) <
         std::pair(b.call.placed_at - b_epoch, b.call.id);
}

Result<std::optional<ComparedCall>> next_call(Statement& rows, std::int64_t run) {
  ASSIGN_OR_RETURN(const bool row, rows.step());
  if (!row) return std::optional<ComparedCall>();
  return std::optional(call_of(rows, run));
}

Result<std::optional<RunDiff::FirstDifference>> first_difference(Database& database,
                                                                 const RunRecord& before,
                                                                 const RunRecord& after) {
  ASSIGN_OR_RETURN(Statement a_rows, database.prepare(kSelectCalls));
  ASSIGN_OR_RETURN(Statement b_rows, database.prepare(kSelectCalls));
  a_rows.bind(1, before.number);
  b_rows.bind(1, after.number);
  while (true) {
    ASSIGN_OR_RETURN(std::optional<ComparedCall> a, next_call(a_rows, before.number));
    ASSIGN_OR_RETURN(std::optional<ComparedCall> b, next_call(b_rows, after.number));
    if (!a && !b) return std::optional<RunDiff::FirstDifference>();
    if (a && b) {
      const std::string_view field = differing_field(*a, before.info.epoch, *b, after.info.epoch);
      if (field.empty()) continue;
      if (field != "id" && field != "placed") {
        return std::optional(
            RunDiff::FirstDifference{std::move(a), std::move(b), std::string(field)});
      }
      // Two different calls: the earlier one is missing on the other side. The same id at another
      // time is one call that moved.
      if (a->call.id == b->call.id) {
        return std::optional(RunDiff::FirstDifference{std::move(a), std::move(b), "placed"});
      }
      comes_first(*a, before.info.epoch, *b, after.info.epoch) ? b.reset() : a.reset();
    }
    return std::optional(RunDiff::FirstDifference{std::move(a), std::move(b), "missing"});
  }
}

std::vector<ExpectationChange> expectation_changes(const RunRecord& before,
                                                   const RunRecord& after) {
  const auto find = [](const RunRecord& run, const std::string& id) -> std::optional<Expectation> {
    for (const Expectation& one : run.expectations) {
      if (one.id == id) return one;
    }
    return std::nullopt;
  };
  std::vector<ExpectationChange> changes;
  for (const Expectation& one : before.expectations) {
    std::optional<Expectation> other = find(after, one.id);
    if (!other || other->met != one.met) changes.push_back({one.id, one, std::move(other)});
  }
  for (const Expectation& one : after.expectations) {
    if (!find(before, one.id)) changes.push_back({one.id, std::nullopt, one});
  }
  return changes;
}

std::string describe(const std::optional<ComparedCall>& side) {
  if (!side) return "no such call";
  const CallRecord& call = side->call;
  std::string text = fmt::format("call {}: {}", call.number, to_string(call.outcome));
  if (!side->failed_step.empty()) text += " at " + printable(side->failed_step);
  text += fmt::format(", SIP {}", call.sip_status == 0 ? "none" : std::to_string(call.sip_status));
  text += fmt::format(", placed {}", sim::format_time(call.placed_at));
  text += fmt::format(
      ", signing {}, verification {}, post-dial delay {}", duration_or_dash(call.signing_latency),
      duration_or_dash(side->verification_latency), duration_or_dash(call.post_dial_delay));
  return text;
}

std::string signed_change(std::uint64_t before, std::uint64_t after) {
  if (before == after) return "=";
  return after > before ? "+" + grouped(after - before) : "-" + grouped(before - after);
}

}  // namespace

Result<RunDiff> diff_runs(Queries& queries, const RunRecord& before, const RunRecord& after) {
  RunDiff diff;
  diff.before = before;
  diff.after = after;
  diff.same_scenario = before.info.scenario_text == after.info.scenario_text &&
                       before.info.overrides == after.info.overrides;
  diff.same_seed = before.info.seed == after.info.seed;
  diff.same_outcomes =
      !before.outcome_digest.empty() && before.outcome_digest == after.outcome_digest;
  diff.same_artefacts =
      !before.artefact_digest.empty() && before.artefact_digest == after.artefact_digest;
  diff.expectations = expectation_changes(before, after);
  ASSIGN_OR_RETURN(diff.first_difference, first_difference(queries.database(), before, after));
  return diff;
}

std::string diff_text(const RunDiff& diff, bool colour) {
  using Align = TextTable::Align;
  const Paint paint(colour);
  const RunRecord& a = diff.before;
  const RunRecord& b = diff.after;
  const auto same = [&](bool equal) {
    return equal ? paint.good("equal") : paint.bad("different");
  };
  std::string out = fmt::format("{} and {}\n", paint.strong(printable(a.info.id)),
                                paint.strong(printable(b.info.id)));
  for (const RunRecord* run : {&a, &b}) {
    if (run->state == RunState::kFinished) continue;
    const std::string state(to_string(run->state));
    out += fmt::format("  {} is {}: it has no more than it recorded until then\n",
                       printable(run->info.id), paint.warning(state));
  }
  out += fmt::format("  scenario         {}\n", same(diff.same_scenario));
  out += fmt::format("  seed             {} ({} and {})\n", same(diff.same_seed), a.info.seed,
                     b.info.seed);
  out += fmt::format("  outcome digest   {}\n", same(diff.same_outcomes));
  out += fmt::format("  artefact digest  {}{}\n\n", same(diff.same_artefacts),
                     a.info.openssl_version == b.info.openssl_version
                         ? ""
                         : fmt::format(" ({} and {})", printable(a.info.openssl_version),
                                       printable(b.info.openssl_version)));
  TextTable table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight});
  table.add({"", printable(a.info.id), printable(b.info.id), "change"});
  const std::pair<std::string_view, std::pair<std::uint64_t, std::uint64_t>> totals[] = {
      {"calls", {a.calls.total, b.calls.total}},
      {"passed", {a.calls.passed, b.calls.passed}},
      {"failed", {a.calls.failed, b.calls.failed}},
      {"unverified", {a.calls.unverified, b.calls.unverified}},
      {"verifications", {a.verifications, b.verifications}},
      {"fetches", {a.fetches, b.fetches}}};
  for (const auto& [name, counts] : totals) {
    table.add({std::string(name), grouped(counts.first), grouped(counts.second),
               signed_change(counts.first, counts.second)});
  }
  for (const std::string& line : table.lines("  ")) out += line + "\n";

  const auto words = [&](const std::optional<Expectation>& one) {
    if (!one) return std::string("absent");
    return (one->met ? paint.good("met") : paint.bad("not met")) + ", " + printable(one->actual);
  };
  for (const ExpectationChange& change : diff.expectations) {
    out += fmt::format("\n  expectation {}: {}\n    was {}\n    is  {}\n", printable(change.id),
                       printable(change.after ? change.after->text : change.before->text),
                       words(change.before), words(change.after));
  }
  if (diff.first_difference) {
    const auto& first = *diff.first_difference;
    const CallRecord& call = (first.before ? first.before : first.after)->call;
    out += fmt::format(
        "\n  the first call that differs is {} ({}), in: {}\n    {}: {}\n    {}: {}\n",
        printable(call.id), printable(call.from + " → " + call.to), first.what,
        printable(a.info.id), describe(first.before), printable(b.info.id), describe(first.after));
  } else {
    out += "\n  all calls are equal\n";
  }
  return out;
}

}  // namespace shakedown::results

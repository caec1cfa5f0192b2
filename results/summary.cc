#include "results/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "results/command_line.h"
#include "results/text.h"

namespace shakedown::results {
namespace {

using Align = TextTable::Align;

// How much of each list is shown, so that everything fits on one screen (kSummaryLines).
constexpr std::size_t kMaxExpectations = 8;
constexpr std::size_t kMaxPairs = 5;
constexpr std::size_t kMaxSteps = 3;

std::string more(std::size_t total, std::size_t shown, std::string_view what) {
  return fmt::format("  … and {} more {}", total - shown, what);
}

class Page {
 public:
  Page(Queries& queries, const RunRecord& run, const SummaryOptions& options)
      : queries_(queries),
        run_(run),
        options_(options),
        paint_(options.colour) {}

  Result<std::string> write() {
    head();
    expectations();
    RETURN_IF_ERROR(calls());
    RETURN_IF_ERROR(failures());
    RETURN_IF_ERROR(latencies());
    identity();
    RETURN_IF_ERROR(verdict());
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  void head() {
    lines_.push_back(paint_.strong(printable(run_.info.scenario)) +
                     (run_.info.question.empty() ? "" : "  " + printable(run_.info.question)));
    std::string facts = fmt::format("{} clock", to_string(run_.info.clock));
    if (run_.world_ended_at) {
      facts +=
          fmt::format(", {} of world time", short_duration(*run_.world_ended_at - run_.info.epoch));
    }
    if (run_.ended_at && *run_.ended_at >= run_.info.started_at) {
      facts += fmt::format(" in {}", short_duration(*run_.ended_at - run_.info.started_at));
    }
    if (run_.info.clock == Clock::kWall) {
      facts += fmt::format(", lag p99 {}", short_duration(run_.lag_p99));
    }
    lines_.push_back(paint_.faint(facts));
    if (run_.refused_handlers != 0) {
      lines_.push_back(paint_.warning(fmt::format(
          "harness fault: {} requests were answered 503 by a full pool", run_.refused_handlers)));
    }
    if (!run_.blocked.empty()) {
      lines_.push_back(paint_.warning(fmt::format("{} activities waited for ever, among them {}",
                                                  run_.blocked.size(),
                                                  shortened(printable(run_.blocked.front()), 50))));
    }
  }

  void expectations() {
    if (run_.expectations.empty()) return;
    lines_.emplace_back();
    // Unmet ones first: they must not be among those that are left out.
    std::vector<const Expectation*> sorted;
    for (const Expectation& one : run_.expectations) sorted.push_back(&one);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Expectation* a, const Expectation* b) { return a->met < b->met; });
    const std::size_t shown = std::min(sorted.size(), kMaxExpectations);
    std::size_t id_width = 0;
    std::size_t text_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      id_width = std::max(id_width, width_of(shortened(printable(sorted[i]->id), 20)));
      text_width = std::max(text_width, width_of(shortened(printable(sorted[i]->text), 64)));
    }
    for (std::size_t i = 0; i < shown; ++i) {
      const Expectation& one = *sorted[i];
      const std::string actual = shortened(printable(one.actual), 40);
      lines_.push_back(fmt::format("  {} {}  {}  {}", one.met ? paint_.good("✓") : paint_.bad("✗"),
                                   padded_right(shortened(printable(one.id), 20), id_width),
                                   padded_right(shortened(printable(one.text), 64), text_width),
                                   one.met ? paint_.faint(actual) : paint_.bad(actual)));
    }
    if (shown < sorted.size()) lines_.push_back(more(sorted.size(), shown, "expectations"));
  }

  Status calls() {
    ASSIGN_OR_RETURN(const std::vector<PairCounts> pairs, queries_.pair_counts(run_.number));
    lines_.emplace_back();
    TextTable table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
    table.add({"calls", "total", "passed", "failed", "unverified"});
    const std::size_t shown = std::min(pairs.size(), kMaxPairs);
    for (std::size_t i = 0; i < shown; ++i) {
      const PairCounts& pair = pairs[i];
      const std::string as = pair.claims_to_be == pair.from ? "" : " as " + pair.claims_to_be;
      table.add({printable(pair.from + as + " → " + pair.to), grouped(pair.total),
                 grouped(pair.passed), grouped(pair.failed), grouped(pair.unverified)});
    }
    if (pairs.size() != 1) {
      table.add({"all", grouped(run_.calls.total), grouped(run_.calls.passed),
                 grouped(run_.calls.failed), grouped(run_.calls.unverified)});
    }
    add(table);
    if (shown < pairs.size()) lines_.push_back(more(pairs.size(), shown, "pairs"));
    return {};
  }

  Status failures() {
    ASSIGN_OR_RETURN(const std::vector<StepFailures> steps, queries_.failures_by_step(run_.number));
    if (steps.empty()) return {};
    example_ = steps.front().example;
    lines_.emplace_back();
    TextTable table({Align::kLeft, Align::kRight, Align::kLeft, Align::kRight});
    table.add({"failed at", "code", "reason", "calls"});
    const std::size_t shown = std::min(steps.size(), kMaxSteps);
    for (std::size_t i = 0; i < shown; ++i) {
      table.add({printable(steps[i].step), std::to_string(steps[i].code),
                 printable(steps[i].reason), grouped(steps[i].calls)});
    }
    add(table);
    if (shown < steps.size()) lines_.push_back(more(steps.size(), shown, "kinds of failure"));
    return {};
  }

  Status latencies() {
    TextTable table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
    table.add({"latency", "p50", "p95", "p99", "max"});
    bool any = false;
    for (const auto& [latency, name] : {std::pair(Latency::kPostDialDelay, "post-dial delay"),
                                        std::pair(Latency::kSigning, "signing"),
                                        std::pair(Latency::kVerification, "verification")}) {
      std::vector<std::string> cells{name};
      for (const Quantile quantile : {kP50, kP95, kP99, kMaximum}) {
        ASSIGN_OR_RETURN(const auto value,
                         queries_.latency_percentile(run_.number, latency, {}, quantile));
        any = any || value;
        cells.push_back(duration_or_dash(value));
      }
      table.add(std::move(cells));
    }
    if (!any) return {};
    lines_.emplace_back();
    add(table);
    return {};
  }

  void identity() {
    lines_.emplace_back();
    lines_.push_back(fmt::format("  seed {}  outcome digest {}", run_.info.seed,
                                 run_.outcome_digest.empty() ? "-" : run_.outcome_digest));
    lines_.push_back(fmt::format("  artefact digest {}",
                                 run_.artefact_digest.empty() ? "-" : run_.artefact_digest));
    const bool replayable = run_.info.clock == Clock::kVirtual;
    lines_.push_back(
        fmt::format("  {} {}", replayable ? "replay:" : "again:",
                    printable(replayable ? command("replay", {run_.info.id}, options_.database)
                                         : run_again(run_.info))));
  }

  Status verdict() {
    std::string next;
    if (run_.calls.failed != 0 && example_ == 0) {
      CallFilter failed;
      failed.outcome = actors::CallOutcome::kFailed;
      ASSIGN_OR_RETURN(const auto calls, queries_.calls(run_.number, failed, 1));
      if (!calls.empty()) example_ = calls.front().number;
    }
    if (example_ != 0) {
      next = command("show", {std::to_string(example_)}, options_.database);
    } else {
      next =
          command("sql", {fmt::format("select * from interop_matrix where run = {}", run_.number)},
                  options_.database);
    }
    lines_.emplace_back();
    lines_.push_back(verdict_words() + " · next: " + next);
    return {};
  }

  std::string verdict_words() const {
    const std::string score =
        fmt::format("{} of {} expectations met", run_.met_count(), run_.expectations.size());
    const std::string why = run_.end_detail.empty() ? "" : ": " + printable(run_.end_detail);
    if (run_.state == RunState::kFailed) {
      return paint_.bad("✗ the harness failed" + shortened(why, 60) + " (this run proves nothing)");
    }
    if (run_.state == RunState::kUnfinished) return paint_.warning("the run is unfinished");
    if (run_.state == RunState::kInterrupted) {
      return paint_.warning("interrupted" + shortened(why, 60) + ", " + score);
    }
    if (run_.expectations.empty())
      return paint_.warning("nothing was expected, nothing was judged");
    return run_.all_met() ? paint_.good("✓ " + score) : paint_.bad("✗ " + score);
  }

  void add(const TextTable& table) {
    bool heading = true;
    for (std::string& line : table.lines("  ", 44)) {
      lines_.push_back(heading ? paint_.faint(line) : std::move(line));
      heading = false;
    }
  }

  Queries& queries_;
  const RunRecord& run_;
  const SummaryOptions& options_;
  const Paint paint_;
  std::vector<std::string> lines_;
  std::int64_t example_ = 0;  // A failed call.
};

}  // namespace

Result<std::string> terminal_summary(Queries& queries,
                                     const RunRecord& run,
                                     const SummaryOptions& options) {
  return Page(queries, run, options).write();
}

std::string summary_json(const std::vector<RunRecord>& runs) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const RunRecord& run : runs) {
    nlohmann::ordered_json expectations = nlohmann::ordered_json::array();
    for (const Expectation& one : run.expectations) {
      expectations.push_back(
          {{"id", one.id}, {"met", one.met}, {"expected", one.expected}, {"actual", one.actual}});
    }
    array.push_back({{"run", run.info.id},
                     {"scenario", run.info.scenario},
                     {"clock", std::string(to_string(run.info.clock))},
                     {"seed", run.info.seed},
                     {"digest", run.outcome_digest},
                     {"artefact_digest", run.artefact_digest},
                     {"calls",
                      {{"total", run.calls.total},
                       {"passed", run.calls.passed},
                       {"failed", run.calls.failed},
                       {"unverified", run.calls.unverified}}},
                     {"expectations", std::move(expectations)}});
  }
  const auto& whole = runs.size() == 1 ? array.front() : array;
  return whole.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace shakedown::results

#include "results/show/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "results/read/metrics.h"
#include "results/show/command_line.h"
#include "results/show/text.h"

namespace shakedown::results {
namespace {

using Align = TextTable::Align;

// A list of the page: how many entries it has and how many of them are shown.
struct Shown {
  std::size_t size = 0;
  std::size_t entries = 0;

  Shown(std::size_t all, std::size_t at_most)
      : size(all),
        entries(std::min(all, at_most)) {}

  // With the line that says how many were left out.
  std::size_t lines() const { return entries + (entries < size ? 1 : 0); }
};

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
    ASSIGN_OR_RETURN(pairs_, queries_.pair_counts(run_.number));
    ASSIGN_OR_RETURN(steps_, queries_.failures_by_step(run_.number));
    head();
    fit();
    expectations();
    calls();
    failures();
    RETURN_IF_ERROR(latencies());
    identity();
    RETURN_IF_ERROR(verdict());
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  // Shares the lines of one screen among the lists: each has its least, and what is left over goes
  // to expectations first.
  void fit() {
    expectations_shown_ = Shown(run_.expectations.size(), 8);
    pairs_shown_ = Shown(pairs_.size(), 5);
    steps_shown_ = Shown(steps_.size(), 3);
    constexpr std::size_t kLatencies = 5;
    constexpr std::size_t kIdentityAndVerdict = 6;
    const std::size_t headings = (run_.expectations.empty() ? 0U : 1U) +
                                 (pairs_.size() == 1 ? 2U : 3U) + (steps_.empty() ? 0U : 2U);
    const std::size_t fixed = lines_.size() + headings + kLatencies + kIdentityAndVerdict;
    const auto used = [&] {
      return fixed + expectations_shown_.lines() + pairs_shown_.lines() + steps_shown_.lines();
    };
    for (Shown* list : {&expectations_shown_, &pairs_shown_, &steps_shown_}) {
      // The last entry takes the place of the line that says it was left out.
      while (list->entries < list->size &&
             (used() < kSummaryLines || list->entries + 1 == list->size)) {
        ++list->entries;
      }
    }
  }

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

  // An id that somebody chose says more than the YAML; "e1" says nothing.
  static std::string name_of(const Expectation& one) {
    const bool positional = one.id.size() > 1 && one.id[0] == 'e' &&
                            one.id.find_first_not_of("0123456789", 1) == std::string::npos;
    if (!positional) return shortened(printable(one.id), 48);
    return shortened(printable(one.id + "  " + words_of(one)), 64);
  }

  static std::string actual_of(const Expectation& one) {
    return shortened(printable(one.actual), 32);
  }

  void expectations() {
    if (run_.expectations.empty()) return;
    lines_.emplace_back();
    // Unmet ones first: they must not be among those that are left out.
    std::vector<const Expectation*> sorted;
    for (const Expectation& one : run_.expectations) sorted.push_back(&one);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Expectation* a, const Expectation* b) { return a->met < b->met; });
    const std::size_t shown = expectations_shown_.entries;
    std::size_t name_width = 0;
    std::size_t actual_width = 0;
    for (std::size_t i = 0; i < shown; ++i) {
      name_width = std::max(name_width, width_of(name_of(*sorted[i])));
      actual_width = std::max(actual_width, width_of(actual_of(*sorted[i])));
    }
    for (std::size_t i = 0; i < shown; ++i) {
      const Expectation& one = *sorted[i];
      const std::string actual = padded_right(actual_of(one), actual_width);
      lines_.push_back(
          fmt::format("  {} {}  {}  {}", one.met ? paint_.good("✓") : paint_.bad("✗"),
                      padded_right(name_of(one), name_width), one.met ? actual : paint_.bad(actual),
                      paint_.faint("expected " + shortened(printable(one.expected), 30))));
    }
    if (shown < sorted.size()) lines_.push_back(more(sorted.size(), shown, "expectations"));
  }

  void calls() {
    lines_.emplace_back();
    TextTable table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
    table.add({"calls", "total", "passed", "failed", "unverified"});
    const std::size_t shown = pairs_shown_.entries;
    for (std::size_t i = 0; i < shown; ++i) {
      const PairCounts& pair = pairs_[i];
      const std::string as = pair.claims_to_be == pair.from ? "" : " as " + pair.claims_to_be;
      table.add({printable(pair.from + as + " → " + pair.to), grouped(pair.total),
                 grouped(pair.passed), grouped(pair.failed), grouped(pair.unverified)});
    }
    if (pairs_.size() != 1) {
      table.add({"all", grouped(run_.calls.total), grouped(run_.calls.passed),
                 grouped(run_.calls.failed), grouped(run_.calls.unverified)});
    }
    add(table);
    if (shown < pairs_.size()) lines_.push_back(more(pairs_.size(), shown, "pairs"));
  }

  void failures() {
    if (steps_.empty()) return;
    example_ = steps_.front().example;
    lines_.emplace_back();
    TextTable table({Align::kLeft, Align::kRight, Align::kLeft, Align::kRight});
    table.add({"failed at", "code", "reason", "calls"});
    const std::size_t shown = steps_shown_.entries;
    for (std::size_t i = 0; i < shown; ++i) {
      table.add({printable(steps_[i].step),
                 steps_[i].code == 0 ? "" : std::to_string(steps_[i].code),
                 printable(steps_[i].reason), grouped(steps_[i].calls)});
    }
    add(table);
    if (shown < steps_.size()) lines_.push_back(more(steps_.size(), shown, "kinds of failure"));
  }

  Status latencies() {
    TextTable table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
    table.add({"latency", "p50", "p95", "p99", "max"});
    bool any = false;
    for (const auto& [id, name] :
         {std::pair("post_dial_delay", "post-dial delay"), std::pair("signing_latency", "signing"),
          std::pair("verification_latency", "verification")}) {
      std::vector<std::string> cells{name};
      ASSIGN_OR_RETURN(const Values values,
                       measure({queries_, run_.number, run_.info.epoch}, {&metric(id), {}}));
      any = any || !values.empty();
      for (const Quantile quantile : {kP50, kP95, kP99, kMaximum}) {
        cells.push_back(values.empty()
                            ? duration_or_dash(std::nullopt)
                            : short_duration(sim::Duration{quantile_of(values, quantile)}));
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
  std::vector<PairCounts> pairs_;
  std::vector<StepFailures> steps_;
  Shown expectations_shown_{0, 0}, pairs_shown_{0, 0}, steps_shown_{0, 0};
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

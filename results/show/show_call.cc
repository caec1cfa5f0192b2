#include "results/show/show_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "results/show/mermaid.h"
#include "results/show/text.h"
#include "stir/verification/step.h"

namespace shakedown::results {
namespace {

using actors::CallOutcome;
using actors::StepResult;

std::string_view mark_of(StepResult result) {
  switch (result) {
    case StepResult::kPassed:
      return "✓";
    case StepResult::kFailed:
      return "✗";
    case StepResult::kReported:
      return "!";
    case StepResult::kSkipped:
      return "·";
  }
  return "";
}

std::string status_words(int status) {
  return status == 0 ? std::string("no answer") : std::to_string(status);
}

class TextPage {
 public:
  TextPage(const CallDetail& detail, const RunRecord& run, bool colour)
      : detail_(detail),
        call_(detail.call),
        run_(run),
        paint_(colour) {}

  std::string write() {
    head();
    signing();
    std::vector<const FetchRecord*> fetches;
    for (const FetchRecord& fetch : detail_.fetches) fetches.push_back(&fetch);
    for (const VerificationRecord& one : detail_.verifications) verification(one, fetches);
    if (!fetches.empty()) {
      out_ += "\n  fetched besides\n";
      for (const FetchRecord* fetch : fetches) fetched(*fetch);
    }
    end();
    return std::move(out_);
  }

 private:
  // Time since the call was placed.
  std::string at(sim::Time time) const {
    return padded_left("+" + short_duration(time - call_.placed_at), 9);
  }

  void head() {
    out_ += paint_.strong(fmt::format("call {}  {}", call_.number, printable(call_.id))) +
            fmt::format("  of run {}", printable(run_.info.id));
    if (run_.state != RunState::kFinished) {
      out_ += ", " + paint_.warning(std::string(to_string(run_.state)));
    }
    out_ += "\n";
    const std::string as =
        call_.claims_to_be == call_.from ? "" : " as " + printable(call_.claims_to_be);
    out_ += fmt::format("  from     {}{}, {}\n", printable(call_.from), as,
                        printable(call_.calling_number));
    out_ += fmt::format("  to       {}, {}\n", printable(call_.to), printable(call_.called_number));
    if (!call_.via.empty()) out_ += fmt::format("  via      {}\n", printable(call_.via));
    out_ +=
        fmt::format("  attest   {}\n", call_.attest == ' ' ? "none" : std::string(1, call_.attest));
    out_ += fmt::format("  placed   {}\n\n", sim::format_time(call_.placed_at));
  }

  void signing() {
    if (!call_.signing_error.empty()) {
      out_ += fmt::format("  {}  {}\n", padded_left("", 9),
                          paint_.bad("went out unsigned: " + printable(call_.signing_error)));
    } else if (call_.signing_latency) {
      out_ += fmt::format("  {}  signed in {}\n", at(call_.placed_at + *call_.signing_latency),
                          short_duration(*call_.signing_latency));
    } else {
      out_ += fmt::format("  {}  not signed\n", padded_left("", 9));
    }
  }

  // The fetches that the verifier made while it verified are shown at the step that needed them,
  // and taken from the list.
  void verification(const VerificationRecord& one, std::vector<const FetchRecord*>& fetches) {
    out_ += fmt::format("  {}  {} verifies, profile {}\n", at(one.started_at),
                        paint_.strong(printable(one.verifier)), printable(one.profile));
    if (!one.x5u.empty()) out_ += fmt::format("  {:9}    x5u {}\n", "", printable(one.x5u));
    std::size_t width = 0;
    for (const StepRecord& step : one.trace)
      width = std::max(width, width_of(printable(step.step)));
    for (const StepRecord& step : one.trace) {
      step_line(one, step, width);
      const sim::Time begin = one.started_at + step.started;
      for (auto fetch = fetches.begin(); fetch != fetches.end();) {
        const bool during = step.took.count() != 0 && (*fetch)->started_at() >= begin &&
                            (*fetch)->started_at() <= begin + step.took;
        if (!during) {
          ++fetch;
          continue;
        }
        fetched(**fetch);
        fetch = fetches.erase(fetch);
      }
    }
    std::string verdict = printable(one.verstat);
    if (one.code != 0) verdict += fmt::format(", {} {}", one.code, printable(one.reason));
    const bool passed = one.failed_step.empty() && one.code == 0;
    out_ += fmt::format("  {}  {}\n", at(one.started_at + one.latency),
                        passed ? paint_.good(verdict) : paint_.bad(verdict));
    if (!one.failed_step.empty()) why(one);
  }

  void step_line(const VerificationRecord& one, const StepRecord& step, std::size_t width) {
    std::string mark(mark_of(step.result));
    std::string name = padded_right(printable(step.step), width);
    if (step.result == StepResult::kFailed) mark = paint_.bad(mark), name = paint_.bad(name);
    if (step.result == StepResult::kPassed) mark = paint_.good(mark);
    if (step.result == StepResult::kReported) mark = paint_.warning(mark);
    if (step.result == StepResult::kSkipped) name = paint_.faint(name);
    const std::string took = step.took.count() != 0 ? short_duration(step.took) : "";
    const std::string when =
        step.took.count() != 0 ? at(one.started_at + step.started) : padded_left("", 9);
    std::string line = fmt::format("  {}    {} {}  {}", when, mark, name, took);
    line.erase(line.find_last_not_of(' ') + 1);
    out_ += line + "\n";
  }

  void why(const VerificationRecord& one) {
    const std::string indent(13, ' ');
    out_ += fmt::format("{}why: {} failed", indent, printable(one.failed_step));
    if (!one.detail.empty()) out_ += ": " + printable(one.detail);
    out_ += "\n";
    if (const auto step = stir::step_by_id(one.failed_step)) {
      const stir::StepInfo& known = stir::info(*step);
      out_ += fmt::format("{}{} ({})\n", indent, known.question, known.clause);
    }
  }

  void fetched(const FetchRecord& fetch) {
    std::string from = fetch.edge.empty() ? "" : " from " + printable(fetch.edge);
    out_ += fmt::format("  {}      {} asked for {} {}{}: {}, {} in {}\n", at(fetch.started_at()),
                        printable(fetch.by), printable(fetch.what), printable(fetch.url), from,
                        to_string(fetch.result), status_words(fetch.status),
                        short_duration(fetch.latency));
  }

  void end() {
    std::string words =
        fmt::format("{}, {}", to_string(call_.outcome), status_words(call_.sip_status));
    if (call_.post_dial_delay) {
      words += fmt::format(", post-dial delay {}", short_duration(*call_.post_dial_delay));
    }
    const bool passed = call_.outcome == CallOutcome::kPassed;
    const bool failed = call_.outcome == CallOutcome::kFailed;
    out_ += fmt::format("  {}  {}\n", at(call_.recorded_at),
                        passed   ? paint_.good("✓ " + words)
                        : failed ? paint_.bad("✗ " + words)
                                 : paint_.warning(words));
  }

  const CallDetail& detail_;
  const CallRecord& call_;
  const RunRecord& run_;
  const Paint paint_;
  std::string out_;
};

nlohmann::ordered_json optional_ns(const std::optional<sim::Duration>& duration) {
  return duration ? nlohmann::ordered_json(duration->count()) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json verification_json(const VerificationRecord& one) {
  nlohmann::ordered_json steps = nlohmann::ordered_json::array();
  for (const StepRecord& step : one.trace) {
    steps.push_back({{"step", step.step},
                     {"result", std::string(to_string(step.result))},
                     {"started_ns", step.started.count()},
                     {"took_ns", step.took.count()}});
  }
  return {{"verifier", one.verifier},
          {"profile", one.profile},
          {"verstat", one.verstat},
          {"code", one.code},
          {"reason", one.reason},
          {"failed_step", one.failed_step},
          {"detail", one.detail},
          {"x5u", one.x5u},
          {"certificate", one.certificate},
          {"issuer_root", one.issuer_root},
          {"started", sim::format_time(one.started_at)},
          {"latency_ns", one.latency.count()},
          {"steps", std::move(steps)}};
}

std::string json_page(const CallDetail& detail, const RunRecord& run) {
  const CallRecord& call = detail.call;
  nlohmann::ordered_json verifications = nlohmann::ordered_json::array();
  for (const VerificationRecord& one : detail.verifications) {
    verifications.push_back(verification_json(one));
  }
  nlohmann::ordered_json fetches = nlohmann::ordered_json::array();
  for (const FetchRecord& fetch : detail.fetches) {
    fetches.push_back({{"by", fetch.by},
                       {"what", fetch.what},
                       {"url", fetch.url},
                       {"edge", fetch.edge},
                       {"result", std::string(to_string(fetch.result))},
                       {"status", fetch.status},
                       {"started", sim::format_time(fetch.started_at())},
                       {"latency_ns", fetch.latency.count()}});
  }
  const nlohmann::ordered_json page = {
      {"run", run.info.id},
      {"call", call.number},
      {"id", call.id},
      {"from", call.from},
      {"claims_to_be", call.claims_to_be},
      {"to", call.to},
      {"calling_number", call.calling_number},
      {"called_number", call.called_number},
      {"via", call.via},
      {"attest", call.attest == ' ' ? "" : std::string(1, call.attest)},
      {"outcome", std::string(to_string(call.outcome))},
      {"sip_status", call.sip_status},
      {"placed", sim::format_time(call.placed_at)},
      {"ended", sim::format_time(call.recorded_at)},
      {"signing_latency_ns", optional_ns(call.signing_latency)},
      {"post_dial_delay_ns", optional_ns(call.post_dial_delay)},
      {"signing_error", call.signing_error},
      {"verifications", std::move(verifications)},
      {"fetches", std::move(fetches)}};
  return page.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string show_call(const CallDetail& call, const RunRecord& run, const ShowOptions& options) {
  switch (options.format) {
    case ShowFormat::kText:
      return TextPage(call, run, options.colour).write();
    case ShowFormat::kJson:
      return json_page(call, run);
    case ShowFormat::kMermaid:
      return mermaid_sequence(call);
  }
  return "";
}

}  // namespace shakedown::results

#include "results/show/report_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "results/read/metrics.h"
#include "results/read/statistics.h"
#include "results/record/database.h"
#include "results/show/command_line.h"
#include "results/show/html.h"
#include "results/show/report_style.h"
#include "results/show/report_svg.h"
#include "results/show/text.h"
#include "stir/verification/step.h"

namespace shakedown::results {
namespace {

constexpr std::size_t kSlices = 120;
constexpr std::size_t kMaxRows = 40;      // Of each table of events.
constexpr std::size_t kMaxMarks = 24;     // Of the timeline.
constexpr std::size_t kMaxEvents = 5000;  // Read for the lanes of the timeline.
constexpr std::size_t kMaxLanes = 10;
constexpr std::size_t kMaxPairs = 60;

constexpr std::pair<std::string_view, std::string_view> kLatencies[] = {
    {"post_dial_delay", "post-dial delay"},
    {"signing_latency", "signing"},
    {"verification_latency", "verification"}};

std::string mono(std::string_view text) { return "<code>" + html_escaped(text) + "</code>"; }

// "policy_administrator" -> "policy administrator", "crl_refreshed" -> "CRL refreshed"
std::string words(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const std::size_t end = std::min(name.find('_'), name.size());
    std::string word(name.substr(0, end));
    for (const std::string_view acronym : {"ca", "crl", "spc", "cdn"}) {
      if (word == acronym) {
        for (char& c : word) c = static_cast<char>(c - 'a' + 'A');
      }
    }
    text += (text.empty() ? "" : " ") + word;
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return text;
}

std::string short_fingerprint(const std::string& fingerprint) {
  return fingerprint.empty() ? "" : mono(fingerprint.substr(0, 12));
}

// What happens again and again is a lane of dots; what happens once or twice is a numbered mark.
// What happened before the story began (accounts, first lists) is neither.
struct Moments {
  std::vector<TimelineLane> lanes;
  std::vector<const HappeningRecord*> notable;
};

Moments moments_of(const std::vector<HappeningRecord>& happenings, sim::Time begin) {
  constexpr std::size_t kOften = 4;
  const std::string_view story_began = to_string(actors::HappeningKind::kStoryBegan);
  std::map<std::string, std::vector<const HappeningRecord*>> by_kind;
  for (const HappeningRecord& one : happenings) {
    if (one.at >= begin && one.kind != story_began) by_kind[one.kind].push_back(&one);
  }
  Moments moments;
  for (const auto& [kind, all] : by_kind) {
    if (all.size() < kOften) {
      moments.notable.insert(moments.notable.end(), all.begin(), all.end());
      continue;
    }
    TimelineLane lane{words(kind), {}};
    for (const HappeningRecord* one : all) lane.at.push_back(one->at);
    moments.lanes.push_back(std::move(lane));
  }
  std::stable_sort(
      moments.notable.begin(), moments.notable.end(),
      [](const HappeningRecord* a, const HappeningRecord* b) { return a->at < b->at; });
  return moments;
}

class RunArticle {
 public:
  RunArticle(Queries& queries, const RunRecord& run, const ReportOptions& options)
      : queries_(queries),
        run_(run),
        options_(options) {}

  Result<std::string> write() {
    out_ += fmt::format("<article id=\"run-{}\">\n", run_.number);
    head();
    expectations();
    RETURN_IF_ERROR(timeline());
    RETURN_IF_ERROR(calls());
    RETURN_IF_ERROR(latencies());
    RETURN_IF_ERROR(failures());
    RETURN_IF_ERROR(exposures());
    RETURN_IF_ERROR(ecosystem());
    RETURN_IF_ERROR(certificates());
    again();
    out_ += "</article>\n";
    return std::move(out_);
  }

 private:
  void section(std::string_view title) { out_ += "<h2>" + html_escaped(title) + "</h2>\n"; }

  // To the second, so that one sees what came first: "2h 32s".
  std::string since_epoch(sim::Time at) const {
    const sim::Duration since = at - run_.info.epoch;
    if (since < std::chrono::minutes{1}) return short_duration(since);
    return sim::format_duration(std::chrono::round<std::chrono::seconds>(since));
  }

  std::string when(sim::Time at) const {
    return "<span class=\"nowrap\">" + html_escaped(since_epoch(at)) + "</span>";
  }

  void head() {
    out_ += "<header>\n<div class=\"brand\">shakedown · TEST, NOT TRUSTED</div>\n";
    out_ += fmt::format("<h1>{}</h1>\n", html_escaped(run_.info.scenario));
    if (!run_.info.question.empty()) {
      out_ += fmt::format("<p class=\"lead\">{}</p>\n", html_escaped(run_.info.question));
    }
    const auto [css, verdict] = verdict_of();
    out_ += fmt::format("<div class=\"verdict {}\">{}</div>\n", css, html_escaped(verdict));
    out_ += "<ul class=\"facts\">\n";
    fact("run", run_.info.id);
    fact("clock", to_string(run_.info.clock));
    fact("seed", std::to_string(run_.info.seed));
    fact("from", sim::format_time(run_.info.epoch));
    if (run_.world_ended_at) fact("for", since_epoch(*run_.world_ended_at));
    fact("calls", grouped(run_.calls.total));
    if (run_.info.clock == Clock::kWall) fact("lag p99", short_duration(run_.lag_p99));
    out_ += "</ul>\n</header>\n";
    if (run_.refused_handlers != 0) {
      warn(fmt::format("Harness fault: {} requests were answered 503 by a full pool.",
                       grouped(run_.refused_handlers)));
    }
    if (!run_.blocked.empty()) {
      warn(fmt::format("{} activities waited for ever, among them {}.", run_.blocked.size(),
                       run_.blocked.front()));
    }
  }

  std::pair<std::string_view, std::string> verdict_of() const {
    const std::string score =
        fmt::format("{} of {} expectations met", run_.met_count(), run_.expectations.size());
    const std::string why = run_.end_detail.empty() ? "" : ": " + run_.end_detail;
    switch (run_.state) {
      case RunState::kFailed:
        return {"bad", "The harness failed" + why + ". This run proves nothing."};
      case RunState::kUnfinished:
        return {"open", "Unfinished: still running, or killed"};
      case RunState::kInterrupted:
        return {"open", "Interrupted" + why + ", " + score};
      case RunState::kFinished:
        break;
    }
    if (run_.expectations.empty()) return {"open", "Nothing was expected"};
    return run_.all_met() ? std::pair<std::string_view, std::string>("good", "✓ " + score)
                          : std::pair<std::string_view, std::string>("bad", "✗ " + score);
  }

  void fact(std::string_view name, std::string_view value) {
    out_ += fmt::format("<li>{} <b>{}</b></li>\n", html_escaped(name), html_escaped(value));
  }

  void warn(std::string_view text) {
    out_ += fmt::format("<p class=\"open\">{}</p>\n", html_escaped(text));
  }

  void expectations() {
    if (run_.expectations.empty()) return;
    section("Expectations");
    HtmlTable table({{""}, {"id"}, {"expectation"}, {"expected"}, {"actual"}});
    for (const Expectation& one : run_.expectations) {
      table.add({one.met ? "<b class=\"good\">✓</b>" : "<b class=\"bad\">✗</b>",
                 "<span class=\"nowrap\">" + html_escaped(one.id) + "</span>",
                 html_escaped(words_of(one)), html_escaped(one.expected),
                 fmt::format("<b class=\"{}\">{}</b>", one.met ? "good" : "bad",
                             html_escaped(one.actual))});
    }
    out_ += table.write();
  }

  // Calls placed in each slice; of impostors only, or of all others.
  Result<std::vector<TimelineSlice>> slices(sim::Time begin, sim::Time end, bool impostors) {
    const std::int64_t width =
        std::max<std::int64_t>((end - begin).count() / static_cast<std::int64_t>(kSlices), 1);
    ASSIGN_OR_RETURN(Statement rows,
                     queries_.database().prepare(
                         "SELECT (placed_ns - ?) / ?, outcome, count(*) FROM call WHERE run = ? "
                         "AND (originating <> claims_to_be) = ? GROUP BY 1, 2"));
    rows.bind(1, begin);
    rows.bind(2, width);
    rows.bind(3, run_.number);
    rows.bind(4, std::int64_t{impostors});
    std::vector<TimelineSlice> slices(kSlices);
    while (true) {
      ASSIGN_OR_RETURN(const bool row, rows.step());
      if (!row) return slices;
      const std::int64_t index =
          std::clamp<std::int64_t>(rows.integer(0), 0, static_cast<std::int64_t>(kSlices) - 1);
      TimelineSlice& slice = slices[static_cast<std::size_t>(index)];
      const auto calls = static_cast<std::uint64_t>(rows.integer(2));
      const std::string_view outcome = rows.text_view(1);
      (outcome == "passed"   ? slice.passed
       : outcome == "failed" ? slice.failed
                             : slice.unverified) += calls;
    }
  }

  Result<sim::Time> last_instant() {
    if (run_.world_ended_at) return *run_.world_ended_at;
    ASSIGN_OR_RETURN(const auto last, queries_.last_call_at(run_.number, {}));
    return last.value_or(run_.info.epoch);
  }

  Status timeline() {
    ASSIGN_OR_RETURN(const sim::Time end, last_instant());
    if (end <= run_.info.epoch) return {};
    Timeline timeline{.begin = run_.info.epoch, .end = end, .bands = {}, .lanes = {}, .marks = {}};
    for (const bool impostors : {false, true}) {
      ASSIGN_OR_RETURN(std::vector<TimelineSlice> band, slices(timeline.begin, end, impostors));
      const bool any = std::any_of(band.begin(), band.end(), [](const TimelineSlice& s) {
        return s.passed + s.failed + s.unverified != 0;
      });
      if (any)
        timeline.bands.push_back({impostors ? "impostors' calls" : "calls", std::move(band)});
    }
    ASSIGN_OR_RETURN(const auto issuances, queries_.issuances(run_.number, kMaxEvents));
    ASSIGN_OR_RETURN(const auto revocations, queries_.revocations(run_.number, kMaxEvents));
    ASSIGN_OR_RETURN(const auto happenings, queries_.happenings(run_.number, kMaxEvents));
    TimelineLane issued{"certificates used", {}};
    for (const IssuanceRecord& one : issuances) {
      if (one.issued) issued.at.push_back(one.used_from.value_or(one.ended_at));
    }
    TimelineLane revoked{"revocations", {}};
    for (const RevocationRecord& one : revocations) revoked.at.push_back(one.published_at);
    Moments moments = moments_of(happenings, timeline.begin);
    const std::vector<const HappeningRecord*>& notable = moments.notable;
    for (TimelineLane* lane : {&issued, &revoked}) {
      std::sort(lane->at.begin(), lane->at.end());
      if (!lane->at.empty()) timeline.lanes.push_back(std::move(*lane));
    }
    for (TimelineLane& lane : moments.lanes) {
      if (timeline.lanes.size() < kMaxLanes) timeline.lanes.push_back(std::move(lane));
    }
    const std::size_t shown = std::min(notable.size(), kMaxMarks);
    for (std::size_t i = 0; i < shown; ++i) {
      timeline.marks.push_back({notable[i]->at, std::to_string(i + 1)});
    }
    section("Timeline");
    out_ += "<div class=\"card\">\n" + timeline_svg(timeline);
    out_ +=
        "<ul class=\"legend\"><li><i class=\"good\"></i>passed</li><li><i class=\"bad\"></i>"
        "failed</li><li><i class=\"open\"></i>unverified</li></ul>\n</div>\n";
    list_moments(notable, shown);
    return {};
  }

  void list_moments(const std::vector<const HappeningRecord*>& notable, std::size_t shown) {
    if (notable.empty()) return;
    out_ += "<ul class=\"moments\">\n";
    for (std::size_t i = 0; i < shown; ++i) {
      const HappeningRecord& one = *notable[i];
      out_ += fmt::format("<li title=\"{}\"><b>{}</b><span class=\"soft\">{}</span> {}",
                          html_escaped(one.description), i + 1, html_escaped(since_epoch(one.at)),
                          html_escaped(words(one.kind)));
      if (!one.subject.empty()) out_ += ": " + html_escaped(one.subject);
      if (!one.by.empty() && one.by != one.subject) out_ += ", by " + html_escaped(one.by);
      if (!one.detail.empty()) {
        out_ += fmt::format(" <span class=\"soft\">({})</span>",
                            html_escaped(shortened(printable(one.detail), 100)));
      }
      out_ += "</li>\n";
    }
    out_ += "</ul>\n";
    left_out(notable.size(), shown, "events");
  }

  void left_out(std::size_t total, std::size_t shown, std::string_view what) {
    if (shown >= total) return;
    out_ += fmt::format("<p class=\"note\">… and {} more {}.</p>\n", grouped(total - shown), what);
  }

  Status calls() {
    ASSIGN_OR_RETURN(const std::vector<PairCounts> pairs, queries_.pair_counts(run_.number));
    if (pairs.empty()) return {};
    section("Calls");
    HtmlTable table({{"from"},
                     {"to"},
                     {"total", true},
                     {"passed", true},
                     {"failed", true},
                     {"unverified", true},
                     {"share passed", true}});
    const std::size_t shown = std::min(pairs.size(), kMaxPairs);
    for (std::size_t i = 0; i < shown; ++i) {
      const PairCounts& pair = pairs[i];
      std::string from = html_escaped(pair.from);
      if (pair.claims_to_be != pair.from) {
        from += fmt::format(" <span class=\"bad\">as {}</span>", html_escaped(pair.claims_to_be));
      }
      table.add({from, html_escaped(pair.to), grouped(pair.total), grouped(pair.passed),
                 grouped(pair.failed), grouped(pair.unverified),
                 html_escaped(percentage(pair.passed, pair.total))});
    }
    out_ += table.write();
    left_out(pairs.size(), shown, "pairs");
    return {};
  }

  Status latencies() {
    std::vector<LatencyStrip> strips;
    HtmlTable table({{""}, {"p50", true}, {"p95", true}, {"p99", true}, {"max", true}});
    for (const auto& [id, title] : kLatencies) {
      ASSIGN_OR_RETURN(const Values values,
                       measure({queries_, run_.number, run_.info.epoch}, {&metric(id), {}}));
      if (values.empty()) continue;
      const auto quantile = [&](Quantile which) {
        return sim::Duration{quantile_of(values, which)};
      };
      const LatencyStrip& strip = strips.emplace_back(LatencyStrip{
          std::string(title), quantile(kP50), quantile(kP95), quantile(kP99), quantile(kMaximum)});
      table.add({html_escaped(title), short_duration(strip.p50), short_duration(strip.p95),
                 short_duration(strip.p99), short_duration(strip.max)});
    }
    if (strips.empty()) return {};
    section("Latency");
    out_ += "<div class=\"card\">\n" + latency_svg(strips) + "</div>\n" + table.write();
    out_ +=
        "<p class=\"note\">Dot: median. Bar: to p95, pale: to p99. Red dot: maximum. Quantiles "
        "are nearest-rank, so each is a latency that a call had.</p>\n";
    return {};
  }

  Status failures() {
    ASSIGN_OR_RETURN(const auto steps, queries_.failures_by_step(run_.number));
    if (!steps.empty()) {
      section("Failures by step");
      HtmlTable table({{"step"}, {"question"}, {"answer"}, {"calls", true}, {"first", true}});
      for (const StepFailures& one : steps) {
        std::string question;
        if (const auto step = stir::step_by_id(one.step)) {
          const stir::StepInfo& known = stir::info(*step);
          question = html_escaped(known.question) + " <span class=\"soft\">" +
                     html_escaped(known.clause) + "</span>";
        }
        table.add({mono(one.step), question,
                   one.code == 0 ? "" : html_escaped(fmt::format("{} {}", one.code, one.reason)),
                   grouped(one.calls), std::to_string(one.example)});
      }
      out_ += table.write();
    }
    CallFilter failed;
    failed.outcome = actors::CallOutcome::kFailed;
    ASSIGN_OR_RETURN(const auto calls, queries_.calls(run_.number, failed, 1));
    const std::int64_t example = !steps.empty()  ? steps.front().example
                                 : calls.empty() ? 0
                                                 : calls.front().number;
    return example == 0 ? Status() : waterfall(example);
  }

  Status waterfall(std::int64_t number) {
    ASSIGN_OR_RETURN(const CallDetail detail, queries_.call(run_.number, std::to_string(number)));
    const CallRecord& call = detail.call;
    section(fmt::format("One failing call: {}", number));
    out_ += fmt::format("<p>{} from {} to {}, placed {} into the run", mono(call.id),
                        html_escaped(call.from), html_escaped(call.to),
                        html_escaped(since_epoch(call.placed_at)));
    for (const VerificationRecord& one : detail.verifications) {
      if (one.failed_step.empty()) continue;
      out_ += fmt::format(": <b class=\"bad\">{}</b> failed at {}", html_escaped(one.failed_step),
                          html_escaped(one.verifier));
      if (!one.detail.empty()) {
        out_ += fmt::format(" <span class=\"soft\">({})</span>",
                            html_escaped(shortened(printable(one.detail), 300)));
      }
    }
    out_ += ".</p>\n<div class=\"card\">\n" + waterfall_svg(detail) + "</div>\n";
    out_ += "<pre>" + html_escaped(command("show", {std::to_string(number)}, options_.database)) +
            "</pre>\n";
    return {};
  }

  Status exposures() {
    ASSIGN_OR_RETURN(const auto exposures, queries_.exposures(run_.number));
    if (exposures.empty()) return {};
    section("Exposure");
    HtmlTable table({{"thief"},
                     {"victim"},
                     {"stolen at", true},
                     {"window", true},
                     {"passed", true},
                     {"attempted", true}});
    for (const Exposure& one : exposures) {
      table.add({html_escaped(one.thief), html_escaped(one.victim), since_epoch(one.stolen_at),
                 short_duration(one.window()), grouped(one.passed), grouped(one.attempted)});
    }
    out_ += table.write();
    out_ +=
        "<p class=\"note\">Window: from the theft to the thief's last call in the victim's name "
        "that passed.</p>\n";
    return {};
  }

  Status ecosystem() {
    ASSIGN_OR_RETURN(const auto participants, queries_.participants(run_.number));
    if (participants.empty()) return {};
    section("The ecosystem");
    std::map<Role, std::vector<const Participant*>> by_role;
    for (const Participant& one : participants) by_role[one.role].push_back(&one);
    out_ += "<div class=\"roles\">\n";
    for (const auto& [role, members] : by_role) {
      out_ += fmt::format("<div class=\"card\"><h3>{}</h3><ul>\n",
                          html_escaped(words(to_string(role))));
      const std::size_t shown = std::min(members.size(), kMaxRows);
      for (std::size_t i = 0; i < shown; ++i) {
        const Participant& one = *members[i];
        std::string detail = one.detail;
        if (!one.region.empty()) detail += (detail.empty() ? "" : ", ") + one.region;
        out_ += "<li>" + html_escaped(one.name);
        if (!detail.empty()) out_ += "<span>" + html_escaped(detail) + "</span>";
        out_ += "</li>\n";
      }
      out_ += "</ul>";
      left_out(members.size(), shown, "");
      out_ += "</div>\n";
    }
    out_ += "</div>\n";
    return {};
  }

  Status certificates() {
    ASSIGN_OR_RETURN(const auto issuances, queries_.issuances(run_.number, kMaxEvents));
    if (!issuances.empty()) {
      section("Certificates issued");
      HtmlTable table({{"at"},
                       {"provider"},
                       {"CA"},
                       {"because"},
                       {"certificate"},
                       {"used from"},
                       {"took", true}});
      const std::size_t shown = std::min(issuances.size(), kMaxRows);
      for (std::size_t i = 0; i < shown; ++i) {
        const IssuanceRecord& one = issuances[i];
        table.add({when(one.started_at), html_escaped(one.provider), html_escaped(one.ca),
                   html_escaped(words(one.because)) + (one.new_key ? "" : ", same key"),
                   one.issued ? short_fingerprint(one.fingerprint)
                              : "<span class=\"bad\">" + html_escaped(one.error) + "</span>",
                   one.used_from ? when(*one.used_from) : "-",
                   short_duration(one.ended_at - one.started_at)});
      }
      out_ += table.write();
      left_out(issuances.size(), shown, "issuances");
    }
    ASSIGN_OR_RETURN(const auto revocations, queries_.revocations(run_.number, kMaxEvents));
    if (revocations.empty()) return {};
    section("Certificates revoked");
    HtmlTable table({{"reported"},
                     {"published"},
                     {"certificate"},
                     {"serial"},
                     {"reason"},
                     {"by"},
                     {"CRL", true}});
    const std::size_t shown = std::min(revocations.size(), kMaxRows);
    for (std::size_t i = 0; i < shown; ++i) {
      const RevocationRecord& one = revocations[i];
      table.add({when(one.reported_at), when(one.published_at), short_fingerprint(one.fingerprint),
                 mono(one.serial), html_escaped(one.reason), html_escaped(one.reported_by),
                 std::to_string(one.crl_number)});
    }
    out_ += table.write();
    left_out(revocations.size(), shown, "revocations");
    return {};
  }

  void again() {
    section("Play it again");
    out_ += "<pre>";
    if (run_.info.clock == Clock::kVirtual) {
      out_ += html_escaped(command("replay", {run_.info.id}, options_.database)) + "\n";
    }
    out_ += html_escaped(run_again(run_.info)) + "</pre>\n<ul class=\"facts\">\n";
    fact("outcome digest", run_.outcome_digest.empty() ? "-" : run_.outcome_digest);
    fact("artefact digest", run_.artefact_digest.empty() ? "-" : run_.artefact_digest);
    fact("shakedown", run_.info.version);
    fact("with", run_.info.openssl_version);
    fact("on", run_.info.host);
    out_ += "</ul>\n";
  }

  Queries& queries_;
  const RunRecord& run_;
  const ReportOptions& options_;
  std::string out_;
};

std::string contents_of(const std::vector<RunRecord>& runs) {
  if (runs.size() < 2) return "";
  std::string out = "<nav><ul>\n";
  for (const RunRecord& run : runs) {
    const bool good = run.state == RunState::kFinished && run.all_met();
    out += fmt::format(
        "<li><b class=\"{}\">{}</b> <a href=\"#run-{}\">{}</a> "
        "<span class=\"soft\">{} of {} met</span></li>\n",
        good ? "good" : "bad", good ? "✓" : "✗", run.number, html_escaped(run.info.id),
        run.met_count(), run.expectations.size());
  }
  return out + "</ul></nav>\n";
}

}  // namespace

Result<std::string> html_report(Queries& queries,
                                const std::vector<RunRecord>& runs,
                                const ReportOptions& options) {
  SHAKEDOWN_ASSERT(!runs.empty());
  const std::string title =
      runs.size() == 1 ? runs.front().info.scenario : fmt::format("{} runs", runs.size());
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{} · shakedown</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n{}",
      html_escaped(title), report_style(), contents_of(runs));
  for (const RunRecord& run : runs) {
    ASSIGN_OR_RETURN(const std::string article, RunArticle(queries, run, options).write());
    page += article;
  }
  page +=
      "<footer>Written by shakedown from its database. All keys, certificates and numbers are "
      "made up for the test.</footer>\n</main>\n</body>\n</html>\n";
  return page;
}

}  // namespace shakedown::results

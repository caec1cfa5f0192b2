#include "results/show/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "results/show/text.h"

namespace shakedown::results {
namespace {

// XML 1.0 has no way at all to write most control characters: printable() spells them \x1b. It
// keeps no line feeds either, so texts are one line each.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&apos;";
        break;
      default:
        out += c;
    }
  }
  // The two code points of the first plane that are no characters.
  for (const std::string_view none : {"\xef\xbf\xbe", "\xef\xbf\xbf"}) {
    for (std::size_t at = out.find(none); at != std::string::npos; at = out.find(none, at)) {
      out.replace(at, none.size(), "\xef\xbf\xbd");
    }
  }
  return out;
}

struct Totals {
  std::uint64_t tests = 0, failures = 0, errors = 0, skipped = 0;
  sim::Duration time{};
};

sim::Duration time_of(const RunRecord& run) {
  return run.ended_at ? std::max(*run.ended_at - run.info.started_at, sim::Duration::zero())
                      : sim::Duration::zero();
}

Totals totals_of(const RunRecord& run) {
  const bool harness_failed = run.state == RunState::kFailed;
  Totals totals;
  totals.tests = run.expectations.size() + (harness_failed ? 1 : 0);
  totals.errors = harness_failed ? 1 : 0;
  totals.skipped = harness_failed ? run.expectations.size() : 0;
  totals.failures = harness_failed ? 0 : run.expectations.size() - run.met_count();
  totals.time = time_of(run);
  return totals;
}

std::string attributes(const Totals& totals) {
  const std::int64_t ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(totals.time).count();
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}" time="{}.{:03}")",
                     totals.tests, totals.failures, totals.errors, totals.skipped, ms / 1000,
                     ms % 1000);
}

std::string testcase(const RunRecord& run, const Expectation& one) {
  std::string out = fmt::format(R"(    <testcase classname="{}" name="{}")",
                                escaped(run.info.scenario), escaped(one.id));
  if (!one.file.empty()) out += fmt::format(R"( file="{}")", escaped(one.file));
  if (one.line > 0) out += fmt::format(R"( line="{}")", one.line);
  out += R"( time="0")";
  if (run.state == RunState::kFailed) {
    return out + ">\n      <skipped message=\"the harness failed\"/>\n    </testcase>\n";
  }
  if (one.met) return out + "/>\n";
  const std::string message =
      escaped(fmt::format("{}: expected {}, got {}", words_of(one), one.expected, one.actual));
  const std::string where =
      one.file.empty() ? "" : escaped(fmt::format(" ({}:{})", one.file, one.line));
  return out + fmt::format(
                   ">\n      <failure message=\"{0}\" type=\"expectation\">{0}{1}</failure>\n"
                   "    </testcase>\n",
                   message, where);
}

}  // namespace

std::string junit_xml(const std::vector<RunRecord>& runs) {
  Totals sum;
  std::string suites;
  for (const RunRecord& run : runs) {
    const Totals totals = totals_of(run);
    sum.tests += totals.tests;
    sum.failures += totals.failures;
    sum.errors += totals.errors;
    sum.skipped += totals.skipped;
    sum.time += totals.time;
    suites += fmt::format("  <testsuite name=\"{}\" {}>\n", escaped(run.info.scenario),
                          attributes(totals));
    suites += "    <properties>\n";
    for (const auto& [name, value] :
         {std::pair<std::string_view, std::string>("run", run.info.id),
          std::pair<std::string_view, std::string>("seed", std::to_string(run.info.seed)),
          std::pair<std::string_view, std::string>("clock", std::string(to_string(run.info.clock))),
          std::pair<std::string_view, std::string>("digest", run.outcome_digest)}) {
      suites += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, escaped(value));
    }
    suites += "    </properties>\n";
    for (const Expectation& one : run.expectations) suites += testcase(run, one);
    if (run.state == RunState::kFailed) {
      const std::string why =
          escaped(run.end_detail.empty() ? "the harness failed" : run.end_detail);
      suites += fmt::format(
          "    <testcase classname=\"{}\" name=\"run\" time=\"0\">\n      <error "
          "message=\"{}\" type=\"harness\">{}</error>\n    </testcase>\n",
          escaped(run.info.scenario), why, why);
    }
    suites += "  </testsuite>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shakedown\" "
      "{}>\n{}</testsuites>\n",
      attributes(sum), suites);
}

}  // namespace shakedown::results

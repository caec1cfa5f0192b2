#include "cli/present.h"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <utility>

#include "cli/exit_code.h"
#include "cli/files.h"
#include "cli/machine.h"
#include "results/read/queries.h"
#include "results/show/junit.h"
#include "results/show/report_page.h"
#include "results/show/summary.h"

namespace shakedown::cli {
namespace {

constexpr std::int64_t kShowAfterNs = 1'000'000'000;
constexpr std::size_t kBarWidth = 30;

std::string last_line(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1);
}

bool say_if_failed(const Status& status) {
  if (status) return false;
  std::cerr << "shakedown: " << status.error().detail << '\n';
  return true;
}

}  // namespace

void print_summary(std::ostream& out,
                   const results::RunRecord& run,
                   const std::string& database,
                   const SummaryStyle& style) {
  auto queries = results::Queries::open(database);
  if (say_if_failed(queries ? Status() : Status(tl::unexpected(queries.error())))) return;
  const auto text =
      results::terminal_summary(*queries, run, {.colour = style.colour, .database = database});
  if (say_if_failed(text ? Status() : Status(tl::unexpected(text.error())))) return;
  out << (style.only_verdict ? last_line(*text) : *text) << std::flush;
}

void print_json(std::ostream& out, const std::vector<results::RunRecord>& runs, bool as_array) {
  if (runs.empty()) {  // Nothing got as far as the database; the exit code says why.
    if (as_array) out << "[]\n" << std::flush;
    return;
  }
  const std::string text = results::summary_json(runs);
  // summary_json writes one run as an object: several scenarios of which one ran stay an array.
  if (as_array && runs.size() == 1) {
    out << "[\n" << text << "]\n" << std::flush;
    return;
  }
  out << text << std::flush;
}

int write_reports(const std::vector<results::RunRecord>& runs,
                  const std::string& database,
                  const std::string& junit_path,
                  const std::string& html_path) {
  if (runs.empty()) return kAllMet;
  if (!junit_path.empty() && say_if_failed(write_file(junit_path, results::junit_xml(runs)))) {
    return kEnvironment;
  }
  if (html_path.empty()) return kAllMet;
  auto queries = results::Queries::open(database);
  if (say_if_failed(queries ? Status() : Status(tl::unexpected(queries.error())))) {
    return kEnvironment;
  }
  const auto page = results::html_report(*queries, runs, {.database = database});
  if (say_if_failed(page ? Status() : Status(tl::unexpected(page.error())))) return kEnvironment;
  return say_if_failed(write_file(html_path, *page)) ? kEnvironment : kAllMet;
}

ProgressBar::ProgressBar(std::string label, bool enabled)
    : label_(std::move(label)),
      enabled_(enabled),
      started_ns_(monotonic_ns()) {}

void ProgressBar::show(std::uint64_t done, std::uint64_t planned) {
  if (!enabled_ || planned == 0 || monotonic_ns() - started_ns_ < kShowAfterNs) return;
  const std::size_t filled =
      static_cast<std::size_t>(std::min(done, planned) * kBarWidth / planned);
  std::string bar(filled, '#');
  bar.resize(kBarWidth, '.');
  std::cerr << '\r' << label_ << " [" << bar << "] " << done << " of " << planned << " calls"
            << std::flush;
  drawn_ = true;
}

void ProgressBar::clear() {
  if (drawn_) std::cerr << "\r\033[K" << std::flush;
  drawn_ = false;
}

}  // namespace shakedown::cli

// How finished runs are shown: the terminal summary, JSON, JUnit and HTML files, a progress bar.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "results/record/records.h"

namespace shakedown::cli {

struct SummaryStyle {
  bool colour = false;
  bool only_verdict = false;  // Just the last line.
};

void print_summary(std::ostream& out,
                   const results::RunRecord& run,
                   const std::string& database,
                   const SummaryStyle& style);

// An object, or an array of them for several scenarios.
void print_json(std::ostream& out, const std::vector<results::RunRecord>& runs, bool as_array);

// The files that were asked for ("" is none). Returns kAllMet or, after a message, kEnvironment.
int write_reports(const std::vector<results::RunRecord>& runs,
                  const std::string& database,
                  const std::string& junit_path,
                  const std::string& html_path);

// One line on stderr that is drawn over; appears only when a run takes longer than a second.
class ProgressBar {
 public:
  ProgressBar(std::string label, bool enabled);
  void show(std::uint64_t done, std::uint64_t planned);
  void clear();

 private:
  std::string label_;
  bool enabled_;
  bool drawn_ = false;
  std::int64_t started_ns_;
};

}  // namespace shakedown::cli

// A plain HTML page about runs: one file, no script, nothing loaded from anywhere.
//
// For each run: verdict and question, expectations, the ecosystem, the timeline as inline SVG,
// latency quantiles, calls by pair, failures by step, certificates issued and revoked, and one
// failing call as a waterfall. Its size depends on what is shown, not on the number of calls: under
// 1 MB for 10,000 calls. Light and dark follow the reader's setting; it prints.
//
// Everything that comes from a run is escaped (a SIP header in a report is an XSS risk), and the
// page forbids scripts and loading by its own Content-Security-Policy besides.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "results/read/queries.h"
#include "results/record/records.h"
#include "results/show/show_call.h"
#include "sim/result.h"

namespace shakedown::results {

struct ReportOptions {
  std::string database = "shakedown.sqlite";  // For the commands it names.
};

// Errors as Queries. `runs` may not be empty, asserted.
Result<std::string> html_report(Queries& queries,
                                const std::vector<RunRecord>& runs,
                                const ReportOptions& options);

}  // namespace shakedown::results

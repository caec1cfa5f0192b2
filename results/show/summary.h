// What a finished run says: on the terminal for a person, as JSON for a script.
//
// Text from outside (actor names of a foreign scenario, reasons of a foreign product) is made
// printable: no control character of it reaches a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/read/queries.h"
#include "results/record/records.h"
#include "sim/result.h"

namespace shakedown::results {

inline constexpr std::size_t kSummaryLines = 40;  // A summary is never longer.

struct SummaryOptions {
  bool colour = false;
  std::string database = "shakedown.sqlite";  // For the commands it names; the default is left out.
};

// Expectations first (unmet ones before all), calls by pair, failures by step, latency quantiles,
// seed, digests and the line that replays the run; the last line is the verdict and the next
// command. Ends with a line feed. Errors as Queries.
Result<std::string> terminal_summary(Queries& queries,
                                     const RunRecord& run,
                                     const SummaryOptions& options);

// The stable keys of `run --json`: run, scenario, clock, seed, digest, artefact_digest,
// calls{total,passed,failed,unverified}, expectations[{id,met,expected,actual}]. One run is an
// object, several are an array of objects. Indented, ends with a line feed.
std::string summary_json(const std::vector<RunRecord>& runs);

}  // namespace shakedown::results

// What differs between two runs of one database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/read/queries.h"
#include "results/record/call_record.h"
#include "results/record/records.h"
#include "sim/result.h"

namespace shakedown::results {

struct ExpectationChange {
  std::string id;
  std::optional<Expectation> before;  // Absent: the first run has no expectation of this id.
  std::optional<Expectation> after;
};

// One side of the first differing call; absent where a run has no such call.
struct ComparedCall {
  CallRecord call;
  std::string failed_step;
  std::optional<sim::Duration> verification_latency;
};

struct RunDiff {
  RunRecord before, after;
  bool same_scenario = false;  // The same text and overrides.
  bool same_seed = false;
  bool same_outcomes = false;                   // Outcome digests are equal (and known).
  bool same_artefacts = false;                  // Artefact digests are equal (and known).
  std::vector<ExpectationChange> expectations;  // Met before and not after, or the reverse, or new.

  // In order of placing, then id: the first call that only one run has or that went differently.
  // Absent if all calls are equal.
  struct FirstDifference {
    std::optional<ComparedCall> before, after;
    std::string what;  // The field that differs: "outcome", "placed", "post_dial_delay", "missing".
  };

  std::optional<FirstDifference> first_difference;
};

// Runs by number. Instants are compared relative to each run's epoch. Errors as Queries.
Result<RunDiff> diff_runs(Queries& queries, const RunRecord& before, const RunRecord& after);

// For a person, colour if asked. Ends with a line feed.
std::string diff_text(const RunDiff& diff, bool colour);

}  // namespace shakedown::results

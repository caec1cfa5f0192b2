// Exit codes, the same for every verb: a contract that scripts depend on.
#pragma once

namespace shakedown::cli {

enum ExitCode : int {
  kAllMet = 0,         // All expectations met; for other verbs: done.
  kNotMet = 1,         // At least one expectation was not met, one call failed, two runs differ.
  kInterrupted = 2,    // Results so far are saved and marked.
  kInternalError = 3,  // A bug, or a proof that disagreed. Prints the line that replays it.
  kBadUsage = 4,       // Bad options or an invalid input file.
  kNothingRan = 5,     // Nothing was evaluated.
  kEnvironment = 6,    // Port, HSM, disk, peer unreachable.
  kMismatch = 7,       // A replay or a merge that disagrees.
};

}  // namespace shakedown::cli

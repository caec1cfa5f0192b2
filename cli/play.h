// Plays one scenario from its model to a judged run in the database. What `run`, `replay`, `bench`
// and the bare command have in common, and the only code that makes a world.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/exit_code.h"
#include "cli/source.h"
#include "results/record/records.h"
#include "sim/costs.h"
#include "sim/result.h"

namespace shakedown::cli {

struct PlayOptions {
  results::Clock clock = results::Clock::kVirtual;
  std::string database = "shakedown.sqlite";
  std::uint64_t shuffle_ties = 0;
  bool defer_proofs = true;
  std::optional<sim::Costs> costs;
  std::vector<std::pair<std::string, std::string>> overrides;  // For the record; applied already.
  // Wall clock only.
  std::uint16_t port = 0;
  std::string ready_file;
  sim::Duration wait_external = std::chrono::minutes{2};
  // Called now and then with calls recorded and planned.
  std::function<void(std::uint64_t recorded, std::uint64_t planned)> progress;
};

struct Played {
  ExitCode exit_code = kAllMet;
  results::RunRecord run;  // As the database has it; run.number 0 if there is none.
  std::string error;       // For a person, when exit_code is neither kAllMet nor kNotMet.
};

Played play(const LoadedScenario& loaded, const PlayOptions& options);

// "shakedown run first-call --seed 7 --db x.sqlite": the line that plays the same again.
std::string replay_line(const LoadedScenario& loaded, const PlayOptions& options);

}  // namespace shakedown::cli

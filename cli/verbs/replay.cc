// replay: plays a recorded run again and compares outcome digests.
#include <iostream>

#include "actors/workload/work.h"
#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/play.h"
#include "cli/recorded.h"
#include "cli/verb.h"
#include "results/record/run_digest.h"
#include "sim/costs.h"

namespace shakedown::cli {
namespace {

// The scenario as it was recorded, with what the command line had changed.
std::optional<LoadedScenario> recorded_scenario(const results::RunRecord& run) {
  scenarios::ParseOptions options;
  options.allow_numbers = true;  // It was let through when it was recorded.
  for (const auto& [path, value] : run.info.overrides) options.sets.push_back(path + "=" + value);
  options.sets.push_back("seed=" + std::to_string(run.info.seed));
  auto parsed = scenarios::parse_scenario(run.info.scenario_text, run.info.scenario_file, options);
  for (const auto& problem : parsed.problems) std::cerr << to_string(problem) << '\n';
  if (!parsed.scenario) return std::nullopt;
  return LoadedScenario{{run.info.scenario_file, run.info.scenario_text},
                        *std::move(parsed.scenario)};
}

int replay(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.size() > 1) return bad_usage("replay", "one RUN, by id or number");
  int code = kAllMet;
  auto queries = open_recorded(given, code);
  if (!queries) return code;
  const auto before = find_run(*queries, arguments.empty() ? "" : arguments.front(), code);
  if (!before) return code;
  if (before->info.clock == results::Clock::kWall) {
    return bad_usage("replay",
                     before->info.id + " ran on the wall clock, which does not come back");
  }
  if (before->state != results::RunState::kFinished) {
    return bad_usage("replay", before->info.id + " is " +
                                   std::string(results::to_string(before->state)) +
                                   ": it has no digest to compare with");
  }
  const auto loaded = recorded_scenario(*before);
  if (!loaded) return kBadUsage;
  PlayOptions options;
  options.database = text_option(given, "db");
  options.overrides = before->info.overrides;
  options.shuffle_ties = before->info.shuffle_ties;
  const auto costs = actors::typical_costs().with_json(before->info.costs);
  if (!costs) {
    std::cerr << "shakedown: the recorded costs: " << costs.error().detail << '\n';
    return kEnvironment;
  }
  options.costs = *costs;
  const Played played = play(*loaded, options);
  if (played.exit_code > kNotMet) {
    std::cerr << "shakedown replay: " << played.error << '\n';
    return played.exit_code;
  }
  if (before->digest_form != results::kDigestForm) {
    const auto [total, passed, failed, unverified] = before->calls;
    const auto& now = played.run.calls;
    std::cout << before->info.id << " has digests of form " << before->digest_form
              << ", this version makes form " << results::kDigestForm
              << ": they cannot be compared\n"
              << "calls, passed, failed, unverified: " << total << ", " << passed << ", " << failed
              << ", " << unverified << " before; " << now.total << ", " << now.passed << ", "
              << now.failed << ", " << now.unverified << " now\n"
              << "record it again with this version; " << played.run.info.id << " is such a run\n";
    return kMismatch;
  }
  const bool equal = played.run.outcome_digest == before->outcome_digest;
  std::cout << before->info.id << "  outcome " << before->outcome_digest << '\n'
            << played.run.info.id << "  outcome " << played.run.outcome_digest << '\n'
            << (equal ? "equal: the same outcomes, to the nanosecond\n"
                      : "different: shakedown diff " + before->info.id + " " + played.run.info.id +
                            " shows where\n");
  return equal ? kAllMet : kMismatch;
}

}  // namespace

const Verb kReplayVerb{
    "replay",
    "[RUN]",
    "play a recorded run again and compare outcomes; exit 7 if they differ",
    "RUN is an id or number; the latest by default. The scenario, its overrides, "
    "the\nseed and the costs come from the database.",
    add_database_option,
    replay};

}  // namespace shakedown::cli

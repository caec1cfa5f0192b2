// check: is this a scenario? Every error with its place.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/scenario_options.h"
#include "cli/source.h"
#include "cli/verb.h"

namespace shakedown::cli {
namespace {

int check(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.empty()) return bad_usage("check", "no scenario given");
  const auto loaded = load_scenarios(arguments, parse_options(given), std::cerr);
  if (!loaded) return kBadUsage;
  for (const LoadedScenario& one : *loaded) {
    std::cout << one.source.name << ": ok, " << one.scenario.ecosystem.providers.size()
              << " providers, " << one.scenario.expectations.size() << " expectations\n";
  }
  return kAllMet;
}

}  // namespace

const Verb kCheckVerb{"check",
                      "SCENARIO...",
                      "say what is wrong with a scenario: FILE:LINE:COLUMN: message",
                      "A SCENARIO is a file, a folder of *.yaml, a name of the library, or - for "
                      "standard input.",
                      add_scenario_options,
                      check};

}  // namespace shakedown::cli

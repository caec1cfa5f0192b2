// The options that change how a scenario is read: --seed, --set, --allow-numbers.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/verb.h"
#include "scenarios/language/parse.h"

namespace shakedown::cli {

void add_scenario_options(po::options_description& options);
scenarios::ParseOptions parse_options(const po::variables_map& given);
// The overrides among them, for the record of the run.
std::vector<std::pair<std::string, std::string>> overrides_of(const po::variables_map& given);

}  // namespace shakedown::cli

// From the text of a scenario file to a checked Scenario. Pure; thread-safe; bounded in time and
// memory by YamlLimits. The language itself is defined in definitions.h and described for people in
// docs/scenario-language.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/language/problem.h"
#include "scenarios/model/model.h"

namespace shakedown::scenarios {

struct ParseOptions {
  // Lets numbers through that somebody may own; else only +1 NPA 555 XXXX.
  bool allow_numbers = false;
  // "PATH=VALUE" each, in order: "seed=9", "traffic.0.rate=2/s",
  // "ecosystem.providers.acme-tel.certificate.lifetime=10m". Members of lists by name (or id), else
  // by index from 0. VALUE is text as it stands, unless it begins with [ { or a quote: then YAML.
  std::vector<std::string> sets;
};

struct ParseOutcome {
  std::optional<Scenario> scenario;  // Present exactly if there are no problems.
  std::vector<Problem> problems;     // By line and column, at most kMostProblems.
  std::size_t unreported = 0;        // Further ones.
};

ParseOutcome parse_scenario(std::string_view text,
                            const std::string& file_name,
                            const ParseOptions& options = {});

}  // namespace shakedown::scenarios

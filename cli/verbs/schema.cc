// schema: the JSON Schema of scenarios, and the presets that they may name.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/verb.h"
#include "scenarios/language/json_schema.h"

namespace shakedown::cli {

const Verb kSchemaVerb{"schema",
                       "",
                       "the JSON Schema (draft-07) of scenario files, presets included",
                       "  shakedown schema > scenario.schema.json",
                       [](po::options_description&) {},
                       [](const po::variables_map&) -> int {
                         std::cout << scenarios::schema_json();
                         return kAllMet;
                       }};

}  // namespace shakedown::cli

// What editors and people read about the scenario language, written from its definitions.
#pragma once

#include <string>

namespace shakedown::scenarios {

// A JSON Schema (draft-07) of scenario files, indented, with a newline at the end. Editors that
// speak to yaml-language-server complete and check scenarios with it. It accepts whatever
// parse_scenario() accepts (if text that looks like a number, a boolean or null is in quotes); it
// does not know who refers to whom.
std::string schema_json();

// The page docs/scenario-language.md.
std::string reference_markdown();

// A small scenario with every section, which runs as it is, with comments that say what each key
// means; the first line tells editors where the schema is.
std::string init_text();

}  // namespace shakedown::scenarios

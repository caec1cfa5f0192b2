// Where scenarios come from: a file, a folder of *.yaml, or a name of the embedded library.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/language/parse.h"
#include "scenarios/model/model.h"
#include "sim/result.h"

namespace shakedown::cli {

inline constexpr std::size_t kLargestScenario = 4 * 1024 * 1024;

struct Source {
  std::string name;  // As reported in errors: the path, or the library's name.
  std::string text;
};

// A library name, unless there is a file or folder of that name; a folder stands for its *.yaml,
// sorted. Errors: kNotFound (with the nearest library name), kTooLarge, kEnvironment (unreadable),
// kMalformed (a folder without scenarios).
Result<std::vector<Source>> find_sources(const std::string& argument);

struct LoadedScenario {
  Source source;
  scenarios::Scenario scenario;
};

// All scenarios that `arguments` name. Every problem of every file is written to `errors` as
// FILE:LINE:COLUMN: message; then the result is empty.
std::optional<std::vector<LoadedScenario>> load_scenarios(const std::vector<std::string>& arguments,
                                                          const scenarios::ParseOptions& options,
                                                          std::ostream& errors);

}  // namespace shakedown::cli

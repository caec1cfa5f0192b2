#include "cli/source.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include "cli/files.h"
#include "scenarios/language/reader.h"
#include "scenarios/library/library.h"

namespace shakedown::cli {
namespace {

namespace fs = std::filesystem;

Result<std::vector<Source>> sources_in_folder(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml" || entry.path().extension() == ".yml") {
      paths.push_back(entry.path().string());
    }
  }
  if (error) return fail(ErrorCode::kEnvironment, folder + ": " + error.message());
  if (paths.empty()) return fail(ErrorCode::kMalformed, folder + ": no *.yaml in this folder");
  std::sort(paths.begin(), paths.end());
  std::vector<Source> sources;
  for (const std::string& path : paths) {
    ASSIGN_OR_RETURN(auto text, read_file(path, kLargestScenario));
    sources.push_back({path, std::move(text)});
  }
  return sources;
}

}  // namespace

Result<std::vector<Source>> find_sources(const std::string& argument) {
  std::error_code ignored;
  if (fs::is_directory(argument, ignored)) return sources_in_folder(argument);
  if (argument == "-" || fs::exists(argument, ignored)) {
    ASSIGN_OR_RETURN(auto text, read_file(argument, kLargestScenario));
    return std::vector<Source>{{argument, std::move(text)}};
  }
  std::vector<std::string> names;
  for (const auto& embedded : scenarios::library_scenarios()) {
    if (embedded.name == argument) {
      return std::vector<Source>{{argument, std::string(embedded.text)}};
    }
    names.emplace_back(embedded.name);
  }
  std::string message = argument + ": no such file or folder, and no scenario of the library";
  if (const std::string nearest = scenarios::nearest(argument, names); !nearest.empty()) {
    message += "; did you mean '" + nearest + "'?";
  }
  return fail(ErrorCode::kNotFound, std::move(message));
}

std::optional<std::vector<LoadedScenario>> load_scenarios(const std::vector<std::string>& arguments,
                                                          const scenarios::ParseOptions& options,
                                                          std::ostream& errors) {
  std::vector<LoadedScenario> loaded;
  bool good = true;
  for (const std::string& argument : arguments) {
    auto sources = find_sources(argument);
    if (!sources) {
      errors << sources.error().detail << '\n';
      good = false;
      continue;
    }
    for (Source& source : *sources) {
      auto outcome = scenarios::parse_scenario(source.text, source.name, options);
      for (const auto& problem : outcome.problems) errors << to_string(problem) << '\n';
      if (outcome.unreported > 0) {
        errors << source.name << ": and " << outcome.unreported << " more problems\n";
      }
      if (outcome.scenario) {
        loaded.push_back({std::move(source), *std::move(outcome.scenario)});
      } else {
        good = false;
      }
    }
  }
  if (!good) return std::nullopt;
  return loaded;
}

}  // namespace shakedown::cli

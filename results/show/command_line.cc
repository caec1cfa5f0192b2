#include "results/show/command_line.h"

#include <algorithm>

#include "results/show/text.h"

namespace shakedown::results {

std::string shell_quoted(std::string_view word) {
  const bool plain = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./:=,+-@%").find(c) != std::string_view::npos;
  });
  if (plain) return std::string(word);
  std::string out = "'";
  for (const char c : printable(word)) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string command(std::string_view verb,
                    const std::vector<std::string>& arguments,
                    std::string_view database) {
  std::string line = "shakedown " + std::string(verb);
  for (const std::string& argument : arguments) line += " " + shell_quoted(argument);
  if (database != "shakedown.sqlite") line += " --db " + shell_quoted(database);
  return line;
}

std::string run_again(const RunInfo& run) {
  std::string line = "shakedown run " + shell_quoted(run.scenario_file);
  if (run.clock == Clock::kWall) line += " --clock wall";
  line += " --seed " + std::to_string(run.seed);
  if (run.shuffle_ties != 0) line += " --shuffle-ties " + std::to_string(run.shuffle_ties);
  for (const auto& [path, value] : run.overrides) {
    line += " --set " + shell_quoted(path + "=" + value);
  }
  return line;
}

}  // namespace shakedown::results

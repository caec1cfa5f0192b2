#include "cli/scenario_options.h"

#include <iostream>

namespace shakedown::cli {
namespace {

std::vector<std::string> sets_of(const po::variables_map& given) {
  if (given.count("set") == 0) return {};
  return given["set"].as<std::vector<std::string>>();
}

}  // namespace

void add_scenario_options(po::options_description& options) {
  options.add_options()("seed", po::value<std::string>()->value_name("N"),
                        "play with this seed instead of the scenario's");
  options.add_options()(
      "set", po::value<std::vector<std::string>>()->composing()->value_name("PATH=VALUE"),
      "change one value, e.g. ecosystem.providers.acme-tel.keys=hsm; repeatable");
  options.add_options()("allow-numbers",
                        "let numbers through that somebody may own, not only +1 NPA 555 XXXX");
}

scenarios::ParseOptions parse_options(const po::variables_map& given) {
  scenarios::ParseOptions options;
  options.sets = sets_of(given);
  if (given.count("seed") > 0) options.sets.push_back("seed=" + text_option(given, "seed"));
  options.allow_numbers = given.count("allow-numbers") > 0;
  if (options.allow_numbers) {
    std::cerr << "warning: --allow-numbers: these numbers may belong to somebody; never let this\n"
                 "         world's calls reach a real network\n";
  }
  return options;
}

std::vector<std::pair<std::string, std::string>> overrides_of(const po::variables_map& given) {
  std::vector<std::pair<std::string, std::string>> overrides;
  for (const std::string& set : sets_of(given)) {
    const std::size_t equals = set.find('=');
    overrides.emplace_back(set.substr(0, equals),
                           equals == std::string::npos ? "" : set.substr(equals + 1));
  }
  return overrides;
}

}  // namespace shakedown::cli

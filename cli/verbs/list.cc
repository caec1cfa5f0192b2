// list: the scenarios of the embedded library, grouped, with their questions.
#include <algorithm>
#include <iostream>

#include "cli/exit_code.h"
#include "cli/verb.h"
#include "scenarios/language/parse.h"
#include "scenarios/library/library.h"

namespace shakedown::cli {
namespace {

// The library is embedded and tested: a file of it that does not parse is a bug.
int list(const po::variables_map& given) {
  const bool names_only = given.count("names") > 0;
  for (const auto& embedded : scenarios::library_scenarios()) {
    if (names_only) {
      std::cout << embedded.name << '\n';
      continue;
    }
    const auto parsed = scenarios::parse_scenario(embedded.text, std::string(embedded.name), {});
    if (!parsed.scenario) {
      std::cerr << "shakedown list: " << to_string(parsed.problems.front()) << '\n';
      return kInternalError;
    }
    std::string name(embedded.name);
    name.resize(std::max<std::size_t>(name.size() + 2, 18), ' ');
    std::cout << name << parsed.scenario->question << '\n';
  }
  if (!names_only) std::cerr << "\nshakedown run NAME plays one\n";
  return kAllMet;
}

}  // namespace

const Verb kListVerb{
    "list",
    "",
    "the scenarios of the built-in library and their questions",
    "",
    [](po::options_description& options) { options.add_options()("names", "only the names"); },
    list};

}  // namespace shakedown::cli

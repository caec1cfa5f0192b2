// diff: what differs between two recorded runs.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/recorded.h"
#include "cli/verb.h"
#include "results/show/run_difference.h"

namespace shakedown::cli {
namespace {

int diff(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.size() != 2) return bad_usage("diff", "two runs are needed, by id or number");
  int code = kAllMet;
  auto queries = open_recorded(given, code);
  if (!queries) return code;
  const auto before = find_run(*queries, arguments[0], code);
  if (!before) return code;
  const auto after = find_run(*queries, arguments[1], code);
  if (!after) return code;
  const auto difference = results::diff_runs(*queries, *before, *after);
  if (!difference) {
    std::cerr << "shakedown: " << difference.error().detail << '\n';
    return kEnvironment;
  }
  std::cout << results::diff_text(*difference, use_colour(stdout_is_terminal()));
  return difference->same_outcomes ? kAllMet : kNotMet;
}

}  // namespace

const Verb kDiffVerb{
    "diff", "RUN RUN",           "what differs between two recorded runs; exit 1 if outcomes do",
    "",     add_database_option, diff};

}  // namespace shakedown::cli

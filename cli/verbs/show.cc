// show: one recorded call, step by step.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/recorded.h"
#include "cli/verb.h"
#include "results/show/show_call.h"

namespace shakedown::cli {
namespace {

int show(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.size() != 1) {
    return bad_usage("show",
                     "one CALL is needed: its number or id; 'shakedown sql \"select number, "
                     "id, outcome from call limit 10\"' lists some");
  }
  results::ShowOptions options;
  const std::string format = text_option(given, "format");
  if (format == "json") {
    options.format = results::ShowFormat::kJson;
  } else if (format == "mermaid") {
    options.format = results::ShowFormat::kMermaid;
  } else if (format != "text") {
    return bad_usage("show", "--format: '" + format + "', expected text, json or mermaid");
  }
  options.colour = use_colour(stdout_is_terminal());
  int code = kAllMet;
  auto queries = open_recorded(given, code);
  if (!queries) return code;
  auto run = find_run(*queries, text_option(given, "run"), code);
  if (!run) return code;
  auto call = queries->call(run->number, arguments.front());
  if (!call && call.error().code == ErrorCode::kNotFound && text_option(given, "run").empty()) {
    // Not of the latest run: numbers count through the database, ids are looked for backwards.
    const auto runs = queries->runs();
    for (std::size_t i = runs ? runs->size() : 0; i > 0 && !call; --i) {
      call = queries->call((*runs)[i - 1].number, arguments.front());
      if (call) run = (*runs)[i - 1];
    }
  }
  if (!call) {
    std::cerr << "shakedown: " << call.error().detail << '\n';
    return call.error().code == ErrorCode::kNotFound ? kBadUsage : kEnvironment;
  }
  std::cout << results::show_call(*call, *run, options);
  return kAllMet;
}

}  // namespace

const Verb kShowVerb{
    "show",
    "CALL",
    "one call step by step: what was fetched, what was checked, and why it ended so",
    "CALL is the id or number of a call, such as acme-tel.0.17.",
    [](po::options_description& options) {
      add_database_option(options);
      options.add_options()("run", po::value<std::string>()->default_value(""),
                            "the run's id or number; the latest by default");
      options.add_options()("format", po::value<std::string>()->default_value("text"),
                            "text, json or mermaid");
    },
    show};

}  // namespace shakedown::cli

// report: recorded runs as a self-contained HTML page.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/present.h"
#include "cli/recorded.h"
#include "cli/verb.h"

namespace shakedown::cli {
namespace {

int report(const po::variables_map& given) {
  int code = kAllMet;
  auto queries = open_recorded(given, code);
  if (!queries) return code;
  std::vector<results::RunRecord> runs;
  for (const std::string& id : arguments_of(given)) {
    auto run = find_run(*queries, id, code);
    if (!run) return code;
    runs.push_back(*std::move(run));
  }
  if (runs.empty()) {
    auto all = queries->runs();
    if (!all) {
      std::cerr << "shakedown: " << all.error().detail << '\n';
      return kEnvironment;
    }
    runs = *std::move(all);
  }
  if (runs.empty()) {
    std::cerr << "shakedown report: this database has no runs\n";
    return kNothingRan;
  }
  return write_reports(runs, text_option(given, "db"), "", text_option(given, "output"));
}

}  // namespace

const Verb kReportVerb{"report",
                       "[RUN...]",
                       "write recorded runs, by default all, as one HTML page",
                       "",
                       [](po::options_description& options) {
                         add_database_option(options);
                         options.add_options()("output,o", po::value<std::string>()->required(),
                                               "the HTML file to write");
                       },
                       report};

}  // namespace shakedown::cli

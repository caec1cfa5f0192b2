// sql: the user's own question to the database.
#include <iostream>

#include "cli/exit_code.h"
#include "cli/machine.h"
#include "cli/recorded.h"
#include "cli/verb.h"
#include "results/show/sql_answer.h"

namespace shakedown::cli {
namespace {

int sql(const po::variables_map& given) {
  const auto arguments = arguments_of(given);
  if (arguments.size() != 1) return bad_usage("sql", "one statement is needed, in quotes");
  results::SqlOptions options;
  const std::string format = text_option(given, "format");
  if (format == "csv") {
    options.format = results::SqlFormat::kCsv;
  } else if (format == "json") {
    options.format = results::SqlFormat::kJson;
  } else if (format != "table") {
    return bad_usage("sql", "--format: '" + format + "', expected table, csv or json");
  }
  options.max_rows = given["rows"].as<std::size_t>();
  options.monotonic_ns = monotonic_ns;
  const auto answer = results::run_sql(text_option(given, "db"), arguments.front(), options,
                                       [](std::string_view text) { std::cout << text; });
  std::cout << std::flush;
  if (!answer) {
    std::cerr << "shakedown sql: " << answer.error().detail << '\n';
    const ErrorCode code = answer.error().code;
    return code == ErrorCode::kMalformed || code == ErrorCode::kRefused ? kBadUsage : kEnvironment;
  }
  if (answer->truncated) {
    std::cerr << "only the first " << answer->rows << " rows; --rows 0 shows all\n";
  }
  return kAllMet;
}

}  // namespace

const Verb kSqlVerb{"sql",
                    "STATEMENT",
                    "ask the database in SQL (read only)",
                    "The schema has a comment for each table:\n"
                    "  shakedown sql \"select sql from sqlite_schema where name = 'call'\"\n"
                    "  shakedown sql 'select * from interop_matrix' --format csv",
                    [](po::options_description& options) {
                      add_database_option(options);
                      options.add_options()("format",
                                            po::value<std::string>()->default_value("table"),
                                            "table, csv or json");
                      options.add_options()("rows", po::value<std::size_t>()->default_value(1000),
                                            "at most this many rows; 0 is all");
                    },
                    sql};

}  // namespace shakedown::cli

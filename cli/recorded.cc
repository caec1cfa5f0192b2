#include "cli/recorded.h"

#include <iostream>

namespace shakedown::cli {
namespace {

int code_of(const Error& error) {
  return error.code == ErrorCode::kNotFound || error.code == ErrorCode::kMalformed ? kBadUsage
                                                                                   : kEnvironment;
}

}  // namespace

void add_database_option(po::options_description& options) {
  options.add_options()("db", po::value<std::string>()->default_value("shakedown.sqlite"),
                        "the database that recorded the runs");
}

std::optional<results::Queries> open_recorded(const po::variables_map& given, int& code) {
  auto queries = results::Queries::open(text_option(given, "db"));
  if (queries) return *std::move(queries);
  std::cerr << "shakedown: " << queries.error().detail << '\n';
  code = kEnvironment;
  return std::nullopt;
}

std::optional<results::RunRecord> find_run(results::Queries& queries,
                                           const std::string& id,
                                           int& code) {
  auto run = queries.run(id);
  if (run) return *std::move(run);
  std::cerr << "shakedown: " << run.error().detail << '\n';
  code = code_of(run.error());
  return std::nullopt;
}

}  // namespace shakedown::cli

// Opening what was recorded: the verbs that read a database have this in common.
#pragma once

#include <optional>
#include <string>

#include "cli/exit_code.h"
#include "cli/verb.h"
#include "results/read/queries.h"

namespace shakedown::cli {

void add_database_option(po::options_description& options);

// After a message on stderr: nullopt, and `code` says what to exit with (kBadUsage for a run or
// call that is not there, kEnvironment for a database that cannot be read).
std::optional<results::Queries> open_recorded(const po::variables_map& given, int& code);
std::optional<results::RunRecord> find_run(results::Queries& queries,
                                           const std::string& id,
                                           int& code);

}  // namespace shakedown::cli

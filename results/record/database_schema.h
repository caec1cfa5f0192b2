// The database schema, results/record/schema.sql, as it was when this binary was built.
#pragma once

#include <string_view>

namespace shakedown::results {

// SQL statements that create every table and view in an empty database. Valid for the life of the
// process; thread-safe.
std::string_view schema_sql();

}  // namespace shakedown::results

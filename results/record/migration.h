// Databases that an older version of shakedown has written.
#pragma once

#include <cstdint>

#include "sim/result.h"

namespace shakedown::results {

class Database;

// Brings a database of schema `from` (older than kSchemaVersion) to the present one, in one
// transaction: what it holds stays as it is, what it lacks is added. Views are made anew.
Status migrate(Database& database, std::int64_t from);

}  // namespace shakedown::results

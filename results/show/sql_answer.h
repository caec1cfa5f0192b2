// The user's own question, in SQL: one statement that only reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::results {

enum class SqlFormat : std::uint8_t {
  kTable,  // Columns aligned for a terminal; NULL is empty; control characters made visible.
  kCsv,    // RFC 4180, with a header line; NULL is empty.
  kJson,   // An array of objects, one a line. A blob is its hex text.
};

struct SqlOptions {
  SqlFormat format = SqlFormat::kTable;
  std::size_t max_rows = 1000;  // 0: no limit. A table keeps all its rows in memory.
  sim::Duration time_limit = std::chrono::seconds{60};  // Of real time.
  std::function<std::int64_t()> monotonic_ns;           // The machine's monotonic clock.
};

struct SqlAnswer {
  std::size_t rows = 0;
  bool truncated = false;  // There were more than max_rows.
};

// Writes the answer in pieces. Errors: kMalformed (it does not compile, or is more than one
// statement), kRefused (it would write, attach another file, or change a setting), kTimeout,
// kEnvironment (as Database).
Result<SqlAnswer> run_sql(const std::string& path,
                          std::string_view statement,
                          const SqlOptions& options,
                          const std::function<void(std::string_view)>& write);

}  // namespace shakedown::results

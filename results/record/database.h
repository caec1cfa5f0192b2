// SQLite, as far as results/ needs it: a connection, prepared statements, errors as values.
//
// One thread at a time (SQLITE_OPEN_NOMUTEX). Errors are kEnvironment with the path and a reason
// that a person can act on; SQL that does not compile is kMalformed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sim/result.h"
#include "sim/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace shakedown::results {

inline constexpr std::int64_t kApplicationId = 0x73686b64;  // "shkd", as in schema.sql.
inline constexpr std::int64_t kSchemaVersion = 2;

struct Blob {
  std::string_view octets;
};

// A prepared statement. Parameters and columns are numbered as in SQLite: from 1 and from 0.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  void bind(int parameter, std::int64_t value);
  // Not copied: `text` must live until the next step() has returned.
  void bind(int parameter, std::string_view text);
  void bind(int parameter, Blob octets);  // Not copied either.
  void bind_null(int parameter);
  void bind_or_null(int parameter, std::string_view text);  // "" is NULL.

  void bind(int parameter, sim::Time time) { bind(parameter, time.time_since_epoch().count()); }

  void bind(int parameter, sim::Duration difference) { bind(parameter, difference.count()); }

  template <class T>
  void bind(int parameter, const std::optional<T>& value) {
    value ? bind(parameter, *value) : bind_null(parameter);
  }

  // True: there is a row. False: done, and the statement may be bound and stepped again.
  Result<bool> step();
  // For statements without rows.
  Status run();
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::string text(int column) const;            // "" if NULL.
  std::string_view text_view(int column) const;  // Valid until the next step or reset.

  sim::Time time(int column) const { return sim::Time{sim::Duration{integer(column)}}; }

  sim::Duration duration(int column) const { return sim::Duration{integer(column)}; }

  std::optional<sim::Time> optional_time(int column) const;
  std::optional<sim::Duration> optional_duration(int column) const;

  sqlite3_stmt* handle() const { return statement_; }

 private:
  friend class Database;
  Statement(sqlite3_stmt* statement, const std::string* path);

  sqlite3_stmt* statement_ = nullptr;
  const std::string* path_ = nullptr;  // Of the database, for error messages.
};

class Database {
 public:
  enum class Mode : std::uint8_t {
    kRead,    // Must exist and be a shakedown database. One of an older version is read through a
              // private copy that is brought to the present schema; the file stays as it is.
    kRecord,  // Created, with its tables, if it does not exist or is empty. One of an older version
              // is brought to the present schema first (migration.h).
  };

  static Result<std::unique_ptr<Database>> open(const std::string& path, Mode mode);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  // The first statement of `sql`; `rest` is what follows it. Error: kMalformed.
  Result<Statement> prepare(std::string_view sql, std::string_view* rest = nullptr);
  // One or more statements without parameters.
  Status execute(std::string_view sql);

  const std::string& path() const { return path_; }

  sqlite3* handle() const { return database_; }

 private:
  explicit Database(std::string path)
      : path_(std::move(path)) {}

  Status connect(Mode mode);
  Status check_identity(Mode mode);
  Status read_through_a_copy();
  Result<std::int64_t> query_integer(std::string_view sql);

  std::string path_;
  sqlite3* database_ = nullptr;
};

}  // namespace shakedown::results

#include "results/record/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstring>
#include <utility>

#include "results/record/database_schema.h"
#include "results/record/migration.h"

namespace shakedown::results {
namespace {

constexpr int kBusyTimeoutMs = 5000;

// What a person can do something about gets its own words; the rest is SQLite's.
Error describe(sqlite3* database, int code, const std::string& path) {
  const int errno_of_system = database != nullptr ? sqlite3_system_errno(database) : 0;
  const std::string system =
      errno_of_system != 0 ? fmt::format(" ({})", std::strerror(errno_of_system)) : "";
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return {ErrorCode::kEnvironment, fmt::format("'{}' is not a database", path)};
    case SQLITE_CORRUPT:
      return {ErrorCode::kEnvironment, fmt::format("the database '{}' is damaged", path)};
    case SQLITE_FULL:
      return {ErrorCode::kEnvironment, fmt::format("no space left to write '{}'", path)};
    case SQLITE_IOERR:
      return {ErrorCode::kEnvironment, fmt::format("cannot read or write '{}'{}", path, system)};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::kEnvironment, fmt::format("another process is writing to '{}'", path)};
    case SQLITE_READONLY:
      return {ErrorCode::kEnvironment, fmt::format("'{}' may not be written", path)};
    case SQLITE_CANTOPEN:
      return {ErrorCode::kEnvironment, fmt::format("cannot open '{}'{}", path, system)};
    default:
      return {ErrorCode::kEnvironment,
              fmt::format("'{}': {}", path,
                          database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code))};
  }
}

int length_of(std::string_view text) { return static_cast<int>(text.size()); }

}  // namespace

Statement::Statement(sqlite3_stmt* statement, const std::string* path)
    : statement_(statement),
      path_(path) {}

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      path_(other.path_) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(statement_, other.statement_);
  path_ = other.path_;
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::bind(int parameter, std::int64_t value) {
  SHAKEDOWN_ASSERT(sqlite3_bind_int64(statement_, parameter, value) == SQLITE_OK);
}

void Statement::bind(int parameter, std::string_view text) {
  // A null pointer would bind NULL; an empty text is a text.
  const char* data = text.data() != nullptr ? text.data() : "";
  SHAKEDOWN_ASSERT(sqlite3_bind_text(statement_, parameter, data, length_of(text), SQLITE_STATIC) ==
                   SQLITE_OK);
}

void Statement::bind(int parameter, Blob blob) {
  const char* data = blob.octets.data() != nullptr ? blob.octets.data() : "";
  SHAKEDOWN_ASSERT(sqlite3_bind_blob(statement_, parameter, data, length_of(blob.octets),
                                     SQLITE_STATIC) == SQLITE_OK);
}

void Statement::bind_null(int parameter) {
  SHAKEDOWN_ASSERT(sqlite3_bind_null(statement_, parameter) == SQLITE_OK);
}

void Statement::bind_or_null(int parameter, std::string_view text) {
  text.empty() ? bind_null(parameter) : bind(parameter, text);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  Error error = describe(sqlite3_db_handle(statement_), code, *path_);
  sqlite3_reset(statement_);
  return tl::unexpected<Error>(std::move(error));
}

Status Statement::run() {
  ASSIGN_OR_RETURN(const bool row, step());
  if (row) reset();
  return {};
}

void Statement::reset() { sqlite3_reset(statement_); }

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text_view(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string Statement::text(int column) const { return std::string(text_view(column)); }

std::optional<sim::Time> Statement::optional_time(int column) const {
  if (is_null(column)) return std::nullopt;
  return time(column);
}

std::optional<sim::Duration> Statement::optional_duration(int column) const {
  if (is_null(column)) return std::nullopt;
  return duration(column);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Mode mode) {
  std::unique_ptr<Database> database(new Database(path));
  RETURN_IF_ERROR(database->connect(mode));
  RETURN_IF_ERROR(database->check_identity(mode));
  return database;
}

Database::~Database() { sqlite3_close(database_); }

Status Database::connect(Mode mode) {
  // Debian's SQLite takes every cursor from malloc and counts it under a mutex, 20 times a row;
  // nobody reads the count. Refused, without harm, if SQLite runs already in this process.
  [[maybe_unused]] static const int without_statistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const int access =
      mode == Mode::kRead ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code =
      sqlite3_open_v2(path_.c_str(), &database_, access | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) return tl::unexpected<Error>(describe(database_, code, path_));
  sqlite3_busy_timeout(database_, kBusyTimeoutMs);
  sqlite3_extended_result_codes(database_, 1);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_ENABLE_FKEY, 1, nullptr);
  return {};
}

Status Database::check_identity(Mode mode) {
  ASSIGN_OR_RETURN(const std::int64_t application, query_integer("PRAGMA application_id"));
  ASSIGN_OR_RETURN(const std::int64_t version, query_integer("PRAGMA user_version"));
  if (application == kApplicationId) {
    if (version > kSchemaVersion) {
      return fail(
          ErrorCode::kEnvironment,
          fmt::format("'{}' was written by a newer shakedown (schema {}, this one reads {})", path_,
                      version, kSchemaVersion));
    }
    if (version == kSchemaVersion) return {};
    if (mode == Mode::kRead) RETURN_IF_ERROR(read_through_a_copy());
    return migrate(*this, version);
  }
  ASSIGN_OR_RETURN(const std::int64_t objects, query_integer("SELECT count(*) FROM sqlite_schema"));
  if (application != 0 || version != 0 || objects != 0 || mode == Mode::kRead) {
    return fail(ErrorCode::kEnvironment, fmt::format("'{}' is not a shakedown database", path_));
  }
  RETURN_IF_ERROR(execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL"));
  return execute(fmt::format("BEGIN IMMEDIATE;\n{}\nCOMMIT;", schema_sql()));
}

Status Database::read_through_a_copy() {
  sqlite3* copy = nullptr;
  // Without a name: on disk if it is large, gone when it is closed.
  int code = sqlite3_open_v2("", &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code == SQLITE_OK) {
    if (sqlite3_backup* backup = sqlite3_backup_init(copy, "main", database_, "main")) {
      sqlite3_backup_step(backup, -1);
      sqlite3_backup_finish(backup);
    }
    code = sqlite3_errcode(copy);
  }
  if (code != SQLITE_OK) {
    Error error = describe(copy, code, path_);
    sqlite3_close(copy);
    return tl::unexpected<Error>(std::move(error));
  }
  sqlite3_close(std::exchange(database_, copy));
  return {};
}

Result<std::int64_t> Database::query_integer(std::string_view sql) {
  ASSIGN_OR_RETURN(Statement statement, prepare(sql));
  ASSIGN_OR_RETURN(const bool row, statement.step());
  SHAKEDOWN_ASSERT(row);
  return statement.integer(0);
}

Result<Statement> Database::prepare(std::string_view sql, std::string_view* rest) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v2(database_, sql.data(), length_of(sql), &statement, &tail);
  if (code == SQLITE_OK) {
    if (rest != nullptr) *rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
    return Statement(statement, &path_);
  }
  if ((code & 0xff) == SQLITE_ERROR) {
    return fail(ErrorCode::kMalformed, sqlite3_errmsg(database_));
  }
  return tl::unexpected<Error>(describe(database_, code, path_));
}

Status Database::execute(std::string_view sql) {
  const std::string text(sql);
  const int code = sqlite3_exec(database_, text.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  Error error = describe(database_, code, path_);
  // A statement that failed inside its own transaction must not leave it open.
  if (sqlite3_get_autocommit(database_) == 0) {
    sqlite3_exec(database_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace shakedown::results

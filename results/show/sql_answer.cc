#include "results/show/sql_answer.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "results/record/database.h"
#include "results/show/text.h"

namespace shakedown::results {
namespace {

constexpr int kOpcodesBetweenChecks = 100'000;
constexpr int kMaxValueBytes = 64 * 1024 * 1024;
constexpr std::size_t kMaxTableCell = 60;

struct Deadline {
  std::function<std::int64_t()> now;
  std::int64_t at = 0;
  bool passed = false;
};

int check_deadline(void* context) {
  auto& deadline = *static_cast<Deadline*>(context);
  deadline.passed = deadline.now() >= deadline.at;
  return deadline.passed ? 1 : 0;
}

bool only_reads(std::string_view pragma) {
  static constexpr std::string_view kReading[] = {
      "table_info",  "table_xinfo",      "table_list",        "index_list",      "index_info",
      "index_xinfo", "foreign_key_list", "foreign_key_check", "integrity_check", "quick_check"};
  return std::find(std::begin(kReading), std::end(kReading), pragma) != std::end(kReading);
}

// A read-only connection could still attach another file or change how it reads.
int authorize(void* context,
              int action,
              const char* first,
              const char* second,
              const char* /*database*/,
              const char* /*view*/) {
  auto& refused = *static_cast<std::string*>(context);
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      if (second != nullptr && std::string_view(second) == "load_extension") break;
      return SQLITE_OK;
    case SQLITE_PRAGMA:  // With a value most are settings.
      if (second == nullptr || only_reads(first)) return SQLITE_OK;
      refused = "it changes a setting";
      return SQLITE_DENY;
    case SQLITE_UPDATE:  // How SQLite asks when it declares json_each; real ones do not pass below.
      if (first != nullptr && std::string_view(first) == "sqlite_master") return SQLITE_OK;
      break;
    case SQLITE_ATTACH:
    case SQLITE_DETACH:
      refused = "it attaches another file";
      return SQLITE_DENY;
    default:
      break;
  }
  refused = "it is not a question";
  return SQLITE_DENY;
}

std::string hex_of(const Statement& row, int column) {
  const std::string octets = row.text(column);
  std::string hex;
  for (const char c : octets) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return hex;
}

std::string cell_text(const Statement& row, int column) {
  return sqlite3_column_type(row.handle(), column) == SQLITE_BLOB ? hex_of(row, column)
                                                                  : row.text(column);
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

nlohmann::ordered_json json_value(const Statement& row, int column) {
  switch (sqlite3_column_type(row.handle(), column)) {
    case SQLITE_NULL:
      return nullptr;
    case SQLITE_INTEGER:
      return row.integer(column);
    case SQLITE_FLOAT: {
      const double value = sqlite3_column_double(row.handle(), column);
      return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
    }
    case SQLITE_BLOB:
      return hex_of(row, column);
    default:
      return row.text(column);
  }
}

// Writes rows as they come, or, for a table, when the widths of the columns are known.
class Writer {
 public:
  Writer(Statement& rows, SqlFormat format, const std::function<void(std::string_view)>& write)
      : rows_(rows),
        format_(format),
        write_(write) {
    for (int i = 0; i < sqlite3_column_count(rows.handle()); ++i) {
      names_.emplace_back(sqlite3_column_name(rows.handle(), i));
    }
  }

  void begin() {
    if (format_ == SqlFormat::kJson) return;
    std::vector<std::string> cells;
    for (const std::string& name : names_) cells.push_back(name);
    format_ == SqlFormat::kTable ? keep(std::move(cells)) : write_csv(cells);
  }

  void row() {
    if (format_ == SqlFormat::kJson) return write_json();
    std::vector<std::string> cells;
    for (int i = 0; i < static_cast<int>(names_.size()); ++i) {
      cells.push_back(cell_text(rows_, i));
      const int type = sqlite3_column_type(rows_.handle(), i);
      if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        texts_.resize(names_.size());
        texts_[static_cast<std::size_t>(i)] = true;
      }
    }
    format_ == SqlFormat::kTable ? keep(std::move(cells)) : write_csv(cells);
  }

  void end() {
    if (format_ == SqlFormat::kJson) write_(first_ ? "[]\n" : "\n]\n");
    if (format_ != SqlFormat::kTable) return;
    texts_.resize(names_.size());
    std::vector<TextTable::Align> columns;
    for (const bool text : texts_) {
      columns.push_back(text ? TextTable::Align::kLeft : TextTable::Align::kRight);
    }
    TextTable table(std::move(columns));
    for (auto& cells : kept_) table.add(std::move(cells));
    for (const std::string& line : table.lines("", kMaxTableCell)) write_(line + "\n");
  }

 private:
  void keep(std::vector<std::string> cells) {
    for (std::string& cell : cells) cell = shortened(printable(cell), kMaxTableCell);
    kept_.push_back(std::move(cells));
  }

  void write_csv(const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i)
      line += (i == 0 ? "" : ",") + csv_field(cells[i]);
    write_(line + "\r\n");
  }

  void write_json() {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (int i = 0; i < static_cast<int>(names_.size()); ++i) {
      object[names_[static_cast<std::size_t>(i)]] = json_value(rows_, i);
    }
    write_((first_ ? "[\n" : ",\n") +
           object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    first_ = false;
  }

  Statement& rows_;
  const SqlFormat format_;
  const std::function<void(std::string_view)>& write_;
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> kept_;
  std::vector<bool> texts_;  // Columns that hold text: aligned left.
  bool first_ = true;
};

// White space and comments may follow the statement, nothing else.
bool is_blank(std::string_view sql) {
  while (!sql.empty()) {
    if (std::string_view(" \t\r\n\f;").find(sql.front()) != std::string_view::npos) {
      sql.remove_prefix(1);
    } else if (sql.substr(0, 2) == "--") {
      sql.remove_prefix(std::min(sql.find('\n'), sql.size()));
    } else if (sql.substr(0, 2) == "/*") {
      const std::size_t end = sql.find("*/", 2);
      sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 2);
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<SqlAnswer> run_sql(const std::string& path,
                          std::string_view statement,
                          const SqlOptions& options,
                          const std::function<void(std::string_view)>& write) {
  SHAKEDOWN_ASSERT(options.monotonic_ns);
  if (is_blank(statement)) return fail(ErrorCode::kMalformed, "there is no statement");
  ASSIGN_OR_RETURN(auto database, Database::open(path, Database::Mode::kRead));
  std::string refused;
  sqlite3_set_authorizer(database->handle(), authorize, &refused);
  sqlite3_limit(database->handle(), SQLITE_LIMIT_LENGTH, kMaxValueBytes);

  std::string_view rest;
  Result<Statement> prepared = database->prepare(statement, &rest);
  if (!prepared) {
    if (!refused.empty()) {
      return fail(ErrorCode::kRefused, fmt::format("this statement is refused: {}", refused));
    }
    return tl::unexpected<Error>(prepared.error());
  }
  Statement rows = *std::move(prepared);
  if (!is_blank(rest)) return fail(ErrorCode::kMalformed, "more than one statement");
  if (sqlite3_stmt_readonly(rows.handle()) == 0) {
    return fail(ErrorCode::kRefused, "this statement is refused: it writes");
  }

  Deadline deadline{.now = options.monotonic_ns,
                    .at = options.monotonic_ns() + options.time_limit.count()};
  sqlite3_progress_handler(database->handle(), kOpcodesBetweenChecks, check_deadline, &deadline);
  Writer writer(rows, options.format, write);
  writer.begin();
  SqlAnswer answer;
  while (true) {
    Result<bool> row = rows.step();
    if (!row && deadline.passed) {
      return fail(ErrorCode::kTimeout,
                  fmt::format("no answer within {}", short_duration(options.time_limit)));
    }
    if (!row) return tl::unexpected<Error>(row.error());
    if (!*row) break;
    if (options.max_rows != 0 && answer.rows == options.max_rows) {
      answer.truncated = true;
      break;
    }
    writer.row();
    ++answer.rows;
  }
  writer.end();
  return answer;
}

}  // namespace shakedown::results

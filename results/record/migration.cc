#include "results/record/migration.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "results/record/database.h"
#include "results/record/database_schema.h"

namespace shakedown::results {
namespace {

// The statement of the schema that begins with `head`, up to the line whose code ends with ';'.
std::string statement_from(std::string_view schema, std::size_t begin) {
  std::size_t end = begin;
  while (end < schema.size()) {
    const std::size_t line_end = std::min(schema.find('\n', end), schema.size());
    std::string_view code = schema.substr(end, line_end - end);
    code = code.substr(0, code.find("--"));
    while (code.ends_with(' ')) code.remove_suffix(1);
    end = std::min(line_end + 1, schema.size());
    if (code.ends_with(';')) break;
  }
  return std::string(schema.substr(begin, end - begin));
}

std::string table(std::string_view name) {
  const std::size_t begin = schema_sql().find(fmt::format("\nCREATE TABLE {} (", name));
  SHAKEDOWN_ASSERT(begin != std::string_view::npos);
  return statement_from(schema_sql(), begin + 1);
}

std::string all_views() {
  std::string views;
  const std::string_view schema = schema_sql();
  constexpr std::string_view kHead = "\nCREATE VIEW ";
  for (std::size_t at = schema.find(kHead); at != std::string_view::npos;
       at = schema.find(kHead, at + 1)) {
    views += statement_from(schema, at + 1);
  }
  return views;
}

Result<std::string> drop_views(Database& database) {
  ASSIGN_OR_RETURN(Statement statement,
                   database.prepare("SELECT name FROM sqlite_schema WHERE type = 'view'"));
  std::string drops;
  while (true) {
    ASSIGN_OR_RETURN(const bool row, statement.step());
    if (!row) return drops;
    drops += fmt::format("DROP VIEW \"{}\";\n", statement.text(0));
  }
}

// 0.1.0 to 0.2.0: tables of words and of metrics, a fetch's octets, the form of the digests.
std::string from_1_to_2() {
  return "ALTER TABLE run ADD COLUMN digest_form INTEGER NOT NULL DEFAULT 1;\n"
         "ALTER TABLE fetch ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;\n" +
         table("event_kind") + table("fetch_what") + table("metric");
}

}  // namespace

Status migrate(Database& database, std::int64_t from) {
  SHAKEDOWN_ASSERT(from >= 1 && from < kSchemaVersion);
  ASSIGN_OR_RETURN(const std::string drops, drop_views(database));
  // Version by version: whoever adds version 3 adds its step here.
  std::string steps;
  if (from < 2) steps += from_1_to_2();
  return database.execute(fmt::format("BEGIN IMMEDIATE;\n{}{}{}PRAGMA user_version = {};\nCOMMIT;",
                                      drops, steps, all_views(), kSchemaVersion));
}

}  // namespace shakedown::results

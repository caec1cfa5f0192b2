// Databases of older versions: read as they are, brought to the present schema before the first
// write. tests/results/old has what version 0.1.0 wrote.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fstream>
#include <sstream>

#include "results/read/queries.h"
#include "results/record/database.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::string text_of(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// The file as 0.1.0 left it.
std::string old_database(const Folder& folder) {
  const std::string path = folder.file("old.sqlite");
  sqlite3* raw = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
  const std::string sql = text_of(SHAKEDOWN_SOURCE_DIR "/tests/results/old/schema_1.sql");
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK) << error;
  sqlite3_close(raw);
  return path;
}

std::int64_t number(const std::string& path, const std::string& sql) {
  auto database = Database::open(path, Database::Mode::kRead);
  EXPECT_TRUE(database) << database.error().detail;
  auto statement = (*database)->prepare(sql);
  EXPECT_TRUE(statement) << statement.error().detail;
  EXPECT_TRUE(*statement->step());
  return statement->integer(0);
}

TEST(OlderDatabase, IsReadAsItIsAndNotChanged) {
  Folder folder;
  const std::string path = old_database(folder);
  const std::string before = text_of(path);
  {
    auto queries = Queries::open(path);
    ASSERT_TRUE(queries) << queries.error().detail;
    const auto run = queries->run("first-call-1");
    ASSERT_TRUE(run) << run.error().detail;
    EXPECT_EQ(run->calls, (Counts{27, 21, 3, 3}));
    EXPECT_EQ(run->digest_form, 1);
    EXPECT_THAT(run->expectations, SizeIs(5));
    EXPECT_TRUE(queries->call(1, "1"));
    EXPECT_GT(number(path, "SELECT count(*) FROM event"), 5);
    EXPECT_GT(number(path, "SELECT count(*) FROM verification_latency"), 0);
    EXPECT_EQ(number(path, "SELECT sum(octets) FROM fetch"), 0);
  }
  EXPECT_EQ(text_of(path), before);
}

TEST(OlderDatabase, IsBroughtToThePresentSchemaBeforeTheFirstWrite) {
  Folder folder;
  const std::string path = old_database(folder);
  {
    TestRun run(path);
    run.record_call(a_call("acme-tel.0.1"));
    ASSERT_TRUE(run.finish());
    EXPECT_EQ(run.number(), 2);
  }
  EXPECT_EQ(number(path, "PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(number(path, "SELECT count(*) FROM run"), 2);
  EXPECT_EQ(number(path, "SELECT calls FROM run WHERE number = 1"), 27);
  // All that a new database has, the old one has too.
  Folder fresh_folder;
  { TestRun fresh(fresh_folder.file("fresh.sqlite")); }
  auto fresh = *Database::open(fresh_folder.file("fresh.sqlite"), Database::Mode::kRead);
  auto names = *fresh->prepare("SELECT type, name FROM sqlite_schema WHERE type != 'index'");
  int seen = 0;
  while (*names.step()) {
    ++seen;
    EXPECT_EQ(
        number(path, "SELECT count(*) FROM sqlite_schema WHERE name = '" + names.text(1) + "'"), 1)
        << names.text(0) << " " << names.text(1);
  }
  EXPECT_GT(seen, 15);
}

TEST(OlderDatabase, OfAVersionThatIsYetToComeIsRefusedWithWords) {
  Folder folder;
  const std::string path = folder.file("new.sqlite");
  { TestRun run(path); }
  {
    auto database = *Database::open(path, Database::Mode::kRecord);
    ASSERT_TRUE(database->execute("PRAGMA user_version = 99"));
  }
  for (const auto mode : {Database::Mode::kRead, Database::Mode::kRecord}) {
    const auto refused = Database::open(path, mode);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kEnvironment);
    EXPECT_THAT(refused.error().detail, HasSubstr("was written by a newer shakedown (schema 99"));
  }
}

}  // namespace
}  // namespace shakedown::results

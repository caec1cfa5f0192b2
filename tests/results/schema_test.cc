// The database as its users see it, through SQL.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fstream>
#include <set>

#include "results/record/database_schema.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

using Row = std::vector<std::string>;

// An empty database in memory with our schema.
class Schema : public testing::Test {
 protected:
  Schema() {
    EXPECT_EQ(sqlite3_open(":memory:", &database_), SQLITE_OK);
    EXPECT_EQ(error_of(std::string(schema_sql())), "");
    EXPECT_EQ(error_of("PRAGMA foreign_keys = ON"), "");
    EXPECT_EQ(error_of(kRun), "");
  }

  ~Schema() override { sqlite3_close(database_); }

  std::string error_of(const std::string& sql) {
    char* message = nullptr;
    sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &message);
    const std::string error = message != nullptr ? message : "";
    sqlite3_free(message);
    return error;
  }

  static constexpr const char* kRun =
      "INSERT INTO run (number, id, scenario, scenario_file, scenario_text, scenario_sha256, "
      "question, clock, seed, overrides, costs, version, openssl_version, host, started_ns, "
      "epoch_ns, digest_form, state) VALUES (1, 'r', 's', 's', '', '', '', 'virtual', '7', '[]', "
      "'{}', '', '', '', 0, 0, 1, 'unfinished')";
  static constexpr const char* kCall =
      "INSERT INTO call (number, run, id, originating, claims_to_be, terminating, calling_number, "
      "called_number, outcome, placed_ns, recorded_ns) "
      "VALUES (1, 1, 'c', 'a', 'a', 'b', '1', '2', 'passed', 0, 0)";

  sqlite3* database_ = nullptr;
};

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST_F(Schema, TakesOnlyTheWordsOfItsEnumerations) {
  EXPECT_THAT(error_of(replaced(replaced(kRun, "'r'", "'r2'"), "'virtual'", "'sundial'")),
              HasSubstr("CHECK"));
  EXPECT_THAT(error_of(replaced(replaced(replaced(kRun, "(1,", "(2,"), "'r'", "'r2'"),
                                "'unfinished'", "'done'")),
              HasSubstr("CHECK"));
  EXPECT_THAT(error_of(replaced(kCall, "'passed'", "'fine'")), HasSubstr("CHECK"));
  EXPECT_EQ(error_of(kCall), "");
  EXPECT_THAT(error_of("UPDATE call SET attest = 'D'"), HasSubstr("CHECK"));
  EXPECT_THAT(error_of("UPDATE call SET sip_status = 42"), HasSubstr("CHECK"));
  EXPECT_THAT(error_of("INSERT INTO fetch VALUES (1, 1, 'a', NULL, 'crl', 'u', NULL, 'luck', 200, "
                       "0, 0, 0)"),
              HasSubstr("CHECK"));
  EXPECT_THAT(error_of("INSERT INTO certificate VALUES (1, 'f', 'leaf', 'c', 'a', 's', '1', NULL, "
                       "0, 0, 0, x'00')"),
              HasSubstr("CHECK"));
  EXPECT_THAT(error_of("INSERT INTO participant VALUES (1, 'a', 'bystander', NULL, NULL)"),
              HasSubstr("CHECK"));
  EXPECT_THAT(error_of("INSERT INTO expectation VALUES (1, 1, 'e', 't', 2, '', '', NULL, NULL)"),
              HasSubstr("CHECK"));
  EXPECT_THAT(
      error_of("INSERT INTO metric VALUES (1, 'm', '', '', '', '', '', '', 'p98', 1, 'ns')"),
      HasSubstr("CHECK"));
  EXPECT_THAT(error_of("INSERT INTO metric VALUES (1, 'm', '', '', '', '', '', '', 'max', 1, 's')"),
              HasSubstr("CHECK"));
}

TEST_F(Schema, TakesOnlyTheTypesOfItsColumns) {
  EXPECT_THAT(error_of(replaced(kCall, "0, 0)", "'noon', 0)")), HasSubstr("cannot store TEXT"));
}

TEST_F(Schema, KeepsRowsTogetherByForeignKeys) {
  EXPECT_THAT(error_of(replaced(kCall, "(1, 1,", "(1, 2,")), HasSubstr("FOREIGN KEY"));
  EXPECT_THAT(error_of("INSERT INTO verification (run, call, verifier, profile, verstat, "
                       "started_ns, latency_ns, trace) VALUES (1, 77, 'b', 'rfc8224', "
                       "'TN-Validation-Passed', 0, 0, '[]')"),
              HasSubstr("FOREIGN KEY"));
}

TEST_F(Schema, SaysWhoseFileItIs) {
  const auto integer = [&](const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr);
    sqlite3_step(statement);
    const std::int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
  };
  EXPECT_EQ(integer("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(integer("PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(integer("SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND schema = "
                    "'main' AND name NOT LIKE 'sqlite_%' AND strict = 0"),
            0);
}

// Every table and view is explained where it is defined.
TEST(SchemaText, HasACommentForEachTableAndView) {
  std::string_view text = schema_sql();
  std::string last;
  int objects = 0;
  while (!text.empty()) {
    const std::string line(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const bool object = line.rfind("CREATE ", 0) == 0;
    if (object) {
      EXPECT_THAT(last, StartsWith("--")) << line;
      ++objects;
    }
    last = line;
  }
  EXPECT_GE(objects, 15);
}

std::vector<Row> rows_of(const std::string& path, const std::string& sql) {
  auto database = *Database::open(path, Database::Mode::kRead);
  auto statement = database->prepare(sql);
  if (!statement) return {{statement.error().detail}};
  std::vector<Row> rows;
  while (*statement->step()) {
    Row row;
    for (int i = 0; i < sqlite3_column_count(statement->handle()); ++i) {
      row.push_back(statement->text(i));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

TEST(Views, InteropMatrixCountsImpostorsApart) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record_call(a_call("a"));
  run.record_call(a_call("b", 2s, actors::CallOutcome::kFailed));
  auto impostor = a_call("c");
  impostor->from = "mallory";
  run.record_call(std::move(impostor));
  ASSERT_TRUE(run.finish());
  EXPECT_THAT(
      rows_of(folder.file("db"), "SELECT * FROM interop_matrix WHERE run = 1"),
      ElementsAre(Row{"1", "acme-tel", "acme-tel", "beta-voice", "2", "1", "1", "0", "50.0"},
                  Row{"1", "mallory", "acme-tel", "beta-voice", "1", "1", "0", "0", "100.0"}));
}

TEST(Views, LatenciesAreNearestRankPerPair) {
  Folder folder;
  TestRun run(folder.file("db"));
  for (int i = 1; i <= 200; ++i) {
    auto call = a_call("c" + std::to_string(i));
    call->signing_latency = sim::Duration{i};
    auto verification = a_verification(call->id);
    verification->latency = sim::Duration{1000 * i};
    run.record(1s, std::move(verification), "beta-voice");
    run.record(1s, std::move(call), "acme-tel");
  }
  ASSERT_TRUE(run.finish());
  EXPECT_THAT(rows_of(folder.file("db"), "SELECT * FROM signing_latency"),
              ElementsAre(Row{"1", "acme-tel", "beta-voice", "200", "100", "190", "198", "200"}));
  EXPECT_THAT(rows_of(folder.file("db"), "SELECT * FROM verification_latency"),
              ElementsAre(Row{"1", "acme-tel", "beta-voice", "200", "100000", "190000", "198000",
                              "200000"}));
}

TEST(Views, TraceStepUnfoldsThePackedTrace) {
  Folder folder;
  TestRun run(folder.file("db"));
  auto call = a_call("c");
  auto verification = a_verification("c");
  using actors::StepResult;
  verification->trace = {{"one", StepResult::kPassed, 0ns, 5ns},
                         {"two", StepResult::kPassed, 5ns, 0ns},
                         {"three", StepResult::kReported, 9ns, 2ns},
                         {"four", StepResult::kFailed, 11ns, 0ns},
                         {"five", StepResult::kSkipped, 0ns, 0ns}};
  run.record(1s, std::move(verification), "beta-voice");
  run.record(1s, std::move(call), "acme-tel");
  ASSERT_TRUE(run.finish());
  EXPECT_THAT(
      rows_of(folder.file("db"),
              "SELECT position, step, result, started_ns, took_ns "
              "FROM trace_step WHERE call = 1 ORDER BY position"),
      ElementsAre(Row{"1", "one", "passed", "0", "5"}, Row{"2", "two", "passed", "5", "0"},
                  Row{"3", "three", "reported", "9", "2"}, Row{"4", "four", "failed", "11", "0"},
                  Row{"5", "five", "skipped", "", ""}));
}

TEST(Views, AffectedByCaFindsCertificatesHoldersAndCalls) {
  Folder folder;
  TestRun run(folder.file("db"));
  run.record(0s, a_certificate("c1", "ca-one", "acme-tel"), "ca-one");
  run.record(0s, a_certificate("c2", "ca-two", "gamma-net"), "ca-two");
  auto delegate_ca = a_certificate("c3", "ca-one", "enterprise-ca");
  delegate_ca->kind = stir::CertificateRole::kDelegateCa;
  run.record(0s, std::move(delegate_ca), "ca-one");
  auto delegate = a_certificate("c4", "enterprise-ca", "shop");
  delegate->kind = stir::CertificateRole::kDelegate;
  run.record(0s, std::move(delegate), "enterprise-ca");
  auto root = a_certificate("c0", "ca-one", "ca-one");
  root->kind = stir::CertificateRole::kRoot;
  run.record(0s, std::move(root), "ca-one");
  for (const char* fingerprint : {"c1", "c2", "c4"}) {
    auto call = a_call(std::string("under-") + fingerprint);
    auto verification = a_verification(call->id);
    verification->certificate = fingerprint;
    run.record(1s, std::move(verification), "beta-voice");
    run.record(1s, std::move(call), "acme-tel");
  }
  ASSERT_TRUE(run.finish());
  EXPECT_THAT(
      rows_of(folder.file("db"),
              "SELECT what, id FROM affected_by_ca WHERE run = 1 AND ca = 'ca-one' "
              "ORDER BY what, id"),
      ElementsAre(Row{"call", "under-c1"}, Row{"call", "under-c4"}, Row{"certificate", "c1"},
                  Row{"certificate", "c3"}, Row{"certificate", "c4"}, Row{"provider", "acme-tel"},
                  Row{"provider", "enterprise-ca"}, Row{"provider", "shop"}));
}

}  // namespace
}  // namespace shakedown::results

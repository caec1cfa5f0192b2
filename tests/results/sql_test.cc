#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "results/show/sql_answer.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using testing::HasSubstr;

class Sql : public testing::Test {
 protected:
  Sql() {
    TestRun run(folder_.file("db"));
    for (int i = 0; i < 5; ++i) run.record_call(a_call("c" + std::to_string(i)));
    run.record(1s, a_certificate("f0", "ca-one", "acme-tel"), "ca-one");
    EXPECT_TRUE(run.finish());
  }

  // Fails the test, with the reason, where an answer is expected.
  SqlAnswer answer(std::string_view statement) {
    const auto answered = ask(statement);
    if (answered) return *answered;
    ADD_FAILURE() << answered.error().detail;
    return {};
  }

  Result<SqlAnswer> ask(std::string_view statement) {
    out_.clear();
    options_.monotonic_ns = [this] { return now_ += 1'000'000; };
    return run_sql(folder_.file("db"), statement, options_,
                   [this](std::string_view piece) { out_ += piece; });
  }

  Folder folder_;
  SqlOptions options_;
  std::string out_;
  std::int64_t now_ = 0;
};

TEST_F(Sql, WritesATable) {
  ASSERT_TRUE(ask("select number, id, via from call where number < 3"));
  EXPECT_EQ(out_, "number  id  via\n     1  c0\n     2  c1\n");
}

TEST_F(Sql, WritesCsv) {
  options_.format = SqlFormat::kCsv;
  ASSERT_TRUE(ask("select 1 as one, 'a,b' as \"x\"\"y\", 'say \"hi\"' as z, null as n;  -- so"));
  EXPECT_EQ(out_, "one,\"x\"\"y\",z,n\r\n1,\"a,b\",\"say \"\"hi\"\"\",\r\n");
}

TEST_F(Sql, WritesJson) {
  options_.format = SqlFormat::kJson;
  ASSERT_TRUE(
      ask("select number, id, via, 1.5 as x, der as d, 9e999 as inf from call, certificate "
          "where number < 3"));
  const auto json = nlohmann::json::parse(out_);
  ASSERT_EQ(json.size(), 2U);
  EXPECT_EQ(json[1]["id"], "c1");
  EXPECT_TRUE(json[1]["via"].is_null());
  EXPECT_EQ(json[1]["x"], 1.5);
  EXPECT_EQ(json[1]["d"], "3003020105");
  EXPECT_TRUE(json[1]["inf"].is_null());
  ASSERT_TRUE(ask("select * from call where 0"));
  EXPECT_EQ(out_, "[]\n");
}

TEST_F(Sql, ShowsNoControlCharactersInATable) {
  ASSERT_TRUE(ask("select char(27) || '[2J' as x"));
  EXPECT_EQ(out_, "x\n\\x1b[2J\n");
}

TEST_F(Sql, StopsAtTheLimitOfRows) {
  options_.max_rows = 2;
  EXPECT_EQ(answer("select id from call").rows, 2U);
  EXPECT_TRUE(answer("select id from call").truncated);
  options_.max_rows = 5;
  EXPECT_FALSE(answer("select id from call").truncated);
  options_.max_rows = 0;
  EXPECT_EQ(answer("select id from call").rows, 5U);
}

TEST_F(Sql, StopsWhenTimeIsUp) {
  options_.time_limit = 10ms;  // Each look at the clock is a millisecond.
  const auto late =
      ask("with recursive n(i) as (select 1 union all select i + 1 from n) "
          "select count(*) from n");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
}

TEST_F(Sql, UnderstandsOnlyOneStatement) {
  EXPECT_EQ(ask("select 1; select 2").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ask("").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(ask(" -- nothing").error().code, ErrorCode::kMalformed);
  EXPECT_TRUE(ask("select 1; /* done */ ;"));
}

TEST_F(Sql, SaysWhatIsWrong) {
  const auto wrong = ask("select colour from call");
  EXPECT_EQ(wrong.error().code, ErrorCode::kMalformed);
  EXPECT_THAT(wrong.error().detail, HasSubstr("no such column: colour"));
}

TEST_F(Sql, RefusesWhatIsNoQuestion) {
  for (const std::string statement :
       {"delete from call", "insert into call default values", "update run set seed = '8'",
        "create table x (y)", "drop table call", "pragma user_version = 9", "begin",
        "pragma journal_mode = wal", "vacuum", "reindex", "analyze"}) {
    EXPECT_EQ(ask(statement).error().code, ErrorCode::kRefused) << statement;
  }
  EXPECT_EQ(ask("attach '" + folder_.file("other") + "' as o").error().code, ErrorCode::kRefused);
  EXPECT_EQ(ask("vacuum into '" + folder_.file("copy") + "'").error().code, ErrorCode::kRefused);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("copy")));
  EXPECT_FALSE(std::filesystem::exists(folder_.file("other")));
  EXPECT_FALSE(ask("select load_extension('x')"));
  EXPECT_EQ(answer("select count(*) from call").rows, 1U);
}

TEST_F(Sql, AllowsLookingAtTheSchema) {
  EXPECT_GT(answer("select sql from sqlite_schema").rows, 10U);
  EXPECT_GT(answer("select name from pragma_table_info('call')").rows, 10U);
  EXPECT_TRUE(ask("explain query plan select * from call_detail"));
  EXPECT_TRUE(ask("select * from trace_step where call = 1"));
  EXPECT_THAT(out_, HasSubstr("signature_verifies"));
}

TEST_F(Sql, BoundsTheSizeOfAValue) { EXPECT_FALSE(ask("select zeroblob(1000000000)")); }

}  // namespace
}  // namespace shakedown::results

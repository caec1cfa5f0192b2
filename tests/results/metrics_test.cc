// The rows of the table of metrics, and what is said of their values.
#include "results/read/metrics.h"

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <algorithm>
#include <set>

#include "sim/random.h"
#include "tests/results/a_run.h"

namespace shakedown::results {
namespace {

using actors::CallOutcome;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

std::int64_t ns(sim::Duration duration) { return duration.count(); }

TEST(Quantiles, AreNearestRank) {
  Values tens;
  for (int i = 1; i <= 10; ++i) tens.push_back(10 * i);
  EXPECT_EQ(quantile_of(tens, {0}), 10);
  EXPECT_EQ(quantile_of(tens, {1000}), 10);
  EXPECT_EQ(quantile_of(tens, {1001}), 20);
  EXPECT_EQ(quantile_of(tens, kP50), 50);
  EXPECT_EQ(quantile_of(tens, kP99), 100);
  EXPECT_EQ(quantile_of(tens, kMaximum), 100);
}

TEST(Statistics, SpeakOfAllValues) {
  Values values;
  for (int i = 1; i <= 2000; ++i) values.push_back(i);
  std::vector<std::pair<std::string_view, std::int64_t>> said;
  for (const Statistic& one : statistics()) said.emplace_back(one.id, one.of(values));
  using Said = std::pair<std::string_view, std::int64_t>;
  EXPECT_THAT(
      said, ElementsAre(Said{"p50", 1000}, Said{"p90", 1800}, Said{"p95", 1900}, Said{"p99", 1980},
                        Said{"p999", 1998}, Said{"mean", 1000}, Said{"max", 2000}));
}

TEST(Units, SayValuesInTheirWords) {
  EXPECT_EQ(exact_text(Unit::kCount, 12), "12");
  EXPECT_EQ(exact_text(Unit::kShare, 999'000), "99.9%");
  EXPECT_EQ(exact_text(Unit::kShare, 1'000'000), "100%");
  EXPECT_EQ(exact_text(Unit::kShare, 1), "0.0001%");
  EXPECT_EQ(exact_text(Unit::kDuration, ns(1h + 2ms + 3ns)), "1h 0.002000003s");
  EXPECT_EQ(rounded_text(Unit::kDuration, ns(1h + 5s + 2ms)), "1h 5s");
  EXPECT_EQ(rounded_text(Unit::kDuration, ns(6ms + 53us + 511ns)), "6.053ms");
  EXPECT_EQ(rounded_text(Unit::kShare, 808'513), "80.8513%");
}

// The rows that a query gives, as text.
std::vector<std::vector<std::string>> sql_rows(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  std::vector<std::vector<std::string>> rows;
  const auto add = [](void* into, int columns, char** values, char**) {
    static_cast<decltype(rows)*>(into)->emplace_back(values, values + columns);
    return 0;
  };
  char* message = nullptr;
  sqlite3_exec(database, sql.c_str(), add, &rows, &message);
  if (message != nullptr) ADD_FAILURE() << message;
  sqlite3_close(database);
  return rows;
}

TEST(Quantiles, AreThoseOfTheViews) {
  Folder folder;
  TestRun run(folder.file("db"));
  sim::Random random(sim::Lineage::root(20'260'105));
  constexpr int kPairs = 60;
  for (int pair = 0; pair < kPairs; ++pair) {
    const std::uint64_t calls = 1 + random.below(pair < 20 ? 4 : 250);
    const std::uint64_t spread = 1 + random.below(300);  // Often so small that values are equal.
    for (std::uint64_t i = 0; i < calls; ++i) {
      auto call = a_call(fmt::format("c{}.{}", pair, i));
      call->from = call->claims_to_be = fmt::format("caller-{}", pair);
      call->signing_latency = sim::Duration{static_cast<std::int64_t>(random.below(spread))};
      auto verification = a_verification(call->id);
      verification->latency = sim::Duration{static_cast<std::int64_t>(random.below(spread))};
      run.record(1s, std::move(verification), "beta-voice");
      run.record(1s, std::move(call), "caller");
    }
  }
  ASSERT_TRUE(run.finish());
  Queries queries = run.queries();
  for (const std::string id : {"signing_latency", "verification_latency"}) {
    const auto rows = sql_rows(folder.file("db"),
                               "SELECT originating, calls, p50_ns, p95_ns, "
                               "p99_ns, max_ns FROM " +
                                   id);
    ASSERT_THAT(rows, SizeIs(kPairs));
    for (const auto& row : rows) {
      const auto values = measure({queries, run.number(), kEpoch},
                                  {&metric(id), {.of = row[0], .terminating = "beta-voice"}});
      ASSERT_TRUE(values);
      std::vector<std::string> expected{row[0], std::to_string(values->size())};
      for (const Quantile which : {kP50, kP95, kP99, kMaximum}) {
        expected.push_back(std::to_string(quantile_of(*values, which)));
      }
      EXPECT_EQ(row, expected) << id;
    }
  }
}

// A run in which there is something to measure for every metric: acme-tel and gamma-net call
// beta-voice and delta-com, mallory robs them after an hour, ca-one is removed after two.
class Measured : public testing::Test {
 protected:
  Measured()
      : run_(folder_.file("db"), info()) {
    const auto call = [this](const std::string& from, const std::string& as, sim::Duration at,
                             CallOutcome outcome, const std::string& to = "beta-voice") {
      auto made = a_call(fmt::format("{}.{}", from, ++calls_), at, outcome);
      made->from = from;
      made->claims_to_be = as;
      made->to = to;
      run_.record_call(std::move(made));
    };
    run_.record(0s, a_certificate(std::string(64, 'c'), "ca-one", "acme-tel"), "ca-one");
    call("acme-tel", "acme-tel", 1min, CallOutcome::kPassed);
    call("acme-tel", "acme-tel", 10min, CallOutcome::kFailed);
    call("acme-tel", "acme-tel", 30min, CallOutcome::kUnverified);
    call("gamma-net", "gamma-net", 40min, CallOutcome::kFailed, "delta-com");
    call("eve", "eve", 45min, CallOutcome::kUnverified);
    for (const std::string victim : {"acme-tel", "gamma-net"}) {
      run_.record(1h, a_happening(actors::HappeningKind::kKeyStolen, victim, "mallory"), "mallory");
    }
    call("mallory", "acme-tel", 50min, CallOutcome::kPassed);  // Not with the stolen key.
    call("mallory", "acme-tel", 90min, CallOutcome::kPassed);
    call("mallory", "acme-tel", 100min, CallOutcome::kPassed, "delta-com");
    call("mallory", "acme-tel", 110min, CallOutcome::kFailed);
    call("mallory", "gamma-net", 70min, CallOutcome::kPassed);
    run_.record(2h, a_happening(actors::HappeningKind::kCaRemoved, "ca-one"),
                "policy-administrator");
    run_.record(2h, a_happening(actors::HappeningKind::kCaRemoved, "ca-two"),
                "policy-administrator");
    call("acme-tel", "acme-tel", 2h + 5min, CallOutcome::kPassed);
    call("acme-tel", "acme-tel", 2h + 10min, CallOutcome::kPassed, "delta-com");
    record_fetches();
    record_the_rest();
    EXPECT_TRUE(run_.finish());
  }

  static RunInfo info() {
    RunInfo info = a_run_info();
    info.participants = {
        {.name = "mallory", .role = Role::kAdversary},
        {.name = "eve", .role = Role::kAdversary},
        {.name = "acme-tel/origin", .role = Role::kRepository, .detail = "https://cr.acme.test"},
        {.name = "gamma-net/origin", .role = Role::kRepository, .detail = "https://cr.gamma.test"}};
    return info;
  }

  void record_fetches() {
    for (const std::string host : {"cr.acme.test", "cr.gamma.test", "cr.acme.test.evil.test"}) {
      auto fetch = a_fetch("acme-tel.1");
      fetch->url = "https://" + host + "/1.pem";
      fetch->edge = "";  // Nobody answered.
      fetch->status = 0;
      fetch->latency = 5ms;
      run_.record(1min, std::move(fetch), "beta-voice");
    }
  }

  void record_the_rest() {
    auto issuance = std::make_unique<actors::IssuanceEvent>();
    issuance->ca = "ca-one";
    issuance->because = "first";
    issuance->issued = true;
    run_.record(2min, std::move(issuance), "acme-tel");
    auto revocation = std::make_unique<actors::RevocationEvent>();
    revocation->issuer = "ca-one";
    revocation->serial = "01ab";
    revocation->reported_by = "acme-tel";
    revocation->reported_at = kEpoch + 5min;
    run_.record(65min, std::move(revocation), "policy-administrator");
  }

  Values of(std::string_view id, const Scope& scope = {}) {
    auto values = measure({queries_, 1, kEpoch}, {&metric(id), scope});
    if (!values) ADD_FAILURE() << values.error().detail;
    return values.value_or(Values{});
  }

  Folder folder_;
  int calls_ = 0;
  TestRun run_;
  Queries queries_{run_.queries()};
};

TEST_F(Measured, ExposureRunsFromTheTheftToTheLastCallThatPassed) {
  EXPECT_THAT(of("exposure_window"), ElementsAre(ns(40min)));
  EXPECT_THAT(of("exposure_window", {.of = "mallory"}), ElementsAre(ns(40min)));
  EXPECT_THAT(of("exposure_window", {.terminating = "beta-voice"}), ElementsAre(ns(30min)));
  EXPECT_THAT(of("exposure_window", {.victim = "gamma-net"}), ElementsAre(ns(10min)));
  EXPECT_THAT(of("exposure_window", {.victim = "gamma-net", .terminating = "delta-com"}),
              ElementsAre(0))
      << "a theft that was of no use there";
  EXPECT_THAT(of("exposure_window", {.of = "eve"}), IsEmpty()) << "it stole nothing";
}

TEST_F(Measured, SafetyIsWhenTheLastCallUnderTheRemovedCaHasPassed) {
  EXPECT_THAT(of("time_to_safety"), ElementsAre(ns(10min)));
  EXPECT_THAT(of("time_to_safety", {.of = "ca-one", .terminating = "beta-voice"}),
              ElementsAre(ns(5min)));
  EXPECT_THAT(of("time_to_safety", {.of = "ca-two"}), ElementsAre(0));
  EXPECT_THAT(of("time_to_safety", {.of = "ca-three"}), IsEmpty()) << "it was not removed";
}

TEST_F(Measured, LostCallsAreThoseOfGoodCallers) {
  EXPECT_THAT(of("calls_lost"), ElementsAre(3)) << "neither eve's nor mallory's";
  EXPECT_THAT(of("calls_lost", {.of = "acme-tel"}), ElementsAre(2));
  EXPECT_THAT(of("calls_lost", {.of = "acme-tel", .after = 20min, .before = 31min}),
              ElementsAre(1));
  EXPECT_THAT(of("calls_lost", {.of = "acme-tel", .before = 2min}), ElementsAre(0));
  EXPECT_THAT(of("calls_lost", {.of = "nobody"}), IsEmpty()) << "no call shows nothing";
  EXPECT_THAT(of("recovery_time"), ElementsAre(ns(30min)));
  EXPECT_THAT(of("recovery_time", {.of = "acme-tel"}), ElementsAre(ns(20min)));
  EXPECT_THAT(of("recovery_time", {.of = "acme-tel", .before = 2min}), ElementsAre(0));
  EXPECT_THAT(of("recovery_time", {.of = "nobody"}), IsEmpty());
}

TEST_F(Measured, ForgedCallsAreThoseInSomebodyElsesName) {
  EXPECT_THAT(of("forged_calls_passed"), ElementsAre(4));
  EXPECT_THAT(of("forged_calls_passed", {.victim = "acme-tel", .terminating = "beta-voice"}),
              ElementsAre(2));
  EXPECT_THAT(of("forged_calls_passed", {.of = "mallory", .after = 110min}), ElementsAre(0));
  EXPECT_THAT(of("forged_calls_passed", {.of = "eve"}), IsEmpty()) << "she forged none";
}

TEST_F(Measured, LatenciesAreSortedAndThoseOfThePair) {
  EXPECT_THAT(of("post_dial_delay"), SizeIs(12));
  EXPECT_THAT(of("signing_latency", {.of = "gamma-net"}), ElementsAre(ns(1ms)));
  EXPECT_THAT(of("verification_latency", {.of = "delta-com"}), SizeIs(3)) << "whose service";
  EXPECT_THAT(of("verification_latency", {.of = "acme-tel", .terminating = "delta-com"}),
              ElementsAre(ns(20095us)));
  EXPECT_THAT(of("verification_latency", {.of = "acme-tel"}), IsEmpty()) << "it verified none";
}

TEST_F(Measured, FetchesAreCountedByTheRepositoryThatWasAsked) {
  EXPECT_THAT(of("certificate_fetches"), ElementsAre(3));
  EXPECT_THAT(of("certificate_fetches", {.repository_of = "acme-tel"}), ElementsAre(1));
  EXPECT_THAT(of("fetch_latency", {.of = "beta-voice", .repository_of = "gamma-net"}),
              ElementsAre(ns(5ms)));
  EXPECT_THAT(of("cache_hit_ratio"), ElementsAre((10 - 3) * 100'000));
  EXPECT_THAT(of("cache_hit_ratio", {.of = "delta-com"}), ElementsAre(1'000'000));
  EXPECT_THAT(of("cache_hit_ratio", {.of = "acme-tel"}), IsEmpty());
}

TEST_F(Measured, CertificatesAreCountedByTheirLife) {
  EXPECT_THAT(of("certificates_issued", {.of = "acme-tel"}), ElementsAre(1));
  EXPECT_THAT(of("certificates_revoked", {.of = "acme-tel"}), ElementsAre(1));
  EXPECT_THAT(of("certificates_revoked", {.of = "ca-one"}), ElementsAre(0));
  EXPECT_THAT(of("revocation_lag"), ElementsAre(ns(1h)));
}

TEST_F(Measured, ARowIsNarrowedByWhatItSays) {
  std::set<std::string_view> ids;
  for (const Metric& one : metrics()) {
    SCOPED_TRACE(one.id);
    EXPECT_TRUE(ids.insert(one.id).second);
    EXPECT_THAT(one.question, testing::EndsWith("."));
    const Values whole = of(one.id);
    EXPECT_THAT(whole, testing::Not(IsEmpty())) << "this run has nothing for it";
    const Narrowing& by = one.narrowed_by;
    const auto narrows = [&](bool is_known, const Scope& scope) {
      if (!is_known) return;
      EXPECT_NE(of(one.id, scope), whole);
    };
    narrows(by.of, {.of = "nobody"});
    narrows(by.victim, {.victim = "nobody"});
    narrows(by.terminating, {.terminating = "nobody"});
    narrows(by.repository_of, {.repository_of = "nobody"});
    narrows(by.window, {.after = 100h});
    narrows(by.window, {.before = -1h});
  }
}

TEST_F(Measured, TheTableHasTheWholeRunAndWhatIsNamedOnce) {
  const Measurement lost{&metric("calls_lost"), {.of = "acme-tel"}};
  const Measurement fetched{&metric("fetch_latency"),
                            {.repository_of = "acme-tel", .after = 0s, .before = 90min}};
  const Measurement nothing{&metric("signing_latency"), {.of = "delta-com"}};
  auto values = measure_all({queries_, 1, kEpoch}, {lost, fetched, lost, nothing, {lost.metric}});
  ASSERT_TRUE(values);
  TestRun next(folder_.file("db"));
  ASSERT_TRUE(next.finish({}, sim::RunSummary::End::kDone, *values));
  const std::string path = folder_.file("db");
  const auto of_id = [&](const std::string& id) {
    return sql_rows(
        path, "SELECT of, statistic, value, unit FROM metric WHERE run = 2 AND id = '" + id + "'");
  };
  using Row = std::vector<std::string>;
  EXPECT_THAT(of_id("calls_lost"),
              ElementsAre(Row{"", "value", "3", "count"}, Row{"acme-tel", "value", "2", "count"}));
  EXPECT_THAT(of_id("cache_hit_ratio"), ElementsAre(Row{"", "value", "700000", "ppm"}));
  EXPECT_THAT(sql_rows(path,
                       "SELECT repository_of, after, before, statistic, value, unit FROM "
                       "metric WHERE id = 'fetch_latency' AND repository_of <> '' "
                       "AND statistic IN ('count', 'p999')"),
              ElementsAre(Row{"acme-tel", "0s", "1h 30m", "count", "1", "count"},
                          Row{"acme-tel", "0s", "1h 30m", "p999", "5000000", "ns"}));
  EXPECT_THAT(sql_rows(path, "SELECT statistic, value FROM metric WHERE of = 'delta-com'"),
              ElementsAre(Row{"count", "0"}))
      << "of no values there is no median";
  EXPECT_THAT(sql_rows(path,
                       "SELECT DISTINCT id FROM metric WHERE of = '' AND "
                       "repository_of = ''"),
              SizeIs(metrics().size()));
}

}  // namespace
}  // namespace shakedown::results

// The small values of sim/: costs, faults, own clocks, server queues, errors and summaries.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sim/active_faults.h"
#include "sim/costs.h"
#include "sim/own_clock.h"
#include "sim/result.h"
#include "sim/server_queue.h"
#include "sim/world.h"
#include "tests/sim/test_work.h"

namespace shakedown::sim {
namespace {

const Time kValueStart = from_unix_seconds(1'767'603'600);

TEST(Costs, RoundTripThroughJson) {
  Costs costs = test_costs();
  costs.set(kSign, 1ms);
  EXPECT_EQ(costs.to_json(), "{\n  \"sign\": \"1ms\",\n  \"verify_signature\": \"87us\"\n}\n");
  const Costs read = test_costs().with_json(costs.to_json()).value();
  EXPECT_EQ(read.of(kSign), 1ms);
  EXPECT_EQ(read.of(kVerifySignature), 87us);
  EXPECT_EQ(read.of(Work::kOther), 0s);
  EXPECT_EQ(Costs().to_json(), "{\n}\n");
}

TEST(Costs, NamesLeftOutKeepTheirFigure) {
  const Costs costs = test_costs().with_json(R"({"sign": "1ms"})").value();
  EXPECT_EQ(costs.of(kSign), 1ms);
  EXPECT_EQ(costs.of(kVerifySignature), 87us);
}

TEST(Costs, EveryErrorNamesItsPlace) {
  const auto detail = [](std::string_view text) {
    const Result<Costs> result = test_costs().with_json(text);
    EXPECT_FALSE(result) << text;
    return result ? std::string() : result.error().detail;
  };
  EXPECT_EQ(detail("{"), "a cost file is one JSON object");
  EXPECT_EQ(detail("[]"), "a cost file is one JSON object");
  EXPECT_EQ(detail(R"({"sing": "1ms"})"), "unknown kind of work 'sing'");
  EXPECT_EQ(detail(R"({"other": "1ms"})"), "unknown kind of work 'other'");
  EXPECT_EQ(detail(R"({"sign": 1})"), "cost of 'sign' is not a text like \"29us\"");
  EXPECT_EQ(detail(R"({"sign": "-1ms"})"), "cost of 'sign' is negative");
  EXPECT_EQ(detail(R"({"sign": "2d"})"), "cost of 'sign' is over a day");
  EXPECT_EQ(detail(R"({"sign": "1ms", "sign": "2ms"})"), "cost 'sign' is given twice");
  EXPECT_EQ(detail(R"({"sign": "soon"})"),
            "cost of 'sign': not a duration: 'soon' (expected a number)");
  EXPECT_EQ(test_costs().with_json(std::string(100'000, ' ')).error().code, ErrorCode::kTooLarge);
}

TEST(Fault, HitsByNameOrBelowAnOwner) {
  Fault fault;
  fault.actor = "acme-tel/origin";
  EXPECT_TRUE(fault.hits("acme-tel/origin"));
  EXPECT_FALSE(fault.hits("acme-tel"));
  fault.actor = "acme-tel/*";
  EXPECT_TRUE(fault.hits("acme-tel/origin"));
  EXPECT_TRUE(fault.hits("acme-tel/edge/west"));
  EXPECT_FALSE(fault.hits("acme-tel"));
  EXPECT_FALSE(fault.hits("acme-telephone/x"));
  EXPECT_FALSE(fault.hits("acme-tel/"));
}

TEST(Fault, KindsHaveNames) {
  for (int i = 0; i < 12; ++i) {
    const auto kind = static_cast<Fault::Kind>(i);
    EXPECT_EQ(parse_fault_kind(to_string(kind)).value(), kind);
  }
  EXPECT_EQ(to_string(Fault::Kind::kResetPeer), "reset_peer");
  EXPECT_FALSE(parse_fault_kind("earthquake"));
}

TEST(ActiveFaults, TheWorstOfSeveralDecides) {
  ActiveFaults faults;
  const Lineage exchange = Lineage::root(1);
  Fault fault;
  fault.actor = "a";
  fault.kind = Fault::Kind::kErrorStatus;
  fault.status = 500;
  faults.begin(fault, kValueStart);
  EXPECT_EQ(faults.on_request("a", exchange).kind, RequestFate::Kind::kErrorStatus);
  EXPECT_EQ(faults.on_request("a", exchange).status, 500);
  fault.kind = Fault::Kind::kTimeout;
  const std::uint64_t timeout = faults.begin(fault, kValueStart);
  EXPECT_EQ(faults.on_request("a", exchange).kind, RequestFate::Kind::kSwallowed);
  fault.kind = Fault::Kind::kOutage;
  const std::uint64_t outage = faults.begin(fault, kValueStart);
  EXPECT_EQ(faults.on_request("a", exchange).kind, RequestFate::Kind::kUnreachable);
  EXPECT_TRUE(faults.cuts_off_client("a", exchange));
  EXPECT_FALSE(faults.cuts_off_client("b", exchange));
  EXPECT_EQ(faults.on_request("b", exchange).kind, RequestFate::Kind::kServed);
  EXPECT_TRUE(faults.end(outage));
  EXPECT_FALSE(faults.end(outage));
  EXPECT_TRUE(faults.end(timeout));
  EXPECT_EQ(faults.on_request("a", exchange).kind, RequestFate::Kind::kErrorStatus);
}

// The lot of an exchange is drawn once: asking at the client's and at the server's side agrees.
TEST(ActiveFaults, AFaultStrikesAnExchangeOrItDoesNot) {
  ActiveFaults faults;
  Fault fault;
  fault.actor = "a";
  fault.probability_per_million = 500'000;
  faults.begin(fault, kValueStart);
  int struck = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Lineage exchange = Lineage::root(1).child("exchange", i);
    const bool hit = faults.on_request("a", exchange).kind == RequestFate::Kind::kUnreachable;
    EXPECT_EQ(hit, faults.on_request("a", exchange).kind == RequestFate::Kind::kUnreachable);
    EXPECT_EQ(hit, faults.cuts_off_client("a", exchange));
    struck += hit ? 1 : 0;
  }
  EXPECT_NEAR(struck, 500, 75);
}

TEST(OwnClock, IsWorldTimeWithoutFaults) {
  const OwnClock clock;
  EXPECT_TRUE(clock.is_true());
  EXPECT_EQ(clock.own(kValueStart), kValueStart);
  EXPECT_EQ(clock.world(kValueStart), kValueStart);
  EXPECT_EQ(clock.world(kNever), kNever);
}

TEST(OwnClock, AddsStepsAndWhatSkewsHaveGained) {
  OwnClock clock;
  clock.add_step(-1h);
  clock.add_skew(kValueStart, 100);
  clock.add_skew(kValueStart + 100s, -50);
  EXPECT_EQ(clock.own(kValueStart), kValueStart - 1h);
  EXPECT_EQ(clock.own(kValueStart + 100s), kValueStart - 1h + 100s + 10ms);
  EXPECT_EQ(clock.own(kValueStart + 200s), kValueStart - 1h + 200s + 20ms - 5ms);
  EXPECT_EQ(clock.world(kNever), kNever);
}

TEST(OwnClock, WorldIsTheFirstInstantThatShowsTheTime) {
  for (const std::int64_t skew : {-999'999LL, -500'000LL, -1LL, 1LL, 333'333LL, 5'000'000LL}) {
    OwnClock clock;
    clock.add_step(17min);
    clock.add_skew(kValueStart, skew);
    for (const Duration after :
         {Duration{0}, Duration{1}, Duration{7ms}, Duration{1s}, Duration{3h}}) {
      const Time shown = kValueStart + 17min + after;
      const Time world = clock.world(shown);
      EXPECT_GE(clock.own(world), shown);
      EXPECT_LT(clock.own(world - 1ns), shown);
    }
  }
}

TEST(OwnClock, NeverRunsBackwards) {
  OwnClock clock;
  clock.add_skew(kValueStart, -5'000'000);
  clock.add_skew(kValueStart, -900'000);
  Time last = clock.own(kValueStart);
  for (int i = 1; i < 1000; ++i) {
    const Time next = clock.own(kValueStart + i * 1ms);
    EXPECT_GE(next, last);
    last = next;
  }
  EXPECT_GT(clock.own(kValueStart + 24h), clock.own(kValueStart));
}

TEST(ServerQueue, IsFirstComeFirstServedOverAllServers) {
  ServerQueue queue(2);
  EXPECT_EQ(queue.admit(kValueStart, 10s), kValueStart + 10s);
  EXPECT_EQ(queue.admit(kValueStart + 1s, 2s), kValueStart + 3s);
  EXPECT_EQ(queue.admit(kValueStart + 1s, 2s), kValueStart + 5s);
  EXPECT_EQ(queue.admit(kValueStart + 1s, 0s), kValueStart + 5s);
  EXPECT_EQ(queue.admit(kValueStart + 20s, 1s), kValueStart + 21s);
}

TEST(RunSummary, ReadsAsASentence) {
  RunSummary summary;
  summary.ended_at = kValueStart;
  summary.events = 12;
  EXPECT_EQ(describe(summary), "done at 2026-01-05T09:00:00Z, 12 events");
  summary.end = RunSummary::End::kOverloaded;
  summary.detail = "too much";
  summary.late_answers = 2;
  summary.refused_handlers = 3;
  summary.lag_p99 = 2ms;
  summary.blocked = {"a/b"};
  EXPECT_EQ(describe(summary),
            "overloaded at 2026-01-05T09:00:00Z (too much), 12 events, 2 late answers, 3 requests "
            "refused because the pool was full, lag p99 2ms\nblocked for ever: a/b");
  summary.blocked.assign(12, "x");
  EXPECT_NE(describe(summary).find("blocked for ever: 2 more"), std::string::npos);
}

TEST(ErrorCode, HasWords) {
  EXPECT_EQ(to_string(ErrorCode::kMalformed), "malformed");
  EXPECT_EQ(to_string(ErrorCode::kEnvironment), "environment");
}

}  // namespace
}  // namespace shakedown::sim

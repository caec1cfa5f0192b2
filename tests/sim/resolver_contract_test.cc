// Hosts of several addresses, some of which are down, in every runtime.
#include <atomic>

#include "tests/sim/env_contract.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

constexpr const char* kCdn = "https://cdn.test/1.pem";
constexpr Duration kMostLinkJitter = 10us;  // Of a few transits: 0..999 ns each.

// Three edges 10, 20 and 30 ms from the client's region.
WorldOptions with_three_regions(WorldOptions options) {
  int distance = 0;
  for (const char* region : {"near", "middle", "far"}) {
    options.network.set_rtt("local", region, (distance += 10) * 1ms);
  }
  return options;
}

void put_up_edges(World& world, Balancing balancing = {}) {
  for (const char* region : {"far", "near", "middle"}) {
    Env& edge = world.add_actor({region, region});
    world.listen(edge, Protocol::kHttp, "cdn.test",
                 [&edge](const Request&) { return ok(edge.name()); });
  }
  world.balance(Protocol::kHttp, "cdn.test", std::move(balancing));
}

std::uint64_t inject(World& world, Fault::Kind kind, const std::string& actor) {
  Fault fault;
  fault.kind = kind;
  fault.actor = actor;
  return world.begin_fault(fault);
}

void expect_took(Duration actual, Duration modelled) {
  EXPECT_GE(actual, modelled);
  EXPECT_LT(actual, modelled + kMostLinkJitter);
}

TEST_P(EnvContract, WhereOneRefusesTheNextAddressAnswersARoundTripLater) {
  options = with_three_regions(options);
  put_up_edges(world());
  inject(world(), Fault::Kind::kOutage, "near");
  run_as("client", [&](Env& client) {
    const Time begun = client.now();
    for (const Request& request : {get(kCdn), post(kCdn, "x")}) {
      const Answer answer = client.exchange(request, 5s);
      EXPECT_EQ(answer.response.body, "middle") << answer.detail;
      ASSERT_EQ(answer.attempts.size(), 2U);
      EXPECT_EQ(answer.attempts[0].listener, "near");
      EXPECT_EQ(answer.attempts[0].kind, Answer::Kind::kUnreachable);
      EXPECT_EQ(answer.attempts[0].detail, "connection refused");
      expect_took(answer.attempts[0].took, 10ms);
      EXPECT_EQ(answer.attempts[1].listener, "middle");
      EXPECT_EQ(answer.attempts[1].kind, Answer::Kind::kResponse);
    }
    expect_took(client.now() - begun, 10ms + 3 * 20ms + 10ms + 20ms);
  });
}

TEST_P(EnvContract, WhereOneSwallowsItCostsItsShareOfTheTimeLeft) {
  options = with_three_regions(options);
  put_up_edges(world());
  inject(world(), Fault::Kind::kTimeout, "near");
  inject(world(), Fault::Kind::kTimeout, "middle");
  run_as("client", [&](Env& client) {
    const Time begun = client.now();
    const Answer answer = client.exchange(get(kCdn), 600ms);
    EXPECT_EQ(answer.response.body, "far") << answer.detail;
    expect_took(client.now() - begun, 200ms + 200ms + 3 * 30ms);
    ASSERT_EQ(answer.attempts.size(), 3U);
    EXPECT_EQ(answer.attempts[0].kind, Answer::Kind::kTimeout);
    EXPECT_EQ(answer.attempts[1].took, 200ms);
  });
}

TEST_P(EnvContract, TheTimeoutIsTotalWhereNobodyAnswers) {
  options = with_three_regions(options);
  put_up_edges(world());
  for (const char* edge : {"near", "middle", "far"}) inject(world(), Fault::Kind::kTimeout, edge);
  run_as("client", [&](Env& client) {
    const Time begun = client.now();
    const Answer answer = client.exchange(get(kCdn), 300ms);
    EXPECT_EQ(answer.kind, Answer::Kind::kTimeout);
    EXPECT_EQ(answer.attempts.size(), 3U);
    EXPECT_EQ(client.now() - begun, 300ms);
  });
}

TEST_P(EnvContract, WhatMayHaveBeenDoneIsNotSentToAnotherAddress) {
  options = with_three_regions(options);
  put_up_edges(world());
  inject(world(), Fault::Kind::kTimeout, "near");
  run_as("client", [&](Env& client) {
    const Time begun = client.now();
    const Answer answer = client.exchange(post(kCdn, "an order"), 150ms);
    EXPECT_EQ(answer.kind, Answer::Kind::kTimeout);
    EXPECT_EQ(answer.attempts.size(), 1U);
    EXPECT_EQ(client.now() - begun, 150ms);
  });
}

TEST_P(EnvContract, AClientMayAskForOneAddressOnly) {
  options = with_three_regions(options);
  put_up_edges(world());
  inject(world(), Fault::Kind::kOutage, "near");
  run_as("client", [&](Env& client) {
    const Answer answer = client.exchange(get(kCdn), 5s, Retry::kNone);
    EXPECT_EQ(answer.kind, Answer::Kind::kUnreachable);
    EXPECT_EQ(answer.attempts.size(), 1U);
  });
}

TEST_P(EnvContract, AClientThatIsCutOffItselfTriesOnce) {
  options = with_three_regions(options);
  put_up_edges(world());
  inject(world(), Fault::Kind::kOutage, "client");
  run_as("client", [&](Env& client) {
    const Answer answer = client.exchange(get(kCdn), 5s);
    EXPECT_EQ(answer.detail, "connection refused");
    EXPECT_EQ(answer.attempts.size(), 1U);
  });
}

TEST_P(EnvContract, WhatIsKnownToBeDownIsNotTriedByTheHealthy) {
  options = with_three_regions(options);
  put_up_edges(world(), {Balancing::Choice::kHealthy, 300ms, {}});
  run_as("client", [&](Env& client) {
    const std::uint64_t fault = inject(world(), Fault::Kind::kOutage, "near");
    const auto listeners = [&] {
      const Answer answer = client.exchange(get(kCdn), 5s);
      std::vector<std::string> names;
      for (const Answer::Attempt& attempt : answer.attempts) names.push_back(attempt.listener);
      return names;
    };
    EXPECT_THAT(listeners(), ElementsAre("near", "middle"));
    client.sleep_for(300ms);
    EXPECT_THAT(listeners(), ElementsAre("middle"));
    world().end_fault(fault);
    EXPECT_THAT(listeners(), ElementsAre("near"));
  });
}

TEST_P(EnvContract, AHostOfOneAddressHasNoAttemptsToTellOf) {
  Env& only = add("only");
  listen(only, "only.test", [](const Request&) { return ok(); });
  run_as("acme-tel", [&](Env& env) {
    const Answer answer = env.exchange(get("https://only.test/"), 5s);
    EXPECT_TRUE(answer.has_status(200));
    EXPECT_TRUE(answer.attempts.empty());
  });
}

}  // namespace
}  // namespace shakedown::sim

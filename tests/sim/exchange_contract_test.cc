// Exchanges in every runtime.
#include <atomic>
#include <stdexcept>

#include "tests/sim/env_contract.h"

namespace shakedown::sim {
namespace {

using testing::_;
using testing::ElementsAre;

constexpr const char* kBeta = "https://beta-voice.test/a";
constexpr Duration kMostTransits = 10us;  // Of a few transits: 0..999 ns each.

void expect_modelled(Duration actual, Duration modelled) {
  EXPECT_GE(actual, modelled);
  EXPECT_LT(actual, modelled + kMostTransits);
}

TEST_P(EnvContract, AnExchangeCarriesMethodTargetFieldsAndBodyBothWays) {
  Env& beta = add("beta-voice");
  listen(beta, "beta-voice.test", [](const Request& request) {
    Response response{438, "", request.headers, request.body};
    if (request.protocol == Protocol::kSip) response.reason = "Invalid Identity Header";
    response.headers.add("X-Got", request.method + " " + request.target);
    return response;
  });
  run_as("acme-tel", [&](Env& env) {
    for (Request request : {post("https://beta-voice.test/a?b=c", std::string("\0\r\n bin", 7)),
                            invite("sip:+14155550100@beta-voice.test;user=phone")}) {
      request.headers.add("X-One", "1");
      request.headers.add("X-One", "2");
      const Answer answer = env.exchange(request, 5s);
      EXPECT_TRUE(answer.has_status(438)) << answer.detail;
      EXPECT_EQ(answer.response.body, request.body);
      // Nothing that a runtime needs in between.
      request.headers.add("X-Got", request.method + " " + request.target);
      EXPECT_EQ(answer.response.headers.fields(), request.headers.fields());
      const bool is_sip = request.protocol == Protocol::kSip;
      EXPECT_EQ(answer.response.reason, is_sip ? "Invalid Identity Header" : "");
    }
  });
}

TEST_P(EnvContract, AnExchangeSetsUpTcpAndTlsOnceAndThenReusesTheConnection) {
  options.network.set_rtt("local", "local", 10ms);
  Env& beta = add("beta-voice");
  listen(beta, "beta-voice.test", [](const Request&) { return ok(); });
  run_as("acme-tel", [&](Env& env) {
    const auto expect_exchange = [&](const char* url, bool new_connection, int round_trips) {
      const Time begin = env.now();
      const Answer answer = env.exchange(get(url), 5s);
      EXPECT_TRUE(answer.has_status(200)) << answer.detail;
      EXPECT_EQ(answer.new_connection, new_connection);
      expect_modelled(env.now() - begin, round_trips * 10ms);
    };
    expect_exchange(kBeta, true, 3);
    expect_exchange(kBeta, false, 1);
    expect_exchange("http://beta-voice.test/", true, 2);  // Another connection, without TLS.
  });
}

TEST_P(EnvContract, AnExchangeReachesTheNearestListenerAndTheFirstOfEquals) {
  options.network.set_rtt("east", "east", 1ms);
  options.network.set_rtt("west", "west", 1ms);
  for (const char* region : {"east", "west"}) options.network.set_rtt(region, "north", 5ms);
  options.network.set_rtt("east", "west", 9ms);
  for (const char* region : {"west", "east"}) {
    Env& edge = add(std::string("edge-") + region, region);
    listen(edge, "cdn.test", [&edge](const Request&) { return ok(edge.name()); });
  }
  const auto asks = [&](const std::string& region, const char* edge) {
    Env& client = add("client-" + region, region);
    start(client, [&client, edge] {
      EXPECT_EQ(client.exchange(get("https://CDN.Test:8443/x"), 5s).response.body, edge);
    });
  };
  asks("east", "edge-east");
  asks("west", "edge-west");
  asks("north", "edge-west");
  EXPECT_EQ(run().end, RunSummary::End::kDone);
}

TEST_P(EnvContract, ATimeoutIsTotalAndTheHandlerStillRunsToItsEnd) {
  Env& slow = add("slow");
  listen(slow, "slow.test", [&](const Request&) {
    slow.sleep_for(200ms);
    log.write("handler ends");
    return ok("late");
  });
  const RunSummary summary = run_as("client", [&](Env& env) {
    const Time begin = env.now();
    const Answer answer = env.exchange(get("https://slow.test/"), 50ms);
    EXPECT_EQ(answer.kind, Answer::Kind::kTimeout);
    EXPECT_EQ(answer.detail, "no answer in time");
    EXPECT_EQ(answer.response.body, "");
    EXPECT_EQ(env.now() - begin, 50ms);
    log.write("client goes on");
  });
  EXPECT_THAT(log.lines(), ElementsAre("client goes on", "handler ends"));
  EXPECT_EQ(summary.late_answers, 1U);
}

TEST_P(EnvContract, NobodyAtThatHostIsUnreachableAfterARoundTrip) {
  options.network.set_rtt("local", "local", 10ms);
  run_as("acme-tel", [&](Env& env) {
    Time begin = env.now();
    Answer answer = env.exchange(get("https://nobody.test/"), 5s);
    EXPECT_EQ(answer.kind, Answer::Kind::kUnreachable);
    EXPECT_EQ(answer.detail, "no such host");
    expect_modelled(env.now() - begin, 10ms);
    EXPECT_EQ(env.exchange(get("not a url"), 5s).detail, "not a URL");
    begin = env.now();
    answer = env.exchange(get("https://nobody.test/"), 3ms);
    EXPECT_EQ(answer.kind, Answer::Kind::kTimeout);
    EXPECT_EQ(answer.detail, "no connection in time");
    EXPECT_EQ(env.now() - begin, 3ms);
  });
}

TEST_P(EnvContract, AMutualRecursionEndsAtSixteenHops) {
  Env& acme = add("acme-tel");
  Env& beta = add("beta-voice");
  std::atomic<int> handlers{0};
  const auto forward = [&handlers](Env& env, const char* to) {
    return [&env, to, &handlers](const Request&) {
      ++handlers;
      const Answer answer = env.exchange(get(to), 10s);
      return ok(answer.kind == Answer::Kind::kResponse ? answer.response.body : answer.detail);
    };
  };
  listen(acme, "acme-tel.test", forward(acme, kBeta));
  listen(beta, "beta-voice.test", forward(beta, "https://acme-tel.test/"));
  run_as("client",
         [&](Env& env) { EXPECT_EQ(env.exchange(get(kBeta), 10s).response.body, "hop limit"); });
  EXPECT_EQ(handlers, 16);
}

TEST_P(EnvContract, SpawnedActivitiesInheritTheHops) {
  Env& beta = add("beta-voice");
  std::atomic<int> handlers{0};
  listen(beta, "beta-voice.test", [&](const Request&) {
    ++handlers;
    beta.join(beta.spawn(
        "again", [&] { beta.exchange(get(kBeta), 10s); }, Daemon::kNo));
    return ok();
  });
  run_as("acme-tel", [&](Env& env) { env.exchange(get(kBeta), 10s); });
  EXPECT_EQ(handlers, 16);
}

TEST_P(EnvContract, OtherHandlersRunWhileOneWaits) {
  Env& beta = add("beta-voice");
  listen(beta, "beta-voice.test", [&](const Request& request) {
    if (request.target.ends_with("slow")) beta.sleep_for(100ms);
    log.write(request.target);
    return ok();
  });
  run_as("acme-tel", [&](Env& env) {
    const Task slow = env.spawn(
        "slow", [&] { env.exchange(get("https://beta-voice.test/slow"), 5s); }, Daemon::kNo);
    env.sleep_for(1ms);
    env.exchange(get("https://beta-voice.test/fast"), 5s);
    env.join(slow);
  });
  EXPECT_THAT(log.lines(),
              ElementsAre("https://beta-voice.test/fast", "https://beta-voice.test/slow"));
}

TEST_P(EnvContract, AnExceptionOfAHandlerEndsTheRun) {
  Env& beta = add("beta-voice");
  listen(beta, "beta-voice.test",
         [](const Request&) -> Response { throw std::runtime_error("a mistake"); });
  const RunSummary summary = run_as("acme-tel", [&](Env& env) {
    env.exchange(get(kBeta), 5s);
    env.sleep_for(10s);
  });
  EXPECT_EQ(summary.end, RunSummary::End::kActivityFailed);
  EXPECT_EQ(summary.detail,
            "an exception left beta-voice/GET https://beta-voice.test/a: a mistake");
}

TEST_P(EnvContract, AnExceptionThatSomebodyIsToldOfAnswers500AndTheWorldGoesOn) {
  options.activity_failed = [&](const std::string& what) { log.write(what); };
  Env& beta = add("beta-voice");
  listen(beta, "beta-voice.test",
         [](const Request&) -> Response { throw std::runtime_error("a mistake"); });
  const RunSummary summary = run_as("acme-tel", [&](Env& env) {
    EXPECT_TRUE(env.exchange(get(kBeta), 5s).has_status(500));
    throw std::runtime_error("another");
  });
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_THAT(log.lines(), ElementsAre("beta-voice/GET https://beta-voice.test/a: a mistake",
                                       "acme-tel/main: another"));
}

}  // namespace
}  // namespace shakedown::sim

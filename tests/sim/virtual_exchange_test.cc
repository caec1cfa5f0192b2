// Exchanges in virtual time: what they cost to the nanosecond, who answers, and what happens when
// nobody does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/lineage_scope.h"
#include "sim/link_model.h"
#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

constexpr Duration kMostTransitJitter = 1us;  // Of a transit: 0..999 ns.

TestWorldOptions with_rtt(Duration rtt) {
  TestWorldOptions options;
  options.network.set_rtt("local", "local", rtt);
  return options;
}

// "acme-tel" asks "beta-voice"; the handler answers at once.
class Exchange : public testing::Test {
 protected:
  explicit Exchange(const TestWorldOptions& options = with_rtt(kRtt))
      : world(options),
        acme(world.add("acme-tel")),
        beta(world.add("beta-voice")) {}

  Duration timed(Env& client, Request request, Duration timeout = 1min) {
    const Time begun = client.now();
    last = client.exchange(std::move(request), timeout);
    return client.now() - begun;
  }

  TestWorld world;
  Env& acme;
  Env& beta;
  Answer last;
};

constexpr const char* kUrl = "https://beta-voice.test/a";

// Repeats with the shared link model what the first two exchanges of acme-tel's "main" must cost.
TEST_F(Exchange, CostsWhatTheLinkModelSaysToTheNanosecond) {
  world.listen(beta, [](const Request&) { return ok("body"); });
  Duration first{};
  Duration second{};
  world.start(acme, [&] {
    first = timed(acme, get(kUrl));
    EXPECT_TRUE(last.new_connection);
    second = timed(acme, get(kUrl));
    EXPECT_FALSE(last.new_connection);
  });
  world.run();

  const LinkModel links(world->options().network);
  const Path path =
      links.path(links.endpoint("acme-tel", "local"), links.endpoint("beta-voice", "local"));
  LineageScope actor(LineageScope::of_actor(7, "acme-tel"));
  LineageScope main(actor.next_activity("main"));
  const auto expected = [&](bool new_connection) {
    const Lineage lineage = main.next_exchange();
    Random there = request_stream(lineage);
    Random back = response_stream(lineage);
    const Duration set_up = new_connection ? links.set_up(path, true, there) : Duration{};
    const Duration request = links.transit(path, get(kUrl).size_in_bytes(), there);
    return set_up + request + links.transit(path, ok("body").size_in_bytes(), back);
  };
  EXPECT_EQ(first, expected(true));
  EXPECT_EQ(second, expected(false));
}

TEST_F(Exchange, AnHttpConnectionClosesWhenItWasIdleForTheKeepAliveTime) {
  world.listen(beta, [](const Request&) { return ok(); });
  world.start(acme, [&] {
    timed(acme, get(kUrl));
    acme.sleep_for(15s - Duration{1});
    EXPECT_LT(timed(acme, get(kUrl)), 2 * kRtt);
    EXPECT_FALSE(last.new_connection);
    acme.sleep_for(15s);
    EXPECT_GE(timed(acme, get(kUrl)), 3 * kRtt);
    EXPECT_TRUE(last.new_connection);
  });
  world.run();
}

TEST_F(Exchange, ASipConnectionStays) {
  world.listen(beta, [](const Request&) { return ok(); });
  world.start(acme, [&] {
    EXPECT_GE(timed(acme, invite("sip:+14155550100@beta-voice.test")), 2 * kRtt);
    acme.sleep_for(24h);
    EXPECT_LT(timed(acme, invite("sip:+14155550101@beta-voice.test;transport=tcp")), 2 * kRtt);
    EXPECT_FALSE(last.new_connection);
  });
  world.run();
}

TEST_F(Exchange, ClientsDoNotShareConnections) {
  Env& gamma = world.add("gamma-net");
  world.listen(beta, [](const Request&) { return ok(); });
  world.start(acme, [&] { timed(acme, get(kUrl)); });
  world.start(gamma, [&] {
    gamma.sleep_for(1s);
    EXPECT_GE(timed(gamma, get(kUrl)), 3 * kRtt);
  });
  world.run();
}

// The last instant is in time, one nanosecond less is not; under every permutation of ties.
TEST(ExchangeDeadline, IsExactToTheNanosecond) {
  const auto run = [](Duration timeout, std::uint64_t shuffle) {
    TestWorldOptions options = with_rtt(kRtt);
    options.virtual_time.shuffle_ties = shuffle;
    TestWorld world(options);
    Env& acme = world.add("acme-tel");
    Env& beta = world.add("beta-voice");
    world.listen(beta, [](const Request&) { return ok(); });
    std::pair<Duration, Answer::Kind> result;
    world.start(acme, [&] {
      result.second = acme.exchange(get(kUrl), timeout).kind;
      result.first = acme.now() - kEpoch;
    });
    world.run();
    return result;
  };
  const Duration needed = run(1min, 0).first;
  for (const std::uint64_t shuffle : {0U, 1U, 2U, 3U}) {
    EXPECT_EQ(run(needed, shuffle), std::pair(needed, Answer::Kind::kResponse));
    const Duration less = needed - Duration{1};
    EXPECT_EQ(run(less, shuffle), std::pair(less, Answer::Kind::kTimeout));
  }
}

TEST_F(Exchange, ATimeoutClosesTheConnection) {
  bool slow = true;
  world.listen(beta, [&](const Request&) {
    if (slow) beta.sleep_for(5s);
    return ok();
  });
  world.start(acme, [&] {
    timed(acme, get(kUrl), 1s);
    slow = false;
    timed(acme, get(kUrl));
    EXPECT_TRUE(last.new_connection);
  });
  world.run();
}

TEST_F(Exchange, SendsNothingWhenTheConnectionIsNotUpInTime) {
  world.listen(beta, [&](const Request&) {
    note(beta, "got it");
    return ok();
  });
  world.start(acme, [&] {
    EXPECT_EQ(timed(acme, get(kUrl), 19ms), 19ms);
    EXPECT_EQ(last.kind, Answer::Kind::kTimeout);
    EXPECT_EQ(last.detail, "no connection in time");
  });
  EXPECT_EQ(world.run().ended_at, kEpoch + 19ms);
  EXPECT_THAT(world.trace(), ElementsAre());
}

TEST_F(Exchange, ARequestThatTimedOutOnItsWayStillArrives) {
  world.listen(beta, [&](const Request&) {
    note(beta, "got it");
    return ok();
  });
  // The connection is up after 20 ms, the request arrives after 25.
  world.start(acme, [&] { EXPECT_EQ(timed(acme, get(kUrl), 22ms), 22ms); });
  EXPECT_EQ(world.run().late_answers, 1U);
  EXPECT_EQ(world.trace().size(), 1U);
}

TEST_F(Exchange, ProtocolsHaveListenersOfTheirOwn) {
  world->listen(beta, Protocol::kSip, "beta-voice.test", [](const Request&) { return ok("sip"); });
  world.start(acme, [&] {
    EXPECT_EQ(acme.exchange(get(kUrl), 1s).kind, Answer::Kind::kUnreachable);
    EXPECT_EQ(acme.exchange(invite("sip:1@beta-voice.test"), 1s).response.body, "sip");
  });
  world.run();
}

TEST(Links, ChargeBandwidthInWholeSegments) {
  TestWorldOptions options = with_rtt(kRtt);
  options.network.access["beta-voice"].bytes_per_second = 1'460'000;  // A segment a millisecond.
  TestWorld world(options);
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  world.listen(beta, [](const Request&) { return ok(std::string(10 * 1460, 'x')); });
  world.start(acme, [&] {
    const Answer answer = acme.exchange(get(kUrl), 1min);
    EXPECT_EQ(answer.response.body.size(), 14'600U);
    // Four handshake segments, one of request, eleven of response (its first line does not fit
    // ten).
    EXPECT_GE(acme.now() - kEpoch, 3 * kRtt + 16ms);
    EXPECT_LT(acme.now() - kEpoch, 3 * kRtt + 16ms + 6 * kMostTransitJitter);
  });
  world.run();
}

TEST(Links, AddLatencyOfTheDefaultLinkOnceAndOfAccessLinksEach) {
  const auto reused_round_trip = [](const Network& network) {
    TestWorldOptions options = with_rtt(kRtt);
    options.network = network;
    TestWorld world(options);
    Env& acme = world.add("acme-tel");
    Env& beta = world.add("beta-voice");
    world.listen(beta, [](const Request&) { return ok(); });
    Duration time{};
    world.start(acme, [&] {
      acme.exchange(get(kUrl), 1min);
      const Time begun = acme.now();
      acme.exchange(get(kUrl), 1min);
      time = acme.now() - begun;
    });
    world.run();
    return std::chrono::floor<std::chrono::milliseconds>(time);
  };
  Network network;
  network.default_link.latency = Latency::constant(20ms);
  EXPECT_EQ(reused_round_trip(network), 41ms);
  network.access["acme-tel"].latency = Latency::constant(3ms);
  EXPECT_EQ(reused_round_trip(network), 7ms);
  network.access["beta-voice"].latency = Latency::constant(5ms);
  EXPECT_EQ(reused_round_trip(network), 17ms);
}

TEST(Daemons, DoNotKeepTheRunAliveByTheirExchanges) {
  TestWorld world(with_rtt(kRtt));
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  world.listen(beta, [&](const Request&) {
    beta.sleep_for(1h);
    note(beta, "never");
    return ok();
  });
  world.start(
      acme, [&] { acme.exchange(get(kUrl), 2h); }, Daemon::kYes);
  world.start(acme, [&] { acme.sleep_for(1s); });
  EXPECT_EQ(world.run().ended_at, kEpoch + 1s);
  EXPECT_THAT(world.trace(), ElementsAre());
}

}  // namespace
}  // namespace shakedown::sim

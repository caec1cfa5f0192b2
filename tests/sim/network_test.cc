// Links as data, and how they become delays.
#include "sim/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sim/connection_table.h"
#include "sim/link_model.h"
#include "sim/router.h"

namespace shakedown::sim {
namespace {

TEST(Network, BeginsWithOneLocalRegion) {
  const Network network;
  EXPECT_EQ(network.regions(), std::vector<std::string>{"local"});
  EXPECT_EQ(network.rtt("local", "local"), 1ms);
}

TEST(Network, RoundTripsAreSymmetricAndHaveADefault) {
  Network network;
  network.set_rtt("west", "east", 62ms);
  network.set_rtt("west", "west", 4ms);
  network.add_region("north");
  EXPECT_EQ(network.rtt("east", "west"), 62ms);
  EXPECT_EQ(network.rtt("west", "west"), 4ms);
  EXPECT_EQ(network.rtt("east", "east"), 1ms);
  EXPECT_EQ(network.rtt("north", "west"), 44ms);  // The larger inner round trip plus 40 ms.
  EXPECT_TRUE(network.has_region("east"));
  EXPECT_FALSE(network.has_region("south"));
  EXPECT_EQ(network.regions(), (std::vector<std::string>{"east", "local", "north", "west"}));
}

std::vector<double> sorted_samples(const Latency& latency, int count = 100'000) {
  Random random(Lineage::root(5));
  std::vector<double> samples;
  for (int i = 0; i < count; ++i) {
    samples.push_back(static_cast<double>(latency.sample(random).count()) / 1e6);
  }
  std::sort(samples.begin(), samples.end());
  return samples;
}

TEST(Latency, ConstantNeedsNoChance) {
  Random random(Lineage::root(5));
  Random untouched(Lineage::root(5));
  EXPECT_EQ(Latency::constant(7ms).sample(random), 7ms);
  EXPECT_EQ(random.next(), untouched.next());
  EXPECT_EQ(Latency::constant(-7ms).sample(random), 0ms);
}

TEST(Latency, UniformStaysWithinItsEnds) {
  const auto samples = sorted_samples({Latency::Shape::kUniform, 10ms, 30ms, {}});
  EXPECT_GE(samples.front(), 10.0);
  EXPECT_LE(samples.back(), 30.0);
  EXPECT_NEAR(samples[50'000], 20.0, 0.2);
}

TEST(Latency, NormalHasItsMeanAndDeviation) {
  const auto samples = sorted_samples({Latency::Shape::kNormal, 50ms, 5ms, {}});
  EXPECT_NEAR(samples[50'000], 50.0, 0.1);
  EXPECT_NEAR(samples[84'134], 55.0, 0.15);
  EXPECT_NEAR(samples[2'275], 40.0, 0.3);
  const auto clamped = sorted_samples({Latency::Shape::kNormal, 1ms, 5ms, {}});
  EXPECT_EQ(clamped.front(), 0.0);
}

TEST(Latency, LognormalHasItsMedianAndNinetyFifthPercentile) {
  const auto samples = sorted_samples({Latency::Shape::kLognormal, 20ms, 80ms, {}});
  EXPECT_NEAR(samples[50'000], 20.0, 0.4);
  EXPECT_NEAR(samples[95'000], 80.0, 2.0);
  EXPECT_NEAR(samples[5'000], 5.0, 0.2);  // Symmetric in the logarithm.
  EXPECT_LE(sorted_samples({Latency::Shape::kLognormal, 1h, 24h * 300, {}}).back(),
            366 * 86'400'000.0);
}

TEST(Latency, EmpiricalGoesThroughItsQuantiles) {
  Latency latency{
      Latency::Shape::kEmpirical, {}, {}, {{0, 10ms}, {500, 20ms}, {990, 100ms}, {1000, 1s}}};
  const auto samples = sorted_samples(latency);
  EXPECT_GE(samples.front(), 10.0);
  EXPECT_NEAR(samples[25'000], 15.0, 0.2);
  EXPECT_NEAR(samples[50'000], 20.0, 0.3);
  const auto above = samples.end() - std::upper_bound(samples.begin(), samples.end(), 100.0);
  EXPECT_NEAR(static_cast<double>(above), 1000, 150);
  EXPECT_LE(samples.back(), 1000.0);
  EXPECT_EQ(latency.typical(), 20ms);
}

TEST(Latency, TypicalIsTheMiddle) {
  EXPECT_EQ(Latency::constant(7ms).typical(), 7ms);
  EXPECT_EQ((Latency{Latency::Shape::kUniform, 10ms, 30ms, {}}.typical()), 20ms);
  EXPECT_EQ((Latency{Latency::Shape::kNormal, 50ms, 5ms, {}}.typical()), 50ms);
  EXPECT_EQ((Latency{Latency::Shape::kLognormal, 20ms, 80ms, {}}.typical()), 20ms);
}

TEST(LinkModel, TransmissionIsChargedInWholeSegments) {
  EXPECT_EQ(transmission_time(0, 1'460'000), 1ms);
  EXPECT_EQ(transmission_time(1460, 1'460'000), 1ms);
  EXPECT_EQ(transmission_time(1461, 1'460'000), 2ms);
  EXPECT_EQ(transmission_time(1461, 0), 0ms);
  EXPECT_EQ(transmission_time(100'000'000, 1), 365 * 24h);
}

TEST(LinkModel, EachLostSegmentCostsARetransmissionTimeout) {
  Network network;
  network.set_rtt("local", "local", 10ms);
  network.default_link.loss_per_million = 100'000;
  const LinkModel links(network);
  const Endpoint end = links.endpoint("a", "local");
  const Path path = links.path(end, end);
  Random random(Lineage::root(6));
  double total = 0;
  int undisturbed = 0;
  constexpr int kMessages = 20'000;
  for (int i = 0; i < kMessages; ++i) {
    const Duration time = links.transit(path, 2 * kSegment, random);
    EXPECT_GE(time, 5ms);
    if (time < 5ms + 1us) ++undisturbed;
    total += static_cast<double>((time - 5ms).count()) / 1e6;
  }
  EXPECT_NEAR(undisturbed, kMessages * 0.81, 250);
  // A segment is lost once with p, twice with p^2, ...: 210 ms (p + 2 p^2 + 4 p^3 + ...), two
  // segments.
  EXPECT_NEAR(total / kMessages, 2 * 210 * 0.1 / (1 - 0.2), 5.0);
}

TEST(LinkModel, ALinkThatLosesEverythingIsSlowButEnds) {
  Network network;
  network.default_link.loss_per_million = 1'000'000;
  const LinkModel links(network);
  const Endpoint end = links.endpoint("a", "local");
  Random random(Lineage::root(6));
  const Duration time = links.transit(links.path(end, end), 1, random);
  EXPECT_GE(time, 255 * 201ms);
  EXPECT_LT(time, 1min);
}

TEST(LinkModel, SetUpFollowsTheNetwork) {
  Network network;
  network.set_rtt("local", "local", 10ms);
  network.setup.tls_round_trips = 2;
  const LinkModel links(network);
  const Endpoint end = links.endpoint("a", "local");
  Random random(Lineage::root(6));
  const Duration with_tls = links.set_up(links.path(end, end), true, random);
  EXPECT_GE(with_tls, 30ms);
  EXPECT_LT(with_tls, 30ms + 6us);
  const Duration without = links.set_up(links.path(end, end), false, random);
  EXPECT_GE(without, 10ms);
  EXPECT_LT(without, 10ms + 2us);
}

const Time kLinkStart = from_unix_seconds(1'767'603'600);
constexpr ConnectionTable::Key kHttps{1, 2, Protocol::kHttp, true};

TEST(ConnectionTable, IsOpenFromTheEndOfItsSetUpUntilIdleTooLong) {
  ConnectionTable table(15s);
  EXPECT_FALSE(table.reuse(kHttps, kLinkStart));
  table.established(kHttps, kLinkStart + 20ms);
  EXPECT_FALSE(table.reuse(kHttps, kLinkStart + 10ms));  // Still being set up.
  EXPECT_TRUE(table.reuse(kHttps, kLinkStart + 20ms));
  table.used(kHttps, kLinkStart + 1s);
  EXPECT_TRUE(table.reuse(kHttps, kLinkStart + 16s - 1ns));
  EXPECT_FALSE(table.reuse(kHttps, kLinkStart + 31s));
  table.established(kHttps, kLinkStart + 32s);
  EXPECT_TRUE(table.reuse(kHttps, kLinkStart + 33s));
  table.closed(kHttps);
  EXPECT_FALSE(table.reuse(kHttps, kLinkStart + 33s));
}

TEST(ConnectionTable, KeepsKindsApart) {
  ConnectionTable table(15s);
  table.established(kHttps, kLinkStart);
  EXPECT_FALSE(table.reuse({1, 2, Protocol::kHttp, false}, kLinkStart));
  EXPECT_FALSE(table.reuse({1, 2, Protocol::kSip, true}, kLinkStart));
  EXPECT_FALSE(table.reuse({2, 1, Protocol::kHttp, true}, kLinkStart));
  EXPECT_FALSE(table.reuse({1, 3, Protocol::kHttp, true}, kLinkStart));
}

TEST(ConnectionTable, ForgetsTheDead) {
  ConnectionTable table(15s);
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    table.established({i, 1, Protocol::kHttp, true}, kLinkStart + i * 100ms);
  }
  EXPECT_LT(table.size(), 2'000U);
  EXPECT_TRUE(table.reuse({99'999, 1, Protocol::kHttp, true}, kLinkStart + 99'999 * 100ms));
}

TEST(Router, FindsByProtocolHostAndRegion) {
  Network network;
  network.set_rtt("east", "west", 60ms);
  const LinkModel links(network);
  Router router(links);
  const std::size_t east = links.endpoint("x", "east").region;
  const std::size_t west = links.endpoint("x", "west").region;
  EXPECT_EQ(router.find(Protocol::kHttp, "a.test"), nullptr);
  router.balance(Protocol::kHttp, "a.test", {});
  EXPECT_EQ(router.find(Protocol::kHttp, "a.test"), nullptr);
  const auto actors = [&](std::size_t region) {
    std::vector<std::uint32_t> found;
    for (const Listener* listener : router.find(Protocol::kHttp, "a.TEST")->nearest_first[region]) {
      found.push_back(listener->actor);
    }
    return found;
  };
  router.listen(Protocol::kHttp, "A.test", {1, west, {}});
  EXPECT_EQ(actors(east), (std::vector<std::uint32_t>{1}));
  router.listen(Protocol::kHttp, "a.test", {2, east, {}});
  router.listen(Protocol::kHttp, "a.test", {3, west, {}});
  EXPECT_EQ(actors(east), (std::vector<std::uint32_t>{2, 1, 3}));
  EXPECT_EQ(actors(west), (std::vector<std::uint32_t>{1, 3, 2}));
  EXPECT_EQ(router.find(Protocol::kSip, "a.test"), nullptr);
}

TEST(Router, ASecondHandlerReplacesTheFirstButKeepsItAlive) {
  const Network network;
  const LinkModel links(network);
  Router router(links);
  router.listen(Protocol::kHttp, "a.test", {1, 0, [](const Request&) { return Response{}; }});
  const Listener* old = router.find(Protocol::kHttp, "a.test")->listeners[0];
  Response teapot;
  teapot.status = 418;
  router.listen(Protocol::kHttp, "a.test", {1, 0, [teapot](const Request&) { return teapot; }});
  EXPECT_EQ(router.find(Protocol::kHttp, "a.test")->nearest_first[0][0]->handler({}).status, 418);
  EXPECT_EQ(old->handler({}).status, 0);
}

}  // namespace
}  // namespace shakedown::sim

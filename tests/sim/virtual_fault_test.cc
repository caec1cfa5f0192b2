// Each fault in the virtual world: what the client sees, when, and what the server does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

using testing::ElementsAre;

constexpr Duration kMostRoundTripJitter = 2us;  // Of a round trip.

// acme-tel asks beta-voice/origin over an open connection while a fault is active on the latter.
class FaultTest : public testing::Test {
 protected:
  struct Seen {
    Answer answer;
    Duration time{};
    int handlers = 0;
    bool new_connection_afterwards = false;
  };

  static TestWorldOptions options() {
    TestWorldOptions result;
    result.network.set_rtt("local", "local", kRtt);
    return result;
  }

  Seen ask(const Fault& fault, const std::string& body = "0123456789", Duration timeout = 1min) {
    TestWorld world(options());
    Env& acme = world.add("acme-tel");
    Env& origin = world.add("beta-voice/origin");
    Seen seen;
    world->listen(origin, Protocol::kHttp, "beta.test", [&](const Request&) {
      ++seen.handlers;
      return ok(body);
    });
    world.start(acme, [&] {
      acme.exchange(get("https://beta.test/"), 1s);
      seen.handlers = 0;
      const std::uint64_t id = world->begin_fault(fault);
      const Time begun = acme.now();
      seen.answer = acme.exchange(get("https://beta.test/"), timeout);
      seen.time = acme.now() - begun;
      world->end_fault(id);
      const Answer after = acme.exchange(get("https://beta.test/"), 1s);
      EXPECT_TRUE(after.has_status(200));
      EXPECT_EQ(after.response.body, body);
      seen.new_connection_afterwards = after.new_connection;
    });
    world.run();
    --seen.handlers;  // The last.
    return seen;
  }

  static void expect_about(Duration actual, Duration expected) {
    EXPECT_GE(actual, expected);
    EXPECT_LT(actual, expected + kMostRoundTripJitter);
  }

  static Fault on_origin(Fault::Kind kind) {
    Fault fault;
    fault.kind = kind;
    fault.actor = "beta-voice/origin";
    return fault;
  }
};

TEST_F(FaultTest, OutageIsUnreachableAfterOneRoundTrip) {
  const Seen seen = ask(on_origin(Fault::Kind::kOutage));
  EXPECT_EQ(seen.answer.kind, Answer::Kind::kUnreachable);
  EXPECT_EQ(seen.answer.detail, "connection refused");
  expect_about(seen.time, kRtt);
  EXPECT_EQ(seen.handlers, 0);
  EXPECT_TRUE(seen.new_connection_afterwards);
}

TEST_F(FaultTest, OutageCutsOffTheActorsOwnRequests) {
  TestWorld world(options());
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  world.listen(beta, [&](const Request&) {
    note(beta, "asked");
    return ok();
  });
  Fault fault;
  fault.kind = Fault::Kind::kOutage;
  fault.actor = "acme-tel";
  world->begin_fault(fault);
  world.start(acme, [&] {
    const Answer answer = acme.exchange(get("https://beta-voice.test/"), 1s);
    EXPECT_EQ(answer.kind, Answer::Kind::kUnreachable);
    expect_about(acme.now() - kEpoch, kRtt);
  });
  world.run();
  EXPECT_THAT(world.trace(), ElementsAre());
}

TEST_F(FaultTest, OutageThatBeginsWhileTheRequestTravelsMeetsItAtTheDoor) {
  TestWorld world(options());
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  world.listen(beta, [&](const Request&) {
    note(beta, "asked");
    return ok();
  });
  world.start(acme, [&] {
    const Answer answer = acme.exchange(get("https://beta-voice.test/"), 1s);
    EXPECT_EQ(answer.kind, Answer::Kind::kUnreachable);
    EXPECT_GE(acme.now() - kEpoch, 3 * kRtt);
  });
  world.start(acme, [&] {
    acme.sleep_for(22ms);
    Fault fault;
    fault.kind = Fault::Kind::kOutage;
    fault.actor = "beta-voice";
    world->begin_fault(fault);
  });
  world.run();
  EXPECT_THAT(world.trace(), ElementsAre());
}

TEST_F(FaultTest, LatencyDelaysTheResponseWithinItsJitter) {
  Fault fault = on_origin(Fault::Kind::kLatency);
  fault.latency = 100ms;
  expect_about(ask(fault).time, kRtt + 100ms);
  fault.jitter = 30ms;
  const Seen seen = ask(fault);
  EXPECT_TRUE(seen.answer.has_status(200));
  EXPECT_GE(seen.time, kRtt + 70ms);
  EXPECT_LT(seen.time, kRtt + 130ms + kMostRoundTripJitter);
  EXPECT_NE(std::chrono::round<std::chrono::milliseconds>(seen.time), kRtt + 100ms);
  EXPECT_FALSE(seen.new_connection_afterwards);
}

TEST_F(FaultTest, BandwidthChargesWholeSegments) {
  Fault fault = on_origin(Fault::Kind::kBandwidth);
  fault.bytes_per_second = 14'600;
  expect_about(ask(fault, std::string(4000, 'x')).time, kRtt + 300ms);
}

TEST_F(FaultTest, SlowCloseEndsTheResponseLater) {
  Fault fault = on_origin(Fault::Kind::kSlowClose);
  fault.latency = 2s;
  expect_about(ask(fault).time, kRtt + 2s);
}

TEST_F(FaultTest, TimeoutSwallowsTheRequest) {
  const Seen seen = ask(on_origin(Fault::Kind::kTimeout), "x", 3s);
  EXPECT_EQ(seen.answer.kind, Answer::Kind::kTimeout);
  EXPECT_EQ(seen.time, 3s);
  EXPECT_EQ(seen.handlers, 0);
}

TEST_F(FaultTest, SlicerLetsTheResponseTrickle) {
  Fault fault = on_origin(Fault::Kind::kSlicer);
  fault.bytes = 4;
  fault.latency = 50ms;
  const Seen seen = ask(fault);  // Ten octets: three slices, two pauses.
  EXPECT_EQ(seen.answer.response.body, "0123456789");
  expect_about(seen.time, kRtt + 100ms);
}

TEST_F(FaultTest, LimitDataCutsTheBody) {
  Fault fault = on_origin(Fault::Kind::kLimitData);
  fault.bytes = 3;
  EXPECT_EQ(ask(fault).answer.response.body, "012");
  fault.bytes = 30;
  EXPECT_EQ(ask(fault).answer.response.body, "0123456789");
}

TEST_F(FaultTest, ResetPeerComesAfterTheServerActed) {
  const Seen seen = ask(on_origin(Fault::Kind::kResetPeer));
  EXPECT_EQ(seen.answer.kind, Answer::Kind::kUnreachable);
  EXPECT_EQ(seen.answer.detail, "reset by peer");
  expect_about(seen.time, kRtt);
  EXPECT_EQ(seen.handlers, 1);
  EXPECT_TRUE(seen.new_connection_afterwards);
}

TEST_F(FaultTest, ErrorStatusIsAnsweredInTheHandlersPlace) {
  Fault fault = on_origin(Fault::Kind::kErrorStatus);
  fault.status = 502;
  const Seen seen = ask(fault);
  EXPECT_TRUE(seen.answer.has_status(502));
  EXPECT_EQ(seen.handlers, 0);
  EXPECT_FALSE(seen.new_connection_afterwards);
}

TEST_F(FaultTest, CorruptBodyFlipsExactlyOneBit) {
  const std::string sent = "0123456789";
  const std::string body = ask(on_origin(Fault::Kind::kCorruptBody), sent).answer.response.body;
  ASSERT_EQ(body.size(), sent.size());
  int different = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    different += __builtin_popcount(static_cast<unsigned char>(body[i] ^ sent[i]));
  }
  EXPECT_EQ(different, 1);
  EXPECT_EQ(ask(on_origin(Fault::Kind::kCorruptBody), "").answer.response.body, "");
}

TEST_F(FaultTest, StrikesWithItsProbability) {
  TestWorld world(options());
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  world.listen(beta, [&](const Request&) { return ok(); });
  Fault fault;
  fault.kind = Fault::Kind::kErrorStatus;
  fault.actor = "beta-voice";
  fault.probability_per_million = 250'000;
  world->begin_fault(fault);
  int hit = 0;
  world.start(acme, [&] {
    for (int i = 0; i < 4000; ++i) {
      if (acme.exchange(get("https://beta-voice.test/"), 1s).has_status(503)) ++hit;
    }
  });
  world.run();
  EXPECT_NEAR(hit, 1000, 120);  // More than four standard deviations.
}

TEST_F(FaultTest, AStepOfTheClockIsSeenByTheActorAloneAndVanishesWithTheFault) {
  TestWorld world(options());
  Env& acme = world.add("acme-tel");
  Env& beta = world.add("beta-voice");
  Fault fault;
  fault.kind = Fault::Kind::kClockStep;
  fault.actor = "acme-tel";
  fault.latency = -5min;
  world.start(acme, [&] {
    acme.sleep_for(10min);
    const std::uint64_t id = world->begin_fault(fault);
    EXPECT_EQ(acme.now(), kEpoch + 5min);
    EXPECT_EQ(beta.now(), kEpoch + 10min);
    note(acme, "records carry world time");
    acme.sleep_for(1min);
    EXPECT_EQ(world->now(), kEpoch + 11min);
    world->end_fault(id);
    EXPECT_EQ(acme.now(), kEpoch + 11min);
  });
  world.run();
  EXPECT_THAT(world.trace(), ElementsAre("10m acme-tel: records carry world time"));
}

TEST_F(FaultTest, ASkewedClockGainsSteadily) {
  TestWorld world(options());
  Env& acme = world.add("acme-tel");
  Fault fault;
  fault.kind = Fault::Kind::kClockSkew;
  fault.actor = "acme-tel";
  fault.parts_per_million = 100'000;  // A tenth fast.
  world->begin_fault(fault);
  world.start(acme, [&] {
    acme.sleep_for(11min);  // By its own clock.
    EXPECT_EQ(world->now(), kEpoch + 10min);
    EXPECT_EQ(acme.now(), kEpoch + 11min);
  });
  world.run();
}

// Who sleeps by a clock that is set wakes by the new time: forward at once, backward later.
TEST_F(FaultTest, SettingAClockMovesTheDeadlinesThatWereSetByIt) {
  TestWorld world(options());
  Env& acme = world.add("acme-tel");
  Env& director = world.add("director");
  Condition condition;
  world.start(acme, [&] {
    acme.sleep_until(kEpoch + 1h);
    note(acme, "woke");
  });
  world.start(acme, [&] {
    EXPECT_FALSE(acme.wait(condition, kEpoch + 2h));
    note(acme, "gave up");
  });
  world.start(acme, [&] { acme.exchange(get("https://nobody.test/"), 1s); });
  world.start(director, [&] {
    Fault fault;
    fault.kind = Fault::Kind::kClockStep;
    fault.actor = "acme-tel";
    fault.latency = 50min;
    director.sleep_for(30min);
    const std::uint64_t id = world->begin_fault(fault);
    director.sleep_for(1min);
    world->end_fault(id);
    fault.latency = -10min;
    world->begin_fault(fault);
  });
  world.run();
  EXPECT_THAT(world.trace(), ElementsAre("30m acme-tel: woke", "2h 10m acme-tel: gave up"));
}

TEST_F(FaultTest, AStarHitsEveryPartOfAnActor) {
  Fault fault;
  fault.kind = Fault::Kind::kErrorStatus;
  fault.actor = "beta-voice/*";
  EXPECT_TRUE(ask(fault).answer.has_status(503));
  fault.actor = "beta-voice";
  EXPECT_TRUE(ask(fault).answer.has_status(200));
}

}  // namespace
}  // namespace shakedown::sim

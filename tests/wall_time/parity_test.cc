// The same actors, once in virtual and once in wall time: the same draws, the same delays, the same
// outcomes. To the nanosecond, because waits on the wall count from and end at ideal instants.
#include <set>

#include "sim/virtual_time/virtual_world.h"
#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim {
namespace {

struct Seen {
  Answer::Kind kind;
  int status;
  std::string detail;
  std::string body;
  bool new_connection;
  Duration took;

  friend bool operator==(const Seen&, const Seen&) = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
  return out << "{" << static_cast<int>(seen.kind) << " " << seen.status << " '" << seen.detail
             << "' '" << seen.body << "' " << seen.new_connection << " " << seen.took.count()
             << " ns}";
}

WorldOptions world_options() {
  WorldOptions options;
  options.seed = 11;
  options.costs = test_costs();
  options.network.set_rtt("east", "west", 12ms);
  options.network.default_link.latency = {Latency::Shape::kLognormal, 2ms, 6ms, {}};
  options.network.access["beta-voice"] = {Latency::constant(1ms), 10'000'000, 0};
  options.costs.set(kVerifySignature, 1500us);
  return options;
}

Fault fault(Fault::Kind kind, const std::string& actor, std::uint32_t per_million) {
  Fault made;
  made.kind = kind;
  made.actor = actor;
  made.probability_per_million = per_million;
  made.latency = 7ms;
  made.jitter = 3ms;
  made.bytes = 4;
  made.bytes_per_second = 1'000'000;
  return made;
}

// A verifier fetches from an origin through an edge; both may fail.
std::vector<Seen> play(World& world) {
  Env& origin = world.add_actor({"origin", "west"});
  world.listen(origin, Protocol::kHttp, "origin.test", [&](const Request& request) {
    return Response{200, "", {}, "certificate " + request.body};
  });
  Env& beta = world.add_actor({"beta-voice", "east"});
  world.listen(beta, Protocol::kSip, "beta.test", [&](const Request&) {
    const Answer fetched = beta.exchange(post("https://origin.test/1", "x"), 100ms);
    beta.compute(kVerifySignature, [] { return 0; });
    Response response;
    response.status = fetched.has_status(200) ? 200 : 436;
    response.body = fetched.detail + fetched.response.body;
    if (beta.random("dice").chance(1, 3)) beta.sleep_for(3ms);
    return response;
  });
  for (const Fault& each : {fault(Fault::Kind::kLatency, "origin", 300'000),
                            fault(Fault::Kind::kOutage, "origin", 150'000),
                            fault(Fault::Kind::kResetPeer, "origin", 100'000),
                            fault(Fault::Kind::kErrorStatus, "origin", 100'000),
                            fault(Fault::Kind::kLimitData, "origin", 100'000),
                            fault(Fault::Kind::kCorruptBody, "origin", 100'000),
                            fault(Fault::Kind::kSlicer, "beta-voice", 100'000),
                            fault(Fault::Kind::kSlowClose, "beta-voice", 100'000),
                            fault(Fault::Kind::kTimeout, "origin", 100'000),
                            fault(Fault::Kind::kBandwidth, "beta-voice", 100'000)}) {
    world.begin_fault(each);
  }
  Env& acme = world.add_actor({"acme-tel", "east"});
  std::vector<Seen> seen;
  world.start(
      acme, "caller",
      [&] {
        for (int i = 0; i < 50; ++i) {
          Request invite;
          invite.protocol = Protocol::kSip;
          invite.method = "INVITE";
          invite.target = "sip:+14155550100@beta.test";
          const Time begin = acme.now();
          const Answer answer = acme.exchange(invite, 500ms);
          seen.push_back({answer.kind, answer.response.status, answer.detail, answer.response.body,
                          answer.new_connection, acme.now() - begin});
        }
      },
      Daemon::kNo);
  EXPECT_EQ(world.run(world.now() + 60s).end, RunSummary::End::kDone);
  return seen;
}

TEST(WallAndVirtual, DrawTheSameAndAgreeOnOutcomesAndTimes) {
  VirtualWorld in_virtual_time(world_options());
  const std::vector<Seen> expected = play(in_virtual_time);
  std::set<std::string> outcomes;
  for (const Seen& seen : expected) outcomes.insert(seen.body);
  EXPECT_GE(outcomes.size(), 6U);  // A varied story, or the comparison says little.
  std::vector<Seen> actual;
  // The only excuse for a difference is a machine so busy that a request misses its deadline by the
  // clock on the wall; it does not stay so for ever.
  for (int attempt = 0; attempt < 3 && actual != expected; ++attempt) {
    WallOptions options = quick_options();
    static_cast<WorldOptions&>(options) = world_options();
    options.timeout_grace = 200ms;
    auto on_the_wall = make_world(std::move(options));
    actual = play(*on_the_wall);
  }
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(actual[i], expected[i]) << "call " << i;
}

}  // namespace
}  // namespace shakedown::sim

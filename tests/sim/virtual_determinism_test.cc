// The same seed is the same run, on any machine, whatever else is in the world.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

struct Variation {
  std::uint64_t seed = 7;
  std::uint64_t shuffle_ties = 0;
  bool defer_proofs = true;
  bool idle_actor = false;   // An actor that does nothing, added first.
  bool busy_actor = false;   // An actor that does much, but not with the others.
  bool other_fault = false;  // A fault on an actor that is not there.
};

// Three providers call each other at random times over lossy links with varying latency and a
// faulty server; handlers compute, spawn, collapse requests on a condition, and draw.
class Toy {
 public:
  explicit Toy(const Variation& variation)
      : variation_(variation),
        world_(options_of(variation)) {}

  std::vector<std::string> run() {
    if (variation_.idle_actor) world_.add("aaa-idle");
    if (variation_.busy_actor) add_busy_actor();
    if (variation_.other_fault) {
      Fault fault;
      fault.kind = Fault::Kind::kErrorStatus;
      fault.actor = "nobody";
      world_->begin_fault(fault);
    }
    Fault fault;
    fault.kind = Fault::Kind::kErrorStatus;
    fault.actor = "beta-voice";
    fault.probability_per_million = 100'000;
    world_->begin_fault(fault);
    for (const char* name : {"acme-tel", "beta-voice", "gamma-net"}) add_provider(name);
    Env& director = world_.add("director");
    world_.start(director, [this, &director] {
      for (int i = 0; i < 200; ++i) {
        Random chance = director.random("traffic");
        Env& caller = *providers_[static_cast<std::size_t>(chance.below(3))];
        Env& callee = *providers_[static_cast<std::size_t>(chance.below(3))];
        world_->start(
            caller, "call", [&caller, &callee, i] { call(caller, callee, i); }, Daemon::kNo);
        // Often several calls at the very same instant.
        if (chance.chance(1, 2)) director.sleep_for(chance.exponential(20ms));
      }
    });
    summary_ = world_.run();
    EXPECT_EQ(summary_.end, RunSummary::End::kDone);
    EXPECT_TRUE(summary_.blocked.empty());
    return world_.trace();
  }

 private:
  static TestWorldOptions options_of(const Variation& variation) {
    TestWorldOptions options;
    options.seed = variation.seed;
    options.virtual_time.shuffle_ties = variation.shuffle_ties;
    options.virtual_time.defer_proofs = variation.defer_proofs;
    options.network.default_link.latency = {Latency::Shape::kLognormal, 5ms, 30ms, {}};
    options.network.default_link.loss_per_million = 20'000;
    return options;
  }

  void add_provider(const char* name) {
    Env& env = world_.add(name);
    providers_.push_back(&env);
    conditions_.push_back(std::make_unique<Condition>());
    Condition& condition = *conditions_.back();
    world_.listen(env, [&env, &condition](const Request& request) {
      Random chance = env.random("handler");
      env.compute_expecting(kVerifySignature, true, [] { return true; });
      if (chance.chance(1, 4)) env.wait(condition, env.now() + chance.between(1ms, 9ms));
      if (chance.chance(1, 4)) env.notify_all(condition);
      const Task task = env.spawn(
          "book", [&env] { env.compute(kSign, [] { return 1; }); }, Daemon::kNo);
      env.join(task);
      return ok(fmt::format("{} {}", request.body, chance.below(1000)));
    });
  }

  static void call(Env& caller, Env& callee, int number) {
    caller.compute(kSign, [] { return 1; });
    Request request = get("https://" + callee.name() + ".test/call");
    request.body = std::to_string(number);
    const Answer answer = caller.exchange(std::move(request), 500ms);
    note(caller,
         fmt::format("call {} to {}: {} {} {}", number, callee.name(),
                     static_cast<int>(answer.kind), answer.response.status, answer.response.body));
  }

  void add_busy_actor() {
    Env& busy = world_.add("busy");
    world_.start(
        busy,
        [&busy] {
          while (true) {
            busy.compute(kSign, [] { return 1; });
            busy.exchange(get("https://nobody.test/"), 1s);
            busy.sleep_for(busy.random("pause").between(0ms, 3ms));
          }
        },
        Daemon::kYes);
  }

  Variation variation_;
  std::vector<Env*> providers_;
  std::vector<std::unique_ptr<Condition>> conditions_;
  TestWorld world_;
  RunSummary summary_;
};

std::vector<std::string> trace_of(const Variation& variation) { return Toy(variation).run(); }

// Where two traces part, instead of both in full.
std::string difference(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string left = i < a.size() ? a[i] : "(end)";
    const std::string right = i < b.size() ? b[i] : "(end)";
    if (left != right) return fmt::format("line {}: {} / {}", i, left, right);
  }
  return "";
}

std::vector<std::string> sorted(std::vector<std::string> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

TEST(Determinism, TheSameSeedGivesTheSameTrace) {
  const auto trace = trace_of({});
  EXPECT_EQ(trace.size(), 200U);
  EXPECT_EQ(difference(trace, trace_of({})), "");
}

TEST(Determinism, AnotherSeedGivesAnotherTrace) {
  EXPECT_NE(difference(sorted(trace_of({})), sorted(trace_of({.seed = 8}))), "");
}

TEST(Determinism, AnActorThatDoesNothingShiftsNobodysLuck) {
  EXPECT_EQ(difference(trace_of({}), trace_of({.idle_actor = true})), "");
}

TEST(Determinism, NorDoesOneThatDoesMuchElsewhere) {
  EXPECT_EQ(difference(trace_of({}), trace_of({.busy_actor = true})), "");
}

TEST(Determinism, NorDoesAFaultElsewhere) {
  EXPECT_EQ(difference(trace_of({}), trace_of({.other_fault = true})), "");
}

TEST(Determinism, DeferredProofsLeaveNoTrace) {
  EXPECT_EQ(difference(trace_of({}), trace_of({.defer_proofs = false})), "");
}

// The toy draws, waits and queues; only the order of records of one instant may differ.
TEST(Determinism, ShufflingTiesChangesNoOutcome) {
  const auto expected = sorted(trace_of({}));
  for (std::uint64_t shuffle = 1; shuffle <= 20; ++shuffle) {
    EXPECT_EQ(difference(expected, sorted(trace_of({.shuffle_ties = shuffle}))), "");
  }
}

std::vector<std::string> simultaneous(std::uint64_t shuffle) {
  TestWorldOptions options;
  options.virtual_time.shuffle_ties = shuffle;
  TestWorld world(options);
  std::vector<Env*> actors;
  for (int i = 0; i < 4; ++i) actors.push_back(&world.add(fmt::format("actor-{}", i)));
  for (Env* actor : actors) {
    world.start(*actor, [actor] {
      actor->sleep_for(1s);
      note(*actor, "woke");
    });
  }
  world.run();
  return world.trace();
}

TEST(ShuffleTies, DoesPermuteWhatIndependentActorsDoAtOneInstant) {
  const auto plain = simultaneous(0);
  std::size_t different = 0;
  for (std::uint64_t shuffle = 1; shuffle <= 20; ++shuffle) {
    const auto shuffled = simultaneous(shuffle);
    EXPECT_EQ(sorted(plain), sorted(shuffled));
    EXPECT_EQ(shuffled, simultaneous(shuffle));
    if (shuffled != plain) ++different;
  }
  EXPECT_GE(different, 10U);
}

TEST(ShuffleTies, KeepsTheOrderOnOneActor) {
  for (std::uint64_t shuffle = 1; shuffle <= 20; ++shuffle) {
    TestWorldOptions options;
    options.virtual_time.shuffle_ties = shuffle;
    TestWorld world(options);
    Env& acme = world.add("acme-tel");
    Condition condition;
    world.start(acme, [&] {
      for (int i = 0; i < 5; ++i) {
        acme.spawn(
            "waiter",
            [&acme, &condition, i] {
              acme.wait(condition, kNever);
              note(acme, std::to_string(i));
            },
            Daemon::kNo);
      }
      acme.sleep_for(1s);
      acme.notify_all(condition);
    });
    world.run();
    EXPECT_THAT(world.trace(),
                testing::ElementsAre("1s acme-tel: 0", "1s acme-tel: 1", "1s acme-tel: 2",
                                     "1s acme-tel: 3", "1s acme-tel: 4"));
  }
}

TEST(RandomStreams, OfOnePurposeDifferCallByCallAndActivityByActivity) {
  TestWorld world;
  Env& acme = world.add("acme-tel");
  std::vector<std::uint64_t> drawn;
  const std::uint64_t outside = acme.random("x").next();
  for (int i = 0; i < 2; ++i) {
    world.start(acme, [&] {
      drawn.push_back(acme.random("x").next());
      drawn.push_back(acme.random("x").next());
      drawn.push_back(acme.random("y").next());
    });
  }
  world.run();
  drawn.push_back(outside);
  std::sort(drawn.begin(), drawn.end());
  EXPECT_EQ(std::unique(drawn.begin(), drawn.end()), drawn.end());
  EXPECT_EQ(drawn.size(), 7U);
}

}  // namespace
}  // namespace shakedown::sim

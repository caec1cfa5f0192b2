// Exchanges between actors over real sockets, with the delays of the model.
#include <gmock/gmock.h>

#include <stdexcept>

#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim {
namespace {

TEST(WallExchange, ReachesAnActorByItsBaseUrlAsWell) {
  auto world = make_world();
  Env& server = world->add_actor({"pa"});
  world->listen(server, Protocol::kHttp, "pa.test", echo());
  EXPECT_EQ(world->base_url("pa.test"),
            "https://127.0.0.1:" + std::to_string(world->own_port()) + "/pa.test");
  run_as(*world, "acme-tel", [&](Env& env) {
    EXPECT_EQ(env.exchange(get(world->base_url("pa.test") + "/x?y"), 5s).response.body,
              "GET https://pa.test/x?y ");
    EXPECT_EQ(env.exchange(get("https://PA.test:8443/x"), 5s).response.body,
              "GET https://PA.test:8443/x ");
  });
}

// Each call is a chain of exchanges and computations; its end is the sum of the model, to the
// microsecond, though every single wait ends late.
TEST(WallExchange, LatenessDoesNotAddUpAlongAChain) {
  WallOptions options = quick_options();
  options.network.default_link.latency = Latency::constant(2ms);
  options.network.setup.tcp_round_trips = 0;
  options.network.setup.tls_round_trips = 0;
  options.costs.set(kSign, 1ms);
  auto world = make_world(std::move(options));
  Env& back = world->add_actor({"back"});
  world->listen(back, Protocol::kHttp, "back.test", [&](const Request&) {
    back.compute(kSign, [] { return 0; });
    return ok("");
  });
  Env& front = world->add_actor({"front"});
  world->listen(front, Protocol::kHttp, "front.test", [&](const Request&) {
    return front.exchange(get("https://back.test/"), 5s).response;
  });
  run_as(*world, "client", [&](Env& env) {
    for (int i = 0; i < 10; ++i) {
      const Time begin = env.now();
      ASSERT_TRUE(env.exchange(get("https://front.test/"), 5s).has_status(200));
      // Four transits of 2.5 ms and some hundred nanoseconds, one computation of 1 ms.
      const Duration took = env.now() - begin;
      EXPECT_GE(took, 11ms);
      EXPECT_LE(took, 11ms + 4us);
    }
  });
}

TEST(WallExchange, NobodyByThatNameIsUnreachableAfterARoundTrip) {
  auto world = make_world();
  run_as(*world, "client", [&](Env& env) {
    const Time begin = env.now();
    const Answer answer = env.exchange(get("https://nobody.test/"), 5s);
    EXPECT_EQ(answer.kind, Answer::Kind::kUnreachable);
    expect_near(env.now() - begin, 1ms, 1ms);
    // Never dialled: this machine's own network is not ours to use.
    EXPECT_EQ(env.exchange(get("https://192.0.2.1/"), 5s).kind, Answer::Kind::kUnreachable);
    EXPECT_EQ(env.exchange(get("https://127.0.0.1.nip.io/"), 5s).kind, Answer::Kind::kUnreachable);
  });
}

TEST(WallExchange, BodiesThatBreakTheFramingNeverReachTheWire) {
  auto world = make_world();
  Env& server = world->add_actor({"pa"});
  world->listen(server, Protocol::kHttp, "pa.test", [](const Request&) {
    Response response = ok("");
    response.headers.add("X-Bad", "a\r\nX-Injected: yes");
    return response;
  });
  run_as(*world, "client", [&](Env& env) {
    Request request = get("https://pa.test/");
    request.headers.add("X-Bad", "a\r\nX-Injected: yes");
    EXPECT_EQ(env.exchange(request, 5s).kind, Answer::Kind::kUnreachable);
    EXPECT_TRUE(env.exchange(get("https://pa.test/"), 5s).has_status(500));
  });
}

TEST(WallExchange, LargeBodiesPassBetweenActors) {
  auto world = make_world();
  Env& server = world->add_actor({"pa"});
  const std::string crl(3 * 1024 * 1024, 'c');
  world->listen(server, Protocol::kHttp, "pa.test",
                [&](const Request& request) { return ok(request.body + crl); });
  run_as(*world, "client", [&](Env& env) {
    const Answer answer = env.exchange(post("https://pa.test/", std::string(200'000, 'x')), 10s);
    EXPECT_EQ(answer.response.body.size(), 200'000 + crl.size()) << answer.detail;
  });
}

// In the world nothing is wrong with such a body, so it must not become an outcome.
TEST(WallExchange, ABodyThatTheRuntimeCannotCarryEndsTheRun) {
  WallOptions options = quick_options();
  options.inside_body = 1000;
  auto world = make_world(std::move(options));
  Env& server = world->add_actor({"pa"});
  world->listen(server, Protocol::kHttp, "pa.test",
                [](const Request&) { return ok(std::string(1001, 'b')); });
  const RunSummary summary = run_as(*world, "client", [&](Env& env) {
    env.exchange(get("https://pa.test/"), 5s);
    env.sleep_for(10s);
  });
  EXPECT_EQ(summary.end, RunSummary::End::kOverloaded);
  EXPECT_EQ(summary.detail, "an exchange between actors broke: response body over the limit");
}

TEST(WallExchange, ManyActivitiesExchangeAtOnce) {
  auto world = make_world();
  Env& server = world->add_actor({"pa"});
  std::atomic<int> served{0};
  world->listen(server, Protocol::kHttp, "pa.test", [&](const Request&) {
    server.sleep_for(30ms);
    ++served;
    return ok("");
  });
  Env& client = world->add_actor({"client"});
  for (int i = 0; i < 100; ++i) {
    world->start(
        client, "caller",
        [&] {
          const Answer answer = client.exchange(get("https://pa.test/"), 20s);
          EXPECT_TRUE(answer.has_status(200)) << answer.detail << answer.response.body;
        },
        Daemon::kNo);
  }
  const RunSummary summary = world->run(in(*world, 30s));
  EXPECT_EQ(summary.end, RunSummary::End::kDone);
  EXPECT_EQ(served, 100);
}

TEST(WallExchange, AFullPoolAnswers503AndIsCounted) {
  WallOptions options = quick_options();
  options.max_threads = 3;  // Two callers and one handler.
  auto world = make_world(std::move(options));
  Env& server = world->add_actor({"pa"});
  std::atomic<int> refused{0};
  world->listen(server, Protocol::kHttp, "pa.test", [&](const Request&) {
    for (int i = 0; i < 1000 && refused == 0; ++i) server.sleep_for(5ms);
    return ok("");
  });
  Env& client = world->add_actor({"client"});
  for (int i = 0; i < 2; ++i) {
    world->start(
        client, "caller",
        [&] {
          if (client.exchange(get("https://pa.test/"), 10s).has_status(503)) ++refused;
        },
        Daemon::kNo);
  }
  EXPECT_EQ(world->run(in(*world, 15s)).refused_handlers, 1U);
  EXPECT_EQ(refused, 1);
}

TEST(WallExchange, MoreActivitiesThanThreadsEndTheRun) {
  WallOptions options = quick_options();
  options.max_threads = 4;
  auto world = make_world(std::move(options));
  const RunSummary summary = run_as(*world, "client", [&](Env& env) {
    for (int i = 0; i < 5; ++i)
      env.spawn(
          "child", [&] { env.sleep_for(10s); }, Daemon::kNo);
    env.sleep_for(10s);
  });
  EXPECT_EQ(summary.end, RunSummary::End::kOverloaded);
  EXPECT_EQ(summary.detail, "more than 4 activities in flight");
}

}  // namespace
}  // namespace shakedown::sim

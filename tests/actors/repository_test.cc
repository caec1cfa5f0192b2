#include "actors/repository/repository.h"

#include <gmock/gmock.h>

#include "actors/caching/cache_control.h"
#include "actors/caching/cache_status.h"
#include "actors/clients/repository_client.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kPath = "/709J/1.pem";

class CdnWorld : public TestWorld {
 public:
  explicit CdnWorld(RepositoryOptions options = {})
      : repository(world(), completed(std::move(options))) {}

  static RepositoryOptions completed(RepositoryOptions options) {
    options.provider = "acme-tel";
    if (options.edges.empty()) options.edges = {"east", "west"};
    options.region = "west";
    return options;
  }

  RepositoryAccess access() const {
    return {.upload_base_url = repository.upload_base_url(),
            .public_base_url = repository.public_base_url(),
            .secret = repository.secret()};
  }

  std::string put(std::string_view path, std::string body) {
    const auto url = publish(tester(), access(), path, std::move(body));
    EXPECT_TRUE(url) << url.error().detail;
    return url.value_or("");
  }

  static std::string cache_status(const sim::Answer& answer) {
    return std::string(answer.response.headers.get("Cache-Status").value_or("none"));
  }

  void begin_outage() {
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::kOutage;
    fault.actor = "acme-tel/origin";
    outage_ = world().begin_fault(fault);
  }

  void end_outage() { world().end_fault(outage_); }

  Repository repository;

 private:
  std::uint64_t outage_ = 0;
};

TEST(Origin, ServesWhatItsOwnerPublished) {
  CdnWorld world;
  world.play([&] {
    EXPECT_EQ(world.put(kPath, "certificate 1"), "https://cr.acme-tel.test/709J/1.pem");
    const auto answer = world.get("https://origin.acme-tel.test/709J/1.pem");
    ASSERT_TRUE(answer.has_status(200));
    EXPECT_EQ(answer.response.body, "certificate 1");
    const auto& headers = answer.response.headers;
    EXPECT_EQ(headers.get("Content-Type"), "application/pem-certificate-chain");
    EXPECT_EQ(headers.get("Cache-Control"), "max-age=86400");
    EXPECT_EQ(headers.get("Date"), "Mon, 05 Jan 2026 09:00:00 GMT");
    EXPECT_EQ(headers.get("Last-Modified"), "Mon, 05 Jan 2026 09:00:00 GMT");
    EXPECT_TRUE(headers.get("ETag"));
  });
}

TEST(Origin, RefusesStrangersWhoPublishOrDelete) {
  CdnWorld world;
  world.play([&] {
    world.put(kPath, "certificate 1");
    RepositoryAccess stranger = world.access();
    stranger.secret = "guess";
    const auto put = publish(world.tester(), stranger, kPath, "mine");
    EXPECT_EQ(put.error().code, ErrorCode::kRefused);
    EXPECT_EQ(unpublish(world.tester(), stranger, kPath).error().code, ErrorCode::kRefused);
    EXPECT_EQ(world.get("https://origin.acme-tel.test/709J/1.pem").response.body, "certificate 1");
  });
}

TEST(Origin, AnswersConditionalRequestsWith304) {
  CdnWorld world;
  world.play([&] {
    world.put(kPath, "certificate 1");
    const std::string url = "https://origin.acme-tel.test/709J/1.pem";
    const auto first = world.get(url);
    sim::Request again = http_request("GET", url);
    again.headers.add("If-None-Match", std::string(*first.response.headers.get("ETag")));
    const auto second = world.tester().exchange(again, 5s);
    EXPECT_TRUE(second.has_status(304));
    EXPECT_EQ(second.response.body, "");
    again.headers.set("If-None-Match", "\"other\"");
    // If-None-Match has precedence, although this date alone would give a 304.
    again.headers.set("If-Modified-Since", "Mon, 05 Jan 2026 10:00:00 GMT");
    EXPECT_TRUE(world.tester().exchange(again, 5s).has_status(200));
    again.headers.remove("If-None-Match");
    EXPECT_TRUE(world.tester().exchange(again, 5s).has_status(304));
  });
}

TEST(Origin, ShowsANewBodyOnlyAfterThePublicationDelay) {
  RepositoryOptions options;
  options.origin.publication_delay = sim::Latency::constant(30s);
  CdnWorld world(options);
  world.play([&] {
    const std::string url = "https://origin.acme-tel.test/709J/1.pem";
    world.put(kPath, "certificate 1");
    EXPECT_TRUE(world.get(url).has_status(404));
    world.tester().sleep_for(29s);
    EXPECT_TRUE(world.get(url).has_status(404));
    world.tester().sleep_for(1s);
    EXPECT_EQ(world.get(url).response.body, "certificate 1");
    world.put(kPath, "certificate 2");  // In place: the old one stays until the delay is over.
    world.tester().sleep_for(29s);
    EXPECT_EQ(world.get(url).response.body, "certificate 1");
    world.tester().sleep_for(1s);
    EXPECT_EQ(world.get(url).response.body, "certificate 2");
    EXPECT_TRUE(unpublish(world.tester(), world.access(), kPath));
    EXPECT_TRUE(world.get(url).has_status(404));
  });
}

TEST(Origin, TellsThePublisherWhenTheWorldCanFetch) {
  RepositoryOptions options;
  options.origin.publication_delay = sim::Latency::constant(30s);
  options.origin.negative_max_age = 5s;
  CdnWorld world(options);
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    const auto early = wait_until_fetchable(world.tester(), url, "certificate 1", 5s, kEpoch + 20s);
    EXPECT_EQ(early.error().code, ErrorCode::kTimeout);
    EXPECT_EQ(world.tester().now(), kEpoch + 20s);
    EXPECT_TRUE(wait_until_fetchable(world.tester(), url, "certificate 1", 5s, kEpoch + 2min));
    EXPECT_GE(world.tester().now(), kEpoch + 30s);
    EXPECT_LT(world.tester().now(), kEpoch + 41s);
  });
}

TEST(CdnEdge, AnswersTheSecondRequestFromItsCache) {
  CdnWorld world;
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    const auto miss = world.get(url);
    ASSERT_TRUE(miss.has_status(200));
    EXPECT_EQ(world.cache_status(miss),
              "\"acme-tel/edge-east\"; fwd=uri-miss; fwd-status=200; stored; ttl=86399");
    EXPECT_EQ(cache_result_of(miss), CacheResult::kMiss);
    EXPECT_EQ(cache_name_of(miss), "acme-tel/edge-east");
    world.tester().sleep_for(1h);
    const auto hit = world.get(url);
    EXPECT_EQ(hit.response.body, "certificate 1");
    EXPECT_EQ(hit.response.headers.get("Age"), "3600");
    EXPECT_EQ(cache_result_of(hit), CacheResult::kHit);
    EXPECT_EQ(world.repository.origin().gets(), 1u);
  });
  const auto fetches = world.events<FetchEvent>();
  ASSERT_EQ(fetches.size(), 1u);
  EXPECT_EQ(fetches[0].first, "acme-tel/edge-east");
  EXPECT_EQ(fetches[0].second->what, FetchWhat::kOrigin);
  EXPECT_EQ(fetches[0].second->url, "https://origin.acme-tel.test/709J/1.pem");
  EXPECT_EQ(fetches[0].second->status, 200);
  EXPECT_EQ(fetches[0].second->octets, 13);  // "certificate 1"
  EXPECT_GE(fetches[0].second->latency, 70ms);  // East to west.
}

TEST(CdnEdge, ServesTheOldCertificateUntilMaxAge) {
  RepositoryOptions options;
  options.origin.max_age = 1h;
  CdnWorld world(options);
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    world.get(url);
    world.put(kPath, "certificate 2");  // Renewed in place.
    world.tester().sleep_for(59min);
    EXPECT_EQ(world.get(url).response.body, "certificate 1");
    world.tester().sleep_for(2min);
    const auto answer = world.get(url);
    EXPECT_EQ(answer.response.body, "certificate 2");
    EXPECT_EQ(cache_result_of(answer), CacheResult::kStale);
    EXPECT_THAT(world.cache_status(answer), HasSubstr("fwd=stale; fwd-status=200; stored"));
  });
}

TEST(CdnEdge, RevalidatesAnUnchangedCertificateWithoutItsBody) {
  RepositoryOptions options;
  options.origin.max_age = 1h;
  CdnWorld world(options);
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    world.get(url);
    world.tester().sleep_for(2h);
    const auto answer = world.get(url);
    EXPECT_EQ(answer.response.body, "certificate 1");
    EXPECT_THAT(world.cache_status(answer), HasSubstr("fwd=stale; fwd-status=304; stored"));
    world.tester().sleep_for(30min);  // Fresh again for a whole lifetime.
    EXPECT_EQ(cache_result_of(world.get(url)), CacheResult::kHit);
  });
}

TEST(CdnEdge, ObeysSMaxageAndLeavesMaxAgeToVerifiers) {
  RepositoryOptions options;
  options.origin.max_age = 24h;
  options.origin.s_maxage = 60s;
  CdnWorld world(options);
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    EXPECT_EQ(world.get(url).response.headers.get("Cache-Control"), "max-age=86400, s-maxage=60");
    world.tester().sleep_for(61s);
    EXPECT_EQ(cache_result_of(world.get(url)), CacheResult::kStale);
  });
}

TEST(CdnEdge, RemembersForAWhileThatThereIsNothing) {
  RepositoryOptions options;
  options.origin.negative_max_age = 1h;  // The edge caps it at 10 s.
  CdnWorld world(options);
  world.play([&] {
    const std::string url = "https://cr.acme-tel.test/709J/1.pem";
    EXPECT_TRUE(world.get(url).has_status(404));
    world.put(kPath, "certificate 1");
    world.tester().sleep_for(9s);
    const auto negative = world.get(url);
    EXPECT_TRUE(negative.has_status(404));
    EXPECT_THAT(world.cache_status(negative), HasSubstr("hit"));
    EXPECT_EQ(cache_result_of(negative), CacheResult::kError);
    world.tester().sleep_for(1s);
    EXPECT_TRUE(world.get(url).has_status(200));
  });
}

TEST(CdnEdge, AsksTheOriginOnceForManyRequestsAtATime) {
  CdnWorld world;
  std::vector<std::string> statuses;
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    std::vector<sim::Task> tasks;
    for (int i = 0; i < 20; ++i) {
      tasks.push_back(world.tester().spawn(
          "ask",
          [&] {
            const auto answer = world.get(url);
            EXPECT_EQ(answer.response.body, "certificate 1");
            statuses.push_back(world.cache_status(answer));
          },
          sim::Daemon::kNo));
    }
    for (const sim::Task& task : tasks) world.tester().join(task);
    EXPECT_EQ(world.repository.origin().gets(), 1u);
    EXPECT_EQ(std::count_if(statuses.begin(), statuses.end(),
                            [](const auto& s) { return s.find("collapsed") != s.npos; }),
              19);
  });
}

TEST(CdnEdge, ServesStaleWhileTheOriginIsDownOnlyIfAllowed) {
  RepositoryOptions options;
  options.origin.max_age = 1h;
  options.edges = {"east"};
  options.edge.cache.stale_if_error = 1h;
  CdnWorld world(options);
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    world.get(url);
    world.begin_outage();
    world.tester().sleep_for(90min);
    const auto stale = world.get(url);
    EXPECT_EQ(stale.response.body, "certificate 1");
    EXPECT_EQ(cache_result_of(stale), CacheResult::kStale);
    EXPECT_EQ(stale.response.headers.get("Age"), "5400");
    world.tester().sleep_for(31min);
    const auto failed = world.get(url);
    EXPECT_TRUE(failed.has_status(502));
    EXPECT_EQ(failed.response.headers.get("Cache-Control"), "no-store");
    EXPECT_EQ(cache_result_of(failed), CacheResult::kError);
    world.end_outage();
    EXPECT_EQ(world.get(url).response.body, "certificate 1");
  });
}

TEST(CdnEdge, PassesAnOutageOnWhenNothingIsCached) {
  CdnWorld world;
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    world.begin_outage();
    EXPECT_TRUE(world.get(url).has_status(502));
    world.end_outage();
    EXPECT_TRUE(world.get(url).has_status(200));  // An error is not remembered.
  });
}

TEST(CdnEdge, ForgetsWhatIsPurged) {
  CdnWorld world;
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    world.get(url);
    world.put(kPath, "certificate 2");
    sim::Request purge = http_request("PURGE", url);
    EXPECT_TRUE(world.tester().exchange(purge, 5s).has_status(401));
    purge.headers.add("Authorization", "Bearer " + world.repository.secret());
    EXPECT_TRUE(world.tester().exchange(purge, 5s).has_status(204));
    EXPECT_EQ(world.get(url).response.body, "certificate 2");
  });
}

TEST(CdnEdge, EachRegionHasItsOwnCache) {
  CdnWorld world;
  sim::Env& western = world.world().add_actor({.name = "western", .region = "west"});
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    world.get(url);
    world.on(western, [&] {
      const auto answer = western.exchange(http_request("GET", url), 5s);
      EXPECT_EQ(cache_name_of(answer), "acme-tel/edge-west");
      EXPECT_EQ(cache_result_of(answer), CacheResult::kMiss);
    });
  });
}

TEST(CdnEdge, SpendsItsProcessingTime) {
  RepositoryOptions options;
  options.edge.processing = sim::Latency::constant(25ms);
  CdnWorld world(options);
  world.play([&] {
    const std::string url = world.put(kPath, "certificate 1");
    world.get(url);
    const sim::Time before = world.tester().now();
    world.get(url);
    EXPECT_GE(world.tester().now() - before, 25ms);
    EXPECT_LT(world.tester().now() - before, 40ms);
  });
}

TEST(Repository, WithoutEdgesTheOriginAnswersTheWorld) {
  TestWorld world;
  RepositoryOptions options;
  options.provider = "acme-tel";
  const Repository repository(world.world(), options);
  world.play([&] {
    const RepositoryAccess access{.upload_base_url = repository.upload_base_url(),
                                  .public_base_url = repository.public_base_url(),
                                  .secret = repository.secret()};
    const auto url = publish(world.tester(), access, kPath, "certificate 1");
    ASSERT_TRUE(url);
    const auto answer = world.get(*url);
    EXPECT_EQ(answer.response.body, "certificate 1");
    EXPECT_EQ(cache_name_of(answer), "");
    EXPECT_EQ(cache_result_of(answer), CacheResult::kMiss);
  });
}

}  // namespace
}  // namespace shakedown::actors

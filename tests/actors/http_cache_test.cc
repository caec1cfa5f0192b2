#include "actors/caching/http_cache.h"

#include <gtest/gtest.h>

#include "actors/serving/http_json.h"

namespace shakedown::actors {
namespace {

using namespace std::chrono_literals;

const sim::Time kNow = sim::parse_time("2026-01-05T09:00:00Z").value();
constexpr std::string_view kUrl = "https://cr.acme-tel.test/1.pem";

sim::Response response_with(std::initializer_list<sim::Headers::Field> fields, int status = 200) {
  sim::Response response = http_response(status, "application/pem-certificate-chain", "body");
  for (const auto& [name, value] : fields) response.headers.add(name, value);
  return response;
}

// How long a response is fresh from now on; -1 s if it is not stored.
sim::Duration freshness(const HttpCacheOptions& options,
                        std::initializer_list<sim::Headers::Field> fields,
                        int status = 200) {
  HttpCache cache(options);
  const auto entry = cache.store(kUrl, {}, response_with(fields, status), kNow, kNow);
  return entry ? entry->ttl(kNow) : -1s;
}

const HttpCacheOptions kShared{.shared = true};
const HttpCacheOptions kPrivate{};

TEST(CacheControlField, ReadsDirectivesOfAnyCaseQuotedOrNot) {
  sim::Headers headers;
  headers.add("Cache-Control", "Public, MAX-AGE=\"60\" ,x=\"a, no-store\"");
  headers.add("cache-control", "stale-if-error=5");
  const CacheControl control = CacheControl::of(headers);
  EXPECT_TRUE(control.is_public);
  EXPECT_FALSE(control.no_store);
  EXPECT_EQ(control.max_age, 60s);
  EXPECT_EQ(control.stale_if_error, 5s);
}

TEST(CacheControlField, TakesTheMostRestrictiveOfConflictingValues) {
  sim::Headers headers;
  headers.add("Cache-Control", "max-age=60, max-age=10");
  EXPECT_EQ(CacheControl::of(headers).max_age, 10s);
  headers.add("Cache-Control", "max-age=soon");
  EXPECT_EQ(CacheControl::of(headers).max_age, 0s);
}

TEST(CacheControlField, CapsDeltaSecondsAtTwoToThe31) {
  EXPECT_EQ(parse_delta_seconds("99999999999999999999999"), std::chrono::seconds{1LL << 31});
  EXPECT_EQ(parse_delta_seconds("-1"), std::nullopt);
  EXPECT_EQ(parse_delta_seconds(""), std::nullopt);
}

TEST(HttpCache, PrefersSMaxageThenMaxAgeThenExpires) {
  const auto all = {sim::Headers::Field{"Cache-Control", "max-age=100, s-maxage=10"},
                    sim::Headers::Field{"Expires", "Mon, 05 Jan 2026 10:00:00 GMT"}};
  EXPECT_EQ(freshness(kShared, all), 10s);
  EXPECT_EQ(freshness(kPrivate, all), 100s);
  EXPECT_EQ(freshness(kPrivate, {{"Date", "Mon, 05 Jan 2026 09:00:00 GMT"},
                                 {"Expires", "Mon, 05 Jan 2026 10:00:00 GMT"}}),
            1h);
  EXPECT_EQ(freshness(kPrivate, {{"Expires", "0"}, {"ETag", "\"a\""}}), 0s);
}

TEST(HttpCache, GuessesATenthOfTheTimeSinceLastModified) {
  EXPECT_EQ(freshness(kPrivate, {{"Date", "Mon, 05 Jan 2026 09:00:00 GMT"},
                                 {"Last-Modified", "Sun, 04 Jan 2026 23:00:00 GMT"}}),
            1h);
  HttpCacheOptions fixed;
  fixed.default_freshness = 5min;
  EXPECT_EQ(freshness(fixed, {}), 5min);
}

TEST(HttpCache, KeepsAtLeastAsLongAsAVerifierShould) {
  HttpCacheOptions verifier;
  verifier.minimum_freshness = 24h;
  EXPECT_EQ(freshness(verifier, {}), 24h);
  EXPECT_EQ(freshness(verifier, {{"Cache-Control", "max-age=60"}}), 24h);
  EXPECT_EQ(freshness(verifier, {{"Cache-Control", "max-age=172800"}}), 48h);
  EXPECT_EQ(freshness(verifier, {{"Cache-Control", "no-store"}}), -1s);
}

TEST(HttpCache, ObeysNoStoreAndPrivateWhereTheyApply) {
  EXPECT_EQ(freshness(kShared, {{"Cache-Control", "no-store, max-age=60"}}), -1s);
  EXPECT_EQ(freshness(kShared, {{"Cache-Control", "private, max-age=60"}}), -1s);
  EXPECT_EQ(freshness(kPrivate, {{"Cache-Control", "private, max-age=60"}}), 60s);
  EXPECT_EQ(freshness(kShared, {{"Cache-Control", "max-age=60"}, {"Vary", "*"}}), -1s);
}

TEST(HttpCache, DoesNotShareAnswersToAuthorizedRequests) {
  HttpCache cache(kShared);
  sim::Headers request;
  request.add("Authorization", "Bearer x");
  EXPECT_FALSE(
      cache.store(kUrl, request, response_with({{"Cache-Control", "max-age=60"}}), kNow, kNow));
  EXPECT_TRUE(cache.store(kUrl, request, response_with({{"Cache-Control", "max-age=60, public"}}),
                          kNow, kNow));
}

TEST(HttpCache, NoCacheIsStoredButNeverFresh) {
  HttpCache cache(kPrivate);
  const auto entry = cache.store(
      kUrl, {}, response_with({{"Cache-Control", "no-cache, max-age=60"}, {"ETag", "\"a\""}}), kNow,
      kNow);
  ASSERT_TRUE(entry);
  EXPECT_FALSE(entry->is_fresh(kNow));
  EXPECT_FALSE(entry->may_be_served_on_error(kNow));
}

TEST(HttpCache, CountsTheAgeThatAResponseArrivesWith) {
  HttpCache cache(kPrivate);
  auto response = response_with({{"Cache-Control", "max-age=100"}, {"Age", "30"}});
  auto entry = cache.store(kUrl, {}, response, kNow, kNow + 2s);
  EXPECT_EQ(entry->age(kNow + 2s), 32s);  // Age and the time it took.
  EXPECT_EQ(entry->ttl(kNow + 12s), 58s);
  response.headers.add("Date", "Mon, 05 Jan 2026 08:59:00 GMT");
  entry = cache.store(kUrl, {}, response, kNow, kNow + 2s);
  EXPECT_EQ(entry->age(kNow + 2s), 62s);  // Apparent age.
  EXPECT_EQ(HttpCache::served(*entry, kNow + 3s).headers.get("Age"), "63");
}

TEST(HttpCache, IsStaleFromTheInstantOfItsLifetime) {
  HttpCache cache(kPrivate);
  const auto entry =
      cache.store(kUrl, {}, response_with({{"Cache-Control", "max-age=10"}}), kNow, kNow);
  EXPECT_TRUE(entry->is_fresh(kNow + 10s - 1ns));
  EXPECT_FALSE(entry->is_fresh(kNow + 10s));
}

TEST(HttpCache, KeepsErrorsOnlyForTheNegativeLifetime) {
  HttpCacheOptions options = kShared;
  options.negative_freshness = 10s;
  EXPECT_EQ(freshness(options, {}, 404), 10s);
  EXPECT_EQ(freshness(options, {{"Cache-Control", "max-age=3"}}, 404), 3s);
  EXPECT_EQ(freshness(options, {{"Cache-Control", "max-age=300"}}, 404), 10s);
  EXPECT_EQ(freshness(kShared, {{"Cache-Control", "max-age=300"}}, 404), -1s);
  EXPECT_EQ(freshness(options, {{"Cache-Control", "max-age=300"}}, 503), -1s);
}

TEST(HttpCache, AnErrorOfTheServerLeavesWhatIsStored) {
  HttpCache cache(kPrivate);
  cache.store(kUrl, {}, response_with({{"Cache-Control", "max-age=60"}}), kNow, kNow);
  cache.store(kUrl, {}, response_with({}, 503), kNow, kNow);
  EXPECT_TRUE(cache.find(kUrl, {}));
  cache.store(kUrl, {}, response_with({{"Cache-Control", "no-store"}}), kNow, kNow);
  EXPECT_FALSE(cache.find(kUrl, {}));
}

TEST(HttpCache, ANotModifiedRenewsTheEntry) {
  HttpCache cache(kPrivate);
  const auto old = cache.store(
      kUrl, {}, response_with({{"Cache-Control", "max-age=10"}, {"ETag", "\"a\""}}), kNow, kNow);
  sim::Headers conditions;
  HttpCache::add_conditions(*old, conditions);
  EXPECT_EQ(conditions.get("If-None-Match"), "\"a\"");
  const auto renewed = cache.freshen(
      kUrl, old, response_with({{"Cache-Control", "max-age=20"}}, 304), kNow + 15s, kNow + 15s);
  EXPECT_EQ(renewed->response.body, "body");
  EXPECT_EQ(renewed->response.status, 200);
  EXPECT_EQ(renewed->ttl(kNow + 15s), 20s);
  EXPECT_EQ(cache.find(kUrl, {}), renewed);
}

TEST(HttpCache, ServesStaleOnErrorsWithinTheWindow) {
  HttpCache cache(kShared);
  auto entry = cache.store(
      kUrl, {}, response_with({{"Cache-Control", "max-age=10, stale-if-error=20"}}), kNow, kNow);
  EXPECT_TRUE(entry->may_be_served_on_error(kNow + 29s));
  EXPECT_FALSE(entry->may_be_served_on_error(kNow + 30s));
  entry = cache.store(
      kUrl, {}, response_with({{"Cache-Control", "s-maxage=10, stale-if-error=20"}}), kNow, kNow);
  EXPECT_FALSE(entry->may_be_served_on_error(kNow + 11s));  // s-maxage: proxy-revalidate.
  HttpCacheOptions careless = kShared;
  careless.stale_despite_s_maxage = true;
  HttpCache other(careless);
  entry = other.store(
      kUrl, {}, response_with({{"Cache-Control", "s-maxage=10, stale-if-error=20"}}), kNow, kNow);
  EXPECT_TRUE(entry->may_be_served_on_error(kNow + 11s));
}

TEST(HttpCache, TellsVariantsApart) {
  HttpCache cache(kPrivate);
  sim::Headers pem;
  pem.add("Accept", "application/pem-certificate-chain");
  cache.store(kUrl, pem, response_with({{"Cache-Control", "max-age=60"}, {"Vary", "Accept"}}), kNow,
              kNow);
  EXPECT_TRUE(cache.find(kUrl, pem));
  EXPECT_FALSE(cache.find(kUrl, {}));
}

TEST(HttpCache, ForgetsTheLeastRecentlyUsedWhenFull) {
  HttpCacheOptions options;
  options.max_entries = 2;
  HttpCache cache(options);
  const auto response = response_with({{"Cache-Control", "max-age=60"}});
  cache.store("a", {}, response, kNow, kNow);
  cache.store("b", {}, response, kNow, kNow);
  const auto held = cache.find("b", {});
  cache.find("a", {});
  cache.store("c", {}, response, kNow, kNow);
  EXPECT_TRUE(cache.find("a", {}));
  EXPECT_FALSE(cache.find("b", {}));
  EXPECT_EQ(held->response.body, "body");  // Whoever holds it keeps it.
  EXPECT_EQ(cache.evictions(), 1u);
}

TEST(HttpCache, StaysWithinItsOctets) {
  HttpCacheOptions options;
  options.max_bytes = 1000;
  options.max_entry_bytes = 600;
  HttpCache cache(options);
  sim::Response response = response_with({{"Cache-Control", "max-age=60"}});
  response.body.assign(400, 'x');
  cache.store("a", {}, response, kNow, kNow);
  cache.store("b", {}, response, kNow, kNow);
  EXPECT_EQ(cache.size(), 2u);
  cache.store("c", {}, response, kNow, kNow);
  EXPECT_LE(cache.bytes(), 1000u);
  EXPECT_EQ(cache.size(), 2u);
  response.body.assign(700, 'x');
  EXPECT_FALSE(cache.store("d", {}, response, kNow, kNow));
  cache.clear();
  EXPECT_EQ(cache.bytes(), 0u);
}

}  // namespace
}  // namespace shakedown::actors

// One edge of a content delivery network in front of a repository's origin. All edges of a CDN
// listen on the public host; a client reaches the nearest.
//
// Answers from its cache (RFC 9111), else asks the origin: requests for one URL that arrive while
// the origin is being asked wait for that one answer (request collapsing, RFC 9111 §4). Stale
// entries are revalidated by ETag, and served when the origin fails if they may be. Each answer
// carries Age and Cache-Status (RFC 9211: "edge-us-east"; hit; ttl=3600), the ground truth that
// FetchEvents of clients are read from. `PURGE` with the owner's secret, or purge(), drops an
// entry.
//
// Records a FetchEvent, what = "origin", for each of its own requests to the origin.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/events.h"
#include "actors/repository/http_cache.h"
#include "sim/world.h"

namespace shakedown::actors {

struct CdnEdgeOptions {
  std::string name;         // "acme-tel/edge-us-east"; the last part stands in Cache-Status.
  std::string public_host;  // "cr.acme-tel.test"
  std::string region = "local";
  std::string origin_url;  // Base URL of the origin (or of a shield), without a trailing slash.
  std::string secret;      // For PURGE; empty: not over HTTP.
  sim::Duration origin_timeout = std::chrono::seconds{3};
  // How long a request waits for another one's answer before it asks the origin itself.
  sim::Duration collapse_timeout = std::chrono::seconds{5};
  HttpCacheOptions cache{.shared = true, .negative_freshness = std::chrono::seconds{10}};
};

class CdnEdge {
 public:
  CdnEdge(sim::World& world, CdnEdgeOptions options);

  // For directors, from activities of this actor. They do not suspend.
  bool purge(std::string_view path);
  void purge_all();

  sim::Env& env() { return env_; }

  const CdnEdgeOptions& options() const { return options_; }

  const HttpCache& cache() const { return cache_; }

  std::uint64_t origin_requests() const { return origin_requests_; }

 private:
  // One request to the origin under way, and those who wait for it.
  struct Flight {
    sim::Condition landed;
    bool done = false;
    // The answer for the followers; empty if it must not be shared (not stored).
    std::optional<sim::Response> response;
  };

  struct Upstream {
    sim::Answer answer;
    sim::Time request_time, response_time;
  };

  sim::Response handle(const sim::Request& request);
  // * Asks the origin as the leader of a flight. `stale`: what to revalidate, or null.
  sim::Response fetch(const std::string& path,
                      const sim::Request& request,
                      const HttpCache::EntryPtr& stale,
                      Flight* flight);
  Upstream ask_origin(const std::string& path, sim::Request request);
  sim::Response answer_of_failed_origin(const HttpCache::EntryPtr& stale, const Upstream& upstream);
  sim::Response with_status(sim::Response response, std::string_view parameters) const;

  std::string key(std::string_view path) const { return base_url_ + std::string(path); }

  CdnEdgeOptions options_;
  sim::Env& env_;
  std::string base_url_;
  std::string label_;  // "edge-us-east"
  HttpCache cache_;
  std::map<std::string, std::shared_ptr<Flight>, std::less<>> flights_;
  std::uint64_t origin_requests_ = 0;
};

// What an answer's Cache-Status (RFC 9211) says about the cache nearest to the client: hit, stale
// (a stale entry was served or revalidated), miss; error without a usable response. An answer
// without the field came from an origin: miss.
CacheResult cache_result_of(const sim::Answer& answer);
// The name of that cache, "edge-us-east"; "" without the field.
std::string cache_name_of(const sim::Answer& answer);

}  // namespace shakedown::actors

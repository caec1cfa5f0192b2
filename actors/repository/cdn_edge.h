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
#include <string>
#include <string_view>

#include "actors/caching/http_cache.h"
#include "actors/caching/single_flight.h"
#include "actors/events.h"
#include "sim/network.h"
#include "sim/site.h"

namespace shakedown::actors {

struct CdnEdgeOptions {
  std::string name;         // "acme-tel/edge-us-east"; it stands in Cache-Status.
  std::string public_host;  // "cr.acme-tel.test"
  std::string region = "local";
  std::string origin_url;   // Base URL of the origin (or of a shield), without a trailing slash.
  std::string secret;       // For PURGE; empty: not over HTTP.
  sim::Latency processing;  // Spent on each request; nothing by default.
  sim::Duration origin_timeout = std::chrono::seconds{3};
  // How long a request waits for another one's answer before it asks the origin itself (nginx:
  // proxy_cache_lock_timeout).
  sim::Duration collapse_timeout = std::chrono::seconds{5};
  HttpCacheOptions cache{.shared = true, .negative_freshness = std::chrono::seconds{10}};
};

class CdnEdge {
 public:
  CdnEdge(sim::Site& site, CdnEdgeOptions options);

  // For directors, from activities of this actor. They do not suspend.
  bool purge(std::string_view path);
  void purge_all();

  sim::Env& env() { return env_; }

  const CdnEdgeOptions& options() const { return options_; }

  const HttpCache& cache() const { return cache_; }

  std::uint64_t origin_requests() const { return origin_requests_; }

 private:
  // What the origin said, and when.
  struct Upstream {
    sim::Answer answer;
    sim::Time request_time, response_time;
  };

  // What goes out, and how the cache came to it (parameters of Cache-Status).
  struct Served {
    sim::Response response;
    std::string how;
    bool may_be_shared = true;  // With requests that wait for the same thing.
  };

  sim::Response handle(const sim::Request& request);
  sim::Response on_purge(const sim::Request& request, std::string_view path);
  // * From the cache, from another request's flight, or from the origin.
  Served serve(const std::string& path, const sim::Headers& request);
  // * Asks the origin. `stale`: what to revalidate, or null.
  Served fetch(const std::string& path,
               const sim::Headers& request,
               const HttpCache::EntryPtr& stale);
  Upstream ask_origin(const std::string& path, sim::Headers headers);
  static Served answer_without_origin(const HttpCache::EntryPtr& stale, const Upstream& upstream);

  std::string key(std::string_view path) const { return base_url_ + std::string(path); }

  CdnEdgeOptions options_;
  sim::Env& env_;
  std::string base_url_;
  HttpCache cache_;
  SingleFlight<Served> flights_;  // By key.
  std::uint64_t origin_requests_ = 0;
};

}  // namespace shakedown::actors

// The origin of a provider's certificate repository (STI-CR): the one server that has what the
// provider published. It may answer the world itself, or only the edges of a CDN.
//
//   PUT    by its owner (Authorization: Bearer SECRET): the body becomes fetchable after a drawn
//          publication delay; the answer, 201 or 204, comes at once with Location. Putting to a
//          path again replaces what is there in place: the old body is served until the delay is
//          over.
//   DELETE by its owner: gone at once.
//   GET    200 with ETag, Last-Modified, Date, Cache-Control and Content-Type
//          application/pem-certificate-chain; 304 to a matching If-None-Match or If-Modified-Since;
//          404 with a negative Cache-Control. HEAD likewise.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/network.h"
#include "sim/site.h"

namespace shakedown::actors {

struct OriginOptions {
  std::string name;                // "acme-tel/origin"
  std::vector<std::string> hosts;  // "origin.acme-tel.test"; the first one is base_url's.
  std::string region = "local";
  std::string secret;  // Of the owner; empty: nobody may publish over HTTP.
  sim::Latency publication_delay = sim::Latency::constant(sim::Duration{});
  sim::Latency processing;  // Spent on each request; nothing by default.
  std::string content_type = "application/pem-certificate-chain";
  // Cache-Control of what exists. s-maxage only if set; unset max_age: no Cache-Control at all (28
  // % of the repositories in the field break the rule, mostly so).
  std::optional<sim::Duration> max_age = std::chrono::hours{24};
  std::optional<sim::Duration> s_maxage;
  std::string extra_cache_control;  // Appended as it is: "stale-if-error=3600".
  std::optional<sim::Duration> negative_max_age = std::chrono::seconds{10};  // Of a 404.
  std::size_t max_objects = 100'000;
  std::size_t max_object_bytes = 64 * 1024;
};

class Origin {
 public:
  Origin(sim::Site& site, OriginOptions options);

  // For directors, from activities of this actor. They do not suspend.
  // Publishes `body` under `path` ("/certificates/1.pem") as a PUT would. Returns when it becomes
  // fetchable.
  sim::Time publish(std::string_view path, std::string body);
  bool remove(std::string_view path);

  sim::Env& env() { return env_; }

  const std::string& base_url() const { return base_urls_.front(); }

  const OriginOptions& options() const { return options_; }

  std::uint64_t gets() const { return gets_; }  // Requests answered, for tests.

 private:
  struct Version {
    std::string body;
    std::string etag;
    sim::Time published_at;  // From then on it is what a GET gets.
  };

  // At most one version is on its way beside the one that is served.
  struct Object {
    std::optional<Version> current;
    std::optional<Version> pending;
  };

  sim::Response handle(const sim::Request& request);
  sim::Response on_change(const sim::Request& request, const std::string& path);
  sim::Response on_get(const std::string& path);
  const Version* visible(std::string_view path);
  std::string cache_control() const;

  OriginOptions options_;
  sim::Env& env_;
  std::vector<std::string> base_urls_;
  std::map<std::string, Object, std::less<>> objects_;
  std::uint64_t gets_ = 0;
};

}  // namespace shakedown::actors

// An HTTP cache as RFC 9111 describes it, for GET: pure, time is an argument. A CDN edge uses it as
// a shared cache, a verifier's certificate cache as a private one (ATIS-1000074 asks a verifier for
// RFC 7234 caching, now RFC 9111).
//
// Bounded in entries and octets, least recently used first. One owner, not thread-safe, never
// suspends. What is looked up is handed out as a shared pointer, so it survives a later eviction.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "actors/caching/cache_control.h"
#include "sim/message.h"
#include "sim/time.h"

namespace shakedown::actors {

struct HttpCacheOptions {
  bool shared = false;  // Obeys s-maxage and private (RFC 9111 §1).
  std::size_t max_entries = 1024;
  std::size_t max_bytes = 16 * 1024 * 1024;  // Bodies, header fields and URLs.
  std::size_t max_entry_bytes = 256 * 1024;  // Larger responses are passed on, not kept.
  // Successes: a floor under the freshness that the response asks for, also without any directive
  // (ATIS-1000074: a verifier should cache for 24 hours). 0: none. no-store is obeyed nevertheless.
  sim::Duration minimum_freshness{};
  // For 200 without explicit expiry; unset: 10 % of the time since Last-Modified (§4.2.2), else 0.
  std::optional<sim::Duration> default_freshness = std::nullopt;
  // For 404 and 410 without explicit expiry, and a cap for those with one. 0: errors are not kept.
  sim::Duration negative_freshness{};
  // stale-if-error for responses that do not say: how long after its expiry an entry may be served
  // when the origin fails. 0: never.
  sim::Duration stale_if_error{};
  // s-maxage implies proxy-revalidate (RFC 9111 §5.2.2.10), so it forbids stale use; many CDNs do
  // not care.
  bool stale_despite_s_maxage = false;
};

class HttpCache {
 public:
  struct Entry {
    sim::Response response;  // As received, without Age, and brought up to date by 304s.
    CacheControl control;
    sim::Time response_time;         // Of the last response, by the cache's own clock.
    sim::Duration initial_age{};     // corrected_initial_age (RFC 9111 §4.2.3)
    sim::Duration lifetime{};        // freshness_lifetime (§4.2.1)
    sim::Duration stale_if_error{};  // After the lifetime.
    bool must_revalidate = false;    // Never served stale: must-revalidate, no-cache, ...
    sim::Headers varying;            // The request fields that Vary names.

    sim::Duration age(sim::Time now) const { return initial_age + (now - response_time); }

    bool is_fresh(sim::Time now) const { return !control.no_cache && age(now) < lifetime; }

    sim::Duration ttl(sim::Time now) const { return lifetime - age(now); }  // Negative: stale.

    bool is_negative() const { return response.status >= 400; }

    bool has_validator() const;
    // The origin did not answer, or with 500, 502, 503, 504: may this be served all the same?
    bool may_be_served_on_error(sim::Time now) const;
  };

  using EntryPtr = std::shared_ptr<const Entry>;

  explicit HttpCache(HttpCacheOptions options = {})
      : options_(options) {}

  const HttpCacheOptions& options() const { return options_; }

  // The stored response for a GET of `url` with these request fields, fresh or stale; null: none,
  // or another variant (Vary). Counts as a use.
  EntryPtr find(std::string_view url, const sim::Headers& request);

  // What to serve: the response with Age (RFC 9111 §5.1).
  static sim::Response served(const Entry& entry, sim::Time now);

  // Adds If-None-Match and If-Modified-Since from the stored validators (§4.3.1).
  static void add_conditions(const Entry& entry, sim::Headers& request);

  // Keeps a final response, or does not; then an older one for the URL is dropped if this was a
  // success. `request_time`: when the request was sent. Returns the entry, null if not stored.
  EntryPtr store(std::string_view url,
                 const sim::Headers& request,
                 const sim::Response& response,
                 sim::Time request_time,
                 sim::Time response_time);

  // A 304 came for `entry`: header fields and age are renewed (§4.3.4). Works too when the entry
  // has been evicted meanwhile. Returns the renewed one.
  EntryPtr freshen(std::string_view url,
                   const EntryPtr& entry,
                   const sim::Response& not_modified,
                   sim::Time request_time,
                   sim::Time response_time);

  bool erase(std::string_view url);  // A purge; true if there was something.
  void clear();

  std::size_t size() const { return slots_.size(); }

  std::size_t bytes() const { return bytes_; }

  std::uint64_t evictions() const { return evictions_; }

 private:
  struct Slot {
    EntryPtr entry;
    std::size_t bytes = 0;
    std::list<std::string>::iterator use;
  };

  EntryPtr keep(std::string_view url, EntryPtr entry);
  void drop(std::map<std::string, Slot, std::less<>>::iterator slot);
  sim::Duration freshness_lifetime(const Entry& entry, sim::Time response_time) const;
  bool may_store(const sim::Headers& request,
                 const sim::Response& response,
                 const CacheControl& control) const;
  void judge(Entry& entry, sim::Time request_time, sim::Time response_time) const;

  HttpCacheOptions options_;
  std::map<std::string, Slot, std::less<>> slots_;
  std::list<std::string> uses_;  // Most recent first.
  std::size_t bytes_ = 0;
  std::uint64_t evictions_ = 0;
};

}  // namespace shakedown::actors

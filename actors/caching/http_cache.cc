#include "actors/caching/http_cache.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace shakedown::actors {
namespace {

// RFC 9110 §15.1, without the partial 206, which this cache does not combine.
bool is_heuristically_cacheable(int status) {
  constexpr std::array kStatuses{200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501};
  return std::find(kStatuses.begin(), kStatuses.end(), status) != kStatuses.end();
}

std::vector<std::string> varying_names(const sim::Headers& response) {
  std::vector<std::string> names;
  for (std::string_view rest : response.get_all("Vary")) {
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      std::string_view name = rest.substr(0, comma);
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
      while (name.starts_with(' ')) name.remove_prefix(1);
      while (name.ends_with(' ')) name.remove_suffix(1);
      if (!name.empty()) names.emplace_back(name);
    }
  }
  return names;
}

sim::Time floor_to_seconds(sim::Time time) {
  return sim::from_unix_seconds(sim::unix_seconds(time));
}

std::optional<sim::Time> date_field(const sim::Headers& headers, std::string_view name) {
  const auto text = headers.get(name);
  if (!text) return std::nullopt;
  const auto time = sim::parse_http_date(*text);
  return time ? std::optional(*time) : std::nullopt;
}

// corrected_initial_age. Date has whole seconds, so fractions of the response time do not count.
sim::Duration initial_age_of(const sim::Headers& response,
                             sim::Time request_time,
                             sim::Time response_time) {
  sim::Duration apparent{};
  if (const auto date = date_field(response, "Date")) {
    apparent = std::max(sim::Duration{}, floor_to_seconds(response_time) - *date);
  }
  sim::Duration corrected = response_time - request_time;
  if (const auto age = response.get("Age")) {
    corrected += parse_delta_seconds(*age).value_or(sim::Duration{});
  }
  return std::max(apparent, corrected);
}

}  // namespace

bool HttpCache::Entry::has_validator() const {
  return response.headers.get("ETag") || response.headers.get("Last-Modified");
}

bool HttpCache::Entry::may_be_served_on_error(sim::Time now) const {
  return !must_revalidate && !is_negative() && age(now) < lifetime + stale_if_error;
}

HttpCache::EntryPtr HttpCache::find(std::string_view url, const sim::Headers& request) {
  const auto found = slots_.find(url);
  if (found == slots_.end()) return nullptr;
  const EntryPtr& entry = found->second.entry;
  for (const auto& [name, value] : entry->varying.fields()) {
    if (request.get(name).value_or("") != value) return nullptr;
  }
  uses_.splice(uses_.begin(), uses_, found->second.use);
  return entry;
}

sim::Response HttpCache::served(const Entry& entry, sim::Time now) {
  sim::Response response = entry.response;
  const auto age = std::chrono::floor<std::chrono::seconds>(entry.age(now)).count();
  response.headers.set("Age", std::to_string(age));
  return response;
}

void HttpCache::add_conditions(const Entry& entry, sim::Headers& request) {
  if (const auto etag = entry.response.headers.get("ETag")) {
    request.set("If-None-Match", std::string(*etag));
  }
  if (const auto modified = entry.response.headers.get("Last-Modified")) {
    request.set("If-Modified-Since", std::string(*modified));
  }
}

bool HttpCache::may_store(const sim::Headers& request,
                          const sim::Response& response,
                          const CacheControl& control) const {
  // Partial and conditional answers are not whole responses; failures of the server are no property
  // of the resource.
  if (response.status < 200 || response.status == 206 || response.status == 304 ||
      response.status >= 500) {
    return false;
  }
  if (control.no_store || CacheControl::of(request).no_store) return false;
  if (options_.shared && control.is_private) return false;
  if (options_.shared && request.get("Authorization") && !control.must_revalidate &&
      !control.is_public && !control.s_maxage) {
    return false;
  }
  for (const std::string& name : varying_names(response.headers)) {
    if (name == "*") return false;
  }
  return control.is_public || control.is_private || control.max_age ||
         (options_.shared && control.s_maxage) || response.headers.get("Expires") ||
         is_heuristically_cacheable(response.status);
}

sim::Duration HttpCache::freshness_lifetime(const Entry& entry, sim::Time response_time) const {
  const CacheControl& control = entry.control;
  const sim::Headers& headers = entry.response.headers;
  std::optional<sim::Duration> lifetime;
  if (options_.shared && control.s_maxage) {
    lifetime = control.s_maxage;
  } else if (control.max_age) {
    lifetime = control.max_age;
  } else if (headers.get("Expires")) {
    const sim::Time date = date_field(headers, "Date").value_or(response_time);
    // An Expires that is no date, such as "0", has passed (§5.3).
    lifetime = std::max(sim::Duration{}, date_field(headers, "Expires").value_or(date) - date);
  }
  if (entry.is_negative()) {
    return std::min(lifetime.value_or(options_.negative_freshness), options_.negative_freshness);
  }
  if (!lifetime) lifetime = options_.default_freshness;
  if (!lifetime) {
    const auto date = date_field(headers, "Date");
    const auto modified = date_field(headers, "Last-Modified");
    lifetime = date && modified && *modified < *date ? (*date - *modified) / 10 : sim::Duration{};
  }
  return entry.response.status == 200 ? std::max(*lifetime, options_.minimum_freshness) : *lifetime;
}

void HttpCache::judge(Entry& entry, sim::Time request_time, sim::Time response_time) const {
  entry.control = CacheControl::of(entry.response.headers);
  const CacheControl& control = entry.control;
  entry.response_time = response_time;
  entry.initial_age = initial_age_of(entry.response.headers, request_time, response_time);
  entry.lifetime = freshness_lifetime(entry, response_time);
  entry.stale_if_error = control.stale_if_error.value_or(options_.stale_if_error);
  entry.must_revalidate =
      control.no_cache || control.must_revalidate ||
      (options_.shared &&
       (control.proxy_revalidate || (control.s_maxage && !options_.stale_despite_s_maxage)));
  entry.response.headers.remove("Age");
}

HttpCache::EntryPtr HttpCache::store(std::string_view url,
                                     const sim::Headers& request,
                                     const sim::Response& response,
                                     sim::Time request_time,
                                     sim::Time response_time) {
  auto entry = std::make_shared<Entry>();
  entry->response = response;
  judge(*entry, request_time, response_time);
  const bool useful = entry->lifetime > sim::Duration{} || entry->has_validator();
  const bool kept = entry->is_negative() ? entry->lifetime > sim::Duration{} : useful;
  if (!may_store(request, response, entry->control) || !kept) {
    // A server in trouble says nothing about what we have; anything else replaces it.
    if (response.status < 500) erase(url);
    return nullptr;
  }
  for (const std::string& name : varying_names(response.headers)) {
    entry->varying.add(name, std::string(request.get(name).value_or("")));
  }
  return keep(url, std::move(entry));
}

HttpCache::EntryPtr HttpCache::freshen(std::string_view url,
                                       const EntryPtr& entry,
                                       const sim::Response& not_modified,
                                       sim::Time request_time,
                                       sim::Time response_time) {
  auto renewed = std::make_shared<Entry>(*entry);
  for (const auto& [name, value] : not_modified.headers.fields()) {
    // §3.2: framing belongs to the message that brought it.
    if (sim::equals_ignoring_case(name, "Content-Length")) continue;
    renewed->response.headers.remove(name);
  }
  for (const auto& [name, value] : not_modified.headers.fields()) {
    if (sim::equals_ignoring_case(name, "Content-Length")) continue;
    renewed->response.headers.add(name, value);
  }
  judge(*renewed, request_time, response_time);
  if (renewed->control.no_store) {
    erase(url);
    return renewed;
  }
  const EntryPtr result = renewed;
  keep(url, result);
  return result;
}

HttpCache::EntryPtr HttpCache::keep(std::string_view url, EntryPtr entry) {
  erase(url);
  const std::size_t bytes =
      url.size() + entry->response.headers.size_in_bytes() + entry->response.body.size();
  if (bytes > options_.max_entry_bytes || bytes > options_.max_bytes || options_.max_entries == 0) {
    return nullptr;
  }
  while (slots_.size() >= options_.max_entries || bytes_ + bytes > options_.max_bytes) {
    drop(slots_.find(uses_.back()));
    ++evictions_;
  }
  uses_.emplace_front(url);
  slots_.emplace(std::string(url), Slot{entry, bytes, uses_.begin()});
  bytes_ += bytes;
  return entry;
}

void HttpCache::drop(std::map<std::string, Slot, std::less<>>::iterator slot) {
  bytes_ -= slot->second.bytes;
  uses_.erase(slot->second.use);
  slots_.erase(slot);
}

bool HttpCache::erase(std::string_view url) {
  const auto found = slots_.find(url);
  if (found == slots_.end()) return false;
  drop(found);
  return true;
}

void HttpCache::clear() {
  slots_.clear();
  uses_.clear();
  bytes_ = 0;
}

}  // namespace shakedown::actors

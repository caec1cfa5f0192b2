#include "actors/repository/cdn_edge.h"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/caching/fetch_record.h"
#include "actors/caching/http_conditions.h"
#include "actors/serving/http_json.h"
#include "actors/serving/processing_time.h"
#include "crypto/octets/bytes.h"

namespace shakedown::actors {
namespace {

// RFC 5861 §4: what counts as an error of the origin.
bool is_failure(const sim::Answer& answer) {
  constexpr std::array kStatuses{500, 502, 503, 504};
  return answer.kind != sim::Answer::Kind::kResponse ||
         std::find(kStatuses.begin(), kStatuses.end(), answer.response.status) != kStatuses.end();
}

std::string seconds(sim::Duration duration) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(duration).count());
}

sim::Response no_store(sim::Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace

CdnEdge::CdnEdge(sim::Site& site, CdnEdgeOptions options)
    : options_(std::move(options)),
      env_(site.add_actor({.name = options_.name, .region = options_.region, .servers = 1})),
      base_url_(site.base_url(options_.public_host)),
      cache_(options_.cache),
      flights_(env_) {
  site.listen(env_, sim::Protocol::kHttp, options_.public_host,
              [this](const sim::Request& request) { return handle(request); });
}

bool CdnEdge::purge(std::string_view path) { return cache_.erase(key(path)); }

void CdnEdge::purge_all() { cache_.clear(); }

sim::Response CdnEdge::handle(const sim::Request& request) {
  spend(env_, options_.processing);
  const std::string path = path_below(base_url_, request.target);
  if (request.method == "PURGE") return on_purge(request, path);
  if (request.method != "GET" && request.method != "HEAD") {
    sim::Response response = no_store(http_response(405, "text/plain", "method not allowed\n"));
    response.headers.add("Allow", "GET, HEAD");
    return response;
  }
  Served served = serve(path, request.headers);
  served.response.headers.add("Cache-Status", '"' + options_.name + "\"; " + served.how);
  sim::Response response = answer_conditionally(request.headers, std::move(served.response));
  return request.method == "HEAD" ? without_body(std::move(response)) : response;
}

sim::Response CdnEdge::on_purge(const sim::Request& request, std::string_view path) {
  if (options_.secret.empty() ||
      !crypto::constant_time_equal(bearer_token(request.headers), options_.secret)) {
    sim::Response response = no_store(http_response(401, "text/plain", "not the owner\n"));
    response.headers.add("WWW-Authenticate", "Bearer");
    return response;
  }
  return purge(path) ? http_response(204, "", "") : http_response(404, "text/plain", "");
}

CdnEdge::Served CdnEdge::serve(const std::string& path, const sim::Headers& request) {
  const std::string url = key(path);
  const HttpCache::EntryPtr entry = cache_.find(url, request);
  if (const sim::Time now = env_.now(); entry && entry->is_fresh(now)) {
    return {HttpCache::served(*entry, now), "hit; ttl=" + seconds(entry->ttl(now))};
  }
  if (flights_.is_under_way(url)) {
    auto shared = flights_.wait_for(url, env_.now() + options_.collapse_timeout);
    if (!shared) return fetch(path, request, entry);  // Each must ask for itself.
    shared->how += "; collapsed";
    return *std::move(shared);
  }
  Served served;
  flights_.lead(url, [&] {
    served = fetch(path, request, entry);
    return served.may_be_shared ? std::optional(served) : std::nullopt;
  });
  return served;
}

CdnEdge::Served CdnEdge::fetch(const std::string& path,
                               const sim::Headers& request,
                               const HttpCache::EntryPtr& stale) {
  sim::Headers headers;
  if (const auto accept = request.get("Accept")) headers.add("Accept", std::string(*accept));
  if (stale) HttpCache::add_conditions(*stale, headers);
  const Upstream upstream = ask_origin(path, std::move(headers));
  if (is_failure(upstream.answer)) return answer_without_origin(stale, upstream);

  const sim::Response& response = upstream.answer.response;
  std::string how = stale ? "fwd=stale" : "fwd=uri-miss";
  how += "; fwd-status=" + std::to_string(response.status);
  HttpCache::EntryPtr kept;
  if (stale && response.status == 304) {
    kept =
        cache_.freshen(key(path), stale, response, upstream.request_time, upstream.response_time);
  } else {
    kept =
        cache_.store(key(path), request, response, upstream.request_time, upstream.response_time);
  }
  if (!kept) return {response, std::move(how), false};
  how += "; stored; ttl=" + seconds(kept->ttl(upstream.response_time));
  // A variant (Vary) is for those who asked in the same words.
  const bool for_all = kept->varying.fields().empty();
  return {HttpCache::served(*kept, upstream.response_time), std::move(how), for_all};
}

CdnEdge::Upstream CdnEdge::ask_origin(const std::string& path, sim::Headers headers) {
  ++origin_requests_;
  sim::Request request = http_request("GET", options_.origin_url + path);
  request.headers = std::move(headers);
  const std::string url = request.target;
  Upstream upstream;
  upstream.request_time = env_.now();
  upstream.answer = env_.exchange(std::move(request), options_.origin_timeout);
  upstream.response_time = env_.now();

  record_fetch(env_, FetchWhat::kOrigin, url, {}, upstream.answer, upstream.request_time);
  return upstream;
}

CdnEdge::Served CdnEdge::answer_without_origin(const HttpCache::EntryPtr& stale,
                                               const Upstream& upstream) {
  const bool answered = upstream.answer.kind == sim::Answer::Kind::kResponse;
  const sim::Time now = upstream.response_time;
  if (stale && stale->may_be_served_on_error(now)) {
    return {HttpCache::served(*stale, now),
            "hit; ttl=" + seconds(stale->ttl(now)) + "; detail=stale-if-error"};
  }
  const std::string how = stale ? "fwd=stale" : "fwd=uri-miss";
  if (answered) {
    return {upstream.answer.response,
            how + "; fwd-status=" + std::to_string(upstream.answer.response.status)};
  }
  const bool timed_out = upstream.answer.kind == sim::Answer::Kind::kTimeout;
  return {no_store(http_response(timed_out ? 504 : 502, "text/plain", "no answer of the origin\n")),
          how + (timed_out ? "; detail=timeout" : "; detail=unreachable")};
}

}  // namespace shakedown::actors

#include "actors/repository/origin.h"

#include <utility>

#include "actors/caching/http_conditions.h"
#include "actors/serving/http_json.h"
#include "actors/serving/processing_time.h"
#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kLongestPath = 512;

std::string etag_of(std::string_view body) {
  const crypto::Sha256Digest digest = crypto::sha256(body);
  return '"' + crypto::to_hex(crypto::as_view(digest).substr(0, 16)) + '"';
}

std::string directive(std::string_view name, sim::Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration).count();
  return std::string(name) + "=" + std::to_string(seconds);
}

}  // namespace

Origin::Origin(sim::Site& site, OriginOptions options)
    : options_(std::move(options)),
      env_(site.add_actor({.name = options_.name, .region = options_.region, .servers = 1})) {
  SHAKEDOWN_ASSERT(!options_.hosts.empty());
  for (const std::string& host : options_.hosts) {
    site.listen(env_, sim::Protocol::kHttp, host,
                [this](const sim::Request& request) { return handle(request); });
    base_urls_.push_back(site.base_url(host));
  }
}

sim::Time Origin::publish(std::string_view path, std::string body) {
  sim::Random random = env_.random("publication delay");
  const sim::Time now = env_.now();
  Version version{std::move(body), {}, now + options_.publication_delay.sample(random)};
  version.etag = etag_of(version.body);
  visible(path);  // What became due meanwhile stays behind the new one.
  Object& object = objects_[std::string(path)];
  const sim::Time published_at = version.published_at;
  (published_at <= now ? object.current : object.pending) = std::move(version);
  if (published_at <= now) object.pending.reset();
  return published_at;
}

bool Origin::remove(std::string_view path) {
  const auto found = objects_.find(path);
  if (found == objects_.end()) return false;
  objects_.erase(found);
  return true;
}

const Origin::Version* Origin::visible(std::string_view path) {
  const auto found = objects_.find(path);
  if (found == objects_.end()) return nullptr;
  Object& object = found->second;
  if (object.pending && object.pending->published_at <= env_.now()) {
    object.current = std::move(object.pending);
    object.pending.reset();
  }
  return object.current ? &*object.current : nullptr;
}

std::string Origin::cache_control() const {
  std::string text;
  const auto append = [&text](std::string_view part) {
    if (!text.empty()) text += ", ";
    text += part;
  };
  if (options_.max_age) append(directive("max-age", *options_.max_age));
  if (options_.s_maxage) append(directive("s-maxage", *options_.s_maxage));
  if (!options_.extra_cache_control.empty()) append(options_.extra_cache_control);
  return text;
}

sim::Response Origin::handle(const sim::Request& request) {
  spend(env_, options_.processing);
  std::string path;
  for (const std::string& base : base_urls_) {
    path = path_below(base, request.target);
    if (request.target.starts_with(base)) break;
  }
  sim::Response response;
  if (request.method == "GET" || request.method == "HEAD") {
    response = answer_conditionally(request.headers, on_get(path));
    if (request.method == "HEAD") response = without_body(std::move(response));
  } else if (request.method == "PUT" || request.method == "DELETE") {
    response = on_change(request, path);
  } else {
    response = http_response(405, "text/plain", "method not allowed\n");
    response.headers.add("Allow", "GET, HEAD, PUT, DELETE");
  }
  response.headers.add("Date", sim::format_http_date(env_.now()));
  return response;
}

sim::Response Origin::on_change(const sim::Request& request, const std::string& path) {
  if (options_.secret.empty() ||
      !crypto::constant_time_equal(bearer_token(request.headers), options_.secret)) {
    sim::Response response = http_response(401, "text/plain", "not the owner\n");
    response.headers.add("WWW-Authenticate", "Bearer");
    return response;
  }
  if (request.method == "DELETE") {
    return remove(path) ? http_response(204, "", "") : http_response(404, "text/plain", "");
  }
  if (path.size() < 2 || path.size() > kLongestPath || path.ends_with('/')) {
    return http_response(400, "text/plain", "no name for a file\n");
  }
  if (request.body.size() > options_.max_object_bytes) {
    return http_response(413, "text/plain", "too large\n");
  }
  const bool is_new = objects_.find(path) == objects_.end();
  if (is_new && objects_.size() >= options_.max_objects) {
    return http_response(507, "text/plain", "full\n");
  }
  publish(path, request.body);
  sim::Response response = http_response(is_new ? 201 : 204, "", "");
  if (is_new) response.headers.add("Location", base_url() + path);
  return response;
}

sim::Response Origin::on_get(const std::string& path) {
  ++gets_;
  const Version* version = visible(path);
  if (version == nullptr) {
    sim::Response missing = http_response(404, "text/plain", "not found\n");
    if (options_.negative_max_age) {
      missing.headers.add("Cache-Control", directive("max-age", *options_.negative_max_age));
    }
    return missing;
  }
  sim::Response response = http_response(200, options_.content_type, version->body);
  response.headers.add("ETag", version->etag);
  response.headers.add("Last-Modified", sim::format_http_date(version->published_at));
  if (std::string text = cache_control(); !text.empty()) {
    response.headers.add("Cache-Control", std::move(text));
  }
  return response;
}

}  // namespace shakedown::actors

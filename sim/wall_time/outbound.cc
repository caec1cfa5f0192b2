#include "sim/wall_time/outbound.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/wall_time/exchange_tag.h"
#include "sim/wall_time/wall_actor.h"
#include "sim/wall_time/wall_runtime.h"

namespace shakedown::sim::wall {
namespace {

constexpr int kMaxHops = 16;
constexpr std::size_t kMaxResponseFields = 64;

Answer unreachable(std::string detail) {
  Answer answer;
  answer.kind = Answer::Kind::kUnreachable;
  answer.detail = std::move(detail);
  return answer;
}

// The address to dial, or "" for what is not this machine's loopback. No name is ever resolved.
std::string loopback_address(std::string_view host) {
  if (equals_ignoring_case(host, "localhost")) return "127.0.0.1";
  if (host == "[::1]") return "::1";
  if (host.substr(0, 4) != "127." ||
      host.find_first_not_of("0123456789.") != std::string_view::npos)
    return "";
  return std::string(host);  // Asio refuses what is no address after all.
}

std::uint16_t port_of(const UrlView& url) {
  if (url.port) return *url.port;
  if (equals_ignoring_case(url.scheme, "https")) return 443;
  if (equals_ignoring_case(url.scheme, "http")) return 80;
  return equals_ignoring_case(url.scheme, "sips") ? 5061 : 5060;
}

bool is_tls(const UrlView& url) {
  return equals_ignoring_case(url.scheme, "https") || equals_ignoring_case(url.scheme, "sips");
}

std::string origin_form(const UrlView& url) {
  std::string target = url.path.empty() ? "/" : std::string(url.path);
  if (url.query) target.append("?").append(*url.query);
  return target;
}

bool is_idempotent(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" ||
         method == "DELETE";
}

// "https://127.0.0.1:PORT/HOST/rest" is "https://HOST/rest". Empty: no first path segment.
std::string without_base(const UrlView& url) {
  const std::string_view path = url.path;
  if (path.size() < 2) return "";
  const auto slash = path.find('/', 1);
  std::string target = std::string(url.scheme) + "://" + std::string(path.substr(1, slash - 1));
  if (slash != std::string_view::npos) target += path.substr(slash);
  if (url.query) target.append("?").append(*url.query);
  return target;
}

Answer answer_of(ClientResult result) {
  Answer answer;
  answer.kind = result.kind;
  answer.response = std::move(result.response);
  answer.detail = std::move(result.detail);
  answer.new_connection = result.new_connection;
  return answer;
}

}  // namespace

Outbound::Outbound(WallRuntime& runtime)
    : runtime_(runtime),
      client_(runtime.loop, ClientOptions{runtime.options.connect_timeout}, runtime.inside_ports) {}

Duration Outbound::time_to_learn(const ExchangeOrigin& origin,
                                 std::optional<std::uint32_t> server) const {
  Random random = request_stream(origin.lineage);
  const Endpoint& client = origin.client->endpoint();
  const Path path = server ? runtime_.links.path(client, runtime_.actor(*server).endpoint())
                           : runtime_.links.path_to_nobody(client);
  return runtime_.links.round_trip(path, random);
}

void Outbound::begin(ExchangeOrigin origin, Request request, Done done) {
  constexpr Duration kLongest = 24h * 365;  // As good as for ever, and sums of it still fit.
  origin.timeout = std::clamp(origin.timeout, Duration::zero(), kLongest);
  if (origin.hops >= kMaxHops) return done({unreachable("hop limit"), origin.begin});
  std::string kept = request.target;
  std::optional<UrlView> url = parse_url_view(kept);
  if (!url) return done({unreachable("not a URL"), origin.begin});
  const bool is_http = request.protocol == Protocol::kHttp;
  const std::uint16_t own_port =
      is_http ? runtime_.http_server->port() : runtime_.sip_server->port();
  if (is_http && !loopback_address(url->host).empty() && port_of(*url) == own_port) {
    kept = without_base(*url);
    url = parse_url_view(kept);
    if (!url) return done({unreachable("no host in the path"), origin.begin});
    request.target = kept;
  }
  std::optional<std::uint32_t> server;
  {
    const std::shared_lock lock(runtime_.directory_mutex);
    const sim::Listener* listener =
        runtime_.router.find(request.protocol, url->host, origin.client->endpoint().region);
    if (listener != nullptr) server = listener->actor;
  }
  if (server) return ask_actor(origin, *server, std::move(request), *url, std::move(done));
  if (!loopback_address(url->host).empty())
    return ask_outsider(origin, std::move(request), *url, std::move(done));
  const Duration learned = std::min(time_to_learn(origin, std::nullopt), origin.timeout);
  done({unreachable("not an actor of this world"), origin.begin + learned});
}

void Outbound::ask_actor(const ExchangeOrigin& origin,
                         std::uint32_t server,
                         Request request,
                         const UrlView& url,
                         Done done) {
  {
    std::unique_lock lock(runtime_.model_mutex);
    if (runtime_.faults.cuts_off_client(origin.client->name(), origin.lineage)) {
      lock.unlock();
      const Duration learned = std::min(time_to_learn(origin, server), origin.timeout);
      return done({unreachable("connection refused"), origin.begin + learned});
    }
  }
  const ConnectionTable::Key key{origin.client->number(), server, request.protocol, is_tls(url)};
  ExchangeTag tag{
      key.client,  server,       origin.lineage, origin.begin, origin.begin + origin.timeout,
      origin.hops, origin.daemon};
  const bool is_http = request.protocol == Protocol::kHttp;
  remove_internal_fields(request.headers);
  tag.add_to(request.headers, runtime_.secret);
  if (is_http) {
    request.headers.remove("Host");
    request.headers.add("Host", std::string(url.host));
  }
  auto bytes = is_http ? write_http_request(request, true) : write_sip_request(request);
  if (!bytes) return done({unreachable("malformed request"), origin.begin});

  ClientCall call;
  call.address = runtime_.dial_address();
  call.port = is_http ? runtime_.http_server->port() : runtime_.sip_server->port();
  if (is_http) call.tls = runtime_.inside_tls;
  call.server_name = call.address;
  call.inside = true;
  call.protocol = request.protocol;
  call.bytes = *std::move(bytes);
  call.is_head = request.method == "HEAD";
  call.limits = runtime_.inside_limits();
  // The real timer starts now, however late we are: a late caller must not time out early.
  call.deadline = std::chrono::steady_clock::now() + origin.timeout;
  client_.call(std::move(call), [this, origin, key, done = std::move(done)](ClientResult result) {
    const Time deadline = origin.begin + origin.timeout;
    Time at = std::max(origin.begin, runtime_.clock.now());
    if (result.kind == Answer::Kind::kResponse) {
      const auto arrival = ArrivalTag::take_from(result.response.headers);
      if (arrival) at = arrival->at;
      result.new_connection = arrival && arrival->new_connection;
      if (at > deadline) result = ClientResult{Answer::Kind::kTimeout, {}, false, false, ""};
    } else if (result.kind == Answer::Kind::kUnreachable && result.detail == "connection closed") {
      result.detail = "connection refused";  // An outage, waited out by the listener.
    }
    if (result.kind == Answer::Kind::kTimeout) at = deadline;
    if (result.kind != Answer::Kind::kResponse) {
      const std::lock_guard lock(runtime_.model_mutex);
      runtime_.connections.closed(key);
    }
    done({answer_of(std::move(result)), at});
  });
}

void Outbound::ask_outsider(const ExchangeOrigin& origin,
                            Request request,
                            const UrlView& url,
                            Done done) {
  const bool is_http = request.protocol == Protocol::kHttp;
  ClientCall call;
  call.address = loopback_address(url.host);
  call.port = port_of(url);
  if (is_tls(url)) call.tls = runtime_.outside_tls;
  call.server_name = equals_ignoring_case(url.host, "localhost") ? "localhost" : call.address;
  call.protocol = request.protocol;
  call.is_head = request.method == "HEAD";
  call.may_repeat = is_idempotent(request.method);
  call.limits = runtime_.options.limits;
  call.limits.header_count = kMaxResponseFields;
  call.limits.body = runtime_.options.response_body;
  call.deadline = std::chrono::steady_clock::now() + origin.timeout;
  remove_internal_fields(request.headers);
  if (is_http) {
    if (!request.headers.get("Host")) {
      std::string host(url.host);
      if (url.port) host += ":" + std::to_string(*url.port);
      request.headers.add("Host", std::move(host));
    }
    request.target = origin_form(url);
  }
  auto bytes = is_http ? write_http_request(request, true) : write_sip_request(request);
  if (!bytes) return done({unreachable("malformed request"), origin.begin});
  call.bytes = *std::move(bytes);
  client_.call(std::move(call), [this, origin, done = std::move(done)](ClientResult result) {
    if (result.truncated) {
      result.kind = Answer::Kind::kUnreachable;
      result.detail = "response cut short";
    }
    remove_internal_fields(result.response.headers);
    done({answer_of(std::move(result)), std::max(origin.begin, runtime_.clock.now())});
  });
}

}  // namespace shakedown::sim::wall

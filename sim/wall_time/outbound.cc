#include "sim/wall_time/outbound.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/resolver.h"
#include "sim/wall_time/exchange_tag.h"
#include "sim/wall_time/wall_actor.h"
#include "sim/wall_time/wall_runtime.h"

namespace shakedown::sim::wall {
namespace {

constexpr int kMaxHops = 16;
constexpr std::size_t kMaxResponseFields = 64;
constexpr std::chrono::seconds kTimeToSend{10};
constexpr std::chrono::milliseconds kTimeToRead{200};

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

struct Outbound::Turns {
  ExchangeOrigin origin;  // Its `begin` is the next attempt's, its `timeout` what is left then.
  Request request;
  std::string target;
  std::vector<Address> addresses;
  Done done;
  std::vector<Answer::Attempt> attempts;
};

Outbound::Outbound(WallRuntime& runtime)
    : runtime_(runtime),
      client_(runtime.loop, ClientOptions{runtime.options.connect_timeout}, runtime.inside_ports) {}

Outbound::Plan Outbound::unreachable(const ExchangeOrigin& origin,
                                     const Path& path,
                                     Random& draws,
                                     std::string why) const {
  const Duration known = runtime_.links.round_trip(path, draws);
  if (known > origin.timeout)
    return {"no connection in time", Answer::Kind::kTimeout, origin.begin + origin.timeout};
  return {std::move(why), Answer::Kind::kUnreachable, origin.begin + known};
}

void Outbound::tell(const Plan& plan, const Done& done) const {
  Answer answer;
  answer.kind = plan.kind;
  answer.detail = plan.refused.value_or("");
  answer.refused = plan.connection_refused;
  done({std::move(answer), plan.at});
}

void Outbound::begin(ExchangeOrigin origin, Request request, Done done) {
  constexpr Duration kLongest = 24h * 365;  // As good as for ever, and sums of it still fit.
  origin.timeout = std::clamp(origin.timeout, Duration::zero(), kLongest);
  const bool is_http = request.protocol == Protocol::kHttp;
  const std::uint16_t own_port =
      is_http ? runtime_.http_server->port() : runtime_.sip_server->port();
  std::string kept = request.target;
  std::optional<UrlView> url = parse_url_view(kept);
  if (url && is_http && runtime_.is_own_address(url->host) && port_of(*url) == own_port) {
    kept = without_base(*url);
    url = parse_url_view(kept);
    request.target = kept;
  }
  const Endpoint& client = origin.client->endpoint();
  std::vector<Address> addresses;
  if (url) {
    addresses = runtime_.addresses(request.protocol, url->host, client.region, origin.begin,
                                   origin.lineage);
  }
  if (addresses.size() == 1)
    return ask_actor(origin, addresses[0].listener->actor, std::move(request), *url,
                     std::move(done));
  if (!addresses.empty()) {
    return ask_next(std::make_shared<Turns>(Turns{
        origin, std::move(request), std::move(kept), std::move(addresses), std::move(done), {}}));
  }
  if (url && runtime_.options.outsiders && !loopback_address(url->host).empty())
    return ask_outsider(origin, std::move(request), *url, std::move(done));
  Random draws = request_stream(origin.lineage);
  tell(unreachable(origin, runtime_.links.path_to_nobody(client), draws,
                   url ? "no such host" : "not a URL"),
       done);
}

void Outbound::ask_next(const std::shared_ptr<Turns>& turns) {
  const std::size_t tried = turns->attempts.size();
  const std::size_t most = turns->origin.retry == Retry::kNone ? 1 : turns->addresses.size();
  const Listener& listener = *turns->addresses[tried].listener;
  const Time begin = turns->origin.begin;
  const Time deadline = begin + turns->origin.timeout;
  ExchangeOrigin origin = turns->origin;
  origin.lineage = attempt_lineage(origin.lineage, tried);
  bool is_silent = false;
  {
    const std::lock_guard lock(runtime_.model_mutex);
    is_silent = runtime_.faults.swallows(*listener.actor_name, origin.lineage);
  }
  origin.timeout =
      attempt_deadline(turns->request, begin, deadline, most - tried, is_silent) - begin;
  ask_actor(
      origin, listener.actor, turns->request, *parse_url_view(turns->target),
      [this, turns, most, begin, deadline, name = listener.actor_name](ExchangeOutcome outcome) {
        Answer& answer = outcome.answer;
        turns->attempts.push_back({*name, answer.kind, answer.detail, outcome.at - begin});
        if (turns->attempts.size() < most && outcome.at < deadline &&
            may_try_next(turns->request, answer)) {
          turns->origin.begin = outcome.at;
          turns->origin.timeout = deadline - outcome.at;
          return ask_next(turns);
        }
        answer.attempts = std::move(turns->attempts);
        turns->done(std::move(outcome));
      });
}

// The draws are those of virtual time, in the same order.
Outbound::Plan Outbound::plan_for(const ExchangeOrigin& origin,
                                  const ConnectionTable::Key& key,
                                  std::size_t bytes) {
  const WallActor& server = runtime_.actor(key.server);
  const Path path = runtime_.links.path(origin.client->endpoint(), server.endpoint());
  const Time deadline = origin.begin + origin.timeout;
  Random draws = request_stream(origin.lineage);
  if (origin.hops >= kMaxHops) return unreachable(origin, path, draws, "hop limit");
  const std::lock_guard lock(runtime_.model_mutex);
  const ActiveFaults& faults = runtime_.faults;
  if (!faults.empty()) {
    const bool cut_off = faults.cuts_off_client(origin.client->name(), origin.lineage);
    if (cut_off ||
        faults.on_request(server.name(), origin.lineage).kind == RequestFate::Kind::kUnreachable) {
      runtime_.connections.closed(key);
      Plan plan = unreachable(origin, path, draws, "connection refused");
      plan.connection_refused = !cut_off && plan.kind == Answer::Kind::kUnreachable;
      return plan;
    }
  }
  const bool reused = runtime_.connections.reuse(key, origin.begin);
  const Time connected =
      reused ? origin.begin : origin.begin + runtime_.links.set_up(path, key.tls, draws);
  if (connected > deadline) return {"no connection in time", Answer::Kind::kTimeout, deadline};
  if (!reused) runtime_.connections.established(key, connected);
  Plan plan;
  plan.at = connected + runtime_.links.transit(path, bytes, draws);
  plan.new_connection = !reused;
  return plan;
}

void Outbound::ask_actor(const ExchangeOrigin& origin,
                         std::uint32_t server,
                         Request request,
                         const UrlView& url,
                         Done done) {
  const bool is_http = request.protocol == Protocol::kHttp;
  const ConnectionTable::Key key{origin.client->number(), server, request.protocol, is_tls(url)};
  const Time deadline = origin.begin + origin.timeout;
  const Plan plan = plan_for(origin, key, request.size_in_bytes());
  if (plan.refused) return tell(plan, done);
  remove_internal_fields(request.headers);
  ExchangeTag{key.client, server, origin.lineage, plan.at, deadline, origin.hops, origin.daemon}
      .add_to(request.headers, runtime_.secret);
  if (is_http) request.headers.set("Host", std::string(url.host));
  auto bytes = is_http ? write_http_request(request, true) : write_sip_request(request);
  if (!bytes) return tell({"malformed request", Answer::Kind::kUnreachable, origin.begin}, done);

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
  // A request is sent even if that takes this machine longer than the client's patience: what
  // counts are the ideal instants.
  call.deadline = std::chrono::steady_clock::now() + origin.timeout + kTimeToSend;
  // A second attempt begins when the first one fails by the model, which may lie ahead.
  call.answer_within = std::max(origin.begin - runtime_.clock.now(), Duration::zero()) +
                       origin.timeout + runtime_.options.timeout_grace;
  client_.call(std::move(call), [this, origin, key, new_connection = plan.new_connection,
                                 on_its_way = on_its_way(origin),
                                 done = std::move(done)](ClientResult result) {
    ExchangeOutcome outcome = outcome_of(origin, std::move(result));
    outcome.answer.new_connection = new_connection;
    {
      const std::lock_guard lock(runtime_.model_mutex);
      if (outcome.answer.kind == Answer::Kind::kResponse) {
        runtime_.connections.used(key, outcome.at);
      } else {
        runtime_.connections.closed(key);
      }
    }
    // The listener takes over, but may not have read the request yet.
    if (outcome.answer.kind == Answer::Kind::kTimeout)
      runtime_.loop.run_at(std::chrono::steady_clock::now() + kTimeToRead, [on_its_way] {});
    done(std::move(outcome));
  });
}

// A request under way keeps the run alive even if its client has given up.
std::shared_ptr<void> Outbound::on_its_way(const ExchangeOrigin& origin) const {
  const Daemon daemon = origin.daemon ? Daemon::kYes : Daemon::kNo;
  runtime_.activity_begins(daemon);
  return {static_cast<void*>(&runtime_),
          [&runtime = runtime_, daemon](void*) { runtime.activity_ends(daemon); }};
}

ExchangeOutcome Outbound::outcome_of(const ExchangeOrigin& origin, ClientResult result) const {
  const Time deadline = origin.begin + origin.timeout;
  ExchangeOutcome outcome;
  bool refused = false;
  outcome.at = std::max(origin.begin, runtime_.clock.now());
  if (result.kind == Answer::Kind::kResponse) {
    outcome.at = take_arrival(result.response.headers).value_or(outcome.at);
    if (outcome.at > deadline) result.kind = Answer::Kind::kTimeout;
  } else if (const auto cut_off = runtime_.take_cut_off(origin.lineage)) {
    outcome.at = *cut_off;
  } else if (result.kind == Answer::Kind::kUnreachable) {
    // The listener cut nothing off: it is our own plumbing that failed, and no outcome of the
    // world.
    runtime_.overloaded("an exchange between actors broke: " + result.detail);
  }
  if (result.kind == Answer::Kind::kTimeout) {
    outcome.at = deadline;
    result.response = {};
    result.detail = "no answer in time";
  } else if (result.detail == "connection closed") {
    result.detail = "connection refused";  // An outage, waited out by the listener.
    refused = true;
  }
  outcome.answer = answer_of(std::move(result));
  outcome.answer.refused = refused;
  return outcome;
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
  if (!bytes) return tell({"malformed request", Answer::Kind::kUnreachable, origin.begin}, done);
  call.bytes = *std::move(bytes);
  client_.call(std::move(call), [this, origin, done = std::move(done)](ClientResult result) {
    if (result.truncated) {
      result.kind = Answer::Kind::kUnreachable;
      result.detail = "response cut short";
    }
    if (result.kind == Answer::Kind::kTimeout) result.detail = "no answer in time";
    remove_internal_fields(result.response.headers);
    done({answer_of(std::move(result)), std::max(origin.begin, runtime_.clock.now())});
  });
}

}  // namespace shakedown::sim::wall

#include "sim/wall_time/inbound.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sim/wall_time/wall_actor.h"
#include "sim/wall_time/wall_runtime.h"

namespace shakedown::sim::wall {
namespace {

constexpr std::uint32_t kOutsider = 0xffff'ffff;
constexpr std::size_t kMostPieces = 64;  // Into which a trickling body is cut.

Response plain(int status, std::string_view text) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain");
  response.body = std::string(text) + "\n";
  return response;
}

// A user agent finds its transaction again by these (RFC 3261 §8.2.6.2).
void copy_dialog_fields(const Request& request, Response& response) {
  Headers copied;
  for (const std::string_view name : {"Via", "v", "From", "f", "To", "t", "Call-ID", "i", "CSeq"}) {
    if (response.headers.get(name)) continue;
    for (const std::string_view value : request.headers.get_all(name))
      copied.add(std::string(name), std::string(value));
  }
  for (const auto& [name, value] : response.headers.fields()) copied.add(name, value);
  response.headers = std::move(copied);
}

// The pieces in which a response is written so that it is complete at `arrival`.
std::vector<Outgoing::Piece> pieces_of(const WallClock& clock,
                                       Time arrival,
                                       const ResponseFate& fate,
                                       std::size_t body) {
  std::vector<Outgoing::Piece> pieces;
  const Time trickled = arrival - fate.hold;
  const Time first = trickled - fate.trickle;
  if (fate.trickle > Duration::zero() && body > 1) {
    const auto count = static_cast<std::int64_t>(std::min(body, kMostPieces));
    for (std::int64_t i = 0; i < count; ++i) {
      pieces.push_back({clock.steady(first + fate.trickle / count * i),
                        body * static_cast<std::size_t>(i) / static_cast<std::size_t>(count)});
    }
  }
  if (fate.hold > Duration::zero() && body > 0)
    pieces.push_back({clock.steady(trickled), body - 1});
  pieces.push_back({clock.steady(arrival), body});
  return pieces;
}

// Between actors neither matters; a user's product may insist.
void add_what_outsiders_expect(const Request& request, Time now, Response& response) {
  if (request.protocol == Protocol::kSip) return copy_dialog_fields(request, response);
  // RFC 9110 §6.6.1: an origin server that has a clock says what it shows.
  if (!response.headers.get("Date")) response.headers.add("Date", format_http_date(now));
}

}  // namespace

struct Inbound::Visit {
  Request request;
  std::shared_ptr<Responder> responder;
  ExchangeTag tag;
  bool is_outsider = false;
  WallActor* server = nullptr;
  Handler handler;
  Path path;

  Daemon daemon() const { return tag.daemon ? Daemon::kYes : Daemon::kNo; }

  void answer_at_once(Response response) {
    Outgoing outgoing;
    outgoing.response = std::move(response);  // Only now: the tag is no part of the modelled size.
    responder->answer(std::move(outgoing));
  }
};

void Inbound::on_request(Incoming incoming, std::shared_ptr<Responder> responder) {
  std::optional<ExchangeTag> tag;
  if (incoming.is_inside) {
    tag = ExchangeTag::take_from(incoming.request.headers, runtime_.secret);
  } else {
    remove_internal_fields(incoming.request.headers);
  }
  const bool is_sip = incoming.request.protocol == Protocol::kSip;
  // An ACK has no response (RFC 3261 §17.1.1.3); a connection is not worth more than one of them.
  if (is_sip && incoming.request.method == "ACK" && !tag) return responder->drop(Drop::kSkip);
  auto visit = std::make_shared<Visit>();
  visit->responder = std::move(responder);
  visit->is_outsider = !tag;
  if (visit->is_outsider && !runtime_.options.outsiders)
    return visit->answer_at_once(plain(403, "no outsiders take part"));
  if (!runtime_.running) {
    Response response = plain(503, "the world is not running");
    response.headers.add("Retry-After", "1");
    return visit->answer_at_once(std::move(response));
  }
  std::string host;
  const int refusal = find_host(incoming.request, tag, host);
  visit->request = std::move(incoming.request);
  if (refusal != 0) return visit->answer_at_once(plain(refusal, "no host that answers here"));
  if (!find_listener(*visit, host, tag))
    return visit->answer_at_once(plain(404, "no host of that name"));
  if (visit->is_outsider) visit->tag.arrival = outsider_arrival(*visit, incoming.is_first);
  // From here on the request keeps the run alive, even if its client has given up.
  runtime_.activity_begins(visit->daemon());
  runtime_.at(visit->tag.arrival, [this, visit] {
    arrive(visit);
    runtime_.activity_ends(visit->daemon());
  });
}

int Inbound::find_host(Request& request,
                       const std::optional<ExchangeTag>& tag,
                       std::string& host) const {
  if (tag || request.protocol == Protocol::kSip) {
    const auto url = parse_url_view(request.target);
    if (!url) return 400;
    host = lower_case(url->host);
    return 0;
  }
  std::string target = request.target;
  if (target.starts_with('/')) {
    const auto authority = request.headers.get("Host").value_or("");
    target = "https://" + std::string(authority) + target;
  }
  const auto url = parse_url_view(target);
  if (!url) return 400;
  const bool by_path = runtime_.is_own_address(url->host);
  std::string_view rest = url->path;
  if (by_path) {
    rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    host = lower_case(rest.substr(0, rest.find('/')));
    rest.remove_prefix(std::min(rest.find('/'), rest.size()));
  } else {
    host = lower_case(url->host);
  }
  std::string absolute = std::string(url->scheme) + "://" + host;
  const bool names_port = url->port && *url->port != runtime_.http_server->port();
  if (!by_path && names_port) absolute += ":" + std::to_string(*url->port);
  absolute += rest;
  if (url->query) absolute.append("?").append(*url->query);
  if (!parse_url_view(absolute)) return by_path ? 404 : 400;
  request.target = std::move(absolute);
  request.headers.remove("Host");
  if (by_path) return 0;
  const std::shared_lock lock(runtime_.directory_mutex);
  return runtime_.router.find(request.protocol, host) != nullptr ? 0 : 421;
}

bool Inbound::find_listener(Visit& visit, const std::string& host, std::optional<ExchangeTag> tag) {
  const Protocol protocol = visit.request.protocol;
  visit.request.headers.remove("Host");
  const bool has_region = runtime_.outside_endpoint.has_value();
  if (!tag) {
    const std::size_t region = has_region ? runtime_.outside_endpoint->region : 0;
    tag.emplace();
    tag->client = kOutsider;
    tag->lineage = Lineage::root(runtime_.options.seed).child("outsiders", outside_requests_++);
    tag->deadline = kNever;
    tag->daemon = true;
    const auto addresses =
        runtime_.addresses(protocol, host, region, runtime_.clock.now(), tag->lineage);
    if (addresses.empty()) return false;
    tag->server = addresses[0].listener->actor;
  }
  const std::shared_lock lock(runtime_.directory_mutex);
  const auto found = runtime_.handlers.find({protocol, host, tag->server});
  const bool known = visit.is_outsider || tag->client < runtime_.actors.size();
  if (found == runtime_.handlers.end() || !known) return false;
  visit.tag = *tag;
  visit.handler = found->second;
  visit.server = runtime_.actors[tag->server].get();
  const Endpoint& server = visit.server->endpoint();
  Endpoint client = has_region ? *runtime_.outside_endpoint : Endpoint{server.region, nullptr};
  if (!visit.is_outsider) client = runtime_.actors[tag->client]->endpoint();
  visit.path = runtime_.links.path(client, server);
  return true;
}

// An outsider's connections are real ones, while those of actors exist in the model only.
Time Inbound::outsider_arrival(const Visit& visit, bool is_first) const {
  Random draws = request_stream(visit.tag.lineage);
  const bool tls = visit.request.protocol == Protocol::kHttp;
  Time time = runtime_.clock.now();
  if (is_first) time += runtime_.links.set_up(visit.path, tls, draws);
  return time + runtime_.links.transit(visit.path, visit.request.size_in_bytes(), draws);
}

void Inbound::arrive(const std::shared_ptr<Visit>& visit) {
  if (!runtime_.running) return visit->responder->drop(Drop::kClose);
  RequestFate fate;
  {
    const std::lock_guard lock(runtime_.model_mutex);
    if (!runtime_.faults.empty())
      fate = runtime_.faults.on_request(visit->server->name(), visit->tag.lineage);
  }
  switch (fate.kind) {
    case RequestFate::Kind::kServed:
      return run_handler(visit);
    case RequestFate::Kind::kUnreachable: {
      // An outage that began while the request was under way.
      Random draws = response_stream(visit->tag.lineage);
      const Duration back = runtime_.links.transit(visit->path, 0, draws);
      return cut_off(visit, visit->tag.arrival + back, Drop::kClose);
    }
    case RequestFate::Kind::kSwallowed:
      return visit->responder->drop(Drop::kNever);
    case RequestFate::Kind::kErrorStatus: {
      Response response;
      response.status = fate.status;
      return depart(visit, std::move(response), visit->tag.arrival);
    }
  }
}

void Inbound::cut_off(const std::shared_ptr<Visit>& visit, Time at, Drop how) {
  runtime_.at(at, [this, visit, at, how] {
    if (!visit->is_outsider && at <= visit->tag.deadline)
      runtime_.note_cut_off(visit->tag.lineage, at);
    visit->responder->drop(how);
  });
}

void Inbound::run_handler(const std::shared_ptr<Visit>& visit) {
  ActivityOrigin origin{visit->request.method + " " + visit->request.target.substr(0, 128),
                        handler_lineage(visit->tag.lineage), visit->tag.arrival,
                        visit->tag.hops + 1, visit->daemon()};
  ++runtime_.events;
  const auto activity =
      std::make_shared<Activity>(*visit->server, std::move(origin), [this, visit] {
        Response response;
        try {
          response = visit->handler(visit->request);
        } catch (const std::exception& error) {
          runtime_.activity_failed(*WallActor::current(), error.what());
          response = plain(500, "internal error");
        }
        depart(visit, std::move(response), WallActor::current()->ideal);
      });
  if (visit->server->launch(activity)) return;
  ++runtime_.refused_handlers;
  depart(visit, plain(503, "too many activities"), visit->tag.arrival);
}

void Inbound::depart(const std::shared_ptr<Visit>& visit, Response response, Time departure) {
  const ExchangeTag& tag = visit->tag;
  const std::size_t full_size = response.body.size();
  ResponseFate fate;
  {
    const std::lock_guard lock(runtime_.model_mutex);
    if (!runtime_.faults.empty())
      fate = runtime_.faults.on_response(visit->server->name(), tag.lineage, response);
  }
  Random draws = response_stream(tag.lineage);
  const Time arrival =
      departure + runtime_.links.transit(visit->path, response.size_in_bytes(), draws) + fate.delay;
  if (arrival > tag.deadline) ++runtime_.late_answers;
  if (fate.reset) return cut_off(visit, arrival, Drop::kReset);
  Outgoing outgoing;
  const std::size_t sent = response.body.size();
  if (sent < full_size) {
    outgoing.cut_after = sent;
    response.body.resize(full_size);  // What the header promises.
  }
  outgoing.pieces = pieces_of(runtime_.clock, arrival, fate, sent);
  if (visit->is_outsider) {
    add_what_outsiders_expect(visit->request, runtime_.clock.now(), response);
  } else {
    add_arrival(response.headers, arrival);
  }
  outgoing.response = std::move(response);  // Only now: the tag is no part of the modelled size.
  const Time first = runtime_.clock.world(outgoing.pieces.front().at);
  runtime_.at(first, [visit, outgoing = std::move(outgoing)]() mutable {
    visit->responder->answer(std::move(outgoing));
  });
}

}  // namespace shakedown::sim::wall

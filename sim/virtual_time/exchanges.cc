#include "sim/virtual_time/exchanges.h"

#include <algorithm>

#include "sim/lineage_scope.h"
#include "sim/resolver.h"
#include "sim/virtual_time/virtual_core.h"

namespace shakedown::sim {
namespace {

constexpr int kMostHops = 16;

Time after(Time time, Duration duration) {
  return duration < kNever - time ? time + duration : kNever;
}

Answer no_answer(Answer::Kind kind, const char* why) {
  Answer answer;
  answer.kind = kind;
  answer.detail = why;
  return answer;
}

bool is_encrypted(const UrlView& url) {
  return equals_ignoring_case(url.scheme, "https") || equals_ignoring_case(url.scheme, "sips");
}

}  // namespace

class Exchanges::Share {
 public:
  Share(Exchanges& exchanges, PendingExchange& exchange)
      : exchanges_(exchanges),
        exchange_(exchange) {}

  ~Share() { exchanges_.release(exchange_); }

  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

 private:
  Exchanges& exchanges_;
  PendingExchange& exchange_;
};

Exchanges::Exchanges(VirtualCore& core)
    : core_(core),
      connections_(core.options.network.setup.kept_alive) {}

PendingExchange& Exchanges::make() {
  if (free_.empty()) {
    pool_.push_back(std::make_unique<PendingExchange>());
    free_.push_back(pool_.back().get());
  }
  PendingExchange& exchange = *free_.back();
  free_.pop_back();
  exchange.owners = 2;  // The caller, and the server's side.
  exchange.answered = false;
  return exchange;
}

void Exchanges::release(PendingExchange& exchange) {
  if (--exchange.owners != 0) return;
  exchange.request = {};
  exchange.answer = {};
  free_.push_back(&exchange);
}

void Exchanges::sleep_until(Activity& me, Time time, const PendingExchange* asks) {
  me.waits_for = asks != nullptr ? WaitsFor::kAnswer : WaitsFor::kTime;
  me.until = time;
  me.asks = asks;
  core_.scheduler.park(time, Scheduler::Turn::kLast);
}

Answer Exchanges::unreachable(
    Activity& me, const Path& path, Random& draws, Time deadline, const char* why) {
  const Time known = core_.scheduler.now() + core_.links.round_trip(path, draws);
  sleep_until(me, std::min(known, deadline), nullptr);
  if (known > deadline) return no_answer(Answer::Kind::kTimeout, "no connection in time");
  return no_answer(Answer::Kind::kUnreachable, why);
}

Answer Exchanges::ask(VirtualEnv& client, Request request, Duration timeout, Retry retry) {
  Activity& me = client.running_for_starred_call();
  const Time deadline = after(core_.scheduler.now(), std::max(timeout, Duration::zero()));
  const Lineage lineage = me.scope.next_exchange();
  const std::optional<UrlView> url = parse_url_view(request.target);
  const Host* host = url ? core_.router.find(request.protocol, url->host) : nullptr;
  if (host == nullptr) {
    Random draws = request_stream(lineage);
    const Path path = core_.links.path_to_nobody(client.endpoint());
    return unreachable(me, path, draws, deadline, url ? "no such host" : "not a URL");
  }
  const Question question{me, is_encrypted(*url), lineage, deadline};
  if (host->listeners.size() == 1)
    return ask_one(*host->listeners[0], question, std::move(request));
  return ask_in_turn(*host, question, std::move(request), retry);
}

Answer Exchanges::ask_in_turn(const Host& host,
                              const Question& question,
                              Request request,
                              Retry retry) {
  const Scheduler& scheduler = core_.scheduler;
  const auto& [me, tls, lineage, deadline] = question;
  const std::vector<Address> addresses =
      resolve(host, me.env->endpoint().region, core_.faults, scheduler.now(), lineage);
  const std::size_t most = retry == Retry::kNone ? 1 : addresses.size();
  std::vector<Answer::Attempt> attempts;
  while (true) {
    const std::size_t tried = attempts.size();
    const Listener& listener = *addresses[tried].listener;
    const Time begun = scheduler.now();
    const Lineage attempt = attempt_lineage(lineage, tried);
    const Time give_up = attempt_deadline(request, begun, deadline, most - tried,
                                          core_.faults.swallows(*listener.actor_name, attempt));
    Request sent = tried + 1 == most ? std::move(request) : request;
    Answer answer = ask_one(listener, {me, tls, attempt, give_up}, std::move(sent));
    attempts.push_back({*listener.actor_name, answer.kind, answer.detail, scheduler.now() - begun});
    if (attempts.size() < most && scheduler.now() < deadline && may_try_next(request, answer)) {
      continue;
    }
    answer.attempts = std::move(attempts);
    return answer;
  }
}

Answer Exchanges::ask_one(const Listener& listener, const Question& question, Request request) {
  const auto& [me, tls, lineage, deadline] = question;
  const VirtualEnv& client = *me.env;
  Scheduler& scheduler = core_.scheduler;
  const Time begun = scheduler.now();
  Random draws = request_stream(lineage);
  VirtualEnv& server = *core_.actors[listener.actor];
  const Path path = core_.links.path(client.endpoint(), server.endpoint());
  if (me.hops >= kMostHops) return unreachable(me, path, draws, deadline, "hop limit");

  const ConnectionTable::Key key{client.number(), server.number(), request.protocol, tls};
  if (!core_.faults.empty()) {
    const bool cut_off = core_.faults.cuts_off_client(client.name(), lineage);
    if (cut_off ||
        core_.faults.on_request(server.name(), lineage).kind == RequestFate::Kind::kUnreachable) {
      connections_.closed(key);
      Answer answer = unreachable(me, path, draws, deadline, "connection refused");
      answer.refused = !cut_off && answer.kind == Answer::Kind::kUnreachable;
      return answer;
    }
  }
  const bool reused = connections_.reuse(key, begun);
  const Time connected = reused ? begun : begun + core_.links.set_up(path, tls, draws);
  if (connected > deadline) {
    sleep_until(me, deadline, nullptr);
    return no_answer(Answer::Kind::kTimeout, "no connection in time");
  }
  if (!reused) connections_.established(key, connected);

  PendingExchange& exchange = make();
  const Share share(*this, exchange);
  const Duration transit = core_.links.transit(path, request.size_in_bytes(), draws);
  exchange.request = std::move(request);
  exchange.lineage = lineage;
  exchange.caller = &me;
  exchange.server = &server;
  exchange.listener = &listener;
  exchange.path = path;
  exchange.deadline = deadline;
  exchange.hops = me.hops + 1;
  exchange.daemon = me.daemon;
  scheduler.deliver_at(connected + transit, exchange, server, me.daemon);
  sleep_until(me, deadline, &exchange);

  if (!exchange.answered) {
    exchange.caller = nullptr;
    connections_.closed(key);
    exchange.answer = no_answer(Answer::Kind::kTimeout, "no answer in time");
  } else if (exchange.answer.kind == Answer::Kind::kResponse) {
    connections_.used(key, scheduler.now());
  } else {
    connections_.closed(key);
  }
  exchange.answer.new_connection = !reused;
  return std::move(exchange.answer);
}

void Exchanges::arrive(PendingExchange& exchange) {
  RequestFate fate;
  if (!core_.faults.empty()) {
    fate = core_.faults.on_request(exchange.server->name(), exchange.lineage);
  }
  if (fate.kind == RequestFate::Kind::kServed) {
    Scheduler& scheduler = core_.scheduler;
    Activity& handler =
        scheduler.create(*exchange.server, "", exchange.daemon ? Daemon::kYes : Daemon::kNo,
                         handler_lineage(exchange.lineage));
    handler.serves = &exchange;
    handler.hops = exchange.hops;
    scheduler.begin_now(handler);
    return;
  }
  const Share share(*this, exchange);
  if (fate.kind == RequestFate::Kind::kErrorStatus) {
    Response response;
    response.status = fate.status;
    respond(exchange, std::move(response));
  } else if (fate.kind == RequestFate::Kind::kUnreachable) {
    Random draws = response_stream(exchange.lineage);
    const Duration transit = core_.links.transit(exchange.path, 0, draws);
    Answer answer = no_answer(Answer::Kind::kUnreachable, "connection refused");
    answer.refused = true;
    deliver(exchange, core_.scheduler.now() + transit, std::move(answer));
  }
}

void Exchanges::serve(PendingExchange& exchange) {
  const Share share(*this, exchange);
  Response response;
  try {
    response = exchange.listener->handler(exchange.request);
  } catch (const std::exception& error) {
    core_.scheduler.activity_failed(error.what());
    response = {};
    response.status = 500;
  }
  core_.scheduler.check_stopping();
  respond(exchange, std::move(response));
}

void Exchanges::respond(PendingExchange& exchange, Response response) {
  ResponseFate fate;
  if (!core_.faults.empty()) {
    fate = core_.faults.on_response(exchange.server->name(), exchange.lineage, response);
  }
  Random draws = response_stream(exchange.lineage);
  const Duration transit = core_.links.transit(exchange.path, response.size_in_bytes(), draws);
  Answer answer;
  if (fate.reset) {
    answer = no_answer(Answer::Kind::kUnreachable, "reset by peer");
  } else {
    answer.kind = Answer::Kind::kResponse;
    answer.response = std::move(response);
  }
  deliver(exchange, after(core_.scheduler.now() + transit, fate.delay), std::move(answer));
}

// What will come after the deadline need not come at all: the caller's deadline wakes it.
void Exchanges::deliver(PendingExchange& exchange, Time when, Answer answer) {
  if (exchange.caller == nullptr || when > exchange.deadline) {
    ++late_answers_;
    return;
  }
  exchange.answer = std::move(answer);
  exchange.answered = true;
  core_.scheduler.unpark(*exchange.caller, when);
}

}  // namespace shakedown::sim

#include "sim/wall_time/wall_world.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "sim/wall_time/wall_runtime.h"

namespace shakedown::sim {

using wall::ActivityOrigin;
using wall::WallActor;
using wall::WallRuntime;

namespace {

WallActor& wall_actor(Env& env) { return static_cast<WallActor&>(env); }

}  // namespace

Result<std::unique_ptr<WallWorld>> WallWorld::create(WallOptions options) {
  // A peer that hangs up is an error of a write, never the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  auto runtime = std::make_unique<WallRuntime>(std::move(options));
  RETURN_IF_ERROR(runtime->open_listeners());
  return std::unique_ptr<WallWorld>(new WallWorld(std::move(runtime)));
}

WallWorld::WallWorld(std::unique_ptr<WallRuntime> runtime)
    : runtime_(std::move(runtime)) {}

WallWorld::~WallWorld() = default;

Env& WallWorld::add_actor(const ActorSpec& spec) {
  const std::unique_lock lock(runtime_->directory_mutex);
  auto& actors = runtime_->actors;
  SHAKEDOWN_ASSERT(std::none_of(actors.begin(), actors.end(),
                                [&](const auto& actor) { return actor->name() == spec.name; }));
  const auto number = static_cast<std::uint32_t>(actors.size());
  actors.push_back(std::make_unique<WallActor>(*runtime_, spec, number));
  return *actors.back();
}

void WallWorld::listen(Env& actor, Protocol protocol, std::string_view host, Handler handler) {
  WallActor& server = wall_actor(actor);
  const std::string name = lower_case(host);
  const std::unique_lock lock(runtime_->directory_mutex);
  runtime_->router.listen(protocol, name,
                          {server.number(), server.endpoint().region, handler, &server.name()});
  runtime_->handlers[{protocol, name, server.number()}] = std::move(handler);
  auto& hosts = runtime_->hosts;
  if (protocol == Protocol::kHttp && std::find(hosts.begin(), hosts.end(), name) == hosts.end())
    hosts.push_back(name);
}

void WallWorld::balance(Protocol protocol, std::string_view host, Balancing balancing) {
  const std::unique_lock lock(runtime_->directory_mutex);
  runtime_->router.balance(protocol, lower_case(host), std::move(balancing));
}

std::string WallWorld::base_url(std::string_view host) const {
  std::string address = runtime_->dial_address();
  if (address.find(':') != std::string::npos) address = "[" + address + "]";
  return "https://" + address + ":" + std::to_string(own_port()) + "/" + std::string(host);
}

std::uint16_t WallWorld::own_port() const { return runtime_->http_server->port(); }

std::uint16_t WallWorld::sip_port() const { return runtime_->sip_server->port(); }

const std::string& WallWorld::tls_ca_pem() const { return runtime_->authority->certificate_pem(); }

std::size_t WallWorld::activities_in_flight() const { return runtime_->in_flight; }

Task WallWorld::start(Env& actor, std::string_view name, std::function<void()> fn, Daemon daemon) {
  WallActor& target = wall_actor(actor);
  ActivityOrigin origin;
  origin.name = name;
  origin.daemon = daemon;
  origin.ideal = now();
  if (wall::Activity* starter = WallActor::current()) {
    origin.lineage = starter->scope.next_started(target.name(), name);
    origin.hops = starter->hops;
  } else {
    origin.lineage = target.next_activity(name);
  }
  return Task(runtime_->start(target, std::move(origin), std::move(fn)));
}

std::uint64_t WallWorld::begin_fault(const Fault& fault) {
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(runtime_->model_mutex);
    id = runtime_->faults.begin(fault, now());
  }
  runtime_->adjust_clocks();
  return id;
}

void WallWorld::end_fault(std::uint64_t id) {
  {
    const std::lock_guard lock(runtime_->model_mutex);
    runtime_->faults.end(id);
  }
  runtime_->adjust_clocks();
}

Time WallWorld::now() const {
  const wall::Activity* running = WallActor::current();
  return running != nullptr ? running->ideal : runtime_->clock.now();
}

const WorldOptions& WallWorld::options() const { return runtime_->options; }

void WallWorld::stop() {
  runtime_->stop_requested = true;
  runtime_->wake();
}

bool WallWorld::settle_proofs() { return !runtime_->has_failed_proof; }

RunSummary WallWorld::run(Time until) {
  WallRuntime& runtime = *runtime_;
  runtime.begin();
  RunSummary summary;
  summary.end = runtime.wait_until_over(until);
  summary.ended_at = runtime.clock.now();
  summary.blocked = runtime.blocked();
  runtime.end();
  summary.detail = runtime.detail;
  summary.late_answers = runtime.late_answers;
  summary.refused_handlers = runtime.refused_handlers;
  summary.events = runtime.events;
  summary.lag_p99 = runtime.lag.p99();
  return summary;
}

}  // namespace shakedown::sim

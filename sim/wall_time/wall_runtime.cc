#include "sim/wall_time/wall_runtime.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <random>

namespace shakedown::sim::wall {
namespace {

// Each activity may hold both ends of two connections, and outsiders come on top.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  constexpr rlim_t kWanted = 16'384;
  const rlim_t wanted = std::min(kWanted, limit.rlim_max);
  if (limit.rlim_cur >= wanted) return;
  limit.rlim_cur = wanted;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string new_secret() {
  std::random_device device;  // The operating system's; nothing of a run may depend on it.
  std::string secret;
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int i = 0; i < 32; ++i) secret += kHex[device() % kHex.size()];
  return secret;
}

}  // namespace

WallRuntime::WallRuntime(WallOptions wall_options)
    : options(std::move(wall_options)),
      links(options.network),
      secret(new_secret()),
      router(links),
      connections(options.network.setup.kept_alive),
      wake_handle(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      pool(options.max_threads),
      loop(std::max(1U, options.io_threads)) {
  raise_descriptor_limit();
  if (options.network.has_region(options.outside_region))
    outside_endpoint = links.endpoint("", options.outside_region);
}

WallRuntime::~WallRuntime() {
  loop.stop();
  pool.join();
  ::close(wake_handle);
}

Status WallRuntime::open_listeners() {
  ASSIGN_OR_RETURN(authority, TlsAuthority::create());
  ASSIGN_OR_RETURN(inside_tls, tls_client_context({authority->certificate_pem()}));
  ASSIGN_OR_RETURN(outside_tls, tls_client_context(options.extra_ca_pem, options.verify_outsiders));
  ASSIGN_OR_RETURN(server_tls, authority->server_context({dial_address()}));
  inbound = std::make_unique<Inbound>(*this);
  ServerOptions server;
  server.limits = options.limits;
  server.inside_limits = inside_limits();
  server.header_timeout = options.header_timeout;
  server.body_bytes_per_second = options.body_bytes_per_second;
  server.body_grace = options.body_grace;
  server.accept.address = options.listen_address;
  server.accept.max_connections = options.max_connections;
  server.accept.max_connections_per_address = options.max_connections_per_address;
  server.accept.handshake_timeout = options.handshake_timeout;
  server.accept.inside = inside_ports;
  const auto on_request = [this](Incoming incoming, std::shared_ptr<Responder> responder) {
    inbound->on_request(std::move(incoming), std::move(responder));
  };
  server.protocol = Protocol::kSip;
  server.accept.port = options.sip_port;
  ASSIGN_OR_RETURN(sip_server, Server::start(loop, server, on_request));
  server.protocol = Protocol::kHttp;
  server.accept.port = options.port;
  server.accept.tls = [this] { return listener_context(); };
  ASSIGN_OR_RETURN(http_server, Server::start(loop, server, on_request));
  outbound = std::make_unique<Outbound>(*this);
  return {};
}

void WallRuntime::begin() {
  std::vector<std::shared_ptr<Activity>> waiting;
  {
    const std::lock_guard lock(pending_mutex);
    SHAKEDOWN_ASSERT(!begun);  // Once only.
    begun = true;
    running = true;
    waiting.swap(pending);
  }
  const Time now = clock.now();
  // Nothing may end the run before all have begun.
  activity_begins(Daemon::kNo);
  for (const auto& activity : waiting) {
    activity->ideal = now;
    if (!activity->actor.launch(activity)) overloaded(too_many_activities());
  }
  activity_ends(Daemon::kNo);
}

RunSummary::End WallRuntime::wait_until_over(Time until) {
  while (true) {
    if (has_failed_proof) return RunSummary::End::kProofFailed;
    if (has_failed_activity) return RunSummary::End::kActivityFailed;
    if (is_overloaded) return RunSummary::End::kOverloaded;
    if (stop_requested) return RunSummary::End::kStopped;
    const Duration left = until - clock.now();
    if (keeping_alive == 0 || left <= Duration::zero()) return RunSummary::End::kDone;
    constexpr Duration kLongest = 1h;  // poll() counts milliseconds in an int.
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::min(left, kLongest));
    pollfd wanted{wake_handle, POLLIN, 0};
    ::poll(&wanted, 1, static_cast<int>(wait.count()));
    std::uint64_t drained = 0;
    [[maybe_unused]] const auto size = ::read(wake_handle, &drained, sizeof drained);
  }
}

void WallRuntime::end() {
  // First of all: whoever sees something break from here on must not take it for an outcome.
  is_over = true;
  running = false;
  http_server->stop();
  sip_server->stop();
  {
    const std::shared_lock lock(directory_mutex);
    for (const auto& each : actors) each->stop();
  }
  pool.join();
  loop.stop();
}

std::vector<std::string> WallRuntime::blocked() {
  const std::shared_lock lock(directory_mutex);
  std::vector<std::string> names;
  for (const auto& each : actors) {
    for (std::string& name : each->blocked()) names.push_back(std::move(name));
  }
  return names;
}

void WallRuntime::adjust_clocks() {
  const std::shared_lock lock(directory_mutex);
  for (const auto& each : actors) {
    OwnClock own;
    {
      const std::lock_guard model(model_mutex);
      own = faults.clock_of(each->name());
    }
    each->set_own_clock(std::move(own));
  }
}

std::shared_ptr<Activity> WallRuntime::start(WallActor& on,
                                             ActivityOrigin origin,
                                             std::function<void()> fn) {
  auto activity = std::make_shared<Activity>(on, std::move(origin), std::move(fn));
  {
    const std::lock_guard lock(pending_mutex);
    if (!begun) {
      pending.push_back(activity);
      return activity;
    }
  }
  if (!on.launch(activity)) overloaded(too_many_activities());
  return activity;
}

void WallRuntime::at(Time time, std::function<void()> fn) {
  if (time <= clock.now()) {
    lag.add(clock.now() - time);
    return fn();
  }
  loop.run_at(clock.steady(time), [this, time, fn = std::move(fn)] {
    lag.add(clock.now() - time);
    fn();
  });
}

void WallRuntime::note_cut_off(const Lineage& exchange, Time at) {
  constexpr std::size_t kMost = 10'000;
  const std::lock_guard lock(model_mutex);
  // A client that gave up meanwhile never asks.
  if (cut_off_at.size() >= kMost) cut_off_at.clear();
  cut_off_at[{exchange.high, exchange.low}] = at;
}

std::optional<Time> WallRuntime::take_cut_off(const Lineage& exchange) {
  const std::lock_guard lock(model_mutex);
  const auto found = cut_off_at.find({exchange.high, exchange.low});
  if (found == cut_off_at.end()) return std::nullopt;
  const Time at = found->second;
  cut_off_at.erase(found);
  return at;
}

void WallRuntime::activity_begins(Daemon daemon) {
  ++in_flight;
  if (daemon == Daemon::kNo) ++keeping_alive;
}

void WallRuntime::activity_ends(Daemon daemon) {
  --in_flight;
  if (daemon == Daemon::kNo && --keeping_alive == 0) wake();
}

void WallRuntime::record(Recorded recorded) {
  // What a stopped activity still records never happened in the world.
  if (!options.sink || is_over) return;
  const std::lock_guard lock(sink_mutex);
  options.sink(std::move(recorded));
}

void WallRuntime::proof_failed(std::string where) {
  {
    const std::lock_guard lock(detail_mutex);
    if (!has_failed_proof) detail = "an expected result was wrong: " + std::move(where);
  }
  has_failed_proof = true;
  wake();
}

void WallRuntime::activity_failed(const Activity& activity, const char* what) {
  const std::string where = activity.actor.name() + "/" + activity.name + ": " + what;
  const std::lock_guard lock(detail_mutex);
  if (options.activity_failed) return options.activity_failed(where);
  if (has_failed_activity) return;
  detail = "an exception left " + where;
  has_failed_activity = true;
  wake();
}

void WallRuntime::overloaded(std::string why) {
  if (!running) return;  // What breaks while everything is being stopped tells nothing.
  {
    const std::lock_guard lock(detail_mutex);
    if (detail.empty()) detail = std::move(why);
  }
  is_overloaded = true;
  wake();
}

std::string WallRuntime::too_many_activities() const {
  return "more than " + std::to_string(options.max_threads) + " activities in flight";
}

void WallRuntime::wake() const {
  const std::uint64_t one = 1;
  // It can only fail when the counter is full, and then run() is awake anyway.
  [[maybe_unused]] const auto written = ::write(wake_handle, &one, sizeof one);
}

WallActor& WallRuntime::actor(std::uint32_t number) {
  const std::shared_lock lock(directory_mutex);
  return *actors[number];
}

std::vector<Address> WallRuntime::addresses(Protocol protocol,
                                            std::string_view host,
                                            std::size_t region,
                                            Time now,
                                            const Lineage& exchange) {
  const std::shared_lock lock(directory_mutex);
  const Host* found = router.find(protocol, host);
  if (found == nullptr) return {};
  const std::lock_guard model(model_mutex);
  return resolve(*found, region, faults, now, exchange);
}

TlsContext WallRuntime::listener_context() {
  std::vector<std::string> names;
  {
    const std::shared_lock lock(directory_mutex);
    if (hosts.size() == hosts_in_certificate) return server_tls;
    names = hosts;
  }
  names.insert(names.begin(), dial_address());
  auto made = authority->server_context(names);
  const std::unique_lock lock(directory_mutex);
  if (made) {
    server_tls = *std::move(made);
    hosts_in_certificate = names.size() - 1;
  }
  return server_tls;
}

std::string WallRuntime::dial_address() const {
  const bool is_any = options.listen_address == "0.0.0.0" || options.listen_address == "::";
  return is_any ? "127.0.0.1" : options.listen_address;
}

bool WallRuntime::is_own_address(std::string_view host) const {
  return host == dial_address() || equals_ignoring_case(host, "localhost") || host == "127.0.0.1" ||
         host == "[::1]" || host == "[" + dial_address() + "]";
}

WireLimits WallRuntime::inside_limits() const {
  WireLimits limits;
  limits.request_line = 64 * 1024;
  limits.header_bytes = 256 * 1024;
  limits.header_count = 1024;
  limits.body = options.inside_body;
  limits.sip_message = options.inside_body;
  return limits;
}

}  // namespace shakedown::sim::wall

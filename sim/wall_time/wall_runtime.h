// What the parts of the wall-clock runtime share. Internal to sim/wall_time.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <tuple>
#include <vector>

#include "sim/active_faults.h"
#include "sim/connection_table.h"
#include "sim/resolver.h"
#include "sim/router.h"
#include "sim/wall_time/client.h"
#include "sim/wall_time/inbound.h"
#include "sim/wall_time/lag_meter.h"
#include "sim/wall_time/outbound.h"
#include "sim/wall_time/server.h"
#include "sim/wall_time/thread_pool.h"
#include "sim/wall_time/tls.h"
#include "sim/wall_time/wall_actor.h"
#include "sim/wall_time/wall_clock.h"
#include "sim/wall_time/wall_world.h"

namespace shakedown::sim::wall {

// Locks: directory_mutex may be held while others are taken; no two others at once.
struct WallRuntime {
  explicit WallRuntime(WallOptions wall_options);
  ~WallRuntime();
  WallRuntime(const WallRuntime&) = delete;
  WallRuntime& operator=(const WallRuntime&) = delete;

  Status open_listeners();

  // The parts of run(). begin() lets the pending activities go; end() stops all activities and
  // waits for their threads and those of the I/O loop.
  void begin();
  RunSummary::End wait_until_over(Time until);
  void end();
  // Non-daemon activities that wait for ever, "actor/activity".
  std::vector<std::string> blocked();

  // Tells the actors what the faults make of their clocks.
  void adjust_clocks();

  // A new activity, now or, if the run has not begun, then.
  std::shared_ptr<Activity> start(WallActor& on, ActivityOrigin origin, std::function<void()> fn);
  // Calls `fn` at that instant on an I/O thread (or here and now if it has passed) and notes how
  // late.
  void at(Time time, std::function<void()> fn);

  // The listener says at which ideal instant it cuts an exchange off; the client asks, once.
  void note_cut_off(const Lineage& exchange, Time at);
  std::optional<Time> take_cut_off(const Lineage& exchange);
  void activity_begins(Daemon daemon);
  void activity_ends(Daemon daemon);
  void record(Recorded recorded);
  void proof_failed(std::string where);
  // An exception has left this activity: tells whoever wants to know, or ends the run.
  void activity_failed(const Activity& activity, const char* what);
  // Ends the run: more was asked of this runtime than it can hold.
  void overloaded(std::string why);
  std::string too_many_activities() const;
  // Makes run() look again. Async-signal-safe.
  void wake() const;

  WallActor& actor(std::uint32_t number);
  // Which addresses a client in `region` tries, in order; none if nobody listens there.
  std::vector<Address> addresses(Protocol protocol,
                                 std::string_view host,
                                 std::size_t region,
                                 Time now,
                                 const Lineage& exchange);
  // The context for the next connection to the listener: its certificate names all hosts.
  TlsContext listener_context();
  // Where outsiders and our own clients reach the listeners.
  std::string dial_address() const;
  // Whether a URL with this host means the listener itself.
  bool is_own_address(std::string_view host) const;
  WireLimits inside_limits() const;

  const WallOptions options;
  const WallClock clock;
  const LinkModel links;
  std::optional<Endpoint> outside_endpoint;
  LagMeter lag;
  std::string secret;  // Of this run, for the tags of exchanges.

  // Who is there. Written by add_actor and listen.
  mutable std::shared_mutex directory_mutex;
  std::deque<std::unique_ptr<WallActor>> actors;
  Router router;
  std::vector<std::string> hosts;  // For the listener's certificate.
  TlsContext server_tls;           // For `hosts_in_certificate` of them.
  std::size_t hosts_in_certificate = 0;
  // By protocol, host and actor: a client names the edge that it chose.
  std::map<std::tuple<Protocol, std::string, std::uint32_t>, Handler> handlers;

  // The model of connections and faults; all of it under its mutex.
  std::mutex model_mutex;
  ConnectionTable connections;
  ActiveFaults faults;

  // When exchanges ended that were cut off: a reset carries no fields. By lineage.
  std::map<std::pair<std::uint64_t, std::uint64_t>, Time> cut_off_at;

  // The state of the run.
  std::atomic<bool> begun{false};
  std::atomic<bool> running{false};  // Requests are served.
  std::atomic<bool> is_over{
      false};  // From now on every starred call of every actor throws Stopped.
  std::atomic<bool> stop_requested{false};
  std::atomic<bool> is_overloaded{false};
  std::atomic<bool> has_failed_proof{false};
  std::atomic<bool> has_failed_activity{false};
  std::atomic<std::size_t> in_flight{0};
  std::atomic<std::size_t> keeping_alive{0};  // Of these, not daemons.
  std::atomic<std::uint64_t> late_answers{0};
  std::atomic<std::uint64_t> refused_handlers{0};
  std::atomic<std::uint64_t> events{0};
  std::mutex detail_mutex;
  std::string detail;
  std::mutex sink_mutex;
  int wake_handle = -1;

  std::mutex pending_mutex;
  std::vector<std::shared_ptr<Activity>> pending;  // Activities that wait for run().

  std::optional<TlsAuthority> authority;
  TlsContext inside_tls;
  TlsContext outside_tls;
  std::shared_ptr<InsidePorts> inside_ports = make_inside_ports();
  ThreadPool pool;
  // Destroyed after what holds sockets of it.
  IoLoop loop;
  std::unique_ptr<Inbound> inbound;
  std::unique_ptr<Outbound> outbound;
  std::unique_ptr<Server> http_server;
  std::unique_ptr<Server> sip_server;
};

}  // namespace shakedown::sim::wall

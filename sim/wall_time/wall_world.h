// The wall-clock runtime: actors are threads, exchanges are HTTPS and SIP over loopback sockets,
// and outsiders (a user's product, a browser, a test) may take part. The link model and the faults
// are the same as in virtual time, waited out at the listeners, so that outsiders feel them, too.
//
// Nothing here leaves the machine: what is not an actor is dialled only at loopback addresses.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/wall_time/wire.h"
#include "sim/world.h"

namespace shakedown::sim {

namespace wall {
struct WallRuntime;
}

// `epoch` and `randomness` are not used: the clock is the machine's, chance in OpenSSL the
// system's.
struct WallOptions : WorldOptions {
  // One HTTPS listener serves all hosts, one SIP listener (TCP) likewise. 0: any free port.
  std::uint16_t port = 0;
  std::uint16_t sip_port = 0;
  std::string listen_address = "127.0.0.1";  // An IP literal.
  std::size_t max_threads = 2000;            // Activities in flight.
  unsigned io_threads = 2;

  // What outsiders may send: request line, header fields and body; how many at once and how slowly.
  wall::WireLimits limits;
  std::size_t max_connections = 1024;
  std::size_t max_connections_per_address = 256;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds handshake_timeout{10'000};
  std::size_t body_bytes_per_second = 1024;
  std::chrono::milliseconds body_grace{5'000};

  // What outsiders may answer. Actors among themselves may exchange bodies of `inside_body`.
  std::size_t response_body = 1024 * 1024;
  std::size_t inside_body = 16 * 1024 * 1024;
  std::chrono::milliseconds connect_timeout{1'000};
  // PEM texts: the authorities that outsiders' HTTPS certificates may be from.
  std::vector<std::string> extra_ca_pem;
  // Off: outsiders' HTTPS certificates are not looked at. Only loopback is ever dialled.
  bool verify_outsiders = true;
  // The region in which outsiders live; "" is the region of whichever actor they ask.
  std::string outside_region;

  // An activity that has fallen so far behind its ideal instants gives up catching up.
  Duration max_lateness = 250ms;
  // How much later than its timeout an exchange between actors gives up by the machine's clock. An
  // answer that comes within it counts if its ideal instant is in time; a real timeout ends so much
  // late.
  Duration timeout_grace = 10ms;
};

class WallWorld final : public World {
 public:
  // Opens the listeners; until run() they answer 503. The process ignores SIGPIPE from then on.
  // Errors: kEnvironment (port in use), kMalformed (extra_ca_pem).
  static Result<std::unique_ptr<WallWorld>> create(WallOptions options);
  ~WallWorld() override;

  Env& add_actor(const ActorSpec& spec) override;
  void listen(Env& actor, Protocol protocol, std::string_view host, Handler handler) override;
  void balance(Protocol protocol, std::string_view host, Balancing balancing) override;
  std::string base_url(std::string_view host) const override;
  std::uint16_t own_port() const override;
  Task start(Env& actor, std::string_view name, std::function<void()> fn, Daemon daemon) override;
  std::uint64_t begin_fault(const Fault& fault) override;
  void end_fault(std::uint64_t id) override;
  Time now() const override;
  const WorldOptions& options() const override;
  RunSummary run(Time until) override;
  void stop() override;
  bool settle_proofs() override;

  std::uint16_t sip_port() const;
  // The authority of the listener's certificate, for outsiders' trust stores.
  const std::string& tls_ca_pem() const;
  // Activities that have not ended, for progress reports.
  std::size_t activities_in_flight() const;

 private:
  explicit WallWorld(std::unique_ptr<wall::WallRuntime> runtime);

  std::unique_ptr<wall::WallRuntime> runtime_;
};

}  // namespace shakedown::sim

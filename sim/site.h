// Site: where an actor is put up. All of a World that an actor's constructor may use: to run or
// stop the world and to begin faults is for those who direct it (sim/world.h).
//
//   Origin::Origin(sim::Site& site, OriginOptions options)
//       : env_(site.add_actor({.name = options.name})) {
//     site.listen(env_, sim::Protocol::kHttp, options.host, handler);
//   }
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "sim/env.h"
#include "sim/message.h"
#include "sim/time.h"

namespace shakedown::sim {

struct ActorSpec {
  std::string name;              // Unique. A part of another actor is "owner/part".
  std::string region = "local";  // A region of the network.
  unsigned servers = 1;          // How many computations it does at once.
};

// Answers one request, in an activity of its own on the listening actor. May suspend.
using Handler = std::function<Response(const Request&)>;

// Which of several listeners on a host name a client asks first (docs/decisions/012-resolver.md).
struct Balancing {
  enum class Choice : std::uint8_t {
    kNearest,   // The lowest RTT from the client's region, the first to listen of equals.
    kHealthy,   // The same among those that are not known to be down.
    kWeighted,  // Drawn among these.
  };
  Choice choice = Choice::kNearest;
  Duration detect_after = Duration{10'000'000'000};  // Until what is down is known to be.
  std::map<std::string, std::uint32_t> weights;      // By actor, for kWeighted; else 1.
};

class Site {
 public:
  virtual ~Site() = default;

  // Actors live as long as the world.
  virtual Env& add_actor(const ActorSpec& spec) = 0;

  // `handler` answers requests of `protocol` for `host`. Several actors may listen on one host name
  // (the edges of a CDN): which of them a client asks, and whom it asks next, is the Balancing of
  // the host.
  virtual void listen(Env& actor, Protocol protocol, std::string_view host, Handler handler) = 0;
  virtual void balance(Protocol protocol, std::string_view host, Balancing balancing) = 0;

  // The base of URLs under which actors AND outsiders reach `host` over HTTP, without a trailing
  // slash: "https://HOST" in virtual time, "https://127.0.0.1:PORT/HOST" in wall time.
  virtual std::string base_url(std::string_view host) const = 0;

  // Starts an activity on `actor` at once (it runs when the caller suspends or run() begins). An
  // activity of any actor may join it. A constructor starts its actor's own upkeep (keys, lists,
  // renewals), so that whoever puts the actor up cannot forget to.
  virtual Task start(Env& actor,
                     std::string_view name,
                     std::function<void()> fn,
                     Daemon daemon) = 0;
};

}  // namespace shakedown::sim

// Site: where an actor is put up. All of a World that an actor's constructor may use: to run or
// stop the world and to begin faults is for those who direct it (sim/world.h).
//
//   Origin::Origin(sim::Site& site, OriginOptions options)
//       : env_(site.add_actor({.name = options.name})) {
//     site.listen(env_, sim::Protocol::kHttp, options.host, handler);
//   }
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/env.h"
#include "sim/message.h"

namespace shakedown::sim {

struct ActorSpec {
  std::string name;              // Unique. A part of another actor is "owner/part".
  std::string region = "local";  // A region of the network.
  unsigned servers = 1;          // How many computations it does at once.
};

// Answers one request, in an activity of its own on the listening actor. May suspend.
using Handler = std::function<Response(const Request&)>;

class Site {
 public:
  virtual ~Site() = default;

  // Actors live as long as the world.
  virtual Env& add_actor(const ActorSpec& spec) = 0;

  // `handler` answers requests of `protocol` for `host`. Several actors may listen on one host name
  // (the edges of a CDN): a client reaches the one with the lowest RTT from its region, ties going
  // to the one that listened first.
  virtual void listen(Env& actor, Protocol protocol, std::string_view host, Handler handler) = 0;

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

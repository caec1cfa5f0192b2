#include "actors/transit/transit.h"

#include <utility>

#include "actors/calls/relay.h"

namespace shakedown::actors {

Transit::Transit(sim::Site& site, TransitOptions options)
    : options_(std::move(options)),
      env_(site.add_actor({.name = options_.name, .region = options_.region, .servers = 1})) {
  site.listen(env_, sim::Protocol::kSip, options_.host,
              [this](const sim::Request& request) { return on_invite(request); });
}

sim::Response Transit::on_invite(const sim::Request& request) {
  sim::Request onward = request;
  if (options_.strips_identity) {
    onward.headers.remove("Identity");
    onward.headers.remove("y");
  }
  return relay(env_, std::move(onward));
}

}  // namespace shakedown::actors

// A transit provider that carries calls (an intermediate or gateway provider).
#pragma once

#include <string>

#include "sim/env.h"
#include "sim/site.h"

namespace shakedown::actors {

struct TransitOptions {
  std::string name;
  std::string host;  // "transit-one.test"
  std::string region = "local";
  bool strips_identity = false;  // Older equipment drops header fields that it does not know.
};

// A transit provider that carries calls, with or without their Identity header fields. One that
// signs anew is a Provider in the transit role.
class Transit {
 public:
  Transit(sim::Site& site, TransitOptions options);

 private:
  sim::Response on_invite(const sim::Request& request);

  TransitOptions options_;
  sim::Env& env_;
};

}  // namespace shakedown::actors

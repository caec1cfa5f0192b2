// Time that a service takes for a request beside its modelled computations.
#pragma once

#include "sim/env.h"
#include "sim/network.h"

namespace shakedown::actors {

// * Waits for a sample of `processing`. Does not even yield if there is nothing to wait for.
inline void spend(sim::Env& env, const sim::Latency& processing) {
  sim::Random random = env.random("processing");
  const sim::Duration duration = processing.sample(random);
  if (duration > sim::Duration{}) env.sleep_for(duration);
}

}  // namespace shakedown::actors

// Carrying a call on: what every hop between the originating and the terminating provider does.
#pragma once

#include "sim/env.h"

namespace shakedown::actors {

// * Passes an INVITE on to its next hop and its final answer back. Answers 404 when no hop is left,
// 408 when the next one does not answer, 503 when it cannot be reached.
sim::Response relay(sim::Env& env, sim::Request request);

}  // namespace shakedown::actors

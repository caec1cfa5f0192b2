// An exchange under way. Internal to sim/virtual_time.
#pragma once

#include "sim/connection_table.h"
#include "sim/link_model.h"
#include "sim/message.h"
#include "sim/random.h"
#include "sim/router.h"
#include "sim/virtual_time/virtual_activity.h"

namespace shakedown::sim {

// Pooled. Shared by the asking activity and the server's side, whichever lets go last: a request
// that timed out is not recalled.
struct PendingExchange {
  Request request;
  Answer answer;
  Lineage lineage;
  Activity* caller = nullptr;  // Null once the caller has given up.
  VirtualEnv* server = nullptr;
  const Listener* listener = nullptr;
  Path path;
  Time deadline;
  int hops = 0;  // Of the handler.
  bool daemon = false;
  bool answered = false;
  int owners = 0;
};

}  // namespace shakedown::sim

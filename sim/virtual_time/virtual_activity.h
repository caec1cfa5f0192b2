// What the virtual runtime knows of one activity. Internal to sim/virtual_time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/condition_access.h"
#include "sim/lineage_scope.h"
#include "sim/virtual_time/fiber.h"

namespace shakedown::sim {

class VirtualEnv;
struct PendingExchange;

// For those who ask who waits for what.
enum class WaitsFor : std::uint8_t { kTurn, kTime, kCondition, kAnswer, kServer, kTask };

// Pooled: when an activity ends, its object is used for another one. `generation` and `serial` go
// on, so that events and tasks that mean the former are recognised as stale.
struct Activity : Waiter {
  Fiber fiber;
  VirtualEnv* env = nullptr;
  std::string name;            // Empty for a handler, which is named after its request.
  std::function<void()> body;  // Empty for a handler.
  PendingExchange* serves = nullptr;
  std::uint64_t serial = 0;  // Of the activity, among those that had this object.
  Condition joiners;         // Of any actor.
  LineageScope scope;
  int hops = 0;  // Exchanges above this activity.
  bool daemon = false;

  // The sleep. `generation` counts sleeps; an event for another generation is stale.
  std::uint64_t generation = 0;
  bool begun = false;       // Has a stack.
  bool scheduled = false;   // Some event will end this sleep.
  bool unparked = false;    // ... because unpark() was called, and not only by the deadline.
  bool by_deadline = true;  // How the last sleep ended.

  // What the sleep is for. `until` is by the actor's own clock if `on_own_clock`.
  WaitsFor waits_for = WaitsFor::kTurn;
  Time until = kNever;
  bool on_own_clock = false;
  const PendingExchange* asks = nullptr;
  const Activity* joins = nullptr;
  Work work = Work::kOther;

  int refused_to_stop = 0;  // How often it was thrown a Stopped.

  // All that live, in the order of creation.
  Activity* older = nullptr;
  Activity* newer = nullptr;
};

}  // namespace shakedown::sim

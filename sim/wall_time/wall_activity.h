// One activity of an actor on the wall: the thread it runs on belongs to it until it ends.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/condition_access.h"
#include "sim/env.h"
#include "sim/lineage_scope.h"
#include "sim/time.h"

namespace shakedown::sim::wall {

class WallActor;
struct Activity;

// Why a parked activity goes on.
enum class Wakeup : std::uint8_t { kUnparked, kDeadline, kStopped };

// What an activity starts with.
struct ActivityOrigin {
  std::string name;
  Lineage lineage;
  // The instant at which it would start if the machine were infinitely fast.
  Time ideal;
  int hops = 0;  // Exchanges that led to it.
  Daemon daemon = Daemon::kNo;
};

// Who waits for the end of an activity, perhaps on another actor. Guarded by the mutex of `actor`.
struct Joiner {
  WallActor& actor;
  Activity* sleeper = nullptr;   // While it sleeps.
  std::optional<Time> ended_at;  // The ideal instant at which what it joined ended.
};

struct Activity : Waiter {
  Activity(WallActor& its_actor, ActivityOrigin origin, std::function<void()> function)
      : actor(its_actor),
        name(std::move(origin.name)),
        scope(origin.lineage),
        ideal(origin.ideal),
        hops(origin.hops),
        daemon(origin.daemon),
        fn(std::move(function)) {}

  WallActor& actor;
  const std::string name;
  LineageScope scope;
  // Deadline chaining: waits are counted from and end at ideal instants, so that the lateness of
  // one does not delay the next. Touched by the activity itself only.
  Time ideal;
  const int hops;
  const Daemon daemon;
  std::function<void()> fn;

  // The rest is guarded by the actor's mutex.
  std::condition_variable changed;
  bool parked = false;        // In park(); until then nobody may wake it.
  bool ready = false;         // Queues for the actor's monitor, or has it.
  bool granted = false;       // Has the monitor.
  bool for_ever = false;      // Parked without a deadline.
  bool on_own_clock = false;  // Its deadline moves with the actor's clock.
  Wakeup wakeup = Wakeup::kUnparked;
  Time woken_at;  // The ideal instant of the waker.
  std::optional<Time> ended_at;
  std::vector<std::shared_ptr<Joiner>> joiners;
};

}  // namespace shakedown::sim::wall

// The heart of virtual time: the clock, the queue of events, and the activities that sleep until
// one of them. Everything that suspends stands on one pair: park(deadline) and unpark(). Internal
// to sim/virtual_time; one thread.
//
// Order. Events run by due time; the clock jumps from one to the next, and stale ones are dropped
// without moving it. Of events due at the same instant, deadlines of waits and exchanges come last
// (what arrives at the deadline is in time), and the rest in the order in which they were pushed.
// `shuffle_ties` permutes the latter, except that what happens on one actor stays in order
// (conditions and servers are first come, first served): outcomes must not depend on which of two
// actors, that know nothing of each other, moves first.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/env.h"
#include "sim/virtual_time/event_queue.h"
#include "sim/virtual_time/virtual_activity.h"
#include "sim/world.h"

namespace shakedown::sim {

class Scheduler {
 public:
  struct Options {
    Time epoch;
    std::uint64_t shuffle_ties = 0;
    std::size_t max_activities = 0;
    Duration give_up_after{};
    std::function<void(const std::string& what)> activity_failed{};  // As WorldOptions has it.
  };

  // `serve` runs in the handler's activity; `arrive` in the loop when a request reaches its server.
  struct Hooks {
    std::function<void(PendingExchange&)> serve;
    std::function<void(PendingExchange&)> arrive;
  };

  Scheduler(const Options& options, Hooks hooks);
  ~Scheduler();  // Unwinds what is left.
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  Time now() const { return now_; }

  // The running activity; null in the loop and outside run().
  Activity* current() const { return current_; }

  std::uint64_t events() const { return events_; }

  // A new activity that has not begun. The caller fills in `body` or `serves`.
  Activity& create(VirtualEnv& env, std::string_view name, Daemon daemon, const Lineage& lineage);

  // Lets it begin at this instant, when whoever runs now sleeps.
  void begin_soon(Activity& activity) { schedule(activity, now_, Turn::kOrdinary); }

  // Lets it begin before this returns. Only in the loop.
  void begin_now(Activity& activity) { resume(activity); }

  // Delivers `exchange` to hooks.arrive. `daemon`: does not keep the run alive.
  void deliver_at(Time due, PendingExchange& exchange, const VirtualEnv& to, bool daemon);

  // A deadline that is kLast gives way to whatever else happens at that instant.
  enum class Turn : std::uint8_t { kOrdinary, kLast };

  // * Puts the running activity to sleep. True: somebody unparked it; false: `deadline` came. The
  // caller has said in the activity what it waits for.
  bool park(Time deadline, Turn turn);
  // Ends the activity's sleep at `due` (not before now). Ignored if that is settled already.
  void unpark(Activity& activity, Time due);
  // A sleeping activity's deadline has moved, because its clock has.
  void move_deadline(Activity& activity, Time deadline);

  // Throws Stopped if the world is stopping. Starred calls begin with it.
  void check_stopping();

  bool is_stopping() const { return stopping_; }

  // The loop. Ends as World::run() says, except that `interrupted` is asked before each event and
  // ends it when true. Fills in `end` (kDone, kOverloaded, kActivityFailed), `ended_at`, `detail`,
  // `blocked`.
  void run(Time until, const std::function<bool()>& interrupted, RunSummary& summary);
  // Throws Stopped into everything that lives until nothing does: the newest first, because those
  // who were spawned may refer to the frames of those who spawned them.
  void unwind();

  template <class Visitor>
  void for_each_activity(Visitor visit) const {
    for (Activity* a = oldest_; a != nullptr; a = a->newer) visit(*a);
  }

  // An exception has left the running activity: tells whoever wants to know, or ends the run.
  void activity_failed(const char* what);

  static std::string describe(const Activity& activity);  // "acme-tel/renewal"
  // "sleeps until ..."
  static std::string describe_wait(const Activity& activity, const Costs& costs);

 private:
  void schedule(Activity& activity, Time due, Turn turn);
  std::uint64_t tie_key(Time due, Turn turn, const VirtualEnv& env);
  bool is_stale(const VirtualEvent& event) const;
  void dispatch(const VirtualEvent& event);
  void resume(Activity& activity);
  void finish(Activity& activity);
  void recycle(Activity& activity);
  static void enter(void* activity);
  void run_body(Activity& activity);
  void give_up(RunSummary::End end, std::string detail);
  std::vector<std::string> names_of_blocked() const;

  const Options options_;
  const Hooks hooks_;
  StackPool stacks_;
  EventQueue queue_;
  Time now_;
  Activity* current_ = nullptr;
  std::uint64_t sequence_ = 0;
  std::uint64_t events_ = 0;

  std::vector<std::unique_ptr<Activity>> pool_;
  std::vector<Activity*> free_;
  Activity* oldest_ = nullptr;
  Activity* newest_ = nullptr;

  std::size_t begun_ = 0;  // Activities with a stack.
  std::size_t work_ = 0;   // Activities and arrivals that are not daemons: they keep the run alive.
  std::size_t scheduled_ = 0;  // Those of them that some event in the queue will move on.
  bool stopping_ = false;
  RunSummary::End end_ = RunSummary::End::kDone;  // Anything else ends the run.
  std::string end_detail_;
};

}  // namespace shakedown::sim

// Env on the wall: a monitor for each actor. One of its activities has the monitor; the others have
// their turn, first come first served, when it gives the monitor up in a starred call (a plain
// mutex knows no order). All waits stand on park and unpark.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/env.h"
#include "sim/lineage_scope.h"
#include "sim/link_model.h"
#include "sim/own_clock.h"
#include "sim/server_queue.h"
#include "sim/wall_time/wall_activity.h"
#include "sim/world.h"

namespace shakedown::sim::wall {

struct WallRuntime;

class WallActor final : public Env {
 public:
  WallActor(WallRuntime& runtime, const ActorSpec& spec, std::uint32_t number);

  const std::string& name() const override { return spec_.name; }

  Time now() override;
  void sleep_until(Time time) override;
  Answer exchange(Request request, Duration timeout, Retry retry) override;
  bool wait(Condition& condition, Time deadline) override;
  void notify_all(Condition& condition) override;
  Task spawn(std::string_view name, std::function<void()> fn, Daemon daemon) override;
  void join(const Task& task) override;
  Random random(std::string_view purpose) override;
  void record(std::unique_ptr<Event> event) override;

  // The activity that runs on this thread, of whatever actor; null on other threads.
  static Activity* current();

  std::uint32_t number() const { return number_; }

  const Endpoint& endpoint() const { return endpoint_; }

  // Starts an activity: its turn comes after all that are ready now. False: no thread is left.
  bool launch(const std::shared_ptr<Activity>& activity);
  // The lineage of what World::start() starts here from outside of any activity.
  Lineage next_activity(std::string_view name);

  void set_own_clock(OwnClock clock);
  // Wakes everything with Stopped. The world is over already.
  void stop();
  // Names of non-daemon activities that wait for ever.
  std::vector<std::string> blocked();

 protected:
  void run_now(Work work, JobRef job) override;
  void run_proof(Work work, std::function<bool()> proof) override;

 private:
  struct Slot;
  using Lock = std::unique_lock<std::mutex>;

  bool is_running_here() const;
  // The running activity, which must be one of this actor (asserted).
  Activity& running();
  // An activity that is far behind the machine's clock gives up its ideal instants and goes on from
  // now. Returns the instant that it has reached.
  Time catch_up(Activity& activity) const;

  void run_activity(const std::shared_ptr<Activity>& activity);

  // The two sides of a join, each under its own actor's lock, for no thread holds two: at the actor
  // of the task, when that has ended, else `joiner` is told; and at the joiner's.
  std::optional<Time> join_or_ended(Activity& activity, const std::shared_ptr<Joiner>& joiner);
  void let_go(Joiner& joiner, Time ended_at);

  // The monitor. All are called with the lock held.
  void make_ready(Activity& activity);
  void give_up();
  void unpark_locked(Activity& activity, Wakeup wakeup, Time at);

  // Until when an activity sleeps. `on_own_clock`: by the actor's clock, whatever faults do to it.
  struct Until {
    Time time = kNever;
    bool on_own_clock = false;
    bool for_ever = false;  // Nothing but another activity ends it: worth naming when the run ends.
  };

  // Takes the turn again when unparked or at that time.
  Wakeup sleep(Activity& activity, Lock& lock, const Until& until);
  Time world_time(const Until& until, const Activity& activity) const;
  void take_server(Activity& activity, Lock& lock);
  void leave_server();

  WallRuntime& runtime_;
  const ActorSpec spec_;
  const std::uint32_t number_;
  const Endpoint endpoint_;

  std::mutex mutex_;
  LineageScope scope_;  // Of what is caused from outside of any activity.
  std::set<std::shared_ptr<Activity>> activities_;
  std::deque<Activity*> ready_;
  bool taken_ = false;  // Somebody has the monitor.
  OwnClock own_clock_;
  Time last_shown_ = Time::min();
  ServerQueue queue_;
  unsigned busy_servers_ = 0;
  std::deque<Activity*> server_waiters_;
};

}  // namespace shakedown::sim::wall

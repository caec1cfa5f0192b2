#include "sim/virtual_time/virtual_env.h"

#include <algorithm>

#include "sim/virtual_time/virtual_core.h"

namespace shakedown::sim {
namespace {

// Takes a waiter out of its queue however the wait ends, by Stopped too.
class InQueue {
 public:
  InQueue(Condition& condition, Waiter& waiter)
      : waiter_(waiter) {
    ConditionAccess::push_back(condition, waiter);
  }

  ~InQueue() { ConditionAccess::remove(waiter_); }

  InQueue(const InQueue&) = delete;
  InQueue& operator=(const InQueue&) = delete;

 private:
  Waiter& waiter_;
};

// The stream of one computation is in place exactly while it runs.
class RandomnessInPlace {
 public:
  RandomnessInPlace(const RandomnessHook& hook, const Lineage& lineage)
      : hook_(hook) {
    if (hook_.enter) hook_.enter(lineage);
  }

  ~RandomnessInPlace() {
    if (hook_.leave) hook_.leave();
  }

  RandomnessInPlace(const RandomnessInPlace&) = delete;
  RandomnessInPlace& operator=(const RandomnessInPlace&) = delete;

 private:
  const RandomnessHook& hook_;
};

}  // namespace

VirtualEnv::VirtualEnv(VirtualCore& core, std::uint32_t number, const ActorSpec& spec)
    : core_(core),
      number_(number),
      name_(spec.name),
      endpoint_(core.links.endpoint(spec.name, spec.region)),
      servers_(spec.servers),
      clock_(core.faults.clock_of(spec.name)),
      scope_(LineageScope::of_actor(core.options.seed, spec.name)) {}

Scheduler& VirtualEnv::scheduler() const { return core_.scheduler; }

Activity& VirtualEnv::running_for_starred_call() {
  core_.scheduler.check_stopping();
  Activity* current = core_.scheduler.current();
  SHAKEDOWN_ASSERT(current != nullptr && current->env == this);
  return *current;
}

LineageScope& VirtualEnv::scope() {
  Activity* current = core_.scheduler.current();
  return current != nullptr && current->env == this ? current->scope : scope_;
}

Time VirtualEnv::now() { return clock_.own(core_.scheduler.now()); }

void VirtualEnv::sleep_until(Time time) {
  Activity& me = running_for_starred_call();
  me.waits_for = WaitsFor::kTime;
  me.until = time;
  me.on_own_clock = true;
  core_.scheduler.park(clock_.world(time), Scheduler::Turn::kOrdinary);
  me.on_own_clock = false;
}

bool VirtualEnv::wait(Condition& condition, Time deadline) {
  Activity& me = running_for_starred_call();
  me.waits_for = WaitsFor::kCondition;
  me.until = deadline;
  me.on_own_clock = true;
  const InQueue in_queue(condition, me);
  const bool notified = core_.scheduler.park(clock_.world(deadline), Scheduler::Turn::kLast);
  me.on_own_clock = false;
  return notified;
}

void VirtualEnv::notify_all(Condition& condition) {
  while (Waiter* waiter = ConditionAccess::pop_front(condition)) {
    core_.scheduler.unpark(static_cast<Activity&>(*waiter), core_.scheduler.now());
  }
}

Answer VirtualEnv::exchange(Request request, Duration timeout, Retry retry) {
  return core_.exchanges.ask(*this, std::move(request), timeout, retry);
}

Task VirtualEnv::begin(std::string_view name,
                       std::function<void()> fn,
                       Daemon daemon,
                       const Lineage& lineage) {
  Activity& activity = core_.scheduler.create(*this, name, daemon, lineage);
  activity.body = std::move(fn);
  core_.scheduler.begin_soon(activity);
  // The scheduler owns it, longer than any joiner lives.
  return Task(std::shared_ptr<void>(std::shared_ptr<void>(), &activity), activity.serial);
}

Task VirtualEnv::spawn(std::string_view name, std::function<void()> fn, Daemon daemon) {
  return begin(name, std::move(fn), daemon, scope().next_activity(name));
}

Task VirtualEnv::start(std::string_view name, std::function<void()> fn, Daemon daemon) {
  Activity* current = core_.scheduler.current();
  return begin(
      name, std::move(fn), daemon,
      current != nullptr ? current->scope.next_started(name_, name) : scope_.next_activity(name));
}

void VirtualEnv::join(const Task& task) {
  Activity& me = running_for_starred_call();
  auto* const other = static_cast<Activity*>(task.activity().get());
  SHAKEDOWN_ASSERT(other != nullptr);
  if (other->serial != task.serial()) return;  // It has ended.
  me.waits_for = WaitsFor::kTask;
  me.until = kNever;
  me.joins = other;
  const InQueue in_queue(other->joiners, me);
  core_.scheduler.park(kNever, Scheduler::Turn::kLast);
}

Random VirtualEnv::random(std::string_view purpose) { return scope().next_stream(purpose); }

void VirtualEnv::record(std::unique_ptr<Event> event) {
  if (core_.scheduler.is_stopping() || !core_.options.sink) return;
  core_.options.sink(Recorded{core_.scheduler.now(), &name_, std::move(event)});
}

void VirtualEnv::charge(Activity& me, Work work) {
  const Time now = core_.scheduler.now();
  const Time done = servers_.admit(now, core_.options.costs.of(work));
  if (done == now) return;
  me.waits_for = WaitsFor::kServer;
  me.until = done;
  me.work = work;
  core_.scheduler.park(done, Scheduler::Turn::kOrdinary);
}

void VirtualEnv::run_now(Work work, JobRef job) {
  Activity& me = running_for_starred_call();
  {
    const RandomnessInPlace in_place(core_.options.randomness, me.scope.next_compute());
    job();
  }
  charge(me, work);
}

void VirtualEnv::run_proof(Work work, std::function<bool()> proof) {
  Activity& me = running_for_starred_call();
  core_.proofs.push({std::move(proof), me.scope.next_compute(), &name_,
                     core_.options.costs.name_of(work), core_.scheduler.now()});
  charge(me, work);
}

void VirtualEnv::set_clock(const OwnClock& clock) {
  if (clock_.is_true() && clock.is_true()) return;
  clock_ = clock;
  core_.scheduler.for_each_activity([&](Activity& activity) {
    if (activity.env != this || !activity.on_own_clock) return;
    core_.scheduler.move_deadline(activity, clock_.world(activity.until));
  });
}

}  // namespace shakedown::sim

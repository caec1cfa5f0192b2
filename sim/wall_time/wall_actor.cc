#include "sim/wall_time/wall_actor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "sim/wall_time/outbound.h"
#include "sim/wall_time/wall_runtime.h"

namespace shakedown::sim::wall {
namespace {

thread_local Activity* running_activity = nullptr;

}  // namespace

WallActor::WallActor(WallRuntime& runtime, const ActorSpec& spec, std::uint32_t number)
    : runtime_(runtime),
      spec_(spec),
      number_(number),
      endpoint_(runtime.links.endpoint(spec.name, spec.region)),
      scope_(LineageScope::of_actor(runtime.options.seed, spec.name)),
      queue_(spec.servers) {
  const std::lock_guard lock(runtime.model_mutex);
  own_clock_ = runtime.faults.clock_of(spec.name);
}

Activity* WallActor::current() { return running_activity; }

Activity& WallActor::running() {
  SHAKEDOWN_ASSERT(is_running_here());
  return *running_activity;
}

Time WallActor::catch_up(Activity& activity) const {
  const Time real = runtime_.clock.now();
  if (real - activity.ideal > runtime_.options.max_lateness) activity.ideal = real;
  return activity.ideal;
}

// --- The monitor -------------------------------------------------------------------------------

void WallActor::make_ready(Activity& activity) {
  activity.ready = true;
  if (taken_) {
    ready_.push_back(&activity);
    return;
  }
  taken_ = true;
  activity.granted = true;
  activity.changed.notify_one();
}

void WallActor::give_up() {
  if (ready_.empty()) {
    taken_ = false;
    return;
  }
  Activity& next = *ready_.front();
  ready_.pop_front();
  next.granted = true;
  next.changed.notify_one();
}

void WallActor::unpark_locked(Activity& activity, Wakeup wakeup, Time at) {
  if (!activity.parked || activity.ready) return;
  activity.wakeup = wakeup;
  activity.woken_at = at;
  make_ready(activity);
  activity.changed.notify_one();
}

Time WallActor::world_time(const Until& until, const Activity& activity) const {
  // What is past ends now, and is not late.
  return std::max(until.on_own_clock ? own_clock_.world(until.time) : until.time, activity.ideal);
}

Wakeup WallActor::sleep(Activity& activity, Lock& lock, const Until& until) {
  activity.granted = false;
  activity.ready = false;
  activity.parked = true;
  activity.for_ever = until.for_ever;
  if (runtime_.is_over) unpark_locked(activity, Wakeup::kStopped, activity.ideal);
  while (!activity.ready) {
    const Time deadline = world_time(until, activity);
    if (deadline == kNever) {
      activity.changed.wait(lock);
    } else if (runtime_.clock.now() < deadline) {
      activity.changed.wait_until(lock, runtime_.clock.steady(deadline));
    } else {
      runtime_.lag.add(runtime_.clock.now() - deadline);
      unpark_locked(activity, Wakeup::kDeadline, deadline);
    }
  }
  activity.changed.wait(lock, [&activity] { return activity.granted; });
  activity.parked = false;
  activity.for_ever = false;
  ++runtime_.events;
  if (runtime_.is_over) return Wakeup::kStopped;
  activity.ideal = std::max(activity.ideal, activity.woken_at);
  return activity.wakeup;
}

// --- Activities --------------------------------------------------------------------------------

bool WallActor::launch(const std::shared_ptr<Activity>& activity) {
  runtime_.activity_begins(activity->daemon);
  if (!runtime_.pool.run([this, activity] { run_activity(activity); })) {
    runtime_.activity_ends(activity->daemon);
    return false;
  }
  const Lock lock(mutex_);
  activities_.insert(activity);
  make_ready(*activity);
  return true;
}

void WallActor::run_activity(const std::shared_ptr<Activity>& activity) {
  running_activity = activity.get();
  bool starts = false;
  {
    Lock lock(mutex_);
    activity->changed.wait(lock, [&activity] { return activity->granted; });
    starts = !runtime_.is_over;
  }
  try {
    if (starts) activity->fn();
  } catch (const Stopped&) {
    // The world stops: nothing is left to do.
  } catch (const std::exception& error) {
    runtime_.activity_failed(*activity, error.what());
  }
  activity->fn = nullptr;  // What it captured is destroyed in the actor's turn, too.
  std::vector<std::shared_ptr<Joiner>> joiners;
  {
    const Lock lock(mutex_);
    activity->ended_at = activity->ideal;
    joiners.swap(activity->joiners);
  }
  // Still in this actor's turn, but no two locks at once.
  for (const auto& joiner : joiners) joiner->actor.let_go(*joiner, activity->ideal);
  {
    const Lock lock(mutex_);
    activities_.erase(activity);
    give_up();
  }
  running_activity = nullptr;
  runtime_.activity_ends(activity->daemon);
}

Lineage WallActor::next_activity(std::string_view name) {
  const Lock lock(mutex_);
  return scope_.next_activity(name);
}

bool WallActor::is_running_here() const {
  return running_activity != nullptr && &running_activity->actor == this;
}

Task WallActor::spawn(std::string_view name, std::function<void()> fn, Daemon daemon) {
  ActivityOrigin origin;
  origin.name = name;
  origin.daemon = daemon;
  if (is_running_here()) {
    Activity& parent = *running_activity;
    origin.lineage = parent.scope.next_activity(name);
    origin.ideal = catch_up(parent);
    origin.hops = parent.hops;
  } else {
    origin.lineage = next_activity(name);
    origin.ideal = runtime_.clock.now();
  }
  return Task(runtime_.start(*this, std::move(origin), std::move(fn)));
}

std::optional<Time> WallActor::join_or_ended(Activity& activity,
                                             const std::shared_ptr<Joiner>& joiner) {
  const Lock lock(mutex_);
  if (!activity.ended_at) activity.joiners.push_back(joiner);
  return activity.ended_at;
}

void WallActor::let_go(Joiner& joiner, Time ended_at) {
  const Lock lock(mutex_);
  joiner.ended_at = ended_at;
  if (joiner.sleeper != nullptr) unpark_locked(*joiner.sleeper, Wakeup::kUnparked, ended_at);
}

void WallActor::join(const Task& task) {
  Activity& self = running();
  auto* const other = static_cast<Activity*>(task.activity().get());
  SHAKEDOWN_ASSERT(other != nullptr);
  const auto joiner = std::make_shared<Joiner>(Joiner{*this, nullptr, std::nullopt});
  const std::optional<Time> ended_at = other->actor.join_or_ended(*other, joiner);
  Lock lock(mutex_);
  if (runtime_.is_over) throw Stopped{};
  if (ended_at) joiner->ended_at = ended_at;
  if (!joiner->ended_at) {
    joiner->sleeper = &self;
    give_up();
    const Wakeup wakeup = sleep(self, lock, {kNever, false, true});
    joiner->sleeper = nullptr;
    if (wakeup == Wakeup::kStopped) throw Stopped{};
  }
  self.ideal = std::max(self.ideal, *joiner->ended_at);
}

void WallActor::stop() {
  const Lock lock(mutex_);
  for (const auto& activity : activities_)
    unpark_locked(*activity, Wakeup::kStopped, activity->woken_at);
}

std::vector<std::string> WallActor::blocked() {
  const Lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& activity : activities_) {
    if (activity->daemon == Daemon::kNo && activity->for_ever && !activity->ready)
      names.push_back(spec_.name + "/" + activity->name);
  }
  return names;
}

// --- Time and waiting --------------------------------------------------------------------------

Time WallActor::now() {
  const Time reached =
      running_activity != nullptr ? catch_up(*running_activity) : runtime_.clock.now();
  const Lock lock(mutex_);
  // Two activities reach instants of their own; the actor's clock must not run backwards between
  // them.
  last_shown_ = std::max(last_shown_, reached);
  return own_clock_.own(last_shown_);
}

void WallActor::set_own_clock(OwnClock clock) {
  const Lock lock(mutex_);
  own_clock_ = std::move(clock);
  for (const auto& activity : activities_) activity->changed.notify_one();
}

void WallActor::sleep_until(Time time) {
  Activity& self = running();
  catch_up(self);
  Lock lock(mutex_);
  give_up();
  if (sleep(self, lock, {time, true, false}) == Wakeup::kStopped) throw Stopped{};
}

bool WallActor::wait(Condition& condition, Time deadline) {
  Activity& self = running();
  catch_up(self);
  Lock lock(mutex_);
  ConditionAccess::push_back(condition, self);
  give_up();
  const Wakeup wakeup = sleep(self, lock, {deadline, true, deadline == kNever});
  ConditionAccess::remove(self);  // Unless it was notified, it still queues.
  if (wakeup == Wakeup::kStopped) throw Stopped{};
  return wakeup == Wakeup::kUnparked;
}

void WallActor::notify_all(Condition& condition) {
  Activity* self = running_activity;
  const Time at = self != nullptr ? self->ideal : runtime_.clock.now();
  const Lock lock(mutex_);
  while (Waiter* waiter = ConditionAccess::pop_front(condition))
    unpark_locked(static_cast<Activity&>(*waiter), Wakeup::kUnparked, at);
}

// --- Computing ---------------------------------------------------------------------------------

// The modelled queue says when the job ends; the real one sees to it that no more than `servers`
// run at once, for an HSM has one session.
void WallActor::take_server(Activity& activity, Lock& lock) {
  if (busy_servers_ < spec_.servers) {
    ++busy_servers_;
    return;
  }
  server_waiters_.push_back(&activity);
  give_up();
  if (sleep(activity, lock, {}) == Wakeup::kStopped) {
    // Stopped while it queued, or just after a server was left to it.
    if (std::erase(server_waiters_, &activity) == 0) leave_server();
    throw Stopped{};
  }
}

void WallActor::leave_server() {
  if (server_waiters_.empty()) {
    --busy_servers_;
    return;
  }
  Activity& next = *server_waiters_.front();
  server_waiters_.pop_front();
  unpark_locked(next, Wakeup::kUnparked, next.ideal);
}

void WallActor::run_now(Work work, JobRef job) {
  Activity& self = running();
  Lock lock(mutex_);
  self.scope.next_compute();  // Counted as in virtual time, though no stream hangs on it here.
  const Time done = queue_.admit(catch_up(self), runtime_.options.costs.of(work));
  take_server(self, lock);
  give_up();
  lock.unlock();
  job();
  lock.lock();
  leave_server();
  if (sleep(self, lock, {done, false, false}) == Wakeup::kStopped) throw Stopped{};
}

void WallActor::run_proof(Work work, std::function<bool()> proof) {
  bool holds = false;
  auto job = [&] { holds = proof(); };
  run_now(work, JobRef{&job, [](void* j) { (*static_cast<decltype(job)*>(j))(); }});
  if (!holds) runtime_.proof_failed(spec_.name + "/" + running().name);
}

// --- The rest ----------------------------------------------------------------------------------

Random WallActor::random(std::string_view purpose) {
  if (is_running_here()) return running_activity->scope.next_stream(purpose);
  const Lock lock(mutex_);
  return scope_.next_stream(purpose);
}

void WallActor::record(std::unique_ptr<Event> event) {
  const Time at = running_activity != nullptr ? catch_up(*running_activity) : runtime_.clock.now();
  runtime_.record({at, &spec_.name, std::move(event)});
}

// The answer comes on a thread of the I/O loop, perhaps after the world has been stopped.
struct WallActor::Slot {
  Activity* waiting = nullptr;
  std::optional<ExchangeOutcome> outcome;
};

Answer WallActor::exchange(Request request, Duration timeout, Retry retry) {
  Activity& self = running();
  const Lineage lineage = self.scope.next_exchange();
  const auto slot = std::make_shared<Slot>();
  runtime_.outbound->begin(
      {this, lineage, catch_up(self), timeout, self.hops, self.daemon == Daemon::kYes, retry},
      std::move(request), [this, slot](ExchangeOutcome outcome) {
        const Lock lock(mutex_);
        const Time at = outcome.at;
        slot->outcome = std::move(outcome);
        if (slot->waiting == nullptr) return;
        unpark_locked(*slot->waiting, Wakeup::kUnparked, at);
      });
  Lock lock(mutex_);
  if (!slot->outcome) {
    slot->waiting = &self;
    give_up();
    const Wakeup wakeup = sleep(self, lock, {});
    slot->waiting = nullptr;
    if (wakeup == Wakeup::kStopped) throw Stopped{};
  } else {
    // Nothing had to be sent: what is left is to wait out the time that it takes to learn so.
    give_up();
    if (sleep(self, lock, {slot->outcome->at, false, false}) == Wakeup::kStopped) throw Stopped{};
  }
  return std::move(slot->outcome->answer);
}

}  // namespace shakedown::sim::wall

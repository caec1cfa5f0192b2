#include "sim/virtual_time/scheduler.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "sim/virtual_time/pending_exchange.h"
#include "sim/virtual_time/virtual_env.h"
#include "sim/wide_integer.h"

namespace shakedown::sim {
namespace {

constexpr int kMostRefusals = 1000;

}  // namespace

Scheduler::Scheduler(const Options& options, Hooks hooks)
    : options_(options),
      hooks_(std::move(hooks)),
      now_(options.epoch) {}

Scheduler::~Scheduler() { unwind(); }

// --- Activities

Activity& Scheduler::create(VirtualEnv& env,
                            std::string_view name,
                            Daemon daemon,
                            const Lineage& lineage) {
  if (free_.empty()) {
    pool_.push_back(std::make_unique<Activity>());
    free_.push_back(pool_.back().get());
  }
  Activity& activity = *free_.back();
  free_.pop_back();
  activity.env = &env;
  activity.name = name;
  activity.scope.reset(lineage);
  activity.hops = current_ != nullptr ? current_->hops : 0;
  activity.daemon = daemon == Daemon::kYes;
  activity.waits_for = WaitsFor::kTurn;
  activity.until = kNever;
  activity.on_own_clock = false;
  activity.older = newest_;
  (newest_ != nullptr ? newest_->newer : oldest_) = &activity;
  newest_ = &activity;
  if (!activity.daemon) ++work_;
  return activity;
}

// After its body has ended, on its own stack.
void Scheduler::finish(Activity& activity) {
  while (Waiter* joiner = ConditionAccess::pop_front(activity.joiners)) {
    unpark(static_cast<Activity&>(*joiner), now_);
  }
}

// When its stack is no longer in use.
void Scheduler::recycle(Activity& activity) {
  if (activity.scheduled && !activity.daemon) --scheduled_;
  activity.scheduled = false;
  activity.unparked = false;
  if (activity.begun) --begun_;
  activity.begun = false;
  if (!activity.daemon) --work_;
  ++activity.generation;
  ++activity.serial;
  (activity.older != nullptr ? activity.older->newer : oldest_) = activity.newer;
  (activity.newer != nullptr ? activity.newer->older : newest_) = activity.older;
  activity.older = nullptr;
  activity.newer = nullptr;
  activity.body = nullptr;
  activity.serves = nullptr;
  activity.refused_to_stop = 0;
  free_.push_back(&activity);
}

void Scheduler::enter(void* argument) {
  auto& activity = *static_cast<Activity*>(argument);
  activity.env->scheduler().run_body(activity);
}

void Scheduler::run_body(Activity& activity) {
  // No exception may leave a fiber's entry. Stopped is how a world ends.
  try {
    if (activity.serves != nullptr) {
      hooks_.serve(*activity.serves);
    } else {
      activity.body();
    }
  } catch (const Stopped&) {
  } catch (const std::exception& error) {
    activity_failed(error.what());
  } catch (...) {
    assertion_failed("an exception left an activity", describe(activity).c_str(), 0);
  }
  activity.body = nullptr;  // Here, where destructors may still notify.
  finish(activity);
}

void Scheduler::activity_failed(const char* what) {
  const std::string detail = fmt::format("{}: {}", describe(*current_), what);
  if (options_.activity_failed) {
    options_.activity_failed(detail);
  } else {
    give_up(RunSummary::End::kActivityFailed, "an exception left " + detail);
  }
}

void Scheduler::give_up(RunSummary::End end, std::string detail) {
  if (end_ != RunSummary::End::kDone) return;  // The first reason is the one to tell.
  end_ = end;
  end_detail_ = std::move(detail);
}

void Scheduler::resume(Activity& activity) {
  if (!activity.begun) {
    if (begun_ >= options_.max_activities || !activity.fiber.prepare(stacks_, &enter, &activity)) {
      give_up(RunSummary::End::kOverloaded,
              fmt::format("{} activities in flight at {}, with {} about to begin; the limit is {}",
                          begun_, format_time(now_), describe(activity), options_.max_activities));
      schedule(activity, now_, Turn::kOrdinary);  // It never began; unwind() will find it so.
      return;
    }
    activity.begun = true;
    ++begun_;
  }
  Activity* const outer = current_;
  current_ = &activity;
  activity.fiber.resume();
  current_ = outer;
  if (activity.fiber.is_idle()) recycle(activity);
}

// --- Sleeping

bool Scheduler::park(Time deadline, Turn turn) {
  Activity& me = *current_;
  me.unparked = false;
  if (deadline != kNever) schedule(me, std::max(deadline, now_), turn);
  me.fiber.suspend();
  check_stopping();
  return !me.by_deadline;
}

void Scheduler::unpark(Activity& activity, Time due) {
  if (activity.unparked || stopping_) return;
  activity.unparked = true;
  schedule(activity, std::max(due, now_), Turn::kOrdinary);
}

void Scheduler::move_deadline(Activity& activity, Time deadline) {
  if (activity.unparked || !activity.begun || &activity == current_) return;
  ++activity.generation;
  if (activity.scheduled && !activity.daemon) --scheduled_;
  activity.scheduled = false;
  if (deadline == kNever) return;
  const Turn turn = activity.waits_for == WaitsFor::kTime ? Turn::kOrdinary : Turn::kLast;
  schedule(activity, std::max(deadline, now_), turn);
}

void Scheduler::check_stopping() {
  if (!stopping_) return;
  if (current_ != nullptr && ++current_->refused_to_stop > kMostRefusals) {
    assertion_failed("an activity swallows Stopped", describe(*current_).c_str(), 0);
  }
  throw Stopped{};
}

// --- Events

std::uint64_t Scheduler::tie_key(Time due, Turn turn, const VirtualEnv& env) {
  const bool last = turn == Turn::kLast;
  if (options_.shuffle_ties == 0) return TieKey::make(last, 0, sequence_++);
  std::uint64_t key = mix_bits(options_.shuffle_ties);
  key = mix_bits(key ^ static_cast<std::uint64_t>(due.time_since_epoch().count()));
  key = mix_bits(key ^ env.number());
  return TieKey::make(last, key, sequence_++);
}

void Scheduler::schedule(Activity& activity, Time due, Turn turn) {
  if (!activity.scheduled && !activity.daemon) ++scheduled_;
  activity.scheduled = true;
  VirtualEvent event{due, tie_key(due, turn, *activity.env), &activity, {}};
  event.generation = activity.generation;
  queue_.push(event);
}

void Scheduler::deliver_at(Time due, PendingExchange& exchange, const VirtualEnv& to, bool daemon) {
  if (!daemon) {
    ++work_;
    ++scheduled_;
  }
  queue_.push({due, tie_key(due, Turn::kOrdinary, to), nullptr, {&exchange}});
}

bool Scheduler::is_stale(const VirtualEvent& event) const {
  return event.activity != nullptr && event.activity->generation != event.generation;
}

void Scheduler::dispatch(const VirtualEvent& event) {
  if (event.activity == nullptr) {
    PendingExchange& exchange = *event.exchange;
    if (!exchange.daemon) {
      --work_;
      --scheduled_;
    }
    hooks_.arrive(exchange);
    return;
  }
  Activity& activity = *event.activity;
  ++activity.generation;  // Other events of this sleep are stale from here on.
  if (!activity.daemon) --scheduled_;
  activity.scheduled = false;
  activity.by_deadline = !activity.unparked;
  activity.unparked = false;
  resume(activity);
}

void Scheduler::run(Time until, const std::function<bool()>& interrupted, RunSummary& summary) {
  SHAKEDOWN_ASSERT(current_ == nullptr);
  bool only_daemons = false;
  Time only_daemons_since = now_;
  while (!interrupted() && end_ == RunSummary::End::kDone) {
    while (!queue_.empty() && is_stale(queue_.top())) queue_.pop();
    if (queue_.empty()) {
      summary.blocked = names_of_blocked();
      break;
    }
    const VirtualEvent event = queue_.top();
    // What else happens at the last instant still does: an order of ties must not decide it.
    if (work_ == 0 && event.due > now_) break;
    if (event.due > until) {
      now_ = std::max(now_, until);
      if (scheduled_ == 0) summary.blocked = names_of_blocked();
      break;
    }
    if (scheduled_ != 0) {
      only_daemons = false;
    } else if (!only_daemons) {
      only_daemons = true;
      only_daemons_since = now_;
    } else if (event.due - only_daemons_since > options_.give_up_after) {
      summary.blocked = names_of_blocked();
      break;
    }
    queue_.pop();
    now_ = event.due;
    ++events_;
    dispatch(event);
  }
  if (end_ != RunSummary::End::kDone) {
    summary.end = end_;
    summary.detail = end_detail_;
  }
  summary.ended_at = now_;
  summary.events = events_;
}

void Scheduler::unwind() {
  SHAKEDOWN_ASSERT(current_ == nullptr);
  stopping_ = true;
  // While every condition still exists: some lie in frames that are about to go.
  for_each_activity([](Activity& activity) { ConditionAccess::remove(activity); });
  while (newest_ != nullptr) {
    Activity& activity = *newest_;
    if (!activity.begun) {
      recycle(activity);
    } else {
      while (activity.begun) resume(activity);
    }
  }
  queue_.clear();
}

// --- Words

std::vector<std::string> Scheduler::names_of_blocked() const {
  std::vector<std::string> names;
  for_each_activity([&](const Activity& activity) {
    if (!activity.daemon) names.push_back(describe(activity));
  });
  return names;
}

std::string Scheduler::describe(const Activity& activity) {
  if (activity.serves == nullptr) return fmt::format("{}/{}", activity.env->name(), activity.name);
  const Request& request = activity.serves->request;
  return fmt::format("{}/{} {}", activity.env->name(), request.method, request.target);
}

std::string Scheduler::describe_wait(const Activity& activity, const Costs& costs) {
  const auto until = [&activity] {
    return activity.until == kNever ? "for ever" : "until " + format_time(activity.until);
  };
  switch (activity.waits_for) {
    case WaitsFor::kTurn:
      return "waits for its turn";
    case WaitsFor::kTime:
      return "sleeps " + until();
    case WaitsFor::kCondition:
      return "waits for a condition " + until();
    case WaitsFor::kAnswer:
      return fmt::format("waits for the answer to {} {} {}", activity.asks->request.method,
                         activity.asks->request.target, until());
    case WaitsFor::kServer:
      return fmt::format("computes ({}) {}", costs.name_of(activity.work), until());
    case WaitsFor::kTask:
      // A joiner that was let go only waits for its turn, and what it joined is gone.
      if (activity.Waiter::waits_for == nullptr) return "waits for its turn";
      return "joins " + describe(*activity.joins);
  }
  return "";
}

}  // namespace shakedown::sim

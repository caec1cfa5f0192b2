// Env: all that an actor may touch of the world. Actors are written once, as plain blocking
// straight-line C++; virtual time (sim/virtual_time) and wall time (sim/wall_time) both implement
// it and no code asks which.
//
// Calls marked * may suspend: other work on the same actor may run before they return, so keep no
// reference, iterator or lock into mutable actor state across them. After a stop every starred call
// throws `Stopped`, so destructors run; `catch (...)` must rethrow. Nothing suspends inside a catch
// block or a destructor.
//
// Interleaving, the same in both runtimes: on one actor, one activity runs at a time and others get
// their turn only at a starred call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "sim/message.h"
#include "sim/random.h"
#include "sim/time.h"

namespace shakedown::sim {

// Thrown by starred calls when the world stops. Deliberately not a std::exception.
struct Stopped {};

// What a computation is charged as: the row of the world's cost table (sim/costs.h). Which kinds of
// work there are is for those to say who do it and give the table; here only one is known.
enum class Work : std::uint8_t { kOther = 0 };  // Free of charge.

// Something worth recording: actors/events.h derives from it. The runtime stamps world time and
// actor (record() takes it by value and passes it on; nothing is copied).
struct Event {
  virtual ~Event() = default;
};

// A queue of waiting activities of ONE actor. wait/notify_all below. Owned by the actor; must
// outlive its waiters. Never moved.
class Condition {
 public:
  Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

 private:
  friend class ConditionAccess;  // The runtimes.
  void* first_ = nullptr;
  void* last_ = nullptr;
};

// A spawned or started activity, of whatever actor: what Env::join() takes. Copyable, and may
// outlive the activity.
class Task {
 public:
  Task() = default;

  // A runtime that uses an activity's object again for the next one tells them apart by `serial`.
  explicit Task(std::shared_ptr<void> activity, std::uint64_t serial = 0)
      : activity_(std::move(activity)),
        serial_(serial) {}

  const std::shared_ptr<void>& activity() const { return activity_; }

  std::uint64_t serial() const { return serial_; }

 private:
  std::shared_ptr<void> activity_;
  std::uint64_t serial_ = 0;
};

enum class Daemon : bool { kNo, kYes };  // A daemon does not keep the run alive.

class Env {
 public:
  virtual ~Env() = default;

  // The actor's name, e.g. "acme-tel", "acme-tel/origin".
  virtual const std::string& name() const = 0;

  // The actor's own clock, which faults may skew or step. Records are stamped with world time.
  virtual Time now() = 0;

  // * Until the actor's own clock shows `time`. A past time still yields once.
  virtual void sleep_until(Time time) = 0;

  void sleep_for(Duration duration) { sleep_until(now() + duration); }

  // * Asks another actor (found by the host of request.target). `timeout` is total, also where
  // several addresses are tried. A request that timed out is not recalled: it may still arrive and
  // its handler runs to its end. More than 16 nested exchanges are answered kUnreachable ("hop
  // limit").
  virtual Answer exchange(Request request, Duration timeout, Retry retry = Retry::kNextAddress) = 0;

  // * Runs fn(args...) on one of the actor's servers (FIFO), charged with the modelled service time
  // of `work`. fn must be pure and its arguments are copied; only here may OpenSSL draw randomness.
  template <class Fn, class... Args>
  auto compute(Work work, Fn fn, Args... args) -> std::invoke_result_t<Fn&, Args&...> {
    using R = std::invoke_result_t<Fn&, Args&...>;
    std::optional<R> result;
    auto job = [&] { result.emplace(std::invoke(fn, args...)); };
    run_now(work, JobRef{&job, [](void* j) { (*static_cast<decltype(job)*>(j))(); }});
    return *std::move(result);
  }

  // * The same, but `expected` is almost surely the result: it may be returned at once while a
  // worker thread proves it before the next commit. A disagreement is a fault of the harness, never
  // an outcome: it fails the run (exit 3). Use only for signature verifications of untouched tokens
  // under the key of their certificate.
  template <class T, class Fn, class... Args>
  T compute_expecting(Work work, T expected, Fn fn, Args... args) {
    run_proof(work, [expected, fn = std::move(fn), ... args = std::move(args)]() mutable {
      return std::invoke(fn, args...) == expected;
    });
    return expected;
  }

  // * Until notified (true) or the actor's clock shows `deadline` (false).
  virtual bool wait(Condition& condition, Time deadline) = 0;
  // Wakes all present waiters in FIFO order. Never suspends; legal in destructors.
  virtual void notify_all(Condition& condition) = 0;

  // A new activity on the same actor. It starts later, never inline.
  virtual Task spawn(std::string_view name, std::function<void()> fn, Daemon daemon) = 0;
  // * Until the task's function has returned or thrown and is destroyed. The task may be of any
  // actor: joining is the way to wait for what was started there. The joiner goes on at the instant
  // at which the task ended, in its own actor's turn; joiners on one actor in the order in which
  // they joined. A task that has ended already lets nobody else have a turn. Any number of
  // activities may join a task, and one may join it again. Tasks that join one another in a circle
  // wait for ever (RunSummary::blocked).
  virtual void join(const Task& task) = 0;

  // A new stream for the running activity and `purpose`; a second call with the same purpose gives
  // another stream.
  virtual Random random(std::string_view purpose) = 0;

  virtual void record(std::unique_ptr<Event> event) = 0;

 protected:
  // A reference to a callable that lives on the caller's stack.
  struct JobRef {
    void* object;
    void (*call)(void*);

    void operator()() const { call(object); }
  };

  virtual void run_now(Work work, JobRef job) = 0;
  // Charges `work`, runs `proof` now or later; if it returns false the run fails.
  virtual void run_proof(Work work, std::function<bool()> proof) = 0;
};

}  // namespace shakedown::sim

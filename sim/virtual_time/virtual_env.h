// The Env of one actor in virtual time. Internal to sim/virtual_time.
#pragma once

#include <cstdint>
#include <string>

#include "sim/env.h"
#include "sim/lineage_scope.h"
#include "sim/link_model.h"
#include "sim/own_clock.h"
#include "sim/server_queue.h"
#include "sim/world.h"

namespace shakedown::sim {

struct Activity;
struct VirtualCore;
class Scheduler;

class VirtualEnv final : public Env {
 public:
  VirtualEnv(VirtualCore& core, std::uint32_t number, const ActorSpec& spec);

  const std::string& name() const override { return name_; }

  Time now() override;
  void sleep_until(Time time) override;
  Answer exchange(Request request, Duration timeout, Retry retry) override;
  bool wait(Condition& condition, Time deadline) override;
  void notify_all(Condition& condition) override;
  Task spawn(std::string_view name, std::function<void()> fn, Daemon daemon) override;
  void join(const Task& task) override;
  Random random(std::string_view purpose) override;
  void record(std::unique_ptr<Event> event) override;

  // World::start(): the lineage tells who started it.
  Task start(std::string_view name, std::function<void()> fn, Daemon daemon);

  std::uint32_t number() const { return number_; }

  const Endpoint& endpoint() const { return endpoint_; }

  Scheduler& scheduler() const;

  // Replaces the clock, and moves the deadlines of the activities that sleep by it.
  void set_clock(const OwnClock& clock);

  // The running activity, which must be this actor's (asserted): an activity may only wait in the
  // name of its own actor. Throws Stopped when the world is stopping.
  Activity& running_for_starred_call();

 protected:
  void run_now(Work work, JobRef job) override;
  void run_proof(Work work, std::function<bool()> proof) override;

 private:
  // The running activity's, or the actor's own if none of its activities is running.
  LineageScope& scope();
  Task begin(std::string_view name,
             std::function<void()> fn,
             Daemon daemon,
             const Lineage& lineage);
  void charge(Activity& me, Work work);

  VirtualCore& core_;
  const std::uint32_t number_;
  const std::string name_;
  const Endpoint endpoint_;
  ServerQueue servers_;
  OwnClock clock_;
  LineageScope scope_;
};

}  // namespace shakedown::sim

// Plays a scenario in a world: opens the ecosystem, starts traffic, does what the timeline says
// when it says so, and lets the world end when the story does.
//
// The director is an actor ("director") only for its clock and its records; it acts on others by
// starting activities on them.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/events.h"
#include "scenarios/model/model.h"
#include "scenarios/play/build.h"
#include "sim/world.h"

namespace shakedown::scenarios {

// Everybody needs a certificate before the story begins: in virtual time the world starts so long
// before the scenario's epoch.
inline constexpr sim::Duration kWarmUp = std::chrono::minutes{2};

struct DirectorOptions {
  // When the story begins. nullopt (wall time): as soon as everybody is ready.
  std::optional<sim::Time> epoch;
  // Asked before the story begins, on the wall clock: waits for outsiders. False: give up.
  std::function<bool()> before_story;
};

class Director {
 public:
  // Both must outlive the director, and it the world's run.
  Director(sim::World& world,
           BuiltEcosystem& ecosystem,
           const Scenario& scenario,
           DirectorOptions options);

  // Starts the director's activity; then World::run().
  void start();

  // When the story began: all durations of a scenario count from here. Meaningful after the run,
  // if failure() is empty.
  sim::Time epoch() const { return epoch_; }

  // Why the story did not begin; "" if it did.
  const std::string& failure() const { return failure_; }

  // Calls that the scenario places in all, and that were placed so far (any thread).
  std::uint64_t planned_calls() const { return planned_calls_; }

  std::uint64_t placed_calls() const { return placed_calls_.load(std::memory_order_relaxed); }

 private:
  void direct();
  bool wait_until_everybody_is_ready();
  void play_timeline();
  void happened(std::string kind, std::string subject, std::string by, std::string detail);

  // One for each action of the language.
  void perform(const TimelineEntry& entry, const StealKey& action);
  void perform(const TimelineEntry& entry, const PlaceCalls& action);
  void perform(const TimelineEntry& entry, const Rotate& action);
  void perform(const TimelineEntry& entry, const Revoke& action);
  void perform(const TimelineEntry& entry, const RevokeMany& action);
  void perform(const TimelineEntry& entry, const RollBackCrl& action);
  void perform(const TimelineEntry& entry, const RemoveCa& action);
  void perform(const TimelineEntry& entry, const RestoreCa& action);
  void perform(const TimelineEntry& entry, const Move& action);
  void perform(const TimelineEntry& entry, const Suspend& action);
  void perform(const TimelineEntry& entry, const Reinstate& action);
  void perform(const TimelineEntry& entry, const RemoveAccount& action);
  void perform(const TimelineEntry& entry, const WithdrawSpc& action);
  void perform(const TimelineEntry& entry, const RollSigner& action);
  void perform(const TimelineEntry& entry, const Note& action);
  void perform(const TimelineEntry& entry, const InjectFault& action);

  // * Starts `fn` on `actor`, waits until it is done and returns what it returned. `fn` may outlive
  // this call when the world stops, so it must not refer to locals of the caller.
  template <class Fn>
  auto ask_on(sim::Env& actor, std::string_view name, Fn fn) -> std::invoke_result_t<Fn&> {
    struct Shared {
      std::optional<std::invoke_result_t<Fn&>> value;
      std::atomic<bool> done{false};
    };

    const auto shared = std::make_shared<Shared>();
    world_.start(
        actor, name,
        [shared, fn = std::move(fn)]() mutable {
          shared->value.emplace(fn());
          shared->done.store(true);
        },
        sim::Daemon::kNo);
    while (!shared->done.load()) env_.sleep_for(std::chrono::milliseconds{1});
    return *std::move(shared->value);
  }

  // * The same at the STI-PA. What fails is recorded as `failure` of `subject`. True: it is done.
  using AdministratorTask = std::function<Status(actors::PolicyAdministrator&)>;
  bool ask_administrator(std::string_view name,
                         std::string failure,
                         const std::string& subject,
                         AdministratorTask task);

  crypto::CertificatePtr certificate_to_revoke(const Revoke& action);

  sim::World& world_;
  BuiltEcosystem& ecosystem_;
  const Scenario& scenario_;
  DirectorOptions options_;
  sim::Env& env_;
  sim::Time epoch_;
  std::string failure_;
  std::atomic<std::size_t> ready_{0};
  std::atomic<std::size_t> not_ready_{0};
  std::mutex mutex_;  // Guards first_not_ready_: others' activities fill it.
  std::string first_not_ready_;
  std::map<std::string, crypto::CertificatePtr, std::less<>> stolen_;  // By victim.
  std::uint64_t planned_calls_ = 0;
  std::atomic<std::uint64_t> placed_calls_{0};
};

}  // namespace shakedown::scenarios

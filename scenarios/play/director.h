// Plays a scenario in a world: opens the ecosystem, starts traffic, has the actions of the timeline
// performed when it says so, and lets the world end when the story does.
//
// The director is an actor ("director") only for its clock and its records.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "scenarios/model/model.h"
#include "scenarios/play/stage.h"
#include "sim/world.h"

namespace shakedown::scenarios {

// Everybody needs a certificate before the story begins: in virtual time the world starts so long
// before the scenario's epoch.
inline constexpr sim::Duration kWarmUp = std::chrono::minutes{2};

struct DirectorOptions {
  // When the story begins. nullopt (wall time): as soon as everybody is ready.
  std::optional<sim::Time> epoch;
  // Asked when everybody is ready, before the story begins, on the wall clock: tells outsiders,
  // waits for them. An error: give up, for that reason.
  std::function<Status()> before_story;
  bool plays = true;     // Off: the ecosystem stands still; neither traffic nor timeline is played.
  bool goes_on = false;  // The world goes on after the story's end, until it is stopped.
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
  sim::Time epoch() const { return stage_.epoch; }

  // Why the story did not begin; "" if it did.
  const std::string& failure() const { return failure_; }

  // Calls that the scenario places in all, and that were placed so far (any thread).
  std::uint64_t planned_calls() const { return planned_calls_; }

  std::uint64_t placed_calls() const { return stage_.placed_calls.load(std::memory_order_relaxed); }

 private:
  void direct();
  void play();
  bool wait_until_everybody_is_ready();
  void play_timeline();

  DirectorOptions options_;
  Stage stage_;
  std::string failure_;
  std::uint64_t planned_calls_ = 0;
};

}  // namespace shakedown::scenarios

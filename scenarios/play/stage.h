// Where a story is played: its world, who lives in it, and what has been stolen so far. The
// director plays a timeline on it; whoever else wants something done in a running ecosystem
// performs actions (perform.h) on one, too.
//
// Belongs to one actor, which has a clock and records; it acts on others by starting activities on
// them. Methods marked * suspend.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "actors/events.h"
#include "scenarios/model/model.h"
#include "scenarios/play/build.h"
#include "sim/world.h"

namespace shakedown::scenarios {

class Stage {
 public:
  // All must outlive the stage, and it the world's run.
  Stage(sim::World& its_world,
        BuiltEcosystem& its_ecosystem,
        const Scenario& its_scenario,
        sim::Env& its_env)
      : world(its_world),
        ecosystem(its_ecosystem),
        scenario(its_scenario),
        env(its_env) {}

  sim::World& world;
  BuiltEcosystem& ecosystem;
  const Scenario& scenario;
  sim::Env& env;
  sim::Time epoch;         // When the story began: all durations of a scenario count from here.
  std::uint64_t acts = 0;  // Performed so far: names the calls of the next one.

  // What an adversary can sign with in a victim's name.
  struct Stolen {
    crypto::CertificatePtr certificate;
    actors::CertificationAuthority* mis_issued_by = nullptr;  // Null: the victim's own.
  };

  std::map<std::string, Stolen, std::less<>> stolen;  // By victim, the latest.
  std::atomic<std::uint64_t> placed_calls{0};         // Read by any thread.

  void happened(actors::HappeningKind kind,
                std::string subject,
                std::string by,
                std::string detail);

  // * Starts `fn` on `actor`, waits until it is done and returns what it returned. `fn` may outlive
  // this call when the world stops, so it must not refer to locals of the caller.
  template <class Fn>
  auto ask_on(sim::Env& actor, std::string_view name, Fn fn) -> std::invoke_result_t<Fn&> {
    const auto value = std::make_shared<std::optional<std::invoke_result_t<Fn&>>>();
    env.join(world.start(
        actor, name, [value, fn = std::move(fn)]() mutable { value->emplace(fn()); },
        sim::Daemon::kNo));
    return **std::move(value);
  }

  // * The same at the STI-PA. What fails is recorded as `failure` of `subject`. True: it is done.
  using AdministratorTask = std::function<Status(actors::PolicyAdministrator&)>;
  bool ask_administrator(std::string_view name,
                         actors::HappeningKind failure,
                         const std::string& subject,
                         AdministratorTask task);

  // Starts `fn` on `actor` and does not wait.
  void start_on(sim::Env& actor, std::string_view name, std::function<void()> fn);
};

}  // namespace shakedown::scenarios

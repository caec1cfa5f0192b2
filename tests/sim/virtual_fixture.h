// A small virtual world for tests: actors by name, and a trace of what they note.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/virtual_time/virtual_world.h"
#include "tests/sim/messages.h"
#include "tests/sim/test_work.h"

namespace shakedown::sim {

inline constexpr Duration kRtt = std::chrono::milliseconds{10};
inline const Time kEpoch = from_unix_seconds(1'767'603'600);  // 2026-01-05T09:00:00Z

struct TestWorldOptions {
  std::uint64_t seed = 7;
  Network network = {};
  Costs costs = test_costs();
  RandomnessHook randomness = {};
  std::function<void(const std::string&)> activity_failed = {};
  VirtualOptions virtual_time = {};
};

class TestWorld {
 public:
  explicit TestWorld(const TestWorldOptions& options = {})
      : world_(world_options(options), options.virtual_time) {}

  VirtualWorld& operator*() { return world_; }

  VirtualWorld* operator->() { return &world_; }

  Env& add(const std::string& name, const std::string& region = "local", unsigned servers = 1) {
    return world_.add_actor({name, region, servers});
  }

  // Listens on "<actor name>.test" for HTTP and SIP.
  void listen(Env& actor, const Handler& handler) {
    world_.listen(actor, Protocol::kHttp, actor.name() + ".test", handler);
    world_.listen(actor, Protocol::kSip, actor.name() + ".test", handler);
  }

  void start(Env& actor, std::function<void()> fn, Daemon daemon = Daemon::kNo) {
    world_.start(actor, "main", std::move(fn), daemon);
  }

  RunSummary run(Time until = kNever) { return world_.run(until); }

  // "12ms acme-tel: text" for each record, the time since the epoch.
  const std::vector<std::string>& trace() const { return trace_; }

  Duration elapsed() const { return world_.now() - kEpoch; }

 private:
  WorldOptions world_options(const TestWorldOptions& options) {
    WorldOptions result;
    result.epoch = kEpoch;
    result.seed = options.seed;
    result.network = options.network;
    result.costs = options.costs;
    result.randomness = options.randomness;
    result.activity_failed = options.activity_failed;
    result.sink = [this](Recorded recorded) {
      const auto& note = static_cast<const Note&>(*recorded.event);
      trace_.push_back(fmt::format("{} {}: {}", format_duration(recorded.world_time - kEpoch),
                                   *recorded.actor, note.text));
    };
    return result;
  }

  std::vector<std::string> trace_;
  VirtualWorld world_;
};

inline void note(Env& env, std::string text) {
  env.record(std::make_unique<Note>(std::move(text)));
}

}  // namespace shakedown::sim

// World: what a runtime offers to those who set up and direct a run (scenarios/, cli/). Actors see
// only their Env, and their constructors the Site.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/costs.h"
#include "sim/env.h"
#include "sim/fault.h"
#include "sim/network.h"
#include "sim/site.h"

namespace shakedown::sim {

// An event with its stamps, on its way to the records.
struct Recorded {
  Time world_time;
  const std::string* actor;  // Lives as long as the world.
  std::unique_ptr<Event> event;
};

// Called in order of world time (virtual) or of arrival (wall), by one thread at a time.
using EventSink = std::function<void(Recorded)>;

// sim/ knows no cryptography. Around each compute of a virtual run the runtime calls enter with the
// key of a stream of its own for that operation, then leave (on the same thread).
struct RandomnessHook {
  std::function<void(Lineage)> enter;
  std::function<void()> leave;
};

struct WorldOptions {
  Time epoch;
  std::uint64_t seed = 1;
  Network network;
  Costs costs;  // Of all kinds of work that the actors do; by default it is free.
  // Whether processes outside the simulation may take part (on the wall only): reach the listeners,
  // and be asked at loopback addresses. Actors that serve them may have to be laxer.
  bool outsiders = false;
  EventSink sink;
  RandomnessHook randomness;
  // Told of each exception (of std) that left an activity, "acme-tel/POST https://...: what"; a
  // handler's request is answered 500 and the world goes on. Called by any thread, one at a time.
  // Without it the world ends with kActivityFailed: a run with such a mistake in it proves nothing.
  std::function<void(const std::string& what)> activity_failed;
};

struct RunSummary {
  enum class End : std::uint8_t {
    kDone,            // Nothing but daemons was left, or the time limit was reached.
    kStopped,         // stop() was called: a signal.
    kProofFailed,     // A deferred verification disagreed: exit 3.
    kOverloaded,      // More activities in flight than the runtime can hold: exit 6.
    kNotReady,        // Said by whoever directs it: what was to be played could not begin: exit 6.
    kActivityFailed,  // An exception left an activity, which is a mistake of ours: exit 3.
  };
  End end = End::kDone;
  Time ended_at;
  std::string detail;                // For kProofFailed, kOverloaded, kActivityFailed.
  std::vector<std::string> blocked;  // Non-daemon activities that wait for ever, "actor/activity".
  std::uint64_t late_answers = 0;    // Answers that came after their exchange had timed out.
  std::uint64_t refused_handlers = 0;  // Requests answered 503 because the pool was full.
  std::uint64_t events = 0;            // Events processed.
  Duration lag_p99{};                  // Wall time: how late waits ended.
};

std::string_view to_string(RunSummary::End end);
// One sentence for a person, then a line for each blocked activity (at most ten).
std::string describe(const RunSummary& summary);

class World : public Site {
 public:
  // The port that base_url names beside 443 and 8443, or 0.
  virtual std::uint16_t own_port() const = 0;

  virtual std::uint64_t begin_fault(const Fault& fault) = 0;
  virtual void end_fault(std::uint64_t id) = 0;

  virtual Time now() const = 0;  // World time.
  virtual const WorldOptions& options() const = 0;

  // Runs until nothing but daemons is left, `until` is reached, or stop(). Once only.
  virtual RunSummary run(Time until) = 0;
  // Ends run() soon. Async-signal-safe.
  virtual void stop() = 0;
  // Waits until every deferred proof is done. The recorder calls it before each commit. Returns
  // false if one disagreed.
  virtual bool settle_proofs() = 0;
};

}  // namespace shakedown::sim

// Writes a run into the database while it happens, and its digests.
//
//   auto recorder = Recorder::open({.path = "shakedown.sqlite", .run = info, ...});
//   options.sink = recorder->sink();                       // Then make the world ...
//   recorder->set_settle([&] { return world.settle_proofs(); });
//   const sim::RunSummary summary = world.run(until);
//   recorder->flush();                                     // Now Queries sees everything: judge.
//   recorder->finish(summary, judgement, machine_time);
//
// One transaction holds at most 1,000 calls or 0.5 s of real time, and is committed only after the
// world has settled its proofs, so no row lies ahead of its proof. A process that is killed leaves
// a readable file with a whole prefix; its run stays 'unfinished' (why write-ahead logging: see
// recorder.cc). A call is written together with its verifications, which come before it; fetches
// and everything else are written as they come.
//
// Thread-safe: each call excludes the others. Never suspends. Lives longer than the world whose
// sink it is. After an error (disk full) it drops what comes, says so once through set_failed, and
// flush() and finish() return that error.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "results/record/records.h"
#include "results/record/run_digest.h"
#include "sim/result.h"
#include "sim/time.h"
#include "sim/world.h"

namespace shakedown::results {

inline constexpr std::uint64_t kCallsPerCommit = 1000;
inline constexpr sim::Duration kTimePerCommit = std::chrono::milliseconds{500};

struct RecorderOptions {
  std::string path;                            // Created if it does not exist; else appended to.
  RunInfo run;                                 //
  std::function<std::int64_t()> monotonic_ns;  // The machine's monotonic clock.
};

class Recorder {
 public:
  // Errors: kEnvironment (not writable, not a database, not ours, newer, in use), kRefused (there
  // is a run with this id).
  static Result<std::unique_ptr<Recorder>> open(RecorderOptions options);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  std::int64_t run_number() const;
  const std::string& run_id() const;

  sim::EventSink sink();

  // Called before each commit; false: a proof disagreed, and the transaction is undone.
  void set_settle(std::function<bool()> settle);
  // Called after each commit with the number of calls that are now safe.
  void set_reported(std::function<void(std::uint64_t)> reported);
  // Called once when recording has failed, inside the sink: stop the world.
  void set_failed(std::function<void(const Error&)> failed);

  // Commits if the transaction is old enough. On the wall clock, where events may be rare, call it
  // from a timer about twice a second.
  Status commit_if_due();
  // Commits everything, verifications whose call never ended included.
  Status flush();
  Status status() const;  // The first error.

  // Flushes, then writes the judgement, digests, totals and the state: kDone is finished, kStopped
  // interrupted, anything else failed. `ended_at` is the machine's clock. Leaves one plain file
  // without side files, which may be read from a read-only place. Once.
  Status finish(const sim::RunSummary& summary, const Judgement& judgement, sim::Time ended_at);
  // Instead of finish, when the run cannot be judged: marks it interrupted, with what there is.
  Status abandon(const std::string& why, sim::Time ended_at);

  const Digests::Values& digests() const;  // After finish or abandon.

 private:
  class Impl;
  explicit Recorder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace shakedown::results

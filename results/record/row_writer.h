// The prepared statements of a recorder: one row of schema.sql for each event that actors record,
// as event_description.h says. Numbers the rows of its run. Knows nothing of transactions. Not
// thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/events.h"
#include "results/record/database.h"
#include "results/record/event_description.h"
#include "results/record/records.h"
#include "results/record/signers.h"
#include "results/record/trace_packer.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::results {

// What a run consists of so far.
struct Totals {
  Counts calls;
  std::uint64_t verifications = 0;
  std::uint64_t fetches = 0;
};

class RowWriter {
 public:
  static Result<RowWriter> open(Database& database, std::int64_t run);

  // First in every transaction: others may have written to the database since the last.
  Status begin();

  // A verification with its stamps.
  struct Verified {
    sim::Time at;
    const std::string* actor;
    const actors::VerificationEvent* event;
  };

  // A call with the verifications that came before it.
  Status write(sim::Time at,
               const actors::CallEvent& event,
               const std::vector<Verified>& verifications);
  // A verification that comes after its call, whose number is `call`, or that has none.
  Status write(const Verified& verification, std::optional<std::int64_t> call);
  // One of the other events, with world time and recording actor.
  Status write(sim::Time at, std::string_view actor, const actors::RecordedEvent& event);

  // Visits every call of this run that has been written.
  Status each_call(const std::function<void(std::string_view id, std::int64_t number)>& visit);

  const Totals& totals() const { return totals_; }

  // After a rollback to where the totals were `totals`: nothing more may be written.
  void roll_back_to(const Totals& totals) { totals_ = totals; }

 private:
  template <class Event>
  Status insert(const Event& event, const Stamps& stamps);
  Status insert(const Verified& verification, std::optional<std::int64_t> call);
  // The number of the row last written; calls and verifications count those of the database.
  std::int64_t& last(actors::EventType type);

  TraceShapes shapes_;
  Signers signers_;
  std::array<Statement, actors::kEventTypes> inserts_;
  std::array<std::int64_t, actors::kEventTypes> last_{};
  Statement all_calls_, latest_, set_verification_;
  Totals totals_;
  std::string times_;   // Reused for packed traces ...
  std::string detail_;  // ... and for details that need a prefix.
};

}  // namespace shakedown::results

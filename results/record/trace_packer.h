// Packs the trace of a verification into a few bytes, because a row a step would cost more than
// the verification. The sequence of steps and results is interned in table trace_shape; what is
// left is a list of times (schema.sql, table verification, says the form; view trace_step and
// unpack_trace() undo it).
//
// Starts and durations come back exactly, but of skipped steps, which have none.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/events.h"
#include "results/record/call_record.h"
#include "results/record/database.h"
#include "sim/result.h"

namespace shakedown::results {

// The times of the steps that took time or did not start where the step before had ended:
// "[[9,0,95000],[21,95400,0]]".
void pack_times(const std::vector<actors::TraceStep>& trace, std::string& out);

// Undoes it. `shape` is trace_shape.steps, `times` is verification.trace. Empty if they are
// malformed.
std::vector<StepRecord> unpack_trace(std::string_view shape, std::string_view times);

// The shapes known to one writing connection. Not thread-safe.
class TraceShapes {
 public:
  static Result<TraceShapes> open(Database& database);

  // The number of the trace's shape, made if it is new. Absent for an empty trace. Belongs inside
  // the transaction of the verification.
  Result<std::optional<std::int64_t>> intern(const std::vector<actors::TraceStep>& trace);

  // After a rollback: shapes that it undid must be made again.
  void forget();

 private:
  struct Known {
    std::vector<actors::TraceStep> trace;  // Times are of no interest.
    std::int64_t number;
  };

  Result<std::int64_t> number_of(std::string_view steps);

  std::multimap<std::uint64_t, Known> known_;  // By hash.
  Statement insert_;
  Statement select_;
};

}  // namespace shakedown::results

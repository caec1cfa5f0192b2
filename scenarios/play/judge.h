// Judges the expectations of a scenario against what the database recorded of its run, and measures
// the run.
#pragma once

#include "results/read/queries.h"
#include "results/record/records.h"
#include "scenarios/model/model.h"
#include "sim/result.h"

namespace shakedown::scenarios {

// One verdict for each expectation, in the scenario's order, and all metrics of the run. `epoch`:
// when the story began. A metric that nothing was recorded for is not met, and says so. Errors:
// those of the queries.
Result<results::Judgement> judge(results::Queries& queries,
                                 std::int64_t run,
                                 const Scenario& scenario,
                                 sim::Time epoch);

// Calls and shares against a limit, exactly: 99.9 % of 1,000 is 999 calls. Pure.
bool holds(const Limit& limit, std::uint64_t count, std::uint64_t total);

}  // namespace shakedown::scenarios

// What can be measured of a run, as a table: a metric is one row of metrics.cc, which has all that
// is known of it. Expectations and `measure:` of a scenario, the summary, the report and the table
// `metric` of the database read the rows; nothing else names a metric.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/read/statistics.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::results {

class Queries;
struct MetricValue;

// What narrows a metric. Empty and absent: everybody's, anybody, the whole run.
struct Scope {
  std::string of{};                       // Whose. The metric says what that means.
  std::string victim{};                   // Whom somebody pretended to be.
  std::string terminating{};              // The provider that was called.
  std::string repository_of{};            // Whose certificates were fetched.
  std::optional<sim::Duration> after{};   // Only what began then or later, since the story's begin.
  std::optional<sim::Duration> before{};  // Only what began before.
  friend bool operator==(const Scope&, const Scope&) = default;
};

// Which members of a scope a metric knows.
struct Narrowing {
  bool of = true;
  bool victim = false;
  bool terminating = false;
  bool repository_of = false;
  bool window = true;  // after, before
};

struct MeasuredRun {
  Queries& queries;
  std::int64_t number;
  sim::Time story_began;  // Any, where no scope has a window.
};

struct Metric {
  enum class Kind : std::uint8_t {
    kOne,           // One number, or none if nothing was recorded for it.
    kDistribution,  // Any number of values, of which statistics() speak.
  };

  std::string_view id;        // "exposure_window"
  std::string_view question;  // What it measures, in a sentence, with what `of` means.
  Unit unit;
  Kind kind;
  Narrowing narrowed_by;
  // Its values in any order. Errors as in queries.h.
  Result<Values> (*measure)(const MeasuredRun& run, const Scope& scope);
};

// All of them, in the order in which documentation lists them.
std::span<const Metric> metrics();
const Metric& metric(std::string_view id);  // It must be there.

struct Measurement {
  const Metric* metric = nullptr;
  Scope scope{};
  friend bool operator==(const Measurement&, const Measurement&) = default;
};

// Sorted; of a metric of Kind::kOne one value or none. The scope has only what the metric knows.
Result<Values> measure(const MeasuredRun& run, const Measurement& what);

// The rows of table `metric`: every metric of the whole run, then `named`, each once.
Result<std::vector<MetricValue>> measure_all(const MeasuredRun& run,
                                             const std::vector<Measurement>& named);

}  // namespace shakedown::results

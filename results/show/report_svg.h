// The drawings of the HTML report, as inline SVG. They take data, not a database; texts are escaped
// here. Colours come from the page's style sheet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/record/call_record.h"
#include "sim/time.h"

namespace shakedown::results {

// Calls that were placed in one slice of a run.
struct TimelineSlice {
  std::uint64_t passed = 0, failed = 0, unverified = 0;
};

struct TimelineBand {
  std::string title;                  // "calls", "calls by impostors"
  std::vector<TimelineSlice> slices;  // Of equal length, from begin to end.
};

// A lane of dots: certificates issued, revocations, refreshes.
struct TimelineLane {
  std::string title;
  std::vector<sim::Time> at;
};

struct TimelineMark {
  sim::Time at;
  std::string label;  // The number that the list below the drawing explains.
};

struct Timeline {
  sim::Time begin, end;  // begin < end, asserted.
  std::vector<TimelineBand> bands;
  std::vector<TimelineLane> lanes;
  std::vector<TimelineMark> marks;  // In order of time.
};

std::string timeline_svg(const Timeline& timeline);

// One line a latency, on a common logarithmic axis: median to p99 as a bar, the maximum as a dot.
struct LatencyStrip {
  std::string title;
  sim::Duration p50{}, p95{}, p99{}, max{};
};

std::string latency_svg(const std::vector<LatencyStrip>& strips);

// A call: what it waited for, and when. Steps that took no time and passed are left out.
std::string waterfall_svg(const CallDetail& call);

}  // namespace shakedown::results

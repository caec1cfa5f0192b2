#include "sim/world.h"

#include <fmt/format.h>

namespace shakedown::sim {

std::string_view to_string(RunSummary::End end) {
  switch (end) {
    case RunSummary::End::kDone:
      return "done";
    case RunSummary::End::kStopped:
      return "stopped";
    case RunSummary::End::kProofFailed:
      return "proof failed";
    case RunSummary::End::kOverloaded:
      return "overloaded";
    case RunSummary::End::kNotReady:
      return "not ready";
    case RunSummary::End::kActivityFailed:
      return "activity failed";
  }
  return "unknown";
}

std::string describe(const RunSummary& summary) {
  std::string text = fmt::format("{} at {}", to_string(summary.end), format_time(summary.ended_at));
  if (!summary.detail.empty()) text += fmt::format(" ({})", summary.detail);
  text += fmt::format(", {} events", summary.events);
  if (summary.late_answers != 0) text += fmt::format(", {} late answers", summary.late_answers);
  if (summary.refused_handlers != 0) {
    text +=
        fmt::format(", {} requests refused because the pool was full", summary.refused_handlers);
  }
  if (summary.lag_p99 != Duration::zero()) {
    text += fmt::format(", lag p99 {}", format_duration(summary.lag_p99));
  }
  constexpr std::size_t kNamed = 10;
  for (std::size_t i = 0; i < summary.blocked.size() && i < kNamed; ++i) {
    text += fmt::format("\nblocked for ever: {}", summary.blocked[i]);
  }
  if (summary.blocked.size() > kNamed) {
    text += fmt::format("\nblocked for ever: {} more", summary.blocked.size() - kNamed);
  }
  return text;
}

}  // namespace shakedown::sim

#include "sim/fault.h"

#include <fmt/format.h>

#include <array>

namespace shakedown::sim {
namespace {

constexpr std::array<std::string_view, 12> kFaultNames = {
    "outage",     "latency",    "bandwidth",    "slow_close",   "timeout",    "slicer",
    "limit_data", "reset_peer", "error_status", "corrupt_body", "clock_skew", "clock_step"};

}  // namespace

// "acme-tel/*" is every actor below acme-tel, not acme-tel itself.
bool Fault::hits(std::string_view actor_name) const {
  const std::string_view pattern = actor;
  if (!pattern.ends_with("/*")) return pattern == actor_name;
  return actor_name.size() >= pattern.size() &&
         actor_name.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string_view to_string(Fault::Kind kind) { return kFaultNames[static_cast<std::size_t>(kind)]; }

Result<Fault::Kind> parse_fault_kind(std::string_view name) {
  for (std::size_t i = 0; i < kFaultNames.size(); ++i) {
    if (kFaultNames[i] == name) return static_cast<Fault::Kind>(i);
  }
  return fail(ErrorCode::kNotFound, fmt::format("unknown kind of fault '{}'", name.substr(0, 64)));
}

}  // namespace shakedown::sim

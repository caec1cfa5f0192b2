// Faults as data: what goes wrong, where, with which probability. When it begins and ends is the
// director's business (World::begin_fault, end_fault). Names follow Toxiproxy where it has one:
// latency, bandwidth, slow_close, timeout, slicer, limit_data, reset_peer; ours are outage,
// error_status, corrupt_body, clock_skew, clock_step.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::sim {

struct Fault {
  enum class Kind : std::uint8_t {
    kOutage,       // Nothing accepts a connection: unreachable after one round trip.
    kLatency,      // `latency` +- `jitter` on each response of the actor.
    kBandwidth,    // `bytes_per_second` on its responses.
    kSlowClose,    // Each response ends `latency` later.
    kTimeout,      // Requests are swallowed: no answer ever.
    kSlicer,       // The response trickles: slices of `bytes`, `latency` apart.
    kLimitData,    // The response body is cut after `bytes`.
    kResetPeer,    // The connection is reset before the response: unreachable.
    kErrorStatus,  // The actor's handler is not run; `status` is answered.
    kCorruptBody,  // One bit of the response body is flipped.
    kClockSkew,    // The actor's clock runs `parts_per_million` fast (or slow, if negative).
    kClockStep,    // The actor's clock is off by `latency` (may be negative).
  };
  Kind kind = Kind::kOutage;
  std::string actor;  // "acme-tel/origin"; "acme-tel/*" means every actor below acme-tel.
  std::uint32_t probability_per_million = 1'000'000;  // Drawn for each exchange.
  Duration latency{};
  Duration jitter{};
  std::uint64_t bytes_per_second = 0;
  std::uint64_t bytes = 0;
  int status = 503;
  std::int64_t parts_per_million = 0;

  friend bool operator==(const Fault&, const Fault&) = default;

  bool hits(std::string_view actor_name) const;
};

std::string_view to_string(Fault::Kind kind);
Result<Fault::Kind> parse_fault_kind(std::string_view name);

}  // namespace shakedown::sim

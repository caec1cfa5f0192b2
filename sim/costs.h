// The modelled service time of each kind of work. Virtual runs charge these instead of measuring,
// so that a run is the same on every machine. `shakedown calibrate` measures a machine and writes
// such a table; `run --costs FILE` takes it and the run records it.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "sim/env.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::sim {

// "sign", "verify_signature", "hsm_unwrap", ...: the names in cost files.
std::string_view to_string(Work work);

struct Costs {
  std::array<Duration, kWorkKinds> service_time;  // Indexed by Work; kOther is 0.

  Duration of(Work work) const { return service_time[static_cast<std::size_t>(work)]; }

  // Typical figures of one core (docs/architecture.md says where they were measured).
  static Costs typical();
  // {"sign": "29us", "verify_signature": "87us", ...}; names left out keep the typical figure.
  // Errors: kMalformed (unknown name, not a duration, negative or over a day), with the name in
  // `detail`.
  static Result<Costs> from_json(std::string_view text);
  std::string to_json() const;
};

}  // namespace shakedown::sim

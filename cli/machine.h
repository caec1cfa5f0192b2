// What the command knows of the machine: its clocks, its facts, whether somebody watches. The only
// place outside sim/wall_time that reads a clock, and nothing here influences a virtual run.
#pragma once

#include <cstdint>
#include <string>

#include "sim/time.h"
#include "sim/world.h"

namespace shakedown::cli {

sim::Time machine_time();
std::int64_t monotonic_ns();
std::string host_facts();  // "x86_64, 2 cores, Linux 6.1.0"

std::string sha256_hex(std::string_view text);

bool stdout_is_terminal();
bool stderr_is_terminal();
// On a terminal, unless NO_COLOR is set.
bool use_colour(bool is_terminal);

// Stops `world` at SIGINT or SIGTERM. A second signal ends the process at once. Restored by the
// destructor. One at a time; `world` outlives it.
class SignalGuard {
 public:
  explicit SignalGuard(sim::World& world);
  ~SignalGuard();
  SignalGuard(const SignalGuard&) = delete;
  SignalGuard& operator=(const SignalGuard&) = delete;
};

}  // namespace shakedown::cli

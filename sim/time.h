// Time and durations of the simulated world: integer nanoseconds, UTC.
//
// `Time` has no `now()`: actors ask `Env::now()`, pure code takes the time as an argument. Virtual
// runs start at the scenario's epoch, wall runs follow the machine's clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace shakedown::sim {

using Duration = std::chrono::nanoseconds;

// The clock of the world. Epoch: 1970-01-01T00:00:00Z, without leap seconds.
struct WorldClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = Duration;
  using time_point = std::chrono::time_point<WorldClock, Duration>;
  static constexpr bool is_steady = true;
};

using Time = WorldClock::time_point;

using namespace std::chrono_literals;  // 5ms, 2h: durations are written with their unit.

inline constexpr Time kNever = Time::max();

constexpr Time from_unix_seconds(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

// Whole seconds since 1970, rounded towards minus infinity: a NumericDate (RFC 7519 §2).
constexpr std::int64_t unix_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

// "2026-01-05T09:00:00Z", with up to nine decimals when the time has a fraction.
std::string format_time(Time time);

// Accepts RFC 3339 with "Z" or an offset and up to nine decimals. Error: kMalformed.
Result<Time> parse_time(std::string_view text);

// "Mon, 05 Jan 2026 09:00:00 GMT" (IMF-fixdate, RFC 9110 §5.6.7; SIP-date, RFC 3261 §25.1).
std::string format_http_date(Time time);
Result<Time> parse_http_date(std::string_view text);

// "2h 5m", "40ms", "1.5s", "0s": the largest units that are exact. For people and for YAML.
std::string format_duration(Duration duration);

// Accepts a sequence of number+unit, units d h m s ms us ns, with or without blanks between
// ("2h 5m", "1.5s"). A bare number is refused (which unit?), but "0" is accepted. Error:
// kMalformed.
Result<Duration> parse_duration(std::string_view text);

}  // namespace shakedown::sim

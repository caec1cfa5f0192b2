// The modelled service time of each kind of work. Virtual runs charge these instead of measuring,
// so that a run is the same on every machine. Which kinds there are comes from above
// (actors/workload/work.h). `shakedown calibrate` measures a machine and writes such a table;
// `run --costs FILE` takes it and the run records it.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "sim/env.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::sim {

struct CostRow {
  Work work;
  std::string_view name;  // In cost files: "sign", "verify_signature", ...
  Duration typical;
};

class Costs {
 public:
  static constexpr std::size_t kMostRows = 31;

  Costs() = default;  // No kind but Work::kOther.
  // `rows` are those of Work{1}, Work{2}, ... in this order (asserted), in static storage.
  explicit Costs(std::span<const CostRow> rows);

  Duration of(Work work) const { return service_time_[static_cast<std::size_t>(work)]; }

  std::string_view name_of(Work work) const;  // "other" for Work::kOther.
  void set(Work work, Duration service_time);

  // This table with the figures of {"sign": "29us", "verify_signature": "87us", ...}; names left
  // out keep their figure. Errors: kMalformed (unknown name, not a duration, negative or over a
  // day), with the name in `detail`; kTooLarge.
  Result<Costs> with_json(std::string_view text) const;
  std::string to_json() const;

 private:
  std::span<const CostRow> rows_;
  std::array<Duration, kMostRows + 1> service_time_{};  // By Work.
};

}  // namespace shakedown::sim

// Questions about a run that metrics of scenarios need beyond queries.h: what a removed STI-CA
// cost, how fetches went. Errors as in queries.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/read/queries.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::results {

// Who held a certificate of `ca`, sorted (the view affected_by_ca). Enterprises with certificates
// that were delegated below it are among them.
Result<std::vector<std::string>> affected_holders(Queries& queries,
                                                  std::int64_t run,
                                                  std::string_view ca);

// When the last call was placed that passed on a certificate of `ca`; `to`: at this verifier only.
Result<std::optional<sim::Time>> last_passed_under_ca(Queries& queries,
                                                      std::int64_t run,
                                                      std::string_view ca,
                                                      std::string_view to);

// All values, sorted; for percentiles by nearest rank, maxima and means.
Result<std::vector<sim::Duration>> fetch_latencies(Queries& queries,
                                                   std::int64_t run,
                                                   const FetchFilter& filter);
Result<std::vector<sim::Duration>> call_latencies(Queries& queries,
                                                  std::int64_t run,
                                                  Latency latency,
                                                  const CallFilter& filter);

// Of `sorted`, not empty. Nearest rank, as Quantile says.
sim::Duration quantile_of(const std::vector<sim::Duration>& sorted, Quantile quantile);
sim::Duration mean_of(const std::vector<sim::Duration>& sorted);  // Rounded down.

// Verifications of calls, and how many of them had to fetch a certificate. `verifier`: "" all.
struct FetchNeed {
  std::uint64_t verifications = 0;
  std::uint64_t fetches = 0;
};

Result<FetchNeed> fetch_need(Queries& queries,
                             std::int64_t run,
                             std::string_view verifier,
                             std::optional<sim::Time> after,
                             std::optional<sim::Time> before);

}  // namespace shakedown::results

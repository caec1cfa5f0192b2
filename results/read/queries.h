// The read side of the database: typed questions about one run. Everything that judges or shows a
// run (expectations, summary, JUnit, show, diff, the report) asks here, so that all of them agree.
//
// A Queries owns a read-only connection. It sees what has been committed: while a run is being
// recorded call Recorder::flush() first. One thread at a time. Errors are kEnvironment (the file
// cannot be read, is no shakedown database, or a newer one) and kNotFound (no such run or call).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/events.h"
#include "results/record/call_record.h"
#include "results/record/records.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::results {

class Database;
class Where;

// Which calls. Empty strings and absent values ask nothing; all that is asked must hold.
struct CallFilter {
  std::string from{};                            // The originating actor (an adversary's own name).
  std::string claims_to_be{};                    // Whose certificate the call carries.
  std::string to{};                              // The terminating provider.
  std::string via{};                             // One of the transit providers on its way.
  std::optional<char> attest{};                  // 'A', 'B', 'C', or ' '.
  std::optional<actors::CallOutcome> outcome{};  //
  std::string failed_step{};          // A verification of the call failed at this step ...
  std::optional<int> code{};          // ... with this SIP code ...
  std::string verified_by{};          // ... at this actor.
  std::optional<sim::Time> after{};   // Placed at this world time or later.
  std::optional<sim::Time> before{};  // Placed before this world time.
  std::optional<int> sip_status{};    // The final status that the caller saw; 0: none.
};

struct FetchFilter {
  std::string by{};             // The actor that asked.
  std::string what{};           // A word of actors::FetchWhat.
  std::string edge{};           // The actor that answered.
  std::string repository_of{};  // Whose repository was asked, whoever answered.
  std::string call_id{};
  std::optional<int> status{};
  std::optional<sim::Time> after{}, before{};  // Of its begin.
};

struct FetchCounts {
  std::uint64_t total = 0, hit = 0, stale = 0, miss = 0, error = 0;
};

struct IssuanceFilter {
  std::string provider{};
  std::string ca{};
  std::string because{};
  std::optional<bool> issued{};
  std::optional<bool> new_key{};
  std::optional<sim::Time> after{}, before{};  // Of its end.
};

struct HappeningFilter {
  std::optional<actors::HappeningKind> kind{};
  std::string subject{}, by{};
  std::string detail_has{};  // A part of the detail.
  std::optional<sim::Time> after{}, before{};
};

// How long a thief could use what it stole (kKeyStolen, subject = victim, by = thief).
struct Exposure {
  std::string thief;
  std::string victim;
  sim::Time stolen_at;  // The first theft.
  // Placing of the thief's last call in the victim's name that passed, if one did after the theft.
  std::optional<sim::Time> last_passed;
  std::uint64_t passed = 0;  // The thief's calls in the victim's name since the theft.
  std::uint64_t attempted = 0;

  sim::Duration window() const {
    return last_passed ? *last_passed - stolen_at : sim::Duration::zero();
  }
};

class Queries {
 public:
  static Result<Queries> open(const std::string& path);
  Queries(Queries&&) noexcept;
  Queries& operator=(Queries&&) noexcept;
  ~Queries();

  Result<std::vector<RunRecord>> runs();  // In order of recording, with their expectations.
  // By its id, its number, or "" for the latest.
  Result<RunRecord> run(std::string_view id);
  Result<std::vector<Participant>> participants(std::int64_t run);

  Result<Counts> count_calls(std::int64_t run, const CallFilter& filter);
  // When the last matching call was placed.
  Result<std::optional<sim::Time>> last_call_at(std::int64_t run, const CallFilter& filter);
  Result<std::vector<Exposure>> exposures(std::int64_t run);

  Result<FetchCounts> count_fetches(std::int64_t run, const FetchFilter& filter);
  Result<std::uint64_t> count_issuances(std::int64_t run, const IssuanceFilter& filter);
  Result<std::uint64_t> count_happenings(std::int64_t run, const HappeningFilter& filter);
  // Who held a certificate of `ca`, sorted. Enterprises with certificates that were delegated below
  // it are among them.
  Result<std::vector<std::string>> holders_affected_by(std::int64_t run, std::string_view ca);

  // Calls in order of recording. `limit` bounds the answer.
  Result<std::vector<CallRecord>> calls(std::int64_t run,
                                        const CallFilter& filter,
                                        std::size_t limit);
  // By its number, which is unique in the database, or its id ("acme-tel.0.17"; that of the latest
  // run if several have it), with its verifications and fetches.
  Result<CallDetail> call(std::string_view id);
  Result<CallDetail> call(std::int64_t run, std::string_view id);  // Of this run only.

  // The certificates of a run, in order of recording, without their DER.
  Result<std::vector<CertificateRecord>> certificates(std::int64_t run, std::size_t limit);

  Result<std::vector<PairCounts>> pair_counts(std::int64_t run);         // Sorted by from, as, to.
  Result<std::vector<StepFailures>> failures_by_step(std::int64_t run);  // Most frequent first.
  Result<std::vector<IssuanceRecord>> issuances(std::int64_t run, std::size_t limit);
  Result<std::vector<RevocationRecord>> revocations(std::int64_t run, std::size_t limit);
  Result<std::vector<HappeningRecord>> happenings(std::int64_t run, std::size_t limit);

  // For questions that nobody else has (metrics.cc).
  Database& database() { return *database_; }

 private:
  explicit Queries(std::unique_ptr<Database> database);
  Result<std::uint64_t> one_count(std::string_view table, const Where& where);
  Result<CallDetail> find_call(std::optional<std::int64_t> run, std::string_view id);

  std::unique_ptr<Database> database_;
};

}  // namespace shakedown::results

// What happens in a scenario and what is expected of it: traffic, timeline, expectations. Plain
// structs with every default resolved by the parser; all times are durations since the epoch.
// docs/scenario-language.md says what each key means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/events.h"
#include "results/read/metrics.h"
#include "scenarios/model/ecosystem.h"
#include "sim/fault.h"
#include "sim/time.h"

namespace shakedown::scenarios {

// ---- calls -------------------------------------------------------------------------------------

enum class Pattern : std::uint8_t {
  kEven,     // One call in each slot of length `duration / count`, at a drawn phase of the slot.
  kPoisson,  // `count` independent instants, uniform in the window (a Poisson process, its number
             // of arrivals fixed).
};

// `count` calls within [start, start + duration). Whatever of rate, for and count the file gave,
// `count` >= 1 and `duration` are final; slot i begins at start + duration * i / count (128 bits).
struct CallPlan {
  std::string from;              // Provider, enterprise or (in the timeline) adversary.
  std::string to;                // Provider.
  std::vector<std::string> via;  // Transit providers, in order.
  sim::Duration start{};
  sim::Duration duration{};
  std::uint64_t count = 0;
  Pattern pattern = Pattern::kEven;
  std::optional<char> attest;  // 'A', 'B', 'C'; nullopt: the originating provider's own.
  NumberRanges calling;        // Drawn from; empty: the numbers of `from` (or of `as`).
  NumberRanges called;         // Drawn from; empty: the numbers of `to`.
  friend bool operator==(const CallPlan&, const CallPlan&) = default;
};

struct Traffic {
  Mark mark;
  std::string id;  // As given, else "t1", "t2" by position.
  CallPlan calls;
  friend bool operator==(const Traffic&, const Traffic&) = default;
};

// ---- timeline ----------------------------------------------------------------------------------

struct StealKey {
  std::string of;  // Provider, enterprise or re-signing transit provider.
  std::string by;  // The adversary that it introduces.
  friend bool operator==(const StealKey&, const StealKey&) = default;
};

// A CA certifies an adversary's key for a code that no token of the adversary's covers.
struct MisIssue {
  std::string ca;
  std::string of;  // The provider whose code the certificate names.
  std::string by;  // The adversary that it introduces and that gets it.
  friend bool operator==(const MisIssue&, const MisIssue&) = default;
};

// By what means the calls of a timeline entry are signed.
enum class Means : std::uint8_t {
  kOwn,            // Honest: the provider or enterprise `from` signs as usual.
  kStolenKey,      // With the key stolen from `as`.
  kOwnCa,          // Under a certificate for the SPC of `as` from a CA that nobody listed.
  kNoIdentity,     // Unsigned.
  kSpoofedNumber,  // Properly signed by `from`'s own credentials, but numbers of `as`/`calling`.
  kReplay,         // An Identity header captured from a call of `as`.
};

struct PlaceCalls {
  CallPlan calls;  // `calls.start` is the entry's `at`.
  std::string as;  // The provider or enterprise that is impersonated; "" if nobody.
  Means with = Means::kOwn;
  friend bool operator==(const PlaceCalls&, const PlaceCalls&) = default;
};

struct Rotate {
  std::string provider;  // Or enterprise, or re-signing transit provider.
  std::string because = "rotation";
  bool rekey = true;
  friend bool operator==(const Rotate&, const Rotate&) = default;
};

enum class WhichCertificate : std::uint8_t { kCurrent, kPrevious, kStolen, kDelegateCa };

struct Revoke {
  std::string certificate_of;
  WhichCertificate which = WhichCertificate::kCurrent;
  std::string reason = "unspecified";  // RFC 5280 §5.3.1: "keyCompromise", ...
  friend bool operator==(const Revoke&, const Revoke&) = default;
};

// Certificates of subscribers of a CA, all at one moment.
struct RevokeMany {
  std::string ca;
  std::uint64_t count = 1;
  std::string reason = "unspecified";
  friend bool operator==(const RevokeMany&, const RevokeMany&) = default;
};

// The STI-PA serves an older CRL again, of those that it keeps.
inline constexpr std::uint64_t kFarthestBack = 100;

struct RollBackCrl {
  std::uint64_t back = 1;                 // How many publications before the newest.
  std::optional<sim::Duration> duration;  // nullopt: to the end of the scenario.
  friend bool operator==(const RollBackCrl&, const RollBackCrl&) = default;
};

struct RemoveCa {
  std::string ca;
  friend bool operator==(const RemoveCa&, const RemoveCa&) = default;
};

struct RestoreCa {
  std::string ca;
  friend bool operator==(const RestoreCa&, const RestoreCa&) = default;
};

// Account, token and certificate at another CA, publish, switch.
struct Move {
  std::string provider;
  std::string to;
  friend bool operator==(const Move&, const Move&) = default;
};

// The STI-PA suspends the provider: no more SPC tokens.
struct Suspend {
  std::string provider;
  friend bool operator==(const Suspend&, const Suspend&) = default;
};

// The STI-PA lifts the suspension.
struct Reinstate {
  std::string provider;
  friend bool operator==(const Reinstate&, const Reinstate&) = default;
};

// The STI-PA closes the provider's account.
struct RemoveAccount {
  std::string provider;
  friend bool operator==(const RemoveAccount&, const RemoveAccount&) = default;
};

// The STI-PA takes the provider's service provider code from its account.
struct WithdrawSpc {
  std::string provider;
  bool revokes = false;  // The STI-CAs then have its certificates revoked.
  friend bool operator==(const WithdrawSpc&, const WithdrawSpc&) = default;
};

enum class WhichSigner : std::uint8_t { kSigner, kCrlSigner, kRoot };

// The STI-PA signs tokens and lists, or the CRL, or certifies, with another key and certificate.
struct RollSigner {
  WhichSigner which = WhichSigner::kSigner;
  sim::Duration overlap = 24h;  // Of kRoot: so long the old root certifies the new one.
  friend bool operator==(const RollSigner&, const RollSigner&) = default;
};

struct Note {
  std::string text;
  friend bool operator==(const Note&, const Note&) = default;
};

struct InjectFault {
  sim::Fault fault;                       // `fault.actor` may end in "/*".
  std::optional<sim::Duration> duration;  // nullopt: to the end of the scenario.
  friend bool operator==(const InjectFault&, const InjectFault&) = default;
};

using Action = std::variant<StealKey,
                            PlaceCalls,
                            Rotate,
                            Revoke,
                            RevokeMany,
                            RollBackCrl,
                            RemoveCa,
                            RestoreCa,
                            Move,
                            Suspend,
                            Reinstate,
                            RemoveAccount,
                            WithdrawSpc,
                            RollSigner,
                            Note,
                            MisIssue,
                            InjectFault>;

// Whose calls an adversary can sign from this action on; nullopt: it gives nobody a key.
struct KeyInWrongHands {
  std::string of, by;
};

inline std::optional<KeyInWrongHands> key_in_wrong_hands(const Action& action) {
  if (const auto* theft = std::get_if<StealKey>(&action)) return {{theft->of, theft->by}};
  if (const auto* issued = std::get_if<MisIssue>(&action)) return {{issued->of, issued->by}};
  return std::nullopt;
}

// How long it lasts; zero: it is done at once, or it lasts to the end.
sim::Duration duration_of(const Action& action);

struct TimelineEntry {
  Mark mark;
  sim::Duration at{};
  Action action;
  friend bool operator==(const TimelineEntry&, const TimelineEntry&) = default;
};

// ---- expectations ------------------------------------------------------------------------------

enum class Comparison : std::uint8_t { kAtLeast, kAtMost, kExactly };
using results::Unit;

struct Limit {
  Comparison comparison = Comparison::kExactly;
  Unit unit = Unit::kCount;
  std::int64_t value = 0;  // >= 0
  friend bool operator==(const Limit&, const Limit&) = default;
};

enum class Counted : std::uint8_t { kPassed, kFailed, kUnverified, kAttempted };

// Calls that match every filter that is set; shares are of all attempted calls that match the
// filters other than `failed_at` and `code`. Every limit must hold.
struct CallsExpectation {
  struct CountLimit {
    Counted counted = Counted::kPassed;
    Limit limit;
    friend bool operator==(const CountLimit&, const CountLimit&) = default;
  };

  std::string from;  // Provider, enterprise, adversary; "" any.
  std::string to;
  std::string as;   // claims_to_be
  std::string via;  // A transit provider on the way.
  std::optional<char> attest;
  std::optional<sim::Duration> after;   // Placed at or after.
  std::optional<sim::Duration> before;  // Placed before.
  std::string failed_at;                // Id of the verification step that decided.
  std::optional<int> code;              // SIP status of the verdict.
  std::vector<CountLimit> limits;       // At least one. `failed_at: S, at_most: N` counts kFailed.
  friend bool operator==(const CallsExpectation&, const CallsExpectation&) = default;
};

struct MetricExpectation {
  struct MetricLimit {
    const results::Statistic* statistic = nullptr;  // nullptr exactly for metrics of one number.
    Limit limit;
    friend bool operator==(const MetricLimit&, const MetricLimit&) = default;
  };

  results::Measurement what;
  std::vector<MetricLimit> limits;  // At least one; every one must hold.
  friend bool operator==(const MetricExpectation&, const MetricExpectation&) = default;
};

// How often something was recorded to happen.
struct HappeningsExpectation {
  actors::HappeningKind kind{};
  std::string of;       // To whom; "" anybody.
  std::string because;  // A part of the detail; "" whatever.
  std::optional<sim::Duration> after;
  std::optional<sim::Duration> before;
  std::vector<Limit> limits;  // Counts. At least one; every one must hold.
  friend bool operator==(const HappeningsExpectation&, const HappeningsExpectation&) = default;
};

// The view affected_by_ca names exactly these providers.
struct AffectedExpectation {
  std::string by_ca;
  std::vector<std::string> providers;
  friend bool operator==(const AffectedExpectation&, const AffectedExpectation&) = default;
};

struct Expectation {
  Mark mark;
  std::string id;    // As given, else "e1", "e2" by position.
  std::string text;  // The entry as one line of flow YAML, for reports.
  std::variant<CallsExpectation, MetricExpectation, AffectedExpectation, HappeningsExpectation>
      what;
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

}  // namespace shakedown::scenarios

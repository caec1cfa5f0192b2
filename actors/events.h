// What actors record: plain structs and the words for them. results/ sees of the actors only this
// file.
//
// The runtime stamps each event with world time and the recording actor (sim/world.h, Recorded).
// Names of enumerators are the words that stand in the database. All times are world times unless
// they are differences. Text is UTF-8; text from outside is stored as it came, bounded by its
// reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/env.h"
#include "sim/time.h"
#include "sim/word.h"
#include "stir/credential/certificate_role.h"

namespace shakedown::actors {

// Which event it is, so that the recorder need not ask RTTI on the hot path.
enum class EventType : std::uint8_t {
  kCall,
  kVerification,
  kFetch,
  kCertificate,
  kIssuance,
  kRevocation,
  kHappening,
};

inline constexpr std::size_t kEventTypes = static_cast<std::size_t>(EventType::kHappening) + 1;

struct RecordedEvent : sim::Event {
  explicit RecordedEvent(EventType event_type)
      : type(event_type) {}

  const EventType type;
};

enum class CallOutcome : std::uint8_t {
  kPassed,      // The terminating side said TN-Validation-Passed.
  kFailed,      // It said TN-Validation-Failed, or refused the call with 403, 428, 436, 437, 438.
  kUnverified,  // No verdict: unsigned, No-TN-Validation, or the INVITE was never answered.
};

// One call, recorded by its originating actor when its INVITE has been answered or given up.
struct CallEvent final : RecordedEvent {
  CallEvent()
      : RecordedEvent(EventType::kCall) {}

  std::string id;              // Unique in the run, also the SIP Call-ID: "acme-tel.0.17".
  std::string from;            // The originating actor; an adversary's name for its calls.
  std::string claims_to_be;    // The provider whose certificate the call carries; == from normally.
  std::string to;              // The terminating provider.
  std::string calling_number;  // Canonical, "12015550123".
  std::string called_number;
  std::string via;    // Transit providers, comma-separated, "" if none.
  char attest = ' ';  // 'A', 'B', 'C', or ' ' for unsigned or base PASSporTs.
  CallOutcome outcome = CallOutcome::kUnverified;
  int sip_status = 0;                            // Final status; 0: no answer.
  sim::Time placed_at;                           // The caller asked for the call.
  std::optional<sim::Duration> signing_latency;  // Request to answer at the authentication service.
  std::optional<sim::Duration> post_dial_delay;  // INVITE sent to verdict.
  std::string signing_error;  // Why the call went out unsigned although it should be signed.
};

enum class StepResult : std::uint8_t { kPassed, kFailed, kReported, kSkipped };

// One step of a verification. `step` is a literal of stir/verification/verification.h.
struct TraceStep {
  std::string_view step;
  StepResult result = StepResult::kPassed;
  sim::Duration started{};  // Since the verification's start.
  sim::Duration took{};
};

// One verification, recorded by the verifying actor with its verdict. It precedes its call's event.
struct VerificationEvent final : RecordedEvent {
  VerificationEvent()
      : RecordedEvent(EventType::kVerification) {}

  std::string call_id;       // "" when it belongs to no call of this run (an outsider's request).
  std::string_view profile;  // "rfc8224", "atis74", ... literals.
  std::string verstat;       // "TN-Validation-Passed", ...
  int code = 0;              // 403, 428, 436, 437, 438; 0 when passed.
  std::string reason;        // The reason phrase of `code`.
  std::string failed_step;   // "" when passed.
  std::string detail;        // Why, for a person.
  std::string x5u;
  std::string certificate;  // SHA-256 of the signer's certificate, hex; "" if none was had.
  std::string issuer_root;  // Name of the STI-CA whose root ended the path, "" if none.
  char attest = ' ';
  sim::Duration latency{};  // Request to answer at the verification service.
  sim::Duration
      offset{};  // Its start, before the event's own time stamp (== latency unless queued).
  std::vector<TraceStep> trace;
};

enum class CacheResult : std::uint8_t { kHit, kStale, kMiss, kError };

// What was fetched. Not recorded are the fetches of CRLs and CA lists: what came of them is a
// happening.
enum class FetchWhat : std::uint8_t { kCertificate, kOcsp, kOrigin };

// One exchange for something that caches hold.
struct FetchEvent final : RecordedEvent {
  FetchEvent()
      : RecordedEvent(EventType::kFetch) {}

  std::string call_id;  // "" when no call waits for it.
  FetchWhat what = FetchWhat::kCertificate;
  std::string url;
  std::string edge;                          // The actor that answered, "" if none did.
  CacheResult result = CacheResult::kError;  // What the answering cache said (RFC 9211).
  int status = 0;                            // HTTP status, 0: no answer.
  std::int64_t octets = 0;                   // Of the body of the answer.
  sim::Duration latency{};
};

// A certificate exists. Recorded by its issuer.
struct CertificateEvent final : RecordedEvent {
  CertificateEvent()
      : RecordedEvent(EventType::kCertificate) {}

  std::string fingerprint;  // SHA-256 of the DER, hex.
  stir::CertificateRole kind = stir::CertificateRole::kEndEntity;
  std::string ca;            // The STI-CA (or STI-PA, or delegating provider) that issued it.
  std::string subject_of;    // The actor it was issued to.
  std::string subject;       // Distinguished name, RFC 4514 text.
  std::string serial;        // Hex.
  std::string tn_auth_list;  // "spc 709J", "range 12015550100+100, one ...", "" if none.
  sim::Time not_before;
  sim::Time not_after;
  std::string der;
};

// An attempt of a provider to get a certificate into use. Recorded by the provider at its end.
struct IssuanceEvent final : RecordedEvent {
  IssuanceEvent()
      : RecordedEvent(EventType::kIssuance) {}

  std::string ca;
  std::string because;  // "first", "renewal", "rotation", "ca_removed", or an order's own word.
  bool issued = false;
  std::string error;        // Why not.
  std::string fingerprint;  // Of the certificate, if issued.
  std::string url;          // Where it was published.
  bool new_key = true;
  sim::Time started_at;
  std::optional<sim::Time> published_at;
  std::optional<sim::Time> used_from;  // Signing switched to it.
};

// A revocation took effect at the STI-PA. Recorded by it when the CRL with the entry is published.
struct RevocationEvent final : RecordedEvent {
  RevocationEvent()
      : RecordedEvent(EventType::kRevocation) {}

  std::string fingerprint;
  std::string issuer;  // Distinguished name.
  std::string serial;
  std::string reason;  // "keyCompromise", ... (RFC 5280 §5.3.1)
  std::string reported_by;
  sim::Time reported_at;
  std::uint64_t crl_number = 0;
};

// What else a reader of the timeline wants to see. events.cc says what each means.
enum class HappeningKind : std::uint8_t {
  kAccountCreated,
  kAccountSuspended,
  kAccountRestored,
  kAccountRemoved,
  kSpcWithdrawn,
  kLoginRefused,
  kTokenRefused,
  kSignerRolled,
  kCrlSignerRolled,
  kRootRolled,
  kCaListPublished,
  kCaListFailed,
  kCaListRefreshed,
  kCaListRejected,
  kCaApproved,
  kCaRemoved,
  kCaRestored,
  kCrlPublished,
  kCrlFailed,
  kCrlRolledBack,
  kCrlRollbackEnded,
  kCrlRefreshed,
  kCrlRejected,
  kKeyStolen,
  kCertificateMisIssued,
  kMisIssuanceFailed,
  kTheftFailed,
  kRevocationRequested,
  kRevocationReported,
  kRevocationFailed,
  kSubscribersCertified,
  kSubscribersFailed,
  kSubscribersRevoked,
  kTermsPublished,
  kTermsAgreed,
  kOcspResponderCertified,
  kRotationOrdered,
  kRenewalNotNeeded,
  kMoveOrdered,
  kRemovalFailed,
  kRestorationFailed,
  kSuspensionFailed,
  kReinstatementFailed,
  kWithdrawalFailed,
  kRollbackFailed,
  kRollFailed,
  kFaultBegan,
  kFaultEnded,
  kNote,
  kStoryBegan,
  kStoryFailed,
};

struct HappeningEvent final : RecordedEvent {
  HappeningEvent()
      : RecordedEvent(EventType::kHappening) {}

  HappeningKind kind{};
  std::string subject;  // The actor or thing it happened to.
  std::string by;       // Who did it, "" if the scenario's timeline.
  std::string detail;
};

void record_happening(
    sim::Env& env, HappeningKind kind, std::string subject, std::string by, std::string detail);

// The words of the database and the scenario language, in the order of the enumerations.
std::span<const sim::Word<HappeningKind>> happening_words();
std::span<const sim::Word<FetchWhat>> fetch_words();

std::string_view to_string(EventType type);       // call, verification, fetch, ...
std::string_view to_string(CallOutcome outcome);  // passed, failed, unverified
std::string_view to_string(StepResult result);    // passed, failed, reported, skipped
std::string_view to_string(CacheResult result);   // hit, stale, miss, error
std::string_view to_string(FetchWhat what);       // certificate, ocsp, origin
std::string_view to_string(HappeningKind kind);   // key_stolen, ...

}  // namespace shakedown::actors

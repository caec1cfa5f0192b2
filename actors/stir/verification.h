// Verification is a table: steps with stable ids, each a pure check with SIP code, reason and
// clause; policy profiles order the steps, switch them and choose the codes where standards differ.
//
// The table never fetches. An actor drives it:
//
//   VerificationRun run(policy, inputs);
//   while (const auto need = run.advance(env.now())) {
//     switch (*need) {
//       case Need::kCertificate:    run.provide_certificate(fetch(run.x5u())); break;   // *
//       case Need::kChainVerdict:   run.provide_chain_verdict(validate(run.chain())); break;
//       case Need::kRevocation:     run.provide_revocation(crl_status(run.chain_verdict())); break;
//       case Need::kSignature:      run.provide_signature(verify(run.token(), run.signer()));
//       break; case Need::kReplay:         run.provide_replay(seen_before(run.token())); break;
//     }
//   }
//   const Verdict& verdict = run.verdict();
//
// advance() runs steps until one lacks an input, and returns which; it returns nothing when a step
// that is enforced has failed or all have passed. Every input is asked for at most once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/stir/chain.h"
#include "actors/stir/identity_header.h"
#include "actors/stir/passport.h"
#include "actors/stir/revocation.h"
#include "actors/stir/sip_call.h"
#include "actors/stir/tn_auth_list.h"
#include "sim/time.h"

namespace shakedown::stir {

// In the order of profile rfc8224 (core order: cheap and local first, then what must be fetched).
enum class Step : std::uint8_t {
  kIdentityPresent,
  kIdentityWellFormed,
  kPptIsSupported,
  kFullFormIsUsed,
  kInfoIsAUri,
  kHeaderWellFormed,  // Three parts, base64url, JSON, no duplicates, no crit.
  kHeaderIsComplete,  // alg, typ and x5u are there.
  kAlgorithmIsEs256,
  kTypIsPassport,
  kPptMatches,  // Header ppt == parameter ppt.
  kAlgMatches,  // Parameter alg == header alg.
  kInfoMatchesX5u,
  kClaimsWellFormed,
  kAttestIsValid,
  kOrigidIsUuid,
  kPassportIsCanonical,
  kDateIsWellFormed,
  kDateIsFresh,
  kIatIsFresh,
  kOrigMatches,
  kDestMatches,
  kX5uUrlIsAllowed,
  kCertificateFetched,
  kCertificateParses,
  kChainIsTrusted,
  kCertificateProfile,
  kSpcIsPresent,  // A shaken PASSporT needs a leaf with a provider code.
  kClaimConstraintsHold,
  kOrigIsCovered,
  kNotRevoked,
  kSignedWithinValidity,
  kSignatureVerifies,
  kNotReplayed,
};
inline constexpr std::size_t kSteps = static_cast<std::size_t>(Step::kNotReplayed) + 1;

struct StepInfo {
  std::string_view id;        // "iat_is_fresh": stable, scripts depend on it.
  std::string_view question;  // "Is iat within the freshness window?"
  std::string_view clause;    // "RFC 8224 §6.2 step 4"
};

const StepInfo& info(Step step);

inline std::string_view to_string(Step step) { return info(step).id; }

std::optional<Step> step_by_id(std::string_view id);

enum class StepMode : std::uint8_t { kOff, kReport, kEnforce };

// One row of a profile. `reason` is the SIP reason phrase.
struct StepRule {
  Step step;
  StepMode mode = StepMode::kEnforce;
  int code = 438;
  std::string_view reason;
  Verstat verstat = Verstat::kTnValidationFailed;
};

enum class NumberAuthorityMode : std::uint8_t { kNone, kDatabase };
enum class RevocationFailure : std::uint8_t { kSoft, kHard };
enum class DestPolicy : std::uint8_t { kTo, kToOrRequestTarget };

// What a deployed verifier forgives. Each is one behaviour seen in the field.
enum class Laxity : std::uint8_t {
  kFutureIat,             // iat may lie in the future.
  kMissingHeaderMembers,  // alg, typ, x5u, ppt may be absent.
  kMissingParameters,     // alg and ppt parameters may be absent.
  kMissingClaims,         // orig, dest, attest, origid may be absent.
  kAnyAttest,
  kPlainHttp,  // info may be http.
  kAnyPort,
  kUrlExtras,  // Query, fragment and userinfo are taken.
  kRedirects,  // The fetcher follows redirects; a hint for the actor.
  kAnyEndEntityProfile,
  kWhiteSpaceInHeader,
};
using Laxities = std::uint32_t;

constexpr Laxities laxity(Laxity one) { return 1U << static_cast<unsigned>(one); }

std::string_view to_string(Laxity laxity);

struct PolicyProfile {
  std::string_view name;  // "rfc8224", "atis74", "atis82", "strict", "deployed"
  std::string_view summary;
  std::span<const StepRule> rules;  // In the order in which they run; all kSteps are there.
  Laxities laxities = 0;
  bool accepts_base_passport = true;  // No ppt: verified as RFC 8224; else ignored.
  bool strict_encoding = false;  // Unused base64 bits, DER bodies, text around PEM, fractions fail.
  bool crl_hard_fail = false;
  bool reason_protocol_is_sip = false;  // Older ATIS-1000074 text; else STIR (RFC 9410).

  const StepRule& rule(Step step) const;
};

std::span<const PolicyProfile* const> all_profiles();  // In the order above.
const PolicyProfile* profile_by_name(std::string_view name);

// A profile and the switches of one verifier. Plain data; copied freely.
struct VerificationPolicy {
  const PolicyProfile* profile = nullptr;  // Never null when used; all_profiles() outlives all.
  sim::Duration freshness = std::chrono::seconds{60};       // iat, either side.
  sim::Duration date_freshness = std::chrono::seconds{60};  // Date or the request's time.
  NumberAuthorityMode number_authority = NumberAuthorityMode::kNone;
  MixedListMode mixed_list = MixedListMode::kUnion;
  RevocationFailure revocation = RevocationFailure::kSoft;  // crl_hard_fail of the profile wins.
  bool check_revocation = true;
  bool check_replay = false;
  DestPolicy dest = DestPolicy::kTo;
  bool require_identity = false;         // 428 for unsigned calls; else only No-TN-Validation.
  bool allow_private_addresses = false;  // Lab: x5u may name loopback and RFC 1918 hosts.
  bool run_later_steps = false;          // `verify`: go on after the verdict where inputs exist.
};

VerificationPolicy policy_for(const PolicyProfile& profile);

struct VerificationInputs {
  // nullptr where there is no Identity header field. Must outlive the run.
  const std::string* identity = nullptr;
  const SipCall* call = nullptr;                      // Must outlive the run. Never null.
  const NumberAuthority* number_authority = nullptr;  // Only for kDatabase; must outlive the run.
  sim::Time received_at;                              // Freshness is judged at this instant.
};

enum class Need : std::uint8_t { kCertificate, kChainVerdict, kRevocation, kSignature, kReplay };

struct StepOutcome {
  enum class Result : std::uint8_t { kSkipped, kPassed, kReported, kFailed };
  Step step = Step::kIdentityPresent;
  Result result = Result::kSkipped;
  sim::Time started_at;  // Of the advance() that asked for its inputs.
  sim::Time ended_at;    // Of the advance() that ran it.
  int code = 0;          // That it would answer with, unless passed or skipped.
  std::string detail;    // Empty unless reported or failed.
};

std::string_view to_string(StepOutcome::Result result);

struct Verdict {
  bool passed = false;
  int code = 0;             // 403, 428, 436, 437, 438; 0: passed, or an unsigned call let through.
  std::string_view reason;  // The phrase of `code`.
  std::optional<Step> failed_step;
  Verstat verstat = Verstat::kNoTnValidation;
  char attest = ' ';  // 'A', 'B', 'C' of a PASSporT that could be read, else ' '.
  std::string origid;
  std::string detail;              // Why, for a person.
  std::vector<StepOutcome> steps;  // In the order in which they ran; skipped ones at the end.

  std::string_view failed_step_id() const { return failed_step ? info(*failed_step).id : ""; }
};

// One Identity header field of one call. Movable; not thread-safe; never suspends.
class VerificationRun {
 public:
  VerificationRun(const VerificationPolicy& policy, const VerificationInputs& inputs);

  std::optional<Need> advance(sim::Time now);

  const std::string& x5u() const;  // What to dereference: the info URI (RFC 8224 §6.2).

  const IdentityHeader& header() const { return header_; }

  const PassportToken& token() const { return token_; }

  const CertificateChainPtr& chain() const { return certificate_.chain; }

  const ChainVerdictPtr& chain_verdict() const { return chain_verdict_; }

  void provide_certificate(CertificateAnswer answer);
  void provide_chain_verdict(ChainVerdictPtr verdict);
  void provide_revocation(RevocationAnswer answer);
  void provide_signature(bool verifies);
  void provide_replay(bool seen_before);

  // After advance() returned nothing. take_verdict() leaves the run without one.
  const Verdict& verdict() const { return verdict_; }

  Verdict take_verdict() { return std::move(verdict_); }

 private:
  friend struct StepChecks;  // The checks themselves, verification_steps.cc.

  VerificationPolicy policy_;
  VerificationInputs inputs_;
  IdentityHeader header_;
  PassportToken token_;
  CertificateAnswer certificate_;
  ChainVerdictPtr chain_verdict_;
  std::optional<RevocationAnswer> revocation_;
  std::optional<bool> signature_verifies_;
  std::optional<bool> seen_before_;
  bool certificate_provided_ = false;
  std::size_t next_rule_ = 0;
  std::optional<sim::Time> waiting_since_;
  Verdict verdict_;
};

// Several Identity header fields: one that passes is enough (RFC 8224 §6.2.1); else the one that
// got furthest decides, in the order 438 > 437 > 403 > 436 > 428. Index into `verdicts`, which has
// at least one element.
std::size_t deciding_verdict(std::span<const Verdict> verdicts);

// One Reason per header that failed with a code, with ppi (RFC 9410 §5). `tokens` in the same
// order.
std::vector<Reason> reasons_for(const PolicyProfile& profile,
                                std::span<const Verdict> verdicts,
                                std::span<const std::string> identity_headers);

}  // namespace shakedown::stir

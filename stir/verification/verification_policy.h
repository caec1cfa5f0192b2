// Verification is a table: steps with stable ids, each a pure check. Policy profiles order the
// steps, switch them, and alone know the SIP codes and phrases that answer a violation.
// All data here is static and immutable; any thread may read it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sim/time.h"
#include "stir/call/sip_call.h"
#include "stir/credential/number_scope.h"
#include "stir/verification/step.h"

namespace shakedown::stir {

enum class StepMode : std::uint8_t { kOff, kReport, kEnforce };

// How a step was violated, where RFC 8224 §6.2.2 may have another code for that than for the rest
// of the step.
enum class Violation : std::uint8_t {
  kUsual,
  kNotAcquired,   // The credential is not there, or not all of it.
  kNotSupported,  // It is there, and of a kind that this verifier does not take.
};

struct SipAnswer {
  int code = 0;
  std::string_view reason;  // The phrase.
};

// One row of a profile.
struct StepRule {
  Step step;
  StepMode mode = StepMode::kEnforce;
  int code = 438;
  std::string_view reason;
  Verstat verstat = Verstat::kTnValidationFailed;
  // The kind of violation that has an answer of its own, unless kUsual.
  Violation apart = Violation::kUsual;
  int code_apart = 0;
  std::string_view reason_apart = {};

  SipAnswer answer_to(Violation violation) const {
    const bool is_apart = violation != Violation::kUsual && violation == apart;
    return is_apart ? SipAnswer{code_apart, reason_apart} : SipAnswer{code, reason};
  }
};

enum class NumberAuthorityMode : std::uint8_t { kNone, kDatabase };
enum class RevocationFailure : std::uint8_t { kSoft, kHard };
enum class DestPolicy : std::uint8_t { kTo, kToOrRequestTarget };

// What a deployed verifier forgives beyond steps that it merely reports. Each is one behaviour seen
// in the field.
enum class Laxity : std::uint8_t {
  kFutureIat,             // iat may lie in the future.
  kMissingHeaderMembers,  // alg, typ, x5u, ppt may be absent from the JOSE header.
  kMissingParameters,     // alg and ppt parameters may be absent.
  kMissingClaims,         // orig, dest, attest, origid may be absent.
  kRedirects,             // The actor's fetch follows redirects.
  kWhiteSpaceInHeader,    // Blanks inside the token are dropped.
};
using Laxities = std::uint32_t;

constexpr Laxities laxity(Laxity one) { return 1U << static_cast<unsigned>(one); }

std::string_view to_string(Laxity laxity);

struct PolicyProfile {
  std::string_view name;  // "rfc8224", "atis74", "atis82", "strict", "deployed"
  std::string_view summary;
  std::span<const StepRule> rules;  // In the order in which they run; each step once.
  Laxities laxities = 0;
  bool accepts_base_passport = true;  // No ppt: verified as RFC 8224; else ignored.
  bool accepts_diversions = true;     // ppt div; else as unsupported as any other.
  bool spc_required = false;          // Else a leaf with numbers only is just reported.
  bool strict = false;                // Lints fail; unused base64 bits, DER bodies, text around
                                      // PEM and fractions of iat are refused.
  bool dest_must_be_equal = false;    // dest is exactly the called numbers, in order.
  bool crl_hard_fail = false;         // No usable CRL is a failure.
  // ATIS-1000074: a certificate is kept for 24 hours even if HTTP allows less or says nothing, but
  // never beyond its expiry. Zero: as HTTP says (RFC 8224).
  sim::Duration certificates_kept_at_least{};
  bool reason_protocol_is_sip = false;  // Older ATIS-1000074 text; else STIR (RFC 9410).

  bool forgives(Laxity one) const { return (laxities & laxity(one)) != 0; }

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
  // div PASSporTs are verified and explain another dest (RFC 8946). Set by policy_for.
  bool accept_diversions = true;
  bool require_identity = false;         // Else 428 becomes code 0: an unsigned call goes through.
  bool allow_private_addresses = false;  // Lab: x5u may name loopback and RFC 1918 hosts.
  std::uint16_t own_port = 0;            // Lab: the testbed's own port, beside 443 and 8443.
  // `verify` shows also what would have come later: go on after the verdict and ask for inputs as
  // if nothing had failed. What comes later never changes the verdict.
  bool run_later_steps = false;
};

VerificationPolicy policy_for(const PolicyProfile& profile);

}  // namespace shakedown::stir

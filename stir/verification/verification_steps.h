// The checks behind the steps of verification_policy.h: pure functions of a run's inputs. For
// verification.cc.
#pragma once

#include <optional>
#include <string>

#include "stir/verification/verification.h"

namespace shakedown::stir {

struct CheckResult {
  enum class Kind : std::uint8_t { kHolds, kNote, kViolated };
  Kind kind = Kind::kHolds;
  std::string detail;
  int code = 0;  // Where the rule's own code would be wrong for this violation; else 0.
};

struct StepChecks {
  // What a step reads besides policy and call; without it the step cannot run.
  enum class Local : std::uint8_t { kNothing, kIdentity, kHeader, kClaims };
  enum class External : std::uint8_t {
    kNothing,
    kCertificate,
    kChain,
    kChainVerdict,
    kTrustedChain,
    kRevocation,
    kSignature,
    kReplay
  };

  static bool has_local_input(const VerificationRun& run, Step step);
  static External external_input(Step step);
  static CheckResult check(const VerificationRun& run, Step step);
  // dest is not the called party's, but div PASSporTs lead from it to the call's target.
  static bool relies_on_diversions(const VerificationRun& run);

 private:
  using Check = CheckResult (*)(const VerificationRun&);
  struct Row;
  static const Row& row(Step step);

  static bool names_called_party(const VerificationRun& run);
  static CheckResult identity_present(const VerificationRun& run);
  static CheckResult identity_well_formed(const VerificationRun& run);
  static CheckResult ppt_is_supported(const VerificationRun& run);
  static CheckResult full_form_is_used(const VerificationRun& run);
  static CheckResult info_is_a_uri(const VerificationRun& run);
  static CheckResult header_well_formed(const VerificationRun& run);
  static CheckResult header_is_complete(const VerificationRun& run);
  static CheckResult algorithm_is_es256(const VerificationRun& run);
  static CheckResult typ_is_passport(const VerificationRun& run);
  static CheckResult ppt_matches(const VerificationRun& run);
  static CheckResult alg_matches(const VerificationRun& run);
  static CheckResult info_matches_x5u(const VerificationRun& run);
  static CheckResult claims_well_formed(const VerificationRun& run);
  static CheckResult attest_is_valid(const VerificationRun& run);
  static CheckResult origid_is_uuid(const VerificationRun& run);
  static CheckResult passport_is_canonical(const VerificationRun& run);
  static CheckResult date_is_well_formed(const VerificationRun& run);
  static CheckResult date_is_fresh(const VerificationRun& run);
  static CheckResult iat_is_fresh(const VerificationRun& run);
  static CheckResult orig_matches(const VerificationRun& run);
  static CheckResult dest_matches(const VerificationRun& run);
  static CheckResult x5u_url_is_allowed(const VerificationRun& run);
  static CheckResult certificate_fetched(const VerificationRun& run);
  static CheckResult certificate_parses(const VerificationRun& run);
  static CheckResult chain_is_trusted(const VerificationRun& run);
  static CheckResult certificate_profile(const VerificationRun& run);
  static CheckResult spc_is_present(const VerificationRun& run);
  static CheckResult claim_constraints_hold(const VerificationRun& run);
  static CheckResult orig_is_covered(const VerificationRun& run);
  static CheckResult not_revoked(const VerificationRun& run);
  static CheckResult signed_within_validity(const VerificationRun& run);
  static CheckResult signature_verifies(const VerificationRun& run);
  static CheckResult not_replayed(const VerificationRun& run);
};

// RFC 8226 §8, RFC 9118 §3-§4: why the claims violate the constraints; nullopt if they do not.
std::optional<std::string> constraint_violation(const Passport& passport,
                                                const crypto::JwtClaimConstraints& constraints);

}  // namespace shakedown::stir

#include "stir/verification/verification_policy.h"

#include <array>

namespace shakedown::stir {
namespace {

using enum StepMode;
using enum Violation;
constexpr auto kFailed = Verstat::kTnValidationFailed;
constexpr auto kNone = Verstat::kNoTnValidation;

// RFC 8224 §6.2.2.
constexpr std::string_view kStaleDate = "Stale Date";
constexpr std::string_view kUseIdentity = "Use Identity Header";
constexpr std::string_view kUseSupported = "Use Supported PASSporT Format";
constexpr std::string_view kBadInfo = "Bad Identity Info";
constexpr std::string_view kUnsupported = "Unsupported Credential";
constexpr std::string_view kInvalid = "Invalid Identity Header";

using Rules = std::array<StepRule, kSteps>;

constexpr Rules kRfc8224Rules{{
    {Step::kIdentityPresent, kEnforce, 428, kUseIdentity, kNone},
    {Step::kIdentityWellFormed, kEnforce, 438, kInvalid, kFailed},
    {Step::kPptIsSupported, kEnforce, 428, kUseSupported, kNone},
    {Step::kFullFormIsUsed, kEnforce, 438, kInvalid, kFailed},
    {Step::kInfoIsAUri, kEnforce, 438, kInvalid, kFailed},
    {Step::kHeaderWellFormed, kEnforce, 438, kInvalid, kFailed},
    {Step::kHeaderIsComplete, kEnforce, 438, kInvalid, kFailed},
    {Step::kAlgorithmIsEs256, kEnforce, 438, kInvalid, kFailed},
    {Step::kTypIsPassport, kEnforce, 438, kInvalid, kFailed},
    {Step::kPptMatches, kEnforce, 438, kInvalid, kFailed},
    {Step::kAlgMatches, kEnforce, 438, kInvalid, kFailed},
    {Step::kInfoMatchesX5u, kEnforce, 438, kInvalid, kFailed},
    {Step::kClaimsWellFormed, kEnforce, 438, kInvalid, kFailed},
    {Step::kAttestIsValid, kEnforce, 438, kInvalid, kFailed},
    {Step::kOrigidIsUuid, kReport, 438, kInvalid, kFailed},
    {Step::kPassportIsCanonical, kReport, 438, kInvalid, kFailed},
    {Step::kDateIsWellFormed, kEnforce, 438, kInvalid, kFailed},
    // A full form is judged by iat: a stale or altered Date beside a fresh iat is only reported.
    {Step::kDateIsFresh, kReport, 403, kStaleDate, kFailed},
    {Step::kIatIsFresh, kEnforce, 403, kStaleDate, kFailed},
    {Step::kIatMatchesDate, kReport, 438, kInvalid, kFailed},  // A fresh iat is used then.
    {Step::kOrigMatches, kEnforce, 438, kInvalid, kFailed},
    {Step::kDestMatches, kEnforce, 438, kInvalid, kFailed},
    {Step::kX5uUrlIsAllowed, kEnforce, 436, kBadInfo, kFailed},
    {Step::kCertificateFetched, kEnforce, 436, kBadInfo, kFailed},
    {Step::kCertificateParses, kEnforce, 437, kUnsupported, kFailed, kNotAcquired, 436, kBadInfo},
    {Step::kChainIsTrusted, kEnforce, 437, kUnsupported, kFailed, kNotAcquired, 436, kBadInfo},
    {Step::kCertificateProfile, kEnforce, 437, kUnsupported, kFailed},
    {Step::kSpcIsPresent, kEnforce, 437, kUnsupported, kFailed},
    {Step::kClaimConstraintsHold, kEnforce, 438, kInvalid, kFailed},
    {Step::kOrigIsCovered, kEnforce, 438, kInvalid, kFailed, kNotSupported, 437, kUnsupported},
    {Step::kNotRevoked, kEnforce, 437, kUnsupported, kFailed},
    {Step::kSignedWithinValidity, kEnforce, 437, kUnsupported, kFailed},
    {Step::kSignatureVerifies, kEnforce, 438, kInvalid, kFailed, kNotSupported, 437, kUnsupported},
    {Step::kNotReplayed, kEnforce, 438, kInvalid, kFailed},
}};

// The outcomes of ATIS-1000082, in the order E3 to E14, E16, E17, E18, E15, E19: only an untrusted
// chain and a wrong signature are TN-Validation-Failed.
constexpr std::string_view kAtisBadInfo = "Bad identity Info";
constexpr std::string_view kAtisUnsupported = "Unsupported credential";

constexpr Rules kAtis82Rules{{
    {Step::kDateIsWellFormed, kOff, 438, kInvalid, kNone},
    {Step::kDateIsFresh, kEnforce, 403, kStaleDate, kNone},  // E3
    {Step::kIdentityPresent, kEnforce, 428, kUseIdentity, kNone},
    {Step::kIdentityWellFormed, kEnforce, 438, kInvalid, kNone},
    {Step::kFullFormIsUsed, kEnforce, 438, kInvalid, kNone},       // E4
    {Step::kPptIsSupported, kEnforce, 438, kInvalid, kNone},       // E5
    {Step::kInfoIsAUri, kEnforce, 436, kAtisBadInfo, kNone},       // E6, E7
    {Step::kX5uUrlIsAllowed, kEnforce, 436, kAtisBadInfo, kNone},  // E8, as the next two
    {Step::kCertificateFetched, kEnforce, 436, kAtisBadInfo, kNone},
    {Step::kCertificateParses, kEnforce, 436, kAtisBadInfo, kNone},
    {Step::kHeaderWellFormed, kEnforce, 436, kAtisBadInfo, kNone},  // E9, as the next
    {Step::kHeaderIsComplete, kEnforce, 436, kAtisBadInfo, kNone},
    {Step::kInfoMatchesX5u, kEnforce, 436, kAtisBadInfo, kNone},        // E10
    {Step::kTypIsPassport, kEnforce, 437, kAtisUnsupported, kNone},     // E11
    {Step::kAlgorithmIsEs256, kEnforce, 437, kAtisUnsupported, kNone},  // E12
    {Step::kPptMatches, kEnforce, 438, kInvalid, kNone},                // E13
    {Step::kAlgMatches, kEnforce, 438, kInvalid, kNone},
    {Step::kClaimsWellFormed, kEnforce, 438, kInvalid, kNone},  // E14
    {Step::kOrigMatches, kEnforce, 438, kInvalid, kNone},       // E16, as the next
    {Step::kDestMatches, kEnforce, 438, kInvalid, kNone},
    // E17, as the next three
    {Step::kChainIsTrusted, kEnforce, 437, kAtisUnsupported, kFailed, kNotAcquired, 436,
     kAtisBadInfo},
    {Step::kCertificateProfile, kEnforce, 437, kAtisUnsupported, kFailed},
    {Step::kSpcIsPresent, kEnforce, 437, kAtisUnsupported, kFailed},
    {Step::kNotRevoked, kEnforce, 437, kAtisUnsupported, kFailed},
    {Step::kClaimConstraintsHold, kEnforce, 438, kInvalid, kNone},
    {Step::kOrigIsCovered, kEnforce, 438, kInvalid, kNone, kNotSupported, 437, kAtisUnsupported},
    {Step::kSignedWithinValidity, kReport, 437, kAtisUnsupported, kNone},
    // E18
    {Step::kSignatureVerifies, kEnforce, 438, kInvalid, kFailed, kNotSupported, 437,
     kAtisUnsupported},
    {Step::kIatIsFresh, kEnforce, 403, kStaleDate, kNone},  // E15, moved here on purpose
    {Step::kIatMatchesDate, kReport, 438, kInvalid, kNone},
    {Step::kAttestIsValid, kEnforce, 438, kInvalid, kNone},  // E19
    {Step::kOrigidIsUuid, kReport, 438, kInvalid, kNone},
    {Step::kPassportIsCanonical, kReport, 438, kInvalid, kNone},
    {Step::kNotReplayed, kEnforce, 438, kInvalid, kNone},
}};

constexpr StepRule& rule_in(Rules& rules, Step step) {
  std::size_t i = 0;
  while (rules[i].step != step) ++i;
  return rules[i];
}

// ATIS-1000074 §5.3.2 spells two phrases its own way.
constexpr Rules atis74_rules() {
  Rules rules = kRfc8224Rules;
  const auto respell = [](int code, std::string_view& reason) {
    if (code == 436) reason = "Bad-Identity-Info";
    if (code == 437) reason = kAtisUnsupported;
  };
  for (auto& rule : rules) {
    respell(rule.code, rule.reason);
    respell(rule.code_apart, rule.reason_apart);
  }
  return rules;
}

constexpr Rules strict_rules() {
  Rules rules = kRfc8224Rules;
  for (auto& rule : rules) rule.mode = kEnforce;
  return rules;
}

// What widely used verifiers do not look at (libsecsipid 1.2.0).
constexpr Rules deployed_rules() {
  Rules rules = kAtis82Rules;
  for (const auto step : {Step::kDateIsFresh, Step::kOrigMatches, Step::kDestMatches,
                          Step::kX5uUrlIsAllowed, Step::kCertificateProfile, Step::kSpcIsPresent,
                          Step::kClaimConstraintsHold, Step::kOrigIsCovered,
                          Step::kSignedWithinValidity, Step::kAttestIsValid, Step::kNotReplayed}) {
    rule_in(rules, step).mode = kReport;
  }
  return rules;
}

constexpr Rules kAtis74Rules = atis74_rules();
constexpr Rules kStrictRules = strict_rules();
constexpr Rules kDeployedRules = deployed_rules();

constexpr bool has_each_step_once(const Rules& rules) {
  std::uint64_t seen = 0;
  for (const auto& rule : rules) seen |= std::uint64_t{1} << static_cast<unsigned>(rule.step);
  return seen == (std::uint64_t{1} << kSteps) - 1;
}

static_assert(has_each_step_once(kRfc8224Rules) && has_each_step_once(kAtis82Rules));

constexpr PolicyProfile kRfc8224{
    .name = "rfc8224",
    .summary = "RFC 8224 order and outcomes; base and shaken PASSporTs",
    .rules = kRfc8224Rules,
};
constexpr PolicyProfile kAtis74{
    .name = "atis74",
    .summary = "ATIS-1000074: shaken only, a provider code is mandatory, Reason: SIP",
    .rules = kAtis74Rules,
    .accepts_base_passport = false,
    .accepts_diversions = false,
    .spc_required = true,
    .certificates_kept_at_least = std::chrono::hours{24},
    .reason_protocol_is_sip = true,
};
constexpr PolicyProfile kAtis82{
    .name = "atis82",
    .summary = "ATIS-1000082 error cases E1 to E19; only 437 chain and 438 signature are Failed",
    .rules = kAtis82Rules,
    .accepts_base_passport = false,
    .accepts_diversions = false,
    .spc_required = true,
    .dest_must_be_equal = true,
    .certificates_kept_at_least = std::chrono::hours{24},
};
constexpr PolicyProfile kStrict{
    .name = "strict",
    .summary = "every rule to the letter; lints fail and so does a missing CRL",
    .rules = kStrictRules,
    .spc_required = true,
    .strict = true,
    .crl_hard_fail = true,
    .certificates_kept_at_least = std::chrono::hours{24},
};
constexpr PolicyProfile kDeployed{
    .name = "deployed",
    .summary = "atis82 with the laxities of widely used verifiers",
    .rules = kDeployedRules,
    .laxities = laxity(Laxity::kFutureIat) | laxity(Laxity::kMissingHeaderMembers) |
                laxity(Laxity::kMissingParameters) | laxity(Laxity::kMissingClaims) |
                laxity(Laxity::kRedirects) | laxity(Laxity::kWhiteSpaceInHeader),
    .accepts_base_passport = false,
    .accepts_diversions = false,
};

constexpr std::array<const PolicyProfile*, 5> kProfiles{&kRfc8224, &kAtis74, &kAtis82, &kStrict,
                                                        &kDeployed};

}  // namespace

std::string_view to_string(Laxity laxity) {
  switch (laxity) {
    case Laxity::kFutureIat:
      return "future_iat";
    case Laxity::kMissingHeaderMembers:
      return "missing_header_members";
    case Laxity::kMissingParameters:
      return "missing_parameters";
    case Laxity::kMissingClaims:
      return "missing_claims";
    case Laxity::kRedirects:
      return "redirects";
    case Laxity::kWhiteSpaceInHeader:
      return "white_space_in_header";
  }
  return "";
}

const StepRule& PolicyProfile::rule(Step step) const {
  for (const auto& rule : rules) {
    if (rule.step == step) return rule;
  }
  constexpr bool kEveryProfileHasEveryStep = false;
  SHAKEDOWN_ASSERT(kEveryProfileHasEveryStep);
  return rules.front();
}

std::span<const PolicyProfile* const> all_profiles() { return kProfiles; }

const PolicyProfile* profile_by_name(std::string_view name) {
  for (const auto* profile : kProfiles) {
    if (profile->name == name) return profile;
  }
  return nullptr;
}

VerificationPolicy policy_for(const PolicyProfile& profile) {
  VerificationPolicy policy;
  policy.profile = &profile;
  policy.accept_diversions = profile.accepts_diversions;
  if (profile.crl_hard_fail) policy.revocation = RevocationFailure::kHard;
  return policy;
}

}  // namespace shakedown::stir

#include "stir/verification/verification_steps.h"

#include <algorithm>
#include <array>

#include "stir/jose/json.h"
#include "stir/passport/diversion.h"

namespace shakedown::stir {
namespace {

using Kind = CheckResult::Kind;

CheckResult holds() { return {}; }

CheckResult violated(std::string detail, int code = 0) {
  return {Kind::kViolated, std::move(detail), code};
}

CheckResult note(std::string detail) { return {Kind::kNote, std::move(detail), 0}; }

// The first of `relevant` that the token has, as a violation.
CheckResult first_defect(const PassportToken& token, PassportDefects relevant) {
  if (const auto defect = (token.defects() & relevant).first()) {
    return violated(std::string(describe(*defect)));
  }
  return holds();
}

constexpr PassportDefects kUnreadableClaims{
    PassportDefect::kNotThreeParts, PassportDefect::kPayloadNotBase64url,
    PassportDefect::kPayloadNotJson, PassportDefect::kPayloadDuplicateMember};

sim::Duration distance(sim::Time a, sim::Time b) { return a < b ? b - a : a - b; }

std::string seconds_text(std::int64_t seconds) { return std::to_string(seconds) + " s"; }

}  // namespace

CheckResult StepChecks::identity_present(const VerificationRun& run) {
  return run.inputs_.identity == nullptr ? violated("no Identity header field") : holds();
}

CheckResult StepChecks::identity_well_formed(const VerificationRun& run) {
  for (const auto defect :
       {IdentityDefect::kTooLong, IdentityDefect::kTokenMissing, IdentityDefect::kTokenCharacter,
        IdentityDefect::kParameterSyntax, IdentityDefect::kDuplicateParameter,
        IdentityDefect::kInfoWithoutBrackets}) {
    if (run.header_.has(defect)) return violated(std::string(to_string(defect)));
  }
  return holds();
}

CheckResult StepChecks::ppt_is_supported(const VerificationRun& run) {
  const auto& ppt = run.header_.ppt;
  if (!ppt) {
    const auto& profile = *run.policy_.profile;
    if (profile.accepts_base_passport || profile.forgives(Laxity::kMissingParameters)) {
      return holds();
    }
    return violated("no ppt parameter");
  }
  if (*ppt == "shaken" || (*ppt == "div" && run.policy_.accept_diversions)) return holds();
  return violated("ppt " + *ppt);
}

CheckResult StepChecks::full_form_is_used(const VerificationRun& run) {
  if (!run.header_.is_compact()) return holds();
  if (run.header_.ppt) return violated("compact form with ppt " + *run.header_.ppt);
  if (!run.policy_.profile->accepts_base_passport) return violated("compact form");
  return run.token_.is_compact() && !run.token_.signing_input().starts_with('.')
             ? holds()
             : violated("compact form, and the call has not what it leaves out");
}

CheckResult StepChecks::info_is_a_uri(const VerificationRun& run) {
  for (const auto defect : {IdentityDefect::kInfoMissing, IdentityDefect::kInfoNotAUri}) {
    if (run.header_.has(defect)) return violated(std::string(to_string(defect)));
  }
  return holds();
}

CheckResult StepChecks::header_well_formed(const VerificationRun& run) {
  PassportDefects relevant{
      PassportDefect::kNotThreeParts,         PassportDefect::kHeaderNotBase64url,
      PassportDefect::kPayloadNotBase64url,   PassportDefect::kHeaderNotJson,
      PassportDefect::kHeaderDuplicateMember, PassportDefect::kPptNotAString,
      PassportDefect::kX5uNotAString,         PassportDefect::kCritPresent};
  if (run.policy_.profile->strict) relevant.add(PassportDefect::kUnusedBitsSet);
  return first_defect(run.token_, relevant);
}

CheckResult StepChecks::header_is_complete(const VerificationRun& run) {
  const auto& profile = *run.policy_.profile;
  if (profile.forgives(Laxity::kMissingHeaderMembers)) return holds();
  if (!profile.accepts_base_passport && !run.token_.has_ppt()) return violated("ppt is missing");
  return first_defect(run.token_, {PassportDefect::kAlgMissing, PassportDefect::kTypMissing,
                                   PassportDefect::kX5uMissing});
}

CheckResult StepChecks::algorithm_is_es256(const VerificationRun& run) {
  return first_defect(run.token_, {PassportDefect::kAlgNotEs256});
}

CheckResult StepChecks::typ_is_passport(const VerificationRun& run) {
  return first_defect(run.token_, {PassportDefect::kTypNotPassport});
}

CheckResult StepChecks::ppt_matches(const VerificationRun& run) {
  const auto& profile = *run.policy_.profile;
  const auto& parameter = run.header_.ppt;
  const std::string& ppt = run.token_.content().ppt;
  if (!parameter && profile.forgives(Laxity::kMissingParameters)) {
    return ppt.empty() || ppt == "shaken" ? holds() : violated("ppt " + ppt);
  }
  if (!run.token_.has_ppt() && profile.forgives(Laxity::kMissingHeaderMembers)) return holds();
  if (parameter.has_value() != run.token_.has_ppt()) {
    return violated(parameter ? "ppt only in the parameter" : "ppt only in the token");
  }
  if (parameter && *parameter != ppt) return violated("ppt " + *parameter + " and " + ppt);
  return holds();
}

CheckResult StepChecks::alg_matches(const VerificationRun& run) {
  std::string_view parameter = "ES256";
  if (run.header_.alg) parameter = *run.header_.alg;
  const std::string& alg = run.token_.content().alg;
  if (alg.empty() || parameter == alg) return holds();
  return violated("alg " + std::string(parameter) + " and " + alg);
}

CheckResult StepChecks::info_matches_x5u(const VerificationRun& run) {
  const auto& content = run.token_.content();
  if (content.x5u.empty() && run.policy_.profile->forgives(Laxity::kMissingHeaderMembers)) {
    return holds();
  }
  return run.header_.info == content.x5u ? holds() : violated("x5u is " + content.x5u);
}

CheckResult StepChecks::claims_well_formed(const VerificationRun& run) {
  const auto& profile = *run.policy_.profile;
  PassportDefects relevant{
      PassportDefect::kPayloadNotJson,     PassportDefect::kPayloadDuplicateMember,
      PassportDefect::kIatMissing,         PassportDefect::kIatNotANumber,
      PassportDefect::kIatOutOfRange,      PassportDefect::kOrigNotAString,
      PassportDefect::kOrigNotOneIdentity, PassportDefect::kOrigNotCanonical,
      PassportDefect::kDestNotArrays,      PassportDefect::kDestEmpty,
      PassportDefect::kDestNotCanonical,   PassportDefect::kOrigidNotAString,
      PassportDefect::kDivInvalid,         PassportDefect::kOptInDiv};
  if (!profile.forgives(Laxity::kMissingClaims)) {
    for (const auto missing : {PassportDefect::kOrigMissing, PassportDefect::kDestMissing,
                               PassportDefect::kAttestMissing, PassportDefect::kOrigidMissing}) {
      relevant.add(missing);
    }
  }
  if (profile.strict) relevant.add(PassportDefect::kIatFraction);
  auto result = first_defect(run.token_, relevant);
  // RFC 8224 §4.1 wants the SDP's key fingerprints in the claim mky; SHAKEN deployments leave it
  // out.
  if (result.kind == Kind::kHolds && run.inputs_.call->has_media_fingerprint &&
      !run.token_.content().claim_as_json("mky")) {
    return note("a=fingerprint in the SDP, but no mky");
  }
  return result;
}

CheckResult StepChecks::attest_is_valid(const VerificationRun& run) {
  return first_defect(run.token_, {PassportDefect::kAttestInvalid});
}

CheckResult StepChecks::origid_is_uuid(const VerificationRun& run) {
  return first_defect(run.token_, {PassportDefect::kOrigidNotUuid});
}

CheckResult StepChecks::passport_is_canonical(const VerificationRun& run) {
  return first_defect(run.token_,
                      {PassportDefect::kHeaderNotCanonical, PassportDefect::kPayloadNotCanonical,
                       PassportDefect::kDestNotSorted, PassportDefect::kUnusedBitsSet,
                       PassportDefect::kIatFraction});
}

CheckResult StepChecks::date_is_well_formed(const VerificationRun& run) {
  return run.inputs_.call->date_is_malformed ? violated("Date cannot be read") : holds();
}

CheckResult StepChecks::date_is_fresh(const VerificationRun& run) {
  const auto& date = run.inputs_.call->date;
  if (!date) return run.inputs_.call->date_is_malformed ? holds() : note("no Date");
  const auto off = distance(*date, run.inputs_.received_at);
  if (off <= run.policy_.date_freshness) return holds();
  return violated("Date is off by " + sim::format_duration(off));
}

CheckResult StepChecks::iat_is_fresh(const VerificationRun& run) {
  // iat counts whole seconds, so the age does, too: exactly 60 s old is fresh.
  const std::int64_t now = sim::unix_seconds(run.inputs_.received_at);
  const std::int64_t window =
      std::chrono::duration_cast<std::chrono::seconds>(run.policy_.freshness).count();
  const std::int64_t age = now - run.token_.content().iat;
  if (age > window) return violated("iat is " + seconds_text(age) + " old");
  if (-age > window && !run.policy_.profile->forgives(Laxity::kFutureIat)) {
    return violated("iat is " + seconds_text(-age) + " in the future");
  }
  return holds();
}

CheckResult StepChecks::orig_matches(const VerificationRun& run) {
  const auto& call = *run.inputs_.call;
  const auto& orig = run.token_.content().orig;
  if (call.orig_source == SipCall::OrigSource::kNone) return violated("the call names no caller");
  if (orig.value.empty() && run.policy_.profile->forgives(Laxity::kMissingClaims)) return holds();
  if (orig == call.orig) return holds();
  const bool asserted = call.orig_source == SipCall::OrigSource::kPAssertedIdentity;
  return violated("orig is " + orig.value + (asserted ? ", P-Asserted-Identity " : ", From ") +
                  call.orig.value);
}

bool StepChecks::names_called_party(const VerificationRun& run) {
  const auto& call = *run.inputs_.call;
  const auto& content = run.token_.content();
  const auto names = [&content](const Party& party) {
    const auto& values = party.is_telephone_number() ? content.dest_tn : content.dest_uri;
    return std::find(values.begin(), values.end(), party.value) != values.end();
  };
  if (run.policy_.profile->dest_must_be_equal) {
    const auto same = [](const std::string& tn, const Party& party) {
      return party.is_telephone_number() && party.value == tn;
    };
    return std::equal(content.dest_tn.begin(), content.dest_tn.end(), call.dest.begin(),
                      call.dest.end(), same);
  }
  if (run.policy_.dest == DestPolicy::kToOrRequestTarget && call.request_target &&
      names(*call.request_target)) {
    return true;
  }
  return !call.dest.empty() && std::all_of(call.dest.begin(), call.dest.end(), names);
}

bool StepChecks::relies_on_diversions(const VerificationRun& run) {
  const auto& content = run.token_.content();
  if (!run.policy_.accept_diversions || content.div || names_called_party(run)) return false;
  return follow_diversions(content, run.inputs_.passports, *run.inputs_.call).ok;
}

CheckResult StepChecks::dest_matches(const VerificationRun& run) {
  const auto& content = run.token_.content();
  if (content.dest_tn.empty() && content.dest_uri.empty() &&
      run.policy_.profile->forgives(Laxity::kMissingClaims)) {
    return holds();
  }
  if (content.div) {
    const auto chain = chain_of_diversion(content, run.inputs_.passports, *run.inputs_.call);
    return chain.ok ? holds() : violated(std::string(chain.error));
  }
  if (names_called_party(run)) return holds();
  const auto& passports = run.inputs_.passports;
  const bool any_diversion =
      std::any_of(passports.begin(), passports.end(),
                  [](const Passport& other) { return other.div.has_value(); });
  if (run.policy_.accept_diversions && any_diversion) {
    const auto chain = follow_diversions(content, passports, *run.inputs_.call);
    if (chain.ok) return note("retargeted, see div");
    return violated(std::string(chain.error));
  }
  const std::string called =
      run.inputs_.call->dest.empty() ? "nobody" : run.inputs_.call->dest.front().value;
  const std::string dest = !content.dest_tn.empty()    ? content.dest_tn.front()
                           : !content.dest_uri.empty() ? content.dest_uri.front()
                                                       : "nobody";
  return violated("dest is " + dest + ", called is " + called);
}

CheckResult StepChecks::x5u_url_is_allowed(const VerificationRun& run) {
  auto objection = url_objection(*run.header_.info,
                                 {.allow_private_addresses = run.policy_.allow_private_addresses,
                                  .own_port = run.policy_.own_port});
  return objection ? violated(*std::move(objection)) : holds();
}

CheckResult StepChecks::certificate_fetched(const VerificationRun& run) {
  return run.certificate_.outcome == FetchOutcome::kFetched ? holds()
                                                            : violated(run.certificate_.detail);
}

CheckResult StepChecks::certificate_parses(const VerificationRun& run) {
  const auto& answer = run.certificate_;
  constexpr int kNotHad = 436;  // No credential was acquired, whatever the body is.
  switch (answer.body_defect) {
    case BodyDefect::kNone:
      break;
    case BodyDefect::kNotPem:
    case BodyDefect::kPrivateKey:
    case BodyDefect::kTooLarge:
      return violated(answer.detail, kNotHad);
    case BodyDefect::kTooManyCertificates:
    case BodyDefect::kMalformed:
      return violated(answer.detail);
  }
  if (!answer.chain) return violated("no certificate", kNotHad);
  if (answer.chain->notes.empty()) return holds();
  const std::string& first = answer.chain->notes.front();
  return run.policy_.profile->strict ? violated(first, kNotHad) : note(first);
}

CheckResult StepChecks::chain_is_trusted(const VerificationRun& run) {
  const auto& verdict = *run.chain_verdict_;
  if (verdict.ok) return holds();
  std::string detail(verdict.failed_rule);
  if (!verdict.detail.empty()) detail += ": " + verdict.detail;
  return violated(std::move(detail), verdict.code == 437 ? 0 : verdict.code);
}

CheckResult StepChecks::certificate_profile(const VerificationRun& run) {
  const ProfileFinding* lint = nullptr;
  for (const auto& finding : run.chain_verdict_->findings) {
    if (finding.rule->severity == Severity::kError) {
      return violated(std::string(finding.rule->id) + ": " + finding.detail);
    }
    if (finding.rule->severity == Severity::kLint && lint == nullptr) lint = &finding;
  }
  if (lint == nullptr) return holds();
  std::string detail = std::string(lint->rule->id) + ": " + lint->detail;
  return run.policy_.profile->strict ? violated(std::move(detail)) : note(std::move(detail));
}

CheckResult StepChecks::spc_is_present(const VerificationRun& run) {
  const auto& verdict = *run.chain_verdict_;
  if (run.token_.content().is_base() || verdict.scope.has_spc()) return holds();
  if (verdict.is_delegate) return violated("a delegate certificate signed a shaken PASSporT");
  if (run.policy_.profile->spc_required) return violated("the TNAuthList has no provider code");
  return note("the TNAuthList has no provider code");
}

CheckResult StepChecks::claim_constraints_hold(const VerificationRun& run) {
  const auto& constraints = run.chain_verdict_->constraints;
  if (!constraints) return holds();
  auto violation = constraint_violation(run.token_.content(), *constraints);
  return violation ? violated(*std::move(violation)) : holds();
}

CheckResult StepChecks::orig_is_covered(const VerificationRun& run) {
  const auto& content = run.token_.content();
  // A div PASSporT speaks for the diverting number (RFC 8946 §3).
  const Party& party = content.div ? *content.div : content.orig;
  if (!run.chain_verdict_->has_tn_auth_list) return holds();  // The profile step says so.
  if (!party.is_telephone_number()) return note("orig is no number");
  const auto* authority = run.policy_.number_authority == NumberAuthorityMode::kDatabase
                              ? run.inputs_.number_authority
                              : nullptr;
  constexpr int kCredential = 437;
  switch (coverage(run.chain_verdict_->scope, party.value, run.policy_.mixed_list, authority)) {
    case Coverage::kByNumber:
    case Coverage::kBySpc:
      return holds();
    case Coverage::kOutside:
      return violated(party.value + " is outside " + run.chain_verdict_->scope.text());
    case Coverage::kNotTheProviders:
      return violated(party.value + " belongs to another provider than " +
                      run.chain_verdict_->scope.text());
    case Coverage::kMixedListRefused:
      return violated("provider code and numbers in one list", kCredential);
  }
  return holds();
}

CheckResult StepChecks::not_revoked(const VerificationRun& run) {
  const auto& answer = *run.revocation_;
  const std::string which = answer.position == 0 ? "leaf: " : "issuer: ";
  switch (answer.state) {
    case RevocationState::kGood:
      return holds();
    case RevocationState::kRevoked:
      return violated(which + answer.detail);
    case RevocationState::kUndetermined:
      break;
  }
  if (run.policy_.revocation == RevocationFailure::kHard) {
    return violated("undetermined: " + answer.detail);
  }
  return note("undetermined: " + answer.detail);
}

CheckResult StepChecks::signed_within_validity(const VerificationRun& run) {
  const auto signed_at = sim::from_unix_seconds(run.token_.content().iat);
  const auto& verdict = *run.chain_verdict_;
  if (signed_at < verdict.valid_from) return violated("iat is before notBefore");
  if (signed_at > verdict.valid_until) return violated("iat is after notAfter");
  return holds();
}

CheckResult StepChecks::signature_verifies(const VerificationRun& run) {
  auto defect = first_defect(
      run.token_, {PassportDefect::kSignatureEmpty, PassportDefect::kSignatureNotBase64url,
                   PassportDefect::kSignatureWrongLength});
  if (defect.kind != Kind::kHolds) return defect;
  if (!run.chain_verdict_->signer()) return violated("the certificate has no P-256 key", 437);
  return *run.signature_verifies_ ? holds()
                                  : violated("signature over other octets or by another key");
}

CheckResult StepChecks::not_replayed(const VerificationRun& run) {
  return *run.seen_before_ ? violated("seen before") : holds();
}

// In the order of the enumeration.
struct StepChecks::Row {
  Check check;
  Local local;
  External external;
};

const StepChecks::Row& StepChecks::row(Step step) {
  using L = Local;
  using E = External;
  static constexpr std::array<Row, kSteps> kRows{{
      {identity_present, L::kNothing, E::kNothing},
      {identity_well_formed, L::kIdentity, E::kNothing},
      {ppt_is_supported, L::kIdentity, E::kNothing},
      {full_form_is_used, L::kIdentity, E::kNothing},
      {info_is_a_uri, L::kIdentity, E::kNothing},
      {header_well_formed, L::kIdentity, E::kNothing},
      {header_is_complete, L::kHeader, E::kNothing},
      {algorithm_is_es256, L::kHeader, E::kNothing},
      {typ_is_passport, L::kHeader, E::kNothing},
      {ppt_matches, L::kHeader, E::kNothing},
      {alg_matches, L::kHeader, E::kNothing},
      {info_matches_x5u, L::kHeader, E::kNothing},
      {claims_well_formed, L::kIdentity, E::kNothing},
      {attest_is_valid, L::kClaims, E::kNothing},
      {origid_is_uuid, L::kClaims, E::kNothing},
      {passport_is_canonical, L::kClaims, E::kNothing},
      {date_is_well_formed, L::kNothing, E::kNothing},
      {date_is_fresh, L::kNothing, E::kNothing},
      {iat_is_fresh, L::kClaims, E::kNothing},
      {orig_matches, L::kClaims, E::kNothing},
      {dest_matches, L::kClaims, E::kNothing},
      {x5u_url_is_allowed, L::kIdentity, E::kNothing},
      {certificate_fetched, L::kIdentity, E::kCertificate},
      {certificate_parses, L::kIdentity, E::kCertificate},
      {chain_is_trusted, L::kIdentity, E::kChainVerdict},
      {certificate_profile, L::kIdentity, E::kChainVerdict},
      {spc_is_present, L::kHeader, E::kTrustedChain},
      {claim_constraints_hold, L::kClaims, E::kChainVerdict},
      {orig_is_covered, L::kClaims, E::kChainVerdict},
      {not_revoked, L::kIdentity, E::kRevocation},
      {signed_within_validity, L::kClaims, E::kTrustedChain},
      {signature_verifies, L::kHeader, E::kSignature},
      {not_replayed, L::kIdentity, E::kReplay},
  }};
  return kRows[static_cast<std::size_t>(step)];
}

bool StepChecks::has_local_input(const VerificationRun& run, Step step) {
  const bool identity = run.inputs_.identity != nullptr;
  switch (row(step).local) {
    case Local::kNothing:
      return true;
    case Local::kIdentity:
      // info can be judged only if there is one.
      return identity && (step != Step::kX5uUrlIsAllowed || run.header_.info);
    case Local::kHeader:
      return identity && (run.token_.defects() & kUnreadablePassportHeader).empty() &&
             !run.token_.signing_input().starts_with('.');
    case Local::kClaims:
      return identity && (run.token_.defects() & kUnreadableClaims).empty() &&
             !run.token_.signing_input().starts_with('.');
  }
  return false;
}

StepChecks::External StepChecks::external_input(Step step) { return row(step).external; }

CheckResult StepChecks::check(const VerificationRun& run, Step step) {
  return row(step).check(run);
}

std::optional<std::string> constraint_violation(const Passport& passport,
                                                const crypto::JwtClaimConstraints& constraints) {
  for (const auto& claim : constraints.must_include) {
    if (!passport.claim_as_json(claim)) return "claim " + claim + " is missing";
  }
  for (const auto& permitted : constraints.permitted_values) {
    const auto value = passport.claim_as_json(permitted.claim);
    if (!value) continue;
    // The permitted value of a string claim is its text; of an object its canonical JSON. Strings
    // with their quotes are met, too.
    const auto is_value = [&](const std::string& allowed) {
      std::string quoted;
      append_json_string(quoted, allowed);
      return *value == allowed || *value == quoted;
    };
    if (std::none_of(permitted.values.begin(), permitted.values.end(), is_value)) {
      return "claim " + permitted.claim + " may not be " + *value;
    }
  }
  for (const auto& claim : constraints.must_exclude) {
    if (passport.claim_as_json(claim)) return "claim " + claim + " is forbidden";
  }
  return std::nullopt;
}

}  // namespace shakedown::stir

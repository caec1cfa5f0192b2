#include "stir/verification/verification_steps.h"

#include <algorithm>
#include <array>

#include "stir/jose/json.h"
#include "stir/passport/diversion.h"

namespace shakedown::stir {
namespace {

using Kind = CheckResult::Kind;

CheckResult holds() { return {}; }

CheckResult violated(std::string detail, Violation violation = Violation::kUsual) {
  return {Kind::kViolated, std::move(detail), violation};
}

CheckResult note(std::string detail) { return {Kind::kNote, std::move(detail)}; }

// The first of `relevant` that the token has, as a violation.
CheckResult first_defect(const PassportToken& token, PassportDefects relevant) {
  if (const auto defect = (token.defects() & relevant).first()) {
    return violated(std::string(describe(*defect)));
  }
  return holds();
}

sim::Duration distance(sim::Time a, sim::Time b) { return a < b ? b - a : a - b; }

std::string seconds_text(std::int64_t seconds) { return std::to_string(seconds) + " s"; }

CheckResult identity_present(const Evidence& of) {
  return of.inputs.identity == nullptr ? violated("no Identity header field") : holds();
}

CheckResult identity_well_formed(const Evidence& of) {
  for (const auto defect :
       {IdentityDefect::kTooLong, IdentityDefect::kTokenMissing, IdentityDefect::kTokenCharacter,
        IdentityDefect::kParameterSyntax, IdentityDefect::kDuplicateParameter,
        IdentityDefect::kInfoWithoutBrackets}) {
    if (of.header.has(defect)) return violated(std::string(to_string(defect)));
  }
  return holds();
}

CheckResult ppt_is_supported(const Evidence& of) {
  const auto& ppt = of.header.ppt;
  if (!ppt) {
    const auto& profile = *of.policy.profile;
    if (profile.accepts_base_passport || profile.forgives(Laxity::kMissingParameters)) {
      return holds();
    }
    return violated("no ppt parameter");
  }
  if (*ppt == "shaken" || (*ppt == "div" && of.policy.accept_diversions)) return holds();
  return violated("ppt " + *ppt);
}

CheckResult full_form_is_used(const Evidence& of) {
  if (!of.header.is_compact()) return holds();
  if (of.header.ppt) return violated("compact form with ppt " + *of.header.ppt);
  if (!of.policy.profile->accepts_base_passport) return violated("compact form");
  return of.token.is_compact() && !of.token.signing_input().starts_with('.')
             ? holds()
             : violated("compact form, and the call has not what it leaves out");
}

CheckResult info_is_a_uri(const Evidence& of) {
  for (const auto defect : {IdentityDefect::kInfoMissing, IdentityDefect::kInfoNotAUri}) {
    if (of.header.has(defect)) return violated(std::string(to_string(defect)));
  }
  return holds();
}

CheckResult header_well_formed(const Evidence& of) {
  PassportDefects relevant{
      PassportDefect::kNotThreeParts,         PassportDefect::kHeaderNotBase64url,
      PassportDefect::kPayloadNotBase64url,   PassportDefect::kHeaderNotJson,
      PassportDefect::kHeaderDuplicateMember, PassportDefect::kPptNotAString,
      PassportDefect::kX5uNotAString,         PassportDefect::kCritPresent};
  if (of.policy.profile->strict) relevant.add(PassportDefect::kUnusedBitsSet);
  return first_defect(of.token, relevant);
}

CheckResult header_is_complete(const Evidence& of) {
  const auto& profile = *of.policy.profile;
  if (profile.forgives(Laxity::kMissingHeaderMembers)) return holds();
  if (!profile.accepts_base_passport && !of.token.has_ppt()) return violated("ppt is missing");
  return first_defect(of.token, {PassportDefect::kAlgMissing, PassportDefect::kTypMissing,
                                 PassportDefect::kX5uMissing});
}

CheckResult algorithm_is_es256(const Evidence& of) {
  return first_defect(of.token, {PassportDefect::kAlgNotEs256});
}

CheckResult typ_is_passport(const Evidence& of) {
  return first_defect(of.token, {PassportDefect::kTypNotPassport});
}

CheckResult ppt_matches(const Evidence& of) {
  const auto& profile = *of.policy.profile;
  const auto& parameter = of.header.ppt;
  const std::string& ppt = of.token.content().ppt;
  if (!parameter && profile.forgives(Laxity::kMissingParameters)) {
    return ppt.empty() || ppt == "shaken" ? holds() : violated("ppt " + ppt);
  }
  if (!of.token.has_ppt() && profile.forgives(Laxity::kMissingHeaderMembers)) return holds();
  if (parameter.has_value() != of.token.has_ppt()) {
    return violated(parameter ? "ppt only in the parameter" : "ppt only in the token");
  }
  if (parameter && *parameter != ppt) return violated("ppt " + *parameter + " and " + ppt);
  return holds();
}

CheckResult alg_matches(const Evidence& of) {
  std::string_view parameter = "ES256";
  if (of.header.alg) parameter = *of.header.alg;
  const std::string& alg = of.token.content().alg;
  if (alg.empty() || parameter == alg) return holds();
  return violated("alg " + std::string(parameter) + " and " + alg);
}

CheckResult info_matches_x5u(const Evidence& of) {
  const auto& content = of.token.content();
  if (content.x5u.empty() && of.policy.profile->forgives(Laxity::kMissingHeaderMembers)) {
    return holds();
  }
  return of.header.info == content.x5u ? holds() : violated("x5u is " + content.x5u);
}

CheckResult claims_well_formed(const Evidence& of) {
  const auto& profile = *of.policy.profile;
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
  auto result = first_defect(of.token, relevant);
  // RFC 8224 §4.1 wants the SDP's key fingerprints in the claim mky; SHAKEN deployments leave it
  // out.
  if (result.kind == Kind::kHolds && of.inputs.call->has_media_fingerprint &&
      !of.token.content().claim_as_json("mky")) {
    return note("a=fingerprint in the SDP, but no mky");
  }
  return result;
}

CheckResult attest_is_valid(const Evidence& of) {
  return first_defect(of.token, {PassportDefect::kAttestInvalid});
}

CheckResult origid_is_uuid(const Evidence& of) {
  return first_defect(of.token, {PassportDefect::kOrigidNotUuid});
}

CheckResult passport_is_canonical(const Evidence& of) {
  return first_defect(of.token,
                      {PassportDefect::kHeaderNotCanonical, PassportDefect::kPayloadNotCanonical,
                       PassportDefect::kDestNotSorted, PassportDefect::kUnusedBitsSet,
                       PassportDefect::kIatFraction});
}

CheckResult date_is_well_formed(const Evidence& of) {
  return of.inputs.call->date_is_malformed ? violated("Date cannot be read") : holds();
}

CheckResult date_is_fresh(const Evidence& of) {
  const auto& date = of.inputs.call->date;
  if (!date) return of.inputs.call->date_is_malformed ? holds() : note("no Date");
  const auto off = distance(*date, of.inputs.received_at);
  if (off <= of.policy.date_freshness) return holds();
  return violated("Date is off by " + sim::format_duration(off));
}

CheckResult iat_is_fresh(const Evidence& of) {
  // iat counts whole seconds, so the age does, too: exactly 60 s old is fresh.
  const std::int64_t now = sim::unix_seconds(of.inputs.received_at);
  const std::int64_t window =
      std::chrono::duration_cast<std::chrono::seconds>(of.policy.freshness).count();
  const std::int64_t age = now - of.token.content().iat;
  if (age > window) return violated("iat is " + seconds_text(age) + " old");
  if (-age > window && !of.policy.profile->forgives(Laxity::kFutureIat)) {
    return violated("iat is " + seconds_text(-age) + " in the future");
  }
  return holds();
}

// Who signs may take iat from a clock of its own (RFC 8224 §4.1), which is accurate to a minute, as
// Date is (§6.1 step 3).
CheckResult iat_matches_date(const Evidence& of) {
  constexpr std::int64_t kMinute = 60;
  const auto& date = of.inputs.call->date;
  if (!date) return holds();  // date_is_fresh says so.
  const std::int64_t apart = of.token.content().iat - sim::unix_seconds(*date);
  if (-kMinute <= apart && apart <= kMinute) return holds();
  return violated("iat is " + seconds_text(apart < 0 ? -apart : apart) +
                  (apart < 0 ? " before Date" : " after Date"));
}

CheckResult orig_matches(const Evidence& of) {
  const auto& call = *of.inputs.call;
  const auto& orig = of.token.content().orig;
  if (call.orig_source == SipCall::OrigSource::kNone) return violated("the call names no caller");
  if (orig.value.empty() && of.policy.profile->forgives(Laxity::kMissingClaims)) return holds();
  if (orig == call.orig) return holds();
  const bool asserted = call.orig_source == SipCall::OrigSource::kPAssertedIdentity;
  return violated("orig is " + orig.value + (asserted ? ", P-Asserted-Identity " : ", From ") +
                  call.orig.value);
}

bool names_called_party(const Evidence& of) {
  const auto& call = *of.inputs.call;
  const auto& content = of.token.content();
  const auto names = [&content](const Party& party) {
    const auto& values = party.is_telephone_number() ? content.dest_tn : content.dest_uri;
    return std::find(values.begin(), values.end(), party.value) != values.end();
  };
  if (of.policy.profile->dest_must_be_equal) {
    const auto same = [](const std::string& tn, const Party& party) {
      return party.is_telephone_number() && party.value == tn;
    };
    return std::equal(content.dest_tn.begin(), content.dest_tn.end(), call.dest.begin(),
                      call.dest.end(), same);
  }
  if (of.policy.dest == DestPolicy::kToOrRequestTarget && call.request_target &&
      names(*call.request_target)) {
    return true;
  }
  return !call.dest.empty() && std::all_of(call.dest.begin(), call.dest.end(), names);
}

CheckResult dest_matches(const Evidence& of) {
  const auto& content = of.token.content();
  if (content.dest_tn.empty() && content.dest_uri.empty() &&
      of.policy.profile->forgives(Laxity::kMissingClaims)) {
    return holds();
  }
  if (content.div) {
    const auto chain = chain_of_diversion(content, of.inputs.passports, *of.inputs.call);
    return chain.ok ? holds() : violated(std::string(chain.error));
  }
  if (names_called_party(of)) return holds();
  const auto& passports = of.inputs.passports;
  const bool any_diversion =
      std::any_of(passports.begin(), passports.end(),
                  [](const Passport& other) { return other.div.has_value(); });
  if (of.policy.accept_diversions && any_diversion) {
    const auto chain = follow_diversions(content, passports, *of.inputs.call);
    if (!chain.ok) return violated(std::string(chain.error));
    auto result = note("retargeted, see div");
    result.relies_on_diversions = true;
    return result;
  }
  const std::string called =
      of.inputs.call->dest.empty() ? "nobody" : of.inputs.call->dest.front().value;
  const std::string dest = !content.dest_tn.empty()    ? content.dest_tn.front()
                           : !content.dest_uri.empty() ? content.dest_uri.front()
                                                       : "nobody";
  return violated("dest is " + dest + ", called is " + called);
}

CheckResult x5u_url_is_allowed(const Evidence& of) {
  auto objection =
      url_objection(*of.header.info, {.allow_private_addresses = of.policy.allow_private_addresses,
                                      .own_port = of.policy.own_port});
  if (!objection) return holds();
  auto result = violated(*std::move(objection));
  result.forbids_fetching = true;
  return result;
}

CheckResult certificate_fetched(const Evidence& of) {
  return of.certificate.outcome == FetchOutcome::kFetched ? holds()
                                                          : violated(of.certificate.detail);
}

CheckResult certificate_parses(const Evidence& of) {
  const auto& answer = of.certificate;
  // No credential was acquired, whatever the body is.
  constexpr auto kNotAcquired = Violation::kNotAcquired;
  switch (answer.body_defect) {
    case BodyDefect::kNone:
      break;
    case BodyDefect::kNotPem:
    case BodyDefect::kPrivateKey:
    case BodyDefect::kTooLarge:
      return violated(answer.detail, kNotAcquired);
    case BodyDefect::kTooManyCertificates:
    case BodyDefect::kMalformed:
      return violated(answer.detail);
  }
  if (!answer.chain) return violated("no certificate", kNotAcquired);
  if (answer.chain->notes.empty()) return holds();
  const std::string& first = answer.chain->notes.front();
  return of.policy.profile->strict ? violated(first, kNotAcquired) : note(first);
}

CheckResult chain_is_trusted(const Evidence& of) {
  const auto& verdict = *of.chain_verdict;
  if (verdict.ok) return holds();
  std::string detail(verdict.failed_rule);
  if (!verdict.detail.empty()) detail += ": " + verdict.detail;
  return violated(std::move(detail),
                  verdict.is_incomplete ? Violation::kNotAcquired : Violation::kUsual);
}

CheckResult certificate_profile(const Evidence& of) {
  const ProfileFinding* lint = nullptr;
  for (const auto& finding : of.chain_verdict->findings) {
    if (finding.rule->severity == Severity::kError) {
      return violated(std::string(finding.rule->id) + ": " + finding.detail);
    }
    if (finding.rule->severity == Severity::kLint && lint == nullptr) lint = &finding;
  }
  if (lint == nullptr) return holds();
  std::string detail = std::string(lint->rule->id) + ": " + lint->detail;
  return of.policy.profile->strict ? violated(std::move(detail)) : note(std::move(detail));
}

CheckResult spc_is_present(const Evidence& of) {
  const auto& verdict = *of.chain_verdict;
  if (of.token.content().is_base() || verdict.scope.has_spc()) return holds();
  if (verdict.is_delegate) return violated("a delegate certificate signed a shaken PASSporT");
  if (of.policy.profile->spc_required) return violated("the TNAuthList has no provider code");
  return note("the TNAuthList has no provider code");
}

// RFC 8226 §8, RFC 9118 §3-§4: why the claims violate the constraints; nullopt if they do not.
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

CheckResult claim_constraints_hold(const Evidence& of) {
  const auto& constraints = of.chain_verdict->constraints;
  if (!constraints) return holds();
  auto violation = constraint_violation(of.token.content(), *constraints);
  return violation ? violated(*std::move(violation)) : holds();
}

CheckResult orig_is_covered(const Evidence& of) {
  const auto& content = of.token.content();
  // A div PASSporT speaks for the diverting number (RFC 8946 §3).
  const Party& party = content.div ? *content.div : content.orig;
  if (!of.chain_verdict->has_tn_auth_list) return holds();  // The profile step says so.
  if (!party.is_telephone_number()) return note("orig is no number");
  const auto* authority = of.policy.number_authority == NumberAuthorityMode::kDatabase
                              ? of.inputs.number_authority
                              : nullptr;
  switch (coverage(of.chain_verdict->scope, party.value, of.policy.mixed_list, authority)) {
    case Coverage::kByNumber:
    case Coverage::kBySpc:
      return holds();
    case Coverage::kOutside:
      return violated(party.value + " is outside " + of.chain_verdict->scope.text());
    case Coverage::kNotTheProviders:
      return violated(party.value + " belongs to another provider than " +
                      of.chain_verdict->scope.text());
    case Coverage::kMixedListRefused:
      return violated("provider code and numbers in one list", Violation::kNotSupported);
  }
  return holds();
}

CheckResult not_revoked(const Evidence& of) {
  const auto& answer = *of.revocation;
  const std::string which = answer.position == 0 ? "leaf: " : "issuer: ";
  switch (answer.state) {
    case RevocationState::kGood:
      return holds();
    case RevocationState::kRevoked:
      return violated(which + answer.detail);
    case RevocationState::kUndetermined:
      break;
  }
  if (of.policy.revocation == RevocationFailure::kHard) {
    return violated("undetermined: " + answer.detail);
  }
  return note("undetermined: " + answer.detail);
}

CheckResult signed_within_validity(const Evidence& of) {
  const auto signed_at = sim::from_unix_seconds(of.token.content().iat);
  const auto& verdict = *of.chain_verdict;
  if (signed_at < verdict.valid_from) return violated("iat is before notBefore");
  if (signed_at > verdict.valid_until) return violated("iat is after notAfter");
  return holds();
}

CheckResult signature_verifies(const Evidence& of) {
  auto defect = first_defect(
      of.token, {PassportDefect::kSignatureEmpty, PassportDefect::kSignatureNotBase64url,
                 PassportDefect::kSignatureWrongLength});
  if (defect.kind != Kind::kHolds) return defect;
  if (!of.chain_verdict->signer()) {
    return violated("the certificate has no P-256 key", Violation::kNotSupported);
  }
  return *of.signature_verifies ? holds()
                                : violated("signature over other octets or by another key");
}

CheckResult not_replayed(const Evidence& of) {
  return *of.seen_before ? violated("seen before") : holds();
}

// A row for each step: what it is called and asks, where that is written; what it reads, and what
// has to be had first; its check.
constexpr auto kRows = std::to_array<StepRow>({
    {Step::kIdentityPresent, "identity_present", "Is there an Identity header field?",
     "RFC 8224 §6.2.2", Reads::kNothing, identity_present},
    {Step::kIdentityWellFormed, "identity_well_formed", "Does the Identity header field parse?",
     "RFC 8224 §4", Reads::kIdentity, identity_well_formed},
    {Step::kPptIsSupported, "ppt_is_supported", "Is this kind of PASSporT one we verify?",
     "RFC 8224 §6.2 step 1", Reads::kIdentity, ppt_is_supported},
    {Step::kFullFormIsUsed, "full_form_is_used",
     "Is the compact form avoided where it is not allowed?", "RFC 8588 §3", Reads::kIdentity,
     full_form_is_used},
    {Step::kInfoIsAUri, "info_is_a_uri", "Does info name where the certificate is?", "RFC 8224 §4",
     Reads::kIdentity, info_is_a_uri},
    {Step::kHeaderWellFormed, "passport_header_well_formed", "Is the JOSE header well-formed?",
     "RFC 7515 §5.2", Reads::kIdentity, header_well_formed},
    {Step::kHeaderIsComplete, "passport_header_complete", "Are alg, typ and x5u there?",
     "RFC 8225 §4", Reads::kHeader, header_is_complete},
    {Step::kAlgorithmIsEs256, "algorithm_is_es256", "Is alg ES256?", "RFC 8225 §4.2",
     Reads::kHeader, algorithm_is_es256},
    {Step::kTypIsPassport, "typ_is_passport", "Is typ passport?", "RFC 8225 §4.1", Reads::kHeader,
     typ_is_passport},
    {Step::kPptMatches, "ppt_matches", "Is ppt the same in token and parameter?", "RFC 8224 §4.1",
     Reads::kHeader, ppt_matches},
    {Step::kAlgMatches, "alg_matches", "Is alg the same in token and parameter?", "RFC 8224 §4.1",
     Reads::kHeader, alg_matches},
    {Step::kInfoMatchesX5u, "info_matches_x5u", "Is info the same as x5u, octet for octet?",
     "RFC 8224 §4.1", Reads::kHeader, info_matches_x5u},
    {Step::kClaimsWellFormed, "claims_well_formed", "Are all claims there, with the right types?",
     "RFC 8225 §5", Reads::kIdentity, claims_well_formed},
    {Step::kAttestIsValid, "attest_is_valid", "Is attest A, B or C?", "RFC 8588 §4", Reads::kClaims,
     attest_is_valid},
    {Step::kOrigidIsUuid, "origid_is_uuid", "Is origid a UUID?", "RFC 8588 §5", Reads::kClaims,
     origid_is_uuid},
    {Step::kPassportIsCanonical, "passport_is_canonical", "Is the JSON in canonical form?",
     "RFC 8225 §9", Reads::kClaims, passport_is_canonical},
    {Step::kDateIsWellFormed, "date_is_well_formed", "Can the Date header field be read?",
     "RFC 3261 §20.17", Reads::kNothing, date_is_well_formed},
    {Step::kDateIsFresh, "date_is_fresh", "Is Date within the freshness window?",
     "RFC 8224 §6.2 step 4", Reads::kNothing, date_is_fresh},
    {Step::kIatIsFresh, "iat_is_fresh", "Is iat within the freshness window?",
     "RFC 8224 §6.2 step 4", Reads::kClaims, iat_is_fresh},
    {Step::kIatMatchesDate, "iat_matches_date", "Do iat and Date agree to a minute?",
     "RFC 8224 §6.2 step 4", Reads::kClaims, iat_matches_date},
    {Step::kOrigMatches, "orig_matches", "Is orig who the signalling says calls?",
     "RFC 8224 §6.2.4", Reads::kClaims, orig_matches},
    {Step::kDestMatches, "dest_matches", "Is dest who is called?", "RFC 8224 §12.1", Reads::kClaims,
     dest_matches},
    {Step::kX5uUrlIsAllowed, "x5u_url_is_allowed", "May this URL be dereferenced?",
     "ATIS-1000074 §5.3.1", Reads::kInfo, x5u_url_is_allowed},
    {Step::kCertificateFetched, "certificate_fetched", "Was the certificate had?",
     "RFC 8224 §6.2 step 3", Reads::kIdentity, certificate_fetched, Awaits::kCertificate},
    {Step::kCertificateParses, "certificate_parses", "Is the body a certificate chain?",
     "RFC 8555 §9.1", Reads::kIdentity, certificate_parses, Awaits::kCertificate},
    {Step::kChainIsTrusted, "chain_is_trusted", "Does the path end at a trusted STI-CA root?",
     "RFC 5280 §6.1", Reads::kIdentity, chain_is_trusted, Awaits::kChainVerdict},
    {Step::kCertificateProfile, "certificate_profile", "Do the certificates follow the profile?",
     "ATIS-1000080 §6.4.1", Reads::kIdentity, certificate_profile, Awaits::kChainVerdict},
    {Step::kSpcIsPresent, "spc_is_present", "Does the leaf name a provider?", "ATIS-1000080 §6.4.1",
     Reads::kHeader, spc_is_present, Awaits::kTrustedChain},
    {Step::kClaimConstraintsHold, "claim_constraints_hold", "Do the claims obey the certificate?",
     "RFC 8226 §8", Reads::kClaims, claim_constraints_hold, Awaits::kChainVerdict},
    {Step::kOrigIsCovered, "orig_is_covered", "May this certificate sign for the number?",
     "RFC 8226 §9", Reads::kClaims, orig_is_covered, Awaits::kChainVerdict},
    {Step::kNotRevoked, "not_revoked", "Is no certificate of the path revoked?", "RFC 5280 §6.3.3",
     Reads::kIdentity, not_revoked, Awaits::kRevocation, &VerificationPolicy::check_revocation},
    {Step::kSignedWithinValidity, "signed_within_validity",
     "Was the call signed while the path was valid?", "RFC 8224 §6.2 step 4", Reads::kClaims,
     signed_within_validity, Awaits::kTrustedChain},
    {Step::kSignatureVerifies, "signature_verifies", "Does the signature verify?",
     "RFC 8224 §6.2 step 5", Reads::kHeader, signature_verifies, Awaits::kSignature},
    {Step::kNotReplayed, "not_replayed", "Has this PASSporT not been seen before?",
     "RFC 8224 §12.1", Reads::kIdentity, not_replayed, Awaits::kReplay,
     &VerificationPolicy::check_replay},
});

// Where the row of each step stands. A step without a row, or with two, does not compile.
constexpr auto kRowOfStep = [] {
  static_assert(kRows.size() == kSteps, "a step has no row");
  std::array<std::size_t, kSteps> places{};
  places.fill(kSteps);
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    places.at(static_cast<std::size_t>(kRows.at(i).step)) = i;
  }
  return places;
}();

static_assert(std::find(kRowOfStep.begin(), kRowOfStep.end(), kSteps) == kRowOfStep.end(),
              "two rows are of one step");

}  // namespace

const StepRow& row_of(Step step) { return kRows[kRowOfStep[static_cast<std::size_t>(step)]]; }

std::span<const StepRow> all_rows() { return kRows; }

}  // namespace shakedown::stir

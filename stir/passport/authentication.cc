#include "stir/passport/authentication.h"

#include <algorithm>

namespace shakedown::stir {
namespace {

std::string_view explain(RefusalToSign refusal) {
  switch (refusal) {
    case RefusalToSign::kNoOrig:
      return "the call names no caller";
    case RefusalToSign::kNoDest:
      return "the call names nobody who is called";
    case RefusalToSign::kOrigIsAUri:
      return "the caller is not a telephone number";
    case RefusalToSign::kStaleDate:
      return "Date is not fresh";
    case RefusalToSign::kMalformedDate:
      return "Date cannot be read";
    case RefusalToSign::kCertificateNotValid:
      return "the certificate is not valid at Date and now";
    case RefusalToSign::kAttestInvalid:
      return "attest is not A, B or C";
  }
  return "";
}

std::optional<RefusalToSign> objection(const AuthenticationFacts& facts,
                                       const AuthenticationPolicy& policy) {
  const auto& call = *facts.call;
  const bool base = facts.attest.empty();
  if (call.orig_source == SipCall::OrigSource::kNone) return RefusalToSign::kNoOrig;
  if (call.dest.empty()) return RefusalToSign::kNoDest;
  if (!call.orig.is_telephone_number() && !(base && policy.sign_uri_callers)) {
    return RefusalToSign::kOrigIsAUri;
  }
  if (!base && facts.attest != "A" && facts.attest != "B" && facts.attest != "C") {
    return RefusalToSign::kAttestInvalid;
  }
  if (call.date_is_malformed) return RefusalToSign::kMalformedDate;
  const sim::Time date = call.date.value_or(facts.now);
  const auto off = date < facts.now ? facts.now - date : date - facts.now;
  if (off > policy.date_freshness) return RefusalToSign::kStaleDate;
  for (const auto time : {date, facts.now}) {
    if (time < facts.not_before || time > facts.not_after) {
      return RefusalToSign::kCertificateNotValid;
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(RefusalToSign refusal) {
  switch (refusal) {
    case RefusalToSign::kNoOrig:
      return "no_orig";
    case RefusalToSign::kNoDest:
      return "no_dest";
    case RefusalToSign::kOrigIsAUri:
      return "orig_is_a_uri";
    case RefusalToSign::kStaleDate:
      return "stale_date";
    case RefusalToSign::kMalformedDate:
      return "malformed_date";
    case RefusalToSign::kCertificateNotValid:
      return "certificate_not_valid";
    case RefusalToSign::kAttestInvalid:
      return "attest_invalid";
  }
  return "";
}

Result<ToSign> passport_to_sign(const AuthenticationFacts& facts,
                                const AuthenticationPolicy& policy,
                                RefusalToSign* refusal) {
  SHAKEDOWN_ASSERT(facts.call != nullptr);
  if (const auto why = objection(facts, policy)) {
    if (refusal != nullptr) *refusal = *why;
    return fail(ErrorCode::kRefused, std::string(explain(*why)));
  }
  Result<ToSign> result;
  const std::int64_t iat = sim::unix_seconds(facts.call->date.value_or(facts.now));
  result->date = sim::from_unix_seconds(iat);
  auto& passport = result->passport;
  if (facts.attest.empty()) passport.ppt.clear();
  passport.x5u = facts.x5u;
  passport.attest = facts.attest;
  passport.origid = facts.origid;
  passport.iat = iat;
  passport.orig = facts.call->orig;
  for (const auto& party : facts.call->dest) {
    (party.is_telephone_number() ? passport.dest_tn : passport.dest_uri).push_back(party.value);
  }
  std::sort(passport.dest_tn.begin(), passport.dest_tn.end());
  std::sort(passport.dest_uri.begin(), passport.dest_uri.end());
  return result;
}

Result<Passport> div_passport(const Passport& original,
                              const Party& diverted_from,
                              const Party& new_target,
                              std::string_view x5u) {
  const auto& called = diverted_from.is_telephone_number() ? original.dest_tn : original.dest_uri;
  if (std::find(called.begin(), called.end(), diverted_from.value) == called.end()) {
    return fail(ErrorCode::kRefused, "the original is not for " + diverted_from.value);
  }
  if (diverted_from == new_target) return fail(ErrorCode::kRefused, "the destination is the same");
  Passport passport;
  passport.ppt = "div";
  passport.x5u = x5u;
  passport.iat = original.iat;
  passport.orig = original.orig;
  passport.div = diverted_from;
  (new_target.is_telephone_number() ? passport.dest_tn : passport.dest_uri)
      .push_back(new_target.value);
  return passport;
}

}  // namespace shakedown::stir

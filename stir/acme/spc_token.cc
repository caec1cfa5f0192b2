#include "stir/acme/spc_token.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "sim/message.h"
#include "stir/credential/number_scope.h"

namespace shakedown::stir {
namespace {

using Objection = std::optional<std::string>;

Objection claims_are_present(const ReceivedSpcToken& token, const SpcTokenFacts&) {
  if (!token.missing.empty()) return "no " + token.missing.front();
  if (!token.atc_is_well_formed) return "atc lacks a mandatory member";
  return std::nullopt;
}

Objection key_is_named(const ReceivedSpcToken& token, const SpcTokenFacts&) {
  if (!token.has_x5u && !token.has_x5c) return "neither x5u nor x5c";
  return std::nullopt;
}

Objection x5u_is_https(const ReceivedSpcToken& token, const SpcTokenFacts&) {
  if (token.has_x5u && !token.token.x5u.starts_with("https://")) return "x5u is not https";
  return std::nullopt;
}

Objection issuer_is_trusted(const ReceivedSpcToken& token, const SpcTokenFacts& facts) {
  if (token.has_x5u && !facts.x5u_is_trusted_issuer) {
    return "x5u does not lead to the policy administrator";
  }
  return std::nullopt;
}

Objection signer_is_policy_administrator(const ReceivedSpcToken&, const SpcTokenFacts& facts) {
  if (!facts.signer_chains_to_policy_administrator) {
    return "the signer does not chain to the policy administrator's root";
  }
  return std::nullopt;
}

Objection signature_verifies(const ReceivedSpcToken&, const SpcTokenFacts& facts) {
  if (!facts.signature_verifies) return "the signature does not verify";
  return std::nullopt;
}

Objection type_is_tn_auth_list(const ReceivedSpcToken& token, const SpcTokenFacts&) {
  if (token.token.atc.tktype != "TNAuthList") return "tktype is " + token.token.atc.tktype;
  return std::nullopt;
}

Objection value_matches_order(const ReceivedSpcToken& token, const SpcTokenFacts& facts) {
  // Equivalent means the same DER: the text may be base64url or, if allowed, padded base64.
  const auto der = tn_auth_list_of_identifier(token.token.atc.tkvalue);
  if (!der) return "tkvalue is not base64";
  if (*der != facts.order_identifier_der) return "tkvalue is not the order's TNAuthList";
  if (!facts.allow_padded_value && !crypto::base64url_decode(token.token.atc.tkvalue)) {
    return "tkvalue is not base64url";
  }
  return std::nullopt;
}

Objection is_not_expired(const ReceivedSpcToken& token, const SpcTokenFacts& facts) {
  if (facts.now >= token.token.expires) {
    return "expired at " + sim::format_time(token.token.expires);
  }
  return std::nullopt;
}

Objection fingerprint_is_well_formed(const ReceivedSpcToken& token, const SpcTokenFacts&) {
  if (!is_fingerprint(token.token.atc.fingerprint)) return "fingerprint is not SHA256 AA:BB:...";
  return std::nullopt;
}

Objection fingerprint_matches_account(const ReceivedSpcToken& token, const SpcTokenFacts& facts) {
  const auto form = facts.account_key.match_fingerprint(token.token.atc.fingerprint);
  if (form == FingerprintForm::kNone) return "fingerprint is of another key than the account's";
  if (form == FingerprintForm::kSpki && !facts.allow_spki_fingerprint) {
    return "of the SubjectPublicKeyInfo, not of the JWK";
  }
  return std::nullopt;
}

Objection ca_matches_request(const ReceivedSpcToken& token, const SpcTokenFacts& facts) {
  if (facts.csr_asks_for_ca && *facts.csr_asks_for_ca != token.token.atc.ca) {
    return token.token.atc.ca ? "the token is for a CA, the request is not"
                              : "the request is for a CA, the token is not";
  }
  return std::nullopt;
}

Objection jti_is_not_anothers(const ReceivedSpcToken&, const SpcTokenFacts& facts) {
  if (facts.jti_seen_from_other_account) return "another account has shown this token";
  return std::nullopt;
}

// In the order in which a CA checks; the numbers of RFC 9448 §6 are in the clauses.
constexpr std::array kTokenSteps{
    SpcTokenStep{"claims_are_present", "incorrectResponse", "RFC 9448 §6 step 1",
                 claims_are_present},
    SpcTokenStep{"key_is_named", "malformed", "RFC 9447 §4", key_is_named},
    SpcTokenStep{"x5u_is_https", "incorrectResponse", "RFC 9448 §6 step 2", x5u_is_https},
    SpcTokenStep{"issuer_is_trusted", "unauthorized", "RFC 9448 §6 steps 2 and 3",
                 issuer_is_trusted},
    SpcTokenStep{"signer_is_policy_administrator", "unauthorized", "RFC 9448 §6 step 4",
                 signer_is_policy_administrator},
    SpcTokenStep{"signature_verifies", "unauthorized", "RFC 9448 §6 step 4", signature_verifies},
    SpcTokenStep{"tktype_is_tn_auth_list", "incorrectResponse", "RFC 9448 §6 step 5",
                 type_is_tn_auth_list},
    SpcTokenStep{"tkvalue_matches_order", "incorrectResponse", "RFC 9448 §6 step 6",
                 value_matches_order},
    SpcTokenStep{"is_not_expired", "unauthorized", "RFC 9448 §6 step 7", is_not_expired},
    SpcTokenStep{"fingerprint_is_well_formed", "incorrectResponse", "RFC 9447 §4",
                 fingerprint_is_well_formed},
    SpcTokenStep{"fingerprint_matches_account", "unauthorized", "RFC 9448 §6 step 8",
                 fingerprint_matches_account},
    SpcTokenStep{"ca_matches_request", "unauthorized", "RFC 9448 §6 step 9", ca_matches_request},
    SpcTokenStep{"jti_is_not_anothers", "unauthorized", "RFC 9447 §3.3", jti_is_not_anothers},
};

}  // namespace

Json to_json(const AuthorityTokenClaim& atc) {
  return Json{{"tktype", atc.tktype},
              {"tkvalue", atc.tkvalue},
              {"ca", atc.ca},
              {"fingerprint", atc.fingerprint}};
}

namespace {

// False if a mandatory member is missing or of another type.
bool read_atc(const Json& json, AuthorityTokenClaim& atc) {
  const auto type = string_member(json, "tktype");
  const auto value = string_member(json, "tkvalue");
  const auto fingerprint = string_member(json, "fingerprint");
  const Json* ca = find_member(json, "ca");
  atc.tktype = type.value_or("");
  atc.tkvalue = value.value_or("");
  atc.fingerprint = fingerprint.value_or("");
  if (ca != nullptr && ca->is_boolean()) atc.ca = ca->get<bool>();
  return type && value && fingerprint && (ca == nullptr || ca->is_boolean());
}

}  // namespace

std::string signing_input(const SpcToken& token) {
  Json payload{
      {"exp", sim::unix_seconds(token.expires)}, {"jti", token.jti}, {"atc", to_json(token.atc)}};
  if (!token.iss.empty()) payload["iss"] = token.iss;
  return jwt_signing_input(token.x5u, payload);
}

Result<AuthorityTokenClaim> parse_token_request(std::string_view body) {
  ASSIGN_OR_RETURN(const auto json, parse_json_object(body));
  const Json* wrapped = find_member(json, "atc");
  AuthorityTokenClaim atc;
  if (!read_atc(wrapped != nullptr ? *wrapped : json, atc)) {
    return fail(ErrorCode::kMalformed, "atc lacks tktype, tkvalue or fingerprint");
  }
  return atc;
}

Result<ReceivedSpcToken> parse_spc_token(std::string_view text) {
  constexpr std::size_t kLongestToken = 64 * 1024;
  if (text.size() > kLongestToken) return fail(ErrorCode::kTooLarge, "SPC token over 64 KiB");
  ReceivedSpcToken received;
  ASSIGN_OR_RETURN(received.jws, parse_compact_jws(text));
  ASSIGN_OR_RETURN(const auto payload, parse_json_object(received.jws.payload));
  auto& token = received.token;
  if (const auto x5u = string_member(received.jws.header, "x5u")) {
    token.x5u = *x5u;
    received.has_x5u = true;
  }
  received.has_x5c = received.jws.header.contains("x5c");
  constexpr std::int64_t kLatestExpiry = 253'402'300'799;  // End of the year 9999.
  const auto expiry = integer_member(payload, "exp");
  if (expiry && *expiry > 0 && *expiry <= kLatestExpiry) {
    // sim::Time ends in 2262; nothing here lives that long.
    constexpr std::int64_t kLatestTime = 9'223'372'036;
    token.expires = sim::from_unix_seconds(std::min(*expiry, kLatestTime));
  } else {
    received.missing.emplace_back("exp");
  }
  token.jti = string_member(payload, "jti").value_or("");
  if (token.jti.empty()) received.missing.emplace_back("jti");
  token.iss = string_member(payload, "iss").value_or("");
  if (const Json* atc = find_member(payload, "atc"); atc != nullptr) {
    received.atc_is_well_formed = read_atc(*atc, token.atc);
  } else {
    received.missing.emplace_back("atc");
  }
  return received;
}

std::span<const SpcTokenStep> spc_token_steps() { return kTokenSteps; }

SpcTokenVerdict check_spc_token(const ReceivedSpcToken& token, const SpcTokenFacts& facts) {
  SHAKEDOWN_ASSERT(bool{facts.account_key});
  SpcTokenVerdict verdict;
  verdict.fingerprint_form = facts.account_key.match_fingerprint(token.token.atc.fingerprint);
  for (const auto& step : kTokenSteps) {
    if (auto objection = step.check(token, facts)) {
      verdict.failed = &step;
      verdict.detail = *std::move(objection);
      return verdict;
    }
  }
  verdict.ok = true;
  return verdict;
}

}  // namespace shakedown::stir

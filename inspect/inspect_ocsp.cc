// OCSP requests and responses: decoded, and judged by RFC 6960 and RFC 5019.
#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "inspect/inspect_parts.h"
#include "inspect/lint.h"

namespace shakedown::stir {
namespace {

using Objection = std::optional<std::string>;
namespace oid = crypto::oid;

constexpr std::size_t kSha1Octets = 20;
constexpr std::size_t kSha256Octets = 32;

bool has_right_hash_lengths(const crypto::OcspId& id) {
  const auto octets = id.hash == crypto::OcspHash::kSha1 ? kSha1Octets : kSha256Octets;
  return id.issuer_name_hash.size() == octets && id.issuer_key_hash.size() == octets;
}

bool is_positive(std::string_view serial) {
  const bool zero = std::all_of(serial.begin(), serial.end(), [](char c) { return c == '\0'; });
  return !zero && (static_cast<unsigned char>(serial.front()) & 0x80U) == 0;
}

// RFC 9654 §2.1: a nonce of less than 16 octets may be ignored, one of 32 or less is understood
// also by responders of RFC 8954.
Objection nonce_length(const std::optional<crypto::Bytes>& nonce) {
  constexpr std::size_t kShortest = 16;
  constexpr std::size_t kLongestOfOldResponders = 32;
  return lint_objection(
      nonce && (nonce->size() < kShortest || nonce->size() > kLongestOfOldResponders),
      std::to_string(nonce ? nonce->size() : 0) + " octets");
}

// Requests.

using OcspRequest = crypto::OcspRequest;

Objection request_asks_once(const OcspRequest& request) {
  return lint_objection(request.ids.size() > 1,
                        "asks about " + std::to_string(request.ids.size()) + " certificates");
}

Objection request_ids_differ(const OcspRequest& request) {
  Oddities odd;
  for (std::size_t i = 0; i < request.ids.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (request.ids[i] == request.ids[j])
        odd.add("twice: " + crypto::to_hex(request.ids[i].serial));
    }
  }
  return std::move(odd).objection();
}

Objection request_hashes_have_their_length(const OcspRequest& request) {
  Oddities odd;
  for (const auto& id : request.ids) {
    if (!has_right_hash_lengths(id)) odd.add("serial " + crypto::to_hex(id.serial));
  }
  return std::move(odd).objection();
}

Objection request_hashes_with_sha1(const OcspRequest& request) {
  Oddities odd;
  for (const auto& id : request.ids) {
    if (id.hash != crypto::OcspHash::kSha1)
      odd.add("SHA-256 for serial " + crypto::to_hex(id.serial));
  }
  return std::move(odd).objection();
}

Objection request_serials_are_positive(const OcspRequest& request) {
  Oddities odd;
  for (const auto& id : request.ids) {
    if (!is_positive(id.serial)) odd.add("serial " + crypto::to_hex(id.serial));
  }
  return std::move(odd).objection();
}

Objection request_nonce_length(const OcspRequest& request) { return nonce_length(request.nonce); }

using enum Severity;

constexpr std::array kOcspRequestRules{
    LintRule<OcspRequest>{"hash_has_its_length", kError, "RFC 6960 §4.1.1",
                          request_hashes_have_their_length},
    LintRule<OcspRequest>{"asks_about_one_certificate", kLint, "RFC 5019 §2.1.1",
                          request_asks_once},
    LintRule<OcspRequest>{"asks_only_once", kLint, "RFC 6960 §4.1.1", request_ids_differ},
    LintRule<OcspRequest>{"serial_is_positive", kLint, "RFC 5280 §4.1.2.2",
                          request_serials_are_positive},
    LintRule<OcspRequest>{"hash_is_sha1", kWarning, "RFC 5019 §2.1.1", request_hashes_with_sha1},
    LintRule<OcspRequest>{"nonce_length_is_understood", kWarning, "RFC 9654 §2.1",
                          request_nonce_length},
};

// Responses.

struct ResponseSubject {
  const crypto::OcspResponse& response;
  const InspectOptions& options;
  // The certificate that the response carries of its responder; null if there is none.
  crypto::CertificatePtr responder;

  bool is_successful() const { return response.status == crypto::OcspResponseStatus::kSuccessful; }
};

using Response = ResponseSubject;
using Single = crypto::OcspSingleResponse;

// An objection to each answer for which `broken` says why.
template <class Check>
Objection for_each_answer(const Response& s, Check broken) {
  Oddities odd;
  for (const auto& single : s.response.responses) {
    if (auto why = broken(single)) {
      odd.add("serial " + crypto::to_hex(single.id.serial) + ": " + *std::move(why));
    }
  }
  return std::move(odd).objection();
}

Objection response_is_successful(const Response& s) {
  return lint_objection(!s.is_successful(),
                        "the responder says " + std::string(to_string(s.response.status)));
}

Objection response_answers(const Response& s) {
  return lint_objection(s.is_successful() && s.response.responses.empty(),
                        "there is no single response");
}

Objection response_answers_once(const Response& s) {
  const auto& all = s.response.responses;
  return for_each_answer(s, [&](const Single& single) {
    return lint_objection(std::count_if(all.begin(), all.end(),
                                        [&](const Single& o) { return o.id == single.id; }) > 1,
                          "answered more than once");
  });
}

Objection response_extensions_understood(const Response& s) {
  return lint_objection(s.response.has_unknown_critical_extension,
                        "a critical extension is not understood");
}

Objection response_signed_with_sha2(const Response& s) {
  constexpr std::array<std::string_view, 6> kWithSha2{
      oid::kEcdsaWithSha256,   oid::kEcdsaWithSha384,   "1.2.840.10045.4.3.4",
      "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13"};
  const auto& algorithm = s.response.signature_algorithm;
  const bool known = std::find(kWithSha2.begin(), kWithSha2.end(), algorithm) != kWithSha2.end();
  return lint_objection(s.is_successful() && !known,
                        "signed with " + signature_algorithm_name(algorithm));
}

Objection response_hashes_have_their_length(const Response& s) {
  return for_each_answer(s, [](const Single& single) {
    return lint_objection(!has_right_hash_lengths(single.id),
                          "issuerNameHash or issuerKeyHash is not as long as its hash");
  });
}

Objection responder_key_hash_is_sha1(const Response& s) {
  const auto& hash = s.response.responder_key_hash;
  return lint_objection(!hash.empty() && hash.size() != kSha1Octets,
                        std::to_string(hash.size()) + " octets");
}

Objection next_update_present(const Response& s) {
  return for_each_answer(
      s, [](const Single& single) { return lint_objection(!single.next_update, "no nextUpdate"); });
}

Objection next_update_is_later(const Response& s) {
  return for_each_answer(s, [](const Single& single) {
    return lint_objection(single.next_update && *single.next_update <= single.this_update,
                          "nextUpdate is not after thisUpdate");
  });
}

Objection this_update_is_not_after_production(const Response& s) {
  return for_each_answer(s, [&](const Single& single) {
    return lint_objection(
        single.this_update > s.response.produced_at,
        "thisUpdate is after producedAt, " + sim::format_time(s.response.produced_at));
  });
}

Objection revocation_is_past(const Response& s) {
  return for_each_answer(s, [](const Single& single) {
    return lint_objection(single.status == crypto::OcspCertificateStatus::kRevoked &&
                              single.revoked_at > single.this_update,
                          "revoked after thisUpdate");
  });
}

Objection reason_is_assigned(const Response& s) {
  return for_each_answer(s, [](const Single& single) {
    return lint_objection(
        single.reason && to_string(static_cast<crypto::CrlReason>(*single.reason)) == "unknown",
        "reason " + std::to_string(single.reason.value_or(0)));
  });
}

Objection response_nonce_length(const Response& s) { return nonce_length(s.response.nonce); }

// The issuer itself signs without further ado; what is carried beside it must be a delegate.
bool is_delegate(const Response& s) {
  const auto& all = s.response.responses;
  return s.responder != nullptr && !all.empty() &&
         std::none_of(all.begin(), all.end(), [&](const Single& one) {
           return ocsp_id_names_issuer(one.id, *s.responder);
         });
}

Objection certificates_are_the_responders(const Response& s) {
  return lint_objection(!s.response.certificates.empty() && s.responder == nullptr,
                        "no certificate in it is the responder's");
}

Objection responder_is_for_ocsp(const Response& s) {
  return lint_objection(is_delegate(s) && !is_for_ocsp_signing(*s.responder),
                        "the responder's certificate lacks id-kp-OCSPSigning or digitalSignature");
}

Objection responder_is_valid(const Response& s) {
  if (!s.options.at || !is_delegate(s)) return std::nullopt;
  const auto& responder = *s.responder;
  return lint_objection(
      *s.options.at < responder.not_before() || *s.options.at > responder.not_after(),
      "the responder's certificate is valid from " + sim::format_time(responder.not_before()) +
          " to " + sim::format_time(responder.not_after()));
}

Objection responder_needs_no_check(const Response& s) {
  return lint_objection(is_delegate(s) && !crypto::has_ocsp_no_check(*s.responder),
                        "the responder's certificate lacks id-pkix-ocsp-nocheck");
}

Objection response_signature_verifies(const Response& s) {
  const auto& signer = s.responder != nullptr ? s.responder : s.options.signer;
  return lint_objection(s.is_successful() && signer != nullptr &&
                            !crypto::is_ocsp_response_signed_by(s.response, *signer),
                        "not signed by " + (signer ? signer->subject().text() : ""));
}

// The responder that the response carries must itself be the given signer or issued by it.
Objection responder_is_the_signers(const Response& s) {
  const auto& signer = s.options.signer;
  if (signer == nullptr || s.responder == nullptr || s.responder->der() == signer->der()) {
    return std::nullopt;
  }
  return lint_objection(!s.responder->is_signed_by(*signer),
                        "the responder's certificate is not issued by " + signer->subject().text());
}

Objection response_is_current(const Response& s) {
  if (!s.options.at) return std::nullopt;
  const auto at = *s.options.at;
  if (s.is_successful() && s.response.produced_at > at + crypto::kOcspSkew) {
    return "not yet valid: producedAt is " + sim::format_time(s.response.produced_at);
  }
  return for_each_answer(s, [&](const Single& single) -> Objection {
    if (single.this_update > at + crypto::kOcspSkew) {
      return "not yet valid: thisUpdate is " + sim::format_time(single.this_update);
    }
    if (!single.next_update || at - crypto::kOcspSkew <= *single.next_update) return std::nullopt;
    return "expired: nextUpdate was " + sim::format_time(*single.next_update);
  });
}

constexpr std::array kOcspResponseRules{
    LintRule<Response>{"response_is_successful", kWarning, "RFC 6960 §4.2.1",
                       response_is_successful},
    LintRule<Response>{"answers_something", kError, "RFC 6960 §4.2.1", response_answers},
    LintRule<Response>{"answers_only_once", kLint, "RFC 6960 §4.2.1", response_answers_once},
    LintRule<Response>{"critical_extensions_are_understood", kError, "RFC 6960 §4.4",
                       response_extensions_understood},
    LintRule<Response>{"hash_has_its_length", kError, "RFC 6960 §4.1.1",
                       response_hashes_have_their_length},
    LintRule<Response>{"responder_key_hash_is_sha1", kError, "RFC 6960 §4.2.1",
                       responder_key_hash_is_sha1},
    LintRule<Response>{"next_update_is_later", kError, "RFC 6960 §4.2.2.1", next_update_is_later},
    LintRule<Response>{"responder_is_for_ocsp_signing", kError, "RFC 6960 §4.2.2.2",
                       responder_is_for_ocsp},
    LintRule<Response>{"responder_is_valid_at_the_time", kError, "RFC 6960 §4.2.2.2",
                       responder_is_valid},
    LintRule<Response>{"signature_verifies", kError, "RFC 6960 §3.2", response_signature_verifies},
    LintRule<Response>{"responder_is_the_signers", kError, "RFC 6960 §4.2.2.2",
                       responder_is_the_signers},
    LintRule<Response>{"is_current", kError, "RFC 6960 §4.2.2.1", response_is_current},
    LintRule<Response>{"next_update_present", kLint, "RFC 5019 §2.2.4", next_update_present},
    LintRule<Response>{"signature_is_with_sha2", kLint, "RFC 6960 §4.3", response_signed_with_sha2},
    LintRule<Response>{"responder_needs_no_check", kLint, "RFC 6960 §4.2.2.2.1",
                       responder_needs_no_check},
    LintRule<Response>{"reason_is_assigned", kLint, "RFC 5280 §5.3.1", reason_is_assigned},
    LintRule<Response>{"this_update_is_not_after_production", kWarning, "RFC 6960 §2.4",
                       this_update_is_not_after_production},
    LintRule<Response>{"revocation_is_past", kWarning, "RFC 6960 §4.2.1", revocation_is_past},
    LintRule<Response>{"certificates_are_the_responders", kWarning, "RFC 6960 §4.2.1",
                       certificates_are_the_responders},
    LintRule<Response>{"nonce_length_is_understood", kWarning, "RFC 9654 §2.1",
                       response_nonce_length},
};

// Documents.

Json id_json(const crypto::OcspId& id) {
  return Json{{"hash", id.hash == crypto::OcspHash::kSha1 ? "sha1" : "sha256"},
              {"issuer_name_hash", crypto::to_hex(id.issuer_name_hash)},
              {"issuer_key_hash", crypto::to_hex(id.issuer_key_hash)},
              {"serial", crypto::to_hex(id.serial)}};
}

Json single_json(const Single& single) {
  Json json{{"certificate_id", id_json(single.id)},
            {"status", to_string(single.status)},
            {"this_update", sim::format_time(single.this_update)}};
  if (single.next_update) json["next_update"] = sim::format_time(*single.next_update);
  if (single.status == crypto::OcspCertificateStatus::kRevoked) {
    json["revoked_at"] = sim::format_time(single.revoked_at);
    if (single.reason) {
      json["reason"] = to_string(static_cast<crypto::CrlReason>(*single.reason));
    }
  }
  return json;
}

void put_basic_response(const crypto::OcspResponse& response, Json& json) {
  json["responder"] = response.responder_name_der.empty()
                          ? Json{{"key_hash", crypto::to_hex(response.responder_key_hash)}}
                          : Json{{"name", name_text(response.responder_name_der)}};
  json["produced_at"] = sim::format_time(response.produced_at);
  json["signature_algorithm"] = signature_algorithm_name(response.signature_algorithm);
  json["responses"] = Json::array();
  for (const auto& single : response.responses) json["responses"].push_back(single_json(single));
  json["certificates"] = Json::array();
  for (const auto& certificate : response.certificates) {
    json["certificates"].push_back(Json{{"subject", certificate->subject().text()},
                                        {"issuer", certificate->issuer().text()},
                                        {"serial", certificate->serial_hex()},
                                        {"not_before", sim::format_time(certificate->not_before())},
                                        {"not_after", sim::format_time(certificate->not_after())},
                                        {"sha256", certificate->fingerprint_hex()}});
  }
  if (response.nonce) json["nonce"] = crypto::to_hex(*response.nonce);
}

}  // namespace

void inspect_ocsp_request(const crypto::OcspRequest& request, Inspection& inspection) {
  inspection.kind = ArtefactKind::kOcspRequest;
  auto& json = inspection.document;
  json["requests"] = Json::array();
  for (const auto& id : request.ids) json["requests"].push_back(id_json(id));
  if (request.nonce) json["nonce"] = crypto::to_hex(*request.nonce);
  apply_rules(kOcspRequestRules, request, inspection);
}

void inspect_ocsp_response(const crypto::OcspResponse& response,
                           const InspectOptions& options,
                           Inspection& inspection) {
  inspection.kind = ArtefactKind::kOcspResponse;
  auto& json = inspection.document;
  json["status"] = to_string(response.status);
  Response subject{response, options, nullptr};
  if (subject.is_successful()) {
    put_basic_response(response, json);
    for (const auto& certificate : response.certificates) {
      if (!ocsp_response_names(response, *certificate)) continue;
      const bool has_signed = is_ocsp_response_signed_by(response, *certificate);
      if (has_signed || subject.responder == nullptr) subject.responder = certificate;
      if (has_signed) break;
    }
  }
  apply_rules(kOcspResponseRules, subject, inspection);
}

void list_ocsp_rules(std::vector<LintRuleInfo>& all) {
  list_rules("ocsp_request", kOcspRequestRules, all);
  list_rules("ocsp_response", kOcspResponseRules, all);
}

}  // namespace shakedown::stir

// Writes requests and responses, and decides whether a response counts; reading is in
// ocsp_reader.cc.
#include "crypto/x509/ocsp.h"

#include <algorithm>
#include <array>

#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/x509/extension_reader.h"
#include "crypto/x509/extension_writer.h"
#include "crypto/x509/ocsp_names.h"

namespace shakedown::crypto {
namespace {

constexpr std::string_view kNull("\x05\x00", 2);

Bytes hashed(OcspHash hash, std::string_view octets) {
  return hash == OcspHash::kSha1 ? Bytes(as_view(sha1(octets))) : Bytes(as_view(sha256(octets)));
}

Bytes id_der(const OcspId& id) {
  const Bytes algorithm = der::sequence(
      {der::known_object_identifier(id.hash == OcspHash::kSha1 ? oid::kSha1 : oid::kSha256),
       kNull});
  return der::sequence({algorithm, der::element(der::kOctetString, id.issuer_name_hash),
                        der::element(der::kOctetString, id.issuer_key_hash),
                        der::element(der::kInteger, id.serial)});
}

// [number] EXPLICIT Extensions with the nonce alone; nothing without one.
Result<Bytes> nonce_extensions(unsigned number, const std::optional<Bytes>& nonce) {
  if (!nonce) return Bytes();
  ASSIGN_OR_RETURN(const Bytes list,
                   extensions_der({extension::raw(oid::kOcspNonce, false,
                                                  der::element(der::kOctetString, *nonce))}));
  return der::element(der::context_constructed(number), list);
}

Bytes single_response_der(const OcspSingleResponse& response) {
  Bytes status;
  switch (response.status) {
    case OcspCertificateStatus::kGood:
      status = der::element(der::context(0), "");
      break;
    case OcspCertificateStatus::kUnknown:
      status = der::element(der::context(2), "");
      break;
    case OcspCertificateStatus::kRevoked: {
      Bytes content = der::generalized_time(response.revoked_at);
      if (response.reason) {
        const Bytes reason(1, static_cast<char>(*response.reason));
        content +=
            der::element(der::context_constructed(0), der::element(der::kEnumerated, reason));
      }
      status = der::element(der::context_constructed(1), content);
      break;
    }
  }
  Bytes next_update;
  if (response.next_update) {
    next_update =
        der::element(der::context_constructed(0), der::generalized_time(*response.next_update));
  }
  return der::sequence(
      {id_der(response.id), status, der::generalized_time(response.this_update), next_update});
}

OcspCheck unusable(std::string_view rule, std::string detail) {
  OcspCheck check;
  check.failed_rule = rule;
  check.detail = std::move(detail);
  return check;
}

// Why `responder` does not speak for the issuer; nullopt: it does (RFC 6960 §4.2.2.2).
std::optional<OcspCheck> objection_to_delegate(const Certificate& responder,
                                               const OcspExpectation& expected) {
  if (responder.issuer_der() != expected.issuer.subject_der() ||
      !responder.is_signed_by(expected.issuer)) {
    return unusable("ocsp_responder", "the responder's certificate is not its issuer's");
  }
  if (!is_for_ocsp_signing(responder)) {
    return unusable("ocsp_responder", "the responder's certificate is not for OCSP signing");
  }
  if (expected.now < responder.not_before() || expected.now > responder.not_after()) {
    return unusable("ocsp_responder", "the responder's certificate is not valid now");
  }
  if (!expected.accepts_responder_without_no_check && !has_ocsp_no_check(responder)) {
    return unusable("ocsp_responder", "the responder's certificate would need a check itself");
  }
  return std::nullopt;
}

std::optional<OcspCheck> objection_to_signer(const OcspResponse& response,
                                             const OcspExpectation& expected) {
  std::optional<OcspCheck> objection;
  if (ocsp_response_names(response, expected.issuer)) {
    if (is_ocsp_response_signed_by(response, expected.issuer)) return std::nullopt;
    objection = unusable("ocsp_signature", "the issuer's signature does not verify");
  }
  for (const CertificatePtr& responder : response.certificates) {
    if (!ocsp_response_names(response, *responder)) continue;
    auto delegate = objection_to_delegate(*responder, expected);
    if (!delegate) {
      if (is_ocsp_response_signed_by(response, *responder)) return std::nullopt;
      delegate = unusable("ocsp_signature", "the responder's signature does not verify");
    }
    objection = std::move(delegate);
  }
  return objection ? objection : unusable("ocsp_responder", "nobody known has signed it");
}

std::optional<OcspCheck> objection_to_times(const OcspResponse& response,
                                            const OcspSingleResponse& single,
                                            const OcspExpectation& expected) {
  if (response.produced_at > expected.now + expected.skew ||
      single.this_update > expected.now + expected.skew) {
    return unusable("ocsp_not_yet_valid", "thisUpdate is " + sim::format_time(single.this_update));
  }
  if (!single.next_update) {
    if (!expected.needs_next_update) return std::nullopt;
    return unusable("ocsp_no_next_update", "no nextUpdate");
  }
  if (*single.next_update < single.this_update ||
      expected.now - expected.skew > *single.next_update) {
    return unusable("ocsp_expired", "nextUpdate was " + sim::format_time(*single.next_update));
  }
  return std::nullopt;
}

}  // namespace

bool ocsp_response_names(const OcspResponse& response, const Certificate& certificate) {
  if (!response.responder_name_der.empty()) {
    return certificate.subject_der() == response.responder_name_der;
  }
  const auto hash = key_identifier(certificate->spki_der);
  return hash && *hash == response.responder_key_hash;
}

bool is_ocsp_response_signed_by(const OcspResponse& response, const Certificate& certificate) {
  return verify_signed_data(
      {response.to_be_signed, response.signature_algorithm, response.signature},
      certificate->spki_der);
}

bool is_for_ocsp_signing(const Certificate& certificate) {
  const auto& key_usage = certificate->key_usage;
  if (key_usage && (*key_usage & kDigitalSignature) == 0) return false;
  const Extension* usage = certificate.find_extension(oid::kExtendedKeyUsage);
  if (usage == nullptr) return false;
  der::Reader outer(usage->value);
  const auto list = outer.next(der::kSequence);
  if (!list || !outer.finished()) return false;
  der::Reader purposes(list->content);
  while (!purposes.at_end()) {
    const auto purpose = purposes.next(der::kOid);
    if (!purpose) return false;
    const auto text = der::oid_text(purpose->content);
    if (text && *text == oid::kOcspSigning) return true;
  }
  return false;
}

bool has_ocsp_no_check(const Certificate& certificate) {
  return certificate.find_extension(oid::kOcspNoCheck) != nullptr;
}

Result<OcspId> ocsp_id_of(const Certificate& certificate,
                          const Certificate& issuer,
                          OcspHash hash) {
  const auto key = subject_public_key_bits(issuer->spki_der);
  if (!key) return fail(ErrorCode::kMalformed, "the issuer's public key");
  return OcspId{hash, hashed(hash, issuer.subject_der()), hashed(hash, *key), certificate.serial()};
}

bool ocsp_id_names_issuer(const OcspId& id, const Certificate& issuer) {
  const auto key = subject_public_key_bits(issuer->spki_der);
  return key && id.issuer_name_hash == hashed(id.hash, issuer.subject_der()) &&
         id.issuer_key_hash == hashed(id.hash, *key);
}

Result<Bytes> build_ocsp_request(const OcspRequest& request) {
  if (request.ids.empty() || request.ids.size() > kMostOcspIds) {
    return fail(ErrorCode::kMalformed, "an OCSP request has 1 to 16 ids");
  }
  if (request.nonce && (request.nonce->empty() || request.nonce->size() > kLongestOcspNonce)) {
    return fail(ErrorCode::kMalformed, "an OCSP nonce has 1 to 128 octets");
  }
  Bytes list;
  for (const OcspId& id : request.ids) list += der::sequence({id_der(id)});
  ASSIGN_OR_RETURN(const Bytes extensions, nonce_extensions(2, request.nonce));
  return der::sequence({der::sequence({der::element(der::kSequence, list), extensions})});
}

Result<Bytes> build_ocsp_response(const OcspResponseSpec& spec, const Signer& signer) {
  if (spec.responses.empty() || spec.responses.size() > kMostOcspIds) {
    return fail(ErrorCode::kMalformed, "an OCSP response has 1 to 16 answers");
  }
  ASSIGN_OR_RETURN(const Bytes key_hash, key_identifier(spec.responder_spki_der));
  ASSIGN_OR_RETURN(const Bytes algorithm, algorithm_identifier(oid::kEcdsaWithSha256));
  Bytes list;
  for (const OcspSingleResponse& response : spec.responses) list += single_response_der(response);
  ASSIGN_OR_RETURN(const Bytes extensions, nonce_extensions(1, spec.nonce));
  const Bytes responder =
      der::element(der::context_constructed(2), der::element(der::kOctetString, key_hash));
  const Bytes data = der::sequence({responder, der::generalized_time(spec.produced_at),
                                    der::element(der::kSequence, list), extensions});
  ASSIGN_OR_RETURN(const Es256Signature signature, signer(data));
  Bytes certificates;
  for (const Bytes& certificate : spec.certificates) certificates += certificate;
  if (!certificates.empty()) {
    certificates =
        der::element(der::context_constructed(0), der::element(der::kSequence, certificates));
  }
  const Bytes basic =
      der::sequence({data, algorithm, der::bit_string(signature_to_der(signature)), certificates});
  const Bytes octets = der::element(der::kOctetString, basic);
  const Bytes body =
      der::element(der::context_constructed(0),
                   der::sequence({der::known_object_identifier(oid::kOcspBasic), octets}));
  return der::sequence({der::element(der::kEnumerated, std::string_view("\0", 1)), body});
}

Result<Bytes> build_ocsp_response(const OcspResponseSpec& spec, const PrivateKey& key) {
  return build_ocsp_response(spec, signer_of(key));
}

Bytes build_ocsp_error(OcspResponseStatus status) {
  const Bytes code(1, static_cast<char>(status));
  return der::sequence({der::element(der::kEnumerated, code)});
}

OcspCheck check_ocsp_response(const OcspResponse& response, const OcspExpectation& expectation) {
  if (response.status != OcspResponseStatus::kSuccessful) {
    return unusable("ocsp_status", "the responder says " + std::string(to_string(response.status)));
  }
  if (response.has_unknown_critical_extension) {
    return unusable("ocsp_critical_extension", "a critical extension is not understood");
  }
  if (expectation.nonce && response.nonce != expectation.nonce) {
    return unusable("ocsp_nonce", "the nonce is not repeated");
  }
  const auto single = std::find_if(response.responses.begin(), response.responses.end(),
                                   [&](const OcspSingleResponse& one) {
                                     return one.id.serial == expectation.certificate.serial() &&
                                            ocsp_id_names_issuer(one.id, expectation.issuer);
                                   });
  if (single == response.responses.end()) {
    return unusable("ocsp_certificate", "it is about another certificate");
  }
  if (auto objection = objection_to_times(response, *single, expectation)) {
    return *std::move(objection);
  }
  if (auto objection = objection_to_signer(response, expectation)) return *std::move(objection);
  OcspCheck check;
  check.usable = true;
  check.answer = *single;
  return check;
}

Extension ocsp_signing_usage() {
  return extension::raw(oid::kExtendedKeyUsage, false,
                        der::sequence({der::known_object_identifier(oid::kOcspSigning)}));
}

Extension ocsp_no_check() { return extension::raw(oid::kOcspNoCheck, false, kNull); }

}  // namespace shakedown::crypto

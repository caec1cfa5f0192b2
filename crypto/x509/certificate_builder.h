// Issues certificates (RFC 5280 §4) and certificate requests (PKCS#10, RFC 2986).
//
// The DER is written here and only signed by OpenSSL: building costs one signature (X509_set_pubkey
// alone would cost 2.8 verifications), and a test bed can issue what an honest CA would not. Pure
// but for the signature's random draw; thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/name.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::crypto {

// A name to be encoded, or the DER of one that must be repeated byte by byte (RFC 5280 §4.1.2.4).
using NameOrDer = std::variant<Name, Bytes>;

struct CertificateSpec {
  int version = 3;
  Bytes serial;  // Content octets of the INTEGER: use der::positive_integer().
  NameOrDer issuer;
  sim::Time not_before, not_after;  // Whole seconds; UTCTime through 2049, then GeneralizedTime.
  NameOrDer subject;
  Bytes subject_spki_der;             // PublicKey::spki_der(), or any other.
  std::vector<Extension> extensions;  // In this order. None: the field is left out.
  // The outer algorithm identifier, if it is to differ from the signed one (a defect to test for).
  std::optional<std::string> outer_signature_algorithm;
};

// Signs `to_be_signed` (ES256); a key store that holds no PrivateKey object passes its own.
using Signer = std::function<Result<Es256Signature>(std::string_view to_be_signed)>;

// Errors: of Name::to_der, of the signer; kMalformed (empty serial, bad OID).
Result<Bytes> issue(const CertificateSpec& spec, const Signer& signer);
Result<Bytes> issue(const CertificateSpec& spec, const PrivateKey& issuer_key);

// Any other signature algorithm, forbidden as it may be (forbidden_signatures.h).
struct SignatureScheme {
  Bytes algorithm_identifier_der;
  // The content of the BIT STRING `signature`.
  std::function<Result<Bytes>(std::string_view to_be_signed)> sign;
};

Result<Bytes> issue(const CertificateSpec& spec, const SignatureScheme& scheme);
// With ES256, decoded.
Result<CertificatePtr> issue_certificate(const CertificateSpec& spec, const PrivateKey& issuer_key);

// The length of the serial numbers that we draw (RFC 5280 §4.1.2.2: at most 20, with the sign).
inline constexpr std::size_t kSerialOctets = 16;

// Encoders of extensions. Criticality is what RFC 5280 and ATIS-1000080 prescribe; change the field
// of the result to deviate. OIDs and subjectPublicKeyInfo are asserted to be well-formed.
namespace extension {
Extension basic_constraints(bool ca, std::optional<std::uint64_t> path_length = {});  // Critical.
Extension key_usage(std::uint16_t bits);  // KeyUsageBit, or-ed. Critical.
// SHA-1 of the subjectPublicKey bits (RFC 5280 §4.2.1.2 method 1).
Extension subject_key_identifier(std::string_view spki_der);
Extension authority_key_identifier(std::string_view key_identifier);
Extension certificate_policies(const std::vector<std::string>& oids,
                               std::optional<std::string> cps_uri = {});
// `crl_issuer_der`: the DER Name of an indirect CRL's issuer.
Extension crl_distribution_points(std::string_view uri, std::optional<Bytes> crl_issuer_der = {});
Extension authority_info_access(const std::vector<AccessDescription>& descriptions);
Extension tn_auth_list(std::string_view der);
Extension jwt_claim_constraints(std::string_view der);
Extension enhanced_jwt_claim_constraints(std::string_view der);
Extension raw(std::string_view oid, bool critical, std::string_view value);
}  // namespace extension

// The key identifier that extension::subject_key_identifier writes. Error: kMalformed.
Result<Bytes> key_identifier(std::string_view spki_der);

struct RequestSpec {
  NameOrDer subject;
  std::vector<Extension> extensions;  // In an extensionRequest attribute; none: no attribute.
};

Result<Bytes> build_request(const RequestSpec& spec, const PublicKey& key, const Signer& signer);
Result<Bytes> build_request(const RequestSpec& spec, const PrivateKey& key);

struct CertificateRequest {
  Bytes der;
  int version = 1;  // As encoded plus one.
  Name subject;
  Bytes subject_der;
  SubjectKey key;
  PublicKeyPtr public_key;  // Null unless P-256 on the named curve.
  Bytes spki_der;
  std::string signature_algorithm;
  std::vector<Extension> extensions;  // Of extensionRequest, in order, duplicates too.
  bool signature_is_valid = false;    // Proof of possession.

  const Extension* find_extension(std::string_view oid) const;
};

// Exactly one request, nothing left over, at most 64 KiB; the signature is verified. Errors:
// kMalformed, kTooLarge. A request with a wrong signature is no error.
Result<CertificateRequest> parse_request(std::string_view der);

}  // namespace shakedown::crypto

// The Online Certificate Status Protocol (RFC 6960, with RFC 5019's rules for a cached answer):
// requests and responses are written and read here, for given times; nothing asks a clock.
//
// Pure functions, thread-safe, but for the random draw of a signature. Readers are strict DER and
// bounded. The extension that asks about one telephone number is not spoken.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/crl.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::crypto {

inline constexpr std::size_t kLargestOcspRequest = 16 * 1024;
inline constexpr std::size_t kLargestOcspResponse = 64 * 1024;
inline constexpr std::size_t kMostOcspIds = 16;        // In a request and in a response.
inline constexpr std::size_t kLongestOcspNonce = 128;  // RFC 9654 §2.1; RFC 8954 says 32.

enum class OcspHash : std::uint8_t { kSha1, kSha256 };

// CertID (RFC 6960 §4.1.1): SHA-1 is what deployed clients send.
struct OcspId {
  OcspHash hash = OcspHash::kSha1;
  Bytes issuer_name_hash;  // Of the issuer's subject, DER.
  Bytes issuer_key_hash;   // Of its subjectPublicKey bits.
  Bytes serial;            // Content octets of the INTEGER, as Certificate::serial().
  friend bool operator==(const OcspId&, const OcspId&) = default;
};

// Error: kMalformed (the issuer's key).
Result<OcspId> ocsp_id_of(const Certificate& certificate,
                          const Certificate& issuer,
                          OcspHash hash = OcspHash::kSha1);
bool ocsp_id_names_issuer(const OcspId& id, const Certificate& issuer);

struct OcspRequest {
  std::vector<OcspId> ids;     // At least one.
  std::optional<Bytes> nonce;  // 1 to kLongestOcspNonce octets.
};

// Unsigned. Error: kMalformed (bounds).
Result<Bytes> build_ocsp_request(const OcspRequest& request);
// One request, nothing left over. A signature is skipped, not verified. Errors: kTooLarge (octets
// or ids), kUnsupported (a hash, a critical extension that is not understood), kMalformed.
Result<OcspRequest> parse_ocsp_request(std::string_view der);

// OCSPResponseStatus (§4.2.1). All but the first are sent without a signature.
enum class OcspResponseStatus : std::uint8_t {
  kSuccessful = 0,
  kMalformedRequest = 1,
  kInternalError = 2,
  kTryLater = 3,
  kSignatureRequired = 5,
  kUnauthorized = 6,
};
std::string_view to_string(OcspResponseStatus status);  // "tryLater"

enum class OcspCertificateStatus : std::uint8_t { kGood, kRevoked, kUnknown };
std::string_view to_string(OcspCertificateStatus status);  // "good"

struct OcspSingleResponse {
  OcspId id;
  OcspCertificateStatus status = OcspCertificateStatus::kUnknown;
  sim::Time revoked_at;                // Only if revoked; whole seconds, as all times here.
  std::optional<std::uint8_t> reason;  // CrlReason, or a number that is not assigned.
  sim::Time this_update;
  std::optional<sim::Time> next_update;
};

struct OcspResponseSpec {
  Bytes responder_spki_der;  // Named by its key's SHA-1 (responderID byKey).
  sim::Time produced_at;
  std::vector<OcspSingleResponse> responses;
  std::optional<Bytes> nonce;       // Of the request.
  std::vector<Bytes> certificates;  // DER; the delegated responder's.
};

// Successful, signed with ES256. Errors: kMalformed (no or too many responses), the signer's.
Result<Bytes> build_ocsp_response(const OcspResponseSpec& spec, const Signer& signer);
Result<Bytes> build_ocsp_response(const OcspResponseSpec& spec, const PrivateKey& key);
Bytes build_ocsp_error(OcspResponseStatus status);  // Not kSuccessful.

struct OcspResponse {
  OcspResponseStatus status = OcspResponseStatus::kInternalError;
  // The rest only if successful.
  Bytes to_be_signed;
  std::string signature_algorithm;  // OID.
  Bytes signature;
  Bytes responder_name_der;  // One of these two is empty.
  Bytes responder_key_hash;
  sim::Time produced_at;
  std::vector<OcspSingleResponse> responses;
  std::optional<Bytes> nonce;
  std::vector<CertificatePtr> certificates;  // At most 8.
  bool has_unknown_critical_extension = false;
};

// One response, nothing left over; nothing is verified. Errors: kTooLarge, kMalformed,
// kUnsupported (not id-pkix-ocsp-basic, a hash).
Result<OcspResponse> parse_ocsp_response(std::string_view der);

// Whether the responderID is this certificate's name or key.
bool ocsp_response_names(const OcspResponse& response, const Certificate& certificate);
// Only the signature, by whatever algorithm; one signature verification.
bool is_ocsp_response_signed_by(const OcspResponse& response, const Certificate& certificate);

// By which the responder's clock may be off.
inline constexpr sim::Duration kOcspSkew = std::chrono::minutes{5};

struct OcspExpectation {
  const Certificate& certificate;
  const Certificate& issuer;
  sim::Time now;
  sim::Duration skew = kOcspSkew;
  std::optional<Bytes> nonce = {};  // What was sent: the response must repeat it.
  bool needs_next_update = true;    // RFC 5019 §4.
  // A delegated responder whose certificate lacks id-pkix-ocsp-nocheck would itself have to be
  // checked (§4.2.2.2.1), by other means.
  bool accepts_responder_without_no_check = false;
};

struct OcspCheck {
  bool usable = false;
  std::string_view failed_rule;  // "ocsp_signature", "ocsp_expired", ...; "" when usable.
  std::string detail;
  OcspSingleResponse answer;  // When usable.
};

// RFC 6960 §3.2 and §4.2.2.2: successful; about this certificate; signed by its issuer, or by a
// responder whose certificate the issuer itself signed for OCSP signing and that is valid now; the
// times; the nonce. Up to nine signature verifications. Revoked and unknown are usable answers.
OcspCheck check_ocsp_response(const OcspResponse& response, const OcspExpectation& expectation);

// What makes a certificate a delegated responder's.
bool is_for_ocsp_signing(const Certificate& certificate);
bool has_ocsp_no_check(const Certificate& certificate);
Extension ocsp_signing_usage();  // extendedKeyUsage id-kp-OCSPSigning, not critical.
Extension ocsp_no_check();       // id-pkix-ocsp-nocheck.

}  // namespace shakedown::crypto

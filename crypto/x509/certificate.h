// X.509 certificates (RFC 5280), decoded once and shared by the whole process.
//
// A Certificate is immutable and thread-safe. from_der returns the same object for the same octets
// as long as it is among the last few thousand seen (decoding costs 2.5 signature verifications, a
// look-up only a hash). Reading is lenient where profiles decide (serial, versions, odd extensions,
// duplicates stay visible): stir/ judges. Times, keys and names are as encoded.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/keys/subject_public_key.h"
#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"
#include "crypto/octets/object_identifiers.h"
#include "crypto/x509/name.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::crypto {

struct Extension {
  std::string oid;  // Dotted.
  bool critical = false;
  Bytes value;  // The DER inside the OCTET STRING.
  friend bool operator==(const Extension&, const Extension&) = default;
};

struct BasicConstraints {
  bool ca = false;
  std::optional<std::uint64_t> path_length;
  friend bool operator==(const BasicConstraints&, const BasicConstraints&) = default;
};

// Bits as numbered in RFC 5280 §4.2.1.3: bit n is 1 << n.
enum KeyUsageBit : std::uint16_t {
  kDigitalSignature = 1 << 0,
  kNonRepudiation = 1 << 1,
  kKeyEncipherment = 1 << 2,
  kDataEncipherment = 1 << 3,
  kKeyAgreement = 1 << 4,
  kKeyCertSign = 1 << 5,
  kCrlSign = 1 << 6,
  kEncipherOnly = 1 << 7,
  kDecipherOnly = 1 << 8,
};

struct PolicyInformation {
  std::string oid;
  std::vector<std::string> cps_uris;  // Qualifiers id-qt-cps.
  friend bool operator==(const PolicyInformation&, const PolicyInformation&) = default;
};

struct DistributionPoint {
  std::vector<std::string> uris;   // fullName, only uniformResourceIdentifier.
  std::vector<Bytes> crl_issuers;  // cRLIssuer directoryNames, as DER Names.
  bool has_reasons = false;
  bool has_relative_name = false;
  friend bool operator==(const DistributionPoint&, const DistributionPoint&) = default;
};

struct AccessDescription {
  std::string method;  // OID, e.g. oid::kCaIssuers.
  std::string uri;     // Empty if the location is another kind of GeneralName.
  friend bool operator==(const AccessDescription&, const AccessDescription&) = default;
};

class Certificate;
using CertificatePtr = std::shared_ptr<const Certificate>;

class Certificate {
 public:
  // Exactly one certificate, nothing left over, at most 64 KiB. Errors: kMalformed, kTooLarge.
  static Result<CertificatePtr> from_der(std::string_view der);

  // What was read. `basic_constraints` and the other decoded extensions are absent both when the
  // extension is missing and when its body is malformed; then `malformed_extensions` names it.
  struct Fields {
    Bytes der;
    Sha256Digest fingerprint{};  // SHA-256 of `der`.
    int version = 3;             // 1, 2, 3; as encoded plus one.
    Bytes serial;  // Content octets of the INTEGER as encoded: two's complement, big-endian.
    Name subject, issuer;
    Bytes subject_der, issuer_der;
    sim::Time not_before, not_after;
    SubjectKey key;
    PublicKeyPtr public_key;                        // Null unless a P-256 key on the named curve.
    Bytes spki_der;                                 // As encoded.
    std::string signature_algorithm;                // OID in the outer structure.
    std::string inner_signature_algorithm;          // OID in the signed part; must be equal.
    bool signature_algorithms_equal = true;         // Parameters included (RFC 5280 §4.1.1.2).
    std::vector<Extension> extensions;              // All, in order, duplicates too.
    std::vector<std::string> malformed_extensions;  // OIDs of known ones that do not decode.

    std::optional<BasicConstraints> basic_constraints;
    std::optional<std::uint16_t> key_usage;  // KeyUsageBit, or-ed.
    std::optional<Bytes> subject_key_identifier;
    std::optional<Bytes> authority_key_identifier;  // keyIdentifier; absent if it has none.
    std::vector<PolicyInformation> policies;
    std::vector<DistributionPoint> crl_distribution_points;
    std::vector<AccessDescription> authority_info_access;
    bool has_extended_key_usage = false;
    bool has_subject_alt_name = false;
  };

  const Fields& operator*() const { return fields_; }

  const Fields* operator->() const { return &fields_; }

  const Fields& fields() const { return fields_; }

  const Bytes& der() const { return fields_.der; }

  const Sha256Digest& fingerprint() const { return fields_.fingerprint; }

  const Name& subject() const { return fields_.subject; }

  const Name& issuer() const { return fields_.issuer; }

  const Bytes& subject_der() const { return fields_.subject_der; }

  const Bytes& issuer_der() const { return fields_.issuer_der; }

  const Bytes& serial() const { return fields_.serial; }

  const std::string& fingerprint_hex() const { return fingerprint_hex_; }  // Lower case.

  std::string serial_hex() const;  // "1F02", upper case, "-" in front when negative, "0".

  sim::Time not_before() const { return fields_.not_before; }

  sim::Time not_after() const { return fields_.not_after; }

  const PublicKeyPtr& public_key() const { return fields_.public_key; }

  // The first extension of this OID, or null. Lives as long as the certificate.
  const Extension* find_extension(std::string_view oid) const;
  std::size_t count_extensions(std::string_view oid) const;

  bool is_self_issued() const { return fields_.subject_der == fields_.issuer_der; }

  // Only the signature, by whatever algorithm (ECDSA, RSA); names are not compared. One or more
  // signature verifications. False also when the two signature algorithms differ.
  bool is_signed_by(const Certificate& issuer) const;

  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  struct OpenSsl;  // For the sources of this folder.
  Certificate(Fields fields, std::unique_ptr<const OpenSsl> openssl);

  const OpenSsl& openssl() const { return *openssl_; }

 private:
  Fields fields_;
  std::string fingerprint_hex_;
  std::unique_ptr<const OpenSsl> openssl_;
};

}  // namespace shakedown::crypto

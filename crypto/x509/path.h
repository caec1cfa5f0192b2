// Certification path validation (RFC 5280 §6) at a given time, through X509_verify_cert. Revocation
// is not part of it: the STI-PA's list is signed under another anchor, which OpenSSL refuses.
// Pure; thread-safe. Costs a signature verification for each certificate but the anchor.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "sim/time.h"

namespace shakedown::crypto {

enum class PathError : std::uint8_t {
  kNone,
  kExpired,  // At or after the second that follows notAfter, which is inclusive.
  kNotYetValid,
  kUntrustedRoot,          // The path ends in a self-signed certificate that is not an anchor.
  kIssuerNotFound,         // No certificate of the issuer among intermediates and anchors.
  kNameMismatch,           // The signer is there, but under another name (RFC 5280 §6.1.3(a)(4)).
  kKeyIdentifierMismatch,  // The issuer's name is there, but with another key identifier.
  kBadSignature,
  kNotACa,       // An issuer without basicConstraints cA TRUE.
  kPathTooLong,  // pathLenConstraint, or more than kMaximumPathLength certificates.
  kKeyUsage,     // An issuer whose keyUsage lacks keyCertSign.
  kWeak,         // A signature by MD5 or SHA-1, or a key of less than 80 bits of security.
  kUnhandledCritical,
  kMalformed,  // An extension that must be understood does not decode.
  kOther,      // The text says which.
};

std::string_view to_string(PathError error);  // "expired", "untrusted_root", ...

inline constexpr std::size_t kMaximumPathLength = 8;
inline constexpr std::size_t kMaximumIntermediates = 16;  // More are ignored.

struct PathResult {
  bool ok = false;
  PathError error = PathError::kNone;
  std::string text;  // For a person: what, and of which certificate.
  // Leaf first, anchor last when ok; else as far as the path could be built.
  std::vector<CertificatePtr> path;
  std::size_t error_depth = 0;  // Position in `path` of the certificate at fault, 0 = leaf.
};

// `untrusted`: in any order, usually what followed the leaf in its file. `anchors`: trusted as they
// are; an anchor need not be self-signed. Neither is modified or kept.
PathResult validate_path(const CertificatePtr& leaf,
                         std::span<const CertificatePtr> untrusted,
                         std::span<const CertificatePtr> anchors,
                         sim::Time at);

}  // namespace shakedown::crypto

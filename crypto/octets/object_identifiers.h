// Object identifiers of X.509, SHAKEN and OCSP, dotted (RFC 5280, RFC 6960, RFC 8226, RFC 9118,
// RFC 9608).
#pragma once

#include <string_view>

namespace shakedown::crypto::oid {

inline constexpr std::string_view kSubjectKeyIdentifier = "2.5.29.14";
inline constexpr std::string_view kKeyUsage = "2.5.29.15";
inline constexpr std::string_view kSubjectAltName = "2.5.29.17";
inline constexpr std::string_view kBasicConstraints = "2.5.29.19";
inline constexpr std::string_view kCrlNumber = "2.5.29.20";
inline constexpr std::string_view kReasonCode = "2.5.29.21";
inline constexpr std::string_view kIssuingDistributionPoint = "2.5.29.28";
inline constexpr std::string_view kCertificateIssuer = "2.5.29.29";
inline constexpr std::string_view kCrlDistributionPoints = "2.5.29.31";
inline constexpr std::string_view kCertificatePolicies = "2.5.29.32";
inline constexpr std::string_view kAuthorityKeyIdentifier = "2.5.29.35";
inline constexpr std::string_view kExtendedKeyUsage = "2.5.29.37";
inline constexpr std::string_view kFreshestCrl = "2.5.29.46";
inline constexpr std::string_view kNoRevAvail = "2.5.29.56";
inline constexpr std::string_view kAuthorityInfoAccess = "1.3.6.1.5.5.7.1.1";
inline constexpr std::string_view kTnAuthList = "1.3.6.1.5.5.7.1.26";
inline constexpr std::string_view kJwtClaimConstraints = "1.3.6.1.5.5.7.1.27";
inline constexpr std::string_view kEnhancedJwtClaimConstraints = "1.3.6.1.5.5.7.1.33";
inline constexpr std::string_view kOcsp = "1.3.6.1.5.5.7.48.1";
inline constexpr std::string_view kCaIssuers = "1.3.6.1.5.5.7.48.2";
inline constexpr std::string_view kStirTnList = "1.3.6.1.5.5.7.48.14";
inline constexpr std::string_view kRsaEncryption = "1.2.840.113549.1.1.1";
inline constexpr std::string_view kEcdsaWithSha256 = "1.2.840.10045.4.3.2";
inline constexpr std::string_view kEcdsaWithSha384 = "1.2.840.10045.4.3.3";

}  // namespace shakedown::crypto::oid

// How the certificates of the ecosystem look: specifications to issue by, after the profile of
// ATIS-1000080 v005. Every certificate made here says that nobody should trust it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/tn_auth_list.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::stir {

inline constexpr std::string_view kNotTrusted = "TEST - NOT TRUSTED";
// "Acme Telecom" -> "Acme Telecom (TEST - NOT TRUSTED)"; unchanged if it says so already.
std::string test_organization(std::string_view name);

// US SHAKEN certificate policy 1.3 and the arc that a leaf's policy must come from.
inline constexpr std::string_view kShakenPolicy = "2.16.840.1.114569.1.1.3";
inline constexpr std::string_view kShakenPolicyArc = "2.16.840.1.114569.1.1.";

// What every certificate below has. `serial_octets`: at least 8, from a random stream (ATIS-1000080
// v005 §6.4.1.1: 64 bits); made positive.
struct CertificateFacts {
  std::string organization;  // test_organization() is applied.
  std::string common_name;   // Must contain SHAKEN; the functions below supply it when empty.
  std::string country = "US";
  crypto::Bytes subject_spki_der;
  crypto::Bytes serial_octets;
  sim::Time not_before;
  sim::Time not_after;
  std::optional<std::uint64_t> path_length;  // CAs only.
};

// Where the STI-PA's CRL is (not in roots).
struct CrlPointer {
  std::string url;
  crypto::Bytes crl_issuer_der;  // DER Name of the CRL's issuer.
};

// CN "<organization> SHAKEN ROOT CA" unless given.
Result<crypto::CertificateSpec> make_root(const CertificateFacts& facts);
Result<crypto::CertificateSpec> make_intermediate(const CertificateFacts& facts,
                                                  const crypto::Certificate& issuer,
                                                  const CrlPointer& crl);
// An STI certificate for a provider: TNAuthList with one SPC, CN "SHAKEN <spc>" unless given.
Result<crypto::CertificateSpec> make_end_entity(const CertificateFacts& facts,
                                                std::string_view spc,
                                                const crypto::Certificate& issuer,
                                                const CrlPointer& crl);
// ATIS-1000092, RFC 9060: a CA whose TNAuthList limits what it may delegate.
Result<crypto::CertificateSpec> make_delegate_ca(const CertificateFacts& facts,
                                                 const std::vector<crypto::TnEntry>& scope,
                                                 const crypto::Certificate& issuer,
                                                 const CrlPointer& crl);
// `constraints` go into JWTClaimConstraints (RFC 8226 §8), or, if they exclude claims, into
// EnhancedJWTClaimConstraints (RFC 9118 §3); never into both.
Result<crypto::CertificateSpec> make_delegate_end_entity(
    const CertificateFacts& facts,
    const std::vector<crypto::TnEntry>& scope,
    const std::optional<crypto::JwtClaimConstraints>& constraints,
    const crypto::Certificate& issuer,
    const CrlPointer& crl);
// What an ATIS-1000092 STI-SCA puts into a delegate: no attest, no origid.
crypto::JwtClaimConstraints no_shaken_passports();

// The STI-PA's own PKI: its root, and the signer of tokens, lists and the CRL.
Result<crypto::CertificateSpec> make_policy_administrator_root(const CertificateFacts& facts);
Result<crypto::CertificateSpec> make_policy_administrator_signer(const CertificateFacts& facts,
                                                                 const crypto::Certificate& root);

}  // namespace shakedown::stir

// The certificate profile of ATIS-1000080 (v003 to v005): specifications to issue by, and the rules
// as a table to judge by. Pure; every certificate made here says that nobody should trust it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/crypto/certificate.h"
#include "actors/crypto/certificate_builder.h"
#include "actors/crypto/jwt_claim_constraints.h"
#include "actors/crypto/tn_auth_list.h"
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

// ---- Rules
// ---------------------------------------------------------------------------------------

enum class Severity : std::uint8_t {
  kWarning,  // Seen in the field and harmless; never fails anything.
  kLint,     // The profile says no; profile `strict` refuses with 437.
  kError,    // 437 in every profile that looks at certificates.
};
std::string_view to_string(Severity severity);

enum class CertificateRole : std::uint8_t {
  kRoot = 1,
  kIntermediate = 2,
  kEndEntity = 4,
  kDelegateCa = 8,
  kDelegate = 16
};
std::string_view to_string(CertificateRole role);
// By what it is: cA, self-issued, TNAuthList; `issuer_has_tn_auth_list` makes a leaf a delegate.
CertificateRole role_of(const crypto::Certificate& certificate, bool issuer_has_tn_auth_list);

enum class ProfileVersion : std::uint8_t { kV003, kV004, kV005 };
std::string_view to_string(ProfileVersion version);
// The version in force when it was issued: v004 from 2021-10-18, v005 from 2022-12-12; leaves have
// 90 days of grace.
ProfileVersion version_in_force(const crypto::Certificate& certificate, CertificateRole role);

struct ProfileSubject {
  const crypto::Certificate& certificate;
  CertificateRole role;
  const crypto::Certificate* issuer;  // nullptr if unknown.
  ProfileVersion version;
};

struct ProfileRule {
  std::string_view id;  // "end_entity_is_not_a_ca"
  Severity severity;
  std::uint8_t roles;  // CertificateRole, or-ed.
  std::string_view clause;
  ProfileVersion first;  // The first version of the profile that has the rule.
  ProfileVersion last;   // The last one.
  // nullopt: it holds; else why not, for a person.
  std::optional<std::string> (*check)(const ProfileSubject&);
};

std::span<const ProfileRule> profile_rules();

struct ProfileFinding {
  const ProfileRule* rule = nullptr;
  std::size_t position = 0;  // In the path, 0 = leaf.
  std::string detail;
};

std::vector<ProfileFinding> check_profile(const ProfileSubject& subject, std::size_t position = 0);

// ---- Certificate requests
// ------------------------------------------------------------------------

// What the STI-CA's order says (ATIS-1000080 §6.3.5, RFC 8555 §7.4, RFC 9448 §3).
struct RequestExpectation {
  std::string_view identifier_der;     // TNAuthList of the order.
  bool ca = false;                     // atc.ca of the token.
  std::string_view crl_url;            // A requested CRLDP must name this one.
  std::string_view account_spki_der;   // The account key must not be the certificate's key.
  bool allow_account_key = false;      // Deployed practice (switch).
  bool drop_other_extensions = false;  // Instead of refusing them.
  bool check_subject = true;           // CN and TNAuthList must agree.
};

struct RequestRule {
  std::string_view id;  // "csr_tn_auth_list_matches_order"
  std::string_view clause;
  std::optional<std::string> (*check)(const crypto::CertificateRequest&, const RequestExpectation&);
};

std::span<const RequestRule> request_rules();

struct RequestFinding {
  const RequestRule* rule = nullptr;
  std::string detail;
};

// The first rule that fails; all of them are ACME badCSR. nullopt: issue.
std::optional<RequestFinding> check_request(const crypto::CertificateRequest& request,
                                            const RequestExpectation& expectation);

}  // namespace shakedown::stir

// The certificate profile of ATIS-1000080, versions 003 to 005, as a table of rules to judge by.
// Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "sim/result.h"
#include "stir/credential/certificate_role.h"

namespace shakedown::stir {

// ---------------------------------------------------------------------------------------

enum class Severity : std::uint8_t {
  kWarning,  // Seen in the field and harmless; never fails anything.
  kLint,     // The profile says no; profile `strict` refuses with 437.
  kError,    // 437 in every profile that looks at certificates.
};
std::string_view to_string(Severity severity);

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

}  // namespace shakedown::stir

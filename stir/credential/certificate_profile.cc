#include "stir/credential/certificate_profile.h"

#include <algorithm>
#include <array>

#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/tn_auth_list.h"
#include "stir/credential/certificate_fields.h"
#include "stir/credential/certificate_specs.h"
#include "stir/credential/revocation.h"

namespace shakedown::stir {
namespace {

using Subject = ProfileSubject;
using Objection = std::optional<std::string>;
namespace oid = crypto::oid;

constexpr std::uint8_t bit(CertificateRole role) { return static_cast<std::uint8_t>(role); }

constexpr std::uint8_t kRoots = bit(CertificateRole::kRoot);
constexpr std::uint8_t kIntermediates = bit(CertificateRole::kIntermediate);
constexpr std::uint8_t kEndEntities = bit(CertificateRole::kEndEntity);
constexpr std::uint8_t kDelegateCas = bit(CertificateRole::kDelegateCa);
constexpr std::uint8_t kLeaves = kEndEntities | bit(CertificateRole::kDelegate);
constexpr std::uint8_t kCas = kRoots | kIntermediates | kDelegateCas;
constexpr std::uint8_t kBase = kRoots | kIntermediates | kEndEntities;
constexpr std::uint8_t kAll = kCas | kLeaves;
constexpr std::uint8_t kIssued = kAll & ~kRoots;

Objection objection_if(bool violated, std::string_view text) {
  if (!violated) return std::nullopt;
  return std::string(text);
}

bool is_leaf(const Subject& s) { return (bit(s.role) & kLeaves) != 0; }

std::optional<std::vector<crypto::TnEntry>> tn_entries(const Subject& s) {
  const auto* extension = s.certificate.find_extension(oid::kTnAuthList);
  if (extension == nullptr) return std::nullopt;
  auto entries = crypto::decode_tn_auth_list(extension->value);
  if (!entries) return std::nullopt;
  return *std::move(entries);
}

// The only provider code of the list; "" if there is none or more.
std::string only_spc(const Subject& s) {
  const auto entries = tn_entries(s);
  using EntryKind = crypto::TnEntry::Kind;
  if (!entries || entries->size() != 1 ||
      entries->front().kind != EntryKind::kServiceProviderCode) {
    return {};
  }
  return entries->front().value;
}

bool contains_ignoring_case(std::string_view text, std::string_view upper_case_word) {
  const auto equal = [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; };
  return std::search(text.begin(), text.end(), upper_case_word.begin(), upper_case_word.end(),
                     equal) != text.end();
}

// Rules whose violation fails a call.

Objection version_is_3(const Subject& s) {
  return objection_if(s.certificate->version != 3,
                      "version " + std::to_string(s.certificate->version));
}

Objection signature_is_ecdsa(const Subject& s) {
  const auto& algorithm = s.certificate->signature_algorithm;
  return objection_if(algorithm != oid::kEcdsaWithSha256 && algorithm != oid::kEcdsaWithSha384,
                      "signed with " + algorithm);
}

Objection signature_algorithms_agree(const Subject& s) {
  return objection_if(!s.certificate->signature_algorithms_equal, "two signature algorithms");
}

Objection leaf_key_is_p256(const Subject& s) {
  return objection_if(s.certificate->key.kind != crypto::KeyKind::kP256,
                      "key is " + std::string(to_string(s.certificate->key.kind)));
}

Objection ca_key_is_elliptic(const Subject& s) {
  const auto kind = s.certificate->key.kind;
  return objection_if(kind != crypto::KeyKind::kP256 && kind != crypto::KeyKind::kP384,
                      "key is " + std::string(to_string(kind)));
}

Objection key_names_its_curve(const Subject& s) {
  return objection_if(s.certificate->key.explicit_parameters, "explicit curve parameters");
}

Objection extensions_occur_once(const Subject& s) {
  const auto& extensions = s.certificate->extensions;
  for (const auto& extension : extensions) {
    if (s.certificate.count_extensions(extension.oid) > 1) return "twice: " + extension.oid;
  }
  return std::nullopt;
}

Objection extensions_decode(const Subject& s) {
  const auto& malformed = s.certificate->malformed_extensions;
  if (malformed.empty()) return std::nullopt;
  return "does not decode: " + malformed.front();
}

Objection leaf_is_not_a_ca(const Subject& s) {
  const auto& constraints = s.certificate->basic_constraints;
  return objection_if(constraints && constraints->ca, "cA is TRUE");
}

Objection leaf_may_sign(const Subject& s) {
  const auto& usage = s.certificate->key_usage;
  if (!usage) return "no keyUsage";
  return objection_if((*usage & crypto::kDigitalSignature) == 0, "no digitalSignature");
}

Objection tn_auth_list_present(const Subject& s) {
  return objection_if(s.certificate.find_extension(oid::kTnAuthList) == nullptr, "no TNAuthList");
}

Objection tn_auth_list_decodes(const Subject& s) {
  const auto* extension = s.certificate.find_extension(oid::kTnAuthList);
  if (extension == nullptr) return std::nullopt;
  const auto entries = crypto::decode_tn_auth_list(extension->value);
  if (entries) return std::nullopt;
  return entries.error().detail;
}

Objection claim_constraints_decode(const Subject& s) {
  if (const auto* plain = s.certificate.find_extension(oid::kJwtClaimConstraints)) {
    const auto decoded = crypto::decode_jwt_claim_constraints(plain->value);
    if (!decoded) return decoded.error().detail;
  }
  if (const auto* enhanced = s.certificate.find_extension(oid::kEnhancedJwtClaimConstraints)) {
    const auto decoded = crypto::decode_enhanced_jwt_claim_constraints(enhanced->value);
    if (!decoded) return decoded.error().detail;
  }
  return std::nullopt;
}

Objection one_kind_of_claim_constraints(const Subject& s) {
  return objection_if(
      s.certificate.find_extension(oid::kJwtClaimConstraints) != nullptr &&
          s.certificate.find_extension(oid::kEnhancedJwtClaimConstraints) != nullptr,
      "both JWTClaimConstraints and EnhancedJWTClaimConstraints");
}

// Serial number and names.

Objection serial_is_positive(const Subject& s) {
  const auto& serial = s.certificate.serial();
  const bool negative = !serial.empty() && (static_cast<unsigned char>(serial.front()) & 0x80U);
  const bool zero = std::all_of(serial.begin(), serial.end(), [](char c) { return c == '\0'; });
  return objection_if(negative || zero, "serial " + s.certificate.serial_hex());
}

Objection serial_is_short_enough(const Subject& s) {
  constexpr std::size_t kMostOctets = 20;
  return objection_if(s.certificate.serial().size() > kMostOctets, "serial over 20 octets");
}

Objection serial_is_long_enough(const Subject& s) {
  constexpr std::size_t kFewestOctets = 8;
  return objection_if(s.certificate.serial().size() < kFewestOctets, "serial under 64 bits");
}

Objection subject_is_complete(const Subject& s) {
  for (const auto type : {"C", "O", "CN"}) {
    const auto count = s.certificate.subject().count(type);
    if (count != 1) return std::to_string(count) + " times " + type;
  }
  return std::nullopt;
}

Objection country_is_two_letters(const Subject& s) {
  const auto country = s.certificate.subject().find("C").value_or("");
  const bool good = country.size() == 2 && std::all_of(country.begin(), country.end(),
                                                       [](char c) { return c >= 'A' && c <= 'Z'; });
  return objection_if(!good, "C=" + std::string(country));
}

Objection common_name_says_shaken(const Subject& s) {
  const auto name = s.certificate.subject().find("CN").value_or("");
  return objection_if(!contains_ignoring_case(name, "SHAKEN"), "CN=" + std::string(name));
}

Objection root_common_name_says_root(const Subject& s) {
  const auto name = s.certificate.subject().find("CN").value_or("");
  return objection_if(!contains_ignoring_case(name, "ROOT"), "CN=" + std::string(name));
}

Objection common_name_has_the_spc(const Subject& s) {
  const std::string spc = only_spc(s);
  const std::string_view name = s.certificate.subject().find("CN").value_or("");
  if (spc.empty() || names_provider(name, spc)) return std::nullopt;
  return "CN=" + std::string(name) + " without SHAKEN " + spc;
}

// Extensions.

Objection critical(const Subject& s, std::string_view which) {
  const auto* extension = s.certificate.find_extension(which);
  return objection_if(extension != nullptr && !extension->critical, "not critical");
}

Objection basic_constraints_present(const Subject& s) {
  return objection_if(!s.certificate->basic_constraints, "no basicConstraints");
}

Objection basic_constraints_critical(const Subject& s) {
  return critical(s, oid::kBasicConstraints);
}

Objection key_usage_critical(const Subject& s) { return critical(s, oid::kKeyUsage); }

Objection nothing_else_critical(const Subject& s) {
  for (const auto& extension : s.certificate->extensions) {
    if (extension.critical && extension.oid != oid::kBasicConstraints &&
        extension.oid != oid::kKeyUsage) {
      return "critical: " + extension.oid;
    }
  }
  return std::nullopt;
}

Objection key_usage_is_minimal(const Subject& s) {
  const auto* extension = s.certificate.find_extension(oid::kKeyUsage);
  const auto& usage = s.certificate->key_usage;
  if (extension == nullptr || !usage) return std::nullopt;
  return objection_if(extension->value != crypto::extension::key_usage(*usage).value,
                      "keyUsage is not encoded as DER prescribes");
}

Objection leaf_only_signs(const Subject& s) {
  const auto& usage = s.certificate->key_usage;
  return objection_if(usage && (*usage & ~crypto::kDigitalSignature) != 0, "more key usages");
}

Objection ca_signs_certificates(const Subject& s) {
  const auto& usage = s.certificate->key_usage;
  return objection_if(!usage || (*usage & crypto::kKeyCertSign) == 0, "no keyCertSign");
}

Objection ca_only_signs_certificates(const Subject& s) {
  const auto& usage = s.certificate->key_usage;
  return objection_if(usage && (*usage & ~crypto::kKeyCertSign) != 0, "more key usages");
}

Objection ca_usage_of_v004(const Subject& s) {
  constexpr unsigned kAllowed = crypto::kKeyCertSign | crypto::kDigitalSignature | crypto::kCrlSign;
  const auto& usage = s.certificate->key_usage;
  return objection_if(usage && (*usage & ~kAllowed) != 0, "more key usages");
}

Objection ca_key_is_p256(const Subject& s) {
  return objection_if(s.certificate->key.kind == crypto::KeyKind::kP384, "key is P-384");
}

Objection signature_is_sha256(const Subject& s) {
  return objection_if(s.certificate->signature_algorithm == oid::kEcdsaWithSha384,
                      "signed with SHA-384");
}

Objection subject_key_identifier_present(const Subject& s) {
  return objection_if(!s.certificate->subject_key_identifier, "no subjectKeyIdentifier");
}

Objection subject_key_identifier_is_sha1(const Subject& s) {
  const auto& present = s.certificate->subject_key_identifier;
  const auto expected = crypto::key_identifier(s.certificate->spki_der);
  return objection_if(present && expected && *present != *expected, "not the key's SHA-1");
}

Objection authority_key_identifier_present(const Subject& s) {
  return objection_if(!s.certificate->authority_key_identifier, "no authorityKeyIdentifier");
}

Objection authority_key_identifier_matches(const Subject& s) {
  const auto& present = s.certificate->authority_key_identifier;
  if (!present || s.issuer == nullptr) return std::nullopt;
  return objection_if(present != s.issuer->fields().subject_key_identifier,
                      "is not the issuer's subjectKeyIdentifier");
}

Objection root_has_no_policies(const Subject& s) {
  return objection_if(!s.certificate->policies.empty(), "certificatePolicies in a root");
}

Objection one_policy(const Subject& s) {
  const auto count = s.certificate->policies.size();
  return objection_if(count != 1, std::to_string(count) + " policies");
}

bool is_shaken_policy(std::string_view policy) { return policy.starts_with(kShakenPolicyArc); }

constexpr std::string_view kAnyPolicy = "2.5.29.32.0";

Objection policy_is_shaken(const Subject& s) {
  for (const auto& policy : s.certificate->policies) {
    const bool any_allowed = !is_leaf(s) && policy.oid == kAnyPolicy;
    if (!is_shaken_policy(policy.oid) && !any_allowed) return "policy " + policy.oid;
  }
  return std::nullopt;
}

Objection policy_is_not_any(const Subject& s) {
  const auto& policies = s.certificate->policies;
  return objection_if(std::any_of(policies.begin(), policies.end(),
                                  [](const auto& policy) { return policy.oid == kAnyPolicy; }),
                      "anyPolicy");
}

Objection root_has_no_distribution_point(const Subject& s) {
  return objection_if(!s.certificate->crl_distribution_points.empty(),
                      "cRLDistributionPoints in a root");
}

Objection one_distribution_point(const Subject& s) {
  const auto& points = s.certificate->crl_distribution_points;
  if (points.size() != 1) return std::to_string(points.size()) + " distribution points";
  const auto& uris = points.front().uris;
  const bool http = uris.size() == 1 &&
                    (uris.front().starts_with("http://") || uris.front().starts_with("https://"));
  return objection_if(!http, "the distribution point is not one HTTP URL");
}

Objection distribution_point_names_crl_issuer(const Subject& s) {
  const auto& points = s.certificate->crl_distribution_points;
  return objection_if(points.size() == 1 && points.front().crl_issuers.empty(), "no cRLIssuer");
}

Objection ca_has_no_tn_auth_list(const Subject& s) {
  return objection_if(s.certificate.find_extension(oid::kTnAuthList) != nullptr,
                      "TNAuthList in a CA certificate");
}

Objection tn_auth_list_is_one_spc(const Subject& s) {
  const auto entries = tn_entries(s);
  return objection_if(entries && only_spc(s).empty(), "not exactly one provider code");
}

Objection spc_is_upper_case(const Subject& s) {
  const auto entries = tn_entries(s);
  if (!entries) return std::nullopt;
  for (const auto& entry : *entries) {
    if (entry.kind != crypto::TnEntry::Kind::kServiceProviderCode) continue;
    const bool good =
        !entry.value.empty() && std::all_of(entry.value.begin(), entry.value.end(), [](char c) {
          return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        });
    if (!good) return "provider code " + entry.value;
  }
  return std::nullopt;
}

Objection no_rev_avail_is_alone(const Subject& s) {
  return objection_if(s.certificate.find_extension(oid::kNoRevAvail) != nullptr &&
                          !has_no_revocation_information(s.certificate),
                      "noRevAvail in a CA certificate, or beside where to ask");
}

Objection no_other_extensions(const Subject& s) {
  constexpr std::array kProfile{oid::kKeyUsage,
                                oid::kBasicConstraints,
                                oid::kCertificatePolicies,
                                oid::kSubjectKeyIdentifier,
                                oid::kAuthorityKeyIdentifier,
                                oid::kCrlDistributionPoints,
                                oid::kTnAuthList};
  for (const auto& extension : s.certificate->extensions) {
    if (std::find(kProfile.begin(), kProfile.end(), extension.oid) == kProfile.end()) {
      return "extension " + extension.oid;
    }
  }
  return std::nullopt;
}

// The table.

using enum Severity;
constexpr auto kV3 = ProfileVersion::kV003;
constexpr auto kV4 = ProfileVersion::kV004;
constexpr auto kV5 = ProfileVersion::kV005;
constexpr std::string_view kFields = "ATIS-1000080 §6.4.1";
constexpr std::string_view kFieldsV5 = "ATIS-1000080.v005 §6.4.1.1";

constexpr std::array kProfileRules{
    ProfileRule{"version_is_3", kError, kAll, "RFC 5280 §4.1.2.1", kV3, kV5, version_is_3},
    ProfileRule{"signature_is_ecdsa", kError, kAll, kFields, kV3, kV5, signature_is_ecdsa},
    ProfileRule{"signature_algorithms_agree", kError, kAll, "RFC 5280 §4.1.1.2", kV3, kV5,
                signature_algorithms_agree},
    ProfileRule{"leaf_key_is_p256", kError, kLeaves, kFields, kV3, kV5, leaf_key_is_p256},
    ProfileRule{"ca_key_is_elliptic", kError, kCas, kFields, kV3, kV5, ca_key_is_elliptic},
    ProfileRule{"key_names_its_curve", kError, kAll, "RFC 5480 §2.1.1", kV3, kV5,
                key_names_its_curve},
    ProfileRule{"extensions_occur_once", kError, kAll, "RFC 5280 §4.2", kV3, kV5,
                extensions_occur_once},
    ProfileRule{"extensions_decode", kError, kAll, "RFC 5280 §4.2", kV3, kV5, extensions_decode},
    ProfileRule{"leaf_is_not_a_ca", kError, kLeaves, "RFC 9060 §4", kV3, kV5, leaf_is_not_a_ca},
    ProfileRule{"leaf_may_sign", kError, kLeaves, kFields, kV3, kV5, leaf_may_sign},
    ProfileRule{"tn_auth_list_present", kError, kLeaves, "RFC 8226 §9", kV3, kV5,
                tn_auth_list_present},
    ProfileRule{"tn_auth_list_decodes", kError, kLeaves | kDelegateCas, "RFC 8226 §9", kV3, kV5,
                tn_auth_list_decodes},
    ProfileRule{"claim_constraints_decode", kError, kLeaves, "RFC 9118 §3", kV3, kV5,
                claim_constraints_decode},
    ProfileRule{"one_kind_of_claim_constraints", kError, kLeaves, "RFC 9118 §6", kV3, kV5,
                one_kind_of_claim_constraints},
    ProfileRule{"no_rev_avail_is_alone", kError, kAll, "RFC 9608 §4", kV3, kV5,
                no_rev_avail_is_alone},

    ProfileRule{"serial_is_positive", kLint, kAll, "RFC 5280 §4.1.2.2", kV3, kV5,
                serial_is_positive},
    ProfileRule{"serial_is_short_enough", kLint, kAll, "RFC 5280 §4.1.2.2", kV3, kV5,
                serial_is_short_enough},
    ProfileRule{"serial_is_long_enough", kLint, kAll, kFieldsV5, kV5, kV5, serial_is_long_enough},
    ProfileRule{"subject_is_complete", kLint, kBase, kFields, kV3, kV5, subject_is_complete},
    ProfileRule{"country_is_two_letters", kLint, kBase, kFieldsV5, kV5, kV5,
                country_is_two_letters},
    ProfileRule{"common_name_says_shaken", kLint, kBase, kFields, kV3, kV5,
                common_name_says_shaken},
    ProfileRule{"root_common_name_says_root", kLint, kRoots, kFields, kV3, kV5,
                root_common_name_says_root},
    ProfileRule{"common_name_has_the_spc", kLint, kEndEntities, kFields, kV3, kV5,
                common_name_has_the_spc},

    ProfileRule{"basic_constraints_present", kLint, kAll, kFields, kV3, kV5,
                basic_constraints_present},
    ProfileRule{"basic_constraints_critical", kLint, kAll, kFields, kV3, kV5,
                basic_constraints_critical},
    ProfileRule{"key_usage_critical", kLint, kAll, kFields, kV3, kV5, key_usage_critical},
    ProfileRule{"nothing_else_critical", kLint, kAll, "RFC 8226 §9", kV3, kV5,
                nothing_else_critical},
    ProfileRule{"key_usage_is_minimal", kLint, kAll, "X.690 §11.2.2", kV3, kV5,
                key_usage_is_minimal},
    ProfileRule{"leaf_only_signs", kLint, kLeaves, kFields, kV3, kV5, leaf_only_signs},
    ProfileRule{"ca_signs_certificates", kLint, kCas, kFields, kV3, kV5, ca_signs_certificates},
    ProfileRule{"ca_only_signs_certificates", kLint, kRoots | kIntermediates, kFieldsV5, kV5, kV5,
                ca_only_signs_certificates},
    ProfileRule{"ca_usage_of_v004", kLint, kRoots | kIntermediates, kFields, kV3, kV4,
                ca_usage_of_v004},
    ProfileRule{"ca_key_is_p256", kWarning, kCas, kFields, kV3, kV5, ca_key_is_p256},
    ProfileRule{"signature_is_sha256", kWarning, kAll, kFields, kV3, kV5, signature_is_sha256},
    ProfileRule{"subject_key_identifier_present", kLint, kAll, kFields, kV3, kV5,
                subject_key_identifier_present},
    ProfileRule{"subject_key_identifier_is_sha1", kLint, kBase, kFieldsV5, kV5, kV5,
                subject_key_identifier_is_sha1},
    ProfileRule{"authority_key_identifier_present", kLint, kIssued, kFields, kV3, kV5,
                authority_key_identifier_present},
    ProfileRule{"authority_key_identifier_matches", kLint, kAll, kFields, kV3, kV5,
                authority_key_identifier_matches},
    ProfileRule{"root_has_no_policies", kLint, kRoots, kFieldsV5, kV5, kV5, root_has_no_policies},
    ProfileRule{"one_policy", kLint, kIntermediates | kEndEntities, kFields, kV4, kV5, one_policy},
    ProfileRule{"policy_is_shaken", kLint, kIntermediates | kEndEntities, kFields, kV4, kV5,
                policy_is_shaken},
    ProfileRule{"policy_is_not_any", kWarning, kIntermediates, kFields, kV4, kV5,
                policy_is_not_any},
    ProfileRule{"root_has_no_distribution_point", kLint, kRoots, kFields, kV3, kV5,
                root_has_no_distribution_point},
    ProfileRule{"one_distribution_point", kLint, kEndEntities, kFields, kV3, kV5,
                one_distribution_point},
    ProfileRule{"one_distribution_point_in_cas", kLint, kIntermediates, kFields, kV4, kV5,
                one_distribution_point},
    ProfileRule{"distribution_point_names_crl_issuer", kWarning, kIntermediates | kEndEntities,
                kFields, kV4, kV5, distribution_point_names_crl_issuer},
    ProfileRule{"ca_has_no_tn_auth_list", kLint, kRoots | kIntermediates, kFieldsV5, kV5, kV5,
                ca_has_no_tn_auth_list},
    ProfileRule{"tn_auth_list_is_one_spc", kLint, kEndEntities, kFields, kV4, kV5,
                tn_auth_list_is_one_spc},
    ProfileRule{"spc_is_upper_case", kLint, kEndEntities, kFieldsV5, kV5, kV5, spc_is_upper_case},
    ProfileRule{"no_other_extensions", kLint, kBase, kFieldsV5, kV5, kV5, no_other_extensions},
};

}  // namespace

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::kWarning:
      return "warning";
    case Severity::kLint:
      return "lint";
    case Severity::kError:
      return "error";
  }
  return "error";
}

std::string_view to_string(ProfileVersion version) {
  switch (version) {
    case ProfileVersion::kV003:
      return "v003";
    case ProfileVersion::kV004:
      return "v004";
    case ProfileVersion::kV005:
      return "v005";
  }
  return "v005";
}

CertificateRole role_of(const crypto::Certificate& certificate, bool issuer_has_tn_auth_list) {
  const bool ca = certificate->basic_constraints && certificate->basic_constraints->ca;
  const bool has_list = certificate.find_extension(oid::kTnAuthList) != nullptr;
  if (!ca)
    return issuer_has_tn_auth_list ? CertificateRole::kDelegate : CertificateRole::kEndEntity;
  if (certificate.is_self_issued()) return CertificateRole::kRoot;
  return has_list ? CertificateRole::kDelegateCa : CertificateRole::kIntermediate;
}

ProfileVersion version_in_force(const crypto::Certificate& certificate, CertificateRole role) {
  constexpr auto kV004From = sim::from_unix_seconds(1'634'515'200);  // 2021-10-18
  constexpr auto kV005From = sim::from_unix_seconds(1'670'803'200);  // 2022-12-12
  constexpr auto kGrace = std::chrono::hours{24 * 90};
  const sim::Duration grace = (bit(role) & kLeaves) != 0 ? kGrace : sim::Duration{};
  if (certificate.not_before() >= kV005From + grace) return ProfileVersion::kV005;
  if (certificate.not_before() >= kV004From + grace) return ProfileVersion::kV004;
  return ProfileVersion::kV003;
}

std::span<const ProfileRule> profile_rules() { return kProfileRules; }

std::vector<ProfileFinding> check_profile(const ProfileSubject& subject, std::size_t position) {
  std::vector<ProfileFinding> findings;
  for (const auto& rule : kProfileRules) {
    if ((rule.roles & bit(subject.role)) == 0) continue;
    if (subject.version < rule.first || subject.version > rule.last) continue;
    if (auto objection = rule.check(subject)) {
      findings.push_back({&rule, position, *std::move(objection)});
    }
  }
  return findings;
}

}  // namespace shakedown::stir

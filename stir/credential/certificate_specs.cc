#include "stir/credential/certificate_specs.h"

namespace shakedown::stir {
namespace {

namespace extension = crypto::extension;

crypto::Name subject_of(const CertificateFacts& facts, std::string common_name) {
  return {{{"C", facts.country, false},
           {"O", test_organization(facts.organization), false},
           {"CN", std::move(common_name), false}}};
}

// What all certificates share; the caller adds the extensions of its kind.
Result<crypto::CertificateSpec> begin(const CertificateFacts& facts, std::string common_name) {
  constexpr std::size_t kFewestOctets = 8;
  constexpr std::size_t kMostOctets = 20;
  if (facts.serial_octets.size() < kFewestOctets || facts.serial_octets.size() > kMostOctets) {
    return fail(ErrorCode::kMalformed, "a serial number needs 8 to 20 random octets");
  }
  if (facts.not_after <= facts.not_before) {
    return fail(ErrorCode::kMalformed, "notAfter is not after notBefore");
  }
  crypto::CertificateSpec spec;
  // The highest bit is dropped and the next one set: positive, never shorter, at most 20 octets.
  auto serial = facts.serial_octets;
  serial.front() = static_cast<char>((static_cast<unsigned char>(serial.front()) & 0x7fU) | 0x40U);
  spec.serial = std::move(serial);
  spec.not_before = facts.not_before;
  spec.not_after = facts.not_after;
  spec.subject = subject_of(facts, std::move(common_name));
  spec.subject_spki_der = facts.subject_spki_der;
  return spec;
}

Status add_issuer(crypto::CertificateSpec& spec, const crypto::Certificate& issuer) {
  spec.issuer = issuer.subject_der();
  const auto& identifier = issuer->subject_key_identifier;
  if (!identifier) return fail(ErrorCode::kMalformed, "the issuer has no subjectKeyIdentifier");
  spec.extensions.push_back(extension::authority_key_identifier(*identifier));
  return {};
}

void add_policy_and_crl(crypto::CertificateSpec& spec, const CrlPointer& crl) {
  spec.extensions.push_back(extension::certificate_policies({std::string(kShakenPolicy)}));
  spec.extensions.push_back(extension::crl_distribution_points(crl.url, crl.crl_issuer_der));
}

Status add_scope(crypto::CertificateSpec& spec, const std::vector<crypto::TnEntry>& scope) {
  ASSIGN_OR_RETURN(const auto der, crypto::encode_tn_auth_list(scope));
  spec.extensions.push_back(extension::tn_auth_list(der));
  return {};
}

std::string name_or(const CertificateFacts& facts, std::string_view otherwise) {
  return facts.common_name.empty() ? std::string(otherwise) : facts.common_name;
}

// A certificate under `issuer`: constraints, usage, identifiers, policy and CRL.
Result<crypto::CertificateSpec> issued(const CertificateFacts& facts,
                                       std::string common_name,
                                       bool ca,
                                       const crypto::Certificate& issuer,
                                       const CrlPointer& crl) {
  ASSIGN_OR_RETURN(auto spec, begin(facts, std::move(common_name)));
  const auto length = ca ? facts.path_length : std::nullopt;
  spec.extensions.push_back(extension::basic_constraints(ca, length));
  spec.extensions.push_back(
      extension::key_usage(ca ? crypto::kKeyCertSign : crypto::kDigitalSignature));
  spec.extensions.push_back(extension::subject_key_identifier(facts.subject_spki_der));
  RETURN_IF_ERROR(add_issuer(spec, issuer));
  add_policy_and_crl(spec, crl);
  return spec;
}

}  // namespace

std::string test_organization(std::string_view name) {
  std::string result(name);
  if (result.find(kNotTrusted) != std::string::npos) return result;
  return result.append(" (").append(kNotTrusted).append(")");
}

Result<crypto::CertificateSpec> make_root(const CertificateFacts& facts) {
  ASSIGN_OR_RETURN(auto spec, begin(facts, name_or(facts, facts.organization + " SHAKEN ROOT CA")));
  spec.issuer = std::get<crypto::Name>(spec.subject);
  spec.extensions = {extension::basic_constraints(true, facts.path_length),
                     extension::key_usage(crypto::kKeyCertSign),
                     extension::subject_key_identifier(facts.subject_spki_der)};
  return spec;
}

Result<crypto::CertificateSpec> make_intermediate(const CertificateFacts& facts,
                                                  const crypto::Certificate& issuer,
                                                  const CrlPointer& crl) {
  return issued(facts, name_or(facts, facts.organization + " SHAKEN CA"), true, issuer, crl);
}

Result<crypto::CertificateSpec> make_end_entity(const CertificateFacts& facts,
                                                std::string_view spc,
                                                const crypto::Certificate& issuer,
                                                const CrlPointer& crl) {
  const std::string name = name_or(facts, "SHAKEN " + std::string(spc));
  ASSIGN_OR_RETURN(auto spec, issued(facts, name, false, issuer, crl));
  RETURN_IF_ERROR(add_scope(spec, {crypto::TnEntry::service_provider_code(std::string(spc))}));
  return spec;
}

Result<crypto::CertificateSpec> make_delegate_ca(const CertificateFacts& facts,
                                                 const std::vector<crypto::TnEntry>& scope,
                                                 const crypto::Certificate& issuer,
                                                 const CrlPointer& crl) {
  const std::string name = name_or(facts, facts.organization + " SHAKEN SCA");
  ASSIGN_OR_RETURN(auto spec, issued(facts, name, true, issuer, crl));
  RETURN_IF_ERROR(add_scope(spec, scope));
  return spec;
}

Result<crypto::CertificateSpec> make_delegate_end_entity(
    const CertificateFacts& facts,
    const std::vector<crypto::TnEntry>& scope,
    const std::optional<crypto::JwtClaimConstraints>& constraints,
    const crypto::Certificate& issuer,
    const CrlPointer& crl) {
  const std::string name = name_or(facts, facts.organization + " SHAKEN delegate");
  ASSIGN_OR_RETURN(auto spec, issued(facts, name, false, issuer, crl));
  RETURN_IF_ERROR(add_scope(spec, scope));
  if (constraints && constraints->must_exclude.empty()) {
    ASSIGN_OR_RETURN(const auto der, crypto::encode_jwt_claim_constraints(*constraints));
    spec.extensions.push_back(extension::jwt_claim_constraints(der));
  } else if (constraints) {
    ASSIGN_OR_RETURN(const auto der, crypto::encode_enhanced_jwt_claim_constraints(*constraints));
    spec.extensions.push_back(extension::enhanced_jwt_claim_constraints(der));
  }
  return spec;
}

crypto::JwtClaimConstraints no_shaken_passports() {
  crypto::JwtClaimConstraints constraints;
  constraints.must_exclude = {"attest", "origid"};
  return constraints;
}

Result<crypto::CertificateSpec> make_policy_administrator_root(const CertificateFacts& facts) {
  ASSIGN_OR_RETURN(auto spec, begin(facts, name_or(facts, "STI-PA Root Certificate")));
  spec.issuer = std::get<crypto::Name>(spec.subject);
  spec.extensions = {
      extension::basic_constraints(true, facts.path_length),
      extension::key_usage(crypto::kDigitalSignature | crypto::kKeyCertSign | crypto::kCrlSign),
      extension::subject_key_identifier(facts.subject_spki_der)};
  return spec;
}

Result<crypto::CertificateSpec> make_policy_administrator_signer(const CertificateFacts& facts,
                                                                 const crypto::Certificate& root) {
  ASSIGN_OR_RETURN(auto spec, begin(facts, name_or(facts, "STI-PA CRL")));
  spec.extensions = {extension::basic_constraints(false),
                     extension::key_usage(crypto::kDigitalSignature | crypto::kCrlSign),
                     extension::subject_key_identifier(facts.subject_spki_der)};
  RETURN_IF_ERROR(add_issuer(spec, root));
  return spec;
}

}  // namespace shakedown::stir

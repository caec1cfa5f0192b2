#include "actors/issuing/hierarchy.h"

#include <utility>

#include "crypto/keys/randomness.h"

namespace shakedown::actors {
namespace {

// The subject of a request with C, O and CN in place. An attribute that is there keeps its place:
// clients look for the subject that they asked for.
crypto::Name completed(crypto::Name subject, const crypto::Name& supplied) {
  for (const crypto::NameAttribute& attribute : supplied.attributes) {
    if (!subject.find(attribute.type)) subject.attributes.push_back(attribute);
  }
  for (crypto::NameAttribute& attribute : subject.attributes) {
    if (attribute.type == "O") attribute.value = stir::test_organization(attribute.value);
  }
  return subject;
}

}  // namespace

Result<CaHierarchyPtr> make_hierarchy(const std::string& organization,
                                      sim::Time made_at,
                                      const stir::CrlPointer& crl,
                                      const IssuingProfile& profile) {
  auto hierarchy = std::make_shared<CaHierarchy>();
  ASSIGN_OR_RETURN(hierarchy->root_key, crypto::PrivateKey::generate());
  stir::CertificateFacts facts;
  facts.organization = organization;
  facts.subject_spki_der = hierarchy->root_key->public_key()->spki_der();
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_before = sim::from_unix_seconds(sim::unix_seconds(made_at));
  facts.not_after = facts.not_before + 20 * kAuthorityYear;
  ASSIGN_OR_RETURN(auto root, stir::make_root(facts));
  apply_profile(profile, stir::CertificateRole::kRoot, crl, root);
  ASSIGN_OR_RETURN(hierarchy->root, crypto::issue_certificate(root, *hierarchy->root_key));

  ASSIGN_OR_RETURN(hierarchy->intermediate_key, crypto::PrivateKey::generate());
  facts.subject_spki_der = hierarchy->intermediate_key->public_key()->spki_der();
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_after = facts.not_before + 10 * kAuthorityYear;
  ASSIGN_OR_RETURN(auto intermediate, stir::make_intermediate(facts, *hierarchy->root, crl));
  apply_profile(profile, stir::CertificateRole::kIntermediate, crl, intermediate);
  ASSIGN_OR_RETURN(hierarchy->intermediate,
                   crypto::issue_certificate(intermediate, *hierarchy->root_key));
  return CaHierarchyPtr(std::move(hierarchy));
}

Result<crypto::CertificatePtr> issue_under(const CaHierarchyPtr& hierarchy,
                                           const CertificateContents& contents,
                                           const stir::CrlPointer& crl,
                                           const IssuingProfile& profile) {
  stir::CertificateFacts facts;
  facts.organization = std::string(contents.subject.find("O").value_or(contents.organization));
  facts.common_name = std::string(contents.subject.find("CN").value_or(""));
  facts.subject_spki_der = contents.subject_spki_der;
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_before = contents.not_before;
  facts.not_after = contents.not_after;
  const crypto::Certificate& issuer = *hierarchy->intermediate;
  Result<crypto::CertificateSpec> spec;
  const bool is_plain = contents.scope.size() == 1 &&
                        contents.scope.front().kind == crypto::TnEntry::Kind::kServiceProviderCode;
  if (contents.ca) {
    facts.path_length = contents.path_length;
    spec = stir::make_delegate_ca(facts, contents.scope, issuer, crl);
  } else if (is_plain) {
    spec = stir::make_end_entity(facts, contents.scope.front().value, issuer, crl);
  } else {
    spec = stir::make_delegate_end_entity(facts, contents.scope, std::nullopt, issuer, crl);
  }
  if (!spec) return tl::unexpected(spec.error());
  apply_profile(
      profile, contents.ca ? stir::CertificateRole::kDelegateCa : stir::CertificateRole::kEndEntity,
      crl, *spec);
  spec->subject = completed(contents.subject, std::get<crypto::Name>(spec->subject));
  return crypto::issue_certificate(*spec, *hierarchy->intermediate_key);
}

}  // namespace shakedown::actors

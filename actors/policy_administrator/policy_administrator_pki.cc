#include "actors/policy_administrator/policy_administrator_pki.h"

#include <utility>

#include "crypto/keys/randomness.h"
#include "crypto/x509/certificate_builder.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kLifetime = std::chrono::hours{24 * 3652};

// But for who it is and its key: see prepare.
stir::CertificateFacts facts_of(const std::string& organization, sim::Time made_at) {
  stir::CertificateFacts facts;
  facts.organization = organization;
  facts.not_before = sim::from_unix_seconds(sim::unix_seconds(made_at));
  facts.not_after = facts.not_before + kLifetime;
  return facts;
}

Result<crypto::PrivateKeyPtr> prepare(stir::CertificateFacts& facts, std::string common_name) {
  ASSIGN_OR_RETURN(auto key, crypto::PrivateKey::generate());
  facts.common_name = std::move(common_name);
  facts.subject_spki_der = key->public_key()->spki_der();
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  return key;
}

Result<Authority> finish(crypto::PrivateKeyPtr key,
                         const crypto::CertificateSpec& spec,
                         const crypto::PrivateKey& issuer_key) {
  ASSIGN_OR_RETURN(auto certificate, crypto::issue_certificate(spec, issuer_key));
  return Authority{std::move(key), std::move(certificate)};
}

}  // namespace

crypto::Bytes crl_issuer_name(const std::string& organization) {
  const crypto::Name name{
      {{"C", "US"}, {"O", stir::test_organization(organization)}, {"CN", "STI-PA CRL"}}};
  const auto der = name.to_der();
  SHAKEDOWN_ASSERT(der.has_value());
  return *der;
}

Result<Authority> make_next_signer(const Authority& root,
                                   const std::string& organization,
                                   sim::Time made_at) {
  auto facts = facts_of(organization, made_at);
  ASSIGN_OR_RETURN(auto key, prepare(facts, "STI-PA Signer"));
  ASSIGN_OR_RETURN(const auto signer,
                   stir::make_policy_administrator_signer(facts, *root.certificate));
  return finish(std::move(key), signer, *root.key);
}

Result<PolicyAdministratorPki> make_policy_administrator_pki(const std::string& organization,
                                                             sim::Time made_at) {
  auto facts = facts_of(organization, made_at);
  PolicyAdministratorPki pki;
  ASSIGN_OR_RETURN(auto root_key, prepare(facts, "STI-PA Root"));
  ASSIGN_OR_RETURN(const auto root, stir::make_policy_administrator_root(facts));
  ASSIGN_OR_RETURN(pki.root, finish(root_key, root, *root_key));
  ASSIGN_OR_RETURN(pki.signer, make_next_signer(pki.root, organization, made_at));
  ASSIGN_OR_RETURN(pki.crl_signer, make_next_crl_signer(pki.root, organization, made_at));
  return pki;
}

Result<Authority> make_next_crl_signer(const Authority& root,
                                       const std::string& organization,
                                       sim::Time made_at) {
  auto facts = facts_of(organization, made_at);
  ASSIGN_OR_RETURN(auto key, prepare(facts, "STI-PA CRL"));
  ASSIGN_OR_RETURN(auto signer, stir::make_policy_administrator_signer(facts, *root.certificate));
  signer.subject = crl_issuer_name(organization);  // Byte by byte what certificates name.
  return finish(std::move(key), signer, *root.key);
}

Result<NextRoot> make_next_root(const Authority& old_root,
                                const std::string& organization,
                                std::size_t generation,
                                sim::Time made_at,
                                sim::Time cross_certificate_ends) {
  auto facts = facts_of(organization, made_at);
  NextRoot next;
  ASSIGN_OR_RETURN(const auto key, prepare(facts, "STI-PA Root " + std::to_string(generation)));
  ASSIGN_OR_RETURN(const auto root, stir::make_policy_administrator_root(facts));
  ASSIGN_OR_RETURN(next.pki.root, finish(key, root, *key));
  ASSIGN_OR_RETURN(next.pki.signer, make_next_signer(next.pki.root, organization, made_at));
  ASSIGN_OR_RETURN(next.pki.crl_signer, make_next_crl_signer(next.pki.root, organization, made_at));

  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_after = sim::from_unix_seconds(sim::unix_seconds(cross_certificate_ends));
  ASSIGN_OR_RETURN(auto cross, stir::make_policy_administrator_root(facts));
  const auto& identifier = (*old_root.certificate)->subject_key_identifier;
  if (!identifier) return fail(ErrorCode::kMalformed, "the old root has no subjectKeyIdentifier");
  cross.issuer = old_root.certificate->subject_der();
  cross.extensions.push_back(crypto::extension::authority_key_identifier(*identifier));
  ASSIGN_OR_RETURN(next.cross_certificate, crypto::issue_certificate(cross, *old_root.key));
  return next;
}

}  // namespace shakedown::actors

#include "vectors/drafting/case_world.h"

#include <algorithm>

#include "crypto/keys/randomness.h"
#include "crypto/octets/digest.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/ca_list.h"
#include "stir/jose/jws.h"

namespace shakedown::vectors {
namespace {

crypto::Bytes octets_named(std::string_view purpose, std::string_view name) {
  crypto::Sha256 hash;
  hash.update("shakedown vectors ");
  hash.update(purpose);
  hash.update(name);
  const auto digest = hash.finish();
  return {digest.begin(), digest.end()};
}

template <class T>
T must(Result<T> result) {
  SHAKEDOWN_ASSERT(result.has_value());
  return *std::move(result);
}

}  // namespace

crypto::PrivateKeyPtr key_named(std::string_view name) {
  const auto octets = octets_named("key ", name);
  std::array<std::uint8_t, 32> scalar{};
  std::copy(octets.begin(), octets.end(), scalar.begin());
  return must(crypto::PrivateKey::from_scalar(scalar));
}

sim::Lineage stream_named(std::string_view name) {
  constexpr std::uint64_t kSeed = 8225;
  return sim::Lineage::root(kSeed).child(name, 0);
}

crypto::CertificatePtr issued(const crypto::CertificateSpec& spec,
                              const crypto::PrivateKey& issuer_key) {
  return must(crypto::issue_certificate(spec, issuer_key));
}

void drop(crypto::CertificateSpec& spec, std::string_view oid) {
  auto& all = spec.extensions;
  all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& e) { return e.oid == oid; }),
            all.end());
}

void put(crypto::CertificateSpec& spec, crypto::Extension extension) {
  drop(spec, extension.oid);
  spec.extensions.push_back(std::move(extension));
}

World::World(sim::Time base_time)
    : base(base_time) {
  const crypto::RandomStream stream(stream_named("world"));
  make_policy_administrator();
  make_alpha();
  make_other_roots();
  make_revoked();
  listed_roots = {root.certificate, narrow_root.certificate, expired_root.certificate,
                  namesake_root.certificate};
  constexpr std::int64_t kSequence = 42;
  trust_list = sign_trust_list(listed_roots, kSequence, base + 30 * kDay);
  crl = sign_crl(crl_spec());
  signer_chain = crypto::write_pem(
      std::vector<crypto::CertificatePtr>{pa_signer.certificate, pa_root.certificate});
}

stir::CrlPointer World::crl_pointer() const {
  return {std::string(kCrlUrl), pa_signer.certificate->subject_der()};
}

stir::CertificateFacts World::facts(std::string organization,
                                    std::string_view name,
                                    const crypto::PrivateKey& subject_key) const {
  constexpr std::size_t kSerialOctets = 16;
  stir::CertificateFacts result;
  result.organization = std::move(organization);
  result.subject_spki_der = subject_key.public_key()->spki_der();
  result.serial_octets = octets_named("serial ", name).substr(0, kSerialOctets);
  result.not_before = base - kDay;
  result.not_after = base + 90 * kDay;
  return result;
}

Authority World::make_root_named(std::string_view name, std::string organization) const {
  auto key = key_named(name);
  auto root_facts = facts(std::move(organization), name, *key);
  root_facts.not_before = base - 365 * kDay;
  root_facts.not_after = base + 3650 * kDay;
  return {issued(must(stir::make_root(root_facts)), *key), key};
}

void World::make_policy_administrator() {
  pa_root.key = key_named("sti-pa root");
  auto root_facts = facts("STI-PA", "sti-pa root", *pa_root.key);
  root_facts.not_before = base - 365 * kDay;
  root_facts.not_after = base + 3650 * kDay;
  pa_root.certificate =
      issued(must(stir::make_policy_administrator_root(root_facts)), *pa_root.key);
  pa_signer.key = key_named("sti-pa signer");
  const auto signer_facts = facts("STI-PA", "sti-pa signer", *pa_signer.key);
  pa_signer.certificate =
      issued(must(stir::make_policy_administrator_signer(signer_facts, *pa_root.certificate)),
             *pa_root.key);
}

crypto::CertificateSpec World::intermediate_spec(const crypto::Certificate& issuer,
                                                 std::string_view name,
                                                 const crypto::PrivateKey& subject_key) const {
  auto ca_facts = facts("Alpha CA", name, subject_key);
  ca_facts.not_before = base - 30 * kDay;
  ca_facts.not_after = base + 1000 * kDay;
  return must(stir::make_intermediate(ca_facts, issuer, crl_pointer()));
}

crypto::CertificateSpec World::leaf_under(const crypto::Certificate& issuer,
                                          std::string_view name) const {
  return must(
      stir::make_end_entity(facts("Alpha Telecom", name, *leaf_key), kSpc, issuer, crl_pointer()));
}

crypto::CertificateSpec World::leaf_spec(std::string_view name) const {
  return leaf_under(*intermediate.certificate, name);
}

void World::make_alpha() {
  root = make_root_named("alpha root", "Alpha CA");
  intermediate.key = key_named("alpha intermediate");
  intermediate.certificate = issued(
      intermediate_spec(*root.certificate, "alpha intermediate", *intermediate.key), *root.key);
  leaf_key = key_named("alpha leaf");
  leaf = issued(leaf_spec(), *intermediate.key);
}

void World::make_other_roots() {
  narrow_root.key = key_named("narrow root");
  auto narrow_facts = facts("Narrow CA", "narrow root", *narrow_root.key);
  narrow_facts.not_before = base - 365 * kDay;
  narrow_facts.not_after = base + 3650 * kDay;
  narrow_facts.path_length = 0;
  narrow_root.certificate = issued(must(stir::make_root(narrow_facts)), *narrow_root.key);
  expired_root.key = key_named("expired root");
  auto expired_facts = facts("Expired CA", "expired root", *expired_root.key);
  expired_facts.not_before = base - 730 * kDay;
  expired_facts.not_after = base - 2 * kDay;
  expired_root.certificate = issued(must(stir::make_root(expired_facts)), *expired_root.key);
  delisted_root = make_root_named("delisted root", "Delisted CA");
  second_delisted_root = make_root_named("second delisted root", "Closed CA");
  unlisted_root = make_root_named("unlisted root", "Mallory CA");
}

void World::make_revoked() {
  revoked_leaf = issued(leaf_spec("revoked leaf"), *intermediate.key);
  revoked_by_inheritance = issued(leaf_spec("inheriting leaf"), *intermediate.key);
  held_leaf = issued(leaf_spec("held leaf"), *intermediate.key);
  revoked_intermediate.key = key_named("revoked intermediate");
  revoked_intermediate.certificate = issued(
      intermediate_spec(*root.certificate, "revoked intermediate", *revoked_intermediate.key),
      *root.key);
  namesake_root = make_root_named("namesake root", "Namesake CA");
  namesake_leaf = issued(leaf_spec("namesake leaf"), *intermediate.key);
}

crypto::CrlSpec World::crl_spec() const {
  using crypto::CrlReason;
  constexpr std::uint64_t kNumber = 7;
  crypto::CrlSpec spec;
  spec.issuer = pa_signer.certificate->subject_der();
  spec.this_update = base - kHour;
  spec.next_update = base + 7 * kDay;
  spec.number = kNumber;
  spec.authority_key_identifier = pa_signer.certificate->fields().subject_key_identifier;
  spec.distribution_point_url = std::string(kCrlUrl);
  spec.indirect = true;
  spec.ca_issuers_url = std::string(kSignerUrl);
  const auto at = base - 12 * kHour;
  const auto& alpha = intermediate.certificate->subject_der();
  spec.entries = {
      {namesake_leaf->serial(), at, CrlReason::kSuperseded,
       namesake_root.certificate->subject_der()},
      {revoked_leaf->serial(), at, CrlReason::kKeyCompromise, alpha},
      {revoked_by_inheritance->serial(), at, {}, {}},  // Its issuer is that of the entry before.
      {held_leaf->serial(), at, CrlReason::kCertificateHold, alpha},
      {revoked_intermediate.certificate->serial(), at, CrlReason::kCaCompromise,
       root.certificate->subject_der()},
  };
  return spec;
}

std::string World::sign_crl(const crypto::CrlSpec& spec) const {
  return must(crypto::build_crl(spec, *pa_signer.key));
}

std::string World::sign_trust_list(const std::vector<crypto::CertificatePtr>& roots,
                                   std::int64_t sequence,
                                   sim::Time expires) const {
  stir::CaList list;
  list.x5u = kSignerUrl;
  list.sequence = sequence;
  list.expires = expires;
  for (const auto& one : roots)
    list.trust_list.push_back(crypto::write_pem("CERTIFICATE", one->der()));
  const auto input = stir::signing_input(list);
  return stir::compact_jws(input, must(pa_signer.key->sign(input)));
}

}  // namespace shakedown::vectors

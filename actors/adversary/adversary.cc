#include "actors/adversary/adversary.h"

#include <utility>

#include "actors/events.h"
#include "actors/workload/work.h"
#include "crypto/keys/randomness.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {
namespace {

struct ForgedChain {
  crypto::PrivateKeyPtr key;
  crypto::CertificatePtr leaf;
  std::string pem;
};

// Exact to the profile in everything but one thing: no STI-PA ever listed its root.
Result<ForgedChain> forge_chain(const std::string& spc, sim::Time now, const std::string& crl_url) {
  const auto validity = std::chrono::hours{24 * 365};
  ASSIGN_OR_RETURN(const auto root_key, crypto::PrivateKey::generate());
  stir::CertificateFacts facts;
  facts.organization = "Rogue CA";
  facts.subject_spki_der = root_key->public_key()->spki_der();
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_before = now - validity;
  facts.not_after = now + validity;
  ASSIGN_OR_RETURN(const auto root_spec, stir::make_root(facts));
  ASSIGN_OR_RETURN(const auto root, crypto::issue_certificate(root_spec, *root_key));

  ForgedChain forged;
  ASSIGN_OR_RETURN(forged.key, crypto::PrivateKey::generate());
  facts.organization = "Mallory";
  facts.subject_spki_der = forged.key->public_key()->spki_der();
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_before = now - std::chrono::hours{1};
  ASSIGN_OR_RETURN(const auto leaf_spec,
                   stir::make_end_entity(facts, spc, *root,
                                         {.url = crl_url, .crl_issuer_der = root->subject_der()}));
  ASSIGN_OR_RETURN(forged.leaf, crypto::issue_certificate(leaf_spec, *root_key));
  forged.pem = crypto::write_pem({forged.leaf, root});
  return forged;
}

}  // namespace

Adversary::Adversary(sim::Site& site, AdversaryOptions options)
    : options_(std::move(options)),
      env_(site.add_actor({.name = options_.name, .region = options_.region, .servers = 1})),
      base_url_(site.base_url(options_.host)),
      keys_(make_key_store(env_, KeyCustody::kMemory, {}, {})) {
  site.listen(env_, sim::Protocol::kHttp, options_.host,
              [this](const sim::Request& request) { return on_get(request); });
}

void Adversary::keep_stolen(const std::string& victim,
                            crypto::PrivateKeyPtr key,
                            std::string x5u,
                            crypto::CertificatePtr certificate) {
  auto held = std::make_shared<HeldKey>();
  held->public_key = key->public_key();
  held->in_memory = std::move(key);
  stolen_[victim] = std::make_shared<const SigningIdentity>(SigningIdentity{
      .key = std::move(held), .x5u = std::move(x5u), .certificate = std::move(certificate)});
}

SigningIdentityPtr Adversary::stolen_from(const std::string& victim) const {
  const auto found = stolen_.find(victim);
  return found == stolen_.end() ? nullptr : found->second;
}

Result<crypto::Bytes> Adversary::make_key_in_name_of(const std::string& victim) {
  ASSIGN_OR_RETURN(auto key, env_.compute(work::kGenerateKey, crypto::PrivateKey::generate));
  crypto::Bytes spki = key->public_key()->spki_der();
  in_name_of_[victim] = std::move(key);
  return spki;
}

void Adversary::keep_mis_issued(const std::string& victim, const IssuedChain& chain) {
  const std::string path = "/mis-issued-" + victim + ".pem";
  published_[path] = chain.pem;
  keep_stolen(victim, std::move(in_name_of_.at(victim)), base_url_ + path, chain.leaf());
}

Status Adversary::set_up_own_ca(const std::string& spc) {
  if (forged_.contains(spc)) return {};
  ASSIGN_OR_RETURN(auto forged, env_.compute(work::kIssueCertificate, forge_chain, spc,
                                             std::chrono::floor<std::chrono::seconds>(env_.now()),
                                             base_url_ + "/crl"));
  const std::string path = "/" + spc + ".pem";
  published_[path] = forged.pem;
  auto held = std::make_shared<HeldKey>();
  held->public_key = forged.key->public_key();
  held->in_memory = std::move(forged.key);
  forged_[spc] = std::make_shared<const SigningIdentity>(SigningIdentity{
      .key = std::move(held), .x5u = base_url_ + path, .certificate = std::move(forged.leaf)});
  return {};
}

sim::Response Adversary::on_get(const sim::Request& request) const {
  const auto url = sim::parse_url(request.target);
  const auto found = url ? published_.find(url->path) : published_.end();
  if (request.method != "GET" || found == published_.end()) {
    return {.status = 404, .reason = {}, .headers = {}, .body = "not found"};
  }
  return {.status = 200,
          .reason = {},
          .headers = {{"Content-Type", "application/pem-certificate-chain"},
                      {"Cache-Control", "max-age=86400"}},
          .body = found->second};
}

void Adversary::call_signed_by(const CallRequest& request, const SigningIdentityPtr& identity) {
  AuthenticationService service(
      env_, *keys_, [&] { return identity; }, OwnValidity::kIgnored);
  place_call(env_, request,
             [&](const stir::SipCall& facts, std::string_view attest, std::string_view origid) {
               return service.sign(facts, attest, origid);
             });
}

void Adversary::call_with_stolen_key(const CallRequest& request, const std::string& victim) {
  call_signed_by(request, stolen_from(victim));
}

void Adversary::call_under_own_ca(const CallRequest& request, const std::string& spc) {
  const auto forged = forged_.find(spc);
  call_signed_by(request, forged == forged_.end() ? nullptr : forged->second);
}

void Adversary::call_unsigned(const CallRequest& request) { place_call(env_, request, {}); }

void Adversary::replay(CallRequest request, const SignedCall& overheard) {
  request.calling_number = overheard.calling_number;
  request.called_number = overheard.called_number;
  place_call(
      env_, request,
      [&](const stir::SipCall&, std::string_view, std::string_view) -> Result<SignedIdentity> {
        return SignedIdentity{.header = overheard.identity, .date = overheard.date, .latency = {}};
      });
}

}  // namespace shakedown::actors

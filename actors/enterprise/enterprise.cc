#include "actors/enterprise/enterprise.h"

#include <utility>

#include "crypto/x509/certificate_builder.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {

DelegateCertificateSource::DelegateCertificateSource(sim::Env& env,
                                                     KeyStore& keys,
                                                     const EnterpriseOptions& options)
    : keys_(keys),
      options_(options),
      client_(env, options.delegator, options.delegator_url, options.secret) {}

Result<IssuedChain> DelegateCertificateSource::order(const HeldKeyPtr& key,
                                                     sim::Duration lifetime) {
  ASSIGN_OR_RETURN(const auto tn_auth_list, crypto::encode_tn_auth_list(options_.scope));
  crypto::RequestSpec spec;
  spec.subject = crypto::Name{{{"C", "US"},
                               {"O", stir::test_organization(options_.organization)},
                               {"CN", "SHAKEN " + options_.name}}};
  spec.extensions = {crypto::extension::basic_constraints(false),
                     crypto::extension::tn_auth_list(tn_auth_list)};
  ASSIGN_OR_RETURN(const auto csr, crypto::build_request(spec, *key->public_key,
                                                         [&](std::string_view to_be_signed) {
                                                           return keys_.sign(key, to_be_signed);
                                                         }));
  return client_.order(csr, lifetime);
}

Status DelegateCertificateSource::revoke(const crypto::CertificatePtr& certificate,
                                         crypto::CrlReason reason) {
  return client_.revoke(certificate, reason);
}

Enterprise::Enterprise(sim::Site& site, EnterpriseOptions options)
    : options_(std::move(options)),
      env_(site.add_actor(
          {.name = options_.name, .region = options_.region, .servers = options_.servers})),
      keys_(make_key_store(env_, options_.custody, options_.master_key, options_.module)),
      source_(env_, *keys_, options_),
      certificates_(env_, *keys_, source_, options_.certificate),
      authentication_(
          env_,
          *keys_,
          [this] { return certificates_.current(); },
          OwnValidity::kIgnored,
          options_.claims),
      delegator_(env_, options_.delegator, options_.delegator_url, options_.secret) {
  if (!options_.delegates) return;
  DelegationAuthority authority;
  authority.order = [this](crypto::Bytes csr, const crypto::Bytes&) {
    return delegator_.order(csr, options_.delegate_ca_lifetime);
  };
  authority.revoke = [this](const RevocationReport& report) {
    return delegator_.revoke(report.certificate, report.reason, report.chain_pem);
  };
  delegation_.emplace(env_, *options_.delegates, options_.delegate_customers, std::move(authority));
  site.listen(env_, sim::Protocol::kHttp, options_.host, [this](const sim::Request& request) {
    const auto url = sim::parse_url(request.target);
    const std::string_view path = url ? std::string_view(url->path) : std::string_view();
    if (DelegationService::is_for(path)) return delegation_->answer(request, path);
    return sim::Response{.status = 404, .reason = {}, .headers = {}, .body = {}};
  });
}

Status Enterprise::revoke_delegate_ca(crypto::CrlReason reason) {
  if (!delegation_) return fail(ErrorCode::kRefused, options_.name + " does not delegate");
  return delegation_->revoke_authority(reason);
}

void Enterprise::start() { certificates_.start(); }

bool Enterprise::wait_until_ready(sim::Time deadline) {
  return certificates_.wait_until_ready(deadline);
}

void Enterprise::call(const CallRequest& request) {
  place_call(env_, request,
             [this](const stir::SipCall& facts, std::string_view attest, std::string_view origid) {
               return authentication_.sign(facts, attest, origid);
             });
}

}  // namespace shakedown::actors

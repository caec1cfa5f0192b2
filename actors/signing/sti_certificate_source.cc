#include "actors/signing/sti_certificate_source.h"

#include <memory>
#include <utility>

#include "actors/events.h"
#include "actors/workload/work.h"
#include "crypto/x509/certificate_builder.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {
namespace {

std::string key_of(const crypto::Certificate& certificate) {
  return certificate.issuer_der() + certificate.serial();
}

}  // namespace

std::string sti_common_name(const std::vector<crypto::TnEntry>& tn_auth_list) {
  for (const crypto::TnEntry& entry : tn_auth_list) {
    if (entry.kind == crypto::TnEntry::Kind::kServiceProviderCode) return "SHAKEN " + entry.value;
  }
  return "SHAKEN";
}

StiCertificateSource::StiCertificateSource(sim::Env& env,
                                           KeyStore& keys,
                                           PolicyAdministratorClient& policy_administrator,
                                           StiCertificateSourceOptions options)
    : env_(env),
      keys_(keys),
      policy_administrator_(policy_administrator),
      options_(std::move(options)) {}

void StiCertificateSource::move_to(std::string ca, std::string directory_url) {
  options_.ca = std::move(ca);
  options_.ca_directory_url = std::move(directory_url);
}

Result<crypto::PrivateKeyPtr> StiCertificateSource::account_key(const std::string& directory_url) {
  if (const auto known = account_keys_.find(directory_url); known != account_keys_.end()) {
    return known->second;
  }
  ASSIGN_OR_RETURN(auto key, env_.compute(work::kGenerateKey, crypto::PrivateKey::generate));
  return account_keys_.emplace(directory_url, std::move(key)).first->second;
}

Result<IssuedChain> StiCertificateSource::order(const HeldKeyPtr& key, sim::Duration lifetime) {
  const std::string directory_url = options_.ca_directory_url;  // A move may happen meanwhile.
  ASSIGN_OR_RETURN(const auto account, account_key(directory_url));
  ASSIGN_OR_RETURN(const auto tn_auth_list, crypto::encode_tn_auth_list(options_.tn_auth_list));
  ASSIGN_OR_RETURN(const auto token,
                   policy_administrator_.spc_token(tn_auth_list, *account->public_key()));
  crypto::RequestSpec spec;
  spec.subject = crypto::Name{{{"C", "US"},
                               {"O", stir::test_organization(options_.organization)},
                               {"CN", sti_common_name(options_.tn_auth_list)}}};
  spec.extensions = {crypto::extension::basic_constraints(false),
                     crypto::extension::tn_auth_list(tn_auth_list)};
  ASSIGN_OR_RETURN(
      auto csr, crypto::build_request(spec, *key->public_key, [&](std::string_view to_be_signed) {
        return keys_.sign(key, to_be_signed);
      }));
  const sim::Time now = std::chrono::floor<std::chrono::seconds>(env_.now());
  OrderRequest request;
  request.directory_url = directory_url;
  request.account_key = account;
  request.spc_token = token.token;
  request.tn_auth_list_der = tn_auth_list;
  request.csr_der = std::move(csr);
  request.agree_to_changed_terms = options_.agree_to_changed_terms;
  request.not_before = now;
  request.not_after = now + std::chrono::floor<std::chrono::seconds>(lifetime);
  ASSIGN_OR_RETURN(auto chain, order_certificate(env_, request));
  ordered_at_[key_of(*chain.leaf())] = directory_url;
  if (!chain.agreed_terms.empty()) {
    record_happening(env_, HappeningKind::kTermsAgreed, env_.name(), env_.name(),
                     options_.ca + ": " + chain.agreed_terms);
  }
  return chain;
}

Status StiCertificateSource::revoke(const crypto::CertificatePtr& certificate,
                                    crypto::CrlReason reason) {
  const auto where = ordered_at_.find(key_of(*certificate));
  if (where == ordered_at_.end()) {
    return fail(ErrorCode::kNotFound, "this certificate was not ordered here");
  }
  RevokeRequest request;
  request.directory_url = where->second;
  request.account_key = account_keys_.at(where->second);
  request.certificate = certificate;
  request.reason = reason;
  return revoke_certificate(env_, request);
}

}  // namespace shakedown::actors

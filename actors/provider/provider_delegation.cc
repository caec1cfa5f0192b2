// The delegating side of a provider: its delegate CA certificate comes from an STI-CA (RFC 9060,
// ATIS-1000092).
#include <utility>

#include "actors/provider/provider.h"
#include "actors/workload/work.h"

namespace shakedown::actors {

DelegationAuthority Provider::sti_ca_as_authority() {
  return {
      .order = [this](crypto::Bytes csr, const crypto::Bytes& tn_auth_list) -> Result<IssuedChain> {
        return order_delegate_ca(std::move(csr), tn_auth_list);
      },
      .revoke =
          [this](const RevocationReport& report) {
            return policy_administrator_.report_revocation(report);
          }};
}

Result<IssuedChain> Provider::order_delegate_ca(crypto::Bytes csr,
                                                const crypto::Bytes& tn_auth_list) {
  ASSIGN_OR_RETURN(const auto account,
                   env_.compute(work::kGenerateKey, crypto::PrivateKey::generate));
  ASSIGN_OR_RETURN(const auto token,
                   policy_administrator_.spc_token(tn_auth_list, *account->public_key(), true));
  OrderRequest order;
  order.directory_url = options_.certificate_source.ca_directory_url;
  order.account_key = account;
  order.spc_token = token.token;
  order.tn_auth_list_der = tn_auth_list;
  order.csr_der = std::move(csr);
  order.agree_to_changed_terms = options_.certificate_source.agree_to_changed_terms;
  return order_certificate(env_, order);
}

Result<IssuedChain> Provider::delegate(DelegateOrder order) {
  if (!delegation_) return fail(ErrorCode::kRefused, options_.name + " does not delegate");
  return delegation_->issue(std::move(order));
}

Status Provider::revoke_delegate(const crypto::CertificatePtr& certificate,
                                 crypto::CrlReason reason) {
  if (!delegation_) return fail(ErrorCode::kRefused, options_.name + " does not delegate");
  return delegation_->revoke(certificate, reason);
}

Status Provider::revoke_delegate_ca(crypto::CrlReason reason) {
  if (!delegation_) return fail(ErrorCode::kRefused, options_.name + " does not delegate");
  return delegation_->revoke_authority(reason);
}

}  // namespace shakedown::actors

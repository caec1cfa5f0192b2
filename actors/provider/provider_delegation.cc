// The delegating side of a provider: its delegate CA certificate, and the REST interface where its
// customers order delegate certificates (RFC 9060, ATIS-1000092).
#include <utility>

#include "actors/crypto/bytes.h"
#include "actors/crypto/certificate_builder.h"
#include "actors/crypto/pem.h"
#include "actors/provider/provider.h"

namespace shakedown::actors {
namespace {

sim::Response plain_response(int status, std::string text) {
  return {.status = status,
          .reason = {},
          .headers = {{"Content-Type", "text/plain"}},
          .body = std::move(text)};
}

}  // namespace

Result<IssuedChain> Provider::delegate(DelegateOrder order) {
  RETURN_IF_ERROR(have_delegate_ca_certificate());
  return delegate_issuer_->issue(std::move(order));
}

Status Provider::revoke_delegate(const crypto::CertificatePtr& certificate,
                                 crypto::CrlReason reason) {
  if (!delegate_issuer_) return fail(ErrorCode::kRefused, options_.name + " does not delegate");
  return policy_administrator_.report_revocation(
      {.certificate = certificate,
       .chain_pem =
           crypto::write_pem("CERTIFICATE", certificate->der()) + delegate_issuer_->chain().pem,
       .reason = reason,
       .reported_by = {}});
}

Status Provider::revoke_delegate_ca(crypto::CrlReason reason) {
  if (!delegate_issuer_ || !delegate_issuer_->is_installed()) {
    return fail(ErrorCode::kNotFound, options_.name + " has no delegate CA certificate");
  }
  const IssuedChain& chain = delegate_issuer_->chain();
  return policy_administrator_.report_revocation(
      {.certificate = chain.leaf(), .chain_pem = chain.pem, .reason = reason, .reported_by = {}});
}

Status Provider::have_delegate_ca_certificate() {
  if (!delegate_issuer_) return fail(ErrorCode::kRefused, options_.name + " does not delegate");
  while (ordering_delegate_ca_) env_.wait(delegate_ca_changed_, sim::kNever);
  if (delegate_issuer_->is_installed()) return {};
  ordering_delegate_ca_ = true;

  struct Done {
    Provider& provider;

    ~Done() {
      provider.ordering_delegate_ca_ = false;
      provider.env_.notify_all(provider.delegate_ca_changed_);
    }
  } done{*this};

  return order_delegate_ca_certificate();
}

Status Provider::order_delegate_ca_certificate() {
  ASSIGN_OR_RETURN(auto csr, delegate_issuer_->make_request());
  ASSIGN_OR_RETURN(const auto account,
                   env_.compute(sim::Work::kGenerateKey, crypto::PrivateKey::generate));
  const crypto::Bytes tn_auth_list = delegate_issuer_->tn_auth_list_der();
  ASSIGN_OR_RETURN(const auto token,
                   policy_administrator_.spc_token(tn_auth_list, *account->public_key(), true));
  OrderRequest order;
  order.directory_url = options_.certificate_source.ca_directory_url;
  order.account_key = account;
  order.spc_token = token.token;
  order.tn_auth_list_der = tn_auth_list;
  order.csr_der = std::move(csr);
  ASSIGN_OR_RETURN(auto chain, order_certificate(env_, order));
  return delegate_issuer_->install(std::move(chain));
}

sim::Response Provider::on_delegate_request(const sim::Request& request, std::string_view path) {
  const DelegateCustomer* customer = nullptr;
  const auto authorization = request.headers.get("Authorization").value_or("");
  for (const DelegateCustomer& candidate : options_.delegate_customers) {
    if (crypto::constant_time_equal(authorization, "Bearer " + candidate.secret)) {
      customer = &candidate;
    }
  }
  if (customer == nullptr) return plain_response(401, "unknown customer");
  if (request.method != "POST") return plain_response(405, "POST only");
  const auto body = stir::parse_json_object(request.body);
  if (!body) return plain_response(400, body.error().detail);
  if (path == "/v1/delegate-certificates") return issue_delegate(*customer, *body);
  if (path == "/v1/delegate-certificates/revoke") return revoke_for_customer(*body);
  return plain_response(404, "no such resource");
}

sim::Response Provider::issue_delegate(const DelegateCustomer& customer, const stir::Json& body) {
  const auto csr = crypto::base64_decode(stir::string_member(body, "csr").value_or(""));
  const auto seconds = stir::integer_member(body, "lifetimeSeconds");
  if (!csr || !seconds || *seconds < 60 || *seconds > std::int64_t{366} * 86'400) {
    return plain_response(400, "csr (base64) and lifetimeSeconds (60 to 366 days) are needed");
  }
  const auto parsed = crypto::parse_request(csr->octets);
  if (!parsed) return plain_response(400, "csr: " + parsed.error().detail);
  const auto* extension = parsed->find_extension(crypto::oid::kTnAuthList);
  if (extension == nullptr) return plain_response(400, "csr: no TNAuthList");
  auto scope = crypto::decode_tn_auth_list(extension->value);
  if (!scope) return plain_response(400, "csr: TNAuthList: " + scope.error().detail);
  const sim::Time now = std::chrono::floor<std::chrono::seconds>(env_.now());
  DelegateOrder order;
  order.subject_of = customer.name;
  order.organization = customer.organization;
  order.csr_der = csr->octets;
  order.scope = *std::move(scope);
  order.not_before = now;
  order.not_after = now + std::chrono::seconds{*seconds};
  order.enforce_scope = customer.enforce_scope;
  order.constraints = customer.constraints;
  order.unconstrained = customer.unconstrained;
  const auto chain = delegate(std::move(order));
  if (!chain) return plain_response(403, chain.error().detail);
  sim::Response response = plain_response(200, "");
  response.body = stir::canonical_json(stir::Json{{"certificate", chain->pem}});
  response.headers.set("Content-Type", "application/json");
  return response;
}

sim::Response Provider::revoke_for_customer(const stir::Json& body) {
  const auto der = crypto::base64_decode(stir::string_member(body, "certificate").value_or(""));
  const auto reason =
      crypto::crl_reason_from_string(stir::string_member(body, "reason").value_or(""));
  if (!der || !reason) return plain_response(400, "certificate (base64) and reason are needed");
  const auto certificate = crypto::Certificate::from_der(der->octets);
  if (!certificate) return plain_response(400, certificate.error().detail);
  const Status status = revoke_delegate(*certificate, *reason);
  if (!status) return plain_response(403, status.error().detail);
  return plain_response(200, "revoked");
}

}  // namespace shakedown::actors

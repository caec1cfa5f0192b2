#include "actors/acme/acme_order.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/acme/acme_client.h"
#include "actors/workload/work.h"
#include "crypto/octets/digest.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/tls_extensions.h"
#include "stir/acme/acme_messages.h"
#include "stir/credential/number_scope.h"
#include "stir/jose/jws.h"

namespace shakedown::actors {
namespace {

namespace acme = stir::acme;

// RFC 8555 §7.3.4: the account's key, under the MAC of the external account.
stir::Json external_binding(const ExternalAccount& external,
                            const std::string& new_account_url,
                            const crypto::PublicKey& account_key) {
  const std::string header = crypto::base64url_encode(
      stir::canonical_json({{"alg", "HS256"}, {"kid", external.key_id}, {"url", new_account_url}}));
  const std::string payload =
      crypto::base64url_encode(stir::canonical_json(stir::jwk_of(account_key)));
  const auto mac = crypto::hmac_sha256(external.mac_key, header + "." + payload);
  return {{"protected", header},
          {"payload", payload},
          {"signature", crypto::base64url_encode(crypto::as_view(mac))}};
}

// The dialogue, one call a step. Lives within order_certificate.
class Dialogue {
 public:
  Dialogue(sim::Env& env, const OrderRequest& request)
      : env_(env),
        request_(request),
        client_(env,
                {.directory_url = request.directory_url,
                 .key = request.account_key,
                 .deadline = env.now() + request.deadline,
                 .request_timeout = request.request_timeout,
                 .agree_to_changed_terms = request.agree_to_changed_terms}) {}

  Result<IssuedChain> run() {
    RETURN_IF_ERROR(client_.open());
    RETURN_IF_ERROR(find_or_make_account());
    RETURN_IF_ERROR(order());
    RETURN_IF_ERROR(answer_challenges());
    RETURN_IF_ERROR(poll_until(acme::OrderStatus::kReady));
    RETURN_IF_ERROR(finalize());
    RETURN_IF_ERROR(poll_until(acme::OrderStatus::kValid));
    return download();
  }

 private:
  Status find_or_make_account() {
    acme::NewAccount account;
    if (!request_.contact.empty()) {
      account.contact = {request_.contact};
    } else if (!is_for_dns()) {
      account.contact = {"mailto:" + env_.name() + "@example.test"};
    }
    account.terms_of_service_agreed = true;
    ASSIGN_OR_RETURN(const std::string url, client_.resource("newAccount"));
    if (request_.external_account) {
      account.external_account_binding =
          external_binding(*request_.external_account, url, *request_.account_key->public_key());
    }
    ASSIGN_OR_RETURN(const auto response, client_.post("new-account", url, acme::to_json(account)));
    const auto location = response.headers.get("Location");
    if (!location) return fail(ErrorCode::kMalformed, "new-account: no Location");
    client_.use_account(std::string(*location));
    return {};
  }

  Status order() {
    acme::NewOrder wanted;
    if (is_for_dns()) {
      for (const std::string& name : request_.dns_names) {
        wanted.identifiers.push_back({"dns", name});
      }
    } else {
      wanted.identifiers = {
          {"TNAuthList", stir::tn_auth_list_identifier(request_.tn_auth_list_der)}};
    }
    wanted.not_before = request_.not_before;
    wanted.not_after = request_.not_after;
    ASSIGN_OR_RETURN(const std::string url, client_.resource("newOrder"));
    ASSIGN_OR_RETURN(const auto response, client_.post("new-order", url, acme::to_json(wanted)));
    const auto location = response.headers.get("Location");
    if (!location) return fail(ErrorCode::kMalformed, "new-order: no Location");
    order_url_ = *location;
    RETURN_IF_ERROR(read_order(response));
    // For names the server says what it wants to be shown (RFC 8555 §7.1.3).
    if (!is_for_dns() && order_.authorizations.size() != 1) {
      return fail(ErrorCode::kMalformed, "new-order: not one authorization");
    }
    return {};
  }

  bool is_for_dns() const { return !request_.dns_names.empty(); }

  Status read_order(const sim::Response& response) {
    last_answer_ = response;
    ASSIGN_OR_RETURN(const auto body, stir::parse_json_object(response.body));
    ASSIGN_OR_RETURN(order_, acme::read_order(body));
    return {};
  }

  Result<acme::Authorization> authorization(const std::string& url) {
    ASSIGN_OR_RETURN(const auto response, client_.post("authorization", url, {}));
    ASSIGN_OR_RETURN(const auto body, stir::parse_json_object(response.body));
    return acme::read_authorization(body);
  }

  Status answer_challenges() {
    if (order_.status != acme::OrderStatus::kPending) return {};
    for (const std::string& url : order_.authorizations) {
      ASSIGN_OR_RETURN(const auto granted, authorization(url));
      // Proven for an earlier order, as servers may remember (RFC 8555 §7.1.3).
      if (granted.status == acme::AuthorizationStatus::kValid) continue;
      RETURN_IF_ERROR(answer_one_of(granted));
    }
    return poll_order();
  }

  Status answer_one_of(const acme::Authorization& granted) {
    static const std::vector<std::string> kForTelephones{"tkauth-01"};
    static const std::vector<std::string> kForNames{"http-01", "dns-01", "tls-alpn-01"};
    for (const std::string& type : is_for_dns() ? kForNames : kForTelephones) {
      for (const acme::Challenge& challenge : granted.challenges) {
        if (challenge.type == type) return answer(granted, challenge);
      }
    }
    return fail(ErrorCode::kUnsupported,
                std::string("authorization: no ") +
                    (is_for_dns() ? "challenge that this client knows" : "tkauth-01 challenge"));
  }

  Status answer(const acme::Authorization& granted, const acme::Challenge& challenge) {
    stir::Json payload = stir::Json::object();  // RFC 8555 §7.5.1: there is nothing to be said.
    if (!is_for_dns()) {
      payload = acme::challenge_answer(request_.spc_token, request_.answer_with_atc_member);
    } else if (challenge.type == "http-01" && request_.prepare) {
      request_.prepare(
          {granted.identifier.value, challenge.token,
           challenge.token + "." + stir::jwk_thumbprint(*request_.account_key->public_key())});
    }
    RETURN_IF_ERROR(client_.post("challenge", challenge.url, payload));
    return {};
  }

  Status poll_order() {
    ASSIGN_OR_RETURN(const auto response, client_.post("order", order_url_, {}));
    return read_order(response);
  }

  // Why the order is invalid: its own error, else that of a challenge.
  Error refusal() {
    if (order_.error) return refusal_of(*order_.error);
    acme::Problem problem;
    problem.type = "invalid";
    for (const std::string& url : order_.authorizations) {
      const auto granted = authorization(url);
      if (!granted) continue;
      for (const acme::Challenge& challenge : granted->challenges) {
        if (challenge.error) problem = *challenge.error;
      }
    }
    return refusal_of(problem);
  }

  static Error refusal_of(const acme::Problem& problem) {
    return {ErrorCode::kRefused, "order: " + problem.type + ": " + problem.detail};
  }

  Status poll_until(acme::OrderStatus wanted) {
    while (order_.status != wanted) {
      if (order_.status == acme::OrderStatus::kInvalid) return tl::unexpected(refusal());
      if (order_.status == acme::OrderStatus::kValid) return {};  // Further than asked.
      RETURN_IF_ERROR(client_.wait_before_polling(last_answer_, request_.poll_interval));
      RETURN_IF_ERROR(poll_order());
    }
    return {};
  }

  // Not repeated: when the answer is lost, the order itself tells what became of it.
  Status finalize() {
    if (order_.status != acme::OrderStatus::kReady) return {};
    const auto response =
        client_.post("finalize", order_.finalize, acme::finalize_body(request_.csr_der), false);
    if (response) return read_order(*response);
    if (response.error().code == ErrorCode::kRefused) return tl::unexpected(response.error());
    RETURN_IF_ERROR(poll_order());
    if (order_.status != acme::OrderStatus::kReady) return {};
    ASSIGN_OR_RETURN(const auto second, client_.post("finalize", order_.finalize,
                                                     acme::finalize_body(request_.csr_der), false));
    return read_order(second);
  }

  Result<IssuedChain> download() {
    if (order_.certificate.empty()) {
      return fail(ErrorCode::kMalformed, "order: valid without a certificate");
    }
    ASSIGN_OR_RETURN(auto response, client_.post("certificate", order_.certificate, {}));
    auto bundle = env_.compute(
        work::kDecodeCertificates,
        [](const std::string& pem) { return crypto::read_pem_certificates(pem); }, response.body);
    if (!bundle) return tl::unexpected(bundle.error());
    IssuedChain chain;
    chain.certificates = std::move(bundle->certificates);
    chain.pem = std::move(response.body);
    chain.url = order_.certificate;
    chain.refused_nonces = client_.refused_nonces();
    chain.agreed_terms = client_.agreed_terms();
    RETURN_IF_ERROR(check(chain));
    return chain;
  }

  Status check(const IssuedChain& chain) {
    const auto csr = env_.compute(
        work::kVerifySignature, [](const std::string& der) { return crypto::parse_request(der); },
        request_.csr_der);
    if (!csr) return tl::unexpected(csr.error());
    const crypto::Certificate& leaf = *chain.leaf();
    if (leaf->spki_der != csr->spki_der) {
      return fail(ErrorCode::kMalformed, "certificate: for another key");
    }
    if (is_for_dns()) return check_names(leaf);
    const crypto::Extension* scope = leaf.find_extension(crypto::oid::kTnAuthList);
    if (scope == nullptr || scope->value != request_.tn_auth_list_der) {
      return fail(ErrorCode::kMalformed, "certificate: for another TNAuthList");
    }
    return {};
  }

  Status check_names(const crypto::Certificate& leaf) const {
    const crypto::Extension* extension = leaf.find_extension(crypto::oid::kSubjectAltName);
    if (extension == nullptr) return fail(ErrorCode::kMalformed, "certificate: without a name");
    ASSIGN_OR_RETURN(auto certified, crypto::read_dns_names(extension->value));
    std::vector<std::string> wanted = request_.dns_names;
    for (auto* names : {&certified, &wanted}) {
      for (std::string& name : *names) name = sim::lower_case(name);
      std::sort(names->begin(), names->end());
    }
    if (certified == wanted) return {};
    return fail(ErrorCode::kMalformed, "certificate: for other names");
  }

  sim::Env& env_;
  const OrderRequest& request_;
  AcmeClient client_;
  std::string order_url_;
  acme::Order order_;
  sim::Response last_answer_;  // For its Retry-After.
};

}  // namespace

Result<IssuedChain> order_certificate(sim::Env& env, const OrderRequest& request) {
  SHAKEDOWN_ASSERT(request.account_key != nullptr);
  const OrderRequest own = request;  // The caller's may change while this suspends.
  return Dialogue(env, own).run();
}

Status revoke_certificate(sim::Env& env, const RevokeRequest& request) {
  const bool by_account = request.account_key != nullptr;
  SHAKEDOWN_ASSERT(by_account != (request.certificate_key != nullptr));
  SHAKEDOWN_ASSERT(request.certificate != nullptr);
  acme::Revocation revocation;
  revocation.certificate_der = request.certificate->der();
  revocation.reason = static_cast<int>(request.reason);
  AcmeClient client(env, {.directory_url = request.directory_url,
                          .key = by_account ? request.account_key : request.certificate_key,
                          .deadline = env.now() + request.deadline});
  RETURN_IF_ERROR(client.open());
  if (by_account) {
    acme::NewAccount account;
    account.only_return_existing = true;
    ASSIGN_OR_RETURN(const std::string url, client.resource("newAccount"));
    ASSIGN_OR_RETURN(const auto found, client.post("new-account", url, acme::to_json(account)));
    const auto location = found.headers.get("Location");
    if (!location) return fail(ErrorCode::kMalformed, "new-account: no Location");
    client.use_account(std::string(*location));
  }
  ASSIGN_OR_RETURN(const std::string url, client.resource("revokeCert"));
  const auto revoked = client.post("revoke-cert", url, acme::to_json(revocation));
  if (revoked) return {};
  const bool was_revoked = revoked.error().detail.find(": alreadyRevoked:") != std::string::npos;
  if (was_revoked) return {};
  return tl::unexpected(revoked.error());
}

}  // namespace shakedown::actors

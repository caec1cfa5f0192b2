// Pre-authorization (RFC 8555 §7.4.1): an authorization without an order, which later orders of its
// account use as long as it is valid. It lives among the orders, as one that is never finalized.

#include <nlohmann/json.hpp>
#include <utility>

#include "actors/certification_authority/certification_authority.h"
#include "actors/serving/http_json.h"

namespace shakedown::actors {

using stir::acme::AuthorizationStatus;
using stir::acme::OrderStatus;

sim::Response CertificationAuthority::on_new_authorization(const AcmeRequest& request) {
  const auto identifier = stir::acme::read_new_authorization(request.payload);
  if (!identifier) return acme_refusal(400, "malformed", identifier.error().detail);
  stir::acme::NewOrder wanted;
  wanted.identifiers = {*identifier};
  if (const auto objection = objection_to(wanted)) return problem_response(*objection);
  // What is authorized is a name itself; a wildcard is the business of an order.
  if (identifier->value.starts_with("*.")) {
    return acme_refusal(400, "rejectedIdentifier", "a wildcard cannot be authorized in advance");
  }
  const Number account = accounts_.number_of(request.account_url);
  if (const auto delay = accounts_.objection_to_order(account)) return delay->response();
  const Number number = add_order(account, std::move(wanted), true);
  const Order& made = orders_.at(number);
  sim::Response response = json_response(201, stir::acme::to_json(made.authorizations.front()));
  response.headers.add("Location", made.state.authorizations.front());
  return response;
}

// The number of this account's valid pre-authorization for the identifier; 0: there is none.
CertificationAuthority::Number CertificationAuthority::pre_authorization_for(
    Number account, const stir::acme::Identifier& identifier) {
  const std::string key = identifier_key(identifier);
  for (const Number number : accounts_.find(account)->orders) {
    const auto found = orders_.find(number);
    if (found == orders_.end() || !found->second.is_pre_authorization) continue;
    expire(found->second);
    const stir::acme::Authorization& authorization = found->second.authorizations.front();
    if (authorization.status == AuthorizationStatus::kValid &&
        identifier_key(authorization.identifier) == key) {
      return number;
    }
  }
  return 0;
}

// Its authorization is no longer valid: neither are the orders that stand on it.
void CertificationAuthority::end_orders_on(Number pre_authorization) {
  const Order& ended = orders_.at(pre_authorization);
  const std::string& url = ended.state.authorizations.front();
  for (const Number number : accounts_.find(ended.account)->orders) {
    const auto found = orders_.find(number);
    if (found == orders_.end() || number == pre_authorization) continue;
    Order& order = found->second;
    for (std::size_t i = 0; i < order.authorizations.size(); ++i) {
      if (order.state.authorizations[i] != url) continue;
      order.authorizations[i].status = ended.authorizations.front().status;
      OrderStatus& status = order.state.status;
      const bool is_open = status == OrderStatus::kPending || status == OrderStatus::kReady;
      if (is_open) status = OrderStatus::kInvalid;
    }
  }
}

}  // namespace shakedown::actors

// The resources of an STI-CA's ACME server (RFC 8555 §7) after the JWS has been checked.

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "actors/certification_authority/busy_order.h"
#include "actors/certification_authority/certification_authority.h"
#include "actors/certification_authority/dns_profile.h"
#include "actors/serving/http_json.h"
#include "stir/credential/number_scope.h"

namespace shakedown::actors {
namespace {

using stir::acme::AuthorizationStatus;
using stir::acme::ChallengeStatus;
using stir::acme::OrderStatus;

constexpr std::size_t kOrdersOfAPage = 100;
constexpr sim::Duration kLongestPast = std::chrono::hours{24};        // Of a notBefore.
constexpr sim::Duration kLongestFuture = std::chrono::hours{24 * 7};  // Likewise.

// Digits alone. 0: not a number, or 0.
std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && rest == text.data() + text.size() ? number : 0;
}

stir::acme::Challenge challenge_of(std::string type, std::string url, sim::Random& random) {
  stir::acme::Challenge challenge;
  challenge.type = std::move(type);
  challenge.url = std::move(url);
  std::string octets(16, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  challenge.token = crypto::base64url_encode(octets);
  challenge.tkauth_type.clear();
  return challenge;
}

bool are_all_valid(const std::vector<stir::acme::Authorization>& authorizations) {
  return std::all_of(authorizations.begin(), authorizations.end(),
                     [](const auto& each) { return each.status == AuthorizationStatus::kValid; });
}

}  // namespace

CertificationAuthority::ResourcePath CertificationAuthority::parse_path(std::string_view path) {
  constexpr std::string_view kPrefix = "/acme/";
  ResourcePath parsed;
  if (!path.starts_with(kPrefix)) return parsed;
  path.remove_prefix(kPrefix.size());
  const std::size_t slash = path.find('/');
  parsed.kind = path.substr(0, slash);
  if (slash == std::string_view::npos) return parsed;
  path.remove_prefix(slash + 1);
  const std::size_t end = path.find('/');
  parsed.number = number_in(path.substr(0, end));
  if (parsed.number == 0) return {};
  if (end != std::string_view::npos) {
    parsed.rest = path.substr(end + 1);
    if (parsed.rest.empty()) return {};
  }
  return parsed;
}

std::string CertificationAuthority::url(std::string_view kind, Number number) const {
  return base_url_ + "/acme/" + std::string(kind) + "/" + std::to_string(number);
}

// Identifiers that mean the same have the same key.
std::string CertificationAuthority::identifier_key(const stir::acme::Identifier& identifier) {
  if (identifier.type != "TNAuthList") return identifier.type + " " + identifier.value;
  return identifier.type + " " +
         crypto::to_hex(stir::tn_auth_list_of_identifier(identifier.value).value_or(""));
}

sim::Response CertificationAuthority::on_account_resource(const AcmeRequest& request) {
  const ResourcePath path = parse_path(request.path);
  const std::string_view rest = path.rest;
  if (rest.empty()) {
    sim::Response response = accounts_.on_account(request, path.number);
    if (const auto* account = accounts_.find(path.number); account && account->is_deactivated) {
      cancel_orders_of(path.number);
    }
    return response;
  }
  if (path.number != accounts_.number_of(request.account_url)) {
    return acme_refusal(403, "unauthorized", "not your account");
  }
  constexpr std::string_view kOrders = "orders";
  if (!rest.starts_with(kOrders)) return acme_refusal(404, "malformed", "no such resource");
  if (request.has_payload) return acme_refusal(400, "malformed", "POST-as-GET has no payload");
  return orders_response(path.number, rest.substr(kOrders.size()));
}

// RFC 8555 §7.1.2.1: the orders that are not invalid, a page at a time. `first`: "" or "/N".
sim::Response CertificationAuthority::orders_response(Number account,
                                                      std::string_view first) const {
  const Number begin = first.empty() ? 0 : number_in(first.substr(1));
  if (!first.empty() && (first.front() != '/' || begin == 0)) {
    return acme_refusal(404, "malformed", "no such resource");
  }
  stir::Json urls = stir::Json::array();
  std::string next;
  for (const Number number : accounts_.find(account)->orders) {
    const auto order = orders_.find(number);
    if (number < begin || order == orders_.end() || order->second.is_pre_authorization ||
        order->second.state.status == OrderStatus::kInvalid) {
      continue;
    }
    if (urls.size() == kOrdersOfAPage) {
      next = url("account", account) + "/orders/" + std::to_string(number);
      break;
    }
    urls.push_back(url("order", number));
  }
  sim::Response response = json_response(200, {{"orders", std::move(urls)}});
  if (!next.empty()) response.headers.add("Link", "<" + next + ">;rel=\"next\"");
  return response;
}

std::optional<AcmeProblem> CertificationAuthority::objection_to_tn_auth_list(
    const stir::acme::NewOrder& order) const {
  if (order.identifiers.size() != 1) {
    return acme_problem(400, "rejectedIdentifier", "exactly one TNAuthList is needed");
  }
  const stir::acme::Identifier& identifier = order.identifiers.front();
  if (identifier.type != "TNAuthList") {
    return acme_problem(400, "unsupportedIdentifier", "type " + identifier.type);
  }
  const auto der = stir::tn_auth_list_of_identifier(identifier.value);
  if (!der) return acme_problem(400, "malformed", "identifier: " + der.error().detail);
  if (!options_.allow_padded_identifiers && !crypto::base64url_decode(identifier.value)) {
    return acme_problem(400, "malformed", "identifier: not base64url without padding");
  }
  const auto entries = crypto::decode_tn_auth_list(*der);
  if (!entries) return acme_problem(400, "rejectedIdentifier", entries.error().detail);
  if (!options_.allow_numbers && stir::Scope::of(*entries).has_numbers()) {
    return acme_problem(400, "rejectedIdentifier", "numbers in the TNAuthList");
  }
  return std::nullopt;
}

// RFC 8555 §6.7.1: each identifier that is wrong has its subproblem.
std::optional<AcmeProblem> CertificationAuthority::objection_to_names(
    const stir::acme::NewOrder& order) {
  std::vector<stir::acme::Subproblem> found;
  std::set<std::string> seen;
  for (const stir::acme::Identifier& identifier : order.identifiers) {
    if (identifier.type != "dns") {
      found.push_back({"unsupportedIdentifier", "type " + identifier.type, identifier});
    } else if (const auto objection = objection_to_dns_name(identifier.value)) {
      found.push_back({"rejectedIdentifier", *objection, identifier});
    } else if (!seen.insert(sim::lower_case(identifier.value)).second) {
      found.push_back({"rejectedIdentifier", "named twice", identifier});
    }
  }
  if (found.empty()) return std::nullopt;
  AcmeProblem objection = acme_problem(400, found.front().type, found.front().detail);
  objection.subproblems = std::move(found);
  return objection;
}

std::optional<AcmeProblem> CertificationAuthority::objection_to_validity(
    const stir::acme::NewOrder& order) {
  const sim::Time now = env_.now();
  const sim::Time begin = order.not_before.value_or(now);
  const sim::Time end = order.not_after.value_or(begin + options_.default_validity);
  if (begin < now - kLongestPast || begin > now + kLongestFuture) {
    return acme_problem(400, "malformed", "notBefore is too far from now");
  }
  if (end <= begin || end <= now) return acme_problem(400, "malformed", "notAfter has passed");
  if (end - begin > options_.max_validity) {
    return acme_problem(400, "malformed",
                        "validity over " + sim::format_duration(options_.max_validity));
  }
  return std::nullopt;
}

std::optional<AcmeProblem> CertificationAuthority::objection_to(const stir::acme::NewOrder& order) {
  const auto objection =
      options_.always_valid_dns ? objection_to_names(order) : objection_to_tn_auth_list(order);
  return objection ? objection : objection_to_validity(order);
}

// False: one that was made in advance, which has its own number.
bool CertificationAuthority::is_own_authorization(const Order& order,
                                                  Number number,
                                                  std::size_t index) const {
  const std::string own = url("authorization", number);
  const std::string& made = order.state.authorizations[index];
  return made == own || made.starts_with(own + "/");
}

void CertificationAuthority::add_authorizations(Order& order, Number number) {
  sim::Random random = env_.random("challenge token");
  for (const stir::acme::Identifier& identifier : order.state.identifiers) {
    const Number earlier =
        order.is_pre_authorization ? 0 : pre_authorization_for(order.account, identifier);
    if (earlier != 0) {
      const Order& given = orders_.at(earlier);
      order.state.authorizations.push_back(given.state.authorizations.front());
      order.authorizations.push_back(given.authorizations.front());
      order.state.expires = std::min(order.state.expires, given.state.expires);
      order.ca = given.ca;
      continue;
    }
    const std::string tail =
        options_.always_valid_dns ? "/" + std::to_string(order.authorizations.size() + 1) : "";
    order.state.authorizations.push_back(url("authorization", number) + tail);
    stir::acme::Authorization& authorization = order.authorizations.emplace_back();
    authorization.expires = order.state.expires;
    authorization.identifier = identifier;
    const std::string challenge_url = url("challenge", number) + tail;
    if (!options_.always_valid_dns) {
      authorization.challenges = {challenge_of("tkauth-01", challenge_url, random)};
      authorization.challenges.front().tkauth_type = options_.tkauth_type;
      authorization.challenges.front().token_authority = options_.policy_administrator.base_url;
      continue;
    }
    // RFC 8555 §7.1.3 and §8.3: the wildcard is told apart, and HTTP cannot show it.
    constexpr std::string_view kWildcard = "*.";
    if (authorization.identifier.value.starts_with(kWildcard)) {
      authorization.wildcard = true;
      authorization.identifier.value.erase(0, kWildcard.size());
    } else {
      authorization.challenges.push_back(
          challenge_of("http-01", challenge_url + "/http-01", random));
    }
    authorization.challenges.push_back(challenge_of("dns-01", challenge_url + "/dns-01", random));
  }
  if (are_all_valid(order.authorizations)) order.state.status = OrderStatus::kReady;
}

sim::Response CertificationAuthority::on_new_order(const AcmeRequest& request) {
  auto wanted = stir::acme::read_new_order(request.payload);
  if (!wanted) return acme_refusal(400, "malformed", wanted.error().detail);
  if (const auto objection = objection_to(*wanted)) return problem_response(*objection);
  const Number account = accounts_.number_of(request.account_url);
  if (const auto delay = accounts_.objection_to_order(account)) {
    return delay->response();
  }
  return order_response(201, add_order(account, *std::move(wanted), false));
}

// `wanted` has passed objection_to().
CertificationAuthority::Number CertificationAuthority::add_order(Number account,
                                                                 stir::acme::NewOrder wanted,
                                                                 bool is_pre_authorization) {
  const Number number = ++last_number_;
  Order order;
  order.account = account;
  order.is_pre_authorization = is_pre_authorization;
  if (options_.always_valid_dns) {
    for (auto& identifier : wanted.identifiers)
      identifier.value = sim::lower_case(identifier.value);
  } else {
    order.identifier_der =
        stir::tn_auth_list_of_identifier(wanted.identifiers.front().value).value();
  }
  order.state.expires =
      sim::from_unix_seconds(sim::unix_seconds(env_.now() + options_.order_valid_for));
  order.state.identifiers = std::move(wanted.identifiers);
  order.state.not_before = wanted.not_before;
  order.state.not_after = wanted.not_after;
  order.state.finalize = url("order", number) + "/finalize";
  add_authorizations(order, number);
  if (orders_.size() >= options_.most_orders) {
    accounts_.forget_order(orders_.begin()->second.account, orders_.begin()->first);
    orders_.erase(orders_.begin());
  }
  orders_.emplace(number, std::move(order));
  accounts_.add_order(account, number);
  return number;
}

sim::Response CertificationAuthority::order_response(int status, Number number) const {
  const Order& order = orders_.at(number);
  sim::Response response = json_response(status, stir::acme::to_json(order.state));
  response.headers.add("Location", url("order", number));
  if (order.state.status == OrderStatus::kProcessing) response.headers.add("Retry-After", "1");
  return response;
}

void CertificationAuthority::expire(Order& order) {
  const bool is_open =
      order.state.status == OrderStatus::kPending || order.state.status == OrderStatus::kReady;
  if (!is_open || order.is_busy || env_.now() < order.state.expires.value_or(sim::kNever)) return;
  order.state.status = OrderStatus::kInvalid;
  for (auto& authorization : order.authorizations) {
    const bool was_open = authorization.status == AuthorizationStatus::kPending ||
                          authorization.status == AuthorizationStatus::kValid;
    if (was_open) authorization.status = AuthorizationStatus::kExpired;
  }
}

// RFC 8555 §7.3.6: what a deactivated account has pending is over.
void CertificationAuthority::cancel_orders_of(Number account) {
  for (const Number number : accounts_.find(account)->orders) {
    const auto order = orders_.find(number);
    if (order == orders_.end()) continue;
    OrderStatus& status = order->second.state.status;
    const bool is_open = status == OrderStatus::kPending || status == OrderStatus::kReady;
    if (is_open) status = OrderStatus::kInvalid;
    for (auto& authorization : order->second.authorizations) {
      authorization.status = AuthorizationStatus::kDeactivated;
    }
  }
}

sim::Response CertificationAuthority::on_order_resource(const AcmeRequest& request) {
  const ResourcePath path = parse_path(request.path);
  const auto found = orders_.find(path.number);
  if (found == orders_.end()) return acme_refusal(404, "malformed", "no such resource");
  Order& order = found->second;
  if (order.account != accounts_.number_of(request.account_url)) {
    return acme_refusal(403, "unauthorized", "another account's");
  }
  expire(order);
  if (order.is_pre_authorization && path.kind != "challenge" && path.kind != "authorization") {
    return acme_refusal(404, "malformed", "no such resource");
  }
  if (path.kind == "challenge") return on_challenge(request, path);
  if (path.kind == "order" && path.rest == "finalize") return on_finalize(request, path.number);
  if (path.kind == "authorization") {
    // Its place is part of the URL only where an order may have several.
    const std::uint64_t place = options_.always_valid_dns ? number_in(path.rest) : 1;
    const bool is_there =
        place >= 1 && place <= order.authorizations.size() &&
        path.rest == (options_.always_valid_dns ? std::to_string(place) : std::string()) &&
        is_own_authorization(order, path.number, static_cast<std::size_t>(place - 1));
    if (!is_there) return acme_refusal(404, "malformed", "no such resource");
    return on_authorization(request, order, static_cast<std::size_t>(place - 1));
  }
  if (request.has_payload) return acme_refusal(400, "malformed", "POST-as-GET has no payload");
  if (path.kind == "order" && path.rest.empty()) return order_response(200, path.number);
  if (path.kind == "certificate") return certificate_response(order, path);
  return acme_refusal(404, "malformed", "no such resource");
}

// A look, or its deactivation (RFC 8555 §7.5.2), which an order that needs it does not survive.
sim::Response CertificationAuthority::on_authorization(const AcmeRequest& request,
                                                       Order& order,
                                                       std::size_t index) {
  stir::acme::Authorization& authorization = order.authorizations[index];
  if (request.has_payload) {
    const bool is_deactivation = request.payload.size() == 1 &&
                                 stir::string_member(request.payload, "status") == "deactivated";
    if (!is_deactivation) {
      return acme_refusal(400, "malformed", "a client can only set the status deactivated");
    }
    const bool is_open = authorization.status == AuthorizationStatus::kPending ||
                         authorization.status == AuthorizationStatus::kValid;
    if (!is_open || order.is_busy) {
      return acme_refusal(400, "malformed",
                          "the authorization is " + std::string(to_string(authorization.status)));
    }
    authorization.status = AuthorizationStatus::kDeactivated;
    OrderStatus& status = order.state.status;
    if (status == OrderStatus::kPending || status == OrderStatus::kReady) {
      status = OrderStatus::kInvalid;
    }
    if (order.is_pre_authorization) end_orders_on(parse_path(request.path).number);
  }
  sim::Response response = json_response(200, stir::acme::to_json(authorization));
  if (order.is_busy) response.headers.add("Retry-After", "1");
  return response;
}

// RFC 8555 §7.4.2: the alternates are found by links.
sim::Response CertificationAuthority::certificate_response(const Order& order,
                                                           const ResourcePath& path) const {
  constexpr std::string_view kType = "application/pem-certificate-chain";
  const std::string self = url("certificate", path.number);
  if (path.rest.empty() && !order.pem.empty()) {
    sim::Response response = http_response(200, std::string(kType), order.pem);
    if (!order.alternate_pem.empty()) {
      response.headers.add("Link", "<" + self + "/1>;rel=\"alternate\"");
    }
    return response;
  }
  if (path.rest == "1" && !order.alternate_pem.empty()) {
    sim::Response response = http_response(200, std::string(kType), order.alternate_pem);
    response.headers.add("Link", "<" + self + ">;rel=\"alternate\"");
    return response;
  }
  return acme_refusal(404, "malformed", "no such resource");
}

// http-01 and dns-01, which hold because we say so.
sim::Response CertificationAuthority::on_dns_challenge(const AcmeRequest& request,
                                                       const ResourcePath& path) {
  const std::string_view rest = path.rest;
  const std::size_t slash = rest.find('/');
  Order& order = orders_.at(path.number);
  const std::uint64_t place = number_in(rest.substr(0, slash));
  if (slash == rest.npos || place == 0 || place > order.authorizations.size() ||
      !is_own_authorization(order, path.number, static_cast<std::size_t>(place - 1))) {
    return acme_refusal(404, "malformed", "no such resource");
  }
  auto& authorization = order.authorizations[static_cast<std::size_t>(place - 1)];
  for (stir::acme::Challenge& challenge : authorization.challenges) {
    if (challenge.type != rest.substr(slash + 1)) continue;
    const bool is_answer = request.has_payload && challenge.status != ChallengeStatus::kValid;
    if (is_answer) {
      if (authorization.status != AuthorizationStatus::kPending) {
        return acme_refusal(400, "malformed", "the challenge cannot be answered any more");
      }
      challenge.status = ChallengeStatus::kValid;
      challenge.validated = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
      authorization.status = AuthorizationStatus::kValid;
      if (are_all_valid(order.authorizations)) order.state.status = OrderStatus::kReady;
    }
    sim::Response response = json_response(200, stir::acme::to_json(challenge));
    response.headers.add(
        "Link",
        "<" + order.state.authorizations[static_cast<std::size_t>(place - 1)] + ">;rel=\"up\"");
    return response;
  }
  return acme_refusal(404, "malformed", "no such resource");
}

sim::Response CertificationAuthority::on_challenge(const AcmeRequest& request,
                                                   const ResourcePath& path) {
  if (options_.always_valid_dns) return on_dns_challenge(request, path);
  if (!path.rest.empty()) return acme_refusal(404, "malformed", "no such resource");
  const Number number = path.number;
  const auto answer_with_challenge = [this, number] {
    const Order& order = orders_.at(number);
    sim::Response response =
        json_response(200, stir::acme::to_json(order.authorizations.front().challenges.front()));
    response.headers.add("Link", "<" + url("authorization", number) + ">;rel=\"up\"");
    return response;
  };
  Order& order = orders_.at(number);
  if (!is_own_authorization(order, number, 0)) {
    return acme_refusal(404, "malformed", "no such resource");
  }
  const ChallengeStatus status = order.authorizations.front().challenges.front().status;
  // A look, or an answer that is repeated because the first one's reply was lost.
  if (!request.has_payload || order.is_busy || status == ChallengeStatus::kValid) {
    return answer_with_challenge();
  }
  if (status == ChallengeStatus::kInvalid || order.state.status != OrderStatus::kPending) {
    return acme_refusal(400, "malformed", "the challenge cannot be answered any more");
  }
  const auto token = stir::acme::read_challenge_answer(request.payload, options_.allow_atc_answer);
  if (!token) return acme_refusal(400, "malformed", token.error().detail);

  const BusyOrder busy(orders_, number);
  order.authorizations.front().challenges.front().status = ChallengeStatus::kProcessing;
  const auto accepted =
      token_checker_.check(*token, order.identifier_der, request.key, request.account_url);
  Order* still = busy.order();
  if (still == nullptr) return acme_refusal(404, "malformed", "the order is gone");
  stir::acme::Authorization& authorization = still->authorizations.front();
  stir::acme::Challenge& challenge = authorization.challenges.front();
  const bool was_cancelled = still->state.status != OrderStatus::kPending;
  if (accepted) {
    challenge.status = ChallengeStatus::kValid;
    challenge.validated = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
    if (!was_cancelled) {
      authorization.status = AuthorizationStatus::kValid;
      still->state.status = OrderStatus::kReady;
      still->ca = accepted->ca;
    }
  } else {
    challenge.status = ChallengeStatus::kInvalid;
    challenge.error = accepted.error();
    if (!was_cancelled) authorization.status = AuthorizationStatus::kInvalid;
    still->state.status = OrderStatus::kInvalid;
    still->state.error = accepted.error();
  }
  return answer_with_challenge();
}

}  // namespace shakedown::actors

// The resources of an STI-CA's ACME server (RFC 8555 §7) after the JWS has been checked.

#include <charconv>
#include <utility>

#include "actors/certification_authority/busy_order.h"
#include "actors/certification_authority/certification_authority.h"
#include "actors/http_json.h"
#include "actors/stir/jws.h"
#include "actors/stir/tn_auth_list.h"

namespace shakedown::actors {
namespace {

using stir::acme::AuthorizationStatus;
using stir::acme::ChallengeStatus;
using stir::acme::OrderStatus;

constexpr std::size_t kMaximumOrders = 100'000;
constexpr sim::Duration kLongestPast = std::chrono::hours{24};        // Of a notBefore.
constexpr sim::Duration kLongestFuture = std::chrono::hours{24 * 7};  // Likewise.

sim::Response refuse(int status, std::string_view type, std::string detail) {
  return problem_response(acme_problem(status, type, std::move(detail)));
}

// "mailto:acme-tel@example.test" -> "acme-tel".
std::string owner_in(const std::vector<std::string>& contacts) {
  constexpr std::string_view kScheme = "mailto:";
  for (const std::string_view contact : contacts) {
    const std::size_t at = contact.rfind('@');
    if (contact.starts_with(kScheme) && at != std::string_view::npos && at > kScheme.size()) {
      return std::string(contact.substr(kScheme.size(), at - kScheme.size()));
    }
  }
  return {};
}

// "/acme/order/17/finalize" -> "order", 17, "finalize".
struct ResourcePath {
  std::string_view kind;
  std::uint64_t number = 0;  // 0: none.
  std::string_view verb;
};

ResourcePath parse_path(std::string_view path) {
  constexpr std::string_view kPrefix = "/acme/";
  ResourcePath parsed;
  if (!path.starts_with(kPrefix)) return parsed;
  path.remove_prefix(kPrefix.size());
  const std::size_t slash = path.find('/');
  parsed.kind = path.substr(0, slash);
  if (slash == std::string_view::npos) return parsed;
  const char* begin = path.data() + slash + 1;
  const char* end = path.data() + path.size();
  const auto [rest, error] = std::from_chars(begin, end, parsed.number);
  if (error != std::errc()) return {};
  if (rest != end) {
    if (*rest != '/') return {};
    parsed.verb = std::string_view(rest + 1, static_cast<std::size_t>(end - rest - 1));
  }
  return parsed;
}

}  // namespace

std::string CertificationAuthority::url(std::string_view kind, Number number) const {
  return base_url_ + "/acme/" + std::string(kind) + "/" + std::to_string(number);
}

CertificationAuthority::Number CertificationAuthority::account_number(
    std::string_view account_url) const {
  if (!account_url.starts_with(base_url_)) return 0;
  const ResourcePath path = parse_path(account_url.substr(base_url_.size()));
  return path.kind == "account" && path.verb.empty() ? path.number : 0;
}

sim::Response CertificationAuthority::account_response(int status, Number number) const {
  const Account& account = accounts_.at(number);
  sim::Response response =
      json_response(status, {{"status", "valid"}, {"contact", account.contact}});
  response.headers.add("Location", url("account", number));
  return response;
}

sim::Response CertificationAuthority::on_new_account(const AcmeRequest& request) {
  const auto wanted = stir::acme::read_new_account(request.payload);
  if (!wanted) return refuse(400, "malformed", wanted.error().detail);
  const std::string thumbprint = stir::jwk_thumbprint(*request.key);
  if (const auto known = account_of_key_.find(thumbprint); known != account_of_key_.end()) {
    return account_response(200, known->second);
  }
  if (wanted->only_return_existing) {
    return refuse(400, "accountDoesNotExist", "no account with this key");
  }
  const Number number = ++last_number_;
  std::string owner = owner_in(wanted->contact);
  if (owner.empty()) owner = "account " + std::to_string(number);
  accounts_[number] = {std::move(owner), request.key, wanted->contact};
  account_of_key_[thumbprint] = number;
  return account_response(201, number);
}

sim::Response CertificationAuthority::on_account(const AcmeRequest& request) {
  const Number number = account_number(base_url_ + request.path);
  if (number == 0 || number != account_number(request.account_url)) {
    return refuse(403, "unauthorized", "not your account");
  }
  return account_response(200, number);
}

std::optional<AcmeProblem> CertificationAuthority::objection_to(const stir::acme::NewOrder& order) {
  if (order.identifiers.size() != 1) {
    return acme_problem(400, "rejectedIdentifier", "exactly one TNAuthList is needed");
  }
  const stir::acme::Identifier& identifier = order.identifiers.front();
  if (identifier.type != "TNAuthList") {
    return acme_problem(400, "unsupportedIdentifier", "type " + identifier.type);
  }
  const auto der = stir::tn_auth_list_of_identifier(identifier.value);
  if (!der) return acme_problem(400, "malformed", "identifier: " + der.error().detail);
  const auto entries = crypto::decode_tn_auth_list(*der);
  if (!entries) return acme_problem(400, "rejectedIdentifier", entries.error().detail);
  if (!options_.allow_numbers && stir::Scope::of(*entries).has_numbers()) {
    return acme_problem(400, "rejectedIdentifier", "numbers in the TNAuthList");
  }
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

sim::Response CertificationAuthority::on_new_order(const AcmeRequest& request) {
  const auto wanted = stir::acme::read_new_order(request.payload);
  if (!wanted) return refuse(400, "malformed", wanted.error().detail);
  if (const auto objection = objection_to(*wanted)) return problem_response(*objection);
  const sim::Time expires =
      sim::from_unix_seconds(sim::unix_seconds(env_.now() + options_.order_valid_for));
  const Number number = ++last_number_;

  Order order;
  order.account = account_number(request.account_url);
  order.identifier_der =
      stir::tn_auth_list_of_identifier(wanted->identifiers.front().value).value();
  order.state.expires = expires;
  order.state.identifiers = wanted->identifiers;
  order.state.not_before = wanted->not_before;
  order.state.not_after = wanted->not_after;
  order.state.authorizations = {url("authorization", number)};
  order.state.finalize = url("order", number) + "/finalize";
  order.authorization.expires = expires;
  order.authorization.identifier = wanted->identifiers.front();
  stir::acme::Challenge challenge;
  challenge.token_authority = options_.policy_administrator.base_url;
  challenge.url = url("challenge", number);
  std::string octets(16, '\0');
  sim::Random random = env_.random("challenge token");
  random.fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  challenge.token = crypto::base64url_encode(octets);
  order.authorization.challenges = {std::move(challenge)};
  if (orders_.size() >= kMaximumOrders) orders_.erase(orders_.begin());
  orders_.emplace(number, std::move(order));
  return order_response(201, number);
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
  order.authorization.status = AuthorizationStatus::kExpired;
}

sim::Response CertificationAuthority::on_order_resource(const AcmeRequest& request) {
  const ResourcePath path = parse_path(request.path);
  const auto found = orders_.find(path.number);
  if (found == orders_.end()) return refuse(404, "malformed", "no such resource");
  Order& order = found->second;
  if (order.account != account_number(request.account_url)) {
    return refuse(403, "unauthorized", "another account's");
  }
  expire(order);
  if (path.kind == "challenge" && path.verb.empty()) return on_challenge(request, path.number);
  if (path.kind == "order" && path.verb == "finalize") return on_finalize(request, path.number);
  if (request.has_payload) return refuse(400, "malformed", "POST-as-GET has no payload");
  if (path.kind == "order" && path.verb.empty()) return order_response(200, path.number);
  if (path.kind == "authorization" && path.verb.empty()) {
    return json_response(200, stir::acme::to_json(order.authorization));
  }
  if (path.kind == "certificate" && path.verb.empty() && !order.pem.empty()) {
    return http_response(200, "application/pem-certificate-chain", order.pem);
  }
  return refuse(404, "malformed", "no such resource");
}

sim::Response CertificationAuthority::on_challenge(const AcmeRequest& request, Number number) {
  const auto answer_with_challenge = [this, number] {
    const Order& order = orders_.at(number);
    sim::Response response =
        json_response(200, stir::acme::to_json(order.authorization.challenges.front()));
    response.headers.add("Link", "<" + url("authorization", number) + ">;rel=\"up\"");
    return response;
  };
  Order& order = orders_.at(number);
  const ChallengeStatus status = order.authorization.challenges.front().status;
  // A look, or an answer that is repeated because the first one's reply was lost.
  if (!request.has_payload || order.is_busy || status == ChallengeStatus::kValid) {
    return answer_with_challenge();
  }
  if (status == ChallengeStatus::kInvalid || order.state.status != OrderStatus::kPending) {
    return refuse(400, "malformed", "the challenge cannot be answered any more");
  }
  const auto token = stir::acme::read_challenge_answer(request.payload);
  if (!token) return refuse(400, "malformed", token.error().detail);

  const BusyOrder busy(orders_, number);
  order.authorization.challenges.front().status = ChallengeStatus::kProcessing;
  const auto accepted =
      token_checker_.check(*token, order.identifier_der, request.key, request.account_url);
  Order* still = busy.order();
  if (still == nullptr) return refuse(404, "malformed", "the order is gone");
  stir::acme::Challenge& challenge = still->authorization.challenges.front();
  if (accepted) {
    challenge.status = ChallengeStatus::kValid;
    challenge.validated = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
    still->authorization.status = AuthorizationStatus::kValid;
    still->state.status = OrderStatus::kReady;
    still->ca = accepted->ca;
  } else {
    challenge.status = ChallengeStatus::kInvalid;
    challenge.error = accepted.error();
    still->authorization.status = AuthorizationStatus::kInvalid;
    still->state.status = OrderStatus::kInvalid;
    still->state.error = accepted.error();
  }
  return answer_with_challenge();
}

}  // namespace shakedown::actors

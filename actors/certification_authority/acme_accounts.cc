#include "actors/certification_authority/acme_accounts.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/octets/digest.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kMostContacts = 10;
constexpr std::size_t kLongestContact = 320;
constexpr std::string_view kMailto = "mailto:";

// "mailto:acme-tel@example.test" -> "acme-tel".
std::string owner_in(const std::vector<std::string>& contacts) {
  for (const std::string_view contact : contacts) {
    const std::size_t at = contact.rfind('@');
    if (contact.starts_with(kMailto) && at != std::string_view::npos && at > kMailto.size()) {
      return std::string(contact.substr(kMailto.size(), at - kMailto.size()));
    }
  }
  return {};
}

// RFC 8555 §7.3: one address without header fields; mailto must be supported, others need not be.
std::optional<AcmeProblem> objection_to_contacts(const std::vector<std::string>& contacts) {
  if (contacts.size() > kMostContacts) {
    return acme_problem(400, "invalidContact", "more than 10 contacts");
  }
  for (const std::string_view contact : contacts) {
    if (!contact.starts_with(kMailto)) {
      return acme_problem(400, "unsupportedContact", "only mailto is supported");
    }
    const std::string_view address = contact.substr(kMailto.size());
    const std::size_t at = address.find('@');
    const bool is_one_address =
        contact.size() <= kLongestContact && address.find_first_of(",? ") == address.npos &&
        at != address.npos && at > 0 && at + 1 < address.size() && address.rfind('@') == at;
    if (!is_one_address) {
      return acme_problem(400, "invalidContact", "not one mail address without header fields");
    }
  }
  return std::nullopt;
}

}  // namespace

AcmeAccounts::AcmeAccounts(sim::Env& env, AcmeAccountOptions options)
    : env_(env),
      options_(std::move(options)) {}

std::string AcmeAccounts::url(Number number) const {
  return base_url_ + "/acme/account/" + std::to_string(number);
}

const AcmeAccounts::Account* AcmeAccounts::find(Number number) const {
  const auto found = accounts_.find(number);
  return found == accounts_.end() ? nullptr : &found->second;
}

AcmeAccounts::Number AcmeAccounts::number_of(std::string_view account_url) const {
  const std::string prefix = base_url_ + "/acme/account/";
  if (!account_url.starts_with(prefix)) return 0;
  const std::string_view digits = account_url.substr(prefix.size());
  Number number = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  // Spelled as we spell it: an account has one URL.
  return error == std::errc() && rest == end && account_url == url(number) ? number : 0;
}

tl::expected<stir::AcmeKey, AcmeProblem> AcmeAccounts::key_of(std::string_view account_url) const {
  const Account* account = find(number_of(account_url));
  if (account == nullptr) {
    return tl::unexpected(
        acme_problem(400, "accountDoesNotExist", "no account " + std::string(account_url)));
  }
  if (account->is_deactivated) {
    return tl::unexpected(acme_problem(401, "unauthorized", "the account is deactivated"));
  }
  return account->key;
}

bool AcmeAccounts::is_account_key(std::string_view spki_der) const {
  return number_of_key_.contains(spki_der);
}

sim::Response AcmeAccounts::response(int status, Number number) const {
  const Account& account = accounts_.at(number);
  stir::Json body{{"status", account.is_deactivated ? "deactivated" : "valid"},
                  {"contact", account.contact},
                  {"orders", url(number) + "/orders"}};
  if (account.external_binding) body["externalAccountBinding"] = *account.external_binding;
  sim::Response answer = json_response(status, body);
  answer.headers.add("Location", url(number));
  return answer;
}

sim::Response AcmeAccounts::on_new_account(const AcmeRequest& request, Number& last_number) {
  if (!request.has_payload && !options_.allow_empty_new_account) {
    return acme_refusal(400, "malformed", "a new account needs a payload");
  }
  const auto wanted = stir::acme::read_new_account(request.payload);
  if (!wanted) return acme_refusal(400, "malformed", wanted.error().detail);
  const crypto::Bytes& spki = request.key.spki_der();
  if (const auto known = number_of_key_.find(spki); known != number_of_key_.end()) {
    if (accounts_.at(known->second).is_deactivated) {
      return acme_refusal(401, "unauthorized", "the account of this key is deactivated");
    }
    return response(200, known->second);
  }
  if (wanted->only_return_existing) {
    return acme_refusal(400, "accountDoesNotExist", "no account with this key");
  }
  if (const auto objection = objection_to_contacts(wanted->contact)) {
    return problem_response(*objection);
  }
  if (!options_.terms_of_service.empty() && !wanted->terms_of_service_agreed) {
    return terms_refusal("the terms of service are not agreed to");
  }
  if (const auto objection = objection_to_binding(request, wanted->external_account_binding)) {
    return problem_response(*objection);
  }
  if (accounts_.size() >= options_.most_accounts) {
    return acme_refusal(429, "rateLimited", "too many accounts");
  }
  const Number number = ++last_number;
  Account account;
  account.owner = owner_in(wanted->contact);
  if (account.owner.empty()) account.owner = "account " + std::to_string(number);
  account.key = request.key;
  account.contact = wanted->contact;
  account.agreed_terms = options_.terms_of_service;
  // Shown only if it was checked (RFC 8555 §7.3.4).
  if (!options_.external_keys.empty()) account.external_binding = wanted->external_account_binding;
  accounts_.emplace(number, std::move(account));
  number_of_key_[spki] = number;
  return response(201, number);
}

sim::Response AcmeAccounts::terms_refusal(std::string_view detail) const {
  AcmeProblem problem = acme_problem(403, "userActionRequired",
                                     std::string(detail) + ": " + options_.terms_of_service);
  problem.instance = agreement_url();
  sim::Response refused = problem_response(problem);
  refused.headers.add("Link", "<" + options_.terms_of_service + ">;rel=\"terms-of-service\"");
  return refused;
}

std::optional<sim::Response> AcmeAccounts::objection_to_terms(Number number) const {
  const std::string& terms = options_.terms_of_service;
  if (terms.empty() || accounts_.at(number).agreed_terms == terms) return std::nullopt;
  return terms_refusal("the terms of service have changed");
}

// RFC 8555 §7.3.4: the inner JWS binds the account's key to a key that the CA has given out.
std::optional<AcmeProblem> AcmeAccounts::objection_to_binding(
    const AcmeRequest& request, const std::optional<stir::Json>& binding) const {
  const auto malformed = [](std::string detail) {
    return acme_problem(400, "malformed", "externalAccountBinding: " + std::move(detail));
  };
  const auto unauthorized = [](std::string detail) {
    return acme_problem(403, "unauthorized", "externalAccountBinding: " + std::move(detail));
  };
  if (!binding) {
    if (!options_.external_account_required) return std::nullopt;
    return acme_problem(403, "externalAccountRequired", "no externalAccountBinding");
  }
  if (options_.external_keys.empty() && !options_.external_account_required) return std::nullopt;
  const auto jws = stir::read_flattened_jws(*binding);
  if (!jws) return malformed(jws.error().detail);
  if (stir::string_member(jws->header, "alg") != "HS256") return malformed("alg is not HS256");
  if (jws->header.contains("nonce")) return malformed("there is a nonce");
  if (stir::string_member(jws->header, "url") != request.url) {
    return malformed("url is not that of the request");
  }
  const auto kid = stir::string_member(jws->header, "kid");
  if (!kid) return malformed("no kid");
  const auto inner_key = stir::parse_json_object(jws->payload);
  if (!inner_key || *inner_key != request.jwk) return malformed("not for the account's key");
  const auto key = options_.external_keys.find(*kid);
  if (key == options_.external_keys.end()) return unauthorized("unknown kid");
  const auto mac = crypto::hmac_sha256(key->second, jws->signing_input());
  if (!crypto::constant_time_equal(crypto::as_view(mac), jws->signature)) {
    return unauthorized("the MAC does not verify");
  }
  return std::nullopt;
}

sim::Response AcmeAccounts::on_account(const AcmeRequest& request, Number number) {
  if (number == 0 || number != number_of(request.account_url)) {
    return acme_refusal(403, "unauthorized", "not your account");
  }
  const auto update = stir::acme::read_account_update(request.payload);
  if (!update) return acme_refusal(400, "malformed", update.error().detail);
  if (!update->status.empty() && update->status != "deactivated") {
    return acme_refusal(400, "malformed", "a client can only set the status deactivated");
  }
  if (update->contact) {
    if (const auto objection = objection_to_contacts(*update->contact)) {
      return problem_response(*objection);
    }
    accounts_.at(number).contact = *update->contact;
  }
  if (update->terms_of_service_agreed) {
    accounts_.at(number).agreed_terms = options_.terms_of_service;
  }
  if (update->status == "deactivated") accounts_.at(number).is_deactivated = true;
  return response(200, number);
}

// RFC 8555 §7.3.5.
sim::Response AcmeAccounts::on_key_change(const AcmeRequest& request) {
  const auto malformed = [](std::string detail) {
    return acme_refusal(400, "malformed", "inner JWS: " + std::move(detail));
  };
  const auto inner = stir::read_flattened_jws(request.payload);
  if (!inner) return malformed(inner.error().detail);
  const stir::Json* jwk = stir::find_member(inner->header, "jwk");
  if (jwk == nullptr || inner->header.contains("kid")) return malformed("jwk is needed, not kid");
  // What the account's own server accepts: RSA where the outer key may be one.
  auto key = stir::AcmeKey::from_jwk(*jwk, options_.allow_rsa);
  if (!key) return acme_refusal(400, "badPublicKey", key.error().detail);
  if (stir::string_member(inner->header, "alg") != key->algorithm()) {
    return acme_refusal(400, "badSignatureAlgorithm", "inner JWS: alg does not fit the key");
  }
  if (inner->header.contains("nonce")) return malformed("there is a nonce");
  if (stir::string_member(inner->header, "url") != request.url) {
    return malformed("url is not that of the outer JWS");
  }
  if (!env_.compute(work::kVerifySignature, &stir::AcmeKey::verify, *key, inner->signing_input(),
                    inner->signature)) {
    return malformed("the signature does not verify");
  }
  const auto payload = stir::parse_json_object(inner->payload);
  if (!payload) return malformed("payload: " + payload.error().detail);
  const auto change = stir::acme::read_key_change(*payload);
  if (!change) return malformed(change.error().detail);
  const Number number = number_of(request.account_url);
  if (change->account != request.account_url) return malformed("account is not the outer kid");
  const auto old_key = stir::AcmeKey::from_jwk(change->old_key, options_.allow_rsa);
  Account& account = accounts_.at(number);
  // Against the key as it is now: the verification above takes time.
  if (!old_key || !(*old_key == account.key)) return malformed("oldKey is not the account's key");
  if (const auto taken = number_of_key_.find(key->spki_der()); taken != number_of_key_.end()) {
    sim::Response conflict = acme_refusal(409, "malformed", "another account has this key");
    conflict.headers.add("Location", url(taken->second));
    return conflict;
  }
  number_of_key_.erase(account.key.spki_der());
  number_of_key_[key->spki_der()] = number;
  account.key = *std::move(key);
  return response(200, number);
}

sim::Response AcmeAccounts::Delay::response() const {
  sim::Response later = problem_response(problem);
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after).count();
  later.headers.add("Retry-After", std::to_string(seconds));
  return later;
}

std::optional<AcmeAccounts::Delay> AcmeAccounts::objection_to_order(Number number) {
  if (options_.new_orders == 0) return std::nullopt;
  std::deque<sim::Time>& times = accounts_.at(number).order_times;
  const sim::Time now = env_.now();
  while (!times.empty() && times.front() + options_.per <= now) times.pop_front();
  if (times.size() < options_.new_orders) return std::nullopt;
  return Delay{acme_problem(429, "rateLimited",
                            std::to_string(options_.new_orders) + " orders in " +
                                sim::format_duration(options_.per) + " are the limit"),
               times.front() + options_.per - now};
}

void AcmeAccounts::add_order(Number number, Number order) {
  Account& account = accounts_.at(number);
  if (options_.new_orders != 0) account.order_times.push_back(env_.now());
  account.orders.push_back(order);
}

void AcmeAccounts::forget_order(Number number, Number order) {
  const auto found = accounts_.find(number);
  if (found != accounts_.end()) std::erase(found->second.orders, order);
}

}  // namespace shakedown::actors

#include "stir/acme/acme_messages.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "stir/credential/number_scope.h"

namespace shakedown::stir::acme {
namespace {

constexpr std::string_view kErrorPrefix = "urn:ietf:params:acme:error:";
constexpr std::size_t kMostElements = 100;  // Identifiers, contacts, URLs, challenges.

// RFC 8555 §6.7, the closed list.
constexpr std::array<std::string_view, 24> kProblemTypes{"accountDoesNotExist",
                                                         "alreadyRevoked",
                                                         "badCSR",
                                                         "badNonce",
                                                         "badPublicKey",
                                                         "badRevocationReason",
                                                         "badSignatureAlgorithm",
                                                         "caa",
                                                         "compound",
                                                         "connection",
                                                         "dns",
                                                         "externalAccountRequired",
                                                         "incorrectResponse",
                                                         "invalidContact",
                                                         "malformed",
                                                         "orderNotReady",
                                                         "rateLimited",
                                                         "rejectedIdentifier",
                                                         "serverInternal",
                                                         "tls",
                                                         "unauthorized",
                                                         "unsupportedContact",
                                                         "unsupportedIdentifier",
                                                         "userActionRequired"};

template <class Status, std::size_t N>
Result<Status> read_status(const Json& json, const std::array<Status, N>& all) {
  const auto text = string_member(json, "status");
  for (const auto status : all) {
    if (text == to_string(status)) return status;
  }
  return fail(ErrorCode::kMalformed, "status");
}

tl::unexpected<Error> bad(std::string_view member) {
  return fail(ErrorCode::kMalformed, std::string(member));
}

// Absent is fine, another type or form is not.
Result<std::optional<sim::Time>> optional_time(const Json& json, std::string_view name) {
  const Json* member = find_member(json, name);
  if (member == nullptr) return std::optional<sim::Time>();
  if (!member->is_string()) return bad(name);
  const auto time = sim::parse_time(member->get_ref<const std::string&>());
  if (!time) return bad(name);
  return std::optional<sim::Time>(*time);
}

// Absent is false.
Result<bool> optional_flag(const Json& json, std::string_view name) {
  const Json* member = find_member(json, name);
  if (member != nullptr && !member->is_boolean()) return bad(name);
  return member != nullptr && member->get<bool>();
}

Result<std::string> required_text(const Json& json, std::string_view name) {
  auto text = string_member(json, name);
  if (!text) return bad(name);
  return *std::move(text);
}

Result<std::vector<std::string>> text_array(const Json& json,
                                            std::string_view name,
                                            bool required) {
  const Json* member = find_member(json, name);
  std::vector<std::string> values;
  if (member == nullptr && !required) return values;
  if (member == nullptr || !member->is_array() || member->size() > kMostElements) return bad(name);
  for (const auto& element : *member) {
    if (!element.is_string()) return bad(name);
    values.push_back(element.get<std::string>());
  }
  return values;
}

Result<Identifier> read_identifier(const Json& json) {
  Identifier identifier;
  ASSIGN_OR_RETURN(identifier.type, required_text(json, "type"));
  ASSIGN_OR_RETURN(identifier.value, required_text(json, "value"));
  return identifier;
}

Result<std::vector<Identifier>> read_identifiers(const Json& json) {
  const Json* member = find_member(json, "identifiers");
  if (member == nullptr || !member->is_array() || member->empty() ||
      member->size() > kMostElements) {
    return bad("identifiers");
  }
  std::vector<Identifier> identifiers;
  for (const auto& element : *member) {
    ASSIGN_OR_RETURN(auto identifier, read_identifier(element));
    identifiers.push_back(std::move(identifier));
  }
  return identifiers;
}

Result<std::optional<Problem>> optional_problem(const Json& json) {
  const Json* member = find_member(json, "error");
  if (member == nullptr) return std::optional<Problem>();
  ASSIGN_OR_RETURN(auto problem, read_problem(*member));
  return std::optional<Problem>(std::move(problem));
}

Json to_json(const Identifier& identifier) {
  return Json{{"type", identifier.type}, {"value", identifier.value}};
}

Json to_json(const std::vector<Identifier>& identifiers) {
  Json array = Json::array();
  for (const auto& identifier : identifiers) array.push_back(to_json(identifier));
  return array;
}

void put_time(Json& json, const char* name, const std::optional<sim::Time>& time) {
  if (time) json[name] = sim::format_time(*time);
}

void put_text(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

}  // namespace

std::string_view to_string(OrderStatus status) {
  switch (status) {
    case OrderStatus::kPending:
      return "pending";
    case OrderStatus::kReady:
      return "ready";
    case OrderStatus::kProcessing:
      return "processing";
    case OrderStatus::kValid:
      return "valid";
    case OrderStatus::kInvalid:
      return "invalid";
  }
  return "invalid";
}

std::string_view to_string(AuthorizationStatus status) {
  switch (status) {
    case AuthorizationStatus::kPending:
      return "pending";
    case AuthorizationStatus::kValid:
      return "valid";
    case AuthorizationStatus::kInvalid:
      return "invalid";
    case AuthorizationStatus::kDeactivated:
      return "deactivated";
    case AuthorizationStatus::kExpired:
      return "expired";
    case AuthorizationStatus::kRevoked:
      return "revoked";
  }
  return "invalid";
}

std::string_view to_string(ChallengeStatus status) {
  switch (status) {
    case ChallengeStatus::kPending:
      return "pending";
    case ChallengeStatus::kProcessing:
      return "processing";
    case ChallengeStatus::kValid:
      return "valid";
    case ChallengeStatus::kInvalid:
      return "invalid";
  }
  return "invalid";
}

bool is_problem_type(std::string_view type) {
  return std::find(kProblemTypes.begin(), kProblemTypes.end(), type) != kProblemTypes.end();
}

Json to_json(const Problem& problem) {
  Json json{{"type", std::string(kErrorPrefix) + problem.type}, {"detail", problem.detail}};
  if (problem.status != 0) json["status"] = problem.status;
  put_text(json, "instance", problem.instance);
  if (!problem.algorithms.empty()) json["algorithms"] = problem.algorithms;
  for (const auto& part : problem.subproblems) {
    json["subproblems"].push_back({{"type", std::string(kErrorPrefix) + part.type},
                                   {"detail", part.detail},
                                   {"identifier", to_json(part.identifier)}});
  }
  return json;
}

Json to_json(const NewAccount& account) {
  Json json = Json::object();
  if (!account.contact.empty()) json["contact"] = account.contact;
  if (account.terms_of_service_agreed) json["termsOfServiceAgreed"] = true;
  if (account.only_return_existing) json["onlyReturnExisting"] = true;
  if (account.external_account_binding) {
    json["externalAccountBinding"] = *account.external_account_binding;
  }
  return json;
}

Json agreement_to_terms() { return Json{{"termsOfServiceAgreed", true}}; }

Json to_json(const NewOrder& order) {
  Json json{{"identifiers", to_json(order.identifiers)}};
  put_time(json, "notBefore", order.not_before);
  put_time(json, "notAfter", order.not_after);
  return json;
}

Json to_json(const Order& order) {
  Json json{{"status", to_string(order.status)},
            {"identifiers", to_json(order.identifiers)},
            {"authorizations", order.authorizations},
            {"finalize", order.finalize}};
  put_time(json, "expires", order.expires);
  put_time(json, "notBefore", order.not_before);
  put_time(json, "notAfter", order.not_after);
  put_text(json, "certificate", order.certificate);
  put_text(json, "x5u", order.x5u);
  if (order.error) json["error"] = to_json(*order.error);
  return json;
}

Json to_json(const Challenge& challenge) {
  Json json{{"type", challenge.type},
            {"url", challenge.url},
            {"token", challenge.token},
            {"status", to_string(challenge.status)}};
  put_text(json, "tkauth-type", challenge.tkauth_type);
  put_text(json, "token-authority", challenge.token_authority);
  put_time(json, "validated", challenge.validated);
  if (challenge.error) json["error"] = to_json(*challenge.error);
  return json;
}

Json to_json(const Authorization& authorization) {
  Json challenges = Json::array();
  for (const auto& challenge : authorization.challenges) challenges.push_back(to_json(challenge));
  Json json{{"status", to_string(authorization.status)},
            {"identifier", to_json(authorization.identifier)},
            {"challenges", std::move(challenges)}};
  if (authorization.wildcard) json["wildcard"] = true;
  put_time(json, "expires", authorization.expires);
  return json;
}

Json challenge_answer(std::string_view spc_token, bool as_atc) {
  return Json{{as_atc ? "atc" : "tkauth", spc_token}};
}

Json finalize_body(std::string_view csr_der) {
  return Json{{"csr", crypto::base64url_encode(csr_der)}};
}

Json to_json(const Revocation& revocation) {
  Json json{{"certificate", crypto::base64url_encode(revocation.certificate_der)}};
  if (revocation.reason) json["reason"] = *revocation.reason;
  return json;
}

Result<Problem> read_problem(const Json& json) {
  Problem problem;
  ASSIGN_OR_RETURN(problem.type, required_text(json, "type"));
  if (problem.type.starts_with(kErrorPrefix)) problem.type.erase(0, kErrorPrefix.size());
  problem.detail = string_member(json, "detail").value_or("");
  problem.instance = string_member(json, "instance").value_or("");
  constexpr std::int64_t kLargestStatus = 599;
  const auto status = integer_member(json, "status").value_or(0);
  if (status < 0 || status > kLargestStatus) return bad("status");
  problem.status = static_cast<int>(status);
  ASSIGN_OR_RETURN(problem.algorithms, text_array(json, "algorithms", false));
  return problem;
}

Result<NewAccount> read_new_account(const Json& json) {
  NewAccount account;
  if (!json.is_object()) return bad("newAccount");
  ASSIGN_OR_RETURN(account.contact, text_array(json, "contact", false));
  ASSIGN_OR_RETURN(account.terms_of_service_agreed, optional_flag(json, "termsOfServiceAgreed"));
  ASSIGN_OR_RETURN(account.only_return_existing, optional_flag(json, "onlyReturnExisting"));
  if (const Json* binding = find_member(json, "externalAccountBinding")) {
    account.external_account_binding = *binding;
  }
  return account;
}

Result<AccountUpdate> read_account_update(const Json& json) {
  AccountUpdate update;
  if (find_member(json, "contact") != nullptr) {
    ASSIGN_OR_RETURN(update.contact, text_array(json, "contact", true));
  }
  if (find_member(json, "status") != nullptr) {
    ASSIGN_OR_RETURN(update.status, required_text(json, "status"));
    if (update.status.empty()) return bad("status");
  }
  ASSIGN_OR_RETURN(update.terms_of_service_agreed, optional_flag(json, "termsOfServiceAgreed"));
  return update;
}

Result<KeyChange> read_key_change(const Json& json) {
  KeyChange change;
  ASSIGN_OR_RETURN(change.account, required_text(json, "account"));
  const Json* key = find_member(json, "oldKey");
  if (key == nullptr || !key->is_object()) return bad("oldKey");
  change.old_key = *key;
  return change;
}

Result<NewOrder> read_new_order(const Json& json) {
  NewOrder order;
  ASSIGN_OR_RETURN(order.identifiers, read_identifiers(json));
  ASSIGN_OR_RETURN(order.not_before, optional_time(json, "notBefore"));
  ASSIGN_OR_RETURN(order.not_after, optional_time(json, "notAfter"));
  return order;
}

Result<Identifier> read_new_authorization(const Json& json) {
  const Json* identifier = find_member(json, "identifier");
  if (identifier == nullptr) return bad("identifier");
  return read_identifier(*identifier);
}

Result<Order> read_order(const Json& json) {
  Order order;
  constexpr std::array kAll{OrderStatus::kPending, OrderStatus::kReady, OrderStatus::kProcessing,
                            OrderStatus::kValid, OrderStatus::kInvalid};
  ASSIGN_OR_RETURN(order.status, read_status(json, kAll));
  ASSIGN_OR_RETURN(order.identifiers, read_identifiers(json));
  ASSIGN_OR_RETURN(order.authorizations, text_array(json, "authorizations", true));
  ASSIGN_OR_RETURN(order.finalize, required_text(json, "finalize"));
  ASSIGN_OR_RETURN(order.expires, optional_time(json, "expires"));
  ASSIGN_OR_RETURN(order.not_before, optional_time(json, "notBefore"));
  ASSIGN_OR_RETURN(order.not_after, optional_time(json, "notAfter"));
  order.certificate = string_member(json, "certificate").value_or("");
  order.x5u = string_member(json, "x5u").value_or("");
  ASSIGN_OR_RETURN(order.error, optional_problem(json));
  return order;
}

Result<Challenge> read_challenge(const Json& json) {
  Challenge challenge;
  constexpr std::array kAll{ChallengeStatus::kPending, ChallengeStatus::kProcessing,
                            ChallengeStatus::kValid, ChallengeStatus::kInvalid};
  ASSIGN_OR_RETURN(challenge.type, required_text(json, "type"));
  challenge.tkauth_type = string_member(json, "tkauth-type").value_or("");
  challenge.token_authority = string_member(json, "token-authority").value_or("");
  ASSIGN_OR_RETURN(challenge.url, required_text(json, "url"));
  challenge.token = string_member(json, "token").value_or("");
  ASSIGN_OR_RETURN(challenge.status, read_status(json, kAll));
  ASSIGN_OR_RETURN(challenge.validated, optional_time(json, "validated"));
  ASSIGN_OR_RETURN(challenge.error, optional_problem(json));
  return challenge;
}

Result<Authorization> read_authorization(const Json& json) {
  Authorization authorization;
  constexpr std::array kAll{AuthorizationStatus::kPending, AuthorizationStatus::kValid,
                            AuthorizationStatus::kInvalid, AuthorizationStatus::kDeactivated,
                            AuthorizationStatus::kExpired, AuthorizationStatus::kRevoked};
  ASSIGN_OR_RETURN(authorization.status, read_status(json, kAll));
  ASSIGN_OR_RETURN(authorization.expires, optional_time(json, "expires"));
  const Json* identifier = find_member(json, "identifier");
  if (identifier == nullptr) return bad("identifier");
  ASSIGN_OR_RETURN(authorization.identifier, read_identifier(*identifier));
  authorization.wildcard = boolean_member(json, "wildcard").value_or(false);
  const Json* challenges = find_member(json, "challenges");
  if (challenges == nullptr || !challenges->is_array() || challenges->size() > kMostElements) {
    return bad("challenges");
  }
  for (const auto& element : *challenges) {
    ASSIGN_OR_RETURN(auto challenge, read_challenge(element));
    authorization.challenges.push_back(std::move(challenge));
  }
  return authorization;
}

Result<std::string> read_challenge_answer(const Json& json, bool allow_atc) {
  if (auto token = string_member(json, "tkauth")) return *std::move(token);
  if (auto token = string_member(json, "atc"); token && allow_atc) return *std::move(token);
  return bad("tkauth");
}

Result<std::string> read_finalize_body(const Json& json) {
  ASSIGN_OR_RETURN(const auto text, required_text(json, "csr"));
  auto der = crypto::base64url_decode(text);
  if (!der) return bad("csr");
  return std::move(der->octets);
}

Result<Revocation> read_revocation(const Json& json) {
  Revocation revocation;
  ASSIGN_OR_RETURN(const auto text, required_text(json, "certificate"));
  auto der = crypto::base64url_decode(text);
  if (!der) return bad("certificate");
  revocation.certificate_der = std::move(der->octets);
  if (const Json* reason = find_member(json, "reason")) {
    constexpr std::int64_t kLargestReason = 255;
    const auto value = integer_member(json, "reason");
    if (!reason->is_number_integer() || !value || *value < 0 || *value > kLargestReason) {
      return bad("reason");
    }
    revocation.reason = static_cast<int>(*value);
  }
  return revocation;
}

bool same_identifier(const Identifier& a, const Identifier& b) {
  if (a.type != b.type) return false;
  const auto a_der = tn_auth_list_of_identifier(a.value);
  const auto b_der = tn_auth_list_of_identifier(b.value);
  return a_der && b_der && *a_der == *b_der;
}

}  // namespace shakedown::stir::acme

// The ACME objects of RFC 8555 that an order for a TNAuthList needs, with tkauth-01 (RFC 9447, RFC
// 9448), as plain structs to and from JSON. The JWS envelope is the transport's business.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"
#include "sim/time.h"
#include "stir/jose/json.h"

namespace shakedown::stir::acme {

enum class OrderStatus : std::uint8_t { kPending, kReady, kProcessing, kValid, kInvalid };
enum class AuthorizationStatus : std::uint8_t {
  kPending,
  kValid,
  kInvalid,
  kDeactivated,
  kExpired,
  kRevoked
};
enum class ChallengeStatus : std::uint8_t { kPending, kProcessing, kValid, kInvalid };
std::string_view to_string(OrderStatus status);
std::string_view to_string(AuthorizationStatus status);
std::string_view to_string(ChallengeStatus status);

struct Identifier {
  std::string type = "TNAuthList";
  std::string value;  // base64url of the DER (RFC 9448 §3); kept as the client wrote it.
};

// RFC 8555 §6.7.1: one identifier's share of a problem.
struct Subproblem {
  std::string type;
  std::string detail;
  Identifier identifier;
};

// RFC 8555 §6.7: `type` without "urn:ietf:params:acme:error:".
struct Problem {
  std::string type;
  std::string detail;
  int status = 0;                            // HTTP; 0: absent.
  std::vector<std::string> algorithms;       // Only for badSignatureAlgorithm.
  std::vector<Subproblem> subproblems = {};  // Written, not read.
  std::string instance = {};  // URL for a human, with userActionRequired; empty: absent.
};

bool is_problem_type(std::string_view type);  // On RFC 8555's closed list.

struct NewAccount {
  std::vector<std::string> contact;
  bool terms_of_service_agreed = false;
  bool only_return_existing = false;
  std::optional<Json> external_account_binding;  // The inner JWS.
};

struct AccountUpdate {  // RFC 8555 §7.3.2, §7.3.3 and §7.3.6
  std::optional<std::vector<std::string>> contact;
  std::string status;  // "deactivated"; empty: not to be changed.
  bool terms_of_service_agreed = false;
};

struct KeyChange {  // RFC 8555 §7.3.5: the payload of the inner JWS.
  std::string account;
  Json old_key;
};

struct NewOrder {
  std::vector<Identifier> identifiers;
  std::optional<sim::Time> not_before;
  std::optional<sim::Time> not_after;
};

struct Order {
  OrderStatus status = OrderStatus::kPending;
  std::optional<sim::Time> expires;
  std::vector<Identifier> identifiers;
  std::optional<sim::Time> not_before;
  std::optional<sim::Time> not_after;
  std::vector<std::string> authorizations;  // URLs
  std::string finalize;
  std::string certificate;  // URL once valid.
  std::string x5u;          // RFC 9448 §7: public URL of the certificate, if the CA hosts it.
  std::optional<Problem> error;
};

struct Challenge {
  std::string type = "tkauth-01";
  std::string tkauth_type = "atc";  // Empty: absent, as in other types than tkauth-01.
  std::string token_authority;      // Optional.
  std::string url;
  std::string token;
  ChallengeStatus status = ChallengeStatus::kPending;
  std::optional<sim::Time> validated;
  std::optional<Problem> error;
};

struct Authorization {
  AuthorizationStatus status = AuthorizationStatus::kPending;
  std::optional<sim::Time> expires;
  Identifier identifier;
  bool wildcard = false;  // Of a dns identifier whose order has "*." before it.
  std::vector<Challenge> challenges;
};

struct Revocation {
  std::string certificate_der;
  std::optional<int> reason;
};

Json to_json(const Problem& problem);
Json to_json(const NewAccount& account);
Json agreement_to_terms();  // RFC 8555 §7.3.3: the account update.
Json to_json(const NewOrder& order);
Json to_json(const Order& order);
Json to_json(const Challenge& challenge);
Json to_json(const Authorization& authorization);
// RFC 9448 §4 says "tkauth", deployed clients send "atc" (switch).
Json challenge_answer(std::string_view spc_token, bool as_atc = false);
Json finalize_body(std::string_view csr_der);
Json to_json(const Revocation& revocation);

// Readers: kMalformed with the member's name in `detail`. Unknown members are ignored, as RFC 8555
// §6 asks. Times are RFC 3339.
Result<Problem> read_problem(const Json& json);
Result<NewAccount> read_new_account(const Json& json);
Result<AccountUpdate> read_account_update(const Json& json);
Result<KeyChange> read_key_change(const Json& json);
Result<NewOrder> read_new_order(const Json& json);
Result<Identifier> read_new_authorization(const Json& json);  // RFC 8555 §7.4.1
Result<Order> read_order(const Json& json);
Result<Challenge> read_challenge(const Json& json);
Result<Authorization> read_authorization(const Json& json);
// "tkauth"; also "atc", unless `allow_atc` is false.
Result<std::string> read_challenge_answer(const Json& json, bool allow_atc = true);
Result<std::string> read_finalize_body(const Json& json);  // DER
Result<Revocation> read_revocation(const Json& json);

// Same identifier? Compared as decoded DER: clients write base64url or padded base64.
bool same_identifier(const Identifier& a, const Identifier& b);

}  // namespace shakedown::stir::acme

// The accounts of an ACME server (RFC 8555 §7.3): registration with or without an external account,
// update, deactivation, change of key, and what an account may order in a while.
//
// Belongs to one actor; methods marked * suspend. Pointers to accounts hold until the next call.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/certification_authority/acme_server.h"
#include "crypto/octets/bytes.h"
#include "sim/env.h"
#include "sim/message.h"
#include "sim/time.h"
#include "stir/acme/acme_key.h"

namespace shakedown::actors {

struct AcmeAccountOptions {
  // Key identifiers and HMAC keys that the CA has given out (RFC 8555 §7.3.4).
  std::map<std::string, crypto::Bytes, std::less<>> external_keys;
  bool external_account_required = false;
  std::string terms_of_service;         // URL; set: accounts must agree.
  bool allow_rsa = false;               // Also as the new key of a key change.
  bool allow_empty_new_account = true;  // An empty payload instead of {}: seen in the field.
  // In any `per`, with what is authorized in advance; then rateLimited. 0: unlimited.
  unsigned new_orders = 0;
  sim::Duration per = std::chrono::hours{1};
  std::size_t most_accounts = 100'000;  // In all; then rateLimited.
};

class AcmeAccounts {
 public:
  using Number = std::uint64_t;

  struct Account {
    std::string owner;  // The actor, from its contact "mailto:ACTOR@...".
    stir::AcmeKey key;
    std::vector<std::string> contact;
    bool is_deactivated = false;
    std::string agreed_terms;  // URL of the terms of service that it agreed to last.
    std::optional<stir::Json> external_binding;  // As sent, once it held.
    std::deque<Number> orders;                   // In order.
    std::deque<sim::Time> order_times;           // Within the limit's period.
  };

  AcmeAccounts(sim::Env& env, AcmeAccountOptions options);

  void set_base_url(std::string base_url) { base_url_ = std::move(base_url); }

  const AcmeAccountOptions& options() const { return options_; }

  // Other terms of service from now on. Whoever agreed to the old ones has to agree again (RFC 8555
  // §7.3.3).
  void publish_terms(std::string url) { options_.terms_of_service = std::move(url); }

  // Where a human reads how to agree.
  std::string agreement_url() const { return base_url_ + "/acme/agreement"; }

  // 403 userActionRequired, with instance and the link to the terms, unless the account has agreed
  // to those of today.
  std::optional<sim::Response> objection_to_terms(Number account) const;

  const Account* find(Number number) const;
  Number number_of(std::string_view account_url) const;  // 0: not the URL of an account here.
  // For AcmeServer. Problems: accountDoesNotExist, unauthorized (deactivated).
  tl::expected<stir::AcmeKey, AcmeProblem> key_of(std::string_view account_url) const;
  // A certificate for an account's key is refused (RFC 8555 §11.1).
  bool is_account_key(std::string_view spki_der) const;

  // `last_number`: counted up if an account is made.
  sim::Response on_new_account(const AcmeRequest& request, Number& last_number);
  // POST to the account's URL: a look, or an update. The caller cancels the orders of an account
  // that is deactivated then.
  sim::Response on_account(const AcmeRequest& request, Number number);
  sim::Response on_key_change(const AcmeRequest& request);  // *

  // Notes an order, or says why not: rateLimited, and when to come back.
  struct Delay {
    AcmeProblem problem;
    sim::Duration retry_after{};

    sim::Response response() const;
  };

  std::optional<Delay> objection_to_order(Number account);
  void add_order(Number account, Number order);
  void forget_order(Number account, Number order);

 private:
  sim::Response response(int status, Number number) const;
  sim::Response terms_refusal(std::string_view detail) const;
  std::optional<AcmeProblem> objection_to_binding(const AcmeRequest& request,
                                                  const std::optional<stir::Json>& binding) const;
  std::string url(Number number) const;

  sim::Env& env_;
  AcmeAccountOptions options_;
  std::string base_url_;
  std::map<Number, Account> accounts_;
  std::map<std::string, Number, std::less<>> number_of_key_;  // By SPKI.
};

}  // namespace shakedown::actors

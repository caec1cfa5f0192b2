// The transport side of an ACME client (RFC 8555 §6): directory, nonces, the JWS around each
// request, a total deadline. acme_order.h has the dialogue.
//
// Lives within one activity; calls marked * suspend.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys/es256.h"
#include "sim/env.h"
#include "sim/result.h"
#include "stir/jose/json.h"

namespace shakedown::actors {

struct AcmeClientOptions {
  std::string directory_url;
  crypto::PrivateKeyPtr key;  // Of the account (or the certificate, to revoke). Never null.
  sim::Time deadline;         // Of everything, by the actor's own clock.
  sim::Duration request_timeout = std::chrono::seconds{10};
  // RFC 8555 §7.3.3: agree when the server's terms of service have changed, and go on.
  bool agree_to_changed_terms = true;
};

// A server that refuses one good nonce in twenty on purpose, to test its clients, refuses so many
// in a row once in a billion requests.
inline constexpr unsigned kMostBadNonces = 6;

// A flattened JWS with ES256 (RFC 7515 §7.2.2). Draws: call within Env::compute.
Result<std::string> flattened_jws(const stir::Json& protected_header,
                                  const std::string& payload,
                                  const crypto::PrivateKeyPtr& key);

class AcmeClient {
 public:
  AcmeClient(sim::Env& env, AcmeClientOptions options);

  // * Reads the directory. Errors: kTimeout, kUnreachable, kRefused, kMalformed.
  Status open();
  // After open(): the URL of "newOrder", ... Error: kMalformed if the directory has none.
  Result<std::string> resource(std::string_view name) const;

  // From now on requests are signed as this account instead of by naming the key.
  void use_account(std::string url) { account_url_ = std::move(url); }

  const std::string& account_url() const { return account_url_; }

  // * Sends `payload` (unset: POST-as-GET). A badNonce is tried again up to kMostBadNonces times
  // (RFC 8555 §6.5), an exchange without an answer once if `may_repeat`. Errors: kRefused, "WHAT:
  // TYPE: detail" from the problem document, and behind it the terms and who tells a human more, if
  // these have changed and it may not or cannot agree; kTimeout (also when the deadline has come),
  // kUnreachable.
  Result<sim::Response> post(std::string_view what,
                             const std::string& url,
                             const std::optional<stir::Json>& payload,
                             bool may_repeat = true);

  unsigned refused_nonces() const { return refused_nonces_; }

  // URL of the changed terms that it has agreed to; "": none.
  const std::string& agreed_terms() const { return agreed_terms_; }

  // * Before polling again: Retry-After of `response` (seconds or a date, at most a minute), else
  // `otherwise`. Error: kTimeout if that is past the deadline.
  Status wait_before_polling(const sim::Response& response, sim::Duration otherwise);

 private:
  Result<std::string> next_nonce();  // *
  sim::Answer exchange(sim::Request request);
  // * For a userActionRequired. Error: what post() is to return.
  Status agree(const std::string& step, const sim::Response& refusal);

  sim::Env& env_;
  AcmeClientOptions options_;
  stir::Json directory_;
  std::string nonce_;  // From the last answer; empty: ask for one.
  std::string account_url_;
  unsigned refused_nonces_ = 0;
  std::string agreed_terms_;
};

}  // namespace shakedown::actors

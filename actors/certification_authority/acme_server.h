// The transport side of an ACME server (RFC 8555 §6): nonces, the flattened JWS around each
// request, problem documents. What the requests mean is the certification authority's business.
//
// Belongs to one actor. check() charges a signature verification and suspends.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "actors/crypto/es256.h"
#include "actors/stir/acme_messages.h"
#include "actors/stir/json.h"
#include "sim/env.h"
#include "sim/message.h"

namespace shakedown::actors {

// A request whose JWS held.
struct AcmeRequest {
  std::string path;          // "/acme/new-order"
  std::string account;       // The kid: URL of a known account; empty if signed by `jwk`.
  crypto::PublicKeyPtr key;  // The key that signed. Never null.
  bool is_post_as_get = false;
  stir::Json payload;  // An object; null for POST-as-GET.
};

class AcmeServer {
 public:
  // The key of the account with this URL, or null.
  using FindAccount = std::function<crypto::PublicKeyPtr(std::string_view url)>;

  AcmeServer(sim::Env& env, std::string base_url, FindAccount find_account);

  // * The checks of RFC 8555 §6: media type, JWS shape, alg, url, nonce, key, signature.
  // `own_key`: the resource takes `jwk` (new-account, revoke-cert).
  enum class Signer : std::uint8_t { kAccount, kOwnKey, kEither };
  std::optional<AcmeRequest> check(const sim::Request& request,
                                   const std::string& path,
                                   Signer signer,
                                   sim::Response& refusal);

  sim::Response new_nonce(bool head);
  // Every answer to a POST gets a fresh nonce and the link to the directory.
  sim::Response finish(sim::Response response);
  static sim::Response problem(int status, std::string_view type, std::string detail);
  static sim::Response problem(const stir::acme::Problem& problem);

 private:
  std::string fresh_nonce();
  bool use_nonce(const std::string& nonce);  // False: unknown or used.

  sim::Env& env_;
  std::string base_url_;
  FindAccount find_account_;
  std::set<std::string, std::less<>> nonces_;
  std::deque<std::string> nonce_order_;  // The oldest is forgotten first.
};

}  // namespace shakedown::actors

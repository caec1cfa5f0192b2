// The transport side of an ACME server (RFC 8555 §6): nonces, the flattened JWS around each
// request, problem documents. What the requests mean is the certification authority's business.
//
// Belongs to one actor.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/env.h"
#include "sim/message.h"
#include "sim/result.h"
#include "stir/acme/acme_key.h"
#include "stir/acme/acme_messages.h"
#include "stir/jose/json.h"

namespace shakedown::actors {

// A request whose JWS held.
struct AcmeRequest {
  std::string path;          // "/acme/new-order"
  std::string url;           // Of the request, which the JWS repeats.
  std::string account_url;   // The kid, of a known account; empty if signed by `jwk`.
  stir::AcmeKey key;         // The key that signed. Never none.
  stir::Json jwk;            // The jwk member, as sent; null if signed by `kid`.
  bool has_payload = false;  // False: POST-as-GET.
  stir::Json payload;        // An object; empty for POST-as-GET.
};

// Octets of a request's body. Its payload may be half as long.
inline constexpr std::size_t kLargestAcmeBody = 128 * 1024;

// How a resource wants to be signed for (RFC 8555 §6.2): by `kid`, by `jwk`, or either.
enum class AcmeSigner : std::uint8_t { kAccount, kOwnKey, kEither };

// RFC 8555 §6.7: what the client did wrong, with the HTTP status that says so.
using AcmeProblem = stir::acme::Problem;
AcmeProblem acme_problem(int status, std::string_view type, std::string detail);
sim::Response problem_response(const AcmeProblem& problem);
sim::Response acme_refusal(int status, std::string_view type, std::string detail);

struct AcmeServerOptions {
  bool allow_rsa = false;  // RS256 beside the others, with keys of 2048 bits or more.
  // A client of one deployed STI-CA signs POST-as-GET without the "." before the empty payload.
  bool allow_signature_over_header_only = false;
  std::size_t most_nonces = 100'000;  // Given out and not used; the oldest are forgotten. Over 0.
};

class AcmeServer {
 public:
  // The key of the account with this URL, or why it may not be used. Must not suspend.
  using FindAccount = std::function<tl::expected<stir::AcmeKey, AcmeProblem>(std::string_view url)>;

  AcmeServer(sim::Env& env, FindAccount find_account, AcmeServerOptions options = {});

  void set_base_url(std::string base_url) { base_url_ = std::move(base_url); }

  // * The checks of RFC 8555 §6: media type, JWS shape, alg, url, key, signature, nonce.
  tl::expected<AcmeRequest, AcmeProblem> check(const sim::Request& request,
                                               const std::string& path,
                                               AcmeSigner signer);

  sim::Response new_nonce(bool is_head);  // HEAD: 200, GET: 204.
  // Every answer to a POST carries a fresh nonce and the link to the directory.
  sim::Response finish(sim::Response response);
  // The link alone: for a refused method (RFC 8555 §7.1).
  sim::Response with_index(sim::Response response) const;

  // The algorithms of outer signatures, for badSignatureAlgorithm.
  std::vector<std::string> algorithms() const;

 private:
  tl::expected<stir::FlattenedJws, AcmeProblem> open(const sim::Request& request) const;
  tl::expected<stir::AcmeKey, AcmeProblem> signing_key(const stir::FlattenedJws& jws,
                                                       AcmeSigner signer) const;
  bool verifies(const stir::FlattenedJws& jws, const stir::AcmeKey& key);  // *
  std::string fresh_nonce();
  bool use_nonce(const std::string& nonce);  // False: unknown or used.

  sim::Env& env_;
  std::string base_url_;
  FindAccount find_account_;
  AcmeServerOptions options_;
  std::set<std::string, std::less<>> nonces_;
  std::deque<std::string> nonce_order_;  // The oldest is forgotten first.
};

}  // namespace shakedown::actors

#include "actors/certification_authority/acme_server.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "actors/serving/http_json.h"
#include "actors/workload/work.h"

namespace shakedown::actors {
namespace {

template <class T>
using OrProblem = tl::expected<T, AcmeProblem>;

tl::unexpected<AcmeProblem> problem(int status, std::string_view type, std::string detail) {
  return tl::unexpected(acme_problem(status, type, std::move(detail)));
}

bool is_one_of(const std::optional<std::string>& text, const std::vector<std::string>& all) {
  return text && std::find(all.begin(), all.end(), *text) != all.end();
}

}  // namespace

AcmeProblem acme_problem(int status, std::string_view type, std::string detail) {
  AcmeProblem result;
  result.type = type;
  result.detail = std::move(detail);
  result.status = status;
  return result;
}

sim::Response problem_response(const AcmeProblem& problem) {
  sim::Response response = json_response(problem.status, stir::acme::to_json(problem));
  response.headers.set("Content-Type", "application/problem+json");
  return response;
}

sim::Response acme_refusal(int status, std::string_view type, std::string detail) {
  return problem_response(acme_problem(status, type, std::move(detail)));
}

AcmeServer::AcmeServer(sim::Env& env, FindAccount find_account, AcmeServerOptions options)
    : env_(env),
      find_account_(std::move(find_account)),
      options_(options) {}

std::vector<std::string> AcmeServer::algorithms() const {
  std::vector<std::string> all{"ES256", "ES384", "EdDSA"};
  if (options_.allow_rsa) all.emplace_back("RS256");
  return all;
}

OrProblem<stir::FlattenedJws> AcmeServer::open(const sim::Request& request) const {
  if (!sim::equals_ignoring_case(media_type(request.headers), "application/jose+json")) {
    return problem(415, "malformed", "Content-Type is not application/jose+json");
  }
  const auto body = stir::parse_json_object(request.body, {.bytes = kLargestAcmeBody});
  if (!body) return problem(400, "malformed", "JWS: " + body.error().detail);
  auto jws = stir::read_flattened_jws(*body);
  if (!jws) return problem(400, "malformed", jws.error().detail);
  const auto algorithm = stir::string_member(jws->header, "alg");
  if (!is_one_of(algorithm, algorithms())) {
    AcmeProblem wrong =
        acme_problem(400, "badSignatureAlgorithm", "alg " + algorithm.value_or("is missing"));
    wrong.algorithms = algorithms();
    return tl::unexpected(std::move(wrong));
  }
  const auto nonce = stir::string_member(jws->header, "nonce");
  if (!nonce) return problem(400, "badNonce", "no nonce");
  if (!crypto::base64url_decode(*nonce)) {
    return problem(400, "malformed", "the nonce is not base64url");
  }
  return *std::move(jws);
}

OrProblem<stir::AcmeKey> AcmeServer::signing_key(const stir::FlattenedJws& jws,
                                                 AcmeSigner signer) const {
  const stir::Json* jwk = stir::find_member(jws.header, "jwk");
  const auto kid = stir::string_member(jws.header, "kid");
  if ((jwk != nullptr) == kid.has_value()) {
    return problem(400, "malformed", "exactly one of jwk and kid is needed");
  }
  if (jwk != nullptr) {
    if (signer == AcmeSigner::kAccount) return problem(400, "malformed", "kid is needed here");
    auto key = stir::AcmeKey::from_jwk(*jwk, options_.allow_rsa);
    if (!key) return problem(400, "badPublicKey", key.error().detail);
    return *std::move(key);
  }
  if (signer == AcmeSigner::kOwnKey) return problem(400, "malformed", "jwk is needed here");
  return find_account_(*kid);
}

bool AcmeServer::verifies(const stir::FlattenedJws& jws, const stir::AcmeKey& key) {
  if (env_.compute(work::kVerifySignature, &stir::AcmeKey::verify, key, jws.signing_input(),
                   jws.signature)) {
    return true;
  }
  return options_.allow_signature_over_header_only && jws.payload_text.empty() &&
         env_.compute(work::kVerifySignature, &stir::AcmeKey::verify, key, jws.protected_text,
                      jws.signature);
}

OrProblem<AcmeRequest> AcmeServer::check(const sim::Request& request,
                                         const std::string& path,
                                         AcmeSigner signer) {
  const auto jws = open(request);
  if (!jws) return tl::unexpected(jws.error());
  // With the query, of which no resource here has one.
  const std::string url = request.target.starts_with(base_url_) ? request.target : base_url_ + path;
  if (stir::string_member(jws->header, "url") != url) {
    return problem(401, "unauthorized", "url is not " + url);
  }
  auto key = signing_key(*jws, signer);
  if (!key) return tl::unexpected(std::move(key.error()));
  if (stir::string_member(jws->header, "alg") != key->algorithm()) {
    return problem(400, "badSignatureAlgorithm",
                   "the key needs alg " + std::string(key->algorithm()));
  }
  // Before the nonce is spent: otherwise anybody could spend the nonces of others.
  if (!verifies(*jws, *key)) return problem(400, "malformed", "the signature does not verify");
  const std::string nonce = stir::string_member(jws->header, "nonce").value_or("");
  if (!use_nonce(nonce)) return problem(400, "badNonce", "unknown or used nonce");
  AcmeRequest checked;
  checked.path = path;
  checked.url = url;
  checked.account_url = stir::string_member(jws->header, "kid").value_or("");
  checked.key = *std::move(key);
  if (const stir::Json* jwk = stir::find_member(jws->header, "jwk")) checked.jwk = *jwk;
  checked.has_payload = !jws->payload.empty();
  checked.payload = stir::Json::object();
  if (checked.has_payload) {
    auto payload = stir::parse_json_object(jws->payload);
    if (!payload) return problem(400, "malformed", "payload: " + payload.error().detail);
    checked.payload = *std::move(payload);
  }
  return checked;
}

std::string AcmeServer::fresh_nonce() {
  std::string octets(16, '\0');
  sim::Random random = env_.random("nonce");
  random.fill({reinterpret_cast<std::uint8_t*>(octets.data()), octets.size()});
  std::string nonce = crypto::base64url_encode(octets);
  while (nonce_order_.size() >= options_.most_nonces) {
    nonces_.erase(nonce_order_.front());
    nonce_order_.pop_front();
  }
  nonces_.insert(nonce);
  nonce_order_.push_back(nonce);
  return nonce;
}

bool AcmeServer::use_nonce(const std::string& nonce) { return nonces_.erase(nonce) == 1; }

sim::Response AcmeServer::new_nonce(bool is_head) {
  return finish(http_response(is_head ? 200 : 204, "", ""));
}

sim::Response AcmeServer::with_index(sim::Response response) const {
  response.headers.add("Link", "<" + base_url_ + "/acme/directory>;rel=\"index\"");
  return response;
}

sim::Response AcmeServer::finish(sim::Response response) {
  response.headers.add("Replay-Nonce", fresh_nonce());
  response = with_index(std::move(response));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace shakedown::actors

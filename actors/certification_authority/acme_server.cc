#include "actors/certification_authority/acme_server.h"

#include <utility>

#include "actors/http_json.h"
#include "actors/stir/jws.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kMaximumNonces = 100'000;

template <class T>
using OrProblem = tl::expected<T, AcmeProblem>;

tl::unexpected<AcmeProblem> problem(int status, std::string_view type, std::string detail) {
  return tl::unexpected(acme_problem(status, type, std::move(detail)));
}

bool verify(const crypto::PublicKeyPtr& key,
            const std::string& signing_input,
            const crypto::Es256Signature& signature) {
  return key->verify(signing_input, signature);
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

// What the JWS says before anything is believed.
struct AcmeServer::Envelope {
  stir::Json header;
  std::string signing_input;
  std::string payload;
  crypto::Es256Signature signature{};
  std::string nonce;
};

AcmeServer::AcmeServer(sim::Env& env, FindAccount find_account)
    : env_(env),
      find_account_(std::move(find_account)) {}

OrProblem<AcmeServer::Envelope> AcmeServer::open(const sim::Request& request) const {
  if (media_type(request.headers) != "application/jose+json") {
    return problem(415, "malformed", "Content-Type is not application/jose+json");
  }
  const auto jws = stir::parse_json_object(request.body);
  if (!jws) return problem(400, "malformed", "JWS: " + jws.error().detail);
  // Flattened, one signature, no unprotected header (§6.2).
  const auto header_text = stir::string_member(*jws, "protected");
  const auto payload_text = stir::string_member(*jws, "payload");
  const auto signature_text = stir::string_member(*jws, "signature");
  if (!header_text || !payload_text || !signature_text || jws->size() != 3) {
    return problem(400, "malformed", "the JWS is not protected, payload and signature");
  }
  const auto header = crypto::base64url_decode(*header_text);
  const auto payload = crypto::base64url_decode(*payload_text);
  const auto signature = crypto::base64url_decode(*signature_text);
  if (!header || !payload || !signature) {
    return problem(400, "malformed", "a part of the JWS is not base64url");
  }
  Envelope envelope;
  auto parsed = stir::parse_json_object(header->octets);
  if (!parsed) return problem(400, "malformed", "protected header: " + parsed.error().detail);
  envelope.header = *std::move(parsed);
  if (stir::string_member(envelope.header, "alg") != "ES256") {
    AcmeProblem wrong = acme_problem(400, "badSignatureAlgorithm", "alg is not ES256");
    wrong.algorithms = {"ES256"};
    return tl::unexpected(std::move(wrong));
  }
  if (envelope.header.contains("crit") || envelope.header.contains("b64")) {
    return problem(400, "malformed", "crit and b64 are not understood");
  }
  const auto raw = crypto::signature_from_raw(signature->octets);
  if (!raw) return problem(400, "malformed", "the signature is not 64 octets");
  const auto nonce = stir::string_member(envelope.header, "nonce");
  if (!nonce) return problem(400, "badNonce", "no nonce");
  if (!crypto::base64url_decode(*nonce)) {
    return problem(400, "malformed", "the nonce is not base64url");
  }
  envelope.signing_input = *header_text + "." + *payload_text;
  envelope.payload = payload->octets;
  envelope.signature = *raw;
  envelope.nonce = *nonce;
  return envelope;
}

OrProblem<crypto::PublicKeyPtr> AcmeServer::signing_key(const Envelope& envelope,
                                                        AcmeSigner signer) const {
  const stir::Json* jwk = stir::find_member(envelope.header, "jwk");
  const auto kid = stir::string_member(envelope.header, "kid");
  if ((jwk != nullptr) == kid.has_value()) {
    return problem(400, "malformed", "exactly one of jwk and kid is needed");
  }
  if (jwk != nullptr) {
    if (signer == AcmeSigner::kAccount) return problem(400, "malformed", "kid is needed here");
    auto key = stir::key_of_jwk(*jwk);
    if (!key) return problem(400, "badPublicKey", key.error().detail);
    return *std::move(key);
  }
  if (signer == AcmeSigner::kOwnKey) return problem(400, "malformed", "jwk is needed here");
  auto key = find_account_(*kid);
  if (!key) return problem(400, "accountDoesNotExist", "no account " + *kid);
  return key;
}

OrProblem<AcmeRequest> AcmeServer::check(const sim::Request& request,
                                         const std::string& path,
                                         AcmeSigner signer) {
  auto envelope = open(request);
  if (!envelope) return tl::unexpected(std::move(envelope.error()));
  if (stir::string_member(envelope->header, "url") != base_url_ + path) {
    return problem(401, "unauthorized", "url is not " + base_url_ + path);
  }
  auto key = signing_key(*envelope, signer);
  if (!key) return tl::unexpected(std::move(key.error()));
  // Before the nonce is spent: otherwise anybody could spend the nonces of others.
  if (!env_.compute(sim::Work::kVerifySignature, verify, *key, envelope->signing_input,
                    envelope->signature)) {
    return problem(400, "malformed", "the signature does not verify");
  }
  if (!use_nonce(envelope->nonce)) return problem(400, "badNonce", "unknown or used nonce");
  AcmeRequest checked;
  checked.path = path;
  checked.account_url = stir::string_member(envelope->header, "kid").value_or("");
  checked.key = *std::move(key);
  checked.has_payload = !envelope->payload.empty();
  checked.payload = stir::Json::object();
  if (checked.has_payload) {
    auto payload = stir::parse_json_object(envelope->payload);
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
  if (nonce_order_.size() >= kMaximumNonces) {
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

sim::Response AcmeServer::finish(sim::Response response) {
  response.headers.add("Replay-Nonce", fresh_nonce());
  response.headers.add("Link", "<" + base_url_ + "/acme/directory>;rel=\"index\"");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

}  // namespace shakedown::actors

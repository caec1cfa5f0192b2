#include "actors/verifying/trust_source.h"

#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "actors/workload/work.h"
#include "crypto/x509/path.h"
#include "stir/credential/revocation.h"
#include "stir/jose/json.h"
#include "stir/jose/jws.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kTimeout = std::chrono::seconds{5};

// "https://127.0.0.1:8443/sti-pa.test/api" -> "https://127.0.0.1:8443/".
std::string origin_of(const std::string& url) {
  const std::size_t authority = url.find("//");
  const std::size_t path =
      authority == std::string::npos ? authority : url.find('/', authority + 2);
  return path == std::string::npos ? url : url.substr(0, path + 1);
}

bool verify_signature(const crypto::PublicKeyPtr& key,
                      const std::string& message,
                      const crypto::Es256Signature& signature) {
  return key->verify(message, signature);
}

}  // namespace

TrustSource::TrustSource(sim::Env& env, PolicyAdministratorClient& client, TrustAnchors anchors)
    : env_(env),
      client_(client),
      anchors_(std::move(anchors)),
      origin_(anchors_.list_url.empty() ? client_.access().base_url + "/"
                                        : origin_of(anchors_.list_url)) {}

Result<std::string> TrustSource::list_text() {
  if (anchors_.list_url.empty()) return client_.ca_list();
  const sim::Answer answer =
      env_.exchange({.protocol = sim::Protocol::kHttp,
                     .method = "GET",
                     .target = anchors_.list_url,
                     .headers = {{"Accept", "application/jose+json, application/json"}},
                     .body = {}},
                    kTimeout);
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return fail(ErrorCode::kUnreachable, anchors_.list_url + ": " + answer.detail);
  }
  if (!answer.has_status(200)) {
    return fail(ErrorCode::kRefused,
                anchors_.list_url + ": HTTP " + std::to_string(answer.response.status));
  }
  // The deployed answer wraps the list; a bare JWS is taken too.
  const auto wrapped = stir::parse_json_object(
      answer.response.body, {.bytes = stir::kLongestJws, .depth = 4, .values = 16});
  if (!wrapped) return answer.response.body;
  auto list = stir::string_member(*wrapped, "caList");
  if (!list) return fail(ErrorCode::kMalformed, anchors_.list_url + ": no caList");
  return *std::move(list);
}

Status TrustSource::have_root() {
  if (anchors_.root) return {};
  ASSIGN_OR_RETURN(const auto bundle, fetch_certificates(env_, anchors_.anchor_url, kTimeout));
  anchors_.root = bundle.front();
  return {};
}

bool TrustSource::has_followed_root() {
  if (!anchors_.follow_root || anchors_.anchor_url.empty()) return false;
  const auto bundle = fetch_certificates(env_, anchors_.anchor_url, kTimeout);
  if (!bundle || bundle->front()->der() == anchors_.root->der()) return false;
  anchors_.root = bundle->front();
  return true;
}

Result<std::vector<crypto::CertificatePtr>> TrustSource::signer_chain(const std::string& url) {
  if (const auto known = signer_chains_.find(url); known != signer_chains_.end()) {
    return known->second;
  }
  // Only the STI-PA's own resources: a list must not make us fetch a stranger's URL.
  if (!url.starts_with(origin_)) {
    return fail(ErrorCode::kRefused, "signer certificate at a foreign URL: " + url);
  }
  ASSIGN_OR_RETURN(auto bundle, fetch_certificates(env_, url, kTimeout));
  signer_chains_[url] = bundle;
  return bundle;
}

Result<stir::ReceivedCaList> TrustSource::ca_list() {
  RETURN_IF_ERROR(have_root());
  ASSIGN_OR_RETURN(const std::string text, list_text());
  ASSIGN_OR_RETURN(auto received, stir::parse_ca_list(text));
  ASSIGN_OR_RETURN(const auto chain, signer_chain(received.list.x5u));
  const auto validate = [&] {
    return env_.compute(
        work::kValidateChain,
        [](const std::vector<crypto::CertificatePtr>& signer, const crypto::CertificatePtr& root,
           sim::Time at) {
          return crypto::validate_path(signer.front(), std::span(signer).subspan(1),
                                       std::span(&root, 1), at);
        },
        chain, anchors_.root, env_.now());
  };
  auto path = validate();
  if (!path.ok && has_followed_root()) path = validate();
  if (!path.ok) return fail(ErrorCode::kRefused, "the CA list's signer: " + path.text);
  const auto& key = chain.front()->public_key();
  if (!key || !env_.compute(work::kVerifySignature, verify_signature, key,
                            received.jws.signing_input, received.jws.signature)) {
    return fail(ErrorCode::kRefused, "the CA list's signature does not verify");
  }
  if (!pinned_signer_) pinned_signer_ = chain.front();
  if (anchors_.pin_signer && pinned_signer_->der() != chain.front()->der()) {
    return fail(ErrorCode::kRefused, "the CA list's signer is not the pinned one");
  }
  return received;
}

Result<crypto::CrlPtr> TrustSource::crl(std::string_view newest_number) {
  RETURN_IF_ERROR(have_root());
  const sim::Answer answer = env_.exchange({.protocol = sim::Protocol::kHttp,
                                            .method = "GET",
                                            .target = anchors_.crl_url,
                                            .headers = {{"Accept", "application/pkix-crl"}},
                                            .body = {}},
                                           kTimeout);
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, "the CRL: no answer in time");
  }
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return fail(ErrorCode::kUnreachable, "the CRL: " + answer.detail);
  }
  if (!answer.has_status(200)) {
    return fail(ErrorCode::kRefused, "the CRL: HTTP " + std::to_string(answer.response.status));
  }
  auto crl = env_.compute(
      work::kReadCrl, [](const std::string& body) { return crypto::Crl::read(body); },
      answer.response.body);
  if (!crl) return tl::unexpected(crl.error());
  std::string signer_url;
  for (const auto& access : (**crl)->authority_info_access) {
    if (access.method == crypto::oid::kCaIssuers) signer_url = access.uri;
  }
  if (signer_url.empty()) return fail(ErrorCode::kRefused, "the CRL names no signer certificate");
  ASSIGN_OR_RETURN(const auto chain, signer_chain(signer_url));
  const auto judge = [&] {
    return env_.compute(
        work::kValidateChain,
        [](const crypto::CrlPtr& list, const std::vector<crypto::CertificatePtr>& signer,
           const crypto::CertificatePtr& root, const std::string& url, const std::string& newest,
           sim::Time now) {
          return stir::crl_is_usable(*list, {.signer_chain = signer,
                                             .policy_administrator_roots = std::span(&root, 1),
                                             .now = now,
                                             .url = url,
                                             .newest_number = newest});
        },
        *crl, chain, anchors_.root, anchors_.crl_url, std::string(newest_number), env_.now());
  };
  auto usability = judge();
  if (!usability.usable && has_followed_root()) usability = judge();
  if (!usability.usable) {
    return fail(ErrorCode::kRefused, std::string(usability.failed_rule) + ": " + usability.detail);
  }
  return *std::move(crl);
}

}  // namespace shakedown::actors

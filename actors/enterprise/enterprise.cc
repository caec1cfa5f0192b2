#include "actors/enterprise/enterprise.h"

#include <utility>

#include "actors/crypto/certificate_builder.h"
#include "actors/crypto/pem.h"
#include "actors/stir/certificate_specs.h"
#include "actors/stir/json.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kOrderTimeout = std::chrono::minutes{1};

}  // namespace

DelegateCertificateSource::DelegateCertificateSource(sim::Env& env,
                                                     KeyStore& keys,
                                                     const EnterpriseOptions& options)
    : env_(env),
      keys_(keys),
      options_(options) {}

Result<sim::Response> DelegateCertificateSource::post(std::string_view path, std::string body) {
  sim::Answer answer = env_.exchange({.protocol = sim::Protocol::kHttp,
                                      .method = "POST",
                                      .target = options_.delegator_url + std::string(path),
                                      .headers = {{"Content-Type", "application/json"},
                                                  {"Authorization", "Bearer " + options_.secret}},
                                      .body = std::move(body)},
                                     kOrderTimeout);
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, options_.delegator + " did not answer in time");
  }
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return fail(ErrorCode::kUnreachable, options_.delegator + ": " + answer.detail);
  }
  if (answer.response.status != 200) {
    return fail(ErrorCode::kRefused, options_.delegator + ": HTTP " +
                                         std::to_string(answer.response.status) + " " +
                                         answer.response.body.substr(0, 200));
  }
  return std::move(answer.response);
}

Result<IssuedChain> DelegateCertificateSource::order(const HeldKeyPtr& key,
                                                     sim::Duration lifetime) {
  ASSIGN_OR_RETURN(const auto tn_auth_list, crypto::encode_tn_auth_list(options_.scope));
  crypto::RequestSpec spec;
  spec.subject = crypto::Name{{{"C", "US"},
                               {"O", stir::test_organization(options_.organization)},
                               {"CN", "SHAKEN " + options_.name}}};
  spec.extensions = {crypto::extension::basic_constraints(false),
                     crypto::extension::tn_auth_list(tn_auth_list)};
  ASSIGN_OR_RETURN(const auto csr, crypto::build_request(spec, *key->public_key,
                                                         [&](std::string_view to_be_signed) {
                                                           return keys_.sign(key, to_be_signed);
                                                         }));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(lifetime).count();
  const stir::Json body{{"csr", crypto::base64_encode(csr)}, {"lifetimeSeconds", seconds}};
  ASSIGN_OR_RETURN(const auto response,
                   post("/v1/delegate-certificates", stir::canonical_json(body)));
  ASSIGN_OR_RETURN(const auto json, stir::parse_json_object(response.body));
  auto pem = stir::string_member(json, "certificate");
  if (!pem) return fail(ErrorCode::kMalformed, "the delegator's answer has no certificate");
  auto bundle = crypto::read_pem_certificates(*pem);
  if (!bundle) return tl::unexpected(bundle.error());
  return IssuedChain{
      .certificates = std::move(bundle->certificates), .pem = *std::move(pem), .url = {}};
}

Status DelegateCertificateSource::revoke(const crypto::CertificatePtr& certificate,
                                         crypto::CrlReason reason) {
  const stir::Json body{{"certificate", crypto::base64_encode(certificate->der())},
                        {"reason", std::string(crypto::to_string(reason))}};
  const auto response = post("/v1/delegate-certificates/revoke", stir::canonical_json(body));
  if (!response) return tl::unexpected(response.error());
  return {};
}

Enterprise::Enterprise(sim::World& world, EnterpriseOptions options)
    : options_(std::move(options)),
      env_(world.add_actor(
          {.name = options_.name, .region = options_.region, .servers = options_.servers})),
      keys_(make_key_store(env_, options_.custody, options_.master_key, options_.module)),
      source_(env_, *keys_, options_),
      certificates_(env_, *keys_, source_, options_.certificate),
      authentication_(
          env_,
          *keys_,
          [this] { return certificates_.current(); },
          OwnValidity::kIgnored,
          options_.claims) {}

void Enterprise::start() { certificates_.start(); }

bool Enterprise::wait_until_ready(sim::Time deadline) {
  return certificates_.wait_until_ready(deadline);
}

void Enterprise::call(const CallRequest& request) {
  place_call(env_, request,
             [this](const stir::SipCall& facts, std::string_view attest, std::string_view origid) {
               return authentication_.sign(facts, attest, origid);
             });
}

}  // namespace shakedown::actors

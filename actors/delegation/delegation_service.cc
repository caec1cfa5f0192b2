#include "actors/delegation/delegation_service.h"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/serving/http_json.h"
#include "crypto/octets/bytes.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/extension_reader.h"
#include "crypto/x509/path.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kDelegationTimeout = std::chrono::minutes{1};
constexpr std::string_view kOcspPath = "/ocsp";
constexpr std::size_t kLongestReportedChain = 32 * 1024;

sim::Response plain_response(int status, std::string text) {
  return http_response(status, "text/plain", std::move(text));
}

// What a request wants to be; nullopt if its basicConstraints do not decode.
std::optional<crypto::BasicConstraints> wanted_constraints(
    const crypto::CertificateRequest& request) {
  const auto* extension = request.find_extension(crypto::oid::kBasicConstraints);
  if (extension == nullptr) return crypto::BasicConstraints{};
  return crypto::read_basic_constraints(extension->value);
}

}  // namespace

DelegationService::DelegationService(sim::Env& env,
                                     DelegateIssuerOptions options,
                                     std::vector<DelegateCustomer> customers,
                                     DelegationAuthority authority)
    : env_(env),
      issuer_(env, std::move(options)),
      customers_(std::move(customers)),
      authority_(std::move(authority)) {}

Result<IssuedChain> DelegationService::issue(DelegateOrder order) {
  RETURN_IF_ERROR(have_ca_certificate());
  return issuer_.issue(std::move(order));
}

Status DelegationService::revoke(const crypto::CertificatePtr& certificate,
                                 crypto::CrlReason reason,
                                 std::string chain_pem) {
  if (chain_pem.empty()) {
    chain_pem = crypto::write_pem("CERTIFICATE", certificate->der()) + issuer_.chain().pem;
  }
  RETURN_IF_ERROR(authority_.revoke({.certificate = certificate,
                                     .chain_pem = std::move(chain_pem),
                                     .reason = reason,
                                     .reported_by = {}}));
  issuer_.note_revocation(*certificate, reason);
  return {};
}

crypto::CertificatePtr DelegationService::authority() const {
  const std::lock_guard lock(published_mutex_);
  return published_;
}

bool DelegationService::is_for(std::string_view path) {
  return path.starts_with("/v1/delegate-certificates") || path == kOcspPath ||
         path.starts_with("/ocsp/");
}

Status DelegationService::revoke_authority(crypto::CrlReason reason) {
  if (!issuer_.is_installed()) {
    return fail(ErrorCode::kNotFound, "there is no delegate CA certificate");
  }
  const IssuedChain& chain = issuer_.chain();
  return authority_.revoke(
      {.certificate = chain.leaf(), .chain_pem = chain.pem, .reason = reason, .reported_by = {}});
}

Status DelegationService::have_ca_certificate() {
  while (is_ordering_) env_.wait(changed_, sim::kNever);
  if (issuer_.is_installed()) return {};
  is_ordering_ = true;

  struct Done {
    DelegationService& service;

    ~Done() {
      service.is_ordering_ = false;
      service.env_.notify_all(service.changed_);
    }
  } done{*this};

  ASSIGN_OR_RETURN(auto csr, issuer_.make_request());
  ASSIGN_OR_RETURN(auto chain, authority_.order(std::move(csr), issuer_.tn_auth_list_der()));
  RETURN_IF_ERROR(issuer_.install(std::move(chain)));
  const std::lock_guard lock(published_mutex_);
  published_ = issuer_.chain().leaf();
  return {};
}

sim::Response DelegationService::answer(const sim::Request& request, std::string_view path) {
  if (path.starts_with(kOcspPath)) {
    return issuer_.answer_ocsp(request, path.substr(kOcspPath.size()));
  }
  const DelegateCustomer* customer = nullptr;
  const auto authorization = request.headers.get("Authorization").value_or("");
  for (const DelegateCustomer& candidate : customers_) {
    if (crypto::constant_time_equal(authorization, "Bearer " + candidate.secret)) {
      customer = &candidate;
    }
  }
  if (customer == nullptr) {
    sim::Response refused = plain_response(401, "unknown customer");
    refused.headers.add("WWW-Authenticate", "Bearer");
    return refused;
  }
  const bool is_revocation = path == "/v1/delegate-certificates/revoke";
  if (!is_revocation && path != "/v1/delegate-certificates") {
    return plain_response(404, "no such resource");
  }
  if (request.method != "POST") {
    sim::Response refused = plain_response(405, "POST only");
    refused.headers.add("Allow", "POST");
    return refused;
  }
  const auto body = stir::parse_json_object(request.body);
  if (!body) return plain_response(400, body.error().detail);
  return is_revocation ? revoke_for_customer(*customer, *body) : issue_for(*customer, *body);
}

sim::Response DelegationService::issue_for(const DelegateCustomer& customer,
                                           const stir::Json& body) {
  const auto csr = crypto::base64_decode(stir::string_member(body, "csr").value_or(""));
  const auto seconds = stir::integer_member(body, "lifetimeSeconds");
  if (!csr || !seconds || *seconds < 60 || *seconds > std::int64_t{366} * 86'400) {
    return plain_response(400, "csr (base64) and lifetimeSeconds (60 to 366 days) are needed");
  }
  const auto parsed = crypto::parse_request(csr->octets);
  if (!parsed) return plain_response(400, "csr: " + parsed.error().detail);
  const auto* extension = parsed->find_extension(crypto::oid::kTnAuthList);
  if (extension == nullptr) return plain_response(400, "csr: no TNAuthList");
  auto scope = crypto::decode_tn_auth_list(extension->value);
  if (!scope) return plain_response(400, "csr: TNAuthList: " + scope.error().detail);
  const auto wanted = wanted_constraints(*parsed);
  if (!wanted) return plain_response(400, "csr: basicConstraints");
  if (wanted->ca && !customer.levels_below) {
    return plain_response(403, customer.name + " may not delegate");
  }
  // First, so that the certificate does not begin before the one that it is issued under.
  if (const Status ready = have_ca_certificate(); !ready) {
    return plain_response(403, ready.error().detail);
  }
  const sim::Time now = std::chrono::floor<std::chrono::seconds>(env_.now());
  DelegateOrder order;
  order.subject_of = customer.name;
  order.organization = customer.organization;
  order.csr_der = csr->octets;
  order.scope = *std::move(scope);
  order.not_before = now;
  order.not_after = now + std::chrono::seconds{*seconds};
  order.enforce_scope = customer.enforce_scope;
  order.constraints = customer.constraints;
  order.unconstrained = customer.unconstrained;
  if (wanted->ca) {
    order.path_length = std::min(wanted->path_length.value_or(0), *customer.levels_below);
  }
  const auto chain = issue(std::move(order));
  if (!chain) return plain_response(403, chain.error().detail);
  customer_of_certificate_[chain->leaf()->fingerprint_hex()] = customer.name;
  return json_response(200, {{"certificate", chain->pem}});
}

bool DelegationService::is_of(const DelegateCustomer& customer,
                              const crypto::CertificatePtr& certificate,
                              const std::string& chain_pem) const {
  const auto was_issued_to = [&](const crypto::CertificatePtr& one) {
    const auto owner = customer_of_certificate_.find(one->fingerprint_hex());
    return owner != customer_of_certificate_.end() && owner->second == customer.name;
  };
  if (was_issued_to(certificate)) return true;
  const auto chain = crypto::read_pem_certificates(chain_pem);
  if (!chain) return false;
  std::vector<crypto::CertificatePtr> authorities;
  std::copy_if(chain->certificates.begin(), chain->certificates.end(),
               std::back_inserter(authorities), was_issued_to);
  return crypto::validate_path(certificate, chain->certificates, authorities, env_.now()).ok;
}

sim::Response DelegationService::revoke_for_customer(const DelegateCustomer& customer,
                                                     const stir::Json& body) {
  const auto der = crypto::base64_decode(stir::string_member(body, "certificate").value_or(""));
  const auto reason =
      crypto::crl_reason_from_string(stir::string_member(body, "reason").value_or(""));
  if (!der || !reason) return plain_response(400, "certificate (base64) and reason are needed");
  const auto certificate = crypto::Certificate::from_der(der->octets);
  if (!certificate) return plain_response(400, certificate.error().detail);
  std::string chain_pem(stir::string_member(body, "chain").value_or(""));
  if (chain_pem.size() > kLongestReportedChain) return plain_response(400, "chain is too long");
  if (!is_of(customer, *certificate, chain_pem)) {
    return plain_response(403, "not a certificate of this customer");
  }
  const Status status = revoke(*certificate, *reason, std::move(chain_pem));
  if (!status) return plain_response(403, status.error().detail);
  return plain_response(200, "revoked");
}

DelegationClient::DelegationClient(sim::Env& env,
                                   std::string delegator,
                                   std::string url,
                                   std::string secret)
    : env_(env),
      delegator_(std::move(delegator)),
      url_(std::move(url)),
      secret_(std::move(secret)) {}

Result<sim::Response> DelegationClient::post(std::string_view path, const stir::Json& body) {
  sim::Answer answer = env_.exchange(
      {.protocol = sim::Protocol::kHttp,
       .method = "POST",
       .target = url_ + std::string(path),
       .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + secret_}},
       .body = stir::canonical_json(body)},
      kDelegationTimeout);
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, delegator_ + " did not answer in time");
  }
  if (answer.kind != sim::Answer::Kind::kResponse) {
    return fail(ErrorCode::kUnreachable, delegator_ + ": " + answer.detail);
  }
  if (answer.response.status != 200) {
    return fail(ErrorCode::kRefused, delegator_ + ": HTTP " +
                                         std::to_string(answer.response.status) + " " +
                                         answer.response.body.substr(0, 200));
  }
  return std::move(answer.response);
}

Result<IssuedChain> DelegationClient::order(const crypto::Bytes& csr_der, sim::Duration lifetime) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(lifetime).count();
  const stir::Json body{{"csr", crypto::base64_encode(csr_der)}, {"lifetimeSeconds", seconds}};
  ASSIGN_OR_RETURN(const auto response, post("/v1/delegate-certificates", body));
  ASSIGN_OR_RETURN(const auto json, stir::parse_json_object(response.body));
  auto pem = stir::string_member(json, "certificate");
  if (!pem) return fail(ErrorCode::kMalformed, "the delegator's answer has no certificate");
  auto bundle = crypto::read_pem_certificates(*pem);
  if (!bundle) return tl::unexpected(bundle.error());
  return IssuedChain{
      .certificates = std::move(bundle->certificates), .pem = *std::move(pem), .url = {}};
}

Status DelegationClient::revoke(const crypto::CertificatePtr& certificate,
                                crypto::CrlReason reason,
                                const std::string& chain_pem) {
  stir::Json body{{"certificate", crypto::base64_encode(certificate->der())},
                  {"reason", std::string(crypto::to_string(reason))}};
  if (!chain_pem.empty()) body["chain"] = chain_pem;
  const auto response = post("/v1/delegate-certificates/revoke", body);
  if (!response) return tl::unexpected(response.error());
  return {};
}

}  // namespace shakedown::actors

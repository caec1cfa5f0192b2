#include "actors/clients/policy_administrator_client.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/x509/certificate_bundle.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/number_scope.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kLargestAnswer = 2 * 1024 * 1024;  // A CA list holds certificates.

// The JSON object of a success, else why not.
Result<stir::Json> read_answer(const sim::Answer& answer, std::string_view what) {
  const std::string prefix = "STI-PA, " + std::string(what) + ": ";
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, prefix + "no answer in time");
  }
  if (answer.kind == sim::Answer::Kind::kUnreachable) {
    return fail(ErrorCode::kUnreachable, prefix + answer.detail);
  }
  const int status = answer.response.status;
  auto body = stir::parse_json_object(answer.response.body, {.bytes = kLargestAnswer});
  if (!body) {
    const ErrorCode code = status == 200 ? ErrorCode::kMalformed : ErrorCode::kRefused;
    return fail(code, prefix + "HTTP " + std::to_string(status) + " without a JSON object");
  }
  if (status != 200 || stir::string_member(*body, "status") != "success") {
    return fail(ErrorCode::kRefused, prefix + "HTTP " + std::to_string(status) + ", " +
                                         stir::string_member(*body, "message").value_or(""));
  }
  return body;
}

Result<std::string> member_of(const Result<stir::Json>& body, std::string_view name) {
  if (!body) return tl::unexpected(body.error());
  auto text = stir::string_member(*body, name);
  if (!text) return fail(ErrorCode::kMalformed, "STI-PA: answer without " + std::string(name));
  return *std::move(text);
}

}  // namespace

PolicyAdministratorClient::PolicyAdministratorClient(sim::Env& env,
                                                     PolicyAdministratorAccess access)
    : env_(env),
      access_(std::move(access)) {
  if (access_.user_id.empty()) access_.user_id = access_.account_id;
}

Result<std::string> PolicyAdministratorClient::login() {
  const sim::Answer answer =
      env_.exchange(json_post(access_.base_url + "/api/v1/auth/login",
                              {{"userId", access_.user_id}, {"password", access_.password}}),
                    access_.timeout);
  ASSIGN_OR_RETURN(auto token, member_of(read_answer(answer, "login"), "accessToken"));
  access_token_ = token;
  return token;
}

sim::Answer PolicyAdministratorClient::ask_once(const sim::Request& request,
                                                std::string_view access_token) {
  sim::Request with_login = request;
  with_login.headers.set("Authorization", std::string(access_token));  // Deployed: no "Bearer".
  return env_.exchange(std::move(with_login), access_.timeout);
}

Result<stir::Json> PolicyAdministratorClient::ask(const sim::Request& request,
                                                  std::string_view what) {
  const std::string old_token = access_token_;
  if (!old_token.empty()) {
    const sim::Answer answer = ask_once(request, old_token);
    // An expired login looks like any other refusal; a new one tells them apart.
    if (!answer.has_status(401) && !answer.has_status(403)) return read_answer(answer, what);
    if (access_token_ == old_token) access_token_.clear();
  }
  ASSIGN_OR_RETURN(const std::string token, login());
  return read_answer(ask_once(request, token), what);
}

Result<SpcTokenAnswer> PolicyAdministratorClient::spc_token(std::string_view tn_auth_list_der,
                                                            const crypto::PublicKey& account_key,
                                                            bool ca,
                                                            FingerprintStyle style) {
  stir::AuthorityTokenClaim atc;
  atc.tkvalue = stir::tn_auth_list_identifier(tn_auth_list_der);
  atc.ca = ca;
  atc.fingerprint = style == FingerprintStyle::kJwkThumbprint ? stir::jwk_fingerprint(account_key)
                                                              : stir::spki_fingerprint(account_key);
  const sim::Request request =
      json_post(access_.base_url + "/api/v1/account/" + access_.account_id + "/token",
                {{"atc", stir::to_json(atc)}});
  const auto body = ask(request, "SPC token");
  ASSIGN_OR_RETURN(auto token, member_of(body, "token"));
  return SpcTokenAnswer{std::move(token), stir::string_member(*body, "crl").value_or("")};
}

Result<std::string> PolicyAdministratorClient::ca_list() {
  sim::Request request = http_request("GET", access_.base_url + "/api/v1/ca-list");
  request.headers.add("Accept", "application/jose+json");
  return member_of(ask(request, "CA list"), "caList");
}

Status PolicyAdministratorClient::report_revocation(const RevocationReport& report) {
  SHAKEDOWN_ASSERT(report.certificate != nullptr);
  const crypto::Certificate& certificate = *report.certificate;
  stir::Json body{{"issuerDN", crypto::base64_encode(certificate.issuer_der())},
                  {"serial", crypto::to_hex(certificate.serial())},
                  {"reason", std::string(crypto::to_string(report.reason))},
                  {"certificate", crypto::base64_encode(certificate.der())},
                  {"chain", report.chain_pem}};
  if (!report.reported_by.empty()) body["reportedBy"] = report.reported_by;
  const auto answer =
      ask(json_post(access_.base_url + "/sti-pa/revocations", body), "revocation report");
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

Result<std::vector<crypto::CertificatePtr>> fetch_certificates(sim::Env& env,
                                                               std::string_view url,
                                                               sim::Duration timeout) {
  sim::Request request = http_request("GET", std::string(url));
  request.headers.add("Accept", "application/pkix-cert");
  const std::string what = "certificate at " + request.target;
  const sim::Answer answer = env.exchange(std::move(request), timeout);
  if (answer.kind == sim::Answer::Kind::kTimeout) {
    return fail(ErrorCode::kTimeout, what + ": no answer in time");
  }
  if (answer.kind == sim::Answer::Kind::kUnreachable) {
    return fail(ErrorCode::kUnreachable, what + ": " + answer.detail);
  }
  if (answer.response.status != 200) {
    return fail(ErrorCode::kRefused, what + ": HTTP " + std::to_string(answer.response.status));
  }
  auto bundle = env.compute(
      work::kDecodeCertificates,
      [](const std::string& pem) { return crypto::read_pem_certificates(pem); },
      answer.response.body);
  if (!bundle) return fail(ErrorCode::kMalformed, what + ": " + bundle.error().detail);
  return std::move(bundle->certificates);
}

}  // namespace shakedown::actors

// The STI-PA's HTTP API, but for revocation reports.

#include <nlohmann/json.hpp>
#include <utility>

#include "actors/policy_administrator/policy_administrator.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/x509/certificate_bundle.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/number_scope.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kPkiPatience = std::chrono::seconds{10};  // With a PKI in the making.
constexpr std::size_t kLargestApiBody = 64 * 1024;
constexpr std::string_view kCertificates = "/download/v1/certificate/";

using Pki = std::shared_ptr<const PolicyAdministratorPki>;

Result<std::string> sign_token(const Pki& pki, const stir::SpcToken& token) {
  const std::string input = stir::signing_input(token);
  ASSIGN_OR_RETURN(const auto signature, pki->signer.key->sign(input));
  return stir::compact_jws(input, signature);
}

sim::Response not_to_be_stored(sim::Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

sim::Response failure(int status, std::string_view message) {
  return not_to_be_stored(json_response(
      status, {{"status", "failure"}, {"code", std::to_string(status)}, {"message", message}}));
}

sim::Response success(stir::Json members) {
  members["status"] = "success";
  return not_to_be_stored(json_response(200, members));
}

std::string random_hex(sim::Random random, std::size_t octets) {
  std::string bytes(octets, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
  return crypto::to_hex(bytes);
}

// The form of a random UUID (RFC 9562 §5.4).
std::string uuid(sim::Random random) {
  std::string hex = random_hex(std::move(random), 16);
  hex[12] = '4';
  hex[16] = "89ab"[hex[16] & 3];
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

// ID of ".../account/ID/token", with or without a slash at the end.
std::optional<std::string_view> account_in(std::string_view path) {
  for (const std::string_view prefix : {"/api/v1/account/", "/sti-pa/account/", "/at/account/"}) {
    if (!path.starts_with(prefix)) continue;
    std::string_view rest = path.substr(prefix.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    constexpr std::string_view kSuffix = "/token";
    if (rest.size() <= kSuffix.size() || !rest.ends_with(kSuffix)) continue;
    rest.remove_suffix(kSuffix.size());
    return rest;
  }
  return std::nullopt;
}

// "" if it is no resource.
std::string_view methods_of_api(std::string_view path) {
  const bool is_posted =
      path == "/api/v1/auth/login" || path == "/sti-pa/revocations" || account_in(path).has_value();
  if (is_posted) return "POST";
  const bool is_read = path == "/api/v1/ca-list" || path == "/sti-pa/ca-list" ||
                       path == "/download/v1/crl" || path == "/sti-pa/crl" ||
                       path.starts_with(kCertificates);
  return is_read ? "GET, HEAD" : "";
}

// A client that says nothing about the type sends JSON.
bool is_json(const sim::Headers& headers) {
  return !headers.get("Content-Type") ||
         sim::equals_ignoring_case(media_type(headers), "application/json");
}

}  // namespace

sim::Response PolicyAdministrator::handle(const sim::Request& request) {
  const std::string path = path_below(base_url_, request.target);
  const std::string_view methods = methods_of_api(path);
  if (methods.empty()) return failure(404, "no such resource");
  const bool is_post = request.method == "POST";
  const bool is_head = request.method == "HEAD";
  const bool is_allowed = methods == "POST" ? is_post : is_head || request.method == "GET";
  if (!is_allowed) {
    sim::Response refused = failure(405, "the methods here are " + std::string(methods));
    refused.headers.add("Allow", std::string(methods));
    return refused;
  }
  if (is_post && !is_json(request.headers)) {
    return failure(415, "Content-Type is not application/json");
  }
  if (request.body.size() > kLargestApiBody) return failure(413, "the body is too large");
  if (!wait_until_ready(env_.now() + kPkiPatience)) return failure(503, "not ready: " + failure_);
  if (is_post) {
    if (path == "/api/v1/auth/login") return on_login(request);
    if (path == "/sti-pa/revocations") return on_revocation_report(request);
    return on_token(request, account_in(path).value());
  }
  sim::Response response = on_get(request, path);
  if (is_head) response.body.clear();
  return response;
}

sim::Response PolicyAdministrator::on_get(const sim::Request& request, std::string_view path) {
  if (path == "/api/v1/ca-list" || path == "/sti-pa/ca-list") return on_ca_list(request);
  if (path == "/download/v1/crl" || path == "/sti-pa/crl") return on_crl();
  return on_certificate(path.substr(kCertificates.size()));
}

const PolicyAdministratorAccount* PolicyAdministrator::account_of(const sim::Request& request) {
  return accounts_.logged_in(bearer_token(request.headers), env_.now());
}

sim::Response PolicyAdministrator::on_login(const sim::Request& request) {
  const auto body = stir::parse_json_object(request.body);
  if (!body) return failure(400, "the body is not a JSON object");
  const auto user = stir::string_member(*body, "userId");
  const auto password = stir::string_member(*body, "password");
  if (!user || !password) return failure(400, "userId or password is missing");
  const PolicyAdministratorAccount* account = accounts_.authenticate(*user, *password);
  if (account == nullptr) {
    if (const auto* meant = accounts_.of_user(*user))
      happened(HappeningKind::kLoginRefused, meant->id, {});
    return failure(403, "the login is not accepted");
  }
  const std::string token = random_hex(env_.random("access token"), 24);
  const sim::Time now = env_.now();
  accounts_.log_in(token, account->id, now + options_.login_valid_for, now);
  return success({{"accessToken", token}});
}

// To an account that is logged in: strangers and expired logins are not recorded.
sim::Response PolicyAdministrator::refuse_token(std::string_view account_id,
                                                std::string_view message) {
  happened(HappeningKind::kTokenRefused, account_id, std::string(message));
  return failure(403, message);
}

sim::Response PolicyAdministrator::on_token(const sim::Request& request,
                                            std::string_view account_id) {
  const PolicyAdministratorAccount* account = account_of(request);
  if (account == nullptr || account->id != account_id) return failure(403, "not your account");
  const auto atc = stir::parse_token_request(request.body);
  if (!atc) return failure(400, atc.error().detail);
  if (atc->tktype != "TNAuthList") return failure(400, "tktype is not TNAuthList");
  if (!stir::is_fingerprint(atc->fingerprint)) return failure(400, "fingerprint is malformed");
  const auto der = stir::tn_auth_list_of_identifier(atc->tkvalue);
  if (!der) return failure(400, "tkvalue: " + der.error().detail);
  const auto entries = crypto::decode_tn_auth_list(*der);
  if (!entries) return failure(400, "tkvalue: " + entries.error().detail);
  if (const auto objection = objection_to_entries(*account, *entries)) {
    return refuse_token(account_id, *objection);
  }
  if (atc->ca && !account->may_have_ca_certificates) {
    return refuse_token(account_id, "the account may not have CA certificates");
  }

  stir::SpcToken token;
  token.x5u = signer_url();
  token.expires = sim::from_unix_seconds(sim::unix_seconds(env_.now() + options_.token_valid_for));
  token.jti = uuid(env_.random("jti"));
  token.atc = *atc;  // The fingerprint is signed as it came (RFC 9448 §5.6).
  const auto jws = env_.compute(work::kSign, sign_token, pki_, std::move(token));
  if (!jws) return failure(500, jws.error().detail);
  const auto crl_issuer = crypto::Name::from_der(crl_issuer_der_);
  return success({{"message", "SPC token for " + stir::Scope::of(*entries).text() +
                                  " is created successfully"},
                  {"token", *jws},
                  {"crl", crl_url()},
                  {"iss", crl_issuer ? crl_issuer->text() : std::string()}});
}

sim::Response PolicyAdministrator::on_ca_list(const sim::Request& request) {
  if (options_.ca_list_needs_login && account_of(request) == nullptr) {
    return failure(403, "log in first");
  }
  return success({{"caList", ca_list_.body}});
}

sim::Response PolicyAdministrator::on_crl() {
  const Publication& served = served_older_crl_ ? *served_older_crl_ : crl_;
  sim::Response response = http_response(200, "application/pkix-crl", served.body);
  const sim::Time now = env_.now();
  // Caches must not hold a list longer than until the next one, unless told so.
  const sim::Duration fresh = options_.crl_max_age.value_or(next_crl_at_ - now);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(fresh).count();
  response.headers.add("Cache-Control", "max-age=" + std::to_string(seconds < 0 ? 0 : seconds));
  response.headers.add("Last-Modified", sim::format_http_date(served.published_at));
  response.headers.add("Date", sim::format_http_date(now));
  return response;
}

sim::Response PolicyAdministrator::on_certificate(std::string_view file) {
  std::vector<crypto::CertificatePtr> bundle;
  if (file == "root.crt") {
    bundle = {pki_->root.certificate};
  }
  for (std::size_t number = 1; number <= bundles_.size(); ++number) {
    if (file == certificate_file(number)) bundle = bundles_[number - 1];
  }
  if (bundle.empty()) return failure(404, "no such certificate");
  sim::Response response = http_response(200, "application/pkix-cert", crypto::write_pem(bundle));
  response.headers.add("Cache-Control", "max-age=86400");
  response.headers.add("Date", sim::format_http_date(env_.now()));
  return response;
}

}  // namespace shakedown::actors

#include "actors/certification_authority/certification_authority.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/certification_authority/dns_profile.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/octets/pem.h"
#include "stir/credential/number_scope.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kHierarchyPatience =
    std::chrono::seconds{10};  // With a hierarchy in the making.

sim::Response pem_response(const crypto::CertificatePtr& certificate) {
  sim::Response response = http_response(200, "application/pem-certificate-chain",
                                         crypto::write_pem("CERTIFICATE", certificate->der()));
  response.headers.add("Cache-Control", "max-age=86400");
  return response;
}

// Which methods a path has (RFC 8555 §6.3), "" if it is no resource.
std::string_view methods_of(std::string_view path) {
  if (path == "/acme/directory" || path == "/acme/new-nonce") return "GET, HEAD, POST";
  constexpr std::array kExact{"/acme/new-account", "/acme/new-order", "/acme/new-authz",
                              "/acme/key-change", "/acme/revoke-cert"};
  constexpr std::array kPrefixes{"/acme/account/", "/acme/order/", "/acme/authorization/",
                                 "/acme/challenge/", "/acme/certificate/"};
  constexpr std::array kToBeRead{"/acme/agreement", "/certificates/root.pem",
                                 "/certificates/intermediate.pem"};
  if (std::find(kToBeRead.begin(), kToBeRead.end(), path) != kToBeRead.end()) return "GET, HEAD";
  const bool is_known =
      std::find(kExact.begin(), kExact.end(), path) != kExact.end() ||
      std::any_of(kPrefixes.begin(), kPrefixes.end(),
                  [path](std::string_view prefix) { return path.starts_with(prefix); });
  return is_known ? "POST" : "";
}

// What is ordered, or leads to a certificate; not what only asks, or ends something.
bool needs_agreement(std::string_view path) {
  return path == "/acme/new-order" || path == "/acme/new-authz" ||
         path.starts_with("/acme/order/") || path.starts_with("/acme/challenge/");
}

// 405, or 404 for what is no resource.
sim::Response refuse_method(std::string_view path) {
  const std::string_view methods = methods_of(path);
  if (methods.empty()) return acme_refusal(404, "malformed", "no such resource");
  sim::Response refused =
      acme_refusal(405, "malformed", "the methods here are " + std::string(methods));
  refused.headers.add("Allow", std::string(methods));
  return refused;
}

TokenCheckerOptions token_options(const CertificationAuthorityOptions& options) {
  return {.policy_administrator_url = options.policy_administrator.base_url,
          .other_hosts = options.token_hosts,
          .roots = options.policy_administrator_roots,
          .fetch_timeout = options.policy_administrator.timeout,
          .allow_spki_fingerprint = options.allow_spki_fingerprint,
          .allow_padded_value = options.allow_padded_identifiers};
}

CertificationAuthorityOptions completed(CertificationAuthorityOptions options) {
  if (options.host.empty()) options.host = options.name + ".test";
  if (options.organization.empty()) options.organization = options.name;
  if (options.policy_administrator.account_id.empty()) {
    options.policy_administrator.account_id = options.name;
  }
  options.accounts.allow_rsa = options.always_valid_dns;
  return options;
}

}  // namespace

CertificationAuthority::CertificationAuthority(sim::Site& site,
                                               CertificationAuthorityOptions options)
    : options_(completed(std::move(options))),
      env_(site.add_actor(
          {.name = options_.name, .region = options_.region, .servers = options_.servers})),
      acme_(env_,
            [this](std::string_view url) { return accounts_.key_of(url); },
            {.allow_rsa = options_.always_valid_dns,
             .allow_signature_over_header_only = options_.allow_signature_over_header_only,
             .most_nonces = options_.most_nonces}),
      policy_administrator_(env_, options_.policy_administrator),
      token_checker_(env_, token_options(options_)),
      ocsp_(env_,
            {.organization = options_.organization, .valid_for = options_.ocsp_valid_for},
            [this](const crypto::Certificate& issuer, std::string_view serial) {
              return status_of(issuer, serial);
            }),
      accounts_(env_, options_.accounts) {
  site.listen(env_, sim::Protocol::kHttp, options_.host,
              [this](const sim::Request& request) { return handle(request); });
  base_url_ = site.base_url(options_.host);
  if (options_.ocsp_in_certificates) options_.profile.ocsp_url = ocsp_url();
  acme_.set_base_url(base_url_);
  accounts_.set_base_url(base_url_);
  site.start(
      env_, "start", [this] { start(); }, sim::Daemon::kNo);
}

void CertificationAuthority::start() {
  const sim::Time made_at = env_.now() - options_.certificate_age;
  auto hierarchy =
      options_.always_valid_dns
          ? env_.compute(work::kGenerateKey, make_dns_hierarchy, options_.organization, made_at)
          : env_.compute(work::kGenerateKey, make_hierarchy, options_.organization, made_at,
                         options_.crl, options_.profile);
  if (!hierarchy) {
    failure_ = hierarchy.error().detail;
  } else {
    {
      const std::lock_guard lock(published_mutex_);
      published_ = *hierarchy;
    }
    hierarchy_ = *std::move(hierarchy);
    record_certificate(hierarchy_->root, stir::CertificateRole::kRoot, options_.name, {});
    record_certificate(hierarchy_->intermediate, stir::CertificateRole::kIntermediate,
                       options_.name, {});
  }
  env_.notify_all(ready_);
  if (hierarchy_ && options_.subscribers > 0) certify_subscribers();
}

bool CertificationAuthority::wait_until_ready(sim::Time deadline) {
  while (!hierarchy_ && failure_.empty() && env_.wait(ready_, deadline)) {
  }
  return hierarchy_ != nullptr;
}

crypto::CertificatePtr CertificationAuthority::root() const {
  const std::lock_guard lock(published_mutex_);
  return published_ ? published_->root : nullptr;
}

crypto::CertificatePtr CertificationAuthority::intermediate() const {
  const std::lock_guard lock(published_mutex_);
  return published_ ? published_->intermediate : nullptr;
}

void CertificationAuthority::record_certificate(const crypto::CertificatePtr& certificate,
                                                stir::CertificateRole kind,
                                                std::string_view subject_of,
                                                std::string tn_auth_list) {
  auto event = std::make_unique<CertificateEvent>();
  event->fingerprint = certificate->fingerprint_hex();
  event->kind = kind;
  event->ca = options_.name;
  event->subject_of = subject_of;
  event->subject = certificate->subject().text();
  event->serial = certificate->serial_hex();
  event->tn_auth_list = std::move(tn_auth_list);
  event->not_before = certificate->not_before();
  event->not_after = certificate->not_after();
  event->der = certificate->der();
  env_.record(std::move(event));
}

void CertificationAuthority::publish_terms(std::string url) {
  SHAKEDOWN_ASSERT(!url.empty());
  happened(HappeningKind::kTermsPublished, url);
  accounts_.publish_terms(std::move(url));
}

void CertificationAuthority::happened(HappeningKind kind, std::string detail) {
  record_happening(env_, kind, options_.name, options_.name, std::move(detail));
}

sim::Response CertificationAuthority::handle(const sim::Request& request) {
  const std::string path = path_below(base_url_, request.target);
  constexpr std::string_view kOcsp = "/ocsp";
  const bool is_ocsp = path == kOcsp || path.starts_with("/ocsp/");
  if (!is_ocsp && request.body.size() > kLargestAcmeBody) {
    return acme_.finish(acme_refusal(413, "malformed", "the body is too large"));
  }
  if (!wait_until_ready(env_.now() + kHierarchyPatience)) {
    return acme_refusal(503, "serverInternal", "not ready: " + failure_);
  }
  if (is_ocsp) {
    return ocsp_.answer(request, std::string_view(path).substr(kOcsp.size()), hierarchy_);
  }
  if (request.method == "POST") return acme_.finish(post(request, path));
  return get(request, path);
}

sim::Response CertificationAuthority::directory() const {
  stir::Json meta{{"website", base_url_}};
  const std::string& terms = accounts_.options().terms_of_service;
  if (!terms.empty()) meta["termsOfService"] = terms;
  if (options_.accounts.external_account_required) meta["externalAccountRequired"] = true;
  return json_response(200, {{"newNonce", base_url_ + "/acme/new-nonce"},
                             {"newAccount", base_url_ + "/acme/new-account"},
                             {"newOrder", base_url_ + "/acme/new-order"},
                             {"newAuthz", base_url_ + "/acme/new-authz"},
                             {"revokeCert", base_url_ + "/acme/revoke-cert"},
                             {"keyChange", base_url_ + "/acme/key-change"},
                             {"meta", std::move(meta)}});
}

// RFC 8555 §7.3.3: what `instance` of a userActionRequired leads to.
sim::Response CertificationAuthority::agreement() const {
  const std::string& terms = accounts_.options().terms_of_service;
  const std::string text =
      terms.empty() ? "There are no terms of service.\n"
                    : "The terms of service are at " + terms +
                          "\nAn account agrees by {\"termsOfServiceAgreed\":true}, posted to its "
                          "URL.\n";
  return http_response(200, "text/plain", text);
}

sim::Response CertificationAuthority::get(const sim::Request& request, const std::string& path) {
  const bool is_head = request.method == "HEAD";
  if (is_head || request.method == "GET") {
    if (path == "/acme/new-nonce") return acme_.new_nonce(is_head);
    if (path == "/acme/directory") return directory();
    if (path == "/acme/agreement") return agreement();
    if (path == "/certificates/root.pem") return pem_response(hierarchy_->root);
    if (path == "/certificates/intermediate.pem") return pem_response(hierarchy_->intermediate);
    if (path == "/certificates/alternate-root.pem" && hierarchy_->alternate_root) {
      return pem_response(hierarchy_->alternate_root);
    }
  }
  return acme_.with_index(refuse_method(path));
}

sim::Response CertificationAuthority::post(const sim::Request& request, const std::string& path) {
  if (!methods_of(path).ends_with("POST")) return refuse_method(path);
  const bool is_new_account = path == "/acme/new-account";
  const bool is_revocation = path == "/acme/revoke-cert";
  const AcmeSigner signer = is_new_account  ? AcmeSigner::kOwnKey
                            : is_revocation ? AcmeSigner::kEither
                                            : AcmeSigner::kAccount;
  const auto checked = acme_.check(request, path, signer);
  if (!checked) return problem_response(checked.error());
  if (is_new_account) return accounts_.on_new_account(*checked, last_number_);
  if (is_revocation) return on_revoke(*checked);
  if (checked->has_payload && needs_agreement(path)) {
    const auto account = accounts_.number_of(checked->account_url);
    if (auto objection = accounts_.objection_to_terms(account)) return *std::move(objection);
  }
  if (path == "/acme/new-order") return on_new_order(*checked);
  if (path == "/acme/new-authz") return on_new_authorization(*checked);
  if (path == "/acme/key-change") return accounts_.on_key_change(*checked);
  if (path.starts_with("/acme/account/")) return on_account_resource(*checked);
  if (path == "/acme/directory" || path == "/acme/new-nonce") {
    if (checked->has_payload) {
      return acme_refusal(400, "malformed", "POST-as-GET has no payload");
    }
    return path == "/acme/directory" ? directory() : http_response(204, "", "");
  }
  return on_order_resource(*checked);
}

OcspResponder::Status CertificationAuthority::status_of(const crypto::Certificate& issuer,
                                                        std::string_view serial) const {
  if (issuer.der() == hierarchy_->root->der()) {
    return {.issued = serial == hierarchy_->intermediate->serial(), .revocation = {}};
  }
  const auto fingerprint = fingerprint_of_serial_.find(serial);
  if (fingerprint == fingerprint_of_serial_.end()) return {};
  return {.issued = true, .revocation = issued_.at(fingerprint->second).revocation};
}

}  // namespace shakedown::actors

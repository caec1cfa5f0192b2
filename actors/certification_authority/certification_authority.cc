#include "actors/certification_authority/certification_authority.h"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/crypto/pem.h"
#include "actors/http_json.h"
#include "actors/stir/tn_auth_list.h"

namespace shakedown::actors {
namespace {

constexpr sim::Duration kPatience = std::chrono::seconds{10};  // With a hierarchy in the making.
constexpr std::size_t kLargestBody = 128 * 1024;

// RFC 5280 §5.3.1 without what makes no sense for a certificate that is revoked for good, and
// without the CA's own.
bool is_reason_for_clients(int reason) {
  constexpr std::array kReasons{0, 1, 3, 4, 5, 9};
  return std::find(kReasons.begin(), kReasons.end(), reason) != kReasons.end();
}

std::string fingerprint_of(const crypto::Certificate& certificate) {
  return crypto::to_hex(crypto::as_view(certificate.fingerprint()));
}

sim::Response pem_response(const crypto::CertificatePtr& certificate) {
  sim::Response response = http_response(200, "application/pem-certificate-chain",
                                         crypto::write_pem("CERTIFICATE", certificate->der()));
  response.headers.add("Cache-Control", "max-age=86400");
  return response;
}

TokenCheckerOptions token_options(const CertificationAuthorityOptions& options) {
  return {.policy_administrator_url = options.policy_administrator.base_url,
          .other_hosts = options.token_hosts,
          .roots = options.policy_administrator_roots,
          .fetch_timeout = options.policy_administrator.timeout};
}

CertificationAuthorityOptions completed(CertificationAuthorityOptions options) {
  if (options.host.empty()) options.host = options.name + ".test";
  if (options.organization.empty()) options.organization = options.name;
  if (options.policy_administrator.account_id.empty()) {
    options.policy_administrator.account_id = options.name;
  }
  return options;
}

}  // namespace

CertificationAuthority::CertificationAuthority(sim::World& world,
                                               CertificationAuthorityOptions options)
    : options_(completed(std::move(options))),
      env_(world.add_actor(
          {.name = options_.name, .region = options_.region, .servers = options_.servers})),
      acme_(env_,
            [this](std::string_view url) {
              const auto account = accounts_.find(account_number(url));
              return account == accounts_.end() ? crypto::PublicKeyPtr() : account->second.key;
            }),
      policy_administrator_(env_, options_.policy_administrator),
      token_checker_(env_, token_options(options_)),
      ocsp_(env_,
            {.organization = options_.organization, .valid_for = options_.ocsp_valid_for},
            [this](const crypto::Certificate& issuer, std::string_view serial) {
              return status_of(issuer, serial);
            }) {
  world.listen(env_, sim::Protocol::kHttp, options_.host,
               [this](const sim::Request& request) { return handle(request); });
  base_url_ = world.base_url(options_.host);
  acme_.set_base_url(base_url_);
  world.start(
      env_, "start", [this] { start(); }, sim::Daemon::kNo);
}

void CertificationAuthority::start() {
  auto hierarchy = env_.compute(sim::Work::kGenerateKey, make_hierarchy, options_.organization,
                                env_.now() - options_.certificate_age, options_.crl);
  if (!hierarchy) {
    failure_ = hierarchy.error().detail;
  } else {
    {
      const std::lock_guard lock(published_mutex_);
      published_ = *hierarchy;
    }
    hierarchy_ = *std::move(hierarchy);
    record_certificate(hierarchy_->root, CertificateKind::kRoot, options_.name, {});
    record_certificate(hierarchy_->intermediate, CertificateKind::kIntermediate, options_.name, {});
  }
  env_.notify_all(ready_);
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
                                                CertificateKind kind,
                                                std::string_view subject_of,
                                                std::string tn_auth_list) {
  auto event = std::make_unique<CertificateEvent>();
  event->fingerprint = fingerprint_of(*certificate);
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

sim::Response CertificationAuthority::handle(const sim::Request& request) {
  const std::string path = path_below(base_url_, request.target);
  if (request.body.size() > kLargestBody) {
    return problem_response(acme_problem(413, "malformed", "the body is too large"));
  }
  if (!wait_until_ready(env_.now() + kPatience)) {
    return problem_response(acme_problem(503, "serverInternal", "not ready: " + failure_));
  }
  constexpr std::string_view kOcsp = "/ocsp";
  if (path == kOcsp || path.starts_with("/ocsp/")) {
    return ocsp_.answer(request, std::string_view(path).substr(kOcsp.size()), hierarchy_);
  }
  if (request.method == "POST") return acme_.finish(post(request, path));
  return get(request, path);
}

sim::Response CertificationAuthority::get(const sim::Request& request, const std::string& path) {
  const bool is_head = request.method == "HEAD";
  if (path == "/acme/new-nonce" && (is_head || request.method == "GET")) {
    return acme_.new_nonce(is_head);
  }
  if (request.method == "GET") {
    if (path == "/certificates/root.pem") return pem_response(hierarchy_->root);
    if (path == "/certificates/intermediate.pem") return pem_response(hierarchy_->intermediate);
    if (path == "/acme/directory") {
      return json_response(200, {{"newNonce", base_url_ + "/acme/new-nonce"},
                                 {"newAccount", base_url_ + "/acme/new-account"},
                                 {"newOrder", base_url_ + "/acme/new-order"},
                                 {"revokeCert", base_url_ + "/acme/revoke-cert"},
                                 {"meta", {{"website", base_url_}}}});
    }
  }
  if (path.starts_with("/acme/")) {
    return problem_response(acme_problem(405, "malformed", "only POST, see RFC 8555 §6.3"));
  }
  return problem_response(acme_problem(404, "malformed", "no such resource"));
}

sim::Response CertificationAuthority::post(const sim::Request& request, const std::string& path) {
  const bool is_new_account = path == "/acme/new-account";
  const bool is_revocation = path == "/acme/revoke-cert";
  const AcmeSigner signer = is_new_account  ? AcmeSigner::kOwnKey
                            : is_revocation ? AcmeSigner::kEither
                                            : AcmeSigner::kAccount;
  const auto checked = acme_.check(request, path, signer);
  if (!checked) return problem_response(checked.error());
  if (is_new_account) return on_new_account(*checked);
  if (is_revocation) return on_revoke(*checked);
  if (path == "/acme/new-order") return on_new_order(*checked);
  if (path.starts_with("/acme/account/")) return on_account(*checked);
  return on_order_resource(*checked);
}

Status CertificationAuthority::revoke(const crypto::CertificatePtr& certificate,
                                      crypto::CrlReason reason) {
  const auto found = issued_.find(fingerprint_of(*certificate));
  if (found == issued_.end()) return fail(ErrorCode::kNotFound, "not issued by " + options_.name);
  return report(found->second, reason);
}

// The STI-PA keeps the CRL (ATIS-1000080 §6.3.10): a revocation is a report to it.
Status CertificationAuthority::report(const Issued& issued, crypto::CrlReason reason) {
  const crypto::CertificatePtr certificate = issued.certificate;
  RevocationReport message;
  message.certificate = certificate;
  message.chain_pem = crypto::write_pem({certificate, hierarchy_->intermediate});
  message.reason = reason;
  message.reported_by = options_.name;
  if (const auto account = accounts_.find(issued.account); account != accounts_.end()) {
    message.reported_by = account->second.owner;
  }
  RETURN_IF_ERROR(policy_administrator_.report_revocation(message));
  issued_.at(fingerprint_of(*certificate)).revocation =
      Revocation{sim::from_unix_seconds(sim::unix_seconds(env_.now())), reason};
  if (reason == crypto::CrlReason::kKeyCompromise) {
    compromised_keys_.insert(certificate->fields().spki_der);
  }
  return {};
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

sim::Response CertificationAuthority::on_revoke(const AcmeRequest& request) {
  const auto refuse = [](int status, std::string_view type, std::string detail) {
    return problem_response(acme_problem(status, type, std::move(detail)));
  };
  const auto revocation = stir::acme::read_revocation(request.payload);
  if (!revocation) return refuse(400, "malformed", revocation.error().detail);
  const int reason = revocation->reason.value_or(0);
  if (!is_reason_for_clients(reason)) {
    return refuse(400, "badRevocationReason", "reason " + std::to_string(reason));
  }
  const auto digest = crypto::sha256(revocation->certificate_der);
  const auto found = issued_.find(crypto::to_hex(crypto::as_view(digest)));
  if (found == issued_.end()) return refuse(403, "unauthorized", "not a certificate of this CA");
  const Issued issued = found->second;
  const crypto::PublicKeyPtr& key = issued.certificate->public_key();
  const bool is_owner = request.account_url.empty()
                            ? key != nullptr && *key == *request.key
                            : account_number(request.account_url) == issued.account;
  if (!is_owner) return refuse(403, "unauthorized", "neither its account nor its key");
  if (issued.revocation) return refuse(400, "alreadyRevoked", "revoked before");
  const Status reported = report(issued, static_cast<crypto::CrlReason>(reason));
  if (!reported) return refuse(500, "serverInternal", reported.error().detail);
  return http_response(200, "", "");
}

}  // namespace shakedown::actors

// POST /sti-pa/revocations: who may ask the STI-PA to revoke which certificate.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "actors/policy_administrator/policy_administrator.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/octets/der.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/path.h"

namespace shakedown::actors {
namespace {

constexpr std::size_t kLongestSerial = 20;  // Octets, RFC 5280 §4.1.2.2.

sim::Response report_refusal(int status, std::string_view message) {
  sim::Response refused = json_response(
      status, {{"status", "failure"}, {"code", std::to_string(status)}, {"message", message}});
  refused.headers.set("Cache-Control", "no-store");
  return refused;
}

bool names_a_code_of(const PolicyAdministratorAccount& account,
                     const crypto::Certificate& certificate) {
  const crypto::Extension* extension = certificate.find_extension(crypto::oid::kTnAuthList);
  if (extension == nullptr) return false;
  const auto entries = crypto::decode_tn_auth_list(extension->value);
  return entries && !entries->empty() && !objection_to_entries(account, *entries);
}

std::string_view organization_of(const crypto::Name& name) { return name.find("O").value_or(""); }

}  // namespace

struct PolicyAdministrator::Report {
  RevokedCertificate revoked;
  crypto::CertificatePtr certificate;         // Null if only issuer and serial were reported.
  std::vector<crypto::CertificatePtr> chain;  // The issuers that came with it.

  static Result<Report> read(std::string_view text);
};

Result<PolicyAdministrator::Report> PolicyAdministrator::Report::read(std::string_view text) {
  ASSIGN_OR_RETURN(const auto body, stir::parse_json_object(text));
  for (const char* name : {"issuerDN", "serial", "reason", "reportedBy", "certificate", "chain"}) {
    const stir::Json* member = stir::find_member(body, name);
    if (member != nullptr && !member->is_string()) {
      return fail(ErrorCode::kMalformed, std::string(name) + " is no text");
    }
  }
  const auto issuer = stir::string_member(body, "issuerDN");
  const auto serial = stir::string_member(body, "serial");
  const auto reason =
      crypto::crl_reason_from_string(stir::string_member(body, "reason").value_or("unspecified"));
  if (!issuer || !serial) return fail(ErrorCode::kMalformed, "issuerDN or serial is missing");
  // RFC 5280 §5.3.1: these two make no sense in a full CRL of certificates that stay revoked.
  if (!reason || *reason == crypto::CrlReason::kRemoveFromCrl ||
      *reason == crypto::CrlReason::kCertificateHold) {
    return fail(ErrorCode::kMalformed, "reason is not one for a revocation");
  }
  Report report;
  ASSIGN_OR_RETURN(auto issuer_der, crypto::base64_decode(*issuer));
  RETURN_IF_ERROR(crypto::Name::from_der(issuer_der.octets));
  ASSIGN_OR_RETURN(const auto magnitude, crypto::from_hex(*serial));
  report.revoked.issuer_der = std::move(issuer_der.octets);
  report.revoked.serial = crypto::der::positive_integer(magnitude);
  if (magnitude.empty() || report.revoked.serial.size() > kLongestSerial) {
    return fail(ErrorCode::kMalformed, "serial is not 1 to 20 octets");
  }
  report.revoked.reason = *reason;
  report.revoked.reported_by = stir::string_member(body, "reportedBy").value_or("");
  if (const auto encoded = stir::string_member(body, "certificate")) {
    ASSIGN_OR_RETURN(const auto der, crypto::base64_decode(*encoded));
    ASSIGN_OR_RETURN(report.certificate, crypto::Certificate::from_der(der.octets));
    if (report.certificate->issuer_der() != report.revoked.issuer_der ||
        report.certificate->serial() != report.revoked.serial) {
      return fail(ErrorCode::kMalformed, "the certificate has another issuer or serial");
    }
    report.revoked.fingerprint = report.certificate->fingerprint_hex();
  }
  if (const auto pem = stir::string_member(body, "chain"); pem && !pem->empty()) {
    ASSIGN_OR_RETURN(auto bundle, crypto::read_pem_certificates(*pem));
    report.chain = std::move(bundle.certificates);
  }
  return report;
}

// The reporting CA may revoke what it issued; a provider what was issued to it, or by its own
// delegate CA. The certificate must really chain to an STI-CA that is or was approved: anybody
// could write a provider's code into one of their own making.
bool PolicyAdministrator::may_report(const PolicyAdministratorAccount& account,
                                     const Report& report) {
  const auto own = cas_.find(account.id);
  if (!report.certificate) {
    if (own == cas_.end()) return false;
    const auto issuer = crypto::Name::from_der(report.revoked.issuer_der);
    return issuer && organization_of(*issuer) == organization_of(own->second.root->subject());
  }
  std::vector<crypto::CertificatePtr> anchors;
  if (own != cas_.end()) {
    anchors.push_back(own->second.root);
  } else {
    for (const auto& [name, ca] : cas_) anchors.push_back(ca.root);
  }
  // Judged at its own beginning: a certificate that has expired meanwhile may still be reported.
  const auto path = env_.compute(
      work::kValidateChain,
      [](const crypto::CertificatePtr& leaf, const std::vector<crypto::CertificatePtr>& issuers,
         const std::vector<crypto::CertificatePtr>& roots) {
        return crypto::validate_path(leaf, issuers, roots, leaf->not_before());
      },
      report.certificate, report.chain, std::move(anchors));
  if (!path.ok) return false;
  return own != cas_.end() ||
         std::any_of(path.path.begin(), path.path.end(), [&](const auto& certificate) {
           return names_a_code_of(account, *certificate);
         });
}

sim::Response PolicyAdministrator::on_revocation_report(const sim::Request& request) {
  const PolicyAdministratorAccount* found = account_of(request);
  if (found == nullptr) return report_refusal(403, "log in first");
  const PolicyAdministratorAccount account = *found;  // It may go while this suspends.
  auto report = Report::read(request.body);
  if (!report) return report_refusal(400, report.error().detail);
  if (!may_report(account, *report)) {
    return report_refusal(403, "neither the issuer nor the subject of this certificate");
  }
  // An STI-CA reports on behalf of its customers; nobody else speaks for others.
  std::string& by = report->revoked.reported_by;
  if (by.empty() || !cas_.contains(account.id)) by = account.id;
  report->revoked.reported_at = env_.now();
  const bool is_new = !register_.contains(report->revoked.issuer_der, report->revoked.serial);
  const Status added = add_revocation(std::move(report->revoked));
  if (!added) return report_refusal(500, added.error().detail);
  return json_response(
      200, {{"status", "success"},
            {"message", is_new ? "accepted for the next CRL" : "it is revoked already"}});
}

}  // namespace shakedown::actors

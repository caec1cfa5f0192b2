// revokeCert (RFC 8555 §7.6) and an STI-CA's own reports to the STI-PA, which keeps the CRL
// (ATIS-1000080 §6.3.10).

#include <algorithm>
#include <array>
#include <utility>

#include "actors/certification_authority/certification_authority.h"
#include "actors/serving/http_json.h"
#include "crypto/x509/certificate_bundle.h"

namespace shakedown::actors {
namespace {

using stir::acme::AuthorizationStatus;

// RFC 5280 §5.3.1 without what makes no sense for a certificate that is revoked for good, and
// without the CA's own.
bool is_reason_for_clients(int reason) {
  constexpr std::array kReasons{0, 1, 3, 4, 5, 9};
  return std::find(kReasons.begin(), kReasons.end(), reason) != kReasons.end();
}

bool names_code(const crypto::Certificate& certificate, std::string_view spc) {
  const crypto::Extension* extension = certificate.find_extension(crypto::oid::kTnAuthList);
  if (extension == nullptr) return false;
  const auto entries = crypto::decode_tn_auth_list(extension->value);
  return entries && std::any_of(entries->begin(), entries->end(), [spc](const auto& entry) {
           return entry.kind == crypto::TnEntry::Kind::kServiceProviderCode && entry.value == spc;
         });
}

}  // namespace

Status CertificationAuthority::revoke(const crypto::CertificatePtr& certificate,
                                      crypto::CrlReason reason) {
  const auto found = issued_.find(certificate->fingerprint_hex());
  if (found == issued_.end()) return fail(ErrorCode::kNotFound, "not issued by " + options_.name);
  return report(found->second, reason);
}

void CertificationAuthority::revoke_subscribers(std::uint64_t count, crypto::CrlReason reason) {
  std::uint64_t reported = 0;
  for (std::size_t i = 0; i < subscribers_.size() && reported < count; ++i) {
    const Issued& issued = issued_.at(subscribers_[i]);
    if (issued.revocation) continue;
    if (const Status status = report(issued, reason); !status) {
      happened(HappeningKind::kRevocationFailed, status.error().detail);
      break;
    }
    ++reported;
  }
  happened(HappeningKind::kSubscribersRevoked, std::to_string(reported));
}

void CertificationAuthority::revoke_holder(std::string_view spc, crypto::CrlReason reason) {
  std::vector<std::string> held;
  for (const auto& [fingerprint, issued] : issued_) {
    if (issued.certificate->not_after() > env_.now() && !issued.revocation &&
        names_code(*issued.certificate, spc)) {
      held.push_back(fingerprint);
    }
  }
  for (const std::string& fingerprint : held) {
    const Status status = report(issued_.at(fingerprint), reason);
    if (!status) return happened(HappeningKind::kRevocationFailed, status.error().detail);
  }
}

// A revocation is a report to the STI-PA; certificates for dns names are none of its business.
// `issued` is an element of issued_, from which nothing is ever erased.
Status CertificationAuthority::report(const Issued& issued, crypto::CrlReason reason) {
  const crypto::CertificatePtr& certificate = issued.certificate;
  if (!options_.always_valid_dns) {
    RevocationReport message;
    message.certificate = certificate;
    message.chain_pem = crypto::write_pem({certificate, hierarchy_->intermediate});
    message.reason = reason;
    message.reported_by = options_.name;
    if (const auto* account = accounts_.find(issued.account)) message.reported_by = account->owner;
    RETURN_IF_ERROR(policy_administrator_.report_revocation(message));
  }
  issued_.at(certificate->fingerprint_hex()).revocation =
      Revocation{sim::from_unix_seconds(sim::unix_seconds(env_.now())), reason};
  if (reason == crypto::CrlReason::kKeyCompromise) {
    compromised_keys_.insert(certificate->fields().spki_der);
  }
  return {};
}

// The account that ordered it, an account that is authorized for all its identifiers, or its key.
bool CertificationAuthority::may_revoke(const AcmeRequest& request, const Issued& issued) const {
  if (request.account_url.empty()) {
    return issued.certificate->fields().spki_der == request.key.spki_der();
  }
  const Number number = accounts_.number_of(request.account_url);
  if (number == issued.account) return true;
  const AcmeAccounts::Account* account = accounts_.find(number);
  if (account == nullptr) return false;
  std::set<std::string> held;
  for (const Number order_number : account->orders) {
    const auto order = orders_.find(order_number);
    if (order == orders_.end()) continue;
    for (const auto& authorization : order->second.authorizations) {
      const bool holds = authorization.status == AuthorizationStatus::kValid &&
                         authorization.expires.value_or(sim::kNever) > env_.now();
      if (holds) held.insert(identifier_key(authorization.identifier));
    }
  }
  // The CA's own subscribers have no identifiers: nobody else is authorized for them.
  return !issued.identifiers.empty() &&
         std::all_of(issued.identifiers.begin(), issued.identifiers.end(),
                     [&](const std::string& identifier) { return held.contains(identifier); });
}

sim::Response CertificationAuthority::on_revoke(const AcmeRequest& request) {
  const auto revocation = stir::acme::read_revocation(request.payload);
  if (!revocation) return acme_refusal(400, "malformed", revocation.error().detail);
  const int reason = revocation->reason.value_or(0);
  if (!is_reason_for_clients(reason)) {
    return acme_refusal(400, "badRevocationReason", "reason " + std::to_string(reason));
  }
  const auto digest = crypto::sha256(revocation->certificate_der);
  const auto found = issued_.find(crypto::to_hex(crypto::as_view(digest)));
  if (found == issued_.end())
    return acme_refusal(403, "unauthorized", "not a certificate of this CA");
  const Issued issued = found->second;
  if (!may_revoke(request, issued)) {
    return acme_refusal(403, "unauthorized", "neither its account nor its key");
  }
  if (issued.revocation) return acme_refusal(400, "alreadyRevoked", "revoked before");
  const Status reported = report(issued, static_cast<crypto::CrlReason>(reason));
  if (!reported) return acme_refusal(500, "serverInternal", reported.error().detail);
  return http_response(200, "", "");
}

}  // namespace shakedown::actors

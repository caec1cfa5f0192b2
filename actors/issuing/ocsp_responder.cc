#include "actors/issuing/ocsp_responder.h"

#include <algorithm>
#include <utility>

#include "actors/events.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/keys/randomness.h"
#include "crypto/octets/der.h"
#include "stir/credential/certificate_specs.h"
#include "stir/credential/ocsp_http.h"

namespace shakedown::actors {
namespace {

using crypto::OcspCertificateStatus;
using crypto::OcspResponseStatus;

// A certificate that is not checked itself should end soon (RFC 6960 §4.2.2.2.1).
constexpr sim::Duration kDelegateValidity = std::chrono::hours{24 * 30};

bool are_all_of(const crypto::OcspRequest& request, const crypto::Certificate& issuer) {
  return std::all_of(request.ids.begin(), request.ids.end(), [&](const crypto::OcspId& id) {
    return crypto::ocsp_id_names_issuer(id, issuer);
  });
}

}  // namespace

OcspResponder::OcspResponder(sim::Env& env, OcspResponderOptions options, StatusOf status_of)
    : env_(env),
      options_(std::move(options)),
      status_of_(std::move(status_of)) {}

sim::Response OcspResponder::answer(const sim::Request& request,
                                    std::string_view rest,
                                    const CaHierarchyPtr& hierarchy) {
  if (request.method != "GET" && request.method != "POST") {
    sim::Response refused = http_response(405, "text/plain", "GET and POST only\n");
    refused.headers.add("Allow", "GET, POST");
    return refused;
  }
  const auto octets = stir::ocsp_request_octets(request, rest);
  const auto asked = octets ? crypto::parse_ocsp_request(*octets)
                            : fail(ErrorCode::kMalformed, "not an OCSP request");
  if (!asked) return stir::ocsp_http_error(OcspResponseStatus::kMalformedRequest);
  const bool by_root = are_all_of(*asked, *hierarchy->root);
  if (!by_root && !are_all_of(*asked, *hierarchy->intermediate)) {
    return stir::ocsp_http_error(OcspResponseStatus::kUnauthorized);
  }
  const crypto::CertificatePtr& issuer = by_root ? hierarchy->root : hierarchy->intermediate;
  const auto delegate =
      delegate_of(issuer, by_root ? hierarchy->root_key : hierarchy->intermediate_key,
                  env_.now() + 2 * options_.valid_for);
  if (!delegate) return stir::ocsp_http_error(OcspResponseStatus::kInternalError);

  const sim::Time now = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
  crypto::OcspResponseSpec spec;
  spec.responder_spki_der = (*delegate)->key->public_key()->spki_der();
  spec.produced_at = now;
  spec.nonce = asked->nonce;
  spec.certificates = {(*delegate)->certificate->der()};
  for (const crypto::OcspId& id : asked->ids) {
    crypto::OcspSingleResponse single;
    single.id = id;
    single.this_update = now;
    single.next_update = now + options_.valid_for;
    const Status status = status_of_(*issuer, id.serial);
    if (status.revocation) {
      single.status = OcspCertificateStatus::kRevoked;
      single.revoked_at = status.revocation->at;
      // As in a CRL, "unspecified" is said by leaving it out.
      if (status.revocation->reason != crypto::CrlReason::kUnspecified) {
        single.reason = static_cast<std::uint8_t>(status.revocation->reason);
      }
    } else if (status.issued) {
      single.status = OcspCertificateStatus::kGood;
    }
    spec.responses.push_back(std::move(single));
  }
  const stir::OcspFreshness freshness{.now = env_.now(),
                                      .this_update = now,
                                      .next_update = now + options_.valid_for,
                                      .max_age = options_.valid_for / 2,
                                      .stored = !spec.nonce};
  auto response = env_.compute(
      work::kSign,
      [](const crypto::OcspResponseSpec& whole, const crypto::PrivateKeyPtr& key) {
        return crypto::build_ocsp_response(whole, *key);
      },
      std::move(spec), (*delegate)->key);
  if (!response) return stir::ocsp_http_error(OcspResponseStatus::kInternalError);
  return stir::ocsp_http_response(*std::move(response), freshness);
}

Result<OcspResponder::DelegatePtr> OcspResponder::delegate_of(
    const crypto::CertificatePtr& issuer,
    const crypto::PrivateKeyPtr& issuer_key,
    sim::Time until) {
  const crypto::Bytes key = (*issuer)->spki_der;
  const auto known = delegates_.find(key);
  if (known != delegates_.end() && known->second->certificate->not_after() >= until) {
    return known->second;
  }
  const sim::Time not_before = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
  ASSIGN_OR_RETURN(const DelegatePtr made,
                   env_.compute(work::kIssueCertificate, make_delegate, issuer, issuer_key,
                                options_.organization, not_before));
  // Two first questions at once make two; the one that was ready first stays.
  DelegatePtr& slot = delegates_[key];
  if (!slot || slot->certificate->not_after() < made->certificate->not_after()) slot = made;
  record_happening(env_, HappeningKind::kOcspResponderCertified, env_.name(), {},
                   "by " + issuer->subject().text() + " until " +
                       sim::format_time(made->certificate->not_after()));
  return slot;
}

Result<OcspResponder::DelegatePtr> OcspResponder::make_delegate(
    const crypto::CertificatePtr& issuer,
    const crypto::PrivateKeyPtr& issuer_key,
    const std::string& organization,
    sim::Time not_before) {
  auto delegate = std::make_shared<Delegate>();
  ASSIGN_OR_RETURN(delegate->key, crypto::PrivateKey::generate());
  const crypto::Bytes& spki = delegate->key->public_key()->spki_der();
  ASSIGN_OR_RETURN(const crypto::Bytes issuer_key_id, crypto::key_identifier((*issuer)->spki_der));
  crypto::CertificateSpec spec;
  spec.serial = crypto::der::positive_integer(crypto::random_bytes(crypto::kSerialOctets));
  spec.issuer = issuer->subject_der();
  spec.subject = crypto::Name{
      {{"C", "US"}, {"O", stir::test_organization(organization)}, {"CN", "OCSP Responder"}}};
  spec.not_before = not_before;
  spec.not_after = std::min(not_before + kDelegateValidity, issuer->not_after());
  spec.subject_spki_der = spki;
  spec.extensions = {crypto::extension::basic_constraints(false),
                     crypto::extension::key_usage(crypto::kDigitalSignature),
                     crypto::extension::subject_key_identifier(spki),
                     crypto::extension::authority_key_identifier(issuer_key_id),
                     crypto::ocsp_signing_usage(),
                     crypto::ocsp_no_check()};
  ASSIGN_OR_RETURN(delegate->certificate, crypto::issue_certificate(spec, *issuer_key));
  return DelegatePtr(std::move(delegate));
}

}  // namespace shakedown::actors

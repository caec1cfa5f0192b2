#include "actors/issuing/delegate_issuer.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "actors/events.h"
#include "actors/workload/work.h"
#include "crypto/keys/randomness.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/ocsp_http.h"

namespace shakedown::actors {
namespace {

struct KeyAndRequest {
  crypto::PrivateKeyPtr key;
  crypto::Bytes csr;
};

Result<KeyAndRequest> generate_request(crypto::PrivateKeyPtr key,
                                       const std::string& organization,
                                       const crypto::Bytes& tn_auth_list,
                                       std::uint64_t levels_below) {
  if (!key) {
    ASSIGN_OR_RETURN(key, crypto::PrivateKey::generate());
  }
  const std::string marked = stir::test_organization(organization);
  crypto::RequestSpec spec;
  spec.subject = crypto::Name{{{"C", "US"}, {"O", marked}, {"CN", organization + " SHAKEN SCA"}}};
  const auto length = levels_below > 0 ? std::optional(levels_below) : std::nullopt;
  spec.extensions = {crypto::extension::basic_constraints(true, length),
                     crypto::extension::tn_auth_list(tn_auth_list)};
  ASSIGN_OR_RETURN(auto csr, crypto::build_request(spec, *key));
  return KeyAndRequest{std::move(key), std::move(csr)};
}

Result<crypto::CertificatePtr> issue_delegate(const crypto::PrivateKeyPtr& key,
                                              const crypto::CertificatePtr& issuer,
                                              const crypto::Bytes& spki_der,
                                              const DelegateOrder& order,
                                              const stir::CrlPointer& crl) {
  stir::CertificateFacts facts;
  facts.organization = order.organization;
  facts.subject_spki_der = spki_der;
  facts.serial_octets = crypto::random_bytes(crypto::kSerialOctets);
  facts.not_before = order.not_before;
  facts.not_after = order.not_after;
  if (order.path_length) {
    facts.path_length = order.path_length;
    ASSIGN_OR_RETURN(const auto spec, stir::make_delegate_ca(facts, order.scope, *issuer, crl));
    return crypto::issue_certificate(spec, *key);
  }
  std::optional<crypto::JwtClaimConstraints> constraints;
  if (!order.unconstrained) {
    constraints = order.constraints.value_or(stir::no_shaken_passports());
  }
  ASSIGN_OR_RETURN(const auto spec,
                   stir::make_delegate_end_entity(facts, order.scope, constraints, *issuer, crl));
  return crypto::issue_certificate(spec, *key);
}

}  // namespace

DelegateIssuer::DelegateIssuer(sim::Env& env, DelegateIssuerOptions options)
    : env_(env),
      options_(std::move(options)),
      ocsp_(env_,
            {.organization = options_.organization, .valid_for = options_.ocsp_valid_for},
            [this](const crypto::Certificate&, std::string_view serial) {
              const auto found = issued_.find(serial);
              return found == issued_.end() ? OcspResponder::Status{} : found->second;
            }) {}

crypto::Bytes DelegateIssuer::tn_auth_list_der() const {
  const auto der = crypto::encode_tn_auth_list(options_.scope);
  SHAKEDOWN_ASSERT(der.has_value());
  return *der;
}

Result<crypto::Bytes> DelegateIssuer::make_request() {
  auto made = env_.compute(work::kGenerateKey, generate_request, key_, options_.organization,
                           tn_auth_list_der(), options_.levels_below);
  if (!made) return tl::unexpected(made.error());
  key_ = std::move(made->key);
  return std::move(made->csr);
}

Status DelegateIssuer::install(IssuedChain chain) {
  const bool is_ours = !chain.certificates.empty() && key_ &&
                       chain.leaf()->fields().spki_der == key_->public_key()->spki_der();
  if (!is_ours) return fail(ErrorCode::kRefused, "the CA certificate is for another key");
  const auto& constraints = chain.leaf()->fields().basic_constraints;
  if (!constraints || !constraints->ca) {
    return fail(ErrorCode::kRefused, "the certificate is not for a CA");
  }
  chain_ = std::move(chain);
  auto answers_for = std::make_shared<CaHierarchy>();
  answers_for->root = answers_for->intermediate = chain_.leaf();
  answers_for->root_key = answers_for->intermediate_key = key_;
  answers_for_ = std::move(answers_for);
  return {};
}

Status DelegateIssuer::objection_to(const DelegateOrder& order) const {
  if (!is_installed()) return fail(ErrorCode::kNotFound, "there is no delegate CA certificate");
  if (order.not_after <= order.not_before ||
      order.not_after - order.not_before > options_.max_validity) {
    return fail(ErrorCode::kRefused,
                "validity over " + sim::format_duration(options_.max_validity));
  }
  if (!order.enforce_scope) return {};
  const stir::Encompassing within =
      stir::encompasses(stir::Scope::of(options_.scope), stir::Scope::of(order.scope),
                        options_.number_authority.empty() ? stir::SpcDelegation::kTrustCa
                                                          : stir::SpcDelegation::kCheckAuthority,
                        options_.number_authority.empty() ? nullptr : &options_.number_authority);
  if (!within.ok) return fail(ErrorCode::kRefused, within.detail);
  return {};
}

Result<IssuedChain> DelegateIssuer::issue(DelegateOrder order) {
  RETURN_IF_ERROR(objection_to(order));
  const auto csr = env_.compute(
      work::kVerifySignature, [](const std::string& der) { return crypto::parse_request(der); },
      order.csr_der);
  if (!csr) return tl::unexpected(csr.error());
  if (!csr->signature_is_valid || !csr->public_key) {
    return fail(ErrorCode::kRefused, "the request proves no possession of a P-256 key");
  }
  const IssuedChain issuers = chain_;  // A renewal may replace it meanwhile.
  auto certificate = env_.compute(work::kIssueCertificate, issue_delegate, key_, issuers.leaf(),
                                  csr->public_key->spki_der(), order, options_.crl);
  if (!certificate) return tl::unexpected(certificate.error());

  const crypto::Certificate& issued = **certificate;
  auto event = std::make_unique<CertificateEvent>();
  event->fingerprint = issued.fingerprint_hex();
  event->kind =
      order.path_length ? stir::CertificateRole::kDelegateCa : stir::CertificateRole::kDelegate;
  event->ca = options_.delegator;
  event->subject_of = order.subject_of;
  event->subject = issued.subject().text();
  event->serial = issued.serial_hex();
  event->tn_auth_list = stir::Scope::of(order.scope).text();
  event->not_before = issued.not_before();
  event->not_after = issued.not_after();
  event->der = issued.der();
  env_.record(std::move(event));

  issued_[issued.serial()] = {.issued = true, .revocation = {}};
  IssuedChain chain;
  chain.certificates = {*certificate};
  chain.certificates.insert(chain.certificates.end(), issuers.certificates.begin(),
                            issuers.certificates.end());
  chain.pem = crypto::write_pem(chain.certificates);
  return chain;
}

void DelegateIssuer::note_revocation(const crypto::Certificate& certificate,
                                     crypto::CrlReason reason) {
  const auto found = issued_.find(certificate.serial());
  if (found == issued_.end() || certificate.issuer_der() != chain_.leaf()->subject_der()) return;
  if (!found->second.revocation) found->second.revocation = Revocation{env_.now(), reason};
}

sim::Response DelegateIssuer::answer_ocsp(const sim::Request& request, std::string_view rest) {
  if (!answers_for_) return stir::ocsp_http_error(crypto::OcspResponseStatus::kTryLater);
  return ocsp_.answer(request, rest, answers_for_);
}

}  // namespace shakedown::actors

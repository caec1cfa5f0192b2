// From a ready order to a certificate (RFC 8555 §7.4, ATIS-1000080 §6.3.5).

#include <algorithm>
#include <utility>

#include "actors/certification_authority/busy_order.h"
#include "actors/certification_authority/certification_authority.h"
#include "actors/certification_authority/dns_profile.h"
#include "actors/serving/http_json.h"
#include "actors/workload/work.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/extension_reader.h"
#include "stir/credential/certificate_request.h"
#include "stir/credential/number_scope.h"

namespace shakedown::actors {
namespace {

using stir::acme::OrderStatus;

std::vector<std::string> names_of(const stir::acme::Order& order) {
  std::vector<std::string> names;
  for (const auto& identifier : order.identifiers) names.push_back(identifier.value);
  return names;
}

// The pathLenConstraint that a request for a CA asks for; 0 if it asks for none.
std::uint64_t wanted_path_length(const crypto::CertificateRequest& request) {
  const auto* extension = request.find_extension(crypto::oid::kBasicConstraints);
  if (extension == nullptr) return 0;
  const auto constraints = crypto::read_basic_constraints(extension->value);
  return constraints ? constraints->path_length.value_or(0) : 0;
}

// 0 -> "T000", 46655 -> "TZZZ": codes of the shape that operating companies have.
std::string subscriber_code(std::uint64_t index) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string code = "T000";
  for (std::size_t at = code.size() - 1; at > 0; --at) {
    code[at] = kAlphabet[index % kAlphabet.size()];
    index /= kAlphabet.size();
  }
  return code;
}

}  // namespace

sim::Response CertificationAuthority::on_finalize(const AcmeRequest& request, Number number) {
  const auto csr_der = stir::acme::read_finalize_body(request.payload);
  if (!csr_der) return acme_refusal(400, "malformed", csr_der.error().detail);
  if (orders_.at(number).is_busy || orders_.at(number).state.status != OrderStatus::kReady) {
    return acme_refusal(403, "orderNotReady",
                        "the order is " + std::string(to_string(orders_.at(number).state.status)));
  }
  const BusyOrder busy(orders_, number);
  auto csr = env_.compute(
      work::kVerifySignature, [](const std::string& der) { return crypto::parse_request(der); },
      *csr_der);
  Order* order = busy.order();
  if (order == nullptr) return acme_refusal(404, "malformed", "the order is gone");
  if (!csr) return acme_refusal(400, "badCSR", csr.error().detail);
  if (order->state.status != OrderStatus::kReady) {
    return acme_refusal(403, "orderNotReady", "the order was cancelled");
  }
  if (const auto objection = objection_to_request(*csr, *order, request)) {
    return acme_refusal(400, "badCSR", *objection);
  }
  order->state.status = OrderStatus::kProcessing;
  env_.spawn(
      "issue", [this, number, csr = *std::move(csr)] { issue(number, csr); }, sim::Daemon::kNo);
  return order_response(200, number);
}

// Of the order's profile, and what holds in both: RFC 8555 §11.1 and a key that was compromised.
std::optional<std::string> CertificationAuthority::objection_to_request(
    const crypto::CertificateRequest& csr, const Order& order, const AcmeRequest& sent) const {
  if (options_.always_valid_dns) {
    if (auto objection = objection_to_dns_request(csr, names_of(order.state))) return objection;
  } else {
    stir::RequestExpectation expected;
    expected.identifier_der = order.identifier_der;
    expected.ca = order.ca;
    expected.crl_url = options_.crl.url;
    expected.account_spki_der = sent.key.spki_der();
    expected.allow_account_key = options_.allow_account_key;
    expected.drop_other_extensions = options_.drop_other_extensions;
    // A CA is named for its organization, not for a code.
    expected.check_subject = !order.ca;
    if (const auto finding = stir::check_request(csr, expected)) {
      return std::string(finding->rule->id) + ": " + finding->detail;
    }
  }
  if (!options_.allow_account_key && accounts_.is_account_key(csr.spki_der)) {
    return "csr_key_is_not_an_account_key: the key of an account";
  }
  if (compromised_keys_.contains(csr.spki_der)) {
    return "a certificate with this key was revoked for compromise";
  }
  if (options_.refuse_duplicate_subjects && !csr.subject.attributes.empty()) {
    const std::string subject = csr.subject.text();
    for (const auto& [fingerprint, issued] : issued_) {
      const bool is_valid = !issued.revocation && issued.certificate->not_after() > env_.now();
      if (is_valid && issued.requested_subject == subject) {
        return "duplicate subject: " + subject;
      }
    }
  }
  return std::nullopt;
}

Result<crypto::CertificatePtr> CertificationAuthority::sign(
    const Order& order, const crypto::CertificateRequest& request) {
  const sim::Time now = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
  const sim::Time not_before = order.state.not_before.value_or(now - options_.backdate);
  const sim::Time not_after =
      order.state.not_after.value_or(not_before + options_.default_validity);
  if (options_.always_valid_dns) {
    DnsCertificateContents contents;
    contents.subject_spki_der = request.spki_der;
    contents.is_rsa = request.key.kind == crypto::KeyKind::kRsa;
    contents.names = names_of(order.state);
    contents.not_before = not_before;
    contents.not_after = not_after;
    return env_.compute(work::kIssueCertificate, issue_dns, hierarchy_, std::move(contents));
  }
  CertificateContents contents;
  contents.subject_spki_der = request.public_key->spki_der();
  contents.subject = request.subject;
  contents.organization = accounts_.find(order.account)->owner;
  contents.scope = crypto::decode_tn_auth_list(order.identifier_der).value();
  contents.ca = order.ca;
  contents.path_length =
      std::min(wanted_path_length(request), options_.most_levels_below_delegates);
  contents.not_before = not_before;
  contents.not_after = not_after;
  return env_.compute(work::kIssueCertificate, issue_under, hierarchy_, std::move(contents),
                      options_.crl, options_.profile);
}

void CertificationAuthority::issue(Number number, const crypto::CertificateRequest& request) {
  sim::Random random = env_.random("processing");
  env_.sleep_for(options_.processing.sample(random));
  const auto found = orders_.find(number);
  if (found == orders_.end()) return;
  std::string scope;
  if (!options_.always_valid_dns) {
    const auto entries = crypto::decode_tn_auth_list(found->second.identifier_der);
    scope = stir::Scope::of(*entries).text();
  }
  const stir::CertificateRole kind =
      found->second.ca ? stir::CertificateRole::kDelegateCa : stir::CertificateRole::kEndEntity;
  const auto certificate = sign(found->second, request);

  const auto still = orders_.find(number);
  if (still == orders_.end()) return;
  Order& done = still->second;
  if (!certificate) {
    done.state.status = OrderStatus::kInvalid;
    done.state.error = acme_problem(500, "serverInternal", certificate.error().detail);
    return;
  }
  done.pem = crypto::write_pem({*certificate, hierarchy_->intermediate});
  if (hierarchy_->alternate_intermediate) {
    done.alternate_pem = crypto::write_pem({*certificate, hierarchy_->alternate_intermediate});
  }
  done.state.status = OrderStatus::kValid;
  done.state.certificate = url("certificate", number);
  record_certificate(*certificate, kind, accounts_.find(done.account)->owner, scope);
  Issued issued;
  issued.certificate = *certificate;
  issued.account = done.account;
  for (const auto& authorization : done.authorizations) {
    issued.identifiers.push_back(identifier_key(authorization.identifier));
  }
  issued.requested_subject = request.subject.text();
  keep(std::move(issued));
}

std::string CertificationAuthority::keep(Issued issued) {
  std::string fingerprint = issued.certificate->fingerprint_hex();
  fingerprint_of_serial_[issued.certificate->serial()] = fingerprint;
  issued_[fingerprint] = std::move(issued);
  return fingerprint;
}

Result<IssuedChain> CertificationAuthority::mis_issue(crypto::Bytes subject_spki_der,
                                                      std::vector<crypto::TnEntry> scope,
                                                      const std::string& holder) {
  CertificateContents contents;
  contents.subject_spki_der = std::move(subject_spki_der);
  contents.organization = holder;
  contents.scope = std::move(scope);
  contents.not_before = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
  contents.not_after = contents.not_before + options_.default_validity;
  ASSIGN_OR_RETURN(const auto certificate,
                   env_.compute(work::kIssueCertificate, issue_under, hierarchy_, contents,
                                options_.crl, options_.profile));
  record_certificate(certificate, stir::CertificateRole::kEndEntity, holder,
                     stir::Scope::of(contents.scope).text());
  Issued issued;
  issued.certificate = certificate;
  keep(std::move(issued));
  IssuedChain chain;
  chain.certificates = {certificate, hierarchy_->intermediate};
  chain.pem = crypto::write_pem(chain.certificates);
  return chain;
}

void CertificationAuthority::certify_subscribers() {
  const auto key = env_.compute(work::kGenerateKey, crypto::PrivateKey::generate);
  if (!key) return happened(HappeningKind::kSubscribersFailed, key.error().detail);
  CertificateContents contents;
  contents.subject_spki_der = (*key)->public_key()->spki_der();
  contents.not_before = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
  contents.not_after = contents.not_before + options_.default_validity;
  for (std::uint64_t i = 0; i < options_.subscribers; ++i) {
    const std::string code = subscriber_code(i);
    contents.organization = "Subscriber " + code;
    contents.scope = {crypto::TnEntry::service_provider_code(code)};
    const auto certificate = env_.compute(work::kIssueCertificate, issue_under, hierarchy_,
                                          contents, options_.crl, options_.profile);
    if (!certificate)
      return happened(HappeningKind::kSubscribersFailed, certificate.error().detail);
    record_certificate(*certificate, stir::CertificateRole::kEndEntity, contents.organization,
                       stir::Scope::of(contents.scope).text());
    Issued issued;
    issued.certificate = *certificate;
    subscribers_.push_back(keep(std::move(issued)));
  }
  happened(HappeningKind::kSubscribersCertified, std::to_string(subscribers_.size()));
}

}  // namespace shakedown::actors

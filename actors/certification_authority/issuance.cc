// From a ready order to a certificate (RFC 8555 §7.4, ATIS-1000080 §6.3.5).

#include <utility>

#include "actors/certification_authority/busy_order.h"
#include "actors/certification_authority/certification_authority.h"
#include "actors/crypto/pem.h"
#include "actors/http_json.h"
#include "actors/stir/certificate_request.h"
#include "actors/stir/tn_auth_list.h"

namespace shakedown::actors {
namespace {

using stir::acme::OrderStatus;

sim::Response refuse(int status, std::string_view type, std::string detail) {
  return problem_response(acme_problem(status, type, std::move(detail)));
}

}  // namespace

sim::Response CertificationAuthority::on_finalize(const AcmeRequest& request, Number number) {
  const auto csr_der = stir::acme::read_finalize_body(request.payload);
  if (!csr_der) return refuse(400, "malformed", csr_der.error().detail);
  if (orders_.at(number).is_busy || orders_.at(number).state.status != OrderStatus::kReady) {
    return refuse(403, "orderNotReady",
                  "the order is " + std::string(to_string(orders_.at(number).state.status)));
  }
  const BusyOrder busy(orders_, number);
  auto csr = env_.compute(
      sim::Work::kVerifySignature,
      [](const std::string& der) { return crypto::parse_request(der); }, *csr_der);
  Order* order = busy.order();
  if (order == nullptr) return refuse(404, "malformed", "the order is gone");
  if (!csr) return refuse(400, "badCSR", csr.error().detail);
  stir::RequestExpectation expected;
  expected.identifier_der = order->identifier_der;
  expected.ca = order->ca;
  expected.crl_url = options_.crl.url;
  expected.account_spki_der = request.key->spki_der();
  expected.allow_account_key = options_.allow_account_key;
  expected.drop_other_extensions = options_.drop_other_extensions;
  // A CA is named for its organization, not for a code.
  expected.check_subject = !order->ca;
  if (const auto finding = stir::check_request(*csr, expected)) {
    return refuse(400, "badCSR", std::string(finding->rule->id) + ": " + finding->detail);
  }
  if (compromised_keys_.contains(csr->public_key->spki_der())) {
    return refuse(400, "badCSR", "a certificate with this key was revoked for compromise");
  }
  order->state.status = OrderStatus::kProcessing;
  env_.spawn(
      "issue", [this, number, csr = *std::move(csr)] { issue(number, csr); }, sim::Daemon::kNo);
  return order_response(200, number);
}

void CertificationAuthority::issue(Number number, const crypto::CertificateRequest& request) {
  sim::Random random = env_.random("processing");
  env_.sleep_for(options_.processing.sample(random));
  const auto found = orders_.find(number);
  if (found == orders_.end()) return;
  const Order& order = found->second;
  const Account& account = accounts_.at(order.account);

  CertificateContents contents;
  contents.subject_spki_der = request.public_key->spki_der();
  contents.subject = request.subject;
  contents.organization = account.owner;
  contents.scope = crypto::decode_tn_auth_list(order.identifier_der).value();
  contents.ca = order.ca;
  const sim::Time now = sim::from_unix_seconds(sim::unix_seconds(env_.now()));
  contents.not_before = order.state.not_before.value_or(now - options_.backdate);
  contents.not_after =
      order.state.not_after.value_or(contents.not_before + options_.default_validity);
  const std::string scope = stir::Scope::of(contents.scope).text();
  const CertificateKind kind =
      contents.ca ? CertificateKind::kDelegateCa : CertificateKind::kEndEntity;
  auto certificate = env_.compute(sim::Work::kIssueCertificate, issue_under, hierarchy_,
                                  std::move(contents), options_.crl);

  const auto still = orders_.find(number);
  if (still == orders_.end()) return;
  Order& done = still->second;
  if (!certificate) {
    done.state.status = OrderStatus::kInvalid;
    done.state.error = acme_problem(500, "serverInternal", certificate.error().detail);
    return;
  }
  done.pem = crypto::write_pem({*certificate, hierarchy_->intermediate});
  done.state.status = OrderStatus::kValid;
  done.state.certificate = url("certificate", number);
  record_certificate(*certificate, kind, accounts_.at(done.account).owner, scope);
  const std::string fingerprint = crypto::to_hex(crypto::as_view((*certificate)->fingerprint()));
  fingerprint_of_serial_[(*certificate)->serial()] = fingerprint;
  issued_[fingerprint] = {*certificate, done.account, std::nullopt};
}

}  // namespace shakedown::actors

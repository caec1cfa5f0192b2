// The subordinate CA (STI-SCA, ATIS-1000092) of a provider, or of an enterprise that delegates
// further: issues delegate certificates for number ranges to enterprises (RFC 9060). Used inside
// the delegator's actor; calls marked * suspend.
//
//   DelegateIssuer issuer(env, options);
//   csr = issuer.make_request();                       // CA key and request, cA TRUE
//   chain = order_certificate(env, {... csr ...});     // with an SPC token with ca: true
//   issuer.install(chain);
//   delegate = issuer.issue({...});                    // leaf, delegate CA, STI-CA intermediate
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/acme/acme_order.h"
#include "actors/issuing/ocsp_responder.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/tn_auth_list.h"
#include "sim/env.h"
#include "sim/result.h"
#include "stir/credential/certificate_specs.h"
#include "stir/credential/number_scope.h"

namespace shakedown::actors {

struct DelegateIssuerOptions {
  std::string delegator;     // "acme-tel"; recorded as the CA of what it issues.
  std::string organization;  // Of the CA certificate, "Acme Telecom".
  // What its CA certificate is for: the provider's code, or numbers.
  std::vector<crypto::TnEntry> scope;
  stir::CrlPointer crl;
  // Whose numbers are whose, for an SPC that delegates numbers; empty: its word is taken.
  stir::NumberAuthority number_authority;
  sim::Duration max_validity = std::chrono::hours{24 * 366};
  // How many levels of CAs it wants to have below its own; asked for as pathLenConstraint.
  std::uint64_t levels_below = 0;
  sim::Duration ocsp_valid_for = std::chrono::hours{24};  // Of each OCSP answer.
};

struct DelegateOrder {
  std::string subject_of;    // The enterprise's actor.
  std::string organization;  // "Example Bank"
  std::string csr_der;       // Proof of possession: its signature is checked.
  std::vector<crypto::TnEntry> scope;
  sim::Time not_before;
  sim::Time not_after;
  // A CA certificate (RFC 9060 §4) with this pathLenConstraint. Unset: a signing certificate.
  std::optional<std::uint64_t> path_length;
  // Of a signing certificate. ATIS-1000092: exclude attest and origid, so that it cannot sign
  // SHAKEN PASSporTs. Unset: those.
  std::optional<crypto::JwtClaimConstraints> constraints;
  bool unconstrained = false;  // No constraints at all.
  // RFC 9060 §4: refuse what the CA certificate does not encompass. Off: a careless issuer, whose
  // certificates verifiers must refuse.
  bool enforce_scope = true;
};

class DelegateIssuer {
 public:
  DelegateIssuer(sim::Env& env, DelegateIssuerOptions options);
  DelegateIssuer(const DelegateIssuer&) = delete;
  DelegateIssuer& operator=(const DelegateIssuer&) = delete;

  // * Makes the CA key at the first call; the request for the CA certificate.
  Result<crypto::Bytes> make_request();
  crypto::Bytes tn_auth_list_der() const;  // Of the scope.
  // `chain`: CA certificate first. Error: kRefused if it is not for this key or no CA certificate.
  Status install(IssuedChain chain);

  bool is_installed() const { return !chain_.certificates.empty(); }

  const IssuedChain& chain() const { return chain_; }

  // * Errors: kRefused (scope, proof of possession, validity), kNotFound (nothing installed).
  // Records a CertificateEvent. The PEM is ready for publication.
  Result<IssuedChain> issue(DelegateOrder order);

  // What is answered about `certificate` from now on, if it was issued here.
  void note_revocation(const crypto::Certificate& certificate, crypto::CrlReason reason);
  // * OCSP about what was issued here (ocsp_responder.h); `rest` is the path after "/ocsp".
  sim::Response answer_ocsp(const sim::Request& request, std::string_view rest);

 private:
  Status objection_to(const DelegateOrder& order) const;

  sim::Env& env_;
  DelegateIssuerOptions options_;
  crypto::PrivateKeyPtr key_;
  IssuedChain chain_;
  CaHierarchyPtr answers_for_;  // The CA certificate as root and intermediate: all it issues under.
  std::map<crypto::Bytes, OcspResponder::Status, std::less<>> issued_;  // By serial.
  OcspResponder ocsp_;
};

}  // namespace shakedown::actors

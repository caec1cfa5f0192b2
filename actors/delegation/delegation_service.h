// Delegation as a service of a provider or of an enterprise (RFC 9060, ATIS-1000092): its delegate
// CA certificate, got when it is first needed, and the REST interface where its customers order
// certificates. A customer may be a delegator in turn: then it orders a CA certificate, too.
//
//   POST /v1/delegate-certificates {csr, lifetimeSeconds}               -> {certificate}
//   POST /v1/delegate-certificates/revoke {certificate, reason[, chain]}
//   GET|POST /ocsp   about what was issued here (ocsp_responder.h); anybody may ask
//
// Binary values are in base64, `certificate` of the answer and `chain` (the certificate and its
// issuers) are PEM. Customers say who they are by a bearer token. OCSP knows of a revocation as
// soon as the one above has taken the report.
//
// Belongs to one actor but for authority(), which is safe from anywhere; calls marked * suspend.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/clients/policy_administrator_client.h"
#include "actors/issuing/delegate_issuer.h"
#include "sim/env.h"
#include "sim/message.h"
#include "stir/jose/json.h"

namespace shakedown::actors {

// Somebody who may order delegate certificates.
struct DelegateCustomer {
  std::string name;  // Its actor.
  std::string organization;
  std::string secret;
  bool enforce_scope = true;  // false: a careless delegator certifies what it does not hold.
  // Of what it may sign; unset: no attest and no origid (ATIS-1000092).
  std::optional<crypto::JwtClaimConstraints> constraints{};
  bool unconstrained = false;  // No constraints at all.
  // It may have CA certificates, with so many levels of CAs below each.
  std::optional<std::uint64_t> levels_below{};
};

// Where the delegator's own authority comes from.
struct DelegationAuthority {
  // * A CA certificate for this request and TNAuthList, with its chain.
  std::function<Result<IssuedChain>(crypto::Bytes csr_der, const crypto::Bytes& tn_auth_list_der)>
      order;
  // * Has a certificate revoked that was issued under it, or its own.
  std::function<Status(const RevocationReport& report)> revoke;
};

class DelegationService {
 public:
  DelegationService(sim::Env& env,
                    DelegateIssuerOptions options,
                    std::vector<DelegateCustomer> customers,
                    DelegationAuthority authority);

  // * Errors: those of the order of the CA certificate, and of DelegateIssuer::issue.
  Result<IssuedChain> issue(DelegateOrder order);
  // * `chain_pem`: the certificate and its issuers; "": it was issued here.
  Status revoke(const crypto::CertificatePtr& certificate,
                crypto::CrlReason reason,
                std::string chain_pem = {});
  // * Its CA certificate. Error: kNotFound if there is none yet.
  Status revoke_authority(crypto::CrlReason reason);

  // Its CA certificate; null while there is none.
  crypto::CertificatePtr authority() const;

  // Whether answer() is to be asked.
  static bool is_for(std::string_view path);

  // *
  sim::Response answer(const sim::Request& request, std::string_view path);

 private:
  Status have_ca_certificate();
  sim::Response issue_for(const DelegateCustomer& customer, const stir::Json& body);
  sim::Response revoke_for_customer(const DelegateCustomer& customer, const stir::Json& body);
  // It was issued to the customer here, or under a CA certificate that was.
  bool is_of(const DelegateCustomer& customer,
             const crypto::CertificatePtr& certificate,
             const std::string& chain_pem) const;

  sim::Env& env_;
  DelegateIssuer issuer_;
  std::vector<DelegateCustomer> customers_;
  DelegationAuthority authority_;
  std::map<std::string, std::string> customer_of_certificate_;  // Fingerprint, hex -> its name.
  bool is_ordering_ = false;
  sim::Condition changed_;
  mutable std::mutex published_mutex_;
  crypto::CertificatePtr published_;
};

// The customer's side. `delegator` is for messages; `url` its base, `secret` the bearer token.
class DelegationClient {
 public:
  DelegationClient(sim::Env& env, std::string delegator, std::string url, std::string secret);

  // * Errors: kTimeout, kUnreachable, kRefused (with the delegator's words), kMalformed.
  Result<IssuedChain> order(const crypto::Bytes& csr_der, sim::Duration lifetime);
  // * `chain_pem`: as for DelegationService::revoke. Errors: as above.
  Status revoke(const crypto::CertificatePtr& certificate,
                crypto::CrlReason reason,
                const std::string& chain_pem = {});

 private:
  Result<sim::Response> post(std::string_view path, const stir::Json& body);

  sim::Env& env_;
  std::string delegator_;
  std::string url_;
  std::string secret_;
};

}  // namespace shakedown::actors

// The client's side of an order: the whole dialogue with a CA, from the directory to the
// certificate (RFC 8555 §7). For a TNAuthList at an STI-CA (RFC 9448 §4), or for dns names at any
// ACME server. Used inside the actors that want certificates.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/crl.h"
#include "sim/env.h"
#include "sim/result.h"

namespace shakedown::actors {

// An http-01 challenge (RFC 8555 §8.3): whoever asks http://NAME/.well-known/acme-challenge/TOKEN
// is to get the key authorization.
struct HttpChallenge {
  std::string name;
  std::string token;
  std::string key_authorization;
};

// The external account that a CA wants to know (RFC 8555 §7.3.4).
struct ExternalAccount {
  std::string key_id;
  crypto::Bytes mac_key;  // For HS256.
};

struct OrderRequest {
  std::string directory_url;
  crypto::PrivateKeyPtr account_key;  // Another one than the certificate's. Never null.
  // Empty: "mailto:ACTOR@example.test", and the CA notes the actor; for dns names none.
  std::string contact;
  std::optional<ExternalAccount> external_account;
  std::string spc_token;
  std::string tn_auth_list_der;
  // Not empty: an order for these names instead of the TNAuthList. Answered is http-01, or what
  // else of dns-01 and tls-alpn-01 is offered; only http-01 is ever prepared.
  std::vector<std::string> dns_names;
  std::function<void(const HttpChallenge&)> prepare;  // Called before the answer. May be empty.
  std::string csr_der;
  std::optional<sim::Time> not_before;
  std::optional<sim::Time> not_after;
  sim::Duration deadline = std::chrono::minutes{2};  // Total, from the first request.
  sim::Duration request_timeout = std::chrono::seconds{10};
  sim::Duration poll_interval = std::chrono::seconds{1};  // Unless the CA says Retry-After.
  bool answer_with_atc_member = false;                    // As deployed clients do.
  bool agree_to_changed_terms = true;                     // See AcmeClientOptions.
};

struct IssuedChain {
  std::vector<crypto::CertificatePtr> certificates;  // Leaf first, without the root.
  std::string pem;                                   // As downloaded.
  std::string url;                                   // Of the certificate at the CA.
  unsigned refused_nonces = 0;                       // How many requests had to be sent again.
  std::string agreed_terms = {};  // URL of changed terms of service that it agreed to; "": none.

  const crypto::CertificatePtr& leaf() const { return certificates.front(); }
};

// * Finds or makes the account, orders, answers the challenges, finalizes, polls and downloads.
// What AcmeClient::post repeats is repeated. The chain is checked to be for the request's key and
// the ordered TNAuthList or names. Errors: kRefused with "STEP: TYPE: detail" of the CA's problem
// document; kTimeout (the deadline); kUnreachable; kMalformed.
Result<IssuedChain> order_certificate(sim::Env& env, const OrderRequest& request);

struct RevokeRequest {
  std::string directory_url;
  crypto::PrivateKeyPtr account_key;      // The account that ordered it, or
  crypto::PrivateKeyPtr certificate_key;  // the certificate's own key. One of the two is set.
  crypto::CertificatePtr certificate;
  crypto::CrlReason reason = crypto::CrlReason::kUnspecified;
  sim::Duration deadline = std::chrono::seconds{30};
};

// * POST revoke-cert. An alreadyRevoked is a success. Errors as above.
Status revoke_certificate(sim::Env& env, const RevokeRequest& request);

}  // namespace shakedown::actors

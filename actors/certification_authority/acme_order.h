// The client's side of an order: the whole dialogue with an STI-CA, from the directory to the
// certificate (RFC 8555 §7, RFC 9448 §4). Used inside the actors that want certificates.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/crypto/certificate.h"
#include "actors/crypto/crl.h"
#include "actors/crypto/es256.h"
#include "sim/env.h"
#include "sim/result.h"

namespace shakedown::actors {

struct OrderRequest {
  std::string directory_url;
  crypto::PrivateKeyPtr account_key;  // Another one than the certificate's. Never null.
  std::string contact;                // Empty: "mailto:ACTOR@example.test"; the CA notes the actor.
  std::string spc_token;
  std::string tn_auth_list_der;
  std::string csr_der;
  std::optional<sim::Time> not_before;
  std::optional<sim::Time> not_after;
  sim::Duration deadline = std::chrono::minutes{2};  // Total, from the first request.
  sim::Duration request_timeout = std::chrono::seconds{10};
  sim::Duration poll_interval = std::chrono::seconds{1};  // Unless the CA says Retry-After.
  bool answer_with_atc_member = false;                    // As deployed clients do.
};

struct IssuedChain {
  std::vector<crypto::CertificatePtr> certificates;  // Leaf first, without the root.
  std::string pem;                                   // As downloaded.
  std::string url;                                   // Of the certificate at the CA.

  const crypto::CertificatePtr& leaf() const { return certificates.front(); }
};

// * Finds or makes the account, orders, answers the challenge, finalizes, polls and downloads. A
// badNonce is tried again once for each request; an exchange without an answer is tried again once
// where repeating is harmless. The chain is checked to be for the request's key and the ordered
// TNAuthList. Errors: kRefused with "STEP: TYPE: detail" of the CA's problem document; kTimeout
// (the deadline); kUnreachable; kMalformed.
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

// The OCSP responder of an STI-CA (RFC 6960): answers for the certificates that its intermediate
// and its root have issued, by delegated responder certificates that these two issue when the first
// question comes and again before they end.
//
//   POST /ocsp           application/ocsp-request
//   GET  /ocsp/BASE64    with Cache-Control: max-age half of the answer's validity (RFC 5019 §6)
// Each answer is signed when it is asked for, so that it holds from now on. Questions about several
// issuers at once, or about another's, get "unauthorized". Belongs to the CA's actor.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "actors/issuing/hierarchy.h"
#include "crypto/x509/crl.h"
#include "crypto/x509/ocsp.h"
#include "sim/env.h"
#include "sim/message.h"

namespace shakedown::actors {

struct OcspResponderOptions {
  std::string organization;
  sim::Duration valid_for = std::chrono::hours{24};  // thisUpdate to nextUpdate.
};

struct Revocation {
  sim::Time at;
  crypto::CrlReason reason = crypto::CrlReason::kUnspecified;
};

class OcspResponder {
 public:
  struct Status {
    bool issued = false;
    std::optional<Revocation> revocation;
  };

  // Of the certificate of this issuer with this serial; asked when an answer is about to be signed.
  using StatusOf =
      std::function<Status(const crypto::Certificate& issuer, std::string_view serial)>;

  OcspResponder(sim::Env& env, OcspResponderOptions options, StatusOf status_of);

  // * `rest`: the path after "/ocsp".
  sim::Response answer(const sim::Request& request,
                       std::string_view rest,
                       const CaHierarchyPtr& hierarchy);

 private:
  struct Delegate {
    crypto::PrivateKeyPtr key;
    crypto::CertificatePtr certificate;
  };

  using DelegatePtr = std::shared_ptr<const Delegate>;

  // * The delegate of this issuer, still valid at `until`. Errors: of issuing.
  Result<DelegatePtr> delegate_of(const crypto::CertificatePtr& issuer,
                                  const crypto::PrivateKeyPtr& issuer_key,
                                  sim::Time until);
  static Result<DelegatePtr> make_delegate(const crypto::CertificatePtr& issuer,
                                           const crypto::PrivateKeyPtr& issuer_key,
                                           const std::string& organization,
                                           sim::Time not_before);

  sim::Env& env_;
  OcspResponderOptions options_;
  StatusOf status_of_;
  std::map<crypto::Bytes, DelegatePtr, std::less<>> delegates_;  // By the issuer's key.
};

}  // namespace shakedown::actors

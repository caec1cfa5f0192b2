// The REST interface of a provider's authentication and verification services (ATIS-1000082):
//
//   POST /stir/v1/signing       {"signingRequest": {attest, orig, dest, iat, origid}}
//                               -> {"signingResponse": {"identity": ...}}
//   POST /stir/v1/verification  {"verificationRequest": {from, to, time, identity}}
//                               -> {"verificationResponse": {verstat, reasoncode, reasontext,
//                                   reasondesc}}; a failed verification is HTTP 200 as well
//
// Errors are {"requestError": {"serviceException" or "policyException": {messageId, text,
// variables}}} with SVC4000 to SVC4007, POL4050 and POL5000. X-RequestID is echoed.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "actors/signing/authentication_service.h"
#include "actors/verifying/verification_service.h"
#include "sim/message.h"

namespace shakedown::actors {

// The two services behind the interface. They may suspend.
struct RestServices {
  std::function<Result<SignedIdentity>(
      const stir::SipCall& call, std::string_view attest, std::string_view origid)>
      sign;
  std::function<VerificationReply(const stir::SipCall& call)> verify;
};

// `path`: of the request's URL. Any path is answered; unknown ones with SVC4003.
sim::Response answer_rest(const sim::Request& request,
                          std::string_view path,
                          const RestServices& services);

// 503 with POL5000, for a provider that has no certificate or no CA list yet.
sim::Response rest_not_ready();

}  // namespace shakedown::actors

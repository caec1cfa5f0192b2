// The user's own authentication or verification service in a provider's place, asked over the REST
// interface of ATIS-1000082: POST {base}/stir/v1/signing and {base}/stir/v1/verification.
//
// Both suspend. Their records look like our own services', without a trace.
#pragma once

#include <string>
#include <string_view>

#include "actors/signing/authentication_service.h"
#include "actors/verifying/verification_service.h"
#include "sim/env.h"

namespace shakedown::actors {

// * `url`: the base, or the full URL of the resource. Errors: kTimeout, kUnreachable, kRefused
// (with the service's own words), kMalformed.
Result<SignedIdentity> sign_externally(sim::Env& env,
                                       const std::string& url,
                                       const stir::SipCall& call,
                                       std::string_view attest,
                                       std::string_view origid);

// * A service that cannot be reached or understood leaves the call without verdict:
// No-TN-Validation and the reason in `detail`. Records a VerificationEvent.
VerificationReply verify_externally(sim::Env& env,
                                    const std::string& url,
                                    const stir::SipCall& call,
                                    std::string_view call_id);

}  // namespace shakedown::actors

// Placing a call: sign it, send the INVITE, wait for the final answer, record a CallEvent. What
// every originating actor (provider, enterprise, adversary) does in the same way.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/signing/authentication_service.h"
#include "sim/env.h"

namespace shakedown::actors {

struct CallRequest {
  std::string id;              // Unique in the run.
  std::string claims_to_be;    // The provider it pretends to come from; "" : the originating actor.
  std::string to;              // The terminating provider's name,
  std::string to_host;         // and host.
  std::string from_host;       // Host in From: that of the claimed provider.
  std::string calling_number;  // Canonical.
  std::string called_number;
  std::vector<std::string> via_names;  // Hops in order: names,
  std::vector<std::string> via_hosts;  // and hosts.
  char attest = 'A';                   // ' ': a base PASSporT.
};

// A signed call as it goes over the wire: what an eavesdropper has.
struct SignedCall {
  std::string identity;  // The Identity header field value.
  std::string calling_number;
  std::string called_number;
  sim::Time date;
};

// The authentication service to use. Receives the call, attest ("" for base) and origid.
using SignCall = std::function<Result<SignedIdentity>(
    const stir::SipCall& call, std::string_view attest, std::string_view origid)>;

// * `sign`: empty for calls that go out unsigned on purpose. When signing fails the call goes out
// unsigned all the same, as deployed providers do, and the record says why.
void place_call(sim::Env& env, const CallRequest& call, const SignCall& sign);

// The signalling side of a call of our own, for its authentication service.
stir::SipCall facts_of(const CallRequest& call, sim::Time now);

// How long an originating actor waits for the final answer.
inline constexpr sim::Duration kAnswerTimeout = std::chrono::seconds{10};

}  // namespace shakedown::actors

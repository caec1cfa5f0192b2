// SIP as the actors use it: an INVITE with what STIR needs, the hops that it takes, and what an
// answer says about the verdict. Pure.
//
// Between carriers each border element rewrites the host of the Request-URI to the next one; To
// keeps the terminating provider. The hops after the next stand in Route header fields, nearest
// first.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/events.h"
#include "sim/message.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::actors {

// What the views point to outlives the call of make_invite().
struct Invite {
  std::string_view call_id;
  std::string_view calling_number;  // Canonical.
  std::string_view called_number;
  std::string_view from_host;          // Of the calling subscriber's provider.
  std::string_view to_host;            // Of the terminating provider.
  std::span<const std::string> route;  // Hosts of transit providers, nearest first.
  sim::Time date;
  std::optional<std::string> identity;  // Identity header field value.
};

sim::Request make_invite(Invite invite);

// The same request for the hop after this one: its Route entry becomes the host of the Request-URI.
// Error: kNotFound if no hop is left.
Result<sim::Request> for_next_hop(sim::Request request);

// The hosts that the request has yet to pass, nearest first.
std::vector<std::string> hosts_ahead(const sim::Request& request);

// The same request for another number, in Request-URI and To, as a back-to-back user agent of the
// forwarding provider writes it. `number`: canonical.
sim::Request retargeted(sim::Request request, std::string_view number);

// How a testbed tells the caller's side what the verifier concluded (a real network only has the
// status and the Reason header field).
inline constexpr std::string_view kVerstatHeader = "X-Verstat";
// And when, in nanoseconds since 1970 by the verifier's clock: post-dial delay ends with the
// verdict.
inline constexpr std::string_view kVerdictAtHeader = "X-Verdict-At";

// What the final answer says: 200 with TN-Validation-Passed is passed; a STIR code, in the status
// or in a Reason, is failed; anything else is unverified.
CallOutcome outcome_of(const sim::Answer& answer);

}  // namespace shakedown::actors

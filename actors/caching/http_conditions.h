// Conditional requests as a server sees them (RFC 9110 §13): both origins and edges answer them.
// Pure.
#pragma once

#include "sim/message.h"

namespace shakedown::actors {

// If `response` is a 200 and the request's If-None-Match (which has precedence) or
// If-Modified-Since holds: a 304 with the header fields that caches need and no body. Else
// `response` as it is.
sim::Response answer_conditionally(const sim::Headers& request, sim::Response response);

// For HEAD: the same without the body.
sim::Response without_body(sim::Response response);

}  // namespace shakedown::actors

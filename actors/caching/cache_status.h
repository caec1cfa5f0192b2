// Cache-Status (RFC 9211) as a client reads it. Pure.
#pragma once

#include <string>

#include "actors/events.h"
#include "sim/message.h"

namespace shakedown::actors {

// What an answer's Cache-Status (RFC 9211) says about the cache nearest to the client: hit, stale
// (a stale entry was served or revalidated), miss; error without a usable response. An answer
// without the field came from an origin: miss.
CacheResult cache_result_of(const sim::Answer& answer);
// The name of that cache, "acme-tel/edge-us-east"; "" without the field.
std::string cache_name_of(const sim::Answer& answer);

}  // namespace shakedown::actors

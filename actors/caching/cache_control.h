// The Cache-Control header field (RFC 9111 §5.2, RFC 5861). Pure.
#pragma once

#include <optional>
#include <string_view>

#include "sim/message.h"
#include "sim/time.h"

namespace shakedown::actors {

// Unknown directives are ignored; of a directive that is repeated the most restrictive value holds;
// a delta-seconds that cannot be read counts as 0, so stale (§4.2.1).
struct CacheControl {
  bool no_store = false;
  bool no_cache = false;
  bool is_private = false;
  bool is_public = false;
  bool must_revalidate = false;
  bool proxy_revalidate = false;
  std::optional<sim::Duration> max_age;
  std::optional<sim::Duration> s_maxage;
  std::optional<sim::Duration> stale_if_error;  // RFC 5861 §4

  // All fields of that name together.
  static CacheControl of(const sim::Headers& headers);
};

// Non-negative decimal seconds; more than 2^31 count as 2^31 (RFC 9111 §1.2.2). nullopt: not that.
std::optional<sim::Duration> parse_delta_seconds(std::string_view text);

}  // namespace shakedown::actors

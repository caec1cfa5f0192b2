#include "actors/caching/cache_status.h"

#include <string_view>

namespace shakedown::actors {

CacheResult cache_result_of(const sim::Answer& answer) {
  const bool is_usable = answer.kind == sim::Answer::Kind::kResponse &&
                         (answer.response.status == 200 || answer.response.status == 304);
  if (!is_usable) return CacheResult::kError;
  const std::string_view status = answer.response.headers.get("Cache-Status").value_or("");
  // The last member is the cache nearest to the client (RFC 9211 §2).
  const std::string_view nearest = status.substr(status.rfind(',') + 1);
  if (nearest.find("; hit") != std::string_view::npos) {
    const bool expired = nearest.find("ttl=-") != std::string_view::npos;
    return expired ? CacheResult::kStale : CacheResult::kHit;
  }
  return nearest.find("fwd=stale") != std::string_view::npos ? CacheResult::kStale
                                                             : CacheResult::kMiss;
}

std::string cache_name_of(const sim::Answer& answer) {
  if (answer.kind != sim::Answer::Kind::kResponse) return {};
  const std::string_view status = answer.response.headers.get("Cache-Status").value_or("");
  std::string_view name = status.substr(status.rfind(',') + 1);
  name = name.substr(0, name.find(';'));
  while (name.starts_with(' ') || name.starts_with('"')) name.remove_prefix(1);
  while (name.ends_with(' ') || name.ends_with('"')) name.remove_suffix(1);
  return std::string(name);
}

}  // namespace shakedown::actors

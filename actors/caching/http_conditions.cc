#include "actors/caching/http_conditions.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "sim/time.h"

namespace shakedown::actors {
namespace {

// Weak comparison (RFC 9110 §8.8.3.2).
std::string_view opaque(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

bool matches(std::string_view list, std::string_view etag) {
  if (list == "*") return true;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view tag = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    while (tag.starts_with(' ')) tag.remove_prefix(1);
    while (tag.ends_with(' ')) tag.remove_suffix(1);
    if (!tag.empty() && opaque(tag) == opaque(etag)) return true;
  }
  return false;
}

bool is_unmodified(const sim::Headers& request, const sim::Headers& response) {
  if (const auto tags = request.get("If-None-Match")) {
    const auto etag = response.get("ETag");
    return etag && matches(*tags, *etag);
  }
  const auto since = request.get("If-Modified-Since");
  const auto modified = response.get("Last-Modified");
  if (!since || !modified) return false;
  const auto since_time = sim::parse_http_date(*since);
  const auto modified_time = sim::parse_http_date(*modified);
  return since_time && modified_time && *modified_time <= *since_time;
}

}  // namespace

sim::Response answer_conditionally(const sim::Headers& request, sim::Response response) {
  if (response.status != 200 || !is_unmodified(request, response.headers)) return response;
  constexpr std::array<std::string_view, 8> kKept{
      "Age", "Cache-Control", "Cache-Status", "Date", "Expires", "ETag", "Last-Modified", "Vary"};
  sim::Response not_modified;
  not_modified.status = 304;
  for (const auto& [name, value] : response.headers.fields()) {
    for (const std::string_view kept : kKept) {
      if (sim::equals_ignoring_case(name, kept)) not_modified.headers.add(name, value);
    }
  }
  return not_modified;
}

sim::Response without_body(sim::Response response) {
  response.body.clear();
  return response;
}

}  // namespace shakedown::actors

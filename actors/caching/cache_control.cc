#include "actors/caching/cache_control.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace shakedown::actors {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

struct Directive {
  std::string name;  // Lower case.
  std::string value;
};

// Takes the next directive off `rest`. Quoted strings may contain commas.
Directive next_directive(std::string_view& rest) {
  Directive directive;
  while (!rest.empty() && (is_blank(rest.front()) || rest.front() == ',')) rest.remove_prefix(1);
  std::size_t at = 0;
  bool in_value = false;
  bool quoted = false;
  for (; at < rest.size(); ++at) {
    const char c = rest[at];
    if (quoted && c == '\\' && at + 1 < rest.size()) {
      directive.value += rest[++at];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == ',') {
      break;
    } else if (!quoted && c == '=' && !in_value) {
      in_value = true;
    } else if (quoted || !is_blank(c)) {
      if (in_value) {
        directive.value += c;
      } else {
        directive.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      }
    }
  }
  rest.remove_prefix(at);
  return directive;
}

void restrict(std::optional<sim::Duration>& member, std::string_view value) {
  const sim::Duration seconds = parse_delta_seconds(value).value_or(sim::Duration{});
  member = member ? std::min(*member, seconds) : seconds;
}

}  // namespace

std::optional<sim::Duration> parse_delta_seconds(std::string_view text) {
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    seconds = std::min(kMost, seconds * 10 + (c - '0'));
  }
  return std::chrono::seconds{seconds};
}

CacheControl CacheControl::of(const sim::Headers& headers) {
  CacheControl control;
  for (std::string_view rest : headers.get_all("Cache-Control")) {
    while (!rest.empty()) {
      const Directive directive = next_directive(rest);
      const std::string& name = directive.name;
      if (name == "no-store") control.no_store = true;
      if (name == "no-cache") control.no_cache = true;
      if (name == "private") control.is_private = true;
      if (name == "public") control.is_public = true;
      if (name == "must-revalidate") control.must_revalidate = true;
      if (name == "proxy-revalidate") control.proxy_revalidate = true;
      if (name == "max-age") restrict(control.max_age, directive.value);
      if (name == "s-maxage") restrict(control.s_maxage, directive.value);
      if (name == "stale-if-error") restrict(control.stale_if_error, directive.value);
    }
  }
  return control;
}

}  // namespace shakedown::actors

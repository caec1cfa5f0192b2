#include "sim/message.h"

#include <algorithm>

#include "sim/octet_set.h"

namespace shakedown::sim {
namespace {

constexpr std::size_t kLongestUrl = 8192;

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

constexpr OctetSet kUrlOctets = OctetSet::where([](char c) { return c > ' ' && c < '\x7f'; });
constexpr OctetSet kHostOctets = alphanumeric_and("-._");
constexpr OctetSet kIpv6Octets = OctetSet::where([](char c) {
  return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || is_ascii_digit(c) || c == ':' ||
         c == '.';
});

// Reads "host[:port]" off the front of `rest`. False: no host or a bad port.
bool take_host(std::string_view& rest, UrlView& url) {
  std::size_t size = 0;
  if (rest.starts_with('[')) {
    size = 1 + kIpv6Octets.prefix_of(rest.substr(1));
    if (size < 4 || size == rest.size() || rest[size] != ']') return false;
    ++size;
  } else {
    size = kHostOctets.prefix_of(rest);
  }
  if (size == 0) return false;
  url.host = rest.substr(0, size);
  rest.remove_prefix(size);
  if (!rest.starts_with(':')) return true;
  rest.remove_prefix(1);
  std::uint32_t port = 0;
  std::size_t digits = 0;
  while (digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9') {
    port = port * 10 + static_cast<std::uint32_t>(rest[digits] - '0');
    if (port > 65535) return false;
    ++digits;
  }
  if (digits == 0 || port == 0) return false;
  url.port = static_cast<std::uint16_t>(port);
  rest.remove_prefix(digits);
  return true;
}

std::size_t decimal_digits(int number) {
  std::size_t digits = 1;
  for (int n = number; n >= 10; n /= 10) ++digits;
  return digits;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(),
                    [](char x, char y) { return x == y || lower(x) == lower(y); });
}

void Headers::set(std::string_view name, std::string value) {
  const auto same = [name](const Field& f) { return equals_ignoring_case(f.first, name); };
  const auto first = std::find_if(fields_.begin(), fields_.end(), same);
  if (first == fields_.end()) {
    fields_.emplace_back(std::string(name), std::move(value));
    return;
  }
  first->second = std::move(value);
  fields_.erase(std::remove_if(first + 1, fields_.end(), same), fields_.end());
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const Field& f) { return equals_ignoring_case(f.first, name); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const Field& field : fields_) {
    if (equals_ignoring_case(field.first, name)) return field.second;
  }
  return std::nullopt;
}

std::vector<std::string_view> Headers::get_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const Field& field : fields_) {
    if (equals_ignoring_case(field.first, name)) values.push_back(field.second);
  }
  return values;
}

std::size_t Headers::size_in_bytes() const {
  std::size_t size = 0;
  for (const Field& field : fields_) size += field.first.size() + field.second.size() + 4;
  return size;
}

// "METHOD SP target SP HTTP/1.1 CRLF", fields, CRLF, body. SIP/2.0 is one octet shorter; sizes are
// charged in segments, so that does not matter.
std::size_t Request::size_in_bytes() const {
  return method.size() + target.size() + 12 + headers.size_in_bytes() + 2 + body.size();
}

std::size_t Response::size_in_bytes() const {
  return decimal_digits(status) + reason.size() + 12 + headers.size_in_bytes() + 2 + body.size();
}

std::optional<UrlView> parse_url_view(std::string_view text) {
  if (text.size() > kLongestUrl) return std::nullopt;
  if (!kUrlOctets.has_all_of(text)) return std::nullopt;
  UrlView url;
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  url.scheme = text.substr(0, colon);
  std::string_view rest = text.substr(colon + 1);
  const bool sip =
      equals_ignoring_case(url.scheme, "sip") || equals_ignoring_case(url.scheme, "sips");
  if (!sip) {
    const bool http =
        equals_ignoring_case(url.scheme, "http") || equals_ignoring_case(url.scheme, "https");
    if (!http || !rest.starts_with("//")) return std::nullopt;
    rest.remove_prefix(2);
  }
  // The user part of a SIP URI may hold ';', '?' and '/' (RFC 3261 §25.1): '@' comes first there.
  const std::size_t at =
      rest.substr(0, sip ? rest.size() : find_any(rest, '/', '?', '#')).find('@');
  if (at != std::string_view::npos) {
    url.userinfo = rest.substr(0, at);
    rest.remove_prefix(at + 1);
  }
  if (!take_host(rest, url)) return std::nullopt;
  if (!rest.empty() && std::string_view(sip ? ";?" : "/?#").find(rest.front()) == rest.npos) {
    return std::nullopt;
  }
  if (!sip) {
    const std::size_t hash = rest.find('#');
    if (hash != std::string_view::npos) {
      url.fragment = rest.substr(hash + 1);
      rest = rest.substr(0, hash);
    }
  }
  const std::size_t question = rest.find('?');
  if (question != std::string_view::npos) {
    url.query = rest.substr(question + 1);
    rest = rest.substr(0, question);
  }
  url.path = rest;
  return url;
}

std::optional<Url> parse_url(std::string_view text) {
  const std::optional<UrlView> view = parse_url_view(text);
  if (!view) return std::nullopt;
  Url url;
  url.scheme = view->scheme;
  url.userinfo = view->userinfo;
  url.host = view->host;
  url.port = view->port;
  url.path = view->path;
  if (view->query) url.query.emplace(*view->query);
  if (view->fragment) url.fragment.emplace(*view->fragment);
  return url;
}

}  // namespace shakedown::sim

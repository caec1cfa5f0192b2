// HTTP and SIP messages as values. In virtual time they never become bytes; in wall time the
// listeners and clients of sim/wall_time write and read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/time.h"

namespace shakedown::sim {

enum class Protocol : std::uint8_t { kHttp, kSip };

// Header fields in the order they were added. Names compare without case (RFC 9110 §5.1, RFC 3261
// §7.3.1); a name may occur several times.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  Headers() = default;

  Headers(std::initializer_list<Field> fields)
      : fields_(fields) {}

  void add(std::string_view name, std::string value) {
    constexpr std::size_t kUsual = 9;  // Of an INVITE.
    if (fields_.capacity() == 0) fields_.reserve(kUsual);
    fields_.emplace_back(name, std::move(value));
  }

  void set(std::string_view name, std::string value);  // Replaces all fields of that name.
  void remove(std::string_view name);
  // The first field of that name, or nullopt. The view lives as long as the headers.
  std::optional<std::string_view> get(std::string_view name) const;
  std::vector<std::string_view> get_all(std::string_view name) const;

  const std::vector<Field>& fields() const { return fields_; }

  std::size_t size_in_bytes() const;

 private:
  std::vector<Field> fields_;
};

bool same_letters(std::string_view a, std::string_view b);  // Of equal size.

// Of ASCII letters. Most names that are compared differ in length.
inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && same_letters(a, b);
}

std::string lower_case(std::string_view text);  // Of ASCII letters.

// `target`: for HTTP an absolute URL ("https://cr.acme-tel.test/acme/1.pem"), for SIP the
// Request-URI
// ("sip:+14155550100@beta-voice.test"). The host part decides which actor gets it.
struct Request {
  Protocol protocol = Protocol::kHttp;
  std::string method;
  std::string target;
  Headers headers;
  std::string body;

  std::size_t size_in_bytes() const;
};

struct Response {
  int status = 0;
  std::string reason;  // SIP reason phrase; empty for HTTP.
  Headers headers;
  std::string body;

  std::size_t size_in_bytes() const;
};

// The pieces of a target that routing and policies look at. No normalisation is done.
struct Url {
  std::string scheme;    // "https", "http", "sip"
  std::string userinfo;  // Before '@', without it.
  std::string host;
  std::optional<std::uint16_t> port;
  std::string path;                     // With the leading slash, "" if absent.
  std::optional<std::string> query;     // Without '?'; present also when empty.
  std::optional<std::string> fragment;  // Without '#'; present also when empty.
};

// Splits an absolute URI of http, https, sip or sips, at most 8 KiB of printable ASCII. nullopt:
// not one, or no host, or a bad port.
std::optional<Url> parse_url(std::string_view text);

// The same without copies: the views point into the text. For the hot path.
struct UrlView {
  std::string_view scheme, userinfo, host;
  std::optional<std::uint16_t> port;
  std::string_view path;
  std::optional<std::string_view> query, fragment;
};

std::optional<UrlView> parse_url_view(std::string_view text);

// What came of an exchange. A response with an error status is still kResponse.
struct Answer {
  enum class Kind : std::uint8_t { kResponse, kTimeout, kUnreachable };

  // What came of asking one of the host's addresses.
  struct Attempt {
    std::string listener;  // The actor's name.
    Kind kind = Kind::kUnreachable;
    std::string detail;  // As below.
    Duration took{};
  };

  Kind kind = Kind::kUnreachable;
  Response response;            // Only for kResponse.
  std::string detail;           // For the others: "connection refused", "reset by peer", ...
  bool new_connection = false;  // TCP and TLS were set up for this exchange.
  bool refused = false;         // Nobody accepted the connection: nothing of the request was done.
  // The addresses that were tried, in order, at a host that has several; else empty.
  std::vector<Attempt> attempts;

  bool has_status(int status) const { return kind == Kind::kResponse && response.status == status; }
};

// What a client does whose first address does not answer, at a host of several (sim/resolver.h).
enum class Retry : bool { kNone, kNextAddress };

}  // namespace shakedown::sim

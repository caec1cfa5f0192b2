#include "crypto/octets/der.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <limits>

namespace shakedown::crypto::der {
namespace {

constexpr std::uint8_t as_octet(char c) { return static_cast<std::uint8_t>(c); }

void append_length(Bytes& out, std::size_t length) {
  if (length < 0x80) {
    out.push_back(static_cast<char>(length));
    return;
  }
  int octets = 0;
  for (std::size_t rest = length; rest != 0; rest >>= 8) ++octets;
  out.push_back(static_cast<char>(0x80 | octets));
  for (int i = octets - 1; i >= 0; --i) out.push_back(static_cast<char>(length >> (8 * i) & 0xff));
}

void append_base128(Bytes& out, std::uint64_t value) {
  int groups = 1;
  for (std::uint64_t rest = value >> 7; rest != 0; rest >>= 7) ++groups;
  for (int i = groups - 1; i >= 0; --i) {
    out.push_back(static_cast<char>((value >> (7 * i) & 0x7f) | (i != 0 ? 0x80u : 0u)));
  }
}

// Reads `count` digits at `position`; -1 if one is not a digit.
int digits(std::string_view text, std::size_t position, std::size_t count) {
  int value = 0;
  for (std::size_t i = position; i < position + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

Bytes element(std::uint8_t tag, std::string_view content) {
  Bytes out;
  out.reserve(content.size() + 6);
  out.push_back(static_cast<char>(tag));
  append_length(out, content.size());
  out.append(content);
  return out;
}

Bytes sequence(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  Bytes out;
  out.reserve(size + 6);
  out.push_back(static_cast<char>(kSequence));
  append_length(out, size);
  for (const std::string_view part : parts) out.append(part);
  return out;
}

Bytes integer(std::uint64_t value) {
  Bytes content;
  int octets = 1;
  for (std::uint64_t rest = value >> 8; rest != 0; rest >>= 8) ++octets;
  if ((value >> (8 * octets - 1) & 1) != 0) content.push_back('\0');
  for (int i = octets - 1; i >= 0; --i)
    content.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return element(kInteger, content);
}

Bytes bit_string(std::string_view octets) {
  Bytes content(1, '\0');
  content.append(octets);
  return element(kBitString, content);
}

Bytes boolean(bool value) { return element(kBoolean, value ? "\xff" : std::string_view("\0", 1)); }

Result<Bytes> object_identifier(std::string_view dotted) {
  const auto malformed = [&] {
    return fail(ErrorCode::kMalformed, fmt::format("'{}' is not an object identifier", dotted));
  };
  Bytes content;
  std::uint64_t first = 0;
  std::size_t arcs = 0;
  const char* cursor = dotted.data();
  const char* const end = cursor + dotted.size();
  while (true) {
    std::uint64_t arc = 0;
    const auto [next, error] = std::from_chars(cursor, end, arc);
    if (error != std::errc{} || (*cursor == '0' && next - cursor > 1)) return malformed();
    if (arcs == 0) {
      if (arc > 2) return malformed();
      first = arc;
    } else if (arcs == 1) {
      if (first < 2 && arc > 39) return malformed();
      if (arc > std::numeric_limits<std::uint64_t>::max() - 80) return malformed();
      append_base128(content, first * 40 + arc);
    } else {
      append_base128(content, arc);
    }
    ++arcs;
    cursor = next;
    if (cursor == end) break;
    if (*cursor++ != '.') return malformed();
  }
  if (arcs < 2) return malformed();
  return element(kOid, content);
}

Bytes known_object_identifier(std::string_view dotted) {
  Result<Bytes> encoded = object_identifier(dotted);
  SHAKEDOWN_ASSERT(encoded.has_value());
  return *std::move(encoded);
}

namespace {

struct TimeText {
  int year = 0;
  std::string rest;  // "MMDDhhmmssZ"
};

TimeText time_text(sim::Time value) {
  namespace chrono = std::chrono;
  const std::int64_t seconds = sim::unix_seconds(value);
  const chrono::sys_seconds instant{chrono::seconds{seconds}};
  const auto day = chrono::floor<chrono::days>(instant);
  const chrono::year_month_day date{day};
  const chrono::hh_mm_ss clock{instant - day};
  return {static_cast<int>(date.year()),
          fmt::format("{:02}{:02}{:02}{:02}{:02}Z", static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()), clock.hours().count(),
                      clock.minutes().count(), clock.seconds().count())};
}

}  // namespace

Bytes time(sim::Time value) {
  const TimeText text = time_text(value);
  if (text.year >= 1950 && text.year < 2050) {
    return element(kUtcTime, fmt::format("{:02}", text.year % 100) + text.rest);
  }
  return element(kGeneralizedTime, fmt::format("{:04}", text.year) + text.rest);
}

Bytes generalized_time(sim::Time value) {
  const TimeText text = time_text(value);
  return element(kGeneralizedTime, fmt::format("{:04}", text.year) + text.rest);
}

std::optional<std::uint8_t> Reader::peek_tag() const {
  if (!ok_ || rest_.empty()) return std::nullopt;
  return as_octet(rest_[0]);
}

std::optional<Element> Reader::next() {
  const auto failed = [this]() -> std::optional<Element> {
    ok_ = false;
    return std::nullopt;
  };
  if (!ok_ || rest_.size() < 2) return failed();
  const std::uint8_t tag = as_octet(rest_[0]);
  if ((tag & 0x1f) == 0x1f) return failed();  // High tag numbers occur nowhere in our structures.
  std::size_t header = 2;
  std::size_t length = as_octet(rest_[1]);
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7f;
    // Four octets are enough for any list that we read; 0 would be the indefinite form.
    if (octets == 0 || octets > 4 || rest_.size() < 2 + octets || rest_[2] == '\0') return failed();
    length = 0;
    for (std::size_t i = 0; i < octets; ++i) length = length << 8 | as_octet(rest_[2 + i]);
    if (length < 0x80) return failed();
    header += octets;
  }
  if (rest_.size() - header < length) return failed();
  const Element element{tag, rest_.substr(header, length), rest_.substr(0, header + length)};
  rest_.remove_prefix(header + length);
  return element;
}

std::optional<Element> Reader::next(std::uint8_t tag) {
  if (peek_tag() != tag) {
    ok_ = false;
    return std::nullopt;
  }
  return next();
}

std::optional<Element> Reader::optional_next(std::uint8_t tag) {
  if (peek_tag() != tag) return std::nullopt;
  return next();
}

Result<std::string> oid_text(std::string_view content) {
  const auto malformed = [] { return fail(ErrorCode::kMalformed, "malformed object identifier"); };
  if (content.empty() || (as_octet(content.back()) & 0x80) != 0) return malformed();
  std::string text;
  std::uint64_t arc = 0;
  bool at_start = true;
  for (const char c : content) {
    if (at_start && as_octet(c) == 0x80) return malformed();  // Not minimal.
    if (arc > std::numeric_limits<std::uint64_t>::max() >> 7) return malformed();
    arc = arc << 7 | (as_octet(c) & 0x7f);
    at_start = (as_octet(c) & 0x80) == 0;
    if (!at_start) continue;
    if (text.empty()) {
      const std::uint64_t first = arc < 80 ? arc / 40 : 2;
      text = fmt::format("{}.{}", first, arc - first * 40);
    } else {
      text += fmt::format(".{}", arc);
    }
    arc = 0;
  }
  return text;
}

Result<sim::Time> read_time(const Element& element) {
  namespace chrono = std::chrono;
  const auto malformed = [] { return fail(ErrorCode::kMalformed, "malformed time"); };
  const std::string_view text = element.content;
  const std::size_t year_digits = element.tag == kUtcTime ? 2 : 4;
  if (element.tag != kUtcTime && element.tag != kGeneralizedTime) return malformed();
  // RFC 5280 §4.1.2.5: seconds are present, no fraction, always Z.
  if (text.size() != year_digits + 11 || text.back() != 'Z') return malformed();
  int year = digits(text, 0, year_digits);
  if (year < 0) return malformed();
  if (year_digits == 2) year += year < 50 ? 2000 : 1900;
  std::array<int, 5> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i] = digits(text, year_digits + 2 * i, 2);
    if (parts[i] < 0) return malformed();
  }
  const chrono::year_month_day date{chrono::year{year},
                                    chrono::month{static_cast<unsigned>(parts[0])},
                                    chrono::day{static_cast<unsigned>(parts[1])}};
  if (!date.ok() || parts[2] > 23 || parts[3] > 59 || parts[4] > 59) return malformed();
  // Integer nanoseconds end in 2262; "no well-defined expiration" (99991231235959Z) is for ever.
  if (year > 2261) return sim::kNever;
  if (year < 1678) return sim::Time::min();
  const chrono::sys_seconds instant = chrono::sys_days{date} + chrono::hours{parts[2]} +
                                      chrono::minutes{parts[3]} + chrono::seconds{parts[4]};
  return sim::from_unix_seconds(instant.time_since_epoch().count());
}

std::optional<std::string_view> only_sequence(std::string_view value) {
  Reader reader(value);
  const auto sequence = reader.next(kSequence);
  if (!sequence || !reader.finished()) return std::nullopt;
  return sequence->content;
}

std::optional<std::string> read_oid(Reader& reader) {
  const auto element = reader.next(kOid);
  if (!element) return std::nullopt;
  Result<std::string> text = oid_text(element->content);
  if (!text) return std::nullopt;
  return *std::move(text);
}

Bytes positive_integer(std::string_view magnitude) {
  while (magnitude.size() > 1 && magnitude[0] == '\0') magnitude.remove_prefix(1);
  Bytes content;
  if (magnitude.empty() || (magnitude[0] & 0x80) != 0) content.push_back('\0');
  return content.append(magnitude);
}

}  // namespace shakedown::crypto::der

#include "scenarios/language/values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <regex>

#include "scenarios/language/parse.h"
#include "sim/wide_integer.h"

namespace shakedown::scenarios {
namespace {

constexpr std::int64_t k2000 = 946'684'800;    // 2000-01-01T00:00:00Z
constexpr std::int64_t k2100 = 4'102'444'800;  // 2100-01-01T00:00:00Z

// Sums of a few of them fit into 64 bits of nanoseconds.
constexpr sim::Duration kLongestDuration = std::chrono::hours{24 * 10'000};

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

std::shared_ptr<Shape> scalar_shape(std::string words, std::string schema) {
  auto shape = std::make_shared<Shape>();
  shape->words = std::move(words);
  shape->schema = std::move(schema);
  return shape;
}

std::string pattern_schema(std::string_view pattern) {
  std::string escaped;
  for (const char c : pattern)
    escaped += c == '\\' || c == '"' ? std::string{'\\', c} : std::string{c};
  return fmt::format(R"({{"type": "string", "pattern": "{}"}})", escaped);
}

template <class Integer>
std::string integer_schema(Integer lowest, Integer highest) {
  return fmt::format(R"({{"type": "integer", "minimum": {}, "maximum": {}}})", lowest, highest);
}

// A scalar that `read` turns into a value or into the reason why not.
template <class V, class Read>
Value<V> scalar(std::string words, std::string schema, Read read) {
  return {scalar_shape(words, std::move(schema)),
          [words, read](Reader& reader, const Node& node, V& into) {
            if (!reader.is_scalar(node, words)) return false;
            const Result<V> value = read(node);
            if (!value) {
              reader.wrong_value(node, words, value.error().detail);
              return false;
            }
            into = *value;
            return true;
          }};
}

// As `scalar`, but the text is kept even when it is wrong, so that what refers to it is not
// reported a second time.
template <class Check>
Value<std::string> checked_text(std::string words, std::string schema, Check check) {
  return {scalar_shape(words, std::move(schema)),
          [words, check](Reader& reader, const Node& node, std::string& into) {
            if (!reader.is_scalar(node, words)) return false;
            into = node.text;
            const Status status = check(node.text);
            if (!status) reader.wrong_value(node, words, status.error().detail);
            return status.has_value();
          }};
}

tl::unexpected<Error> no(std::string why = {}) {
  return fail(ErrorCode::kMalformed, std::move(why));
}

// "not a duration: '90' (a number without a unit)": what it is not is said already.
std::string reason_in(const std::string& detail) {
  const std::size_t open = detail.find('(');
  if (open == std::string::npos || !detail.ends_with(')')) return detail;
  return detail.substr(open + 1, detail.size() - open - 2);
}

template <class Integer>
Result<Integer> plain_integer(const Node& node, Integer lowest, Integer highest) {
  if (node.quoted) return no("write it without quotes");
  std::string_view digits = node.text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const bool decimal = !digits.empty() && consists_of(digits, kDigits);
  if (!decimal) return no();
  // YAML 1.1 reads 0123 as 83 and YAML 1.2 as 123.
  if (digits.size() > 1 && digits.front() == '0') return no("write it without leading zeros");
  Integer value{};
  const auto* end = node.text.data() + node.text.size();
  const auto [stop, error] = std::from_chars(node.text.data(), end, value);
  if (error != std::errc{} || stop != end || value < lowest || value > highest) {
    return no(fmt::format("{} to {} allowed", lowest, highest));
  }
  return value;
}

// A decimal number times `scale`, exactly; nullopt if digits are lost or it does not fit.
std::optional<std::uint64_t> scaled(std::string_view text, std::uint64_t scale) {
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction =
      dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  if (whole.empty() || whole.size() > 18 || !consists_of(whole, kDigits) ||
      !consists_of(fraction, kDigits) || (dot != std::string_view::npos && fraction.empty())) {
    return std::nullopt;
  }
  sim::Uint128 value = 0;
  for (const char c : whole) value = value * 10 + static_cast<unsigned>(c - '0');
  value *= scale;
  for (const char c : fraction) {
    const auto digit = static_cast<unsigned>(c - '0');
    if (scale % 10 != 0) {
      if (digit != 0) return std::nullopt;
      continue;
    }
    scale /= 10;
    value += digit * scale;
  }
  if (value > INT64_MAX) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

Value<sim::Duration> duration_from(sim::Duration lowest, std::string words) {
  const std::string sign = lowest < sim::Duration{} ? "-?" : "";
  const std::string schema =
      fmt::format(R"({{"anyOf": [{}, {{"const": 0}}]}})",
                  pattern_schema("^" + sign + R"(([0-9]+(\.[0-9]+)?(d|h|ms|m|s|us|ns) *)+$|^0$)"));
  return scalar<sim::Duration>(
      std::move(words), schema, [lowest](const Node& node) -> Result<sim::Duration> {
        const Result<sim::Duration> value = sim::parse_duration(node.text);
        if (!value) return no(reason_in(value.error().detail));
        if (*value < lowest) {
          return no(*value < sim::Duration{} ? "it is negative" : "it must be longer than 0");
        }
        if (*value > kLongestDuration || *value < -kLongestDuration) {
          return no("more than 10,000 days");
        }
        return *value;
      });
}

struct ByteUnit {
  std::string_view name;
  std::uint64_t octets;  // Times 8: bits are the smallest.
};

constexpr std::array kByteUnits{
    ByteUnit{"Gbit", 1'000'000'000},
    ByteUnit{"Mbit", 1'000'000},
    ByteUnit{"kbit", 1'000},
    ByteUnit{"GiB", std::uint64_t{8} << 30},
    ByteUnit{"MiB", std::uint64_t{8} << 20},
    ByteUnit{"KiB", std::uint64_t{8} << 10},
    ByteUnit{"GB", 8'000'000'000},
    ByteUnit{"MB", 8'000'000},
    ByteUnit{"kB", 8'000},
    ByteUnit{"KB", 8'000},
    ByteUnit{"B", 8},
};

Result<std::uint64_t> size_of(std::string_view text) {
  for (const ByteUnit& unit : kByteUnits) {
    if (!text.ends_with(unit.name)) continue;
    std::string_view number = text.substr(0, text.size() - unit.name.size());
    if (number.ends_with(' ')) number.remove_suffix(1);
    const auto bits = scaled(number, unit.octets);
    if (!bits || *bits % 8 != 0 || *bits == 0) return no();
    return *bits / 8;
  }
  return no("units are B, kB, MB, GB, KiB, MiB, GiB, kbit, Mbit, Gbit");
}

constexpr std::string_view kSizePattern = R"(^[0-9]+(\.[0-9]+)? ?([kKMG]B|[KMG]iB|B|[kMG]bit))";

}  // namespace

Value<std::string> text() {
  constexpr std::size_t kLongest = 2'000;
  return checked_text("text", R"({"type": "string", "minLength": 1, "maxLength": 2000})",
                      [](const std::string& given) -> Status {
                        if (given.empty()) return no("it is empty");
                        if (given.size() > kLongest) return no("it is too long");
                        return {};
                      });
}

Value<std::string> word(std::string words, std::string pattern) {
  const std::regex expression(pattern);
  return checked_text(std::move(words), pattern_schema(pattern),
                      [expression](const std::string& given) -> Status {
                        if (given.size() > 512) return no("it is too long");
                        if (!std::regex_match(given, expression)) return no();
                        return {};
                      });
}

Value<std::string> name() {
  return checked_text("a name (small letters, digits and '-', at most 63)",
                      pattern_schema("^[a-z0-9][a-z0-9-]{0,62}$"),
                      [](const std::string& given) -> Status {
                        const std::string letters = std::string(kLower) + std::string(kDigits);
                        if (given.empty() || given.size() > 63 || given.front() == '-' ||
                            !consists_of(given, letters + "-")) {
                          return no();
                        }
                        return {};
                      });
}

Value<std::string> spc() {
  // A number for editors, too: unquoted digits are text for us.
  return checked_text(
      "a service provider code (1 to 10 capital letters and digits; 4 in North America)",
      R"({"type": ["string", "number"], "pattern": "^[A-Z0-9]{1,10}$"})",
      [](const std::string& given) -> Status {
        if (given.empty() || given.size() > 10 ||
            !consists_of(given, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")) {
          return no();
        }
        return {};
      });
}

Value<std::string> url() {
  return word("an http or https URL",
              R"(^https?://[A-Za-z0-9._~\[\]:-]+(/[A-Za-z0-9._~/%:@!$&'()*+,;=?-]*)?$)");
}

Value<std::string> host_port() {
  return word("HOST:PORT", R"(^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$)");
}

Value<sim::Duration> duration() {
  return duration_from(sim::Duration{}, "a duration, such as 90d, 24h, 2h 5m or 40ms");
}

Value<sim::Duration> positive_duration() {
  return duration_from(sim::Duration{1}, "a duration longer than 0, such as 90d, 2h 5m or 40ms");
}

Value<sim::Duration> signed_duration() {
  return duration_from(sim::Duration::min(), "a duration, such as 5m or -40ms");
}

Value<sim::Time> time() {
  return scalar<sim::Time>(
      "a time of RFC 3339, such as 2026-01-05T09:00:00Z",
      pattern_schema("^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})$"),
      [](const Node& node) -> Result<sim::Time> {
        const Result<sim::Time> value = sim::parse_time(node.text);
        if (!value) return no(reason_in(value.error().detail));
        if (*value < sim::from_unix_seconds(k2000) || *value >= sim::from_unix_seconds(k2100)) {
          return no("years 2000 to 2099 allowed");
        }
        return *value;
      });
}

Value<bool> boolean() {
  return scalar<bool>("true or false", R"({"type": "boolean"})",
                      [](const Node& node) -> Result<bool> {
                        if (!node.quoted) {
                          if (node.text == "true" || node.text == "True" || node.text == "TRUE")
                            return true;
                          if (node.text == "false" || node.text == "False" || node.text == "FALSE")
                            return false;
                        }
                        if (node.quoted) return no("write it without quotes");
                        return no();
                      });
}

Value<std::int64_t> integer(std::int64_t lowest, std::int64_t highest) {
  return scalar<std::int64_t>(
      "a whole number", integer_schema(lowest, highest),
      [lowest, highest](const Node& node) { return plain_integer(node, lowest, highest); });
}

Value<std::uint64_t> count(std::uint64_t lowest, std::uint64_t highest) {
  return scalar<std::uint64_t>(
      "a whole number", integer_schema(lowest, highest),
      [lowest, highest](const Node& node) { return plain_integer(node, lowest, highest); });
}

Value<std::uint32_t> percentage(std::uint32_t highest_per_million) {
  return scalar<std::uint32_t>(
      "a percentage, such as 99.9%", pattern_schema(R"(^[0-9]{1,3}(\.[0-9]{1,4})?%$)"),
      [highest_per_million](const Node& node) -> Result<std::uint32_t> {
        const std::string_view given = node.text;
        if (!given.ends_with('%')) return no();
        const auto value = scaled(given.substr(0, given.size() - 1), 10'000);
        if (!value) return no("at most four decimals");
        if (*value > highest_per_million) {
          return no(fmt::format("at most {}% allowed", highest_per_million / 10'000));
        }
        return static_cast<std::uint32_t>(*value);
      });
}

Value<std::uint64_t> bandwidth() {
  return scalar<std::uint64_t>("a bandwidth, such as 10MB/s or 100Mbit/s",
                               pattern_schema(std::string(kSizePattern) + "/s$"),
                               [](const Node& node) -> Result<std::uint64_t> {
                                 const std::string_view given = node.text;
                                 if (!given.ends_with("/s")) return no("it ends in /s");
                                 return size_of(given.substr(0, given.size() - 2));
                               });
}

Value<std::uint64_t> octets() {
  return scalar<std::uint64_t>("a size, such as 512B or 16KiB",
                               pattern_schema(std::string(kSizePattern) + "$"),
                               [](const Node& node) { return size_of(node.text); });
}

Value<char> attestation() {
  return turned(one_of({{"A", "Full: the caller is known, and may use the number."},
                        {"B", "Partial: the caller is known, his right to the number is not."},
                        {"C", "Gateway: the call came from elsewhere."}}),
                [](const std::string& word) { return word.empty() ? 'A' : word.front(); });
}

Value<Rate> rate() {
  return scalar<Rate>(
      "a rate, such as 2/s, 1/3s, 100/min or 600/h",
      pattern_schema(R"(^[0-9]{1,9}/([0-9]+(\.[0-9]+)?)?(ms|s|m|min|h|d)$)"),
      [](const Node& node) -> Result<Rate> {
        const std::size_t slash = node.text.find('/');
        if (slash == std::string::npos) return no();
        const std::string_view calls = std::string_view(node.text).substr(0, slash);
        std::string per = node.text.substr(slash + 1);
        if (per.ends_with("min")) per.resize(per.size() - 2);
        if (!per.empty() && kDigits.find(per.front()) == std::string_view::npos) per = "1" + per;
        Rate result;
        if (calls.empty() || calls.size() > 9 || !consists_of(calls, kDigits)) {
          return no("the number of calls before '/' is a whole number; 1/2s is one in 2 seconds");
        }
        std::from_chars(calls.data(), calls.data() + calls.size(), result.calls);
        const Result<sim::Duration> duration = sim::parse_duration(per);
        if (!duration) return no(reason_in(duration.error().detail));
        if (result.calls == 0 || *duration <= sim::Duration{}) return no("it must be more than 0");
        result.per = *duration;
        return result;
      });
}

namespace detail {

Value<std::size_t> word_of(Words words, std::string what) {
  std::vector<std::string> names;
  for (const auto& [word, description] : words) names.push_back(word);
  const std::string list = fmt::format("{}", fmt::join(names, ", "));
  if (what.empty()) what = (names.size() > 1 ? "one of " : "") + list;
  auto shape = scalar_shape(what, fmt::format(R"({{"enum": ["{}"]}})", fmt::join(names, "\", \"")));
  shape->allowed = std::move(words);
  return {shape, [names, list, what](Reader& reader, const Node& node, std::size_t& into) {
            if (!reader.is_scalar(node, what)) return false;
            const auto found = std::find(names.begin(), names.end(), node.text);
            if (found != names.end()) {
              into = static_cast<std::size_t>(found - names.begin());
              return true;
            }
            if (reader.is_full()) {
              reader.count_one_more();
              return false;
            }
            const std::string near = nearest(node.text, names);
            const bool lists_all = what.ends_with(list);
            reader.wrong_value(node, what,
                               !near.empty() ? fmt::format("did you mean '{}'?", near)
                               : lists_all   ? std::string{}
                                             : "expected one of " + list);
            return false;
          }};
}

}  // namespace detail

Value<std::string> one_of(Words words, std::string what) {
  std::vector<std::string> names;
  for (const auto& [word, description] : words) names.push_back(word);
  return turned(detail::word_of(std::move(words), std::move(what)),
                [names](std::size_t index) { return names[index]; });
}

Value<std::string> reference(Role role) {
  const std::string words = fmt::format("the name of {} {}", article_for(role), words_for(role));
  return {scalar_shape(words, R"({"type": "string"})"),
          [role, words](Reader& reader, const Node& node, std::string& into) {
            if (!reader.is_scalar(node, words)) return false;
            if (node.text.empty()) {
              reader.wrong_value(node, words);
              return false;
            }
            into = node.text;
            reader.refer(role, node, node.text);
            return true;
          }};
}

}  // namespace shakedown::scenarios

// Telephone numbers, prefixes and ranges in scenarios.
#include <fmt/format.h>

#include <charconv>

#include "scenarios/language/parse.h"
#include "scenarios/language/values.h"

namespace shakedown::scenarios {
namespace {

constexpr std::string_view kWords =
    "a telephone number, prefix or range, such as \"+12015550100\", \"+1201555\" or "
    "\"+12015550100-12015550199\"";

// Prefixes are completed to the length of a North American number.
constexpr std::size_t kCompleteDigits = 11;
constexpr std::size_t kMostDigits = 15;  // E.164 §6

bool is_number(std::string_view digits) {
  return !digits.empty() && digits.size() <= kMostDigits && digits.front() != '0' &&
         digits.find_first_not_of(kDigits) == std::string_view::npos;
}

std::uint64_t value_of(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// +1 NPA 555 XXXX: the first seven digits decide.
bool is_fictional_prefix(std::string_view digits) {
  return digits.size() >= 7 && digits.size() <= kCompleteDigits && digits[0] == '1' &&
         digits[1] >= '2' && digits.substr(4, 3) == "555";
}

Result<NumberRange> range_of(std::string_view text, bool allow_any) {
  if (!text.starts_with('+')) {
    return fail(ErrorCode::kMalformed, "it begins with '+' and the country code");
  }
  text.remove_prefix(1);
  const std::size_t dash = text.find('-');
  const std::string_view first = text.substr(0, dash);
  std::string_view last = dash == std::string_view::npos ? first : text.substr(dash + 1);
  if (last.starts_with('+')) last.remove_prefix(1);
  if (!is_number(first) || !is_number(last)) {
    return fail(ErrorCode::kMalformed, "only digits follow '+', at most 15");
  }
  if (!allow_any && !(is_fictional_prefix(first) && is_fictional_prefix(last))) {
    return fail(ErrorCode::kRefused,
                "it is not fictional: only +1 NPA 555 XXXX is allowed (or --allow-numbers)");
  }
  if (dash != std::string_view::npos) {
    if (first.size() != last.size() || first.size() < kCompleteDigits) {
      return fail(ErrorCode::kMalformed, "a range is two complete numbers of one length");
    }
    if (value_of(last) < value_of(first)) {
      return fail(ErrorCode::kMalformed, "the range ends before it begins");
    }
    if (!allow_any && first.substr(0, 7) != last.substr(0, 7)) {
      return fail(ErrorCode::kRefused,
                  "it is not fictional throughout: a range stays within +1 NPA 555 XXXX");
    }
    return NumberRange{std::string(first), value_of(last) - value_of(first) + 1};
  }
  NumberRange range{std::string(first), 1};
  while (range.first.size() < kCompleteDigits) {
    range.first += '0';
    range.count *= 10;
  }
  return range;
}

}  // namespace

Value<NumberRange> number_range() {
  auto shape = std::make_shared<Shape>();
  shape->words = kWords;
  // A number for editors, too: unquoted digits are text for us.
  shape->schema = R"({"type": ["string", "number"], )"
                  R"("pattern": "^\\+[1-9][0-9]{0,14}(-\\+?[1-9][0-9]{0,14})?$"})";
  return {shape, [](Reader& reader, const Node& node, NumberRange& into) {
            if (!reader.is_scalar(node, kWords)) return false;
            Result<NumberRange> range = range_of(node.text, reader.options().allow_numbers);
            if (!range) {
              // The rail against misuse is not a matter of form: say only what is refused.
              reader.problem(node, range.error().code == ErrorCode::kRefused
                                       ? fmt::format("{} is refused, {}", in_quotes(node.text),
                                                     range.error().detail)
                                       : fmt::format("{} is not {}: {}", in_quotes(node.text),
                                                     kWords, range.error().detail));
              return false;
            }
            into = *std::move(range);
            return true;
          }};
}

Value<NumberRanges> number_ranges() { return list_of(number_range(), 1, 10'000); }

}  // namespace shakedown::scenarios

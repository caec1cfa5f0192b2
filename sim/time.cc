#include "sim/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "sim/wide_integer.h"

namespace shakedown::sim {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> kLongWeekdays = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
// Whole years that 64 bits of nanoseconds hold.
constexpr int kFirstYear = 1678;
constexpr int kLastYear = 2261;

// Takes pieces off the front of a text. Each reader says whether it found what it wanted.
class Scanner {
 public:
  explicit Scanner(std::string_view text)
      : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  // One of two characters that mean the same.
  bool either(char a, char b) {
    if (rest_.empty() || (rest_.front() != a && rest_.front() != b)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `digits` decimal digits.
  bool number(int digits, int& value) {
    if (rest_.size() < static_cast<std::size_t>(digits)) return false;
    value = 0;
    for (int i = 0; i < digits; ++i) {
      const char c = rest_[static_cast<std::size_t>(i)];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(static_cast<std::size_t>(digits));
    return true;
  }

  // Between one and nine decimals, as nanoseconds.
  bool decimals(std::int64_t& nanoseconds) {
    int count = 0;
    nanoseconds = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9') {
      if (++count > 9) return false;
      nanoseconds = nanoseconds * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    for (int i = count; i < 9; ++i) nanoseconds *= 10;
    return count > 0;
  }

  template <std::size_t N>
  bool one_of(const std::array<std::string_view, N>& names, int& index) {
    for (std::size_t i = 0; i < N; ++i) {
      if (!literal(names[i])) continue;
      index = static_cast<int>(i);
      return true;
    }
    return false;
  }

 private:
  std::string_view rest_;
};

struct DateTime {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::int64_t nanoseconds = 0;
};

std::optional<Time> to_time(const DateTime& d) {
  if (d.year < kFirstYear || d.year > kLastYear || d.month < 1 || d.month > 12 || d.day < 1 ||
      d.hour > 23 || d.minute > 59 || d.second > 59) {
    return std::nullopt;
  }
  const chrono::year_month_day date{chrono::year{d.year},
                                    chrono::month{static_cast<unsigned>(d.month)},
                                    chrono::day{static_cast<unsigned>(d.day)}};
  if (!date.ok()) return std::nullopt;
  return Time{chrono::sys_days{date}.time_since_epoch() + chrono::hours{d.hour} +
              chrono::minutes{d.minute} + chrono::seconds{d.second} + Duration{d.nanoseconds}};
}

struct Broken {
  int year;
  unsigned month, day, weekday;
  int hour, minute, second;
  std::int64_t nanoseconds;
};

Broken break_down(Time time) {
  const auto since = time.time_since_epoch();
  const auto days = chrono::floor<chrono::days>(since);
  const chrono::year_month_day date{chrono::sys_days{days}};
  const chrono::hh_mm_ss<Duration> clock{since - days};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          chrono::weekday{chrono::sys_days{days}}.c_encoding(),
          static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()),
          static_cast<int>(clock.seconds().count()),
          clock.subseconds().count()};
}

// "sec-fraction" or the decimals of a duration: nine digits without the zeros at the end.
std::string trimmed_decimals(std::int64_t value, int digits) {
  std::string text = fmt::format("{:0{}}", value, digits);
  while (!text.empty() && text.back() == '0') text.pop_back();
  return text;
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::array<Unit, 7> kUnits = {{{"d", 86'400'000'000'000},
                                         {"h", 3'600'000'000'000},
                                         {"m", 60'000'000'000},
                                         {"s", 1'000'000'000},
                                         {"ms", 1'000'000},
                                         {"us", 1'000},
                                         {"ns", 1}}};

// "12" or "1.5" times `unit`, exactly, or nullopt.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t unit) {
  constexpr Int128 kLimit = std::numeric_limits<std::int64_t>::max();
  Int128 value = 0;
  std::int64_t fraction_unit = unit;
  bool in_fraction = false;
  int digits = 0;
  for (const char c : number) {
    if (c == '.') {
      if (in_fraction || digits == 0) return std::nullopt;
      in_fraction = true;
      digits = 0;
      continue;
    }
    ++digits;
    if (in_fraction) {
      if (c == '0' && fraction_unit % 10 != 0) continue;
      const std::int64_t scaled_digit = fraction_unit * (c - '0');
      if (scaled_digit % 10 != 0) return std::nullopt;  // Finer than a nanosecond.
      value += scaled_digit / 10;
      // Past the last whole fraction only zeros may follow: one is a unit that no digit divides.
      fraction_unit = fraction_unit % 10 == 0 ? fraction_unit / 10 : 1;
    } else {
      value = value * 10 + static_cast<Int128>(c - '0') * unit;
    }
    if (value > kLimit || digits > 19) return std::nullopt;
  }
  if (digits == 0) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

tl::unexpected<Error> bad_time(std::string_view text) {
  return fail(ErrorCode::kMalformed, fmt::format("not a time: '{}'", text.substr(0, 64)));
}

tl::unexpected<Error> bad_duration(std::string_view text, std::string_view why) {
  return fail(ErrorCode::kMalformed,
              fmt::format("not a duration: '{}' ({})", text.substr(0, 64), why));
}

// The three forms that RFC 9110 §5.6.7 asks recipients to read.
bool read_imf_fixdate(Scanner in, DateTime& d) {
  int weekday = 0;
  const bool ok = in.one_of(kWeekdays, weekday) && in.literal(", ") && in.number(2, d.day) &&
                  in.literal(" ") && in.one_of(kMonths, d.month) && in.literal(" ") &&
                  in.number(4, d.year) && in.literal(" ") && in.number(2, d.hour) &&
                  in.literal(":") && in.number(2, d.minute) && in.literal(":") &&
                  in.number(2, d.second) && in.literal(" GMT") && in.at_end();
  ++d.month;
  return ok;
}

bool read_rfc850_date(Scanner in, DateTime& d) {
  int weekday = 0;
  const bool ok = in.one_of(kLongWeekdays, weekday) && in.literal(", ") && in.number(2, d.day) &&
                  in.literal("-") && in.one_of(kMonths, d.month) && in.literal("-") &&
                  in.number(2, d.year) && in.literal(" ") && in.number(2, d.hour) &&
                  in.literal(":") && in.number(2, d.minute) && in.literal(":") &&
                  in.number(2, d.second) && in.literal(" GMT") && in.at_end();
  ++d.month;
  d.year += d.year >= 70 ? 1900 : 2000;
  return ok;
}

bool read_asctime_date(Scanner in, DateTime& d) {
  int weekday = 0;
  if (!(in.one_of(kWeekdays, weekday) && in.literal(" ") && in.one_of(kMonths, d.month) &&
        in.literal(" "))) {
    return false;
  }
  const bool day_read = in.literal(" ") ? in.number(1, d.day) : in.number(2, d.day);
  ++d.month;
  return day_read && in.literal(" ") && in.number(2, d.hour) && in.literal(":") &&
         in.number(2, d.minute) && in.literal(":") && in.number(2, d.second) && in.literal(" ") &&
         in.number(4, d.year) && in.at_end();
}

}  // namespace

std::string format_time(Time time) {
  const Broken b = break_down(time);
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", b.year, b.month, b.day,
                                 b.hour, b.minute, b.second);
  if (b.nanoseconds != 0) text += "." + trimmed_decimals(b.nanoseconds, 9);
  return text + "Z";
}

Result<Time> parse_time(std::string_view text) {
  Scanner in(text);
  DateTime d;
  if (!(in.number(4, d.year) && in.literal("-") && in.number(2, d.month) && in.literal("-") &&
        in.number(2, d.day) && in.either('T', 't') && in.number(2, d.hour) && in.literal(":") &&
        in.number(2, d.minute) && in.literal(":") && in.number(2, d.second))) {
    return bad_time(text);
  }
  if (in.literal(".") && !in.decimals(d.nanoseconds)) return bad_time(text);
  Duration offset{};
  if (!in.either('Z', 'z')) {
    const bool behind = in.literal("-");
    int hours = 0;
    int minutes = 0;
    if ((!behind && !in.literal("+")) || !in.number(2, hours) || !in.literal(":") ||
        !in.number(2, minutes) || hours > 23 || minutes > 59) {
      return bad_time(text);
    }
    offset = chrono::hours{hours} + chrono::minutes{minutes};
    if (behind) offset = -offset;
  }
  const std::optional<Time> local = to_time(d);
  if (!local || !in.at_end()) return bad_time(text);
  return *local - offset;
}

std::string format_http_date(Time time) {
  const Broken b = break_down(time);
  // By hand: every call carries a Date, and a general formatter would be a third of its INVITE.
  std::string text("Www, dd Mmm yyyy hh:mm:ss GMT");
  const auto put = [&text](std::size_t at, std::size_t digits, auto value) {
    for (auto rest = value; digits > 0; rest /= 10) {
      text[at + --digits] = static_cast<char>('0' + rest % 10);
    }
  };
  text.replace(0, 3, kWeekdays[b.weekday]);
  put(5, 2, b.day);
  text.replace(8, 3, kMonths[b.month - 1]);
  put(12, 4, b.year);
  put(17, 2, b.hour);
  put(20, 2, b.minute);
  put(23, 2, b.second);
  return text;
}

Result<Time> parse_http_date(std::string_view text) {
  for (const auto& reader : {read_imf_fixdate, read_rfc850_date, read_asctime_date}) {
    DateTime d;
    if (!reader(Scanner(text), d)) continue;
    if (const std::optional<Time> time = to_time(d)) return *time;
    break;
  }
  return fail(ErrorCode::kMalformed, fmt::format("not an HTTP date: '{}'", text.substr(0, 64)));
}

std::string format_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  const bool negative = duration < Duration::zero();
  // Unsigned, so that the smallest value has an absolute value.
  std::uint64_t rest = static_cast<std::uint64_t>(duration.count());
  if (negative) rest = std::uint64_t{0} - rest;
  std::string text = negative ? "-" : "";
  bool first = true;
  for (const Unit& unit : kUnits) {
    const auto size = static_cast<std::uint64_t>(unit.nanoseconds);
    if (rest < size) continue;
    if (!first) text += ' ';
    first = false;
    text += fmt::format("{}", rest / size);
    rest %= size;
    // From seconds down one unit carries the rest as decimals.
    if (unit.nanoseconds <= 1'000'000'000 && rest != 0) {
      int digits = 0;
      for (std::uint64_t s = size; s > 1; s /= 10) ++digits;
      text += "." + trimmed_decimals(static_cast<std::int64_t>(rest), digits);
      rest = 0;
    }
    text += unit.name;
    if (rest == 0) break;
    // "1h 0.5s" and not "1h 500ms": after a larger unit, seconds are the smallest that is used.
    if (unit.nanoseconds > 1'000'000'000 && rest < 1'000'000'000) {
      text += " 0." + trimmed_decimals(static_cast<std::int64_t>(rest), 9) + "s";
      break;
    }
  }
  return text;
}

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  if (text.size() > 128) return bad_duration(text, "too long");
  const bool negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  if (rest == "0") return Duration::zero();
  std::int64_t total = 0;
  std::size_t next_unit = 0;  // Units go from large to small, each at most once.
  bool any = false;
  while (!rest.empty()) {
    const std::size_t number_size = std::min(rest.find_first_not_of("0123456789."), rest.size());
    const std::string_view number = rest.substr(0, number_size);
    rest.remove_prefix(number_size);
    const std::size_t unit_size =
        std::min(rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), rest.size());
    const std::string_view name = rest.substr(0, unit_size);
    rest.remove_prefix(unit_size);
    if (number.empty()) return bad_duration(text, "expected a number");
    if (name.empty()) return bad_duration(text, "a number without a unit");
    std::size_t i = 0;
    while (i < kUnits.size() && kUnits[i].name != name) ++i;
    if (i == kUnits.size()) return bad_duration(text, "units are d h m s ms us ns");
    if (i < next_unit) return bad_duration(text, "units go from large to small");
    next_unit = i + 1;
    const std::optional<std::int64_t> part = scaled(number, kUnits[i].nanoseconds);
    if (!part || *part > std::numeric_limits<std::int64_t>::max() - total) {
      return bad_duration(text, "not a number of nanoseconds that fits");
    }
    total += *part;
    any = true;
    while (rest.size() > 1 && rest.front() == ' ') rest.remove_prefix(1);
  }
  if (!any) return bad_duration(text, "empty");
  return Duration{negative ? -total : total};
}

}  // namespace shakedown::sim

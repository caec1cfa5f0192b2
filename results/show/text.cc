#include "results/show/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace shakedown::results {
namespace {

// One code point of UTF-8 and its length; length 1 and no value for an octet that is none.
struct CodePoint {
  std::optional<std::uint32_t> value;
  std::size_t length = 1;
};

CodePoint first_code_point(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = octet(0);
  if (lead < 0x80) return {lead, 1};
  std::size_t length = 0;
  std::uint32_t value = 0;
  std::uint32_t smallest = 0;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2, value = lead & 0x1fU, smallest = 0x80;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3, value = lead & 0x0fU, smallest = 0x800;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4, value = lead & 0x07U, smallest = 0x10000;
  }
  if (length == 0 || text.size() < length) return {};
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xc0U) != 0x80) return {};
    value = (value << 6U) | (octet(i) & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < smallest || value > 0x10ffff || surrogate) return {};
  return {value, length};
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7f && c <= 0x9f); }

bool turns_direction(std::uint32_t c) {
  return c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x2069) || c == 0xfeff;
}

// value / unit with three significant figures, in integers.
std::string three_figures(std::uint64_t value, std::uint64_t unit) {
  const auto rounded = [&](std::uint64_t factor) { return (value * factor + unit / 2) / unit; };
  if (value % unit == 0) return std::to_string(value / unit);
  if (rounded(100) < 1000) {
    return fmt::format("{}.{:02}", rounded(100) / 100, rounded(100) % 100);
  }
  if (rounded(10) < 1000) return fmt::format("{}.{}", rounded(10) / 10, rounded(10) % 10);
  return std::to_string(rounded(1));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    if (!point.value) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
    } else if (is_control(*point.value)) {
      out += *point.value == '\n' ? "\\n" : fmt::format("\\x{:02x}", *point.value);
    } else if (turns_direction(*point.value)) {
      out += fmt::format("\\u{:04x}", *point.value);
    } else {
      out += text.substr(0, point.length);
    }
    text.remove_prefix(point.length);
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = first_code_point(text);
    out += point.value ? text.substr(0, point.length) : "\xef\xbf\xbd";
    text.remove_prefix(point.length);
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80;
  }));
}

std::string shortened(std::string_view text, std::size_t width) {
  if (width_of(text) <= width) return std::string(text);
  std::string out;
  for (std::size_t taken = 0; taken + 1 < width; ++taken) {
    const std::size_t length = first_code_point(text).length;
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out + "…";
}

std::string padded_right(std::string_view text, std::size_t width) {
  const std::size_t used = width_of(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string padded_left(std::string_view text, std::size_t width) {
  const std::size_t used = width_of(text);
  return std::string(used < width ? width - used : 0, ' ') + std::string(text);
}

std::string short_duration(sim::Duration duration) {
  if (duration.count() < 0) {
    // The smallest value has no positive twin.
    const auto positive = duration == sim::Duration::min() ? sim::Duration::max() : -duration;
    return fmt::format("-{}", short_duration(positive));
  }
  const auto ns = static_cast<std::uint64_t>(duration.count());
  constexpr std::uint64_t kSecond = 1'000'000'000;
  constexpr std::uint64_t kMinute = 60 * kSecond;
  constexpr std::uint64_t kHour = 60 * kMinute;
  constexpr std::uint64_t kDay = 24 * kHour;
  const auto two = [&](std::uint64_t big, const char* big_name, std::uint64_t small,
                       const char* small_name) {
    const std::uint64_t smalls = (ns + small / 2) / small;
    const std::uint64_t rest = smalls % (big / small);
    const std::string first = fmt::format("{} {}", smalls / (big / small), big_name);
    return rest == 0 ? first : fmt::format("{} {} {}", first, rest, small_name);
  };
  if (ns == 0) return "0 s";
  if (ns < 1000) return fmt::format("{} ns", ns);
  if (ns < 999'500) return three_figures(ns, 1000) + " us";
  if (ns < 999'500'000) return three_figures(ns, 1'000'000) + " ms";
  if (ns < kMinute) return three_figures(ns, kSecond) + " s";
  if (ns < kHour) return two(kMinute, "min", kSecond, "s");
  if (ns < kDay) return two(kHour, "h", kMinute, "min");
  return two(kDay, "d", kHour, "h");
}

std::string duration_or_dash(const std::optional<sim::Duration>& duration) {
  return duration ? short_duration(*duration) : "-";
}

std::string percentage(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return "-";
  const std::uint64_t hundredths = part * 10000 / whole;
  if (hundredths % 100 == 0) return fmt::format("{} %", hundredths / 100);
  return fmt::format("{}.{:02} %", hundredths / 100, hundredths % 100);
}

std::string grouped(std::uint64_t count) {
  if (count < 1000) return std::to_string(count);
  return fmt::format("{},{:03}", grouped(count / 1000), count % 1000);
}

std::string Paint::wrap(std::string_view code, std::string_view text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

void TextTable::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::vector<std::string> TextTable::lines(std::string_view indent, std::size_t max_width) const {
  std::vector<std::size_t> widths(columns_.size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], std::min(width_of(row[i]), max_width));
    }
  }
  std::vector<std::string> lines;
  for (const auto& row : rows_) {
    std::string line(indent);
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) line += "  ";
      const std::string cell = shortened(row[i], max_width);
      line += columns_[i] == Align::kLeft ? padded_right(cell, widths[i])
                                          : padded_left(cell, widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace shakedown::results

// Small things that every page of text needs: harmless text, aligned columns, figures that a
// person reads at a glance. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"

namespace shakedown::results {

// The text with control characters (C0, DEL, C1), characters that turn the reading direction and
// octets that are no UTF-8 written as \x1b, \u202e: safe on one line of a terminal.
std::string printable(std::string_view text);

// Valid UTF-8 with U+FFFD where it was not.
std::string valid_utf8(std::string_view text);

// Columns that the text takes on a terminal, one for each code point.
std::size_t width_of(std::string_view text);

// At most `width` columns, the last of them an ellipsis if something was cut.
std::string shortened(std::string_view text, std::size_t width);

std::string padded_right(std::string_view text, std::size_t width);
std::string padded_left(std::string_view text, std::size_t width);

// Three significant figures in a fitting unit: "42.1 ms", "1.50 s", "95 us", "2 h 5 min". Rounded
// half up; negative values have a minus sign.
std::string short_duration(sim::Duration duration);
std::string duration_or_dash(const std::optional<sim::Duration>& duration);

// "99.93 %": rounded down, so that 100 % means all. "-" for 0 of 0.
std::string percentage(std::uint64_t part, std::uint64_t whole);

std::string grouped(std::uint64_t count);  // "7,200"

// Colours of a terminal, or none.
class Paint {
 public:
  explicit Paint(bool colour)
      : colour_(colour) {}

  std::string good(std::string_view text) const { return wrap("32", text); }

  std::string bad(std::string_view text) const { return wrap("31", text); }

  std::string warning(std::string_view text) const { return wrap("33", text); }

  std::string strong(std::string_view text) const { return wrap("1", text); }

  std::string faint(std::string_view text) const { return wrap("2", text); }

 private:
  std::string wrap(std::string_view code, std::string_view text) const;

  bool colour_;
};

// Rows of cells, aligned. Cells are plain text (not yet painted).
class TextTable {
 public:
  enum class Align : std::uint8_t { kLeft, kRight };

  explicit TextTable(std::vector<Align> columns)
      : columns_(std::move(columns)) {}

  void add(std::vector<std::string> cells);
  // One line a row, without line feeds, each beginning with `indent`. Cells wider than `max_width`
  // are shortened.
  std::vector<std::string> lines(std::string_view indent, std::size_t max_width = 60) const;

 private:
  std::vector<Align> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace shakedown::results

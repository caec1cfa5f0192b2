// Writing HTML from texts that nobody has checked.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shakedown::results {

// For element content and quoted attribute values: & < > " ' as entities, octets that are no
// UTF-8, control characters and characters that turn the reading direction spelled out.
std::string html_escaped(std::string_view text);

// A table. Cells are HTML already: escape what goes in.
class HtmlTable {
 public:
  struct Column {
    std::string_view heading;
    bool number = false;  // Aligned right, tabular figures.
  };

  explicit HtmlTable(std::vector<Column> columns)
      : columns_(std::move(columns)) {}

  void add(const std::vector<std::string>& cells);
  std::string write() const;

 private:
  std::vector<Column> columns_;
  std::string rows_;
};

}  // namespace shakedown::results

#include "results/show/html.h"

#include <fmt/format.h>

#include "results/show/text.h"
#include "sim/result.h"

namespace shakedown::results {

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void HtmlTable::add(const std::vector<std::string>& cells) {
  SHAKEDOWN_ASSERT(cells.size() == columns_.size());
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    rows_ += fmt::format("<td{}>{}</td>", columns_[i].number ? " class=\"n\"" : "", cells[i]);
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::write() const {
  std::string out = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (const Column& column : columns_) {
    out += fmt::format("<th{}>{}</th>", column.number ? " class=\"n\"" : "",
                       html_escaped(column.heading));
  }
  return out + "</tr></thead>\n<tbody>\n" + rows_ + "</tbody></table></div>\n";
}

}  // namespace shakedown::results

#include "scenarios/language/problem.h"

#include <fmt/format.h>

#include <algorithm>

namespace shakedown::scenarios {

std::string to_string(const Problem& problem) {
  if (problem.line == 0) return fmt::format("{}: {}", problem.file, problem.message);
  return fmt::format("{}:{}:{}: {}", problem.file, problem.line, problem.column, problem.message);
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  const bool cut = text.size() > kLongest;
  if (cut) {
    std::size_t end = kLongest;
    // Not inside a character: continuation octets of UTF-8 are 10xxxxxx.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string result = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7F) {
      result += fmt::format("\\x{:02x}", octet);
    } else {
      result += c;
    }
  }
  return result + (cut ? "...\"" : "\"");
}

void Problems::add(const Place& place, std::string message) {
  if (full()) {
    count_one_more();
    return;
  }
  Problem problem = place.set_path.empty()
                        ? Problem{file_, place.mark.line, place.mark.column, std::move(message)}
                        : Problem{"--set " + place.set_path, 0, 0, std::move(message)};
  // An alias shows the same node several times; once is enough.
  if (std::find(kept_.begin(), kept_.end(), problem) == kept_.end()) {
    kept_.push_back(std::move(problem));
  }
}

Problems::Report Problems::report() const {
  Report report{kept_, unkept_};
  std::stable_sort(report.problems.begin(), report.problems.end(),
                   [](const Problem& a, const Problem& b) {
                     return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                   });
  if (report.problems.size() > kMostProblems) {
    report.unreported += report.problems.size() - kMostProblems;
    report.problems.resize(kMostProblems);
  }
  return report;
}

}  // namespace shakedown::scenarios

// Lint rules as tables: what each kind of artefact is judged by. For the sources of this folder
// that inspect.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "inspect/inspection.h"

namespace shakedown::stir {

// One row. `Subject` is the artefact, taken apart, with what the caller of inspect() gave.
template <class Subject>
struct LintRule {
  std::string_view id;
  Severity severity;
  std::string_view clause;
  // nullopt: it holds, or it does not apply; else why not, for a person.
  std::optional<std::string> (*check)(const Subject&);
};

inline std::optional<std::string> lint_objection(bool violated, std::string_view text) {
  if (!violated) return std::nullopt;
  return std::string(text);
}

// Adds a finding for each rule that does not hold. `where` goes before its detail: "member 2: ".
template <class Subject, std::size_t Count>
void apply_rules(const std::array<LintRule<Subject>, Count>& rules,
                 const Subject& subject,
                 Inspection& inspection,
                 std::string_view where = "") {
  for (const auto& rule : rules) {
    if (auto objection = rule.check(subject)) {
      inspection.findings.push_back({rule.severity, std::string(rule.id),
                                     std::string(where) + *std::move(objection),
                                     std::string(rule.clause)});
    }
  }
}

template <class Subject, std::size_t Count>
void list_rules(std::string_view artefact,
                const std::array<LintRule<Subject>, Count>& rules,
                std::vector<LintRuleInfo>& all) {
  for (const auto& rule : rules) all.push_back({artefact, rule.id, rule.severity, rule.clause});
}

// Collects what is odd about many alike things into one objection: the first, and how many more.
class Oddities {
 public:
  void add(std::string text) {
    if (count_++ == 0) first_ = std::move(text);
  }

  std::optional<std::string> objection() && {
    if (count_ == 0) return std::nullopt;
    if (count_ > 1) first_ += ", and " + std::to_string(count_ - 1) + " more like it";
    return std::move(first_);
  }

 private:
  std::string first_;
  std::size_t count_ = 0;
};

}  // namespace shakedown::stir

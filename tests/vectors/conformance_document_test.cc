// docs/conformance.md is written from the catalogue: run this test with SHAKEDOWN_WRITE_DOCS=1 to
// write it anew. And what the catalogue owes: cases for each step and profile.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "stir/verification/verification_policy.h"
#include "tests/vectors/default_catalogue.h"
#include "tests/vectors/tests_by_number.h"
#include "vectors/catalogue.h"
#include "vectors/comparison.h"

namespace shakedown::vectors {
namespace {

// "N07" before "N100".
struct ByNumber {
  bool operator()(const std::string& a, const std::string& b) const {
    return std::stoi(a.substr(1)) < std::stoi(b.substr(1));
  }
};

std::string joined(const std::set<std::string>& ids) {
  std::string text;
  for (const auto& id : ids) text += (text.empty() ? "`" : ", `") + id + "`";
  return text;
}

std::string number_text(int number) { return (number < 10 ? "N0" : "N") + std::to_string(number); }

std::vector<std::string> names_of(const TestsOfRule& row) {
  std::istringstream words{std::string(row.names)};
  return {std::istream_iterator<std::string>(words), {}};
}

// The rows of tests_by_number.h.
std::string table_of_tests() {
  std::string text = "| number | rule | tests |\n|---|---|---|\n";
  for (const TestsOfRule& row : tests_by_number()) {
    text += "| " + number_text(row.number) + " | " + std::string(row.rule) + " | ";
    for (const auto& name : names_of(row)) text += "`" + name + "`, ";
    text += "[" + std::string(row.file) + "](../tests/" + std::string(row.file) + ") |\n";
  }
  return text;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string document() {
  std::map<std::string, std::set<std::string>, ByNumber> by_number;
  std::map<std::string, std::set<std::string>> by_clause;
  std::map<std::string, std::map<std::string, int>> by_step;
  std::map<std::string, int> by_group;
  for (const Case& one : catalogue().cases) {
    for (const auto& number : one.numbers) by_number[number].insert(one.id);
    by_clause[one.clause].insert(one.id);
    ++by_group[std::string(group_of(one))];
    for (std::size_t i = 0; i < kProfiles; ++i) {
      const auto& expected = one.expected.all().at(i);
      if (!expected.passed) ++by_step[expected.step][std::string(kProfileNames.at(i))];
    }
  }
  std::string text =
      "# Conformance\n\nWhich verification case stands for which rule. The cases are those of\n"
      "`shakedown vectors` ([vectors.md](vectors.md)); our own verifier gives the expected step,\n"
      "code and verstat for all of them under all profiles (test `vectors/VectorCatalogue`). This\n"
      "page is written from the catalogue.\n\n" +
      std::to_string(catalogue().cases.size()) + " cases:";
  for (const auto& [group, count] : by_group) {
    text += " " + group + " " + std::to_string(count) + ",";
  }
  text.back() = '.';
  text +=
      "\n\n## Steps\n\nHow many cases fail at a step under a profile; the others show that it "
      "passes.\n\n| step |";
  for (const auto name : kProfileNames) text += " " + std::string(name) + " |";
  text += "\n|---|---|---|---|---|---|\n";
  for (std::size_t i = 0; i < stir::kSteps; ++i) {
    const std::string id(stir::info(static_cast<stir::Step>(i)).id);
    text += "| `" + id + "` |";
    for (const auto name : kProfileNames) {
      text += " " + std::to_string(by_step[id][std::string(name)]) + " |";
    }
    text += "\n";
  }
  text += "\n## Negative cases by number\n\n| number | cases |\n|---|---|\n";
  for (const auto& [number, ids] : by_number) text += "| " + number + " | " + joined(ids) + " |\n";
  text +=
      "\n## Numbers that tests show\n\nWhat the STI-PA, the STI-CAs and the caches have to do "
      "(N151 to N210), and what of\nverification no case can show.\n\n" +
      table_of_tests();
  text += "\n## Clauses\n\n| clause | cases |\n|---|---|\n";
  for (const auto& [clause, ids] : by_clause) text += "| " + clause + " | " + joined(ids) + " |\n";
  return text;
}

TEST(ConformanceDocument, IsWhatTheCatalogueSays) {
  const std::string path = SHAKEDOWN_SOURCE_DIR "/docs/conformance.md";
  if (std::getenv("SHAKEDOWN_WRITE_DOCS") != nullptr) std::ofstream(path) << document();
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(page == document()) << path << ": run this test with SHAKEDOWN_WRITE_DOCS=1";
}

TEST(ConformanceDocument, EachStepThatAProfileEnforcesFailsInACaseAtLeast) {
  for (std::size_t i = 0; i < kProfiles; ++i) {
    std::set<std::string> failing;
    for (const Case& one : catalogue().cases) {
      const auto& expected = one.expected.all().at(i);
      if (!expected.passed) failing.insert(expected.step);
    }
    for (const auto& rule : stir::all_profiles()[i]->rules) {
      if (rule.mode != stir::StepMode::kEnforce) continue;
      const bool forgiven = stir::all_profiles()[i]->forgives(stir::Laxity::kMissingHeaderMembers);
      if (rule.step == stir::Step::kHeaderIsComplete && forgiven) continue;
      EXPECT_TRUE(failing.contains(std::string(stir::info(rule.step).id)))
          << stir::info(rule.step).id << " under " << kProfileNames.at(i);
    }
  }
}

TEST(ConformanceDocument, NamesTestsThatThereAre) {
  int before = 0;
  for (const TestsOfRule& row : tests_by_number()) {
    EXPECT_LE(before, row.number) << "by number";
    before = row.number;
    const std::string source = read_file(SHAKEDOWN_SOURCE_DIR "/tests/" + std::string(row.file));
    EXPECT_FALSE(names_of(row).empty()) << row.number;
    for (const auto& name : names_of(row)) {
      const std::size_t dot = name.find('.');
      ASSERT_NE(dot, name.npos) << name;
      const std::string in_source = "(" + name.substr(0, dot) + ", " + name.substr(dot + 1) + ")";
      bool is_there = false;
      for (const std::string macro : {"TEST", "TEST_F", "TEST_P"}) {
        is_there |= source.find("\n" + macro + in_source) != source.npos;
      }
      EXPECT_TRUE(is_there) << name << " is not in tests/" << row.file;
    }
  }
}

TEST(ConformanceDocument, MapsEveryNumberToACaseOrATest) {
  constexpr int kLastNumber = 210;
  std::set<std::string> mapped;
  for (const Case& one : catalogue().cases) mapped.insert(one.numbers.begin(), one.numbers.end());
  for (const TestsOfRule& row : tests_by_number()) {
    EXPECT_LE(row.number, kLastNumber);
    mapped.insert(number_text(row.number));
  }
  for (int i = 1; i <= kLastNumber; ++i) {
    EXPECT_TRUE(mapped.contains(number_text(i))) << number_text(i);
  }
}

// N01 to N150 are about verification; what one call and an HTTP transcript cannot show is named.
TEST(ConformanceDocument, HasACaseForEachNumberAboutVerification) {
  std::set<std::string> present;
  for (const Case& one : catalogue().cases) present.insert(one.numbers.begin(), one.numbers.end());
  const std::map<std::string, const char*> elsewhere{
      {"N66", "the vector of RFC 8225 Appendix A is of 2015: tests/stir/passport_test.cc"},
      {"N129", "a verifier cannot see it"},
      {"N150", "a CRL of 16 MiB"},
  };
  for (int i = 1; i <= 150; ++i) {
    const std::string number = (i < 10 ? "N0" : "N") + std::to_string(i);
    EXPECT_NE(present.contains(number), elsewhere.contains(number)) << number;
  }
}

}  // namespace
}  // namespace shakedown::vectors

// Bad scenario files: each with the exact place and the words of what is reported. The cases are
// data, in language_problems.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "tests/scenarios/language_samples.h"

namespace shakedown::scenarios {
namespace {

struct Case {
  std::string name;
  std::string sample;
  std::string from;  // "" to append.
  std::string to;    // With marks.
  std::vector<std::string> messages;
};

std::vector<Case> read_cases() {
  std::ifstream file(SHAKEDOWN_SOURCE_DIR "/tests/scenarios/language_problems.txt");
  std::vector<Case> cases;
  std::string sample;
  const auto add_line = [](std::string& text, const std::string& line) {
    if (!text.empty()) text += '\n';
    text += line.substr(2);
  };
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) {
      inside = false;
    } else if (line.starts_with("## ")) {
      sample = line.substr(line.find(" in ") + 4);
    } else if (line.starts_with("# ")) {
      continue;
    } else if (!inside) {
      cases.push_back({line, sample, {}, {}, {}});
      inside = true;
    } else if (line.starts_with("- ")) {
      add_line(cases.back().from, line);
    } else if (line.starts_with("+ ")) {
      add_line(cases.back().to, line);
    } else if (line.starts_with("! ")) {
      cases.back().messages.push_back(line.substr(2));
    } else {
      ADD_FAILURE() << "not a line of a case: " << line;
    }
  }
  return cases;
}

std::string_view sample_of(const std::string& name) {
  static const std::map<std::string, std::string_view> samples{
      {"base", kBase}, {"key-compromise", kKeyCompromise}, {"delegation", kDelegation}};
  const auto found = samples.find(name);
  EXPECT_NE(found, samples.end()) << name;
  return found == samples.end() ? kBase : found->second;
}

// The changed sample, still with marks.
std::string text_of(const Case& test) {
  std::string text(sample_of(test.sample));
  if (test.from.empty()) return text + test.to + "\n";
  const std::size_t at = text.find(test.from);
  EXPECT_NE(at, std::string::npos) << "the sample has no " << test.from;
  EXPECT_EQ(text.find(test.from, at + 1), std::string::npos) << "twice: " << test.from;
  return at == std::string::npos ? text : text.replace(at, test.from.size(), test.to);
}

// Takes the marks out and returns their places: "bad.yaml:LINE:COLUMN: ".
std::vector<std::string> take_marks(std::string& text) {
  constexpr std::string_view kMark = "\u00AB";
  std::vector<std::string> places;
  for (std::size_t at = text.find(kMark); at != std::string::npos; at = text.find(kMark)) {
    text.erase(at, kMark.size());
    const std::string before = text.substr(0, at);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0.
    const auto lines = std::count(before.begin(), before.end(), '\n');
    places.push_back("bad.yaml:" + std::to_string(lines + 1) + ":" +
                     std::to_string(at - line_start + 1) + ": ");
  }
  return places;
}

void expect_problems(const Case& test) {
  SCOPED_TRACE(test.name + " (" + test.sample + ")");
  std::string text = text_of(test);
  const std::vector<std::string> places = take_marks(text);
  EXPECT_FALSE(places.empty());
  ASSERT_EQ(places.size(), test.messages.size()) << "a message for each mark";
  const ParseOutcome outcome = parse_scenario(text, "bad.yaml", {});
  EXPECT_FALSE(outcome.scenario.has_value());
  std::string said;
  for (const Problem& problem : outcome.problems) said += to_string(problem) + "\n";
  ASSERT_EQ(outcome.problems.size(), places.size()) << said;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::string problem = to_string(outcome.problems[i]);
    EXPECT_TRUE(problem.starts_with(places[i])) << problem << "\nexpected at " << places[i];
    EXPECT_NE(problem.find(test.messages[i]), std::string::npos)
        << problem << "\nexpected: " << test.messages[i];
  }
}

TEST(Problems, OfBadScenariosAreAllReportedInTheirPlaces) {
  const std::vector<Case> cases = read_cases();
  EXPECT_GE(cases.size(), 150U);
  for (const Case& test : cases) expect_problems(test);
}

TEST(Problems, OfSamplesAreNone) {
  for (const std::string_view text : {kBase, kKeyCompromise, kDelegation}) parsed(text);
}

TEST(Problems, AreCappedAndCounted) {
  std::string text(kBase);
  for (int i = 0; i < 120; ++i) text += "unknown-" + std::to_string(i) + ": 1\n";
  const ParseOutcome outcome = parse_scenario(text, "f.yaml", {});
  EXPECT_EQ(outcome.problems.size(), kMostProblems);
  EXPECT_EQ(outcome.unreported, 120 - kMostProblems);
  EXPECT_EQ(outcome.problems[0].line, 10);
  EXPECT_EQ(outcome.problems[49].line, 59);
}

TEST(Problems, OfAFileThatIsNoMapping) {
  for (const char* text : {"just text", "[a, b]", "~", "1"}) {
    const ParseOutcome outcome = parse_scenario(text, "f.yaml", {});
    ASSERT_FALSE(outcome.problems.empty()) << text;
    EXPECT_EQ(outcome.problems[0].line, 1);
  }
}

TEST(Problems, HaveTheirPlaceInPlainNumbersToo) {
  const ParseOutcome outcome = parse_scenario(
      "scenario: x\nquestion: y\necosystem:\n  cas:\n    - name: ca-one\n  providers:\n"
      "    - name: acme-tel\n      spc: \"709J\"\n      numbers: [\"+1201555\"]\n"
      "      certificate:\n        lifetime: 1h\n        renew_befor: 5m\n      ca: ca-one\n",
      "dir/my.yaml", {});
  ASSERT_EQ(outcome.problems.size(), 1U);
  EXPECT_EQ(to_string(outcome.problems[0]),
            "dir/my.yaml:12:9: ecosystem.providers.acme-tel.certificate: unknown key "
            "\"renew_befor\" in certificate; did you mean 'renew_before'?");
}

}  // namespace
}  // namespace shakedown::scenarios

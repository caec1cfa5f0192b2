// The guard before the parser: what yaml-cpp would let pass.
#include <gmock/gmock.h>

#include <ctime>

#include "scenarios/language/yaml_guard.h"
#include "tests/scenarios/language_samples.h"

namespace shakedown::scenarios {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<std::string> problems_of(std::string_view text, const YamlLimits& limits = {}) {
  Problems problems("f.yaml");
  read_yaml(text, problems, limits);
  std::vector<std::string> lines;
  for (const Problem& problem : problems.report().problems) lines.push_back(to_string(problem));
  return lines;
}

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

TEST(YamlGuard, RefusesAFileThatIsTooLargeAndTakesTheLargest) {
  const YamlLimits limits{.octets = 100};
  EXPECT_THAT(problems_of(std::string(100, ' ').replace(0, 4, "a: 1"), limits), IsEmpty());
  EXPECT_THAT(problems_of(std::string(101, ' ').replace(0, 4, "a: 1"), limits),
              ElementsAre("f.yaml:1:1: the file has 101 octets, more than the 100 allowed"));
  EXPECT_THAT(problems_of(std::string((4U << 20) + 1, ' ')),
              ElementsAre(HasSubstr("more than the 4194304 allowed")));
}

TEST(YamlGuard, RefusesNestingBeyond64Levels) {
  EXPECT_THAT(problems_of(repeated("[", 64) + repeated("]", 64)), IsEmpty());
  EXPECT_THAT(problems_of(repeated("[", 65) + repeated("]", 65)),
              ElementsAre("f.yaml:1:65: nested deeper than 64 levels"));
  EXPECT_THAT(problems_of(repeated("{a: ", 65) + repeated("}", 65)),
              ElementsAre(HasSubstr("nested deeper than 64 levels")));
}

TEST(YamlGuard, CountsTheDepthThroughAliases) {
  const std::string deep = repeated("[", 40) + repeated("]", 40);
  EXPECT_THAT(problems_of("a: &a " + deep + "\nb: " + repeated("[", 20) + "*a" + repeated("]", 20)),
              IsEmpty());
  EXPECT_THAT(problems_of("a: &a " + deep + "\nb: " + repeated("[", 30) + "*a" + repeated("]", 30)),
              ElementsAre("f.yaml:2:34: nested deeper than 64 levels"));
}

TEST(YamlGuard, RefusesTooManyValues) {
  const YamlLimits limits{.expanded_nodes = 10};
  EXPECT_THAT(problems_of("[1, 2, 3, 4, 5, 6, 7, 8, 9]", limits), IsEmpty());
  EXPECT_THAT(problems_of("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", limits),
              ElementsAre(StartsWith("f.yaml:1:29: more than 10 values")));
}

TEST(YamlGuard, RefusesABillionLaughs) {
  std::string bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_THAT(problems_of(bomb),
              ElementsAre(HasSubstr("more than 200000 values (aliases counted each time)")));
}

TEST(YamlGuard, RefusesAliasesThatContainThemselves) {
  EXPECT_THAT(problems_of("a: &a [1, *a]"), ElementsAre("f.yaml:1:11: this alias contains itself"));
  EXPECT_THAT(problems_of("a: *b"), ElementsAre(StartsWith("f.yaml:1:4: not YAML: ")));
}

TEST(YamlGuard, RefusesDuplicateKeysAndReadsOn) {
  EXPECT_THAT(problems_of("a: 1\nb: {c: 1, \"c\": 2}\na: 3\n"),
              ElementsAre("f.yaml:2:11: duplicate key \"c\", first in line 2",
                          "f.yaml:3:1: duplicate key \"a\", first in line 1"));
}

TEST(YamlGuard, RefusesTagsMergeKeysAndKeysThatAreNotText) {
  EXPECT_THAT(problems_of("a: !!str 1\nb: !mine {}\nc: !!seq [x]"),
              ElementsAre(StartsWith("f.yaml:1:4: tag "), StartsWith("f.yaml:2:4: tag \"!mine\""),
                          StartsWith("f.yaml:3:4: tag ")));
  EXPECT_THAT(problems_of("a: &a {x: 1}\nb: {<<: *a, y: 2}"),
              ElementsAre(StartsWith("f.yaml:2:5: merge key '<<'")));
  EXPECT_THAT(problems_of("? [a, b]\n: 1\n"), ElementsAre("f.yaml:1:3: a list cannot be a key"));
  EXPECT_THAT(problems_of("{: 1}"), ElementsAre(HasSubstr("a key is missing before ':'")));
}

TEST(YamlGuard, RefusesASecondDocument) {
  EXPECT_THAT(problems_of("---\na: 1\n"), IsEmpty());
  EXPECT_THAT(problems_of("---\na: 1\n...\n"), IsEmpty());
  EXPECT_THAT(problems_of("a: 1\n---\nb: 2\n"), ElementsAre(HasSubstr("a second YAML document")));
}

TEST(YamlGuard, RefusesControlCharactersWhereverTheyHide) {
  EXPECT_THAT(problems_of(std::string_view("a: b\0c", 6)),
              ElementsAre("f.yaml:1:5: control character U+0000 is not allowed"));
  EXPECT_THAT(problems_of("a: 1\nb: \x1b[31m\x07"),
              ElementsAre("f.yaml:2:4: control character U+001B is not allowed",
                          "f.yaml:2:9: control character U+0007 is not allowed"));
  EXPECT_THAT(problems_of("a: x\x7f"), ElementsAre(HasSubstr("U+007F")));
  EXPECT_THAT(problems_of("a: \xC2\x9Bx"), ElementsAre(HasSubstr("U+009B")));
  EXPECT_THAT(problems_of("a: \"\\0\""),
              ElementsAre("f.yaml:1:4: \"\\x00\" contains a control character"));
  EXPECT_THAT(problems_of("a: \x04 b"), ElementsAre(HasSubstr("U+0004")))
      << "yaml-cpp takes it for the end of the file";
}

TEST(YamlGuard, RefusesWhatIsNotUtf8) {
  for (const std::string_view bad : {"\xff", "\xC0\x80", "\xE2\x82", "\xED\xA0\x80",
                                     "\xF4\x90\x80\x80", "\x80", "\xF0\x80\x80\x80"}) {
    EXPECT_THAT(problems_of("a: 1\nb: " + std::string(bad)),
                ElementsAre(StartsWith("f.yaml:2:4: octet 0x")));
  }
  EXPECT_THAT(problems_of("a: \xE2\x82\xAC \xF0\x9F\x93\x9E"), IsEmpty());
}

TEST(YamlGuard, CountsColumnsInCharacters) {
  EXPECT_THAT(problems_of("a: {\xC3\xA9\xC3\xA9: 1, b: 1, b: 2}"),
              ElementsAre(StartsWith("f.yaml:1:18: duplicate key")));
}

TEST(YamlGuard, SaysThatTabsCannotIndent) {
  EXPECT_THAT(problems_of("a:\n\tb: 1\n"),
              ElementsAre(HasSubstr("YAML does not allow tabs as indentation: use spaces")));
}

TEST(YamlGuard, SaysThatAnEmptyFileIsEmpty) {
  for (const std::string_view text : {"", "\n\n", "# only a comment\n"}) {
    EXPECT_THAT(problems_of(text), ElementsAre("f.yaml:1:1: the file is empty")) << text;
  }
}

TEST(YamlGuard, PlacesWhatHasNoValueAtItsKey) {
  Problems problems("f.yaml");
  const NodePtr root = read_yaml("a:\nb: ~\nc: null\nd: NULL\n", problems);
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(root->find("a")->value->kind, Node::Kind::kNothing);
  EXPECT_EQ(root->find("a")->value->place.mark, (Mark{1, 1}));
  EXPECT_EQ(root->find("b")->value->kind, Node::Kind::kNothing);
  EXPECT_EQ(root->find("c")->value->text, "null");
  EXPECT_EQ(root->find("d")->value->text, "NULL");
}

// yaml-cpp alone needs seconds, or the whole stack, for some of these.
TEST(YamlGuard, StaysQuickOnHostileFiles) {
  constexpr int kMany = 200'000;
  for (const std::string& text :
       {repeated("[", kMany), repeated("{", kMany), repeated("- ", kMany), repeated("? ", kMany),
        repeated("a: ", kMany), repeated("[{", kMany), "a: " + repeated("!", kMany),
        "a: &" + repeated("x", kMany), repeated("'", kMany), repeated("\"\\", kMany),
        "a: |\n" + repeated(" \n", kMany), repeated("&a ", kMany), repeated("%", kMany),
        repeated("#\n", kMany), repeated("[,", kMany), repeated("--- ", kMany),
        repeated("? - ", kMany), "a: >\n" + repeated("x\n", kMany)}) {
    const std::clock_t before = std::clock();  // Of the processor: others may be busy, too.
    problems_of(text);
    EXPECT_LT((std::clock() - before) / CLOCKS_PER_SEC, 5) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace shakedown::scenarios

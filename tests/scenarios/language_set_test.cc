// --set PATH=VALUE: what it changes, and how it is blamed.
#include <gmock/gmock.h>

#include "tests/scenarios/language_samples.h"

namespace shakedown::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

Scenario with(std::vector<std::string> sets, std::string_view text = kKeyCompromise) {
  ParseOptions options;
  options.sets = std::move(sets);
  return parsed(text, options);
}

std::vector<std::string> problems_with(std::vector<std::string> sets,
                                       std::string_view text = kKeyCompromise) {
  ParseOptions options;
  options.sets = std::move(sets);
  const ParseOutcome outcome = parse_scenario(text, "file.yaml", options);
  std::vector<std::string> lines;
  for (const Problem& problem : outcome.problems) lines.push_back(to_string(problem));
  return lines;
}

TEST(Set, ReplacesAValueByPath) {
  EXPECT_EQ(with({"seed=9"}).seed, 9U);
  EXPECT_EQ(with({"ecosystem.providers.acme-tel.certificate.lifetime=10h"})
                .ecosystem.providers[0]
                .certificate.lifetime,
            10h);
  EXPECT_EQ(with({"traffic.0.rate=2/s"}).traffic[0].calls.count, 43'200U);
  EXPECT_EQ(with({"question=What = that?"}).question, "What = that?");
}

TEST(Set, MakesTheMappingsOnTheWay) {
  EXPECT_EQ(with({"network.loss=1%"}).network.link.loss_per_million, 10'000U);
  EXPECT_EQ(with({"ecosystem.providers.beta-voice.verify.cache.mode=none"})
                .ecosystem.providers[1]
                .verify.cache.mode,
            CacheMode::kNone)
      << "over the word that stood there";
}

TEST(Set, TakesListsAndMappingsAsYaml) {
  const Scenario scenario = with({"ecosystem.providers.acme-tel.numbers=['+1212555', \"+1213555\"]",
                                  "ecosystem.policy_administrator={token: {valid_for: 3h}}",
                                  "expect=[{calls_from: "
                                  "acme-tel, passed: 100%}]"});
  EXPECT_EQ(scenario.ecosystem.providers[0].numbers.size(), 2U);
  EXPECT_EQ(scenario.ecosystem.policy_administrator.token_valid_for, 3h);
  ASSERT_EQ(scenario.expectations.size(), 1U);
  EXPECT_EQ(scenario.expectations[0].mark, Mark{});
}

TEST(Set, LaterOnesWin) { EXPECT_EQ(with({"seed=9", "seed=10"}).seed, 10U); }

TEST(Set, LeavesWhatAnAliasSharesAlone) {
  std::string text(kBase);
  text.replace(text.find("[\"+1201555\"]"), 12, "&numbers [\"+1201555\"]");
  text.replace(text.find("[\"+1415555\"]"), 12, "*numbers");
  const Scenario scenario = with({"ecosystem.providers.acme-tel.numbers.0=+1212555"}, text);
  EXPECT_EQ(scenario.ecosystem.providers[0].numbers[0].first, "12125550000");
  EXPECT_EQ(scenario.ecosystem.providers[1].numbers[0].first, "12015550000");
}

TEST(Set, IsNamedWhereItIsWrong) {
  EXPECT_THAT(problems_with({"seed=many"}),
              ElementsAre("--set seed: seed: \"many\" is not a whole number"));
  EXPECT_THAT(problems_with({"ecosystem.providers.acme-tel.certificate.lifetme=10h"}),
              ElementsAre("--set ecosystem.providers.acme-tel.certificate.lifetme: "
                          "ecosystem.providers.acme-tel.certificate: unknown key \"lifetme\" in "
                          "certificate; did you mean 'lifetime'?"));
  EXPECT_THAT(problems_with({"traffic.0.to=beta-voise"}),
              ElementsAre("--set traffic.0.to: traffic.0.to: \"beta-voise\" is not the name of a "
                          "provider; did you mean 'beta-voice'?"));
}

TEST(Set, NeedsAMemberThatIsThere) {
  EXPECT_THAT(
      problems_with({"ecosystem.providers.acme-tell.ca=ca-two"}),
      ElementsAre(HasSubstr("\"acme-tell\" is not in the list of 2; did you mean 'acme-tel'?")));
  EXPECT_THAT(problems_with({"traffic.1.rate=1/s"}),
              ElementsAre(HasSubstr("\"1\" is not in the list of 1")));
}

TEST(Set, NeedsAPathAndAValue) {
  EXPECT_THAT(problems_with({"seed"}), ElementsAre(HasSubstr("expected PATH=VALUE")));
  EXPECT_THAT(problems_with({"=9"}), ElementsAre(HasSubstr("expected PATH=VALUE")));
  EXPECT_THAT(problems_with({"network..loss=1%"}), ElementsAre(HasSubstr("dots between")));
  EXPECT_THAT(problems_with({"seed="}),
              ElementsAre("--set seed: seed: has no value: expected a whole number"));
  EXPECT_THAT(problems_with({"expect=[{"}), ElementsAre(HasSubstr("--set expect: VALUE:")));
  EXPECT_THAT(problems_with({"expect={a: 1, a: 2}"}),
              ElementsAre(HasSubstr("duplicate key \"a\""), HasSubstr("expect: ")));
}

TEST(Set, IsBoundedAsTheFileIs) {
  std::string deep = "network=";
  for (int i = 0; i < 70; ++i) deep += "[";
  EXPECT_THAT(problems_with({deep}), ElementsAre(HasSubstr("nested deeper than 64 levels")));
  std::string path = "a";
  for (int i = 0; i < 70; ++i) path += ".a";
  EXPECT_THAT(problems_with({path + "=1"}), ElementsAre(HasSubstr("dots between")));
}

}  // namespace
}  // namespace shakedown::scenarios

// Good scenarios, damaged at random: whatever comes out, the parser answers and the answer holds
// together. SHAKEDOWN_MUTATIONS=100000 tries longer; a seed gives the same damage everywhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>

#include "scenarios/language/node.h"
#include "tests/scenarios/language_samples.h"

namespace shakedown::scenarios {
namespace {

// Words that mean something to the parser, so that damage gets past its first line.
constexpr std::array<std::string_view, 70> kWords{"~",
                                                  "null",
                                                  "[]",
                                                  "{}",
                                                  "[",
                                                  "]",
                                                  "{",
                                                  "}",
                                                  ": ",
                                                  ", ",
                                                  "- ",
                                                  "\n",
                                                  "\n  ",
                                                  "\"",
                                                  "'",
                                                  "&a ",
                                                  "*a",
                                                  "<<: ",
                                                  "!!str ",
                                                  "# ",
                                                  "| ",
                                                  "0",
                                                  "-1",
                                                  "1",
                                                  "00",
                                                  "1e9",
                                                  "0x10",
                                                  "true",
                                                  "no",
                                                  "99.9%",
                                                  "100.1%",
                                                  "0%",
                                                  "1h",
                                                  "-1h",
                                                  "0s",
                                                  "10000d",
                                                  "2h 5m",
                                                  "1ns",
                                                  "1/s",
                                                  "1/1ns",
                                                  "999999999/ns",
                                                  "9223372036854775807",
                                                  "+1201555",
                                                  "+12015550100-12015550199",
                                                  "+1",
                                                  "709J",
                                                  "acme-tel",
                                                  "beta-voice",
                                                  "ca-one",
                                                  "mallory",
                                                  "us-east",
                                                  "policy-administrator",
                                                  "never",
                                                  "none",
                                                  "count: 3",
                                                  "for: 1h",
                                                  "at: 1h",
                                                  "do: call",
                                                  "do: note",
                                                  "numbers",
                                                  "certificate",
                                                  "every: 1ns",
                                                  "lifetime: 10000d",
                                                  "start: 10000d",
                                                  "duration: 1ns",
                                                  "via",
                                                  "kind: pop",
                                                  "delegates: true",
                                                  "\xE2\x82\xAC",
                                                  "\x01"};

using Chance = std::mt19937_64;  // Its sequence is fixed by the standard.

std::size_t below(Chance& chance, std::size_t bound) { return bound == 0 ? 0 : chance() % bound; }

void damage(std::string& text, Chance& chance) {
  const std::size_t at = below(chance, text.size() + 1);
  const std::size_t size = std::min(below(chance, 24), text.size() - at);
  const std::string_view word = kWords[below(chance, kWords.size())];
  switch (below(chance, 6)) {
    case 0:
      text.erase(at, size);
      break;
    case 1:
      text.insert(at, word);
      break;
    case 2:
      text.replace(at, size, word);
      break;
    case 3:
      text.insert(below(chance, text.size() + 1), text.substr(at, size * 4));
      break;
    case 4:
      if (at < text.size()) text[at] = static_cast<char>(chance() % 256);
      break;
    default: {  // A whole value, between what ends values in these samples.
      const std::size_t begin = text.find(": ", at);
      if (begin == std::string::npos) break;
      const std::size_t end = std::min(text.find_first_of(",}]\n", begin + 2), text.size());
      text.replace(begin + 2, end - begin - 2, word);
    }
  }
}

void expect_sound(const std::string& text) {
  const ParseOutcome outcome = parse_scenario(text, "f.yaml", {});
  ASSERT_EQ(outcome.scenario.has_value(), outcome.problems.empty()) << text;
  ASSERT_LE(outcome.problems.size(), kMostProblems) << text;
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  for (const Problem& problem : outcome.problems) {
    ASSERT_GE(problem.line, 1) << to_string(problem) << "\n" << text;
    ASSERT_LE(problem.line, lines + 1) << to_string(problem) << "\n" << text;
    ASSERT_GE(problem.column, 1) << to_string(problem) << "\n" << text;
    ASSERT_FALSE(problem.message.empty()) << text;
  }
  if (!outcome.scenario) return;
  const Scenario& scenario = *outcome.scenario;
  ASSERT_GT(scenario.duration, sim::Duration{}) << text;
  for (const Traffic& traffic : scenario.traffic) {
    ASSERT_GE(traffic.calls.count, 1U) << text;
    ASSERT_GT(traffic.calls.duration, sim::Duration{}) << text;
    ASSERT_LE(traffic.calls.start + traffic.calls.duration, scenario.duration) << text;
  }
  for (const TimelineEntry& entry : scenario.timeline) ASSERT_LE(entry.at, scenario.duration);
  for (const Provider& provider : scenario.ecosystem.providers) {
    ASSERT_LT(provider.certificate.renew_before, provider.certificate.lifetime) << text;
    ASSERT_FALSE(provider.region.empty() || provider.repository.region.empty()) << text;
  }
  for (const Expectation& expectation : scenario.expectations) {
    const auto* calls = std::get_if<CallsExpectation>(&expectation.what);
    const auto* metric = std::get_if<MetricExpectation>(&expectation.what);
    ASSERT_TRUE(calls == nullptr || !calls->limits.empty()) << text;
    ASSERT_TRUE(metric == nullptr || !metric->limits.empty()) << text;
  }
}

TEST(Language, SurvivesRandomDamage) {
  const char* wanted = std::getenv("SHAKEDOWN_MUTATIONS");
  const int mutations = wanted != nullptr ? std::atoi(wanted) : 2'000;
  constexpr std::array kSamples{kBase, kKeyCompromise, kSlowRepository, kDelegation, kEverything};
  Chance chance(20'260'105);
  int good = 0;
  for (int i = 0; i < mutations && !HasFatalFailure(); ++i) {
    std::string text(kSamples[static_cast<std::size_t>(i) % kSamples.size()]);
    for (std::size_t times = below(chance, 4); times < 4; ++times) damage(text, chance);
    if (parse_scenario(text, "f.yaml", {}).scenario) ++good;
    expect_sound(text);
  }
  EXPECT_GT(good, mutations / 100) << "damage that nothing survives tests only the first line";
}

}  // namespace
}  // namespace shakedown::scenarios

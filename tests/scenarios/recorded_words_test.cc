// Whatever actors record, scenarios can count.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "actors/events.h"
#include "scenarios/library/library.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

struct Recorded {
  std::set<std::string> happenings;
  std::set<std::string> fetches;
};

// The words as a database would have them.
Recorded recorded_by_the_library() {
  Recorded words;
  for (const EmbeddedFile& file : library_scenarios()) {
    Story story{std::string(file.text)};
    story.on_event = [&](const sim::Recorded& recorded) {
      const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
      if (event.type == actors::EventType::kHappening) {
        words.happenings.emplace(to_string(static_cast<const actors::HappeningEvent&>(event).kind));
      } else if (event.type == actors::EventType::kFetch) {
        words.fetches.emplace(to_string(static_cast<const actors::FetchEvent&>(event).what));
      }
    };
    EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone) << file.name;
  }
  return words;
}

template <class E>
std::map<std::string, std::string> table_of(std::span<const sim::Word<E>> words) {
  std::map<std::string, std::string> table;
  for (const sim::Word<E>& word : words) table.emplace(word.name, word.description);
  return table;
}

TEST(RecordedWords, OfTheLibraryAreExplainedAndHappeningsCanBeExpected) {
  const Recorded recorded = recorded_by_the_library();
  const auto happenings = table_of(actors::happening_words());
  const auto fetches = table_of(actors::fetch_words());
  EXPECT_GE(recorded.happenings.size(), 25U);
  for (const std::string& word : recorded.happenings) {
    EXPECT_EQ(happenings.count(word), 1U) << word;
    const Scenario scenario =
        parsed(two_providers("memory") + "  - {happened: " + word + ", at_least: 1}\n");
    ASSERT_EQ(scenario.expectations.size(), 2U) << word;
    EXPECT_EQ(to_string(std::get<HappeningsExpectation>(scenario.expectations.back().what).kind),
              word);
  }
  for (const std::string& word : recorded.fetches) EXPECT_EQ(fetches.count(word), 1U) << word;
}

TEST(RecordedWords, HaveEachItsOwnSentence) {
  const auto happenings = table_of(actors::happening_words());
  EXPECT_EQ(happenings.size(), actors::happening_words().size());
  std::set<std::string> sentences;
  for (const auto& [word, sentence] : happenings) {
    EXPECT_TRUE(sentence.ends_with(".")) << word;
    EXPECT_TRUE(sentences.insert(sentence).second) << word;
  }
}

}  // namespace
}  // namespace shakedown::scenarios

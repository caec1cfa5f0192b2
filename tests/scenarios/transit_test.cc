// What hops do to a call's identity: carry, strip, or sign anew with C.
#include "actors/events.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

struct Arrived {
  std::vector<actors::CallOutcome> outcomes;
  std::string attests;  // As the terminating provider saw them.
  std::vector<std::string> urls;
};

Arrived play_through(const std::string& hop) {
  std::string text = two_providers("memory");
  text.insert(text.find("traffic:"), "  transit:\n    - " + hop + "\n");
  const std::string call = "to: beta-voice, ";
  text.insert(text.find(call) + call.size(), "via: [middle], ");
  Arrived arrived;
  Story story(text);
  story.on_event = [&arrived](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type == actors::EventType::kCall) {
      const auto& one = static_cast<const actors::CallEvent&>(event);
      EXPECT_EQ(one.via, "middle");
      arrived.outcomes.push_back(one.outcome);
    } else if (event.type == actors::EventType::kVerification) {
      const auto& one = static_cast<const actors::VerificationEvent&>(event);
      arrived.attests += one.attest;
      arrived.urls.push_back(one.x5u);
    }
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  EXPECT_EQ(arrived.outcomes.size(), 5U);
  return arrived;
}

void expect_all(const Arrived& arrived, actors::CallOutcome expected) {
  for (const auto outcome : arrived.outcomes) EXPECT_EQ(outcome, expected);
}

TEST(Transit, CarriesTheIdentityOfTheOriginatingProvider) {
  const Arrived arrived = play_through("{name: middle, does: carry}");
  expect_all(arrived, actors::CallOutcome::kPassed);
  EXPECT_EQ(arrived.attests, "AAAAA");
  for (const auto& url : arrived.urls) EXPECT_NE(url.find("cr.acme-tel.test"), std::string::npos);
}

TEST(Transit, StripsTheIdentitySoThatNothingIsLeftToVerify) {
  const Arrived arrived = play_through("{name: middle, does: strip}");
  expect_all(arrived, actors::CallOutcome::kUnverified);
  for (const auto& url : arrived.urls) EXPECT_EQ(url, "");
}

TEST(Transit, SignsAnewWithCUnderItsOwnCertificate) {
  const Arrived arrived = play_through("{name: middle, does: resign, spc: \"919M\", ca: ca-one}");
  expect_all(arrived, actors::CallOutcome::kPassed);
  EXPECT_EQ(arrived.attests, "CCCCC");
  for (const auto& url : arrived.urls) EXPECT_NE(url.find("cr.middle.test"), std::string::npos);
}

}  // namespace
}  // namespace shakedown::scenarios

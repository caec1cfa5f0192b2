// What becomes of calls with somebody else's number.
#include <map>

#include "actors/events.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

std::map<actors::CallOutcome, int> outcomes_of_spoofed_calls(const std::string& caller) {
  std::string text = two_providers("memory");
  text += "timeline:\n  - {at: 25s, do: call, from: " + caller +
          ", as: beta-voice, to: beta-voice, count: 3, for: 3s, with: spoofed_number}\n";
  std::map<actors::CallOutcome, int> outcomes;
  Story story(text);
  story.on_event = [&](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type != actors::EventType::kCall) return;
    const auto& call = static_cast<const actors::CallEvent&>(event);
    if (call.placed_at < story.scenario().epoch + 25s) return;
    EXPECT_EQ(call.calling_number.substr(0, 7), "1415555");
    ++outcomes[call.outcome];
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  return outcomes;
}

using Outcomes = std::map<actors::CallOutcome, int>;

TEST(SpoofedNumber, GoesUnsignedFromWhoHasNoCertificate) {
  EXPECT_EQ(outcomes_of_spoofed_calls("mallory"),
            (Outcomes{{actors::CallOutcome::kUnverified, 3}}));
}

// A certificate with a service provider code covers every number: attestation A is a promise of the
// signer, which no verifier can check.
TEST(SpoofedNumber, PassesUnderAProvidersOwnCertificate) {
  EXPECT_EQ(outcomes_of_spoofed_calls("acme-tel"), (Outcomes{{actors::CallOutcome::kPassed, 3}}));
}

}  // namespace
}  // namespace shakedown::scenarios

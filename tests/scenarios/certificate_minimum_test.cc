// How long a verifier keeps certificates when HTTP allows a second only.
#include "actors/events.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

// The fetches that five calls in twenty seconds cost a verifier with this policy.
int fetches_under(const std::string& verify) {
  std::string text = two_providers("memory");
  const auto insert_after = [&text](const std::string& place, const std::string& what) {
    text.insert(text.find(place) + place.size(), what);
  };
  insert_after("keys: memory", ", repository: {max_age: 1s}");
  insert_after("spc: \"818H\", ", "verify: " + verify + ", ");
  int fetches = 0;
  Story story(text);
  story.on_event = [&fetches](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type != actors::EventType::kFetch || *recorded.actor != "beta-voice") return;
    if (static_cast<const actors::FetchEvent&>(event).what == actors::FetchWhat::kCertificate)
      ++fetches;
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  return fetches;
}

// RFC 8224 leaves it to HTTP; ATIS-1000074 keeps what says less than a day for a day.
TEST(CertificateMinimum, IsWhatThePolicySays) {
  EXPECT_GT(fetches_under("{policy: rfc8224}"), 1);
  EXPECT_GT(fetches_under("{policy: deployed}"), 1);
  for (const std::string policy : {"atis74", "atis82", "strict"}) {
    EXPECT_EQ(fetches_under("{policy: " + policy + "}"), 1) << policy;
  }
}

TEST(CertificateMinimum, GivesWayToTheScenario) {
  EXPECT_GT(fetches_under("{policy: atis74, cache: {mode: http, minimum: 0s}}"), 1);
  EXPECT_EQ(fetches_under("{policy: rfc8224, cache: {mode: http, minimum: 24h}}"), 1);
}

}  // namespace
}  // namespace shakedown::scenarios

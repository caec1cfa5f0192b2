// Ordered rotations: each is carried out, and only `rekey` decides whether the key is a new one.
#include <gmock/gmock.h>

#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

using testing::ElementsAre;

// "because new-key" or "because same-key", in the order in which the certificates were had.
std::vector<std::string> issuances_of(const std::string& timeline,
                                      const std::string& certificate = "{}") {
  std::string text = two_providers("memory");
  const std::string anchor = "keys: memory";
  text.insert(text.find(anchor) + anchor.size(), ", certificate: " + certificate);
  Story story(text + "timeline:\n" + timeline);
  std::vector<std::string> issuances;
  story.on_event = [&issuances](const sim::Recorded& recorded) {
    const auto* issuance = dynamic_cast<const actors::IssuanceEvent*>(recorded.event.get());
    if (issuance == nullptr || *recorded.actor != "acme-tel") return;
    issuances.push_back(issuance->because + (issuance->new_key ? " new-key" : " same-key"));
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  return issuances;
}

TEST(Rotation, GivesANewKeyUnlessItSaysOtherwise) {
  EXPECT_THAT(issuances_of("  - {at: 5s, do: rotate, provider: acme-tel}\n"
                           "  - {at: 25s, do: rotate, provider: acme-tel, rekey: false}\n"),
              ElementsAre("first new-key", "rotation new-key", "rotation same-key"));
}

TEST(Rotation, ItsReasonIsForTheRecordsAlone) {
  for (const std::string reason : {"renewal", "compromise", "key_compromise", "first"}) {
    const std::string order = "s, do: rotate, provider: acme-tel, because: " + reason;
    EXPECT_THAT(issuances_of("  - {at: 5" + order + ", rekey: false}\n  - {at: 25" + order + "}\n",
                             "{rekey: false}"),
                ElementsAre("first new-key", reason + " same-key", reason + " new-key"));
  }
}

TEST(Rotation, OrdersOfOneInstantAreAllCarriedOut) {
  EXPECT_THAT(
      issuances_of("  - {at: 5s, do: rotate, provider: acme-tel}\n"
                   "  - {at: 5s, do: rotate, provider: acme-tel}\n"
                   "  - {at: 5s, do: rotate, provider: acme-tel, because: renewal}\n"),
      ElementsAre("first new-key", "rotation new-key", "rotation new-key", "renewal new-key"));
}

TEST(Rotation, MakesADueRenewalNeedlessWhichIsRecorded) {
  std::string text = two_providers("memory");
  const std::string anchor = "keys: memory";
  text.insert(text.find(anchor) + anchor.size(),
              ", certificate: {lifetime: 1h, every: 130s}, "
              "repository: {publication_delay: 10s}");
  // Ordered just before the renewal falls due: it is under way then.
  Story story(text + "timeline:\n  - {at: 8s, do: rotate, provider: acme-tel}\n");
  std::vector<std::string> words;
  story.on_event = [&words](const sim::Recorded& recorded) {
    if (*recorded.actor != "acme-tel") return;
    if (const auto* one = dynamic_cast<const actors::IssuanceEvent*>(recorded.event.get())) {
      words.push_back(one->because);
    } else if (const auto* happening =
                   dynamic_cast<const actors::HappeningEvent*>(recorded.event.get())) {
      if (happening->kind == actors::HappeningKind::kRenewalNotNeeded) words.push_back("needless");
    }
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  EXPECT_THAT(words, ElementsAre("first", "rotation", "needless"));
}

}  // namespace
}  // namespace shakedown::scenarios

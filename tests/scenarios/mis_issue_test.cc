// A CA certifies an adversary's key in a provider's name: its calls pass until the CA has reported
// it.
#include <gmock/gmock.h>

#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

constexpr const char* kMisIssued = R"(
scenario: mis-issued
question: How long is a certificate believed that no token covered?
duration: 20m
ecosystem:
  policy_administrator: {crl: {publish_every: 1h, on_revocation: publish_at_once}}
  cas: [{name: ca-one}, {name: ca-two}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one}
    - name: beta-voice
      spc: "818H"
      numbers: ["+1415555"]
      ca: ca-one
      verify: {revocation: {crl: {refresh: 1m}}}
timeline:
  - {at: 1m, do: mis_issue, ca: ca-two, of: acme-tel, to: mallory}
  - {at: 2m, do: call, from: mallory, as: acme-tel, to: beta-voice, rate: 1/10s, for: 15m}
  - {at: 8m, do: revoke, certificate_of: acme-tel, which: stolen, reason: keyCompromise}
expect:
  - {happened: certificate_mis_issued, of: acme-tel, at_least: 1}
  - {metric: forged_calls_passed, of: mallory, at_least: 1}
)";

TEST(MisIssue, IsBelievedUntilTheCaHasReportedIt) {
  Story story(kMisIssued);
  int passed_before = 0;
  int failed_before = 0;
  int passed_after = 0;
  int failed_after = 0;
  std::vector<actors::HappeningKind> happened;
  std::vector<std::string> holders;
  story.on_event = [&](const sim::Recorded& recorded) {
    const auto since = recorded.world_time - story.scenario().epoch;
    if (const auto* call = dynamic_cast<const actors::CallEvent*>(recorded.event.get())) {
      const bool passed = call->outcome == actors::CallOutcome::kPassed;
      if (since < std::chrono::minutes{8}) ++(passed ? passed_before : failed_before);
      if (since > std::chrono::minutes{11}) ++(passed ? passed_after : failed_after);
    } else if (const auto* one =
                   dynamic_cast<const actors::HappeningEvent*>(recorded.event.get())) {
      happened.push_back(one->kind);
    } else if (const auto* certificate =
                   dynamic_cast<const actors::CertificateEvent*>(recorded.event.get())) {
      if (*recorded.actor == "ca-two") holders.push_back(certificate->subject_of);
    }
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  EXPECT_GT(passed_before, 20);
  EXPECT_EQ(failed_before, 0);
  EXPECT_EQ(passed_after, 0);
  EXPECT_GT(failed_after, 20);
  EXPECT_THAT(happened, testing::Contains(actors::HappeningKind::kCertificateMisIssued));
  EXPECT_THAT(happened, testing::Contains(actors::HappeningKind::kRevocationReported));
  EXPECT_THAT(holders, testing::Contains("mallory"));
}

}  // namespace
}  // namespace shakedown::scenarios

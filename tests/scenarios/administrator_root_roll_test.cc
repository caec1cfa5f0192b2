// roll_signer: {which: crl_signer} and {which: root}: who follows the STI-PA, and who is left
// behind.
#include <map>
#include <string>

#include "actors/events.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

using actors::HappeningKind;

// Two hours of calls to two verifiers; the list and the CRL are read every ten minutes.
std::string rolled_at_half_an_hour(const std::string& roll) {
  return R"(
scenario: rolled
question: Who follows?
duration: 2h
ecosystem:
  policy_administrator: {crl: {publish_every: 10m, valid_for: 1h}, ca_list: {valid_for: 1h, publish_every: 10m}}
  cas: [{name: ca-one}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one, certificate: {lifetime: 2h, every: 20m}}
    - {name: left-behind, spc: "818H", numbers: ["+1415555"], ca: ca-one, verify: {revocation: {crl: {refresh: 10m, on_failure: hard}}, ca_list: {refresh: 10m}}}
    - {name: following, spc: "819H", numbers: ["+1206555"], ca: ca-one, verify: {revocation: {crl: {refresh: 10m, on_failure: hard}}, ca_list: {refresh: 10m, follow_root: true}}}
traffic:
  - {from: acme-tel, to: left-behind, rate: 1/1m, for: 2h}
  - {from: acme-tel, to: following, rate: 1/1m, for: 2h}
timeline:
  - {at: 30m, do: roll_signer, )" +
         roll + R"(}
)";
}

struct RollPlayed {
  std::map<std::string, int> passed, failed;  // By verifier.
  std::map<std::string, int> rejected;        // CRLs and lists, by verifier.
  std::map<HappeningKind, int> happened;
  int tokens_refused = 0;
};

RollPlayed play_roll(const std::string& roll) {
  RollPlayed played;
  Story story(rolled_at_half_an_hour(roll));
  story.on_event = [&](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    const std::string actor(*recorded.actor);
    if (event.type == actors::EventType::kVerification) {
      const auto& verification = static_cast<const actors::VerificationEvent&>(event);
      ++(verification.failed_step.empty() ? played.passed : played.failed)[actor];
    } else if (event.type == actors::EventType::kHappening) {
      const auto& happening = static_cast<const actors::HappeningEvent&>(event);
      ++played.happened[happening.kind];
      if (happening.kind == HappeningKind::kCrlRejected ||
          happening.kind == HappeningKind::kCaListRejected) {
        ++played.rejected[actor];
      }
    } else if (event.type == actors::EventType::kIssuance) {
      const auto& issuance = static_cast<const actors::IssuanceEvent&>(event);
      if (!issuance.issued) ++played.tokens_refused;
    }
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  return played;
}

TEST(RollSigner, NobodyNoticesANewSignerOfTheCrl) {
  const RollPlayed played = play_roll("which: crl_signer");
  EXPECT_EQ(played.happened.at(HappeningKind::kCrlSignerRolled), 1);
  EXPECT_EQ(played.passed.at("left-behind"), 120);
  EXPECT_EQ(played.passed.at("following"), 120);
  EXPECT_TRUE(played.rejected.empty());
  EXPECT_EQ(played.tokens_refused, 0);
}

TEST(RollSigner, ANewRootIsBelievedWhileTheOldOneCertifiesIt) {
  const RollPlayed played = play_roll("which: root, overlap: 24h");
  EXPECT_EQ(played.happened.at(HappeningKind::kRootRolled), 1);
  EXPECT_EQ(played.passed.at("left-behind"), 120);
  EXPECT_EQ(played.passed.at("following"), 120);
  EXPECT_TRUE(played.rejected.empty());
  EXPECT_EQ(played.tokens_refused, 0);
}

TEST(RollSigner, AfterTheOverlapWhoKeepsTheOldRootIsLeftBehind) {
  const RollPlayed played = play_roll("which: root, overlap: 20m");
  // The list that was believed last ends within the hour.
  EXPECT_GE(played.failed.at("left-behind"), 5);
  EXPECT_GE(played.rejected.at("left-behind"), 8);
  EXPECT_EQ(played.passed.at("following"), 120);
  EXPECT_EQ(played.rejected.count("following"), 0U);
  EXPECT_EQ(played.tokens_refused, 0);  // The STI-CA has installed the new root.
}

}  // namespace
}  // namespace shakedown::scenarios

// Delegate certificates in the scenario language: claim constraints (RFC 8226 §8, RFC 9118).
#include <map>
#include <string>

#include "actors/crypto/jwt_claim_constraints.h"
#include "actors/events.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

// An enterprise of acme-tel that calls a verifier of RFC 8224 for five minutes.
std::string scenario_with_bank(const std::string& keys) {
  return R"(
scenario: delegates
question: What may it sign?
duration: 5m
ecosystem:
  cas: [{name: ca-one}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one, delegates: ["+1303555"]}
    - {name: beta-voice, spc: "818H", numbers: ["+1415555"], ca: ca-one}
  enterprises:
    - {name: bank, delegated_by: acme-tel, through: acme-tel, numbers: ["+1303555"], )" +
         keys + R"(}
traffic:
  - {from: bank, to: beta-voice, rate: 1/10s, for: 5m}
)";
}

struct DelegatesPlayed {
  std::map<std::string, int> by_step;  // Verifications by failed step; "": passed.
  std::string detail;                  // Of the last that failed.
  std::map<std::string, crypto::CertificatePtr> certificates;  // The last of each subject.
};

DelegatesPlayed play_delegates(const std::string& text) {
  DelegatesPlayed played;
  Story story(text);
  story.on_event = [&](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type == actors::EventType::kCertificate) {
      const auto& issued = static_cast<const actors::CertificateEvent&>(event);
      played.certificates[issued.subject_of] = crypto::Certificate::from_der(issued.der).value();
    }
    if (event.type != actors::EventType::kVerification) return;
    const auto& verification = static_cast<const actors::VerificationEvent&>(event);
    ++played.by_step[verification.failed_step];
    if (!verification.failed_step.empty()) played.detail = verification.detail;
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  return played;
}

using FailedSteps = std::map<std::string, int>;

TEST(ClaimConstraints, AreThoseOfAtis92UnlessTheScenarioSaysOtherwise) {
  const DelegatesPlayed played = play_delegates(scenario_with_bank("mode: rfc9060"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"", 30}}));
  const auto& certificate = *played.certificates.at("bank");
  EXPECT_EQ(certificate.find_extension(crypto::oid::kJwtClaimConstraints), nullptr);
  const auto* enhanced = certificate.find_extension(crypto::oid::kEnhancedJwtClaimConstraints);
  ASSERT_NE(enhanced, nullptr);
  EXPECT_EQ(crypto::decode_enhanced_jwt_claim_constraints(enhanced->value)->must_exclude,
            (std::vector<std::string>{"attest", "origid"}));
}

TEST(ClaimConstraints, NoneAreWritten) {
  const DelegatesPlayed played =
      play_delegates(scenario_with_bank("certificate: {constraints: none}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"", 30}}));
  const auto& certificate = *played.certificates.at("bank");
  EXPECT_EQ(certificate.find_extension(crypto::oid::kJwtClaimConstraints), nullptr);
  EXPECT_EQ(certificate.find_extension(crypto::oid::kEnhancedJwtClaimConstraints), nullptr);
}

TEST(ClaimConstraints, WithoutExclusionsAreThoseOfRfc8226) {
  const DelegatesPlayed played = play_delegates(scenario_with_bank(
      "claims: {crn: Your invoice, iss: Bank}, certificate: {constraints: "
      "{must_include: [crn], permitted: {crn: [Your appointment, Your invoice]}}}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"", 30}}));
  const auto& certificate = *played.certificates.at("bank");
  EXPECT_EQ(certificate.find_extension(crypto::oid::kEnhancedJwtClaimConstraints), nullptr);
  const auto* plain = certificate.find_extension(crypto::oid::kJwtClaimConstraints);
  ASSERT_NE(plain, nullptr);
  crypto::JwtClaimConstraints expected;
  expected.must_include = {"crn"};
  expected.permitted_values = {{"crn", {"Your appointment", "Your invoice"}}};
  EXPECT_EQ(*crypto::decode_jwt_claim_constraints(plain->value), expected);
}

TEST(ClaimConstraints, AMissingClaimFails) {
  const DelegatesPlayed played =
      play_delegates(scenario_with_bank("certificate: {constraints: {must_include: [crn]}}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"claim_constraints_hold", 30}}));
  EXPECT_EQ(played.detail, "claim crn is missing");
}

TEST(ClaimConstraints, AnotherValueFails) {
  const DelegatesPlayed played = play_delegates(
      scenario_with_bank("claims: {crn: Free cruise}, "
                         "certificate: {constraints: {permitted: {crn: [Your appointment]}}}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"claim_constraints_hold", 30}}));
  EXPECT_EQ(played.detail, "claim crn may not be \"Free cruise\"");
}

TEST(ClaimConstraints, APermittedValueNeedNotBeThere) {
  const DelegatesPlayed played = play_delegates(
      scenario_with_bank("certificate: {constraints: {permitted: {crn: [Your appointment]}}}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"", 30}}));
}

TEST(ClaimConstraints, AnExcludedClaimFails) {
  const DelegatesPlayed played = play_delegates(scenario_with_bank(
      "claims: {crn: Your invoice}, certificate: {constraints: {must_exclude: [crn]}}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"claim_constraints_hold", 30}}));
  EXPECT_EQ(played.detail, "claim crn is forbidden");
}

TEST(ClaimConstraints, AreVoidWhenABaseClaimIsExcluded) {
  const DelegatesPlayed played =
      play_delegates(scenario_with_bank("claims: {crn: Your invoice}, "
                                        "certificate: {constraints: {must_exclude: [crn, dest]}}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"", 30}}));
}

// ATIS-1000092: without a provider code it signs no SHAKEN PASSporT, constraints or not.
TEST(ClaimConstraints, DoNotDecideWhetherADelegateSignsShaken) {
  const DelegatesPlayed played =
      play_delegates(scenario_with_bank("signs: shaken, certificate: {constraints: none}"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"spc_is_present", 30}}));
}

}  // namespace
}  // namespace shakedown::scenarios

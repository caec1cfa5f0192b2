// verify.revocation.ocsp: what a verifier asks, keeps and concludes.
#include <vector>

#include "actors/events.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

using namespace std::chrono_literals;

// Ten minutes of calls; the certificate that signs them is revoked after five.
std::string revoked_at_half_time(const std::string& verify,
                                 const std::string& ca_keys = "ocsp: {valid_for: 30m}") {
  return R"(
scenario: revoked
question: Does the verifier notice?
duration: 10m
ecosystem:
  cas: [{name: ca-one, )" +
         ca_keys + R"(}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one}
    - {name: beta-voice, spc: "818H", numbers: ["+1415555"], ca: ca-one, verify: )" +
         verify + R"(}
traffic:
  - {from: acme-tel, to: beta-voice, rate: 1/10s, for: 10m}
timeline:
  - {at: 5m, do: revoke, certificate_of: acme-tel, which: current, reason: keyCompromise}
)";
}

struct Counted {
  int passed_before = 0, passed_after = 0, revoked_after = 0;
  int questions = 0;
  std::string detail;  // Of the last failure.
};

// "after" begins two minutes after the revocation.
Counted play(const std::string& verify, const std::string& ca_keys = "ocsp: {valid_for: 30m}") {
  Counted counted;
  Story story(revoked_at_half_time(verify, ca_keys));
  const sim::Time later = story.scenario().epoch + 7min;
  story.on_event = [&](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type == actors::EventType::kFetch) {
      const auto& fetch = static_cast<const actors::FetchEvent&>(event);
      if (fetch.what == actors::FetchWhat::kOcsp) ++counted.questions;
    }
    if (event.type != actors::EventType::kVerification) return;
    const auto& verification = static_cast<const actors::VerificationEvent&>(event);
    const bool passed = verification.failed_step.empty();
    if (recorded.world_time < story.scenario().epoch + 5min) {
      counted.passed_before += passed ? 1 : 0;
    } else if (recorded.world_time > later) {
      counted.passed_after += passed ? 1 : 0;
      counted.revoked_after += verification.failed_step == "not_revoked" ? 1 : 0;
      if (!passed) counted.detail = verification.detail;
    }
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  return counted;
}

TEST(OcspRevocation, IsReadFromTheScenario) {
  const Scenario scenario = parsed(revoked_at_half_time(
      "{revocation: {ocsp: {refresh: 10m, on_failure: hard, timeout: 700ms}}}"));
  EXPECT_EQ(scenario.ecosystem.cas[0].ocsp_valid_for, 30min);
  const VerifyPolicy& verify = scenario.ecosystem.providers[1].verify;
  EXPECT_FALSE(verify.crl);
  ASSERT_TRUE(verify.ocsp);
  EXPECT_EQ(verify.ocsp->refresh, 10min);
  EXPECT_TRUE(verify.ocsp->hard_fail);
  EXPECT_EQ(verify.ocsp->timeout, 700ms);
  EXPECT_EQ(
      parsed(revoked_at_half_time("{revocation: {ocsp: {}}}")).ecosystem.providers[1].verify.ocsp,
      OcspPolicy{});
}

TEST(OcspRevocation, ARefreshedAnswerEndsTheCertificate) {
  const Counted counted = play("{revocation: {ocsp: {refresh: 1m}}}");
  EXPECT_GE(counted.passed_before, 25);
  EXPECT_EQ(counted.passed_after, 0);
  EXPECT_GE(counted.revoked_after, 15);
  EXPECT_NE(counted.detail.find("keyCompromise"), std::string::npos) << counted.detail;
  // Each minute for leaf and intermediate; once the leaf is revoked, for the leaf alone.
  EXPECT_GE(counted.questions, 13);
  EXPECT_LE(counted.questions, 17);
}

TEST(OcspRevocation, AnAnswerIsKeptUntilItsNextUpdate) {
  const Counted counted = play("{revocation: {ocsp: {}}}");
  EXPECT_GE(counted.passed_after, 15);
  EXPECT_EQ(counted.questions, 2);
}

TEST(OcspRevocation, KeptVerdictsAreTheDeployedMistake) {
  const Counted counted = play("{revocation: {ocsp: {refresh: 1m}}, cached_verdicts: keep}");
  EXPECT_GE(counted.passed_after, 15);
}

constexpr const char* kInCertificates = "ocsp: {valid_for: 30m, in_certificates: true}";

TEST(OcspRevocation, TheResponderMayStandInTheCertificate) {
  const Counted counted =
      play("{revocation: {ocsp: {refresh: 1m, responder: certificate, on_failure: hard}}}",
           kInCertificates);
  EXPECT_GE(counted.passed_before, 25);
  EXPECT_EQ(counted.passed_after, 0);
  EXPECT_GE(counted.revoked_after, 15);
  EXPECT_NE(counted.detail.find("keyCompromise"), std::string::npos) << counted.detail;
}

TEST(OcspRevocation, WithoutAResponderInTheCertificateNothingIsKnown) {
  const std::string asks = "{revocation: {ocsp: {refresh: 1m, responder: certificate";
  const Counted soft = play(asks + "}}}");
  EXPECT_GE(soft.passed_before, 25);
  EXPECT_GE(soft.passed_after, 15);
  EXPECT_EQ(soft.questions, 0);
  const Counted hard = play(asks + ", on_failure: hard}}}");
  EXPECT_EQ(hard.passed_before, 0);
  EXPECT_GE(hard.revoked_after, 15);
  EXPECT_NE(hard.detail.find("it names no OCSP responder"), std::string::npos) << hard.detail;
}

// N134: no version of ATIS-1000080 has the extension, and the policy strict says so.
TEST(OcspRevocation, AResponderInTheCertificateIsNotInTheProfile) {
  const Counted counted = play("{policy: strict}", kInCertificates);
  EXPECT_EQ(counted.passed_before, 0);
  EXPECT_NE(counted.detail.find("no_other_extensions: extension 1.3.6.1.5.5.7.1.1"),
            std::string::npos)
      << counted.detail;
}

TEST(OcspRevocation, OfWhatSaysThatNothingIsPublishedNothingIsAsked) {
  const Counted counted = play("{revocation: {ocsp: {refresh: 1m, on_failure: hard}}}",
                               "certificates: {no_rev_avail: true}, ocsp: {valid_for: 30m}");
  EXPECT_GE(counted.passed_before, 25);
  EXPECT_GE(counted.passed_after, 15);  // RFC 9608: its short life is all that ends it.
  // For the intermediate alone, which says no such thing.
  EXPECT_LE(counted.questions, 11);
}

}  // namespace
}  // namespace shakedown::scenarios

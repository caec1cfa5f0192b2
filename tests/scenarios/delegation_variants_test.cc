// Delegate certificates in the scenario language: claim constraints (RFC 8226 §8, RFC 9118), levels
// of delegation (RFC 9060 §4), a provider's code above numbers.
#include <map>
#include <string>
#include <vector>

#include "actors/delegation/delegation_service.h"
#include "actors/events.h"
#include "actors/workload/work.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/tn_auth_list.h"
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
  std::map<std::string, crypto::CertificatePtr> certificates;  // The last of each subject,
  std::map<std::string, crypto::CertificatePtr> authorities;   // CA certificates apart.
};

DelegatesPlayed play_delegates(const std::string& text) {
  DelegatesPlayed played;
  Story story(text);
  story.on_event = [&](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type == actors::EventType::kCertificate) {
      const auto& issued = static_cast<const actors::CertificateEvent&>(event);
      const bool is_ca = issued.kind == stir::CertificateRole::kDelegateCa;
      (is_ca ? played.authorities : played.certificates)[issued.subject_of] =
          crypto::Certificate::from_der(issued.der).value();
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

// Enterprises below acme-tel; the last one calls.
std::string scenario_with_levels(const std::string& enterprises, const std::string& from) {
  return R"(
scenario: levels
question: Who may delegate what?
duration: 5m
ecosystem:
  cas: [{name: ca-one}]
  providers:
    - {name: acme-tel, spc: "709J", numbers: ["+1201555"], ca: ca-one, delegates: ["+1303555", "+1720555"]}
    - {name: code-tel, spc: "710J", numbers: ["+1719555"], ca: ca-one, delegates: spc}
    - {name: beta-voice, spc: "818H", numbers: ["+1415555"], ca: ca-one}
  enterprises:
)" + enterprises +
         R"(
traffic:
  - {from: )" +
         from + R"(, to: beta-voice, rate: 1/10s, for: 5m}
)";
}

constexpr const char* kReseller =
    "    - {name: reseller, delegated_by: acme-tel, through: acme-tel, numbers: [\"+1303555\"], "
    "delegates: true}\n";

TEST(DelegationLevels, AResellerDelegatesFurther) {
  const DelegatesPlayed played = play_delegates(scenario_with_levels(
      std::string(kReseller) +
          "    - {name: shop, delegated_by: reseller, through: acme-tel, numbers: [\"+1303555\"]}",
      "shop"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"", 30}}));
  const auto& upper = *played.authorities.at("acme-tel");
  const auto& lower = *played.authorities.at("reseller");
  EXPECT_EQ(upper->basic_constraints, (crypto::BasicConstraints{true, 1}));
  EXPECT_EQ(lower->basic_constraints, (crypto::BasicConstraints{true, 0}));
  EXPECT_EQ(lower.issuer_der(), upper.subject_der());
  EXPECT_EQ(played.certificates.at("shop")->issuer_der(), lower.subject_der());
  // Constraints are for signers (RFC 9118 §3).
  EXPECT_EQ(lower.find_extension(crypto::oid::kEnhancedJwtClaimConstraints), nullptr);
}

TEST(DelegationLevels, ThereMayBeThree) {
  const DelegatesPlayed played = play_delegates(scenario_with_levels(
      std::string(kReseller) +
          "    - {name: agent, delegated_by: reseller, through: acme-tel, numbers: [\"+1303555\"], "
          "delegates: true}\n"
          "    - {name: shop, delegated_by: agent, through: acme-tel, numbers: [\"+13035550100\"]}",
      "shop"));
  EXPECT_EQ(played.detail, "");
  EXPECT_EQ(played.authorities.at("agent")->fields().basic_constraints,
            (crypto::BasicConstraints{true, 0}));
}

TEST(DelegationLevels, TheLowerMustBeInsideTheUpper) {
  const DelegatesPlayed played = play_delegates(scenario_with_levels(
      std::string(kReseller) +
          "    - {name: shop, delegated_by: reseller, through: acme-tel, numbers: [\"+1720555\"], "
          "certificate: {enforce_scope: false}}",
      "shop"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"chain_is_trusted", 30}}));
  EXPECT_TRUE(played.detail.starts_with("scope_tn")) << played.detail;
}

TEST(DelegationLevels, ACarefulResellerRefusesWhatItDoesNotHold) {
  const DelegatesPlayed played = play_delegates(scenario_with_levels(
      std::string(kReseller) +
          "    - {name: shop, delegated_by: reseller, through: acme-tel, numbers: [\"+1720555\"]}",
      "shop"));
  EXPECT_EQ(played.certificates.count("shop"), 0U);
  EXPECT_TRUE(played.by_step.empty());  // Without its certificate the story does not begin.
}

TEST(DelegationLevels, AProvidersCodeDelegatesItsNumbers) {
  const DelegatesPlayed played = play_delegates(scenario_with_levels(
      "    - {name: shop, delegated_by: code-tel, through: code-tel, numbers: [\"+1719555\"]}",
      "shop"));
  EXPECT_EQ(played.by_step, (FailedSteps{{"", 30}}));
  EXPECT_EQ(played.authorities.at("code-tel")->find_extension(crypto::oid::kTnAuthList)->value,
            crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("710J")}).value());
}

// Each level answers OCSP for what it issued: a verifier that insists on an answer is content,
// until a certificate of the second level is revoked.
TEST(DelegationLevels, EachAnswersOcspForWhatItIssued) {
  std::string text = scenario_with_levels(
      std::string(kReseller) +
          "    - {name: shop, delegated_by: reseller, through: acme-tel, numbers: [\"+1303555\"]}",
      "shop");
  const std::string verifier = "numbers: [\"+1415555\"], ca: ca-one";
  text.insert(text.find(verifier) + verifier.size(),
              ", verify: {revocation: {ocsp: {refresh: 30s, on_failure: hard}}}");
  const DelegatesPlayed good = play_delegates(text);
  EXPECT_EQ(good.by_step, (FailedSteps{{"", 30}})) << good.detail;
  text += "timeline: [{at: 150s, do: revoke, certificate_of: shop, reason: keyCompromise}]\n";
  const DelegatesPlayed revoked = play_delegates(text);
  EXPECT_GE(revoked.by_step.at(""), 14);
  EXPECT_GE(revoked.by_step.at("not_revoked"), 10);
  EXPECT_NE(revoked.detail.find("keyCompromise"), std::string::npos) << revoked.detail;
}

TEST(DelegationLevels, WhoMayNotDelegateGetsNoCaCertificate) {
  Story story(scenario_with_bank("mode: rfc9060"));
  sim::Env& env = story.ecosystem().enterprise("bank")->env();
  std::vector<std::string> answers;
  story.world().start(
      env, "ask",
      [&] {
        const auto key =
            env.compute(actors::work::kGenerateKey, crypto::PrivateKey::generate).value();
        crypto::RequestSpec spec;
        spec.subject = crypto::Name{};
        spec.extensions = {
            crypto::extension::basic_constraints(true),
            crypto::extension::tn_auth_list(
                crypto::encode_tn_auth_list({crypto::TnEntry::one("13035550100")}).value())};
        const auto csr =
            env.compute(
                   actors::work::kSign,
                   [](const crypto::RequestSpec& request, const crypto::PrivateKeyPtr& signer) {
                     return crypto::build_request(request, *signer);
                   },
                   spec, key)
                .value();
        const std::string url = story.world().base_url(host_of("acme-tel"));
        for (const char* secret : {"test-delegation-of-bank", "a guess"}) {
          actors::DelegationClient client(env, "acme-tel", url, secret);
          const auto chain = client.order(csr, std::chrono::hours{24});
          answers.push_back(chain ? "issued" : chain.error().detail);
        }
      },
      sim::Daemon::kNo);
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  EXPECT_EQ(answers, (std::vector<std::string>{"acme-tel: HTTP 403 bank may not delegate",
                                               "acme-tel: HTTP 401 unknown customer"}));
}

}  // namespace
}  // namespace shakedown::scenarios

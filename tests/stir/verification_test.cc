#include "stir/verification/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "stir/verification/verification_steps.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

using ::testing::ElementsAre;

class Verification : public ::testing::Test {
 protected:
  Testbed bed_;
  Scene scene_ = scene_of(bed_);

  // The outcome of a PASSporT with `change` applied, signed again.
  template <class Change>
  Ran verify_with(Change change, std::string_view profile = "rfc8224") {
    auto content = bed_.passport;
    change(content);
    scene_.identity = bed_.identity(content);
    return verify(scene_, profile);
  }
};

TEST_F(Verification, PassesAGoodCallInEveryProfile) {
  for (const auto* profile : all_profiles()) {
    const auto ran = verify(scene_, profile->name);
    EXPECT_TRUE(ran.verdict.passed)
        << profile->name << " " << ran.failed() << " " << ran.verdict.detail;
    EXPECT_EQ(ran.verdict.verstat, Verstat::kTnValidationPassed);
    EXPECT_EQ(ran.verdict.code, 0);
    EXPECT_EQ(ran.verdict.attest, 'A');
    EXPECT_EQ(ran.verdict.origid, bed_.passport.origid);
    for (const auto& step : ran.verdict.steps) {
      EXPECT_EQ(step.result, StepOutcome::Result::kPassed)
          << profile->name << " " << to_string(step.step) << " " << step.detail;
    }
  }
}

TEST_F(Verification, AsksForEachInputOnceAndInOrder) {
  EXPECT_THAT(verify(scene_).needs, ElementsAre(Need::kCertificate, Need::kChainVerdict,
                                                Need::kRevocation, Need::kSignature));
  auto policy = policy_for(*profile_by_name("rfc8224"));
  policy.check_replay = true;
  policy.check_revocation = false;
  EXPECT_THAT(verify(scene_, policy).needs, ElementsAre(Need::kCertificate, Need::kChainVerdict,
                                                        Need::kSignature, Need::kReplay));
}

TEST_F(Verification, FetchesNothingForACallThatFailsBefore) {
  const auto ran = verify_with([](Passport& p) { p.iat -= 61; });
  EXPECT_EQ(ran.failed(), "iat_is_fresh");
  EXPECT_TRUE(ran.needs.empty());
}

TEST_F(Verification, FetchesBeforeItLooksAtIatUnderAtis82) {
  const auto ran = verify_with([](Passport& p) { p.iat -= 61; }, "atis82");
  EXPECT_EQ(ran.failed(), "iat_is_fresh");
  EXPECT_EQ(ran.needs.size(), 4U);
}

TEST_F(Verification, RunsTheStepsOfAtis82InTheOrderOfItsErrorCases) {
  std::vector<std::string_view> ids;
  for (const auto& step : verify(scene_, "atis82").verdict.steps)
    ids.push_back(to_string(step.step));
  const std::vector<std::string_view> expected{"date_is_fresh",
                                               "identity_present",
                                               "identity_well_formed",
                                               "full_form_is_used",
                                               "ppt_is_supported",
                                               "info_is_a_uri",
                                               "x5u_url_is_allowed",
                                               "certificate_fetched",
                                               "certificate_parses",
                                               "passport_header_well_formed",
                                               "passport_header_complete",
                                               "info_matches_x5u",
                                               "typ_is_passport",
                                               "algorithm_is_es256",
                                               "ppt_matches",
                                               "alg_matches",
                                               "claims_well_formed",
                                               "orig_matches",
                                               "dest_matches",
                                               "chain_is_trusted",
                                               "certificate_profile",
                                               "spc_is_present",
                                               "not_revoked",
                                               "claim_constraints_hold",
                                               "orig_is_covered",
                                               "signed_within_validity",
                                               "signature_verifies",
                                               "iat_is_fresh",
                                               "iat_matches_date",
                                               "attest_is_valid",
                                               "origid_is_uuid",
                                               "passport_is_canonical"};
  EXPECT_EQ(ids, expected);
}

TEST_F(Verification, RunsTheStepsOfRfc8224InTheOrderOfTheEnumeration) {
  for (const auto name : {"rfc8224", "atis74", "strict"}) {
    const auto ran = verify(scene_, name);
    std::vector<Step> steps;
    for (const auto& step : ran.verdict.steps) steps.push_back(step.step);
    EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end())) << name;
    EXPECT_EQ(steps.size(), kSteps - 1) << name;  // All but not_replayed.
  }
}

TEST(VerificationSteps, HaveARowEach) {
  std::set<Step> steps;
  std::set<std::string_view> ids;
  for (const StepRow& row : all_rows()) {
    EXPECT_TRUE(steps.insert(row.step).second) << row.id;
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_NE(row.check, nullptr) << row.id;
    EXPECT_FALSE(row.question.empty()) << row.id;
    EXPECT_FALSE(row.clause.empty()) << row.id;
  }
  EXPECT_EQ(steps.size(), kSteps);
}

TEST(VerificationSteps, AreFoundByIdAndByName) {
  for (std::size_t i = 0; i < kSteps; ++i) {
    const auto step = static_cast<Step>(i);
    EXPECT_EQ(row_of(step).step, step);
    EXPECT_EQ(info(step).id, to_string(step));
    EXPECT_EQ(step_by_id(to_string(step)), step);
  }
  EXPECT_EQ(step_by_id("no_such_step"), std::nullopt);
}

TEST(VerificationPolicy, OrdersEveryStepOnceInEachProfile) {
  for (const auto* profile : all_profiles()) {
    std::set<Step> steps;
    for (const StepRule& rule : profile->rules) {
      EXPECT_TRUE(steps.insert(rule.step).second) << profile->name << " " << to_string(rule.step);
    }
    EXPECT_EQ(steps.size(), kSteps) << profile->name;
  }
  EXPECT_EQ(profile_by_name("rfc9999"), nullptr);
}

TEST_F(Verification, LetsAnUnsignedCallThroughUnlessIdentityIsRequired) {
  scene_.has_identity = false;
  const auto ran = verify(scene_);
  EXPECT_FALSE(ran.verdict.passed);
  EXPECT_EQ(ran.failed(), "identity_present");
  EXPECT_EQ(ran.verdict.code, 0);
  EXPECT_EQ(ran.verdict.verstat, Verstat::kNoTnValidation);

  auto policy = policy_for(*profile_by_name("rfc8224"));
  policy.require_identity = true;
  const auto required = verify(scene_, policy);
  EXPECT_EQ(required.verdict.code, 428);
  EXPECT_EQ(required.verdict.reason, "Use Identity Header");
  EXPECT_EQ(required.verdict.verstat, Verstat::kNoTnValidation);
}

TEST_F(Verification, IgnoresAnUnsupportedPpt) {
  const auto ran = verify_with([](Passport& p) { p.ppt = "rcd"; });
  EXPECT_EQ(ran.failed(), "ppt_is_supported");
  EXPECT_EQ(ran.verdict.code, 0);
  EXPECT_EQ(ran.verdict.verstat, Verstat::kNoTnValidation);
  EXPECT_EQ(verify(scene_, "atis82").verdict.code, 438);  // E5
}

TEST_F(Verification, VerifiesABasePassportOnlyWhereTheProfileTakesIt) {
  const auto make_base = [](Passport& p) {
    p.ppt.clear();
    p.attest.clear();
    p.origid.clear();
  };
  const auto ran = verify_with(make_base);
  EXPECT_TRUE(ran.verdict.passed) << ran.failed();
  EXPECT_EQ(ran.verdict.attest, ' ');
  EXPECT_EQ(verify(scene_, "atis74").failed(), "ppt_is_supported");
}

TEST_F(Verification, AcceptsTheCompactFormOfABasePassport) {
  auto content = bed_.passport;
  content.ppt.clear();
  content.attest.clear();
  content.origid.clear();
  const auto signature = bed_.leaf_key->sign(signing_input(content)).value();
  scene_.identity = write_identity_header(encode_compact(signature), kX5u, "");
  EXPECT_TRUE(verify(scene_).verdict.passed);
  scene_.call.date.reset();
  EXPECT_EQ(verify(scene_).failed(), "full_form_is_used");
  scene_.call.date = kNow;
  scene_.identity = write_identity_header(encode_compact(signature), kX5u, "shaken");
  EXPECT_EQ(verify(scene_).failed(), "full_form_is_used");  // N18
  EXPECT_EQ(verify(scene_).verdict.code, 438);
}

TEST_F(Verification, GoesOnAfterTheVerdictWhenAskedToAndKeepsIt) {
  auto content = bed_.passport;
  content.iat -= 61;
  content.attest = "D";
  scene_.identity = bed_.identity(content);
  auto policy = policy_for(*profile_by_name("rfc8224"));
  policy.run_later_steps = true;
  const auto ran = verify(scene_, policy);
  EXPECT_EQ(ran.failed(), "attest_is_valid");
  EXPECT_EQ(ran.verdict.code, 438);
  ASSERT_NE(ran.step(Step::kIatIsFresh), nullptr);
  EXPECT_EQ(ran.step(Step::kIatIsFresh)->result, StepOutcome::Result::kFailed);
  EXPECT_EQ(ran.step(Step::kIatIsFresh)->code, 403);
  ASSERT_NE(ran.step(Step::kSignatureVerifies), nullptr);
  EXPECT_EQ(ran.step(Step::kSignatureVerifies)->result, StepOutcome::Result::kPassed);
}

TEST_F(Verification, NeverAsksToFetchAUrlThatItRefused) {
  auto content = bed_.passport;
  content.x5u = "http://cr.acme-tel.test/1.pem";
  scene_.identity = bed_.identity(content);
  auto policy = policy_for(*profile_by_name("rfc8224"));
  policy.run_later_steps = true;
  const auto ran = verify(scene_, policy);
  EXPECT_EQ(ran.failed(), "x5u_url_is_allowed");
  EXPECT_TRUE(ran.needs.empty());
}

TEST_F(Verification, NeverPassesWhenAnEnforcedStepCannotRun) {
  scene_.answer = CertificateAnswer{};  // Unreachable.
  EXPECT_EQ(verify(scene_).failed(), "certificate_fetched");
  auto broken = CertificateAnswer{};
  broken.outcome = FetchOutcome::kFetched;  // And yet no chain.
  scene_.answer = broken;
  const auto ran = verify(scene_);
  EXPECT_EQ(ran.failed(), "certificate_parses");
  EXPECT_EQ(ran.verdict.code, 436);
}

TEST_F(Verification, ReportsAStaleDateBesideAFreshIat) {  // N35
  scene_.call.date = kNow - std::chrono::seconds{61};
  const auto ran = verify(scene_);
  EXPECT_TRUE(ran.verdict.passed);
  EXPECT_TRUE(ran.reported(Step::kDateIsFresh));
  EXPECT_EQ(verify(scene_, "strict").failed(), "date_is_fresh");
  EXPECT_EQ(verify(scene_, "strict").verdict.code, 403);
  EXPECT_EQ(verify(scene_, "atis82").failed(), "date_is_fresh");
  EXPECT_EQ(verify(scene_, "atis82").verdict.verstat, Verstat::kNoTnValidation);
}

TEST_F(Verification, ReportsAnIatThatIsNotTheDatesThoughBothAreFresh) {
  const auto half = std::chrono::seconds{30};
  scene_.call.date = kNow + half;
  auto ran = verify_with([&](Passport& p) { p.iat -= half.count(); }, "strict");
  EXPECT_TRUE(ran.verdict.passed) << ran.failed();
  *scene_.call.date += std::chrono::seconds{1};
  EXPECT_TRUE(verify(scene_).verdict.passed);
  EXPECT_TRUE(verify(scene_).reported(Step::kIatMatchesDate));
  ran = verify(scene_, "strict");
  EXPECT_EQ(ran.failed(), "iat_matches_date");
  EXPECT_EQ(ran.verdict.code, 438);
  scene_.call.date.reset();
  EXPECT_FALSE(verify(scene_).reported(Step::kIatMatchesDate));
}

TEST_F(Verification, UsesIatWhereThereIsNoDate) {  // N37
  scene_.call.date.reset();
  const auto ran = verify(scene_);
  EXPECT_TRUE(ran.verdict.passed);
  EXPECT_TRUE(ran.reported(Step::kDateIsFresh));
}

TEST_F(Verification, RefusesADateThatCannotBeRead) {  // N38
  scene_.call.date.reset();
  scene_.call.date_is_malformed = true;
  EXPECT_EQ(verify(scene_).failed(), "date_is_well_formed");
  EXPECT_EQ(verify(scene_).verdict.code, 438);
}

TEST_F(Verification, ReportsAMediaFingerprintThatIsNotSigned) {  // N57
  scene_.call.has_media_fingerprint = true;
  EXPECT_TRUE(verify(scene_, "strict").verdict.passed);
  EXPECT_TRUE(verify(scene_).reported(Step::kClaimsWellFormed));
}

TEST_F(Verification, FindsAReplayOnlyWhenItLooksForOne) {  // N55
  scene_.seen_before = true;
  EXPECT_TRUE(verify(scene_).verdict.passed);
  auto policy = policy_for(*profile_by_name("rfc8224"));
  policy.check_replay = true;
  EXPECT_EQ(verify(scene_, policy).failed(), "not_replayed");
}

TEST_F(Verification, JudgesAnUndeterminedRevocationByPolicy) {  // N144
  scene_.revocation = revocation_undetermined("no usable CRL");
  EXPECT_TRUE(verify(scene_).verdict.passed);
  EXPECT_TRUE(verify(scene_).reported(Step::kNotRevoked));
  const auto strict = verify(scene_, "strict");
  EXPECT_EQ(strict.failed(), "not_revoked");
  EXPECT_EQ(strict.verdict.code, 437);
}

TEST_F(Verification, ChecksTheNumberAuthorityOnlyWhenToldTo) {
  scene_.numbers = {{"1201555", "818H"}};
  EXPECT_TRUE(verify(scene_).verdict.passed);
  auto policy = policy_for(*profile_by_name("rfc8224"));
  policy.number_authority = NumberAuthorityMode::kDatabase;
  const auto ran = verify(scene_, policy);
  EXPECT_EQ(ran.failed(), "orig_is_covered");
  EXPECT_EQ(ran.verdict.code, 438);
  scene_.numbers = {{"1201555", "709J"}};
  EXPECT_TRUE(verify(scene_, policy).verdict.passed);
}

TEST_F(Verification, SpeaksOfAtis74InItsOwnWords) {
  scene_.answer = CertificateAnswer{};
  const auto ran = verify(scene_, "atis74");
  EXPECT_EQ(ran.verdict.reason, "Bad-Identity-Info");
  ASSERT_TRUE(ran.reason);
  EXPECT_EQ(ran.reason->protocol, ReasonProtocol::kSip);
  EXPECT_EQ(ran.reason->cause, 436);
  EXPECT_EQ(ran.reason->text, "Bad-Identity-Info");
  EXPECT_TRUE(ran.reason->ppi.starts_with(".."));
}

TEST_F(Verification, TakesOneGoodHeaderAmongSeveral) {  // N03, N04
  const auto good = verify(scene_).verdict;
  const auto stale = verify_with([](Passport& p) { p.iat -= 100; }).verdict;
  const auto other_number =
      verify_with([](Passport& p) { p.orig = telephone_number("12015550199"); }).verdict;
  const std::vector<Verdict> one_good{stale, good};
  EXPECT_EQ(deciding_verdict(one_good), 1U);
  const std::vector<Verdict> both_bad{stale, other_number};
  EXPECT_EQ(deciding_verdict(both_bad), 1U);  // 438 got further than 403.
  EXPECT_TRUE(verify(scene_).reason);
  scene_.identity = bed_.identity(bed_.passport);
  EXPECT_FALSE(verify(scene_).reason);  // It has no code.
}

// What libsecsipid 1.2.0 lets pass or refuses, each named in the profile.
TEST_F(Verification, ForgivesUnderDeployedWhatIsForgivenInTheField) {
  const auto passes = [&](const std::function<void(Passport&)>& change) {
    const auto ran = verify_with(change, "deployed");
    EXPECT_TRUE(ran.verdict.passed) << ran.failed() << " " << ran.verdict.detail;
    EXPECT_FALSE(verify(scene_, "atis82").verdict.passed);
  };
  passes([](Passport& p) { p.iat += 86'400; });
  passes([](Passport& p) { p.attest = "Z"; });
  passes([](Passport& p) { p.attest.clear(); });
  passes([](Passport& p) { p.origid.clear(); });
  passes([](Passport& p) { p.orig = telephone_number("12015550199"); });
  passes([](Passport& p) { p.dest_tn = {"14155550199"}; });
  passes([](Passport& p) { p.x5u = "http://cr.acme-tel.test:8080/1.pem"; });
  EXPECT_EQ(verify_with([](Passport& p) { p.iat -= 61; }, "deployed").failed(), "iat_is_fresh");
  EXPECT_EQ(verify_with([](Passport& p) { p.ppt = "div"; }, "deployed").verdict.code, 438);

  const auto good = bed_.identity(bed_.passport);
  scene_.identity = good.substr(0, good.find(";alg"));  // Neither alg nor ppt.
  EXPECT_TRUE(verify(scene_, "deployed").verdict.passed);
  scene_.identity = " " + good.substr(0, 40) + " " + good.substr(40);
  EXPECT_TRUE(verify(scene_, "deployed").verdict.passed);
  EXPECT_EQ(verify(scene_, "atis82").failed(), "identity_well_formed");
}

TEST_F(Verification, StampsStepsWithTheTimesOfTheirInputs) {
  VerificationInputs inputs;
  inputs.identity = &scene_.identity;
  inputs.call = &scene_.call;
  inputs.received_at = kNow;
  VerificationRun run(policy_for(*profile_by_name("rfc8224")), inputs);
  ASSERT_EQ(run.advance(kNow), Need::kCertificate);
  run.provide_certificate({});
  const auto later = kNow + std::chrono::milliseconds{40};
  ASSERT_EQ(run.advance(later), std::nullopt);
  const auto& last = run.verdict().steps.back();
  EXPECT_EQ(last.step, Step::kCertificateFetched);
  EXPECT_EQ(last.started_at, kNow);
  EXPECT_EQ(last.ended_at, later);
}

}  // namespace
}  // namespace shakedown::stir::test

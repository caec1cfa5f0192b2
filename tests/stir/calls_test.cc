// Authentication, diversion and the ACME messages.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "stir/acme/acme_messages.h"
#include "stir/passport/authentication.h"
#include "stir/passport/diversion.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

class Authentication : public ::testing::Test {
 protected:
  Authentication() {
    facts_.call = &bed_.call;
    facts_.now = kNow;
    facts_.attest = "A";
    facts_.origid = bed_.passport.origid;
    facts_.x5u = kX5u;
    facts_.not_before = kNow - std::chrono::hours{1};
    facts_.not_after = kNow + std::chrono::hours{1};
  }

  std::string_view refusal() {
    RefusalToSign why{};
    const auto result = passport_to_sign(facts_, {}, &why);
    if (result) return "";
    EXPECT_EQ(result.error().code, ErrorCode::kRefused);
    return to_string(why);
  }

  Testbed bed_;
  AuthenticationFacts facts_;
};

TEST_F(Authentication, MakesThePassportThatTheVerifierExpects) {
  const auto signed_call = passport_to_sign(facts_);
  ASSERT_TRUE(signed_call);
  EXPECT_EQ(signed_call->passport, bed_.passport);
  EXPECT_EQ(signed_call->date, kNow);
}

TEST_F(Authentication, TakesIatFromTheDate) {
  bed_.call.date = kNow - std::chrono::seconds{20};
  EXPECT_EQ(passport_to_sign(facts_)->passport.iat, sim::unix_seconds(kNow) - 20);
  bed_.call.date.reset();
  facts_.now = kNow + std::chrono::milliseconds{900};
  const auto without_date = passport_to_sign(facts_);
  EXPECT_EQ(without_date->passport.iat, sim::unix_seconds(kNow));
  EXPECT_EQ(without_date->date, kNow);  // What the request must then carry: whole seconds.
}

TEST_F(Authentication, RefusesWhatItMayNotSign) {
  const auto good_call = bed_.call;
  const auto good_facts = facts_;
  const auto after = [&](const std::function<void()>& change) {
    bed_.call = good_call;
    facts_ = good_facts;
    change();
    return refusal();
  };
  EXPECT_EQ(after([] {}), "");
  EXPECT_EQ(after([&] { bed_.call.date = kNow - std::chrono::seconds{61}; }), "stale_date");
  EXPECT_EQ(after([&] { bed_.call.date = kNow + std::chrono::seconds{61}; }), "stale_date");
  EXPECT_EQ(after([&] { bed_.call.date_is_malformed = true; }), "malformed_date");
  EXPECT_EQ(after([&] { bed_.call.orig_source = SipCall::OrigSource::kNone; }), "no_orig");
  EXPECT_EQ(after([&] { bed_.call.dest.clear(); }), "no_dest");
  EXPECT_EQ(after([&] { bed_.call.orig = uri("sip:al@a.test"); }), "orig_is_a_uri");
  EXPECT_EQ(after([&] { facts_.attest = "D"; }), "attest_invalid");
  EXPECT_EQ(after([&] { facts_.not_after = kNow - std::chrono::seconds{1}; }),
            "certificate_not_valid");
  EXPECT_EQ(after([&] {
              bed_.call.date = kNow - std::chrono::seconds{30};
              facts_.not_before = kNow - std::chrono::seconds{20};
            }),
            "certificate_not_valid");
}

// A call to 14155550100 that was sent on to 14155550177 and then to 14155550188.
class Diversions : public ::testing::Test {
 protected:
  Diversions() {
    const auto second = telephone_number("14155550177");
    const auto third = telephone_number("14155550188");
    first_div_ = div_passport(bed_.passport, telephone_number("14155550100"), second, kX5u).value();
    second_div_ = div_passport(first_div_, second, third, kX5u).value();
    call_ = bed_.call;
    call_.request_target = third;
    all_ = {bed_.passport, first_div_, second_div_};
  }

  Testbed bed_;
  Passport first_div_;
  Passport second_div_;
  SipCall call_;
  std::vector<Passport> all_;
};

TEST_F(Diversions, AreFollowedToTheTarget) {
  EXPECT_TRUE(follow_diversions(bed_.passport, all_, call_).ok);
  EXPECT_TRUE(chain_of_diversion(first_div_, all_, call_).ok);
  EXPECT_TRUE(chain_of_diversion(second_div_, all_, call_).ok);
}

TEST_F(Diversions, SayWhereTheChainBreaks) {
  call_.request_target = telephone_number("14155550199");
  EXPECT_EQ(follow_diversions(bed_.passport, all_, call_).error, "div_end_not_found");
  call_.request_target = telephone_number("14155550188");
  const std::vector<Passport> without_first{bed_.passport, second_div_};
  EXPECT_EQ(follow_diversions(bed_.passport, without_first, call_).error, "div_start_invalid");
  const std::vector<Passport> without_second{bed_.passport, first_div_};
  EXPECT_EQ(follow_diversions(bed_.passport, without_second, call_).error, "div_end_not_found");
  auto changed = all_;
  changed[2].orig = telephone_number("12015550199");
  EXPECT_EQ(follow_diversions(bed_.passport, changed, call_).error, "div_orig_changed");
  auto twice = all_;
  twice.push_back(second_div_);
  twice.back().dest_tn = {"14155550166"};
  EXPECT_EQ(follow_diversions(bed_.passport, twice, call_).error, "div_not_unique");
  auto loop = all_;
  loop[2].dest_tn = {"14155550100"};
  EXPECT_EQ(follow_diversions(bed_.passport, loop, call_).error, "div_infinite_loop");
}

TEST_F(Diversions, AreNotMadeWithoutNeed) {
  const auto called = telephone_number("14155550100");
  EXPECT_FALSE(div_passport(bed_.passport, called, called, kX5u));
  EXPECT_FALSE(div_passport(bed_.passport, telephone_number("14155550111"), called, kX5u));
}

TEST_F(Diversions, ExplainARetargetedCall) {  // N48
  auto scene = scene_of(bed_);
  scene.call = call_;
  scene.call.dest = {telephone_number("14155550188")};  // To was rewritten on the way.
  EXPECT_EQ(verify(scene).failed(), "dest_matches");
  scene.passports = all_;
  std::vector<Verdict> verdicts;
  for (const auto& passport : all_) {
    scene.identity = bed_.identity(passport);
    const auto ran = verify(scene);
    EXPECT_TRUE(ran.verdict.passed) << ran.failed() << " " << ran.verdict.detail;
    verdicts.push_back(ran.verdict);
  }
  EXPECT_TRUE(verdicts[0].relies_on_diversions);
  EXPECT_TRUE(verdicts[1].is_diversion);
  EXPECT_EQ(deciding_verdict(verdicts), 0U);
  // Profiles for shaken alone know nothing of div.
  EXPECT_EQ(verify(scene, "atis74").failed(), "ppt_is_supported");
  // With one link broken the call does not pass.
  verdicts[2].passed = false;
  verdicts[2].code = 438;
  EXPECT_EQ(deciding_verdict(verdicts), 2U);
}

TEST(AcmeMessages, ReadWhatTheyWrite) {
  acme::Order order;
  order.status = acme::OrderStatus::kReady;
  order.expires = kNow;
  order.identifiers = {{"TNAuthList", "MAigBhYEMTIzNA"}};
  order.authorizations = {"https://ca.test/authz/1"};
  order.finalize = "https://ca.test/finalize/1";
  order.error = acme::Problem{"badCSR", "no", 400, {}};
  const auto json = acme::to_json(order);
  EXPECT_EQ(canonical_json(json),
            R"({"authorizations":["https://ca.test/authz/1"],"error":{"detail":"no","status":400,)"
            R"("type":"urn:ietf:params:acme:error:badCSR"},"expires":"2026-01-05T09:00:00Z",)"
            R"("finalize":"https://ca.test/finalize/1","identifiers":[{"type":"TNAuthList",)"
            R"("value":"MAigBhYEMTIzNA"}],"status":"ready"})");
  const auto read = acme::read_order(json);
  ASSERT_TRUE(read);
  EXPECT_EQ(canonical_json(acme::to_json(*read)), canonical_json(json));

  acme::Authorization authorization;
  authorization.identifier = order.identifiers.front();
  authorization.challenges.emplace_back();
  authorization.challenges.front().url = "https://ca.test/chall/1";
  authorization.challenges.front().token_authority = "https://sti-pa.test";
  const auto authorization_json = acme::to_json(authorization);
  EXPECT_EQ(authorization_json["challenges"][0]["tkauth-type"], "atc");
  EXPECT_EQ(canonical_json(acme::to_json(*acme::read_authorization(authorization_json))),
            canonical_json(authorization_json));
}

TEST(AcmeMessages, ReadBothChallengeAnswers) {
  EXPECT_EQ(acme::read_challenge_answer(acme::challenge_answer("t")).value(), "t");
  EXPECT_EQ(canonical_json(acme::challenge_answer("t", true)), R"({"atc":"t"})");
  EXPECT_EQ(acme::read_challenge_answer(acme::challenge_answer("t", true)).value(), "t");
  EXPECT_FALSE(acme::read_challenge_answer(Json::object()));
  EXPECT_EQ(acme::read_finalize_body(acme::finalize_body("der")).value(), "der");
  const auto revocation = acme::read_revocation(acme::to_json(acme::Revocation{"der", 1}));
  EXPECT_EQ(revocation->certificate_der, "der");
  EXPECT_EQ(revocation->reason, 1);
}

TEST(AcmeMessages, NameTheMemberThatIsWrong) {
  const auto good = acme::to_json(acme::NewOrder{{{"TNAuthList", "x"}}, kNow, {}});
  EXPECT_TRUE(acme::read_new_order(good));
  auto bad_time = good;
  bad_time["notBefore"] = "tomorrow";
  EXPECT_EQ(acme::read_new_order(bad_time).error().detail, "notBefore");
  auto none = good;
  none["identifiers"] = Json::array();
  EXPECT_EQ(acme::read_new_order(none).error().detail, "identifiers");
  EXPECT_EQ(acme::read_order(good).error().detail, "status");
  EXPECT_EQ(acme::read_revocation(Json{{"certificate", "AA"}, {"reason", -1}}).error().detail,
            "reason");
  EXPECT_TRUE(acme::is_problem_type("badNonce"));
  EXPECT_FALSE(acme::is_problem_type("badMood"));
}

TEST(AcmeMessages, CompareIdentifiersByTheirOctets) {
  EXPECT_TRUE(
      acme::same_identifier({"TNAuthList", "MAigBhYEMTIzNA"}, {"TNAuthList", "MAigBhYEMTIzNA=="}));
  EXPECT_FALSE(acme::same_identifier({"TNAuthList", "MAigBhYEMTIzNA"}, {"dns", "MAigBhYEMTIzNA"}));
  EXPECT_FALSE(
      acme::same_identifier({"TNAuthList", "MAigBhYEODE4SA"}, {"TNAuthList", "MAigBhYEMTIzNA"}));
}

}  // namespace
}  // namespace shakedown::stir::test

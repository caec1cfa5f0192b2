#include "stir/call/sip_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shakedown::stir {
namespace {

using ::testing::ElementsAre;

sim::Request invite() {
  sim::Request request;
  request.protocol = sim::Protocol::kSip;
  request.method = "INVITE";
  request.target = "sip:+14155550100@beta-voice.test";
  request.headers = {{"From", "\"Al <x>\" <sip:+12015550101@acme-tel.test;user=phone>;tag=1"},
                     {"To", "<sip:+14155550100@beta-voice.test>"},
                     {"Date", "Mon, 05 Jan 2026 09:00:00 GMT"},
                     {"Identity", "a.b.c;info=<https://c.test/1>"},
                     {"y", "d.e.f;info=<https://c.test/2>"}};
  return request;
}

TEST(SipCall, ReadsTheFactsOfAnInvite) {
  const auto call = read_sip_call(invite());
  ASSERT_TRUE(call);
  EXPECT_EQ(call->orig, telephone_number("12015550101"));
  EXPECT_EQ(call->orig_source, SipCall::OrigSource::kFrom);
  EXPECT_THAT(call->dest, ElementsAre(telephone_number("14155550100")));
  EXPECT_EQ(call->request_target, telephone_number("14155550100"));
  EXPECT_EQ(call->date, sim::from_unix_seconds(1'767'603'600));
  EXPECT_THAT(call->identity,
              ElementsAre("a.b.c;info=<https://c.test/1>", "d.e.f;info=<https://c.test/2>"));
  EXPECT_FALSE(call->has_media_fingerprint);
}

TEST(SipCall, PrefersTheAssertedNumber) {
  auto request = invite();
  request.headers.add("P-Asserted-Identity",
                      "\"A, B\" <sip:acme@acme-tel.test>, <tel:+12015550177>");
  const auto call = read_sip_call(request);
  EXPECT_EQ(call->orig, telephone_number("12015550177"));
  EXPECT_EQ(call->orig_source, SipCall::OrigSource::kPAssertedIdentity);
  EXPECT_EQ(call->from, telephone_number("12015550101"));
}

TEST(SipCall, ReadsOneLetterHeaderNames) {
  auto request = invite();
  request.headers = {{"f", "sip:+12015550101@acme-tel.test;tag=1"}, {"t", "tel:+14155550100"}};
  const auto call = read_sip_call(request);
  EXPECT_EQ(call->orig, telephone_number("12015550101"));
  EXPECT_THAT(call->dest, ElementsAre(telephone_number("14155550100")));
  EXPECT_EQ(call->date, std::nullopt);
  EXPECT_FALSE(call->date_is_malformed);
}

TEST(SipCall, TakesNoDateInTheOlderFormsOfHttp) {  // RFC 3261 §25.1
  auto request = invite();
  for (const auto* date : {"Mon Jan  5 09:00:00 2026", "Monday, 05-Jan-26 09:00:00 GMT"}) {
    request.headers.set("Date", date);
    EXPECT_TRUE(read_sip_call(request)->date_is_malformed) << date;
  }
  request.headers.set("Date", "Mon, 05 Jan 2026 09:00:00 GMT");
  EXPECT_FALSE(read_sip_call(request)->date_is_malformed);
}

TEST(SipCall, SaysWhatItCouldNotRead) {
  auto request = invite();
  request.headers = {{"From", "<sip:+1201"}, {"Date", "yesterday"}};
  const auto call = read_sip_call(request);
  EXPECT_EQ(call->orig_source, SipCall::OrigSource::kNone);
  EXPECT_TRUE(call->dest.empty());
  EXPECT_TRUE(call->date_is_malformed);
  request.protocol = sim::Protocol::kHttp;
  EXPECT_EQ(read_sip_call(request).error().code, ErrorCode::kUnsupported);
}

TEST(Reason, ReadsWhatItWrites) {
  const Reason reason{ReasonProtocol::kStir, 436, "Bad \"Identity\" Info", "..sig"};
  EXPECT_EQ(write_reason(reason),
            "STIR ;cause=436 ;text=\"Bad \\\"Identity\\\" Info\" ;ppi=\"..sig\"");
  EXPECT_THAT(parse_reasons(write_reason(reason)), ElementsAre(reason));
}

TEST(Reason, ReadsSeveralAndOlderForms) {
  const auto reasons = parse_reasons(
      "SIP ;cause=438 ;text=\"Invalid, really\", STIR;cause=433;text=\"Anonymity Disallowed\", "
      "Q.850;cause=16, STIR;cause=12345, ,");
  ASSERT_EQ(reasons.size(), 3U);
  EXPECT_EQ(reasons[0], (Reason{ReasonProtocol::kSip, 438, "Invalid, really", ""}));
  EXPECT_EQ(reasons[1].cause, 433);
  EXPECT_EQ(reasons[2].protocol, ReasonProtocol::kOther);
  EXPECT_EQ(passport_identifier("a.b.c"), "..c");
}

TEST(Verstat, StandsInTheUserPart) {
  const std::string with = "sip:+12015550101;verstat=TN-Validation-Passed@h.test;user=phone";
  EXPECT_EQ(with_verstat("sip:+12015550101@h.test;user=phone", Verstat::kTnValidationPassed), with);
  EXPECT_EQ(without_verstat(with), "sip:+12015550101@h.test;user=phone");
  EXPECT_EQ(verstat_of(with), Verstat::kTnValidationPassed);
  EXPECT_EQ(with_verstat(with, Verstat::kTnValidationFailed),
            "sip:+12015550101;verstat=TN-Validation-Failed@h.test;user=phone");
  EXPECT_EQ(with_verstat("tel:+12015550101", Verstat::kNoTnValidation),
            "tel:+12015550101;verstat=No-TN-Validation");
}

TEST(Verstat, IsFoundWhereVendorsPutIt) {
  EXPECT_EQ(verstat_of("sip:+1@h.test;verstat=TN-Validation-Passed-B"),
            Verstat::kTnValidationPassed);
  EXPECT_EQ(without_verstat("sip:+1@h.test;VERSTAT=TN-Validation-Passed;x=1"), "sip:+1@h.test;x=1");
  EXPECT_EQ(verstat_of("sip:+1@h.test;verstat=TN-Validation-Passedish"), std::nullopt);
  EXPECT_EQ(verstat_of("sip:+1@h.test"), std::nullopt);
}

}  // namespace
}  // namespace shakedown::stir

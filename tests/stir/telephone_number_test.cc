#include "stir/call/telephone_number.h"

#include <gtest/gtest.h>

namespace shakedown::stir {
namespace {

struct NumberCase {
  std::string_view text;
  std::string_view canonical;  // "" if it is no number.
};

TEST(TelephoneNumber, BecomesCanonicalUnderTheNorthAmericanPlan) {
  for (const auto& [text, canonical] : std::initializer_list<NumberCase>{
           {"+12015550101", "12015550101"},
           {"+1 (201) 555-0101", "12015550101"},
           {"201.555.0101", "12015550101"},
           {"12015550101", "12015550101"},
           {"01144 20 7946 0018", "442079460018"},
           {"+442079460018", "442079460018"},
           {"911", "911"},
           {"+911", "911"},
           {"988", "988"},
           {"5550101", "5550101"},        // No area code to add.
           {"1005550101", "1005550101"},  // No area code begins with 1.
           {"*67", "*67"},
           {"#1234#", "#1234#"},
           {"+123456789012345", "123456789012345"},
           {"+1234567890123456", ""},
           {"1-800-FLOWERS", ""},
           {"alice", ""},
           {"+", ""},
           {"", ""},
           {"12+34", ""},
       }) {
    EXPECT_EQ(canonical_telephone_number(text).value_or(""), canonical) << text;
  }
}

TEST(TelephoneNumber, FollowsOtherNumberingPlans) {
  EXPECT_EQ(canonical_telephone_number("01 23 45 67 89", kFrenchPlan), "33123456789");
  EXPECT_EQ(canonical_telephone_number("0012015550101", kFrenchPlan), "12015550101");
  EXPECT_EQ(canonical_telephone_number("33123456789", kFrenchPlan), "33123456789");
  EXPECT_EQ(canonical_telephone_number("020 7946 0018", kBritishPlan), "442079460018");
  EXPECT_EQ(canonical_telephone_number("112", kFrenchPlan), "112");
  EXPECT_EQ(numbering_plan("gb")->country_code, "44");
  EXPECT_EQ(numbering_plan("zz"), std::nullopt);
}

TEST(TelephoneNumber, KnowsCompleteAndFictionalNumbers) {
  EXPECT_TRUE(is_e164("12015550101"));
  EXPECT_FALSE(is_e164("911"));
  EXPECT_FALSE(is_e164("+12015550101"));
  EXPECT_FALSE(is_e164("02015550101"));
  EXPECT_TRUE(is_canonical_telephone_number("*67"));
  EXPECT_FALSE(is_canonical_telephone_number("+1"));
  EXPECT_FALSE(is_canonical_telephone_number(""));
  EXPECT_TRUE(is_fictional("12015550101"));
  EXPECT_FALSE(is_fictional("12015560101"));
  EXPECT_FALSE(is_fictional("11015550101"));
  EXPECT_FALSE(is_fictional("442079460018"));
}

TEST(CanonicalParty, SeesNumbersInUris) {
  for (const auto& [uri, number] : std::initializer_list<NumberCase>{
           {"tel:+1-201-555-0101", "12015550101"},
           {"tel:2015550101;npdi;rn=+12015550000", "12015550101"},
           {"tel:0101;phone-context=+1201555", "12015550101"},
           {"sip:+12015550101@acme-tel.test", "12015550101"},
           {"sip:+12015550101;verstat=TN-Validation-Passed@acme-tel.test;user=phone",
            "12015550101"},
           {"sips:2015550101@acme-tel.test:5061;transport=tcp", "12015550101"},
           {"SIP:%2B12015550101@ACME-TEL.test", "12015550101"},
           {"sip:+12015550101:secret@acme-tel.test", "12015550101"},
           {"sip:911@acme-tel.test;user=phone", "911"},
       }) {
    const auto party = canonical_party(uri);
    ASSERT_TRUE(party) << uri;
    EXPECT_EQ(*party, telephone_number(std::string(number))) << uri;
  }
}

TEST(CanonicalParty, KeepsOtherIdentitiesAsUris) {
  for (const auto& [text, canonical] : std::initializer_list<NumberCase>{
           {"sip:Alice@Example.COM", "sip:alice@example.com"},
           {"sip:alice:pw@example.com:5070;transport=udp?Subject=x", "sip:alice@example.com"},
           {"sips:%61lice@example.com", "sips:alice@example.com"},
           {"sip:911@acme-tel.test", "sip:911@acme-tel.test"},
           {"sip:alice@[2001:db8::1]:5060", "sip:alice@[2001:db8::1]"},
           {"sip:acme-tel.test", "sip:acme-tel.test"},
           {"sip:+12@acme-tel.test", "sip:+12@acme-tel.test"},  // No complete number.
       }) {
    const auto party = canonical_party(text);
    ASSERT_TRUE(party) << text;
    EXPECT_EQ(*party, uri(std::string(canonical))) << text;
  }
}

TEST(CanonicalParty, RefusesWhatIsNoIdentity) {
  EXPECT_EQ(canonical_party("").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(canonical_party("alice@example.com").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(canonical_party("sip:@example.com").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(canonical_party("sip:a b@example.com").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(canonical_party("tel:alice").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(canonical_party("mailto:a@b").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(canonical_party("sip:" + std::string(2000, 'a') + "@b").error().code,
            ErrorCode::kMalformed);
  EXPECT_EQ(canonical_uri("tel:+12015550101").error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace shakedown::stir

#include <gtest/gtest.h>

#include "crypto/octets/bytes.h"
#include "stir/credential/number_scope.h"

namespace shakedown::stir {
namespace {

using crypto::TnEntry;

Scope scope(std::vector<TnEntry> entries) { return Scope::of(entries); }

TnEntry spc(std::string code) { return TnEntry::service_provider_code(std::move(code)); }

TnEntry one(std::string number) { return TnEntry::one(std::move(number)); }

TnEntry range(std::string start, std::uint64_t count) {
  return TnEntry::range(std::move(start), count);
}

TEST(TnAuthListIdentifier, IsTheBase64urlOfTheDer) {
  const auto der = crypto::encode_tn_auth_list({spc("1234")}).value();
  EXPECT_EQ(crypto::to_hex(der), "3008a006160431323334");
  EXPECT_EQ(tn_auth_list_identifier(der), "MAigBhYEMTIzNA");
  EXPECT_EQ(tn_auth_list_of_identifier("MAigBhYEMTIzNA").value(), der);
  EXPECT_EQ(tn_auth_list_of_identifier("MAigBhYEMTIzNA==").value(), der);  // As deployed.
  EXPECT_FALSE(tn_auth_list_of_identifier("MAig!"));
  const auto number = crypto::encode_tn_auth_list({one("12155551212")}).value();
  EXPECT_EQ(tn_auth_list_identifier(number), "MA-iDRYLMTIxNTU1NTEyMTI");
  EXPECT_EQ(tn_auth_list_of_identifier("MA+iDRYLMTIxNTU1NTEyMTI=").value(), number);
}

TEST(Scope, CoversRangesExactly) {
  const auto ranges = scope({range("12015550100", 100), one("12015550300"), one("*67")});
  EXPECT_TRUE(ranges.contains_number("12015550100"));
  EXPECT_TRUE(ranges.contains_number("12015550199"));
  EXPECT_FALSE(ranges.contains_number("12015550200"));
  EXPECT_FALSE(ranges.contains_number("12015550099"));
  EXPECT_TRUE(ranges.contains_number("12015550300"));
  EXPECT_TRUE(ranges.contains_number("*67"));
  EXPECT_FALSE(ranges.contains_number("*68"));
  // Other lengths are other numbers, whatever their value.
  EXPECT_FALSE(ranges.contains_number("012015550100"));
  EXPECT_FALSE(scope({one("0123")}).contains_number("123"));
  EXPECT_FALSE(ranges.contains_number("1234567890123456"));
}

TEST(Scope, MergesWhatTouches) {
  const auto merged =
      scope({range("12015550200", 100), range("12015550100", 100), range("12015550150", 10),
             one("12015550300"), spc("709J"), spc("709J")});
  EXPECT_EQ(merged.intervals().size(), 1U);
  EXPECT_EQ(merged.text(), "spc 709J, range 12015550100+201");
  EXPECT_TRUE(merged.is_mixed());
  // The last number of one length and the first of the next do not touch.
  EXPECT_EQ(scope({one("99"), one("100")}).intervals().size(), 2U);
}

TEST(Coverage, FollowsThePolicies) {
  const auto only_spc = scope({spc("709J")});
  const auto mixed = scope({spc("709J"), one("12015550101")});
  const NumberAuthority authority{{"1201555", "709J"}, {"12015550199", "818H"}};
  using enum MixedListMode;
  EXPECT_EQ(coverage(only_spc, "14155550100", kUnion, nullptr), Coverage::kBySpc);
  EXPECT_EQ(coverage(only_spc, "12015550101", kUnion, &authority), Coverage::kBySpc);
  EXPECT_EQ(coverage(only_spc, "12015550199", kUnion, &authority), Coverage::kNotTheProviders);
  EXPECT_EQ(coverage(only_spc, "14155550100", kUnion, &authority), Coverage::kNotTheProviders);
  EXPECT_EQ(coverage(mixed, "12015550101", kUnion, nullptr), Coverage::kByNumber);
  EXPECT_EQ(coverage(mixed, "12015550102", kUnion, nullptr), Coverage::kBySpc);
  EXPECT_EQ(coverage(mixed, "12015550101", kIntersection, nullptr), Coverage::kByNumber);
  EXPECT_EQ(coverage(mixed, "12015550102", kIntersection, nullptr), Coverage::kOutside);
  EXPECT_EQ(coverage(mixed, "12015550101", kReject, nullptr), Coverage::kMixedListRefused);
  EXPECT_EQ(coverage(only_spc, "12015550101", kReject, nullptr), Coverage::kBySpc);
  EXPECT_EQ(coverage(scope({one("12015550101")}), "12015550102", kUnion, nullptr),
            Coverage::kOutside);
}

TEST(Encompasses, ComparesCodesAndNumbers) {
  const auto parent = scope({spc("709J"), range("12015550100", 100)});
  using enum SpcDelegation;
  EXPECT_TRUE(encompasses(parent, parent, kReject, nullptr).ok);
  EXPECT_TRUE(encompasses(parent, scope({range("12015550110", 20)}), kReject, nullptr).ok);
  const auto other_code = encompasses(parent, scope({spc("818H")}), kTrustCa, nullptr);
  EXPECT_FALSE(other_code.ok);
  EXPECT_TRUE(other_code.by_spc);
  const auto beyond = scope({range("12015550190", 20)});
  EXPECT_FALSE(encompasses(parent, beyond, kReject, nullptr).ok);
  EXPECT_TRUE(encompasses(parent, beyond, kTrustCa, nullptr).ok);  // Within the code, says the CA.
  EXPECT_FALSE(encompasses(scope({range("12015550100", 100)}), beyond, kTrustCa, nullptr).ok);
  EXPECT_FALSE(encompasses(scope({one("1")}), scope({one("*67")}), kTrustCa, nullptr).ok);
}

TEST(Encompasses, ChecksEveryNumberAgainstTheAuthority) {
  const auto parent = scope({spc("709J")});
  const NumberAuthority authority{{"1201555", "709J"}, {"120155502", "818H"}};
  const auto inside = [&](std::string start, std::uint64_t count) {
    return encompasses(parent, scope({range(std::move(start), count)}),
                       SpcDelegation::kCheckAuthority, &authority)
        .ok;
  };
  EXPECT_TRUE(inside("12015550100", 100));
  EXPECT_FALSE(inside("12015550100", 101));  // 12015550200 is 818H's.
  EXPECT_FALSE(inside("12015550199", 2));
  EXPECT_TRUE(inside("12015550300", 9700));
  EXPECT_FALSE(inside("12015550300", 9701));  // 1201556... is nobody's.
  EXPECT_FALSE(inside("14155550100", 10));
  EXPECT_FALSE(
      encompasses(parent, scope({one("12015550100")}), SpcDelegation::kCheckAuthority, nullptr).ok);
}

TEST(NumberAuthority, TakesTheLongestPrefix) {
  const NumberAuthority authority{{"1", "AAAA"}, {"1201", "BBBB"}, {"12015550101", "CCCC"}};
  EXPECT_EQ(provider_of(authority, "12015550101"), "CCCC");
  EXPECT_EQ(provider_of(authority, "12015550102"), "BBBB");
  EXPECT_EQ(provider_of(authority, "14155550100"), "AAAA");
  EXPECT_EQ(provider_of(authority, "442079460018"), std::nullopt);
}

}  // namespace
}  // namespace shakedown::stir

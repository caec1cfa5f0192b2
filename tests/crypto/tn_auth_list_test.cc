#include "crypto/x509/tn_auth_list.h"

#include <gtest/gtest.h>

#include <cctype>

#include "crypto/x509/jwt_claim_constraints.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using testing::hex;

struct Vector {
  std::vector<TnEntry> entries;
  std::string_view der;
};

TEST(TnAuthList, EncodesAndDecodesTheVectors) {
  const std::vector<Vector> vectors{
      {{TnEntry::service_provider_code("1234")}, "3008a006160431323334"},
      {{TnEntry::service_provider_code("818H")}, "3008a006160438313848"},
      {{TnEntry::range("12155551000", 1000)}, "3015a1133011160b3132313535353531303030020203e8"},
      {{TnEntry::one("12155551212")}, "300fa20d160b3132313535353531323132"},
      {{TnEntry::service_provider_code("1234"), TnEntry::range("12155551000", 1000),
        TnEntry::one("12125551824")},
       "302ca006160431323334a1133011160b3132313535353531303030020203e8a20d160b"
       "3132313235353531383234"},
  };
  for (const Vector& vector : vectors) {
    EXPECT_EQ(to_hex(MUST(encode_tn_auth_list(vector.entries))), vector.der);
    EXPECT_EQ(MUST(decode_tn_auth_list(hex(vector.der))), vector.entries);
  }
}

TEST(TnAuthList, RefusesEveryWrongEncoding) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"nothing", ""},
      {"an empty list", "3000"},
      {"an implicit tag", "3006800431323334"},
      {"an implicit constructed tag", "3006a00431323334"},
      {"a UTF8String", "3008a0060c0431323334"},
      {"a PrintableString", "3008a006130431323334"},
      {"octets after the list", "3008a00616043132333400"},
      {"an indefinite length", "3080a0061604313233340000"},
      {"an indefinite length inside", "300aa0801604313233340000"},
      {"a length that is not minimal", "308108a006160431323334"},
      {"an unknown tag", "3008a306160431323334"},
      {"a constructed IA5String", "300aa0083606160431323334"},
      {"count 1", "3014a1123010160b3132313535353531303030020101"},
      {"count 0", "3014a1123010160b3132313535353531303030020100"},
      {"a negative count", "3014a1123010160b31323135353535313030300201ff"},
      {"a count that is not minimal", "3016a1143012160b313231353535353130303002030003e8"},
      {"a third field in a range", "3018a1163014160b3132313535353531303030020203e8020101"},
      {"no count", "3011a10f300d160b3132313535353531303030"},
      {"an empty number", "3004a2021600"},
      {"16 digits", "3014a2121610313233343536373839303132333435 36"},
      {"a letter in a number", "3005a203160141"},
      {"a plus", "3006a20416022b31"},
      {"a range that starts with *", "300ca10a300816032a3132020102"},
      {"a range that becomes longer", "300ba1093007160231300201 5b"},
      {"an SPC that is not ASCII", "3008a0061604313233ff"},
      {"a SET", "3108a006160431323334"},
      {"an entry of its own", "a006160431323334"},
  };
  for (const auto& [what, digits] : cases) {
    std::string clean(digits);
    std::erase(clean, ' ');
    const auto decoded = decode_tn_auth_list(hex(clean));
    ASSERT_FALSE(decoded) << what;
    EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed) << what;
  }
}

TEST(TnAuthList, FollowsTheFormulaForTheEndOfARange) {
  // start + count < 10^digits: 10 + 89 = 99 is the last that fits.
  EXPECT_TRUE(decode_tn_auth_list(MUST(encode_tn_auth_list({TnEntry::range("10", 89)}))));
  EXPECT_FALSE(decode_tn_auth_list(MUST(encode_tn_auth_list({TnEntry::range("10", 90)}))));
  const auto huge =
      decode_tn_auth_list(MUST(encode_tn_auth_list({TnEntry::range("1", std::uint64_t{1} << 63)})));
  EXPECT_EQ(huge.error().code, ErrorCode::kTooLarge);
}

TEST(TnAuthList, WritesWhatATestBedNeedsAndADecoderRefuses) {
  EXPECT_EQ(to_hex(MUST(encode_tn_auth_list({}))), "3000");
  EXPECT_TRUE(encode_tn_auth_list({TnEntry::range("*12", 1)}));
  EXPECT_EQ(encode_tn_auth_list({TnEntry::one("\xff")}).error().code, ErrorCode::kMalformed);
}

TEST(TnAuthList, BoundsItsSize) {
  const std::vector<TnEntry> many(4097, TnEntry::one("1"));
  const Bytes der = MUST(encode_tn_auth_list(many));
  EXPECT_EQ(decode_tn_auth_list(der).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(decode_tn_auth_list(Bytes(70'000, '0')).error().code, ErrorCode::kTooLarge);
}

TEST(TnAuthList, SurvivesEveryTruncationAndBitFlip) {
  const Bytes good = MUST(encode_tn_auth_list(
      {TnEntry::service_provider_code("1234"), TnEntry::range("12155551000", 1000)}));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_tn_auth_list(good.substr(0, size)));
  }
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes changed = good;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    if (const auto decoded = decode_tn_auth_list(changed)) {
      EXPECT_EQ(MUST(encode_tn_auth_list(*decoded)), changed);  // Whatever passes is DER.
    }
  }
}

// RFC 9118 figure 1.
constexpr std::string_view kEnhanced =
    "3040a00e300c160a636f6e666964656e6365a120301e301c160a636f6e666964656e6365300e0c04686967680c066d"
    "656469756da20c300a16087072696f72697479";

TEST(JwtClaimConstraints, DecodesAndEncodesTheVectorOfRfc9118) {
  const JwtClaimConstraints expected{
      {"confidence"}, {{"confidence", {"high", "medium"}}}, {"priority"}};
  EXPECT_EQ(MUST(decode_enhanced_jwt_claim_constraints(hex(kEnhanced))), expected);
  EXPECT_EQ(to_hex(MUST(encode_enhanced_jwt_claim_constraints(expected))), kEnhanced);
}

TEST(JwtClaimConstraints, DecodesAndEncodesTheVectorOfRfc8226) {
  constexpr std::string_view kDer =
      "303da00730051603666f6fa132303030191603666f6f30120c04666f6f310c04666f6f320c04666f6f3330131603"
      "62"
      "6172300c0c04626172310c0462617232";
  const JwtClaimConstraints expected{
      {"foo"}, {{"foo", {"foo1", "foo2", "foo3"}}, {"bar", {"bar1", "bar2"}}}, {}};
  EXPECT_EQ(MUST(decode_jwt_claim_constraints(hex(kDer))), expected);
  EXPECT_EQ(to_hex(MUST(encode_jwt_claim_constraints(expected))), kDer);
  EXPECT_EQ(MUST(decode_enhanced_jwt_claim_constraints(hex(kDer))), expected);
}

TEST(JwtClaimConstraints, RefusesWhatConstrainsNothing) {
  EXPECT_FALSE(decode_jwt_claim_constraints(hex("3000")));
  EXPECT_FALSE(decode_enhanced_jwt_claim_constraints(hex("3000")));
  EXPECT_FALSE(decode_jwt_claim_constraints(hex("3004a0023000")));  // An empty list.
  EXPECT_FALSE(decode_jwt_claim_constraints(""));
  EXPECT_FALSE(decode_jwt_claim_constraints(hex("300ba109300730051601613000")));  // No values.
  EXPECT_FALSE(encode_jwt_claim_constraints({}));
  EXPECT_FALSE(encode_jwt_claim_constraints({{"a"}, {}, {"b"}}));
  EXPECT_FALSE(encode_jwt_claim_constraints({{}, {{"a", {}}}, {}}));
  EXPECT_FALSE(encode_jwt_claim_constraints({{"\xc3\xa9"}, {}, {}}));
}

TEST(JwtClaimConstraints, TheFirstFormHasNoMustExclude) {
  EXPECT_FALSE(decode_jwt_claim_constraints(hex(kEnhanced)));
}

TEST(JwtClaimConstraints, RefusesBerAndOtherTypes) {
  EXPECT_TRUE(decode_jwt_claim_constraints(hex("3009a00730051603666f6f")));
  EXPECT_FALSE(decode_jwt_claim_constraints(hex("3009a00730050c03666f6f")));
  EXPECT_FALSE(decode_jwt_claim_constraints(hex("308109a00730051603666f6f")));
  EXPECT_FALSE(decode_jwt_claim_constraints(hex("3009a00730051603666f6f00")));
  EXPECT_FALSE(decode_jwt_claim_constraints(hex("300ea10c300a300816016130030c01ff")));
}

}  // namespace
}  // namespace shakedown::crypto

#include "crypto/octets/bytes.h"

#include <gtest/gtest.h>

#include <utility>

namespace shakedown::crypto {
namespace {

TEST(Base64, EncodesTheVectorsOfRfc4648) {
  EXPECT_EQ(base64_encode(""), "");
  EXPECT_EQ(base64_encode("f"), "Zg==");
  EXPECT_EQ(base64_encode("fo"), "Zm8=");
  EXPECT_EQ(base64_encode("foo"), "Zm9v");
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64url_encode("\xfb\xff\xfe?"), "-__-Pw");
}

TEST(Base64Url, RoundTripsEveryOctetAtEveryAlignment) {
  for (std::size_t size = 0; size < 260; ++size) {
    Bytes octets;
    for (std::size_t i = 0; i < size; ++i) octets.push_back(static_cast<char>(255 - i % 256));
    const auto decoded = base64url_decode(base64url_encode(octets));
    ASSERT_TRUE(decoded);
    EXPECT_EQ(decoded->octets, octets);
    EXPECT_TRUE(decoded->canonical);
    EXPECT_EQ(base64_decode(base64_encode(octets))->octets, octets);
  }
}

TEST(Base64Url, RefusesPaddingWhiteSpaceAndTheOtherAlphabet) {
  for (const std::string_view text :
       {"Zg==", "Zg ", "Zg\n", "-_+-", "ab/_", "Z", "Zm9vY", "Zm\x80v"}) {
    const auto decoded = base64url_decode(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().code, ErrorCode::kMalformed);
  }
}

TEST(Base64Url, ReportsUnusedBitsThatAreSet) {
  EXPECT_TRUE(base64url_decode("Zg")->canonical);
  const auto decoded = base64url_decode("Zh");
  EXPECT_EQ(decoded->octets, "f");
  EXPECT_FALSE(decoded->canonical);
  EXPECT_FALSE(base64url_decode("Zm9")->canonical);
}

TEST(Base64, AcceptsLinesAndMissingPaddingButNotWrongPadding) {
  EXPECT_EQ(base64_decode("Zm9v\r\nYmFy\n")->octets, "foobar");
  EXPECT_EQ(base64_decode("Zm8")->octets, "fo");
  EXPECT_FALSE(base64_decode("Zm8=="));
  EXPECT_FALSE(base64_decode("Zm9v="));
  EXPECT_FALSE(base64_decode("Zg==Zg=="));
  EXPECT_FALSE(base64_decode("Z-9v"));
}

TEST(Hex, ReadsBothCasesAndRefusesTheRest) {
  EXPECT_EQ(*from_hex("00fFA1"), std::string_view("\x00\xff\xa1", 3));
  EXPECT_EQ(to_hex(std::string_view("\x00\xff\xa1", 3)), "00ffa1");
  EXPECT_EQ(to_hex_pairs("\x0a\x1b"), "0A:1B");
  EXPECT_FALSE(from_hex("0"));
  EXPECT_FALSE(from_hex("0g"));
}

TEST(SecretBytes, MovesLeaveNothingBehind) {
  SecretBytes secret("0123456789");
  SecretBytes other = std::move(secret);
  EXPECT_EQ(other.view(), "0123456789");
  EXPECT_EQ(secret.size(), 0u);  // NOLINT(bugprone-use-after-move): that is the point.
  other = SecretBytes("ab");
  EXPECT_EQ(other.clone().view(), "ab");
  static_assert(!std::is_copy_constructible_v<SecretBytes>);
}

TEST(Utf8, KnowsWellFormedText) {
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\x9e"));
  for (const std::string_view bad : {"\x80", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                                     "\xf4\x90\x80\x80", "\xc3", "\xff", "\xe2\x82"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

TEST(ConstantTimeEqual, ComparesContentAndSize) {
  EXPECT_TRUE(constant_time_equal("", ""));
  EXPECT_TRUE(constant_time_equal("same", "same"));
  EXPECT_FALSE(constant_time_equal("same", "samf"));
  EXPECT_FALSE(constant_time_equal("same", "sam"));
}

}  // namespace
}  // namespace shakedown::crypto

#include "actors/stir/acme_key.h"

#include <gtest/gtest.h>

#include "actors/crypto/bytes.h"

namespace shakedown::stir {
namespace {

// RFC 7638 §3.1.
constexpr std::string_view kModulus =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
    "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_"
    "FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-"
    "bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

// Made by python3-cryptography, which also signed "signing.input".
constexpr std::string_view kOtherModulus =
    "mPE5GMcF3bAni4viPzs_8LPimRJ7Sc7CkFcedkVZAoRsgvcUHVD4VUCK16GUBDzTQrnBW-"
    "mNw2_Yrq6fYzI12WxbTD_x89nbECDFzo-DPJP_LBhK8L57PtPhHB-"
    "X1xFXIwusXs5nkgH5VHexyX8YLf0S3wR1meH2H4Du_1stxIKBP-"
    "EvZya1FExlIEhs9UwCcUY6YQaWTjeoDz7wuNQtSkRj7PY2v9Rs_"
    "nDiP1rkWJLEOsabWz1MagSkMfpxKDQvRHRRXM3hzvTAwK5ZpAdlVDHmkKgOQnyqJd3mi2ZNW-"
    "1LPt7MA4HepZkyZSEa7qqQhyrG8MI3cp39ucE_oxZLEQ";
constexpr std::string_view kSignature =
    "FINcnuUy6iUUVyaKQN-lwumdc8blJhTueLggX7BmXoTJ68TMG3NjudGvnVxBSttX54tvnHhoFuxZSkLiQ8bB5jr2kMzZH"
    "tDc7CQW5w6sIERMP97Y8ZVr9lIu5N8aaOWc2vSSoX-"
    "Z4p5id6jPmithZdYxGZ1IsjIeFAbytkiODR3wnaxRhwogy-Gj7w-Ho8rrP8wPKa6wDMd_JjEtriZ8a7eiM-"
    "OSvFupip5GzksObTdI7BVtccKJv-"
    "UIiuHZQWvpUvYLeiu54tQ2FH2oVgRCcMqvWXAISoDKK7mn8g-kUQJIMng_"
    "PTsr-Ig5oiqprT1wOEAumerMAMO8YwvrBQG3lw";

// 1024 bits.
constexpr std::string_view kShortModulus =
    "u4mu3kxcRdmacISTqhPQaK5KJzehN9aUbbYU0YMv7n-nLwxBVHwi4hEoE11RiWn76ygxHZCcpDTYKSM2MOkFdWb49qQCnL"
    "DtMwGY-kq-izaHNrvCmvt3hbude3bgKT-rzjAd6jPwXB4Neh5KEgsLMctQKB_omBQWujA3jioxW7E";

Json rsa(std::string_view modulus, std::string_view exponent = "AQAB") {
  return {{"kty", "RSA"}, {"n", modulus}, {"e", exponent}};
}

TEST(AcmeKey, HasTheThumbprintOfRfc7638) {
  const auto key = AcmeKey::from_jwk(rsa(kModulus), true);
  ASSERT_TRUE(key) << key.error().detail;
  EXPECT_EQ(key->thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  EXPECT_EQ(key->algorithm(), "RS256");
  EXPECT_EQ(key->p256(), nullptr);
}

TEST(AcmeKey, VerifiesRs256) {
  const auto key = AcmeKey::from_jwk(rsa(kOtherModulus), true).value();
  const auto signature = crypto::base64url_decode(kSignature).value().octets;
  EXPECT_TRUE(key.verify("signing.input", signature));
  EXPECT_FALSE(key.verify("signing.inpuT", signature));
  EXPECT_FALSE(key.verify("signing.input", signature.substr(1)));
  EXPECT_FALSE(key.verify("signing.input", ""));
  const auto other = AcmeKey::from_jwk(rsa(kModulus), true).value();
  EXPECT_FALSE(other.verify("signing.input", signature));
  EXPECT_FALSE(other == key);
  EXPECT_FALSE(AcmeKey().verify("signing.input", signature));
}

TEST(AcmeKey, TakesRsaOnlyWhereAllowedAndLongEnough) {
  EXPECT_EQ(AcmeKey::from_jwk(rsa(kModulus), false).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(AcmeKey::from_jwk(rsa(kShortModulus), true).error().code, ErrorCode::kUnsupported);
  for (const std::string_view exponent : {"", "AA", "AQ", "Ag", "AAEAAQ", "AQAB="}) {
    EXPECT_FALSE(AcmeKey::from_jwk(rsa(kModulus, exponent), true)) << exponent;
  }
  // 2048 bits, but even.
  const std::string even = crypto::base64url_encode(std::string("\xff") + std::string(255, '\x02'));
  EXPECT_EQ(AcmeKey::from_jwk(rsa(even), true).error().code, ErrorCode::kMalformed);
  const std::string longest = crypto::base64url_encode(std::string(1024, '\xff'));
  EXPECT_TRUE(AcmeKey::from_jwk(rsa(longest), true));
  const std::string too_long = crypto::base64url_encode("\x01" + std::string(1024, '\xff'));
  EXPECT_EQ(AcmeKey::from_jwk(rsa(too_long), true).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace shakedown::stir

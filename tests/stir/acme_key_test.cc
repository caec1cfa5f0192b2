#include "stir/acme/acme_key.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"

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

// Made by python3-cryptography, which also signed "signing.input".
constexpr std::string_view kP384X =
    "0ZQvPSPd0aE9T2DkzqST1NLSTd-VjPW7Zjv86zdidEOtTzxopbdrIxhhrz5w3xXq";
constexpr std::string_view kP384Y =
    "YUuEQaTvr7LjZTuaPUa-t7I5nf-1KFz0E1IKTMaF5K__nWV9m2BYpKmvNRGcqvkb";
constexpr std::string_view kP384Signature =
    "P3vIYP4i2ZZU0AVLuV5f2Q35rs579V3KuejI27Yuiv4KUH8wwZZ2kUVTx8miEbTf1vbEgR6CmkWQIQkAeIWtmEOyCHuOeY"
    "zS0Vt_iv0-YwpW3t4X9q5oFw6QLMIN6FR9";

Json p384(std::string_view x = kP384X, std::string_view y = kP384Y) {
  return {{"kty", "EC"}, {"crv", "P-384"}, {"x", x}, {"y", y}};
}

TEST(AcmeKey, VerifiesEs384) {
  const auto key = AcmeKey::from_jwk(p384(), false).value();
  EXPECT_EQ(key.algorithm(), "ES384");
  const auto signature = crypto::base64url_decode(kP384Signature).value().octets;
  EXPECT_TRUE(key.verify("signing.input", signature));
  EXPECT_FALSE(key.verify("signing.inpuT", signature));
  EXPECT_FALSE(key.verify("signing.input", signature.substr(1)));
  EXPECT_FALSE(key.verify("signing.input", signature + "x"));
  EXPECT_FALSE(key.verify("signing.input", std::string(96, '\0')));
  EXPECT_FALSE(key.verify("signing.input", std::string(96, '\xff')));
  EXPECT_FALSE(key.verify("signing.input", ""));
}

TEST(AcmeKey, KnowsBothFingerprintsOfAP384Key) {
  const auto key = AcmeKey::from_jwk(p384(), false).value();
  EXPECT_EQ(key.match_fingerprint("SHA256 E4:25:EF:AD:0D:92:6A:ED:4C:C8:48:26:F7:2C:74:C1:97:42:C8:"
                                  "ED:13:2B:84:DB:26:A7:E2:4D:BE:8E:53:83"),
            FingerprintForm::kJwk);
  EXPECT_EQ(key.match_fingerprint("SHA256 1E:66:70:DD:FC:66:F2:C8:F3:D5:FC:58:38:7B:51:48:FE:2E:73:"
                                  "7E:42:95:3E:B5:C2:08:B2:44:99:57:3E:75"),
            FingerprintForm::kSpki);
  EXPECT_EQ(key.match_fingerprint(""), FingerprintForm::kNone);
  EXPECT_EQ(AcmeKey().match_fingerprint("SHA256 "), FingerprintForm::kNone);
}

TEST(AcmeKey, TakesOnlyPointsOfP384) {
  EXPECT_EQ(AcmeKey::from_jwk(p384(kP384X, kP384X), false).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(AcmeKey::from_jwk(p384("AA"), false).error().code, ErrorCode::kMalformed);
  const std::string with_zero = "AA" + std::string(kP384X);
  EXPECT_EQ(AcmeKey::from_jwk(p384(with_zero), false).error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(AcmeKey::from_jwk({{"kty", "EC"}, {"crv", "P-384"}, {"x", kP384X}}, false));
  EXPECT_EQ(AcmeKey::from_jwk({{"kty", "EC"}, {"crv", "P-521"}}, false).error().code,
            ErrorCode::kUnsupported);
}

// RFC 8037 appendix A.
TEST(AcmeKey, VerifiesEdDsa) {
  const Json jwk{
      {"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}};
  const auto key = AcmeKey::from_jwk(jwk, false).value();
  EXPECT_EQ(key.algorithm(), "EdDSA");
  EXPECT_EQ(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  const std::string input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const auto signature = crypto::base64url_decode(
                             "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt"
                             "9g7sVvpAr_MuM0KAg")
                             .value()
                             .octets;
  EXPECT_TRUE(key.verify(input, signature));
  EXPECT_FALSE(key.verify(input + "x", signature));
  EXPECT_FALSE(key.verify(input, signature.substr(1)));
  EXPECT_FALSE(key.verify(input, ""));
  EXPECT_EQ(
      AcmeKey::from_jwk({{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", "AA"}}, false).error().code,
      ErrorCode::kMalformed);
  EXPECT_EQ(AcmeKey::from_jwk({{"kty", "OKP"}, {"crv", "Ed448"}, {"x", "AA"}}, false).error().code,
            ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace shakedown::stir

#include "stir/passport/passport.h"

#include <gtest/gtest.h>

#include "crypto/keys/es256.h"
#include "crypto/octets/bytes.h"
#include "stir/passport/canonical_shaken.h"
#include "stir/passport/passport_token.h"

namespace shakedown::stir {
namespace {

// RFC 8225 Appendix A.1 and A.2. They are not a pair, and neither made the appendix's signature.
constexpr std::string_view kAppendixPrivateKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy\n"
    "qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW\n"
    "ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh\n"
    "-----END PRIVATE KEY-----\n";
constexpr std::string_view kAppendixPublicKey =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH\n"
    "78YTU8qLS8I5HLHSSmlATLcslQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==\n"
    "-----END PUBLIC KEY-----\n";

constexpr std::string_view kV2 =
    "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jZXJ0LmV4"
    "YW1wbGUub3JnL3Bhc3Nwb3J0LmNlciJ9.eyJhdHRlc3QiOiJBIiwiZGVzdCI6eyJ0biI6WyIxMjE1NTU1MDEzMSJdfSwi"
    "aWF0IjoxNDQzMjA4MzQ1LCJvcmlnIjp7InRuIjoiMTIxNTU1NTAxMjEifSwib3JpZ2lkIjoiMTIzZTQ1NjctZTg5Yi0xM"
    "mQzLWE0NTYtNDI2NjU1NDQwMDAwIn0.PwimjV0wnsRsOCmtANjxRqn2_o1EhP-l8ixwLTIbyhMUF4qiJVy7mRUmup5JA"
    "eX8xy4hu4uZYeVmwVJtLuYnpw";

crypto::PublicKeyPtr appendix_key() {
  return crypto::PrivateKey::from_pem(kAppendixPrivateKey).value()->public_key();
}

Passport v1() {
  Passport passport;
  passport.ppt.clear();
  passport.x5u = "https://cert.example.org/passport.cer";
  passport.dest_uri = {"sip:alice@example.com"};
  passport.iat = 1471375418;
  passport.orig = telephone_number("12155551212");
  return passport;
}

Passport v2() {
  Passport passport;
  passport.x5u = "https://cert.example.org/passport.cer";
  passport.attest = "A";
  passport.dest_tn = {"12155550131"};
  passport.iat = 1443208345;
  passport.orig = telephone_number("12155550121");
  passport.origid = "123e4567-e89b-12d3-a456-426655440000";
  return passport;
}

bool verifies(const PassportToken& token, const crypto::PublicKey& key) {
  return token.signature() && key.verify(token.signing_input(), *token.signature());
}

std::string token_of(std::string_view header, std::string_view payload) {
  return crypto::base64url_encode(header) + "." + crypto::base64url_encode(payload) + "." +
         crypto::base64url_encode(std::string(64, 's'));
}

constexpr std::string_view kHeader =
    R"({"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"https://c.test/1.pem"})";
constexpr std::string_view kPayload =
    R"({"attest":"A","dest":{"tn":["12155550131"]},"iat":1443208345,"orig":{"tn":"12155550121"},)"
    R"("origid":"123e4567-e89b-12d3-a456-426655440000"})";

std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string result(text);
  const auto at = result.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return result.replace(at, from.size(), to);
}

TEST(Passport, WritesTheOctetsOfTheReferenceVectors) {
  EXPECT_EQ(header_json(v1()),
            R"({"alg":"ES256","typ":"passport","x5u":"https://cert.example.org/passport.cer"})");
  EXPECT_EQ(
      payload_json(v1()),
      R"({"dest":{"uri":["sip:alice@example.com"]},"iat":1471375418,"orig":{"tn":"12155551212"}})");
  // RFC 8225 Appendix A prints this header and payload.
  EXPECT_EQ(
      signing_input(v1()),
      "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jZXJ0LmV4YW1wbGUub3JnL3Bhc3"
      "Nwb3J0LmNlciJ9.eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI6MTQ3MTM3NTQ"
      "xOCwib3JpZyI6eyJ0biI6IjEyMTU1NTUxMjEyIn19");
  EXPECT_EQ(signing_input(v2()), kV2.substr(0, kV2.rfind('.')));
}

TEST(Passport, SortsDestAndPutsNumbersBeforeUris) {
  auto passport = v2();
  passport.attest = "B";
  passport.dest_tn = {"12125551213", "12125551212"};
  passport.dest_uri = {"sip:bob@example.net", "sip:alice@example.com"};
  EXPECT_EQ(payload_json(passport),
            R"({"attest":"B","dest":{"tn":["12125551212","12125551213"],)"
            R"("uri":["sip:alice@example.com","sip:bob@example.net"]},"iat":1443208345,)"
            R"("orig":{"tn":"12155550121"},"origid":"123e4567-e89b-12d3-a456-426655440000"})");
}

TEST(Passport, PutsOtherClaimsInTheirPlace) {
  auto passport = v2();
  passport.other_claims = {{"crn", "\"why\""}, {"rcd", R"({"nam":"Q"})"}};
  EXPECT_EQ(payload_json(passport),
            R"({"attest":"A","crn":"why","dest":{"tn":["12155550131"]},"iat":1443208345,)"
            R"("orig":{"tn":"12155550121"},"origid":"123e4567-e89b-12d3-a456-426655440000",)"
            R"("rcd":{"nam":"Q"}})");
  const auto decoded =
      PassportToken::decode(token_of(header_json(passport), payload_json(passport)));
  EXPECT_TRUE(decoded.defects().empty());
  EXPECT_EQ(decoded.content(), passport);
}

TEST(PassportToken, VerifiesTheReferenceVectors) {
  const auto key = appendix_key();
  const auto second = PassportToken::decode(std::string(kV2));
  EXPECT_TRUE(second.defects().empty());
  EXPECT_EQ(second.content(), v2());
  EXPECT_TRUE(verifies(second, *key));

  const auto first = PassportToken::decode(
      signing_input(v1()) +
      ".2c_SAul3BxIuvMR3G8VfbFwj6ZoOHBQF-qVaR-Mef0V2ipEhTe0ZYBaLrnhuSRVNwy1Tu-tr334XUBdnPYi3tA");
  EXPECT_TRUE(first.defects().empty());
  EXPECT_EQ(first.content(), v1());
  EXPECT_TRUE(verifies(first, *key));

  auto third = v2();
  third.attest = "B";
  third.dest_tn = {"12125551212", "12125551213"};
  third.dest_uri = {"sip:alice@example.com", "sip:bob@example.net"};
  third.orig = telephone_number("12155551212");
  const auto third_token = PassportToken::decode(
      signing_input(third) +
      ".z3ZZS4O1yaLpvaqV3iNl6UNJzabCLckFZ4W3h1o6Ht3DU1LrXMEVEAzmqc-IFWURBQeQouIIbuG8V8lJt4wN8A");
  EXPECT_TRUE(third_token.defects().empty());
  EXPECT_EQ(third_token.content(), third);
  EXPECT_TRUE(verifies(third_token, *key));
}

TEST(PassportToken, KnowsThatTheSignatureOfRfc8225AppendixAMatchesNeitherPublishedKey) {
  const auto token = PassportToken::decode(
      signing_input(v1()) +
      ".VLBCIVDCaeK6M4hLJb6SHQvacAQVvoiiEOWQ_iUkqk79UD81fHQ0E1b3_GluIkba7UWYRM47ZbNFdOJquE35cw");
  ASSERT_TRUE(token.signature());
  EXPECT_FALSE(verifies(token, *appendix_key()));
  EXPECT_FALSE(verifies(token, *crypto::PublicKey::from_pem(kAppendixPublicKey).value()));
}

TEST(PassportToken, FindsTheStringIatOfRfc8225Section7ThoughItsSignatureIsGood) {
  const std::string header = signing_input(v1()).substr(0, signing_input(v1()).find('.'));
  const std::string signature =
      ".rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-cpFYpFYsojNCpTzO3QfPOlckGaS6hEck7w";
  const auto token = PassportToken::decode(header +
                                           ".eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX"
                                           "0sImlhdCI6IjE0NDMyMDgzNDUiLCJvcmlnIjp7"
                                           "InRuIjoiMTIxNTU1NTEyMTIifX0" +
                                           signature);
  EXPECT_TRUE(verifies(token, *crypto::PublicKey::from_pem(kAppendixPublicKey).value()));
  EXPECT_TRUE(token.defects().has(PassportDefect::kIatNotANumber));

  auto integer_iat = v1();
  integer_iat.iat = 1443208345;
  const auto other = PassportToken::decode(signing_input(integer_iat) + signature);
  EXPECT_FALSE(verifies(other, *crypto::PublicKey::from_pem(kAppendixPublicKey).value()));
  EXPECT_FALSE(verifies(other, *appendix_key()));
}

TEST(PassportToken, ReadsTheDivExampleOfRfc8946) {
  const auto token = PassportToken::decode(
      "eyJhbGciOiJFUzI1NiIsInBwdCI6ImRpdiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly93d3cuZXhhbXBs"
      "ZS"
      "5jb20vY2VydC5jZXIifQ."
      "eyJkZXN0Ijp7InRuIjpbIjEyMTU1NTUxMjE0Il19LCJkaXYiOnsidG4iOiIxMjE1NTU1NTEyM"
      "TMifSwiaWF0IjoxNDQzMjA4MzQ1LCJvcmlnIjp7InRuIjoiMTIxNTU1NTEyMTIifX0."
      "xBHWipDEEJ8a6TsdX6xUXAnblsF"
      "iGUiAxwLiv0HLC9IICj6eG9jQd6WzeSSjHRBwxmChHhVIiMTSqIlk3yCNkg");
  EXPECT_TRUE(token.defects().empty());
  EXPECT_EQ(token.content().ppt, "div");
  ASSERT_TRUE(token.content().div);
  EXPECT_EQ(token.content().div->value, "121555551213");
  const auto key = crypto::PublicKey::from_spki_der(
      crypto::base64_decode(
          "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmzGM1VsO+3IqbMF54rQMaYKQftO4hUYm9wv5"
          "wutLgEd9FsiTy3+4+Wa2O7pffOXPC0QzO+yD8hGEXGP/2mZo6w==")
          .value()
          .octets);
  EXPECT_TRUE(verifies(token, **key));
}

struct DefectCase {
  const char* name;
  std::string token;
  std::vector<PassportDefect> defects;  // Exactly these.
};

std::vector<DefectCase> defect_cases() {
  const auto header = [](std::string_view from, std::string_view to) {
    return token_of(with(kHeader, from, to), kPayload);
  };
  const auto payload = [](std::string_view from, std::string_view to) {
    return token_of(kHeader, with(kPayload, from, to));
  };
  const std::string good = token_of(kHeader, kPayload);
  const std::string unsigned_part = good.substr(0, good.rfind('.') + 1);
  return {
      {"good", good, {}},
      {"N10 alg none", header("ES256", "none"), {PassportDefect::kAlgNotEs256}},
      {"N10 empty signature", unsigned_part, {PassportDefect::kSignatureEmpty}},
      {"N12 alg ES384", header("ES256", "ES384"), {PassportDefect::kAlgNotEs256}},
      {"N13 typ JWT", header("\"passport\"", "\"JWT\""), {PassportDefect::kTypNotPassport}},
      {"N13 typ upper case",
       header("\"passport\"", "\"PASSPORT\""),
       {PassportDefect::kTypNotPassport}},
      {"N13 typ missing", header(R"("typ":"passport",)", ""), {PassportDefect::kTypMissing}},
      {"N15 x5u missing",
       header(R"(,"x5u":"https://c.test/1.pem")", ""),
       {PassportDefect::kX5uMissing}},
      {"N16 alg twice",
       header(R"({"alg":"ES256",)", R"({"alg":"ES256","alg":"ES256",)"),
       {PassportDefect::kHeaderDuplicateMember}},
      {"N17 crit", header(R"(,"ppt")", R"(,"crit":["exp"],"ppt")"), {PassportDefect::kCritPresent}},
      {"N19 two parts", good.substr(0, good.rfind('.')), {PassportDefect::kNotThreeParts}},
      {"N19 four parts", good + ".x", {PassportDefect::kNotThreeParts}},
      {"N20 padding", good + "==", {PassportDefect::kSignatureNotBase64url}},
      {"N20 plus", "+" + good, {PassportDefect::kHeaderNotBase64url}},
      {"N21 unused bits",
       unsigned_part + std::string(85, 'A') + "B",
       {PassportDefect::kUnusedBitsSet}},
      {"N22 header is an array", token_of("[]", kPayload), {PassportDefect::kHeaderNotJson}},
      {"N22 header is not UTF-8", header("shaken", "\xff"), {PassportDefect::kHeaderNotJson}},
      {"N23 jwk ignored",
       header(R"(,"ppt")", R"(,"jwk":{},"ppt")"),
       {PassportDefect::kForeignKeyParameter}},
      {"N25 white space", payload(":{", ": {"), {PassportDefect::kPayloadNotCanonical}},
      {"N26 order",
       token_of(R"({"typ":"passport","alg":"ES256","ppt":"shaken","x5u":"https://c.test/1.pem"})",
                kPayload),
       {PassportDefect::kHeaderNotCanonical}},
      {"N27 duplicate claim",
       payload(R"("attest":"A",)", R"("attest":"A","attest":"A",)"),
       {PassportDefect::kPayloadDuplicateMember}},
      {"N29 iat missing", payload(R"("iat":1443208345,)", ""), {PassportDefect::kIatMissing}},
      {"N30 iat string", payload("1443208345", "\"1443208345\""), {PassportDefect::kIatNotANumber}},
      {"N31 iat fraction", payload("1443208345", "1443208345.5"), {PassportDefect::kIatFraction}},
      {"N39 iat negative", payload("1443208345", "-1"), {PassportDefect::kIatOutOfRange}},
      {"N39 iat zero", payload("1443208345", "0"), {PassportDefect::kIatOutOfRange}},
      {"N39 iat beyond 2^53",
       payload("1443208345", "9007199254740993"),
       {PassportDefect::kIatOutOfRange}},
      {"N39 iat beyond 2^64",
       payload("1443208345", "99999999999999999999"),
       {PassportDefect::kIatFraction, PassportDefect::kIatOutOfRange,
        PassportDefect::kPayloadNotCanonical}},
      {"N40 orig missing",
       payload(R"("orig":{"tn":"12155550121"},)", ""),
       {PassportDefect::kOrigMissing}},
      {"N40 orig with tn and uri",
       payload(R"({"tn":"12155550121"})", R"({"tn":"1","uri":"sip:a@b"})"),
       {PassportDefect::kOrigNotOneIdentity}},
      {"N40 orig is an array",
       payload(R"({"tn":"12155550121"})", "[]"),
       {PassportDefect::kOrigNotOneIdentity}},
      {"N41 orig.tn is an array",
       payload(R"("12155550121")", R"(["12155550121"])"),
       {PassportDefect::kOrigNotAString}},
      {"N42 orig.tn with plus",
       payload("12155550121", "+12155550121"),
       {PassportDefect::kOrigNotCanonical}},
      {"N45 dest missing",
       payload(R"("dest":{"tn":["12155550131"]},)", ""),
       {PassportDefect::kDestMissing}},
      {"N45 dest empty object",
       payload(R"({"tn":["12155550131"]})", "{}"),
       {PassportDefect::kDestEmpty}},
      {"N45 dest empty array", payload(R"(["12155550131"])", "[]"), {PassportDefect::kDestEmpty}},
      {"N46 dest.tn is a string",
       payload(R"(["12155550131"])", R"("12155550131")"),
       {PassportDefect::kDestNotArrays}},
      {"N49 dest not sorted",
       payload(R"(["12155550131"])", R"(["2","1"])"),
       {PassportDefect::kDestNotSorted}},
      {"N50 attest missing", payload(R"("attest":"A",)", ""), {PassportDefect::kAttestMissing}},
      {"N51 attest lower case",
       payload("\"A\"", "\"a\""),
       {PassportDefect::kAttestInvalid, PassportDefect::kAttestLowerCase}},
      {"N51 attest D", payload("\"A\"", "\"D\""), {PassportDefect::kAttestInvalid}},
      {"N51 attest empty", payload("\"A\"", "\"\""), {PassportDefect::kAttestInvalid}},
      {"N51 attest number", payload("\"A\"", "1"), {PassportDefect::kAttestInvalid}},
      {"N52 origid missing",
       payload(R"(,"origid":"123e4567-e89b-12d3-a456-426655440000")", ""),
       {PassportDefect::kOrigidMissing}},
      {"N53 origid is no UUID",
       payload("123e4567-e89b", "hello"),
       {PassportDefect::kOrigidNotUuid}},
      {"N54 unknown claim", payload(R"("iat")", R"("hello":1,"iat")"), {}},
      {"N58 DER signature",
       unsigned_part + crypto::base64url_encode(std::string(71, '0')),
       {PassportDefect::kSignatureWrongLength}},
      {"N60 63 octets",
       unsigned_part + crypto::base64url_encode(std::string(63, 's')),
       {PassportDefect::kSignatureWrongLength}},
      {"payload is a string", token_of(kHeader, "\"x\""), {PassportDefect::kPayloadNotJson}},
      {"deep nesting",
       payload("\"A\"", std::string(40, '[') + std::string(40, ']')),
       {PassportDefect::kPayloadNotJson}},
      {"ppt is a number", header("\"shaken\"", "1"), {PassportDefect::kPptNotAString}},
  };
}

TEST(PassportToken, NamesEachDefect) {
  for (const auto& one : defect_cases()) {
    PassportDefects expected;
    for (const auto defect : one.defects) expected.add(defect);
    const auto token = PassportToken::decode(one.token);
    std::string found;
    for (std::size_t i = 0; i < kPassportDefects; ++i) {
      const auto defect = static_cast<PassportDefect>(i);
      if (token.defects().has(defect)) found += std::string(to_string(defect)) + " ";
    }
    EXPECT_EQ(token.defects().bits(), expected.bits()) << one.name << ": " << found;
  }
}

TEST(PassportToken, LooksAtAtMostEightKibibytes) {
  const auto token = PassportToken::decode(token_of(kHeader, kPayload) + std::string(9000, 'A'));
  EXPECT_TRUE(token.defects().has(PassportDefect::kNotThreeParts));
}

TEST(PassportToken, RebuildsACompactToken) {
  const auto compact = PassportToken::decode(
      "..2c_SAul3BxIuvMR3G8VfbFwj6ZoOHBQF-qVaR-Mef0V2ipEhTe0ZYBaLrnhuSRVNwy1Tu-tr334XUBdnPYi3tA");
  EXPECT_TRUE(compact.is_compact());
  const auto full = PassportToken::rebuild(compact, v1());
  EXPECT_TRUE(full.is_compact());
  EXPECT_EQ(full.content(), v1());
  EXPECT_TRUE(verifies(full, *appendix_key()));
}

// The reader without a JSON parser must never differ from the general one.
TEST(CanonicalShaken, AgreesWithTheGeneralReader) {
  Passport fast;
  fast.ppt.clear();
  ASSERT_TRUE(read_canonical_shaken(kHeader, kPayload, fast));
  // A blank at the end keeps the fast reader out and changes nothing but the lint.
  const auto general = PassportToken::decode(token_of(kHeader, std::string(kPayload) + " "));
  EXPECT_TRUE(general.defects().has(PassportDefect::kPayloadNotCanonical));
  EXPECT_EQ(fast, general.content());
}

TEST(CanonicalShaken, TakesNothingThatHasADefect) {
  // Every single-octet change of the good texts: what the fast reader takes, the general reader
  // must find flawless and read alike.
  const auto check = [](const std::string& header, const std::string& payload) {
    Passport fast;
    fast.ppt.clear();
    if (!read_canonical_shaken(header, payload, fast)) return;
    const auto general = PassportToken::decode(token_of(header, payload + " "));
    auto defects = general.defects();
    EXPECT_EQ(defects.bits(), PassportDefects{PassportDefect::kPayloadNotCanonical}.bits())
        << header << payload;
    EXPECT_EQ(fast, general.content());
  };
  for (const char octet : std::string_view("\"\\{}[],:0a9A\n\x7f\x80 ")) {
    for (std::size_t i = 0; i < kHeader.size(); ++i) {
      std::string header(kHeader);
      header[i] = octet;
      check(header, std::string(kPayload));
    }
    for (std::size_t i = 0; i < kPayload.size(); ++i) {
      std::string payload(kPayload);
      payload[i] = octet;
      check(std::string(kHeader), payload);
    }
  }
}

}  // namespace
}  // namespace shakedown::stir

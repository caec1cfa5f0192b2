#include "crypto/keys/es256.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "crypto/keys/signature_ledger.h"
#include "crypto/octets/digest.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using testing::hex;
using testing::key_from_hex;

// RFC 8225 appendix A.1 and A.2; the two printed keys are not a pair.
constexpr std::string_view kPrivatePem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi7q2TZvN9VDFg8Vy\n"
    "qCP06bETrR2v8MRvr89rn4i+UAahRANCAAQWfaj1HUETpoNCrOtp9KA8o0V79IuW\n"
    "ARKt9C1cFPkyd3FBP4SeiNZxQhDrD0tdBHls3/wFe8++K2FrPyQF9vuh\n"
    "-----END PRIVATE KEY-----\n";
constexpr std::string_view kPublicPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8HNbQd/TmvCKwPKHkMF9fScavGeH\n"
    "78YTU8qLS8I5HLHSSmlATLcslQMhNC/OhlWBYC626nIlo7XeebYS7Sb37g==\n"
    "-----END PUBLIC KEY-----\n";
constexpr std::string_view kHeader =
    "eyJhbGciOiJFUzI1NiIsInR5cCI6InBhc3Nwb3J0IiwieDV1IjoiaHR0cHM6Ly9jZXJ0LmV4YW1wbGUub3JnL3Bhc3Nwb3"
    "J0LmNlciJ9";
constexpr std::string_view kOrder =
    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

Es256Signature signature_from_url(std::string_view text) {
  return MUST(signature_from_raw(MUST(base64url_decode(text)).octets));
}

Es256Signature signature_from_hex(std::string_view r, std::string_view s) {
  return MUST(signature_from_raw(hex(std::string(r) + std::string(s))));
}

TEST(Es256, VerifiesTheVectorOfRfc6979) {
  const PrivateKeyPtr key =
      key_from_hex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
  EXPECT_EQ(to_hex(key->public_key()->uncompressed_point()),
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
  const Es256Signature signature =
      signature_from_hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                         "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
  EXPECT_TRUE(key->public_key()->verify("sample", signature));
  EXPECT_FALSE(key->public_key()->verify("samplf", signature));
}

TEST(Es256, KnowsThePrintedKeysOfRfc8225) {
  const PrivateKeyPtr first = MUST(PrivateKey::from_pem(kPrivatePem));
  EXPECT_EQ(to_hex(first->scalar().view()),
            "8bbab64d9bcdf550c583c572a823f4e9b113ad1daff0c46fafcf6b9f88be5006");
  EXPECT_EQ(to_hex_pairs(as_view(sha256(first->public_key()->spki_der()))),
            "89:E2:02:F9:8B:B2:3C:F6:EB:D3:80:DA:B9:07:8C:77:6F:80:3F:C8:28:1B:4A:89:75:0A:0E:09:"
            "22:CB:D3:B7");
  EXPECT_EQ(to_hex(MUST(key_identifier(first->public_key()->spki_der()))),
            "c42aad10619403c74dc8be4504afbd530561dd45");
  const PublicKeyPtr second = MUST(PublicKey::from_pem(kPublicPem));
  EXPECT_EQ(to_hex_pairs(as_view(sha256(second->spki_der()))),
            "04:61:7E:18:81:8F:ED:CD:CA:CD:37:47:26:F9:57:AC:B1:AE:95:FF:D6:41:19:26:B6:9C:DA:77:"
            "A4:13:DD:36");
  EXPECT_EQ(to_hex(MUST(key_identifier(second->spki_der()))),
            "8833e1be4961a4c91416f6420bde4b23e0d7cb3c");
  EXPECT_EQ(second->to_pem(), kPublicPem);
}

TEST(Es256, TellsTheGoodFromTheBadPassportsOfTheStandards) {
  const PrivateKeyPtr first = MUST(PrivateKey::from_pem(kPrivatePem));
  const PublicKeyPtr second = MUST(PublicKey::from_pem(kPublicPem));
  // RFC 8225 appendix A: its signature fits neither of its keys.
  const std::string appendix = std::string(kHeader) +
                               ".eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sImlhdCI6MT"
                               "Q3MTM3NTQxOCwib3JpZyI6eyJ0"
                               "biI6IjEyMTU1NTUxMjEyIn19";
  const Es256Signature printed = signature_from_url(
      "VLBCIVDCaeK6M4hLJb6SHQvacAQVvoiiEOWQ_iUkqk79UD81fHQ0E1b3_GluIkba7UWYRM47ZbNFdOJquE35cw");
  EXPECT_FALSE(first->public_key()->verify(appendix, printed));
  EXPECT_FALSE(second->verify(appendix, printed));
  // Its header and payload under the key A.1, with a nonce of RFC 6979.
  EXPECT_TRUE(first->public_key()->verify(
      appendix, signature_from_url("2c_SAul3BxIuvMR3G8VfbFwj6ZoOHBQF-qVaR-"
                                   "Mef0V2ipEhTe0ZYBaLrnhuSRVNwy1Tu-tr334XUBdnPYi3tA")));
  // RFC 8224 §4.1.1: verifies, though its iat is a string.
  const std::string with_string_iat = std::string(kHeader) +
                                      ".eyJkZXN0Ijp7InVyaSI6WyJzaXA6YWxpY2VAZXhhbXBsZS5jb20iXX0sIml"
                                      "hdCI6IjE0NDMyMDgzNDUiLCJvcmlnIjp7"
                                      "InRuIjoiMTIxNTU1NTEyMTIifX0";
  EXPECT_TRUE(second->verify(
      with_string_iat, signature_from_url("rq3pjT1hoRwakEGjHCnWSwUnshd0-zJ6F1VOgFWSjHBr8Qjpjlk-"
                                          "cpFYpFYsojNCpTzO3QfPOlckGaS6hEck7w")));
}

TEST(Es256, SignsWhatItVerifiesWithANewNonceEachTime) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const Es256Signature first = MUST(key->sign("message"));
  const Es256Signature second = MUST(key->sign("message"));
  EXPECT_NE(first, second);
  EXPECT_TRUE(key->public_key()->verify("message", first));
  EXPECT_TRUE(key->public_key()->verify("message", second));
  EXPECT_FALSE(MUST(PrivateKey::generate())->public_key()->verify("message", first));
}

TEST(Es256, RefusesEverySingleBitFlipOfASignature) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const Es256Signature good = MUST(key->sign("message"));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Es256Signature bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1u << (bit % 8)));
    EXPECT_FALSE(key->public_key()->verify("message", bad));
  }
}

TEST(Es256, RefusesComponentsOutOfRange) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const std::string zero(64, '0');
  const std::string one = std::string(63, '0') + "1";
  const std::string all_ones(64, 'f');
  for (const std::string& bad : {zero, std::string(kOrder), all_ones}) {
    EXPECT_FALSE(key->public_key()->verify("m", signature_from_hex(bad, one)));
    EXPECT_FALSE(key->public_key()->verify("m", signature_from_hex(one, bad)));
  }
}

TEST(Es256, RefusesScalarsAndPointsOutOfRange) {
  for (const std::string& bad : {std::string(64, '0'), std::string(kOrder), std::string(64, 'f')}) {
    const Bytes scalar = hex(bad);
    EXPECT_EQ(PrivateKey::from_scalar(as_octets(scalar).first<32>()).error().code,
              ErrorCode::kMalformed);
  }
  Bytes point = MUST(PrivateKey::generate())->public_key()->uncompressed_point();
  EXPECT_TRUE(PublicKey::from_uncompressed_point(point));
  point[64] = static_cast<char>(point[64] ^ 1);
  EXPECT_EQ(PublicKey::from_uncompressed_point(point).error().code, ErrorCode::kMalformed);
  EXPECT_FALSE(PublicKey::from_uncompressed_point(point.substr(0, 64)));
  EXPECT_FALSE(PublicKey::from_uncompressed_point(Bytes(1, '\0')));
}

TEST(PublicKey, AcceptsACompressedPointAndWritesTheOtherForm) {
  const PublicKeyPtr key = MUST(PrivateKey::generate())->public_key();
  const Bytes& point = key->uncompressed_point();
  const Bytes spki = hex("3039301306072a8648ce3d020106082a8648ce3d030107032200") +
                     Bytes(1, (point[64] & 1) != 0 ? '\x03' : '\x02') + point.substr(1, 32);
  EXPECT_EQ(MUST(PublicKey::from_spki_der(spki))->spki_der(), key->spki_der());
}

TEST(PublicKey, TellsAnotherKindOfKeyFromNoKey) {
  // A P-384 key, made by openssl.
  const Bytes p384 = hex("3076301006072a8648ce3d020106052b81040022036200") + Bytes(97, '\x04');
  EXPECT_EQ(PublicKey::from_spki_der(p384).error().code, ErrorCode::kUnsupported);
  const Bytes spki = MUST(PrivateKey::generate())->public_key()->spki_der();
  EXPECT_EQ(PublicKey::from_spki_der(spki + "x").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(PublicKey::from_spki_der(spki.substr(0, 90)).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(PublicKey::from_spki_der("").error().code, ErrorCode::kMalformed);
}

TEST(PrivateKey, RoundTripsThroughPemAndScalar) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const SecretBytes pem = key->to_pem();
  EXPECT_EQ(*MUST(PrivateKey::from_pem(pem.view()))->public_key(), *key->public_key());
  const SecretBytes scalar = key->scalar();
  const PrivateKeyPtr again = MUST(PrivateKey::from_scalar(scalar.span().first<32>()));
  EXPECT_EQ(*again->public_key(), *key->public_key());
  EXPECT_EQ(MUST(PrivateKey::from_pem(kPrivatePem))->to_pem().view(), kPrivatePem);
}

TEST(PrivateKey, SignsWithAScalarWhosePublicHalfIsKnown) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const SecretBytes scalar = key->scalar();
  const PrivateKeyPtr again =
      MUST(PrivateKey::from_scalar(scalar.span().first<32>(), key->public_key()));
  EXPECT_EQ(again->public_key(), key->public_key());
  EXPECT_TRUE(key->public_key()->verify("m", MUST(again->sign("m"))));
  const SecretBytes zero(32);
  EXPECT_EQ(PrivateKey::from_scalar(zero.span().first<32>(), key->public_key()).error().code,
            ErrorCode::kMalformed);
}

TEST(PrivateKey, RefusesEncryptedAndForeignPemWithoutAsking) {
  EXPECT_EQ(PrivateKey::from_pem("no key").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(PrivateKey::from_pem(kPublicPem).error().code, ErrorCode::kMalformed);
  const testing::TemporaryFolder folder;
  const std::string plain = folder.write("key.pem", kPrivatePem);
  const auto encrypted =
      testing::run_command("openssl pkcs8 -topk8 -in " + plain + " -passout pass:secret");
  ASSERT_EQ(encrypted.exit_code, 0);
  EXPECT_EQ(PrivateKey::from_pem(encrypted.output).error().code, ErrorCode::kMalformed);
  const auto p384 = testing::run_command(
      "openssl genpkey -algorithm EC -pkeyopt "
      "ec_paramgen_curve:P-384");
  ASSERT_EQ(p384.exit_code, 0);
  EXPECT_EQ(PrivateKey::from_pem(p384.output).error().code, ErrorCode::kUnsupported);
  const auto sec1 = testing::run_command("openssl ec -in " + plain);
  EXPECT_TRUE(PrivateKey::from_pem(sec1.output)) << sec1.output;
}

TEST(Es256Signature, ConvertsToDerAndBack) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  for (int i = 0; i < 64; ++i) {
    const Es256Signature signature = MUST(key->sign("m"));
    EXPECT_EQ(MUST(signature_from_der(signature_to_der(signature))), signature);
  }
  const Es256Signature small =
      signature_from_hex(std::string(62, '0') + "80", std::string(64, '0'));
  EXPECT_EQ(to_hex(signature_to_der(small)), "300702020080020100");
  EXPECT_EQ(MUST(signature_from_der(hex("300702020080020100"))), small);
}

TEST(Es256Signature, RefusesBerAndOddIntegers) {
  for (const std::string_view bad :
       {"", "3000", "3006020101", "300602010102010100", "30070202000102 0101", "3006020181020101",
        "30800201010201010000", "3081060201010201 01", "3006020101020201"}) {
    std::string digits(bad);
    std::erase(digits, ' ');
    EXPECT_FALSE(signature_from_der(hex(digits))) << bad;
  }
  EXPECT_FALSE(signature_from_raw(std::string(63, '\0')));
}

TEST(Es256, ThreadsShareOneKey) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const PublicKeyPtr public_key = key->public_key();
  std::array<int, 4> good{};
  std::vector<std::thread> threads;
  for (int& count : good) {
    threads.emplace_back([&count, key, public_key] {
      for (int i = 0; i < 50; ++i) {
        const std::string message = "message " + std::to_string(i);
        if (public_key->verify(message, *key->sign(message))) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, (std::array{50, 50, 50, 50}));
}

TEST(SignatureLedger, ExpectsExactlyWhatWasSigned) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const PublicKey& public_key = *key->public_key();
  const PublicKeyPtr other = MUST(PrivateKey::generate())->public_key();
  Es256Signature signature = MUST(key->sign("token"));
  EXPECT_TRUE(SignatureLedger::is_expected_good("token", signature, public_key));
  EXPECT_FALSE(SignatureLedger::is_expected_good("tokem", signature, public_key));
  EXPECT_FALSE(SignatureLedger::is_expected_good("token ", signature, public_key));
  EXPECT_FALSE(SignatureLedger::is_expected_good("token", signature, *other));
  signature[63] = static_cast<std::uint8_t>(signature[63] ^ 1);
  EXPECT_FALSE(SignatureLedger::is_expected_good("token", signature, public_key));
}

TEST(SignatureLedger, TellsMessagesApartThatDifferInOneOctetAnywhere) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  std::string message(421, 'a');
  const Es256Signature signature = MUST(key->sign(message));
  for (std::size_t i = 0; i < message.size(); ++i) {
    message[i] = 'b';
    EXPECT_FALSE(SignatureLedger::is_expected_good(message, signature, *key->public_key()));
    message[i] = 'a';
  }
  EXPECT_TRUE(SignatureLedger::is_expected_good(message, signature, *key->public_key()));
}

TEST(SignatureLedger, ForgetsOldEntriesAndTakesForgedOnes) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const Es256Signature signature = MUST(key->sign("the first"));
  for (std::size_t i = 0; i < 4 * SignatureLedger::kCapacity; ++i) {
    SignatureLedger::note("filler " + std::to_string(i), signature, *key->public_key());
  }
  EXPECT_FALSE(SignatureLedger::is_expected_good("the first", signature, *key->public_key()));
  SignatureLedger::forge_for_test("a lie", signature, *key->public_key());
  EXPECT_TRUE(SignatureLedger::is_expected_good("a lie", signature, *key->public_key()));
  EXPECT_FALSE(key->public_key()->verify("a lie", signature));
}

}  // namespace
}  // namespace shakedown::crypto

#include "crypto/keys/envelope.h"

#include <gtest/gtest.h>

#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using testing::hex;

// Test cases 14 and 16 of McGrew and Viega, "The Galois/Counter Mode of Operation".
TEST(Envelope, GivesTheVectorsOfGcm) {
  EXPECT_EQ(to_hex(MUST(aes256_gcm_seal(SecretBytes(32), Bytes(12, '\0'), "", Bytes(16, '\0')))),
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  const SecretBytes key(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
  const Bytes plaintext = hex(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6"
      "b525b16aedf5aa0de657ba637b39");
  EXPECT_EQ(
      to_hex(MUST(aes256_gcm_seal(key, hex("cafebabefacedbaddecaf888"),
                                  hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), plaintext))),
      "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
      "56828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b");
}

TEST(Envelope, OpensWhatItSealed) {
  const SecretBytes key(hex(std::string(64, '7')));
  const Bytes iv(12, 'i');
  const Bytes sealed = MUST(aes256_gcm_seal(key, iv, "owner", "secret"));
  EXPECT_EQ(sealed.size(), 6 + kGcmTagSize);
  EXPECT_EQ(MUST(aes256_gcm_open(key, iv, "owner", sealed)).view(), "secret");
  EXPECT_EQ(MUST(aes256_gcm_open(key, iv, "", MUST(aes256_gcm_seal(key, iv, "", "")))).size(), 0u);
}

TEST(Envelope, RefusesAnyChange) {
  const SecretBytes key(hex(std::string(64, '7')));
  const Bytes iv(12, 'i');
  const Bytes sealed = MUST(aes256_gcm_seal(key, iv, "owner", "secret"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    Bytes changed = sealed;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(aes256_gcm_open(key, iv, "owner", changed).error().code, ErrorCode::kRefused);
  }
  EXPECT_EQ(aes256_gcm_open(key, iv, "thief", sealed).error().code, ErrorCode::kRefused);
  EXPECT_EQ(aes256_gcm_open(key, Bytes(12, 'j'), "owner", sealed).error().code,
            ErrorCode::kRefused);
  EXPECT_EQ(aes256_gcm_open(SecretBytes(32), iv, "owner", sealed).error().code,
            ErrorCode::kRefused);
  EXPECT_EQ(aes256_gcm_open(key, iv, "owner", "short").error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace shakedown::crypto

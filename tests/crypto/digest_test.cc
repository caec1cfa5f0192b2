#include "crypto/octets/digest.h"

#include <gtest/gtest.h>

#include "crypto/octets/chacha20.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using testing::hex;

std::string hex_of(std::span<const std::uint8_t> octets) { return to_hex(as_view(octets)); }

TEST(Digest, GivesTheVectorsOfFips180) {
  EXPECT_EQ(hex_of(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex_of(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex_of(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Sha256, GivesTheSameInPiecesAndStartsAfresh) {
  Sha256 hash;
  hash.update("a");
  hash.update("");
  hash.update("bc");
  EXPECT_EQ(hash.finish(), sha256("abc"));
  hash.update("next");
  EXPECT_EQ(hash.finish(), sha256("next"));
}

TEST(Hmac, GivesTheVectorsOfRfc4231) {
  EXPECT_EQ(hex_of(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex_of(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_of(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(ChaCha20, GivesTheBlockOfRfc8439) {
  std::array<std::uint8_t, 32> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
  const std::array<std::uint8_t, 12> nonce{0, 0, 0, 9, 0, 0, 0, 0x4a, 0, 0, 0, 0};
  ChaCha20 cipher(key, nonce, 1);
  std::array<std::uint8_t, 64> block{};
  // Drawn unevenly: the stream does not depend on how it is cut.
  cipher.fill(std::span(block).first(5));
  cipher.fill(std::span(block).subspan(5));
  EXPECT_EQ(hex_of(block),
            "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
            "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
}

}  // namespace
}  // namespace shakedown::crypto

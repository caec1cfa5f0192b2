#include "crypto/keys/randomness.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>
#include <set>
#include <thread>

#include "crypto/keys/hsm.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

// Before any test, hence before any octet is drawn in this process.
const Status kInstalled = install_randomness_provider();

const sim::Lineage kStream = sim::Lineage::root(7).child("acme-tel", 1);

// Keys, signatures, certificates, iv: all that a stream decides, as one text.
std::string artefacts(sim::Lineage stream) {
  const RandomStream entered(stream);
  const testing::Hierarchy hierarchy;
  std::string text = to_hex(hierarchy.leaf.key->scalar().view());
  text += to_hex(as_view(MUST(hierarchy.leaf.key->sign("token"))));
  text += to_hex(as_view(hierarchy.leaf.certificate->fingerprint()));
  text += to_hex(random_bytes(12));
  text += to_hex(random_secret(40).view());
  return to_hex(as_view(sha256(text)));
}

TEST(Randomness, IsInstalledAndStaysInstalled) {
  ASSERT_TRUE(kInstalled) << kInstalled.error().detail;
  EXPECT_TRUE(randomness_provider_is_installed());
  EXPECT_TRUE(install_randomness_provider());
}

TEST(RandomStream, GivesTheSameArtefactsForTheSameLineage) {
  EXPECT_EQ(artefacts(kStream), artefacts(kStream));
  EXPECT_NE(artefacts(kStream), artefacts(sim::Lineage::root(7).child("acme-tel", 2)));
}

TEST(RandomStream, GivesTheSameArtefactsInAnotherProcessAndWithoutCpuExtensions) {
  if (std::getenv("SHAKEDOWN_PRINT_ARTEFACTS") != nullptr) {
    std::printf("artefacts=%s\n", artefacts(kStream).c_str());
    return;
  }
  std::array<char, 4096> self{};
  ASSERT_GT(::readlink("/proc/self/exe", self.data(), self.size() - 1), 0);
  const std::string expected = "artefacts=" + artefacts(kStream);
  for (const std::string environment : {"", "OPENSSL_ia32cap=0:0 "}) {
    const auto other = testing::run_command(
        environment + "SHAKEDOWN_PRINT_ARTEFACTS=1 '" + self.data() +
        "' --gtest_filter=RandomStream.GivesTheSameArtefactsInAnotherProcess*");
    EXPECT_NE(other.output.find(expected), std::string::npos) << other.output;
  }
}

TEST(RandomStream, BelongsToOneThread) {
  const std::string expected = artefacts(kStream);
  std::string of_thread;
  Bytes first, second;
  {
    const RandomStream here(kStream);
    std::thread([&] {
      first = random_bytes(32);  // Passes through: this thread has entered nothing.
      second = random_bytes(32);
      of_thread = artefacts(kStream);
    }).join();
    EXPECT_EQ(octets_drawn_from_stream(), 0u);
  }
  EXPECT_NE(first, second);
  EXPECT_EQ(of_thread, expected);
}

TEST(RandomStream, EndsWithTheSystemsRandomnessAgain) {
  std::set<Bytes> seen;
  for (int i = 0; i < 8; ++i) {
    { const RandomStream entered(kStream); }
    seen.insert(random_bytes(16));
    seen.insert(Bytes(MUST(PrivateKey::generate())->scalar().view()));
  }
  EXPECT_EQ(seen.size(), 16u);
}

TEST(RandomStream, CountsWhatOperationsDraw) {
  const RandomStream entered(kStream);
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  EXPECT_EQ(octets_drawn_from_stream(), 32u);
  const Es256Signature signature = MUST(key->sign("m"));
  EXPECT_EQ(octets_drawn_from_stream(), 96u);
  EXPECT_TRUE(key->public_key()->verify("m", signature));
  EXPECT_EQ(octets_drawn_from_stream(), 96u);
}

TEST(RandomStream, ReachesTheHsm) {
  const auto hsm = MUST(Hsm::open_temporary());
  const auto make = [&] {
    const RandomStream entered(kStream);
    const KeyHandle key = MUST(hsm->generate_signing_key("k"));
    const Es256Signature signature = MUST(hsm->sign(key, "m"));
    EXPECT_GT(octets_drawn_from_stream(), 0u);
    return MUST(hsm->public_key(key))->uncompressed_point() + Bytes(as_view(signature));
  };
  EXPECT_EQ(make(), make());
}

TEST(RandomStreamDeathTest, RefusesNesting) {
  EXPECT_DEATH(
      {
        const RandomStream outer(kStream);
        enter_random_stream(kStream);
      },
      "assertion failed");
  EXPECT_DEATH(leave_random_stream(), "assertion failed");
}

}  // namespace
}  // namespace shakedown::crypto

#include "crypto/keys/hsm.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "crypto/keys/signature_ledger.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

namespace fs = std::filesystem;
const Bytes kIv(12, 'i');

std::string all_files(const std::string& folder) {
  std::string content;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    content.append(std::istreambuf_iterator<char>(file), {});
  }
  return content;
}

TEST(Hsm, SignsWithAKeyThatNeverLeavesIt) {
  const auto hsm = MUST(Hsm::open_temporary());
  for (const KeyStorage storage : {KeyStorage::kSession, KeyStorage::kToken}) {
    const KeyHandle key = MUST(hsm->generate_signing_key("signing", storage));
    const PublicKeyPtr public_key = MUST(hsm->public_key(key));
    const Es256Signature signature = MUST(hsm->sign(key, "message"));
    EXPECT_TRUE(public_key->verify("message", signature));
    EXPECT_FALSE(public_key->verify("massage", signature));
    EXPECT_TRUE(SignatureLedger::is_expected_good("message", signature, *public_key));
  }
}

TEST(Hsm, WrapsAndUnwrapsSecrets) {
  const auto hsm = MUST(Hsm::open_temporary());
  const KeyHandle master = MUST(hsm->generate_master_key("master"));
  const SecretBytes scalar = MUST(PrivateKey::generate())->scalar();
  const Bytes wrapped = MUST(hsm->wrap(master, scalar, kIv, "acme-tel"));
  EXPECT_EQ(wrapped.size(), 32u + 16u);
  EXPECT_EQ(wrapped.find(scalar.view()), std::string::npos);
  EXPECT_EQ(MUST(hsm->unwrap(master, wrapped, kIv, "acme-tel")).view(), scalar.view());
  EXPECT_EQ(hsm->unwrap(master, wrapped, kIv, "mallory").error().code, ErrorCode::kRefused);
  Bytes changed = wrapped;
  changed[3] = static_cast<char>(changed[3] ^ 1);
  EXPECT_EQ(hsm->unwrap(master, changed, kIv, "acme-tel").error().code, ErrorCode::kRefused);
  EXPECT_EQ(hsm->unwrap(master, wrapped, Bytes(12, 'j'), "acme-tel").error().code,
            ErrorCode::kRefused);
  EXPECT_EQ(hsm->unwrap(master, "short", kIv).error().code, ErrorCode::kMalformed);
  const KeyHandle other = MUST(hsm->generate_master_key("other"));
  EXPECT_EQ(hsm->unwrap(other, wrapped, kIv, "acme-tel").error().code, ErrorCode::kRefused);
  // A refusal does not leave the session in the middle of an operation.
  EXPECT_TRUE(hsm->unwrap(master, wrapped, kIv, "acme-tel"));
}

TEST(Hsm, WritesNoPlaintextScalarToItsFiles) {
  const auto hsm = MUST(Hsm::open_temporary());
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const KeyHandle handle = MUST(hsm->import_signing_key("imported", *key, KeyStorage::kToken));
  EXPECT_TRUE(key->public_key()->verify("m", MUST(hsm->sign(handle, "m"))));
  const std::string files = all_files(hsm->folder());
  EXPECT_NE(files.find("directories.tokendir"), std::string::npos);
  EXPECT_GT(files.size(), 500u);
  const SecretBytes scalar = key->scalar();
  EXPECT_EQ(files.find(scalar.view()), std::string::npos);
  EXPECT_EQ(files.find(scalar.view().substr(0, 8)), std::string::npos);
}

TEST(Hsm, ItsFolderIsPrivateAndGoesWithTheLastOne) {
  auto first = MUST(Hsm::open_temporary());
  auto second = MUST(Hsm::open_temporary());
  const std::string folder = first->folder();
  EXPECT_EQ(second->folder(), folder);

  struct stat status {};

  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  first.reset();
  EXPECT_TRUE(fs::exists(folder));
  EXPECT_TRUE(second->generate_signing_key("still here"));
  second.reset();
  EXPECT_FALSE(fs::exists(folder));
}

TEST(Hsm, OpensAgainAfterTheLastOneWasClosed) {
  for (int round = 0; round < 3; ++round) {
    const auto hsm = MUST(Hsm::open_temporary());
    const KeyHandle key = MUST(hsm->generate_signing_key("k"));
    EXPECT_TRUE(MUST(hsm->public_key(key))->verify("m", MUST(hsm->sign(key, "m"))));
  }
}

TEST(Hsm, TokensDoNotShareKeys) {
  const auto first = MUST(Hsm::open_temporary());
  const auto second = MUST(Hsm::open_temporary());
  const KeyHandle key = MUST(first->generate_signing_key("k"));
  EXPECT_EQ(second->sign(key, "m").error().code, ErrorCode::kKeyUnavailable);
}

TEST(Hsm, RefusesUnknownDestroyedAndMismatchedKeys) {
  const auto hsm = MUST(Hsm::open_temporary());
  const KeyHandle signing = MUST(hsm->generate_signing_key("s"));
  const KeyHandle master = MUST(hsm->generate_master_key("m"));
  EXPECT_EQ(hsm->sign(master, "m").error().code, ErrorCode::kKeyUnavailable);
  EXPECT_EQ(hsm->wrap(signing, SecretBytes("x"), kIv).error().code, ErrorCode::kKeyUnavailable);
  EXPECT_EQ(hsm->sign(KeyHandle{99}, "m").error().code, ErrorCode::kKeyUnavailable);
  EXPECT_TRUE(hsm->destroy(signing));
  EXPECT_EQ(hsm->sign(signing, "m").error().code, ErrorCode::kKeyUnavailable);
  EXPECT_EQ(hsm->destroy(signing).error().code, ErrorCode::kKeyUnavailable);
  EXPECT_EQ(hsm->wrap(master, SecretBytes(5000), kIv).error().code, ErrorCode::kTooLarge);
}

TEST(Hsm, LosesSessionKeysWhenLoggedOutAndKeepsTokenKeys) {
  const auto hsm = MUST(Hsm::open_temporary());
  const KeyHandle session = MUST(hsm->generate_signing_key("session"));
  const KeyHandle token = MUST(hsm->generate_signing_key("token", KeyStorage::kToken));
  const PublicKeyPtr public_key = MUST(hsm->public_key(token));
  ASSERT_TRUE(hsm->log_out());
  EXPECT_EQ(hsm->sign(token, "m").error().code, ErrorCode::kKeyUnavailable);
  EXPECT_EQ(hsm->generate_master_key("m").error().code, ErrorCode::kKeyUnavailable);
  ASSERT_TRUE(hsm->log_in());
  EXPECT_TRUE(public_key->verify("m", MUST(hsm->sign(token, "m"))));
  EXPECT_EQ(hsm->sign(session, "m").error().code, ErrorCode::kKeyUnavailable);
}

TEST(Hsm, SaysWhenTheModuleIsMissing) {
  const auto hsm = Hsm::open_temporary("/nonexistent/module.so");
  ASSERT_FALSE(hsm);
  EXPECT_EQ(hsm.error().code, ErrorCode::kEnvironment);
}

TEST(Hsm, ThreadsMayShareIt) {
  const auto hsm = MUST(Hsm::open_temporary());
  const KeyHandle key = MUST(hsm->generate_signing_key("shared"));
  const PublicKeyPtr public_key = MUST(hsm->public_key(key));
  std::array<int, 3> good{};
  std::vector<std::thread> threads;
  for (int& count : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto signature = hsm->sign(key, std::to_string(i));
        if (signature && public_key->verify(std::to_string(i), *signature)) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, (std::array{20, 20, 20}));
}

TEST(Hsm, OpensAndClosesOnSeveralThreads) {
  std::array<int, 3> good{};
  std::vector<std::thread> threads;
  for (int& count : good) {
    threads.emplace_back([&] {
      for (int i = 0; i < 4; ++i) {
        if (const auto hsm = Hsm::open_temporary(); hsm && (*hsm)->generate_master_key("m"))
          ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, (std::array{4, 4, 4}));
}

}  // namespace
}  // namespace shakedown::crypto

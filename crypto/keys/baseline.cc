#include "crypto/keys/baseline.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <memory>

namespace shakedown::crypto {
namespace {

using KeyPtr = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using ContextPtr = std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)>;

constexpr std::size_t kMessageSize = 420;  // A SHAKEN signing input.

Status run(std::size_t times, bool verify) {
  const KeyPtr key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  if (!key) return fail(ErrorCode::kEnvironment, "OpenSSL generates no P-256 key");
  const ContextPtr signer(EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free);
  const ContextPtr verifier(EVP_PKEY_CTX_new(key.get(), nullptr), EVP_PKEY_CTX_free);
  if (!signer || EVP_PKEY_sign_init(signer.get()) != 1 || !verifier ||
      EVP_PKEY_verify_init(verifier.get()) != 1) {
    return fail(ErrorCode::kEnvironment, "OpenSSL makes no context");
  }
  std::array<unsigned char, kMessageSize> message{};
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  std::array<unsigned char, 80> signature{};
  for (std::size_t i = 0; i < times; ++i) {
    message[i % kMessageSize] = static_cast<unsigned char>(i);
    SHA256(message.data(), message.size(), digest.data());
    std::size_t size = signature.size();
    if (EVP_PKEY_sign(signer.get(), signature.data(), &size, digest.data(), digest.size()) != 1) {
      return fail(ErrorCode::kEnvironment, "OpenSSL does not sign");
    }
    if (!verify) continue;
    SHA256(message.data(), message.size(), digest.data());
    if (EVP_PKEY_verify(verifier.get(), signature.data(), size, digest.data(), digest.size()) !=
        1) {
      return fail(ErrorCode::kEnvironment, "OpenSSL does not verify its own signature");
    }
  }
  return {};
}

}  // namespace

Status plain_sign_and_verify(std::size_t pairs) { return run(pairs, true); }

Status plain_sign(std::size_t times) { return run(times, false); }

}  // namespace shakedown::crypto

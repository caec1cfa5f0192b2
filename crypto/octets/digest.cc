#include "crypto/octets/digest.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/octets/bytes.h"
#include "crypto/octets/openssl.h"

namespace shakedown::crypto {
namespace {

// Fetched once and kept for the life of the process: fetching takes a lock that makes two threads
// slower than one.
const EVP_MD* fetched(const char* name) {
  const EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
  SHAKEDOWN_ASSERT(digest != nullptr);
  return digest;
}

const EVP_MD* sha256_method() {
  static const EVP_MD* const kMethod = fetched("SHA256");
  return kMethod;
}

const EVP_MD* sha1_method() {
  static const EVP_MD* const kMethod = fetched("SHA1");
  return kMethod;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> digest(const EVP_MD* method, std::string_view octets) {
  // A reused context halves the cost of digesting a PASSporT.
  thread_local DigestContextOwner context(EVP_MD_CTX_new());
  std::array<std::uint8_t, Size> value;
  SHAKEDOWN_ASSERT(context != nullptr && EVP_DigestInit_ex2(context.get(), method, nullptr) == 1 &&
                   EVP_DigestUpdate(context.get(), octets.data(), octets.size()) == 1 &&
                   EVP_DigestFinal_ex(context.get(), value.data(), nullptr) == 1);
  return value;
}

}  // namespace

Sha256Digest sha256(std::string_view octets) { return digest<32>(sha256_method(), octets); }

Sha1Digest sha1(std::string_view octets) { return digest<20>(sha1_method(), octets); }

Sha256Digest hmac_sha256(std::string_view key, std::string_view message) {
  // RFC 2104: H(K xor opad, H(K xor ipad, message)), keys longer than a block are hashed first.
  constexpr std::size_t kBlock = 64;
  SecretBytes block(kBlock);
  if (key.size() > kBlock) {
    const Sha256Digest hashed = sha256(key);
    std::copy(hashed.begin(), hashed.end(), block.data());
  } else {
    std::copy(key.begin(), key.end(), block.data());
  }
  Sha256 hash;
  for (std::size_t i = 0; i < kBlock; ++i) block.data()[i] ^= 0x36;
  hash.update(block.view());
  hash.update(message);
  const Sha256Digest inner = hash.finish();
  for (std::size_t i = 0; i < kBlock; ++i) block.data()[i] ^= 0x36 ^ 0x5c;
  hash.update(block.view());
  hash.update(as_view(inner));
  return hash.finish();
}

struct Sha256::State {
  DigestContextOwner context{EVP_MD_CTX_new()};

  void begin() {
    SHAKEDOWN_ASSERT(context != nullptr &&
                     EVP_DigestInit_ex2(context.get(), sha256_method(), nullptr) == 1);
  }
};

Sha256::Sha256()
    : state_(std::make_unique<State>()) {
  state_->begin();
}

Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view octets) {
  SHAKEDOWN_ASSERT(EVP_DigestUpdate(state_->context.get(), octets.data(), octets.size()) == 1);
}

Sha256Digest Sha256::finish() {
  Sha256Digest value;
  SHAKEDOWN_ASSERT(EVP_DigestFinal_ex(state_->context.get(), value.data(), nullptr) == 1);
  state_->begin();
  return value;
}

}  // namespace shakedown::crypto

#include "crypto/keys/envelope.h"

#include "crypto/octets/openssl.h"

namespace shakedown::crypto {
namespace {

const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const kMethod = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  SHAKEDOWN_ASSERT(kMethod != nullptr);
  return kMethod;
}

// A context costs more than the cipher itself; it holds no key between calls.
class Context {
 public:
  Context() { SHAKEDOWN_ASSERT(get() != nullptr); }

  ~Context() { EVP_CIPHER_CTX_reset(get()); }

  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  EVP_CIPHER_CTX* get() const {
    thread_local CipherContextOwner context(EVP_CIPHER_CTX_new());
    return context.get();
  }
};

int size_of(std::string_view octets) { return static_cast<int>(octets.size()); }

void check_arguments(const SecretBytes& key, std::string_view iv, std::string_view text) {
  SHAKEDOWN_ASSERT(key.size() == kAes256KeySize);
  SHAKEDOWN_ASSERT(iv.size() == kGcmIvSize);
  SHAKEDOWN_ASSERT(text.size() <= 16 * 1024 * 1024);
}

}  // namespace

Result<Bytes> aes256_gcm_seal(const SecretBytes& key,
                              std::string_view iv,
                              std::string_view aad,
                              std::string_view plaintext) {
  check_arguments(key, iv, plaintext);
  const ErrorQueueGuard guard;
  const Context context;
  Bytes sealed(plaintext.size() + kGcmTagSize, '\0');
  auto* out = reinterpret_cast<unsigned char*>(sealed.data());
  int written = 0;
  int rest = 0;
  if (EVP_EncryptInit_ex2(context.get(), cipher(), key.data(), octets_of(iv), nullptr) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &rest, octets_of(aad), size_of(aad)) != 1 ||
      EVP_EncryptUpdate(context.get(), out, &written, octets_of(plaintext), size_of(plaintext)) !=
          1 ||
      EVP_EncryptFinal_ex(context.get(), out + written, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kGcmTagSize,
                          out + plaintext.size()) != 1) {
    return fail(ErrorCode::kEnvironment, openssl_error("sealing failed"));
  }
  return sealed;
}

Result<SecretBytes> aes256_gcm_open(const SecretBytes& key,
                                    std::string_view iv,
                                    std::string_view aad,
                                    std::string_view sealed) {
  check_arguments(key, iv, sealed);
  if (sealed.size() < kGcmTagSize) return fail(ErrorCode::kMalformed, "shorter than a tag");
  const std::string_view ciphertext = sealed.substr(0, sealed.size() - kGcmTagSize);
  Bytes tag(sealed.substr(ciphertext.size()));
  const ErrorQueueGuard guard;
  const Context context;
  SecretBytes plaintext(ciphertext.size());
  int written = 0;
  int rest = 0;
  if (EVP_DecryptInit_ex2(context.get(), cipher(), key.data(), octets_of(iv), nullptr) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &rest, octets_of(aad), size_of(aad)) != 1 ||
      EVP_DecryptUpdate(context.get(), plaintext.data(), &written, octets_of(ciphertext),
                        size_of(ciphertext)) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kGcmTagSize, tag.data()) != 1) {
    return fail(ErrorCode::kEnvironment, openssl_error("opening failed"));
  }
  if (EVP_DecryptFinal_ex(context.get(), plaintext.data() + written, &rest) != 1) {
    return fail(ErrorCode::kRefused, "the tag does not match");
  }
  return plaintext;
}

}  // namespace shakedown::crypto

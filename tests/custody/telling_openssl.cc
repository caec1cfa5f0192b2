// Every secret key of the process, told to a test: the functions of OpenSSL that make or take one
// are stood in for when this is linked, for SoftHSM in the same process too. Each goes to the file
// that SHAKEDOWN_LEARNT_KEYS names as "ec HEX" or "aes HEX", and nothing else changes.
#define OPENSSL_SUPPRESS_DEPRECATED  // SoftHSM and the ecosystem make keys with EC_KEY.
#include <dlfcn.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <span>

namespace {

void tell(const char* kind, std::span<const unsigned char> secret) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  const char* path = std::getenv("SHAKEDOWN_LEARNT_KEYS");
  if (path == nullptr) return;
  std::FILE* file = std::fopen(path, "a");
  if (file == nullptr) std::abort();
  std::fprintf(file, "%s ", kind);
  for (const unsigned char octet : secret) std::fprintf(file, "%02x", octet);
  std::fprintf(file, "\n");
  std::fclose(file);
}

template <class Function>
Function* next(const char* name) {
  auto* function = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
  if (function == nullptr) std::abort();
  return function;
}

}  // namespace

extern "C" int EC_KEY_generate_key(EC_KEY* key) {
  static auto* const real = next<decltype(EC_KEY_generate_key)>("EC_KEY_generate_key");
  const int done = real(key);
  std::array<unsigned char, 32> scalar{};
  if (done == 1 && BN_bn2binpad(EC_KEY_get0_private_key(key), scalar.data(), 32) == 32) {
    tell("ec", scalar);
  }
  return done;
}

// The data keys under which scalars are sealed.
extern "C" int EVP_EncryptInit_ex2(EVP_CIPHER_CTX* context,
                                   const EVP_CIPHER* cipher,
                                   const unsigned char* key,
                                   const unsigned char* iv,
                                   const OSSL_PARAM* parameters) {
  static auto* const real = next<decltype(EVP_EncryptInit_ex2)>("EVP_EncryptInit_ex2");
  if (key != nullptr && cipher != nullptr && EVP_CIPHER_get_key_length(cipher) == 32) {
    tell("aes", {key, 32});
  }
  return real(context, cipher, key, iv, parameters);
}

// OpenSSL's types as owners, for the sources of crypto/ only: no public header includes this.
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <memory>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace shakedown::crypto {

template <auto Free>
struct OpenSslDeleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <class T, auto Free>
using OpenSslOwner = std::unique_ptr<T, OpenSslDeleter<Free>>;

using BnOwner = OpenSslOwner<BIGNUM, BN_clear_free>;
using BioOwner = OpenSslOwner<BIO, BIO_free>;
using CipherContextOwner = OpenSslOwner<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using DigestContextOwner = OpenSslOwner<EVP_MD_CTX, EVP_MD_CTX_free>;
using EvpKeyOwner = OpenSslOwner<EVP_PKEY, EVP_PKEY_free>;
using X509Owner = OpenSslOwner<X509, X509_free>;

// The error queue belongs to the thread, not to the fiber: it is emptied before we return, so that
// no actor reads another's error.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard() = default;

  ~ErrorQueueGuard() { ERR_clear_error(); }

  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

// "what: reason of OpenSSL's oldest queued error".
inline std::string openssl_error(std::string_view what) {
  const unsigned long code = ERR_peek_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  std::string text(what);
  if (reason != nullptr) text.append(": ").append(reason);
  return text;
}

inline const unsigned char* octets_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace shakedown::crypto

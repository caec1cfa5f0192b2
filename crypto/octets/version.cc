#include "crypto/octets/version.h"

#include <openssl/crypto.h>

namespace shakedown::crypto {

std::string openssl_version() { return OpenSSL_version(OPENSSL_VERSION); }

}  // namespace shakedown::crypto

// A certificate as OpenSSL's own object, for the sources of this folder that ask OpenSSL about it.
#pragma once

#include "crypto/octets/openssl.h"
#include "crypto/x509/certificate.h"

namespace shakedown::crypto {

struct Certificate::OpenSsl {
  X509Owner x509;
};

}  // namespace shakedown::crypto

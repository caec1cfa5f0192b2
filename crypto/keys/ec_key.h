// P-256 keys as OpenSSL's EC_KEY, for the sources of this folder only.
//
// The low-level interface is deprecated in OpenSSL 3 but chosen on purpose: its objects are
// read-only while signing and verifying, so threads share one key without a context each, a point
// decodes in 3 microseconds instead of 24, and R and S need no DER in between.
#pragma once

#include <cstdint>

#include "crypto/keys/es256.h"
#include "crypto/octets/openssl.h"

namespace shakedown::crypto {

struct EcKeyFree {
  void operator()(EC_KEY* key) const;
};

using EcKeyOwner = std::unique_ptr<EC_KEY, EcKeyFree>;

struct PublicKey::State {
  EcKeyOwner key;
  Bytes point;
  Bytes spki_der;
};

struct PrivateKey::State {
  EcKeyOwner key;
  PublicKeyPtr public_key;
};

}  // namespace shakedown::crypto

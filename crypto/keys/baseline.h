// What a call costs when nothing but OpenSSL runs: the yardstick of `shakedown bench`.
#pragma once

#include <cstddef>

#include "sim/result.h"

namespace shakedown::crypto {

// Signs and verifies `pairs` messages of 420 octets with one P-256 key, through EVP_PKEY_sign and
// EVP_PKEY_verify on reused contexts: the fastest plain use of OpenSSL. Error: kEnvironment.
Status plain_sign_and_verify(std::size_t pairs);
// Just the signing half.
Status plain_sign(std::size_t times);

}  // namespace shakedown::crypto

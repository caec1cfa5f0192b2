// AES-256-GCM (NIST SP 800-38D) for envelope encryption: a data key or private scalar sealed under
// a master key. Thread-safe; nothing is drawn at random, the caller brings the iv and never uses
// one twice under the same key.
#pragma once

#include <string_view>

#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

inline constexpr std::size_t kAes256KeySize = 32;
inline constexpr std::size_t kGcmIvSize = 12;
inline constexpr std::size_t kGcmTagSize = 16;

// Ciphertext (as long as the plaintext) followed by the 16-octet tag. `key` is 32 octets and `iv`
// 12, both asserted. Error: kEnvironment.
Result<Bytes> aes256_gcm_seal(const SecretBytes& key,
                              std::string_view iv,
                              std::string_view aad,
                              std::string_view plaintext);

// Errors: kRefused if the tag does not match (wrong key, iv or aad, or altered octets), kMalformed
// if shorter than a tag.
Result<SecretBytes> aes256_gcm_open(const SecretBytes& key,
                                    std::string_view iv,
                                    std::string_view aad,
                                    std::string_view sealed);

}  // namespace shakedown::crypto

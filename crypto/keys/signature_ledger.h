// What this process has signed lately, so that a verifier can tell that an untouched token, under
// the key of its certificate, is expected to verify. The real verification is only deferred (see
// Env::compute_expecting), never skipped: a wrong entry fails the run.
//
// Process-wide and bounded: 16,384 signatures; old ones make room for new ones, and a signature
// that was forgotten is simply verified at once. Thread-safe.
#pragma once

#include <string_view>

#include "crypto/keys/es256.h"

namespace shakedown::crypto {

class SignatureLedger {
 public:
  static constexpr std::size_t kCapacity = 16'384;

  // PrivateKey::sign and Hsm::sign call this.
  static void note(std::string_view message, const Es256Signature& signature, const PublicKey& key);

  // True if exactly this signature was made over exactly this message under exactly this key, by a
  // 128-bit hash of the three.
  static bool is_expected_good(std::string_view message,
                               const Es256Signature& signature,
                               const PublicKey& key);

  // A false entry, to prove that a deferred verification which disagrees is noticed.
  static void forge_for_test(std::string_view message,
                             const Es256Signature& signature,
                             const PublicKey& key);
};

}  // namespace shakedown::crypto

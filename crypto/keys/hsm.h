// A hardware security module: SoftHSM 2 inside this process, spoken to in PKCS#11.
//
// Private keys and master keys never leave the module. SoftHSM gains nothing from threads, so one
// mutex of the process guards it; any thread may call. Nothing suspends: `Env::compute` with the
// kHsm* kinds of work is where the modelled time of such a device is charged. SoftHSM draws from
// OpenSSL's default generator, so call within compute like other drawing code.
//
// Errors: kEnvironment (module or folder missing), kTokenFailed (the CKR_* name in `detail`),
// kKeyUnavailable (unknown or destroyed handle).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/keys/es256.h"
#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

// Names an object of one Hsm, as long as that Hsm lives. Handles are never used again.
struct KeyHandle {
  std::uint64_t value = 0;
  friend bool operator==(const KeyHandle&, const KeyHandle&) = default;

  friend bool operator<(const KeyHandle& a, const KeyHandle& b) { return a.value < b.value; }
};

enum class KeyStorage : std::uint8_t {
  kSession,  // In the memory of the module: quick, gone with the Hsm.
  kToken,    // A file of the token, encrypted under its PIN: about 14 ms to make.
};

class Hsm {
 public:
  // A new token of its own with a random PIN, logged in. All Hsms of the process share one private
  // folder (mode 0700) under $TMPDIR or /tmp; the last one to go removes it. About 40 ms.
  // `module_path`: libsofthsm2.so; empty tries the usual places.
  static Result<std::unique_ptr<Hsm>> open_temporary(std::string_view module_path = {});

  ~Hsm();
  Hsm(const Hsm&) = delete;
  Hsm& operator=(const Hsm&) = delete;

  // P-256, sensitive and not extractable. `label` is for people; it need not be unique.
  Result<KeyHandle> generate_signing_key(std::string_view label,
                                         KeyStorage storage = KeyStorage::kSession);
  // Moves a software key into the module; from then on it is not extractable.
  Result<KeyHandle> import_signing_key(std::string_view label,
                                       const PrivateKey& key,
                                       KeyStorage storage = KeyStorage::kSession);
  Result<PublicKeyPtr> public_key(KeyHandle key) const;
  // SHA-256 of `message` signed inside (CKM_ECDSA). Noted in the SignatureLedger.
  Result<Es256Signature> sign(KeyHandle key, std::string_view message) const;

  // AES-256, sensitive and not extractable.
  Result<KeyHandle> generate_master_key(std::string_view label,
                                        KeyStorage storage = KeyStorage::kSession);
  // AES-256-GCM inside the module: ciphertext and 16-octet tag. `secret` at most 4 KiB; `iv` is 12
  // octets (asserted) and never used twice with one key; `aad` binds the ciphertext to its owner.
  Result<Bytes> wrap(KeyHandle master_key,
                     const SecretBytes& secret,
                     std::string_view iv,
                     std::string_view aad = {}) const;
  // Also kRefused: the tag does not match.
  Result<SecretBytes> unwrap(KeyHandle master_key,
                             std::string_view wrapped,
                             std::string_view iv,
                             std::string_view aad = {}) const;

  Status destroy(KeyHandle key);
  // As if power or network were lost (a fault, or an operator): every key operation answers
  // kKeyUnavailable until log_in. Session keys are lost for good when the token logs out.
  Status log_out();
  Status log_in();

  // The folder of the token's files, for tests.
  const std::string& folder() const;

 private:
  struct State;
  explicit Hsm(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace shakedown::crypto

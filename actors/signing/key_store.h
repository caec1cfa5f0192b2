// The key store of a provider (SP-KMS and SKS of ATIS-1000080): where private keys live and how a
// call gets its signature. Three custodies:
//
//   memory    the key in clear in the process: the fastest, and what a memory dump gives away.
//   envelope  only ciphertext is kept: the private scalar under AES-256-GCM with a data key, the
//   data
//             key wrapped by a master key inside the hardware security module of a master key
//             service, which each signature asks over the network. Plaintext exists only inside the
//             signing call and is cleansed at its end.
//   hsm       on premises: the key is made in a hardware security module and never leaves it.
//
// A key store belongs to one actor; its calls run in activities of that actor. Starred calls
// suspend.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/signing/key_custody.h"
#include "crypto/keys/es256.h"
#include "crypto/keys/hsm.h"
#include "crypto/octets/bytes.h"
#include "sim/env.h"
#include "sim/result.h"

namespace shakedown::actors {

std::string_view to_string(KeyCustody custody);  // memory, envelope, hsm

// A key pair in custody. What it holds depends on the custody; immutable, shared by those who sign.
struct HeldKey {
  crypto::PublicKeyPtr public_key;
  crypto::PrivateKeyPtr in_memory;  // memory
  crypto::Bytes sealed_scalar;      // envelope: iv, ciphertext, tag
  crypto::Bytes wrapped_data_key;   // envelope: as the master key service returned it
  crypto::KeyHandle in_module;      // hsm
};

using HeldKeyPtr = std::shared_ptr<const HeldKey>;

class KeyStore {
 public:
  virtual ~KeyStore() = default;

  virtual KeyCustody custody() const = 0;
  // * A new key pair. Errors: kUnreachable, kTimeout, kRefused (master key service), kTokenFailed.
  virtual Result<HeldKeyPtr> generate() = 0;
  // * ES256 over `message`. Errors as above; kKeyUnavailable.
  virtual Result<crypto::Es256Signature> sign(const HeldKeyPtr& key, std::string_view message) = 0;
  // * What an intruder who can read this process's memory while it signs walks away with. Error:
  // kRefused in a hardware security module: the key cannot be taken.
  virtual Result<crypto::PrivateKeyPtr> steal(const HeldKeyPtr& key) = 0;
  // All octets that this custody would keep on disk for `key`, for those who look for clear text.
  virtual crypto::Bytes stored_form(const HeldKeyPtr& key) const = 0;
};

// How a key store reaches the master key of a hosted solution.
struct MasterKeyAccess {
  std::string base_url;  // "https://mks.acme-tel.test"
  std::string secret;    // The owner's authentication secret at the service.
  sim::Duration timeout = std::chrono::seconds{2};
};

// `master_key` counts for envelope, `module` (never null then) for hsm.
std::unique_ptr<KeyStore> make_key_store(sim::Env& env,
                                         KeyCustody custody,
                                         MasterKeyAccess master_key,
                                         std::shared_ptr<crypto::Hsm> module);

}  // namespace shakedown::actors

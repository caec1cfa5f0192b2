#include "actors/signing/key_store.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "actors/clients/master_key_client.h"
#include "actors/workload/work.h"
#include "crypto/keys/envelope.h"
#include "crypto/keys/randomness.h"
#include "crypto/octets/digest.h"

namespace shakedown::actors {
namespace {

Result<crypto::Es256Signature> sign_in_memory(const crypto::PrivateKeyPtr& key,
                                              const std::string& message) {
  return key->sign(message);
}

class MemoryKeyStore final : public KeyStore {
 public:
  explicit MemoryKeyStore(sim::Env& env)
      : env_(env) {}

  KeyCustody custody() const override { return KeyCustody::kMemory; }

  Result<HeldKeyPtr> generate() override {
    ASSIGN_OR_RETURN(auto key, env_.compute(work::kGenerateKey, crypto::PrivateKey::generate));
    auto held = std::make_shared<HeldKey>();
    held->public_key = key->public_key();
    held->in_memory = std::move(key);
    return held;
  }

  Result<crypto::Es256Signature> sign(const HeldKeyPtr& key, std::string_view message) override {
    if (!key->in_memory) return fail(ErrorCode::kKeyUnavailable, "the key is not in memory");
    return env_.compute(work::kSign, sign_in_memory, key->in_memory, std::string(message));
  }

  Result<crypto::PrivateKeyPtr> steal(const HeldKeyPtr& key) override { return key->in_memory; }

  crypto::Bytes stored_form(const HeldKeyPtr& key) const override {
    return crypto::Bytes(key->in_memory->scalar().view());
  }

 private:
  sim::Env& env_;
};

// What is written to the key store's disk: the scalar sealed under a data key of its own.
struct SealedKey {
  crypto::PublicKeyPtr public_key;
  crypto::Bytes sealed_scalar;
  crypto::SecretBytes data_key;  // In clear only until the master key service has wrapped it.
};

Result<SealedKey> generate_sealed() {
  ASSIGN_OR_RETURN(auto key, crypto::PrivateKey::generate());
  SealedKey sealed;
  sealed.public_key = key->public_key();
  sealed.data_key = crypto::random_secret(crypto::kAes256KeySize);
  const crypto::Bytes iv = crypto::random_bytes(crypto::kGcmIvSize);
  ASSIGN_OR_RETURN(auto ciphertext, crypto::aes256_gcm_seal(sealed.data_key, iv,
                                                            sealed.public_key->uncompressed_point(),
                                                            key->scalar().view()));
  sealed.sealed_scalar = iv + ciphertext;
  return sealed;
}

Result<crypto::PrivateKeyPtr> unseal(const HeldKey& key, const crypto::SecretBytes& data_key) {
  const std::string_view sealed = key.sealed_scalar;
  ASSIGN_OR_RETURN(const auto scalar,
                   crypto::aes256_gcm_open(data_key, sealed.substr(0, crypto::kGcmIvSize),
                                           key.public_key->uncompressed_point(),
                                           sealed.substr(crypto::kGcmIvSize)));
  if (scalar.size() != 32) return fail(ErrorCode::kMalformed, "the sealed scalar is not 32 octets");
  return crypto::PrivateKey::from_scalar(scalar.span().first<32>());
}

class EnvelopeKeyStore final : public KeyStore {
 public:
  EnvelopeKeyStore(sim::Env& env, MasterKeyAccess access)
      : env_(env),
        service_(env, std::move(access.base_url), std::move(access.secret), access.timeout) {}

  KeyCustody custody() const override { return KeyCustody::kEnvelope; }

  Result<HeldKeyPtr> generate() override {
    ASSIGN_OR_RETURN(auto sealed, env_.compute(work::kGenerateKey, generate_sealed));
    ASSIGN_OR_RETURN(auto wrapped, service_.wrap(sealed.data_key));
    auto held = std::make_shared<HeldKey>();
    held->public_key = std::move(sealed.public_key);
    held->sealed_scalar = std::move(sealed.sealed_scalar);
    held->wrapped_data_key = std::move(wrapped);
    return held;
  }

  Result<crypto::Es256Signature> sign(const HeldKeyPtr& key, std::string_view message) override {
    ASSIGN_OR_RETURN(auto data_key, service_.unwrap(key->wrapped_data_key));
    return env_.compute(
        work::kSign,
        [](const HeldKeyPtr& held, const crypto::SecretBytes& plain_data_key,
           const std::string& text) -> Result<crypto::Es256Signature> {
          ASSIGN_OR_RETURN(const auto private_key, unseal(*held, plain_data_key));
          return private_key->sign(text);
        },
        key, std::move(data_key), std::string(message));
  }

  // The intruder sits in the process while it signs, so the service unwraps for the intruder too.
  Result<crypto::PrivateKeyPtr> steal(const HeldKeyPtr& key) override {
    ASSIGN_OR_RETURN(const auto data_key, service_.unwrap(key->wrapped_data_key));
    return unseal(*key, data_key);
  }

  crypto::Bytes stored_form(const HeldKeyPtr& key) const override {
    return key->sealed_scalar + key->wrapped_data_key;
  }

 private:
  sim::Env& env_;
  MasterKeyClient service_;
};

class HsmKeyStore final : public KeyStore {
 public:
  HsmKeyStore(sim::Env& env, std::shared_ptr<crypto::Hsm> module)
      : env_(env),
        module_(std::move(module)) {}

  KeyCustody custody() const override { return KeyCustody::kHsm; }

  Result<HeldKeyPtr> generate() override {
    ASSIGN_OR_RETURN(const auto handle,
                     env_.compute(
                         work::kHsmGenerateKey,
                         [](const std::shared_ptr<crypto::Hsm>& module, const std::string& label) {
                           return module->generate_signing_key(label);
                         },
                         module_, env_.name()));
    auto held = std::make_shared<HeldKey>();
    ASSIGN_OR_RETURN(held->public_key, module_->public_key(handle));
    held->in_module = handle;
    return held;
  }

  Result<crypto::Es256Signature> sign(const HeldKeyPtr& key, std::string_view message) override {
    return env_.compute(
        work::kHsmSign,
        [](const std::shared_ptr<crypto::Hsm>& module, crypto::KeyHandle handle,
           const std::string& text) { return module->sign(handle, text); },
        module_, key->in_module, std::string(message));
  }

  Result<crypto::PrivateKeyPtr> steal(const HeldKeyPtr&) override {
    return fail(ErrorCode::kRefused, "the key never leaves the hardware security module");
  }

  crypto::Bytes stored_form(const HeldKeyPtr&) const override { return {}; }

 private:
  sim::Env& env_;
  std::shared_ptr<crypto::Hsm> module_;
};

}  // namespace

std::string_view to_string(KeyCustody custody) {
  switch (custody) {
    case KeyCustody::kMemory:
      return "memory";
    case KeyCustody::kEnvelope:
      return "envelope";
    case KeyCustody::kHsm:
      return "hsm";
  }
  return "";
}

std::unique_ptr<KeyStore> make_key_store(sim::Env& env,
                                         KeyCustody custody,
                                         MasterKeyAccess master_key,
                                         std::shared_ptr<crypto::Hsm> module) {
  switch (custody) {
    case KeyCustody::kMemory:
      return std::make_unique<MemoryKeyStore>(env);
    case KeyCustody::kEnvelope:
      return std::make_unique<EnvelopeKeyStore>(env, std::move(master_key));
    case KeyCustody::kHsm:
      SHAKEDOWN_ASSERT(module != nullptr);
      return std::make_unique<HsmKeyStore>(env, std::move(module));
  }
  return nullptr;
}

}  // namespace shakedown::actors

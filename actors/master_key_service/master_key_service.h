// The master key service of a hosted solution: a master key in a hardware security module, reached
// over the network. It wraps and unwraps data keys (envelope encryption); the master key never
// leaves the module, and neither private keys nor their ciphertext come here.
//
//   POST /v1/data-keys/wrap    {"dataKey": BASE64}         -> {"wrappedDataKey": BASE64}
//   POST /v1/data-keys/unwrap  {"wrappedDataKey": BASE64}  -> {"dataKey": BASE64}
//
// with `Authorization: Bearer SECRET` of the owner: 401 without a known secret. A data key that was
// wrapped for one owner does not unwrap for another (403: the owner's name is authenticated with
// the ciphertext). 400 for anything malformed or too long, 503 while the module is out of order.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys/hsm.h"
#include "crypto/octets/bytes.h"
#include "sim/env.h"
#include "sim/result.h"
#include "sim/site.h"

namespace shakedown::actors {

struct MasterKeyServiceOptions {
  std::string name;  // "acme-tel/master-key-service"
  std::string host;  // "mks.acme-tel.test"
  std::string region = "local";
  unsigned servers = 1;                 // One module, one operation at a time.
  std::shared_ptr<crypto::Hsm> module;  // Never null. May be shared by many services.
  std::map<std::string, std::string> secret_of_owner;  // "acme-tel" -> its authentication secret.
  crypto::KeyStorage storage = crypto::KeyStorage::kSession;
};

class MasterKeyService {
 public:
  // Starts an activity that makes the master key; requests wait for it.
  MasterKeyService(sim::Site& site, MasterKeyServiceOptions options);

  sim::Env& env() { return env_; }

  const std::string& base_url() const { return base_url_; }

 private:
  sim::Response handle(const sim::Request& request);
  // * The owner whose secret the request carries.
  std::optional<std::string> owner_of(const sim::Request& request) const;
  bool wait_until_ready();  // *
  sim::Response on_wrap(const std::string& owner, std::string_view data_key);
  sim::Response on_unwrap(const std::string& owner, std::string_view wrapped);
  void make_master_key();  // *

  MasterKeyServiceOptions options_;
  sim::Env& env_;
  std::string base_url_;
  std::optional<crypto::KeyHandle> master_key_;
  std::string failure_;  // Why there is no master key.
  sim::Condition ready_;
};

}  // namespace shakedown::actors

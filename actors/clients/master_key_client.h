// The client's side of the master key service of a hosted solution
// (its resources: actors/master_key_service/), used inside a provider's actor.
#pragma once

#include <string>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "sim/env.h"
#include "sim/result.h"

namespace shakedown::actors {

// Errors of both: kTimeout, kUnreachable;
// kRefused (secret or ciphertext not accepted); kKeyUnavailable (the module is out of order);
// kMalformed.
class MasterKeyClient {
 public:
  MasterKeyClient(sim::Env& env,
                  std::string base_url,
                  std::string secret,
                  sim::Duration timeout = std::chrono::seconds{2});

  // * `data_key`: at most 64 octets. Not a reference into state that may change meanwhile.
  Result<crypto::Bytes> wrap(const crypto::SecretBytes& data_key);
  // *
  Result<crypto::SecretBytes> unwrap(std::string_view wrapped);

 private:
  Result<std::string> ask(std::string_view operation,
                          std::string_view member,
                          std::string_view octets,
                          std::string_view answer_member);

  sim::Env& env_;
  std::string base_url_;
  std::string secret_;
  sim::Duration timeout_;
};

}  // namespace shakedown::actors

// What the results folder takes its digests with; the program has its own in cli/machine.cc.
#pragma once

#include <string>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"
#include "results/record/run_digest.h"

namespace shakedown::scenarios {

class Sha256Hasher final : public results::Hasher {
 public:
  void update(std::string_view octets) override { sha256_.update(octets); }

  std::string hex_digest() override { return crypto::to_hex(crypto::as_view(sha256_.finish())); }

 private:
  crypto::Sha256 sha256_;
};

}  // namespace shakedown::scenarios

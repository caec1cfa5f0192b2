// Interns what verifiers know of a signer (table signer): x5u, fingerprint and root are long, and
// the same for all calls under one certificate. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "results/record/database.h"
#include "sim/result.h"

namespace shakedown::results {

class Signers {
 public:
  static Result<Signers> open(Database& database);

  // The number of the signer, made if it is new. Absent if nothing is known of it. Belongs inside
  // the transaction of the verification.
  Result<std::optional<std::int64_t>> intern(std::string_view x5u,
                                             std::string_view certificate,
                                             std::string_view issuer_root);

  // After a rollback: signers that it undid must be made again.
  void forget() { known_.clear(); }

 private:
  // Attackers may name a new URL with each call, so the memory of them is bounded.
  static constexpr std::size_t kMaxKnown = 4096;

  std::map<std::string, std::int64_t, std::less<>> known_;
  std::string key_;  // Reused.
  Statement insert_;
  Statement select_;
};

}  // namespace shakedown::results

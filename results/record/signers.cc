#include "results/record/signers.h"

namespace shakedown::results {

Result<Signers> Signers::open(Database& database) {
  Signers signers;
  ASSIGN_OR_RETURN(signers.insert_,
                   database.prepare("INSERT OR IGNORE INTO signer (x5u, certificate, issuer_root) "
                                    "VALUES (?, ?, ?)"));
  ASSIGN_OR_RETURN(signers.select_,
                   database.prepare("SELECT number FROM signer WHERE x5u = ? AND certificate = ? "
                                    "AND issuer_root = ?"));
  return signers;
}

Result<std::optional<std::int64_t>> Signers::intern(std::string_view x5u,
                                                    std::string_view certificate,
                                                    std::string_view issuer_root) {
  if (x5u.empty() && certificate.empty() && issuer_root.empty()) {
    return std::optional<std::int64_t>();
  }
  // The fingerprint first: it differs early, URLs of one repository late.
  key_.assign(certificate);
  key_ += '\n';
  key_ += x5u;
  key_ += '\n';
  key_ += issuer_root;
  if (const auto known = known_.find(key_); known != known_.end()) {
    return std::optional(known->second);
  }
  for (Statement* statement : {&insert_, &select_}) {
    statement->bind(1, x5u);
    statement->bind(2, certificate);
    statement->bind(3, issuer_root);
  }
  RETURN_IF_ERROR(insert_.run());
  ASSIGN_OR_RETURN(const bool found, select_.step());
  SHAKEDOWN_ASSERT(found);
  const std::int64_t number = select_.integer(0);
  select_.reset();
  if (known_.size() >= kMaxKnown) known_.clear();
  known_.emplace(key_, number);
  return std::optional(number);
}

}  // namespace shakedown::results

#include "actors/policy_administrator/revocation_register.h"

#include <algorithm>

namespace shakedown::actors {

bool RevocationRegister::add(RevokedCertificate revoked) {
  if (!index_.emplace(revoked.issuer_der, revoked.serial).second) return false;
  revoked_.push_back(std::move(revoked));
  return true;
}

bool RevocationRegister::contains(const crypto::Bytes& issuer_der,
                                  const crypto::Bytes& serial) const {
  return index_.contains({issuer_der, serial});
}

std::vector<crypto::CrlSpec::Entry> RevocationRegister::entries() const {
  std::vector<crypto::CrlSpec::Entry> entries;
  entries.reserve(revoked_.size());
  for (const RevokedCertificate& revoked : revoked_) {
    crypto::CrlSpec::Entry entry;
    entry.serial = revoked.serial;
    entry.revoked_at = sim::from_unix_seconds(sim::unix_seconds(revoked.reported_at));
    // RFC 5280 §5.3.1: absent rather than unspecified.
    if (revoked.reason != crypto::CrlReason::kUnspecified) entry.reason = revoked.reason;
    entry.issuer_der = revoked.issuer_der;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<RevokedCertificate> RevocationRegister::take_newly_published(std::size_t count) {
  count = std::min(count, revoked_.size());
  std::vector<RevokedCertificate> fresh;
  while (published_ < count) fresh.push_back(revoked_[published_++]);
  return fresh;
}

}  // namespace shakedown::actors

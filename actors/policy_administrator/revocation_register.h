// Which certificates the STI-PA has revoked, as its CRL will say (ATIS-1000080; RFC 5280 §5.3).
// Pure; belongs to one actor.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/x509/crl.h"
#include "sim/time.h"

namespace shakedown::actors {

struct RevokedCertificate {
  crypto::Bytes issuer_der;  // The issuer's name as it stands in the certificate.
  crypto::Bytes serial;      // Content octets of the INTEGER.
  crypto::CrlReason reason = crypto::CrlReason::kUnspecified;
  sim::Time reported_at;
  std::string reported_by;
  std::string fingerprint;  // SHA-256, hex; "" if only issuer and serial were reported.
};

class RevocationRegister {
 public:
  // False: it is revoked already (the first report counts).
  bool add(RevokedCertificate revoked);
  bool contains(const crypto::Bytes& issuer_der, const crypto::Bytes& serial) const;

  std::size_t size() const { return revoked_.size(); }

  // For a CRL now: all entries in the order of their reports. Entries name their issuer where it
  // changes, and leave `unspecified` out.
  std::vector<crypto::CrlSpec::Entry> entries() const;

  // A CRL with the first `count` entries has been published: those for the first time, once.
  std::vector<RevokedCertificate> take_newly_published(std::size_t count);

 private:
  std::vector<RevokedCertificate> revoked_;
  std::set<std::pair<crypto::Bytes, crypto::Bytes>> index_;
  std::size_t published_ = 0;
};

}  // namespace shakedown::actors

// A verifier's cache of certificates by x5u URL: whole chains, never beyond the certificate's
// expiry, bounded, one fetch in flight for each URL, failures remembered for a moment. When a newer
// certificate of the same signer arrives, the older copy is erased.
//
// The key is the URL as it stands in the PASSporT (RFC 8224 §7.2); rollover publishes a new URL.
// Belongs to one actor.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "actors/caching/single_flight.h"
#include "sim/env.h"
#include "stir/credential/chain.h"
#include "stir/credential/revocation.h"

namespace shakedown::actors {

struct CertificateCacheOptions {
  bool enabled = true;      // false: every verification fetches.
  sim::Duration minimum{};  // Kept at least so long whatever HTTP says (ATIS-1000074: 24 h).
  std::size_t capacity = 10'000;
  bool erase_superseded = true;
  sim::Duration negative = std::chrono::seconds{30};      // How long a failed fetch is remembered.
  sim::Duration fetch_timeout = std::chrono::seconds{2};  // In all, redirects included.
  bool follow_redirects = false;                          // Against ATIS-1000074.
};

// What a URL gave, and what has been concluded from it. Shared between the cache and the
// verifications that use it; an entry that was replaced lives on until they are done.
struct CachedCertificate {
  std::string url;
  stir::CertificateAnswer answer;
  crypto::Sha256Digest body_hash{};  // Of the body that `answer` was read from.
  sim::Time fetched_at;              // When its answer was here.
  sim::Time fresh_until;

  // The conclusions, each with what it was drawn from.
  stir::ChainVerdictPtr verdict;
  std::uint64_t anchors_version = 0;
  stir::RevocationAnswer revocation;
  std::uint64_t crl_version = 0;  // 0: none drawn yet; 1 for one by OCSP.

  // The verdict on the same octets when they were fetched before, and its anchors. A verifier that
  // asks for an expired certificate again at every call gets the same one every time.
  stir::ChainVerdictPtr earlier_verdict;
  std::uint64_t earlier_anchors_version = 0;
};

using CachedCertificatePtr = std::shared_ptr<CachedCertificate>;

class CertificateCache {
 public:
  CertificateCache(sim::Env& env, CertificateCacheOptions options);

  // * From the cache while fresh, else fetched; concurrent callers for one URL share the fetch.
  // Never null. `call_id` only for the record.
  CachedCertificatePtr get(const std::string& url, std::string_view call_id);

  // Tells the cache that `entry` was judged good: from now on older certificates of its signer (the
  // same issuer, subject and TNAuthList, an earlier notBefore) are erased.
  void supersede(const CachedCertificatePtr& entry);

  // Forgets one URL, so that the next get fetches.
  void erase(const std::string& url);
  void clear();

  std::size_t size() const { return entries_.size(); }

 private:
  struct Slot {
    CachedCertificatePtr entry;
    std::list<std::string>::iterator recency;
    std::string signer;  // Index key of by_signer_, "" until judged.
  };

  // * `before`: what the URL gave the last time; may be null.
  CachedCertificatePtr fetch(const std::string& url,
                             std::string_view call_id,
                             const CachedCertificatePtr& before);
  // * One GET, recorded.
  sim::Answer ask(const std::string& url, std::string_view call_id, sim::Time deadline);
  void keep(const CachedCertificatePtr& entry);

  sim::Env& env_;
  CertificateCacheOptions options_;
  std::map<std::string, Slot, std::less<>> entries_;
  std::list<std::string> recency_;                // Least recently used first.
  std::map<std::string, std::string> by_signer_;  // Signer -> URL of its newest certificate.
  SingleFlight<CachedCertificatePtr> flights_;
};

}  // namespace shakedown::actors

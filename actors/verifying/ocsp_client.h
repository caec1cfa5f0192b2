// A verifier's view of revocation by OCSP (RFC 6960, RFC 5019 §4): asks the responder of each
// certificate's issuer, whose URL is configured or, by an option, that of the certificate, and
// keeps each answer until its nextUpdate, or until `refresh` if that is sooner. Bounded; one
// question in flight for each certificate; a failure is remembered for a moment, and while it lasts
// an answer whose nextUpdate has not passed goes on counting.
//
// Records a FetchEvent, what = "ocsp", for each question. Belongs to one actor.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "actors/caching/single_flight.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/ocsp.h"
#include "sim/env.h"
#include "stir/credential/chain.h"
#include "stir/credential/revocation.h"

namespace shakedown::actors {

struct OcspClientOptions {
  // The responder for what `issuer` has issued, "" if none is known. Called in this actor.
  std::function<std::string(const crypto::Certificate& issuer)> responder_of;
  // Instead, the first id-ad-ocsp URL in the authorityInfoAccess of the certificate itself
  // (RFC 6960 §3.1), if these rules, those for x5u, allow it. ATIS-1000080 knows no such extension.
  std::optional<stir::UrlRules> responder_in_certificate;
  std::optional<sim::Duration> refresh;  // Ask again so long after an answer; else at nextUpdate.
  sim::Duration timeout = std::chrono::seconds{2};
  sim::Duration retry = std::chrono::seconds{30};  // How long a failure is remembered.
  std::size_t capacity = 10'000;                   // Certificates.
};

class OcspClient {
 public:
  OcspClient(sim::Env& env, OcspClientOptions options);

  // * Of one certificate. One with noRevAvail is good without a question (RFC 9608 §3).
  // Undetermined: no responder, no answer, or one that does not count. A
  // responder that does not know the certificate revokes it: STIR's profile wants "unknown" treated
  // as not good. `call_id` only for the record.
  stir::RevocationStatus status(const crypto::CertificatePtr& certificate,
                                const crypto::CertificatePtr& issuer,
                                std::string_view call_id);

  // * Of a whole path, leaf first, as stir::check_path_revocation.
  stir::RevocationAnswer check_path(std::span<const crypto::CertificatePtr> path,
                                    std::string_view call_id);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    stir::RevocationStatus status;
    sim::Time good_until;  // nextUpdate; in the past after a failure.
    sim::Time ask_again;
    std::list<crypto::Bytes>::iterator recency;
  };

  // Error: kNotFound; kRefused if the certificate's URL is against the rules.
  Result<std::string> responder_for(const crypto::Certificate& certificate,
                                    const crypto::Certificate& issuer) const;
  // * Asks; errors as those of the exchange, kRefused if the answer does not count.
  Result<crypto::OcspSingleResponse> ask(const crypto::CertificatePtr& certificate,
                                         const crypto::CertificatePtr& issuer,
                                         std::string_view call_id);
  // * Asks and keeps what came of it.
  stir::RevocationStatus refresh(const crypto::Bytes& key,
                                 const crypto::CertificatePtr& certificate,
                                 const crypto::CertificatePtr& issuer,
                                 std::string_view call_id);
  void keep(const crypto::Bytes& key, Entry entry);

  sim::Env& env_;
  OcspClientOptions options_;
  std::map<crypto::Bytes, Entry, std::less<>> entries_;  // By both fingerprints.
  std::list<crypto::Bytes> recency_;                     // Least recently used first.
  SingleFlight<stir::RevocationStatus> flights_;
};

}  // namespace shakedown::actors

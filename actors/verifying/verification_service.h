// The verification service (STI-VS) of a provider: drives the table of
// stir/verification/ with what only an actor can get: certificates through its cache,
// the STI-PA's list, the CRL or OCSP answers, and signature checks charged as work. One
// VerificationEvent for each verification.
//
// Belongs to one actor; verify() suspends and may run many times at once.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/verifying/certificate_cache.h"
#include "actors/verifying/ocsp_client.h"
#include "actors/verifying/trust.h"
#include "sim/env.h"
#include "stir/verification/verification.h"

namespace shakedown::actors {

struct VerificationServiceOptions {
  stir::VerificationPolicy policy;
  // Outlives the service. Then it also says which numbers a provider's code can delegate.
  const stir::NumberAuthority* number_authority = nullptr;
  // Judge a cached certificate again when the CA list or the CRL has changed. Without it a verdict
  // is kept as long as the certificate: a deployed mistake whose cost scenarios show.
  bool drop_cached_verdicts = true;
  // When a signature fails under a certificate from the cache, fetch it once more and judge the
  // call anew (RFC 8224 §7.4 makes a renewal under the same URL a mistake of the signer, so this is
  // off).
  bool refetch_on_bad_signature = false;
  std::size_t most_identity_headers = 8;
};

struct VerificationReply {
  stir::Verdict verdict;              // Of the header that decides (RFC 8224 §6.2.1).
  std::vector<stir::Reason> reasons;  // One for each header that failed (RFC 9410).
};

class VerificationService {
 public:
  // `ocsp`: by which revocation is learnt, instead of the CRL of `trust`; may be null.
  VerificationService(sim::Env& env,
                      Trust& trust,
                      CertificateCache& cache,
                      OcspClient* ocsp,
                      VerificationServiceOptions options);

  // * `call_id`: of the record; "" if it belongs to no call of this run.
  VerificationReply verify(const stir::SipCall& call, std::string_view call_id);

  const VerificationServiceOptions& options() const { return options_; }

 private:
  struct Sources;  // What the verification of one header asks for, and has gathered.

  // * Of one header. Adds its Reason to `reply`.
  stir::Verdict judge(stir::VerificationRun& run, Sources& sources, VerificationReply& reply);
  const stir::ChainVerdictPtr& chain_verdict(const CachedCertificatePtr& entry);
  stir::RevocationAnswer revocation_of(const CachedCertificatePtr& entry);
  stir::RevocationAnswer ask_ocsp(const CachedCertificatePtr& entry,
                                  std::span<const crypto::CertificatePtr> path,
                                  std::string_view call_id);  // *
  bool signature_verifies(const stir::VerificationRun& run);
  bool seen_before(const stir::VerificationRun& run);
  void record(const stir::Verdict& verdict, Sources sources, sim::Time started_at);

  sim::Env& env_;
  Trust& trust_;
  CertificateCache& cache_;
  OcspClient* ocsp_;
  VerificationServiceOptions options_;
  // Signatures seen within the freshness window, for the replay check.
  std::map<std::string, sim::Time, std::less<>> replay_window_;
  std::deque<std::pair<sim::Time, std::string>> replay_order_;
};

}  // namespace shakedown::actors

// Brings a VerificationRun to its verdict with what somebody can find out: an actor over its
// network, a command from files. Whatever suspends in `sources` suspends here.
//
//   struct Sources {
//     sim::Time now();
//     // Behind run.x5u().
//     CertificateAnswer certificate(const VerificationRun& run);
//     // On run.chain().
//     ChainVerdictPtr chain_verdict(const VerificationRun& run);
//     // Of run.chain_verdict()->path.
//     RevocationAnswer revocation(const VerificationRun& run);
//     // Of run.token() by the signer; both are there.
//     bool signature(const VerificationRun& run);
//     // Whether run.token() was seen before.
//     bool replay(const VerificationRun& run);
//   };
//
// Each is asked at most once for a run, and only for what a step needs that has to be run.
#pragma once

#include "stir/verification/verification.h"

namespace shakedown::stir {

template <class Sources>
Verdict run_to_verdict(VerificationRun& run, Sources& sources) {
  while (const auto need = run.advance(sources.now())) {
    switch (*need) {
      case Need::kCertificate:
        run.provide_certificate(sources.certificate(run));
        break;
      case Need::kChainVerdict:
        run.provide_chain_verdict(sources.chain_verdict(run));
        break;
      case Need::kRevocation:
        run.provide_revocation(sources.revocation(run));
        break;
      case Need::kSignature:
        run.provide_signature(sources.signature(run));
        break;
      case Need::kReplay:
        run.provide_replay(sources.replay(run));
        break;
    }
  }
  return run.take_verdict();
}

}  // namespace shakedown::stir

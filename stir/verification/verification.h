// Runs the table of verification_policy.h over one Identity header field. The run never fetches. An
// actor drives it:
//
//   VerificationRun run(policy, inputs);
//   while (const auto need = run.advance(env.now())) {
//     switch (*need) {
//       case Need::kCertificate:    run.provide_certificate(fetch(run.x5u())); break;   // *
//       case Need::kChainVerdict:   run.provide_chain_verdict(validate(run.chain())); break;
//       case Need::kRevocation:     run.provide_revocation(crl_status(run.chain_verdict())); break;
//       case Need::kSignature:      run.provide_signature(verify(run)); break;
//       case Need::kReplay:         run.provide_replay(seen_before(run.token())); break;
//     }
//   }
//   const Verdict& verdict = run.verdict();
//
// advance() runs steps until one lacks an input, and returns which; it returns nothing when a step
// that is enforced has failed or all have passed. Every input is asked for at most once, and may be
// provided before it is asked for. A step that is enforced but can never run counts as failed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"
#include "stir/call/identity_header.h"
#include "stir/call/sip_call.h"
#include "stir/credential/chain.h"
#include "stir/credential/revocation.h"
#include "stir/passport/passport_token.h"
#include "stir/verification/verification_policy.h"

namespace shakedown::stir {

struct VerificationInputs {
  // The contents of all Identity header fields of the call, this one's too; needed only when there
  // are several, so that div PASSporTs can be followed. Must outlive the run.
  std::span<const Passport> passports;
  // nullptr where there is no Identity header field. Must outlive the run.
  const std::string* identity = nullptr;
  const SipCall* call = nullptr;                      // Must outlive the run. Never null.
  const NumberAuthority* number_authority = nullptr;  // Only for kDatabase; must outlive the run.
  sim::Time received_at;                              // Freshness is judged at this instant.
};

enum class Need : std::uint8_t { kCertificate, kChainVerdict, kRevocation, kSignature, kReplay };

struct StepOutcome {
  enum class Result : std::uint8_t { kSkipped, kPassed, kReported, kFailed };
  Step step = Step::kIdentityPresent;
  Result result = Result::kSkipped;
  sim::Time started_at;  // Of the advance() that asked for its inputs.
  sim::Time ended_at;    // Of the advance() that ran it.
  int code = 0;          // That it would answer with, unless passed or skipped.
  std::string detail;    // Empty unless reported or failed.
};

std::string_view to_string(StepOutcome::Result result);

struct Verdict {
  bool passed = false;
  int code = 0;             // 403, 428, 436, 437, 438; 0: passed, or an unsigned call let through.
  std::string_view reason;  // The phrase of `code`.
  std::optional<Step> failed_step;
  Verstat verstat = Verstat::kNoTnValidation;
  char attest = ' ';  // 'A', 'B', 'C' of a PASSporT that could be read, else ' '.
  std::string origid;
  std::string detail;                 // Why, for a person.
  bool is_diversion = false;          // Of a div PASSporT.
  bool relies_on_diversions = false;  // dest leads to the call's target only through div PASSporTs.
  std::vector<StepOutcome> steps;     // In the order in which they ran; skipped ones at the end.

  std::string_view failed_step_id() const { return failed_step ? info(*failed_step).id : ""; }
};

// One Identity header field of one call. Movable; not thread-safe; never suspends.
class VerificationRun {
 public:
  VerificationRun(const VerificationPolicy& policy, const VerificationInputs& inputs);

  std::optional<Need> advance(sim::Time now);

  const std::string& x5u() const;  // What to dereference: the info URI (RFC 8224 §6.2).

  const IdentityHeader& header() const { return header_; }

  const PassportToken& token() const { return token_; }

  const CertificateChainPtr& chain() const { return certificate_.chain; }

  const ChainVerdictPtr& chain_verdict() const { return chain_verdict_; }

  void provide_certificate(CertificateAnswer answer);
  void provide_chain_verdict(ChainVerdictPtr verdict);
  void provide_revocation(RevocationAnswer answer);
  void provide_signature(bool verifies);
  void provide_replay(bool seen_before);

  // After advance() returned nothing. take_verdict() leaves the run without one.
  const Verdict& verdict() const { return verdict_; }

  Verdict take_verdict() { return std::move(verdict_); }

 private:
  friend struct StepChecks;  // The checks themselves, in verification_steps.h.

  bool has_external_input(Step step) const;
  std::optional<Need> askable(Step step) const;
  void run_step(const StepRule& rule, bool possible, sim::Time now);
  void decide(const StepRule& rule, int code);
  void read_identity();

  VerificationPolicy policy_;
  VerificationInputs inputs_;
  IdentityHeader header_;
  PassportToken token_;
  CertificateAnswer certificate_;
  ChainVerdictPtr chain_verdict_;
  std::optional<RevocationAnswer> revocation_;
  std::optional<bool> signature_verifies_;
  std::optional<bool> seen_before_;
  bool certificate_provided_ = false;
  bool url_refused_ = false;  // An enforced step forbids to dereference x5u.
  std::size_t next_rule_ = 0;
  std::optional<sim::Time> waiting_since_;
  Verdict verdict_;
};

// Several Identity header fields: one that passes is enough (RFC 8224 §6.2.1), if the div PASSporTs
// that it relies on pass, too (RFC 8946 §4.2); else the one that got furthest decides, in the order
// 438 > 437 > 403 > 436 > 428. Index into `verdicts`, which has at least one element.
std::size_t deciding_verdict(std::span<const Verdict> verdicts);

// One Reason per header that failed with a code, with ppi (RFC 9410 §5). `tokens` in the same
// order.
std::vector<Reason> reasons_for(const PolicyProfile& profile,
                                std::span<const Verdict> verdicts,
                                std::span<const std::string> identity_headers);

}  // namespace shakedown::stir

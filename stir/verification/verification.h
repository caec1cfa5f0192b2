// Runs the table of verification_policy.h over one Identity header field. The run never fetches: it
// says what it needs, and who drives it provides that, as run_to_verdict.h does.
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
  // are several, so that div PASSporTs can be followed. Must outlive the run, which looks at them
  // from its first advance() on.
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

  std::string_view failed_step_id() const { return failed_step ? to_string(*failed_step) : ""; }
};

// What a run has gathered, and all that the check of a step may look at.
struct Evidence {
  VerificationPolicy policy;
  VerificationInputs inputs;
  IdentityHeader header;
  PassportToken token;
  CertificateAnswer certificate;
  bool certificate_provided = false;
  ChainVerdictPtr chain_verdict;
  std::optional<RevocationAnswer> revocation;
  std::optional<bool> signature_verifies;
  std::optional<bool> seen_before;
};

struct StepRow;

// One Identity header field of one call. Movable; not thread-safe; never suspends.
class VerificationRun {
 public:
  VerificationRun(const VerificationPolicy& policy, const VerificationInputs& inputs);

  std::optional<Need> advance(sim::Time now);

  const std::string& x5u() const;  // What to dereference: the info URI (RFC 8224 §6.2).

  const PolicyProfile& profile() const { return *evidence_.policy.profile; }

  const VerificationInputs& inputs() const { return evidence_.inputs; }

  const IdentityHeader& header() const { return evidence_.header; }

  const PassportToken& token() const { return evidence_.token; }

  const CertificateChainPtr& chain() const { return evidence_.certificate.chain; }

  const ChainVerdictPtr& chain_verdict() const { return evidence_.chain_verdict; }

  void provide_certificate(CertificateAnswer answer);
  void provide_chain_verdict(ChainVerdictPtr verdict);
  void provide_revocation(RevocationAnswer answer);
  void provide_signature(bool verifies);
  void provide_replay(bool seen_before);

  // After advance() returned nothing. take_verdict() leaves the run without one.
  const Verdict& verdict() const { return verdict_; }

  Verdict take_verdict() { return std::move(verdict_); }

 private:
  std::optional<Need> askable(const StepRow& row) const;
  void run_step(const StepRule& rule, const StepRow& row, bool possible, sim::Time now);
  void decide(const StepRule& rule, SipAnswer answer);
  void read_identity();

  Evidence evidence_;
  bool url_refused_ = false;  // An enforced step forbids to dereference x5u.
  std::size_t next_rule_ = 0;
  std::optional<sim::Time> waiting_since_;
  Verdict verdict_;
};

// Whether the signature is the signer's, for who is asked for it.
bool signature_verifies(const VerificationRun& run);

// A run for each of `identities`, the Identity header fields of one call. They see one another's
// PASSporTs, which stand in `passports` then. The rest of `inputs` is the same for all.
std::vector<VerificationRun> runs_of(const VerificationPolicy& policy,
                                     VerificationInputs inputs,
                                     std::span<const std::string> identities,
                                     std::vector<Passport>& passports);

// Several Identity header fields: one that passes is enough (RFC 8224 §6.2.1), if the div PASSporTs
// that it relies on pass, too (RFC 8946 §4.2); else the one that got furthest decides, in the order
// 438 > 437 > 403 > 436 > 428. Index into `verdicts`, which has at least one element.
std::size_t deciding_verdict(std::span<const Verdict> verdicts);

// The Reason, with ppi, for the Identity header field of `run` (RFC 9410 §5); nullopt where
// `verdict`, which is that run's, has no code.
std::optional<Reason> reason_for(const VerificationRun& run, const Verdict& verdict);

}  // namespace shakedown::stir

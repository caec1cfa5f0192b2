// The steps of a verification, a row each: what it asks, what it needs, and its check, a pure
// function of what a run has gathered. For verification.cc and step.cc. Static and immutable; any
// thread may read it.
//
// A new step is an enumerator of Step, a row and a function in verification_steps.cc, and a line in
// each order of steps in verification_policy.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "stir/verification/verification.h"

namespace shakedown::stir {

struct CheckResult {
  enum class Kind : std::uint8_t { kHolds, kNote, kViolated };
  Kind kind = Kind::kHolds;
  std::string detail;
  Violation violation = Violation::kUsual;  // The profile knows the code.
  bool relies_on_diversions = false;        // As in Verdict.
  bool forbids_fetching = false;            // Where the step is enforced, x5u is left alone.
};

// What a step reads of the call, besides what the policy says. Without it the step cannot run.
enum class Reads : std::uint8_t { kNothing, kIdentity, kInfo, kHeader, kClaims };

// What must have been provided before a step can run.
enum class Awaits : std::uint8_t {
  kNothing,
  kCertificate,
  kChainVerdict,
  kTrustedChain,
  kRevocation,
  kSignature,
  kReplay
};

struct StepRow {
  Step step;
  std::string_view id, question, clause;  // As in StepInfo.
  Reads reads;
  CheckResult (*check)(const Evidence& of);  // Called where what it reads and awaits is there.
  Awaits awaits = Awaits::kNothing;
  bool VerificationPolicy::*only_if = nullptr;  // A switch without which the step is off.
};

const StepRow& row_of(Step step);
std::span<const StepRow> all_rows();

}  // namespace shakedown::stir

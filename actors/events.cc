#include "actors/events.h"

namespace shakedown::actors {

std::string_view to_string(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kPassed:
      return "passed";
    case CallOutcome::kFailed:
      return "failed";
    case CallOutcome::kUnverified:
      return "unverified";
  }
  return "";
}

std::string_view to_string(StepResult result) {
  switch (result) {
    case StepResult::kPassed:
      return "passed";
    case StepResult::kFailed:
      return "failed";
    case StepResult::kReported:
      return "reported";
    case StepResult::kSkipped:
      return "skipped";
  }
  return "";
}

std::string_view to_string(CacheResult result) {
  switch (result) {
    case CacheResult::kHit:
      return "hit";
    case CacheResult::kStale:
      return "stale";
    case CacheResult::kMiss:
      return "miss";
    case CacheResult::kError:
      return "error";
  }
  return "";
}

std::string_view to_string(CertificateKind kind) {
  switch (kind) {
    case CertificateKind::kRoot:
      return "root";
    case CertificateKind::kIntermediate:
      return "intermediate";
    case CertificateKind::kEndEntity:
      return "end_entity";
    case CertificateKind::kDelegateCa:
      return "delegate_ca";
    case CertificateKind::kDelegate:
      return "delegate";
  }
  return "";
}

}  // namespace shakedown::actors

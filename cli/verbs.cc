#include <array>

#include "cli/verb.h"

namespace shakedown::cli {

std::span<const Verb> verbs() {
  // In the order in which a newcomer meets them.
  static const std::array kAll{
      kRunVerb,     kListVerb,  kCheckVerb, kSchemaVerb, kInitVerb,      kShowVerb,
      kReplayVerb,  kDiffVerb,  kSqlVerb,   kReportVerb, kVerifyVerb,    kInspectVerb,
      kVectorsVerb, kServeVerb, kAcmeVerb,  kBenchVerb,  kCalibrateVerb, kCompletionVerb};
  return kAll;
}

}  // namespace shakedown::cli

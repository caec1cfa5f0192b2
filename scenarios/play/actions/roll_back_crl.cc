// The STI-PA serves an older CRL again, as after a restored backup.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

static_assert(kFarthestBack <= actors::kKeptCrls);

void perform(Stage& stage, const RollBackCrl& action) {
  stage.ask_administrator(
      "roll back the CRL", actors::HappeningKind::kRollbackFailed,
      stage.ecosystem.policy_administrator().env().name(),
      [action](auto& asked) { return asked.serve_older_crl(action.back, action.duration); });
}

}  // namespace shakedown::scenarios

// The STI-PA reinstates a suspended account.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const Reinstate& action) {
  stage.ask_administrator(
      "reinstate", actors::HappeningKind::kReinstatementFailed, action.provider,
      [provider = action.provider](auto& asked) { return asked.restore_account(provider); });
}

}  // namespace shakedown::scenarios

// The STI-PA suspends a provider's account.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const Suspend& action) {
  stage.ask_administrator(
      "suspend", actors::HappeningKind::kSuspensionFailed, action.provider,
      [provider = action.provider](auto& asked) { return asked.suspend_account(provider); });
}

}  // namespace shakedown::scenarios

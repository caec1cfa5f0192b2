// The STI-PA removes a provider's account.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const RemoveAccount& action) {
  stage.ask_administrator(
      "remove account", actors::HappeningKind::kRemovalFailed, action.provider,
      [provider = action.provider](auto& asked) { return asked.remove_account(provider); });
}

}  // namespace shakedown::scenarios

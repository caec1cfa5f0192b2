// A provider leaves its STI-CA for another one.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const Move& action) {
  stage.happened(actors::HappeningKind::kMoveOrdered, action.provider, "", action.to);
  actors::Provider* provider = stage.ecosystem.provider(action.provider);
  if (provider == nullptr) return;
  stage.start_on(
      provider->env(), "move",
      [provider, to = action.to, directory = stage.ecosystem.ca(action.to)->directory_url()] {
        (void)provider->move_to(to, directory);  // Recorded as an issuance.
      });
}

}  // namespace shakedown::scenarios

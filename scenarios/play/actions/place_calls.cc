// Calls that begin with the entry: of anybody, by whatever means.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"
#include "scenarios/play/traffic.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const PlaceCalls& action) {
  std::optional<actors::SignedCall> overheard;
  actors::Provider* victim = stage.ecosystem.provider(action.as);
  if (action.with == Means::kReplay && victim != nullptr) {
    overheard = stage.ask_on(victim->env(), "overhear", [victim] { return victim->overheard(); });
  }
  start_calls({stage.world, stage.ecosystem, stage.epoch, stage.placed_calls}, action,
              "x" + std::to_string(stage.acts), overheard);
}

}  // namespace shakedown::scenarios

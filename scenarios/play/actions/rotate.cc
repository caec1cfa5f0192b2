// A certificate out of schedule, with a new key unless the order says otherwise.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const Rotate& action) {
  stage.happened(actors::HappeningKind::kRotationOrdered, action.provider, "", action.because);
  actors::Participant* participant = stage.ecosystem.participant(action.provider);
  if (participant == nullptr) return;
  const auto rekey = action.rekey ? actors::Rekey::kNewKey : actors::Rekey::kKeepKey;
  stage.start_on(participant->env(), "rotate", [participant, rekey, because = action.because] {
    (void)participant->certificates().rotate(rekey, because);  // Recorded as an issuance.
  });
}

}  // namespace shakedown::scenarios

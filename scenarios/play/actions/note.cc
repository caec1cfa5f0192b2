// A sentence for the records.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const Note& action) {
  stage.happened(actors::HappeningKind::kNote, stage.scenario.name, "", action.text);
}

}  // namespace shakedown::scenarios

// A sentence for the records.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const Note& action) {
  stage.happened("note", stage.scenario.name, "", action.text);
}

}  // namespace shakedown::scenarios

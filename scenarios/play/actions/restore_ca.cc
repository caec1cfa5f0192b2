// The STI-PA lists a CA again.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const RestoreCa& action) {
  stage.ask_administrator("restore ca", actors::HappeningKind::kRestorationFailed, action.ca,
                          [ca = action.ca](auto& asked) { return asked.restore_ca(ca); });
}

}  // namespace shakedown::scenarios

// The STI-PA takes a CA off its list of trusted STI-CAs.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const RemoveCa& action) {
  stage.ask_administrator(
      "remove ca", actors::HappeningKind::kRemovalFailed, action.ca,
      [ca = action.ca](auto& asked) { return asked.remove_ca(ca, "decided by the STI-GA"); });
}

}  // namespace shakedown::scenarios

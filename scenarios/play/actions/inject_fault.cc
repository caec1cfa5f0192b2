// A fault begins at an actor, and ends after a while or never.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const InjectFault& action) {
  const std::uint64_t id = stage.world.begin_fault(action.fault);
  const std::string kind(sim::to_string(action.fault.kind));
  stage.happened(actors::HappeningKind::kFaultBegan, action.fault.actor, "", kind);
  if (!action.duration) return;
  stage.env.spawn(
      "end of fault",
      [&stage, id, kind, actor = action.fault.actor, duration = *action.duration] {
        stage.env.sleep_for(duration);
        stage.world.end_fault(id);
        stage.happened(actors::HappeningKind::kFaultEnded, actor, "", kind);
      },
      sim::Daemon::kYes);
}

}  // namespace shakedown::scenarios

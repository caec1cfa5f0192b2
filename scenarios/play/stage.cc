#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void Stage::happened(actors::HappeningKind kind,
                     std::string subject,
                     std::string by,
                     std::string detail) {
  actors::record_happening(env, kind, std::move(subject), std::move(by), std::move(detail));
}

bool Stage::ask_administrator(std::string_view name,
                              actors::HappeningKind failure,
                              const std::string& subject,
                              AdministratorTask task) {
  actors::PolicyAdministrator& administrator = ecosystem.policy_administrator();
  const Status status = ask_on(administrator.env(), name, [&administrator, task = std::move(task)] {
    return task(administrator);
  });
  if (!status) happened(failure, subject, "", status.error().detail);
  return status.has_value();
}

void Stage::start_on(sim::Env& actor, std::string_view name, std::function<void()> fn) {
  world.start(actor, name, std::move(fn), sim::Daemon::kNo);
}

}  // namespace shakedown::scenarios

#include "scenarios/play/stage.h"

#include "actors/events.h"

namespace shakedown::scenarios {

void Stage::happened(std::string kind, std::string subject, std::string by, std::string detail) {
  auto event = std::make_unique<actors::HappeningEvent>();
  event->kind = std::move(kind);
  event->subject = std::move(subject);
  event->by = std::move(by);
  event->detail = std::move(detail);
  env.record(std::move(event));
}

bool Stage::ask_administrator(std::string_view name,
                              std::string failure,
                              const std::string& subject,
                              AdministratorTask task) {
  actors::PolicyAdministrator& administrator = ecosystem.policy_administrator();
  const Status status = ask_on(administrator.env(), name, [&administrator, task = std::move(task)] {
    return task(administrator);
  });
  if (!status) happened(std::move(failure), subject, "", status.error().detail);
  return status.has_value();
}

void Stage::start_on(sim::Env& actor, std::string_view name, std::function<void()> fn) {
  world.start(actor, name, std::move(fn), sim::Daemon::kNo);
}

}  // namespace shakedown::scenarios

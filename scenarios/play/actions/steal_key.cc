// Somebody copies the signing key of a provider or an enterprise.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const StealKey& action) {
  struct Loot {
    actors::SigningIdentityPtr identity;
    Result<crypto::PrivateKeyPtr> key = fail(ErrorCode::kKeyUnavailable, "nothing to steal");
  };

  Loot loot;
  if (actors::Participant* victim = stage.ecosystem.participant(action.of)) {
    loot = stage.ask_on(victim->env(), "theft", [victim] {
      Loot found{.identity = victim->certificates().current()};
      if (found.identity) found.key = victim->keys().steal(found.identity->key);
      return found;
    });
  }
  if (!loot.key) {
    stage.happened(actors::HappeningKind::kTheftFailed, action.of, action.by,
                   loot.key.error().detail);
    return;
  }
  stage.stolen[action.of] = {.certificate = loot.identity->certificate, .mis_issued_by = nullptr};
  actors::Adversary* thief = stage.ecosystem.adversary(action.by);
  stage.ask_on(thief->env(), "loot", [thief, loot, victim = action.of] {
    thief->keep_stolen(victim, *loot.key, loot.identity->x5u, loot.identity->certificate);
    return true;
  });
  stage.happened(actors::HappeningKind::kKeyStolen, action.of, action.by, loot.identity->x5u);
}

}  // namespace shakedown::scenarios

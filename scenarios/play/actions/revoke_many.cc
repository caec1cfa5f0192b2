// An STI-CA reports certificates of its subscribers, all at once.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const RevokeMany& action) {
  const auto reason =
      crypto::crl_reason_from_string(action.reason).value_or(crypto::CrlReason::kUnspecified);
  actors::CertificationAuthority* ca = stage.ecosystem.ca(action.ca);
  stage.happened(actors::HappeningKind::kRevocationRequested, action.ca, "",
                 std::to_string(action.count) + " subscribers, " + action.reason);
  stage.start_on(ca->env(), "revoke subscribers",
                 [ca, count = action.count, reason] { ca->revoke_subscribers(count, reason); });
}

}  // namespace shakedown::scenarios

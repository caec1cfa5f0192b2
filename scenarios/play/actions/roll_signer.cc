// The STI-PA replaces a key: of the list, of the CRL, or its root.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

namespace {

Status roll(actors::PolicyAdministrator& administrator, const RollSigner& action) {
  switch (action.which) {
    case WhichSigner::kSigner:
      return administrator.roll_signer();
    case WhichSigner::kCrlSigner:
      return administrator.roll_crl_signer();
    case WhichSigner::kRoot:
      return administrator.roll_root(action.overlap);
  }
  return {};
}

}  // namespace

void perform(Stage& stage, const RollSigner& action) {
  const bool done = stage.ask_administrator("roll the signer", actors::HappeningKind::kRollFailed,
                                            stage.ecosystem.policy_administrator().env().name(),
                                            [action](auto& asked) { return roll(asked, action); });
  if (!done || action.which != WhichSigner::kRoot) return;
  for (const CertificationAuthority& model : stage.scenario.ecosystem.cas) {
    actors::CertificationAuthority* ca = stage.ecosystem.ca(model.name);
    stage.start_on(ca->env(), "install root", [ca] {
      (void)ca->install_policy_administrator_root();  // Else tokens are refused, and recorded.
    });
  }
}

}  // namespace shakedown::scenarios

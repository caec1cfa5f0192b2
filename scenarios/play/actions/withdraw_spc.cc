// The STI-PA withdraws a provider's code; the STI-CAs may revoke what they issued for it.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const WithdrawSpc& action) {
  const std::string spc = stage.ecosystem.spc_of(action.provider);
  const bool done =
      stage.ask_administrator("withdraw spc", actors::HappeningKind::kWithdrawalFailed,
                              action.provider, [provider = action.provider, spc](auto& asked) {
                                return asked.withdraw_code(provider, spc);
                              });
  if (!done || !action.revokes) return;
  for (const CertificationAuthority& model : stage.scenario.ecosystem.cas) {
    actors::CertificationAuthority* ca = stage.ecosystem.ca(model.name);
    stage.start_on(ca->env(), "revoke holder",
                   [ca, spc] { ca->revoke_holder(spc, crypto::CrlReason::kPrivilegeWithdrawn); });
  }
}

}  // namespace shakedown::scenarios

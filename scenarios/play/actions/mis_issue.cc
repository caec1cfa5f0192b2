// A CA gives an adversary a certificate with a list that no token of its covers.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

void perform(Stage& stage, const MisIssue& action) {
  using actors::HappeningKind;
  actors::Adversary* holder = stage.ecosystem.adversary(action.by);
  actors::CertificationAuthority* ca = stage.ecosystem.ca(action.ca);
  auto key = stage.ask_on(holder->env(), "key",
                          [holder, of = action.of] { return holder->make_key_in_name_of(of); });
  Result<actors::IssuedChain> chain = tl::unexpected(key ? Error{} : key.error());
  if (key) {
    chain =
        stage.ask_on(ca->env(), "mis-issue",
                     [ca, key = *key, spc = stage.ecosystem.spc_of(action.of), by = action.by] {
                       return ca->mis_issue(key, {crypto::TnEntry::service_provider_code(spc)}, by);
                     });
  }
  if (!chain) {
    return stage.happened(HappeningKind::kMisIssuanceFailed, action.of, action.by,
                          chain.error().detail);
  }
  stage.ask_on(holder->env(), "keep", [holder, of = action.of, chain = *chain] {
    holder->keep_mis_issued(of, chain);
    return true;
  });
  stage.stolen[action.of] = {.certificate = chain->leaf(), .mis_issued_by = ca};
  stage.happened(HappeningKind::kCertificateMisIssued, action.of, action.by, action.ca);
}

}  // namespace shakedown::scenarios

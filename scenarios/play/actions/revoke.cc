// A certificate of a participant is reported to whoever issued it.
#include "scenarios/play/perform.h"
#include "scenarios/play/stage.h"

namespace shakedown::scenarios {

namespace {

void start_report(Stage& stage, sim::Env& env, std::function<Status()> report) {
  stage.start_on(env, "revoke", [&env, report = std::move(report)] {
    const Status status = report();
    if (status) return;
    actors::record_happening(env, actors::HappeningKind::kRevocationFailed, env.name(), {},
                             status.error().detail);
  });
}

// * Null if there is none.
crypto::CertificatePtr certificate_to_revoke(Stage& stage, const Revoke& action) {
  if (action.which == WhichCertificate::kStolen) {
    const auto stolen = stage.stolen.find(action.certificate_of);
    return stolen == stage.stolen.end() ? nullptr : stolen->second.certificate;
  }
  actors::Participant* participant = stage.ecosystem.participant(action.certificate_of);
  if (participant == nullptr) return nullptr;
  const std::size_t back = action.which == WhichCertificate::kPrevious ? 2 : 1;
  return stage.ask_on(
      participant->env(), "choose", [participant, back]() -> crypto::CertificatePtr {
        const auto& history = participant->certificates().history();
        return history.size() < back ? nullptr : history[history.size() - back]->certificate;
      });
}

}  // namespace

void perform(Stage& stage, const Revoke& action) {
  const auto reason =
      crypto::crl_reason_from_string(action.reason).value_or(crypto::CrlReason::kUnspecified);
  actors::Participant* participant = stage.ecosystem.participant(action.certificate_of);
  if (action.which == WhichCertificate::kDelegateCa) {
    stage.happened(actors::HappeningKind::kRevocationRequested, action.certificate_of, "",
                   action.reason);
    return start_report(stage, participant->env(),
                        [participant, reason] { return participant->revoke_delegate_ca(reason); });
  }
  const crypto::CertificatePtr certificate = certificate_to_revoke(stage, action);
  if (!certificate) {
    stage.happened(actors::HappeningKind::kRevocationFailed, action.certificate_of, "",
                   "there is no " + std::string(to_string(action.which)) + " certificate");
    return;
  }
  stage.happened(actors::HappeningKind::kRevocationRequested, action.certificate_of, "",
                 action.reason);
  if (action.which == WhichCertificate::kStolen) {
    // Who did not order it cannot have it revoked: the CA must.
    if (auto* ca = stage.stolen.at(action.certificate_of).mis_issued_by) {
      return start_report(stage, ca->env(),
                          [ca, certificate, reason] { return ca->revoke(certificate, reason); });
    }
  }
  start_report(stage, participant->env(), [participant, certificate, reason] {
    return participant->certificate_source().revoke(certificate, reason);
  });
}

}  // namespace shakedown::scenarios

#include "actors/events.h"

#include <iterator>
#include <utility>

namespace shakedown::actors {
namespace {

constexpr sim::Word<FetchWhat> kFetched[] = {
    {FetchWhat::kCertificate, "certificate", "A verifier asked for a certificate."},
    {FetchWhat::kOcsp, "ocsp", "A verifier asked an OCSP responder."},
    {FetchWhat::kOrigin, "origin", "An edge asked its origin."},
};
static_assert(sim::in_order(kFetched));

constexpr sim::Word<HappeningKind> kHappenings[] = {
    {HappeningKind::kAccountCreated, "account_created", "The STI-PA created an account."},
    {HappeningKind::kAccountSuspended, "account_suspended", "The STI-PA suspended an account."},
    {HappeningKind::kAccountRestored, "account_restored", "The STI-PA restored an account."},
    {HappeningKind::kAccountRemoved, "account_removed", "The STI-PA removed an account."},
    {HappeningKind::kSpcWithdrawn, "spc_withdrawn", "The STI-PA took a code from an account."},
    {HappeningKind::kLoginRefused, "login_refused", "The STI-PA refused the login of an account."},
    {HappeningKind::kTokenRefused, "token_refused",
     "The STI-PA refused an SPC token to an account."},
    {HappeningKind::kSignerRolled, "signer_rolled",
     "The STI-PA changed the key that signs tokens and lists."},
    {HappeningKind::kCrlSignerRolled, "crl_signer_rolled",
     "The STI-PA changed the key that signs the CRL."},
    {HappeningKind::kRootRolled, "root_rolled",
     "The STI-PA changed its root, and both signers with it."},
    {HappeningKind::kCaListPublished, "ca_list_published",
     "The STI-PA published a list of trusted CAs."},
    {HappeningKind::kCaListFailed, "ca_list_failed", "The STI-PA could not publish a list."},
    {HappeningKind::kCaListRefreshed, "ca_list_refreshed", "A verifier took a new list."},
    {HappeningKind::kCaListRejected, "ca_list_rejected",
     "A verifier did not get or did not accept a list."},
    {HappeningKind::kCaApproved, "ca_approved", "A CA came onto the list."},
    {HappeningKind::kCaRemoved, "ca_removed", "A CA left the list."},
    {HappeningKind::kCaRestored, "ca_restored", "A CA returned to the list."},
    {HappeningKind::kCrlPublished, "crl_published", "The STI-PA published a CRL."},
    {HappeningKind::kCrlFailed, "crl_failed", "The STI-PA could not publish a CRL."},
    {HappeningKind::kCrlRolledBack, "crl_rolled_back", "The STI-PA began to serve an older CRL."},
    {HappeningKind::kCrlRollbackEnded, "crl_rollback_ended",
     "The STI-PA serves its newest CRL again."},
    {HappeningKind::kCrlRefreshed, "crl_refreshed", "A verifier took a new CRL."},
    {HappeningKind::kCrlRejected, "crl_rejected",
     "A verifier did not get or did not accept a CRL."},
    {HappeningKind::kKeyStolen, "key_stolen", "A key was stolen."},
    {HappeningKind::kCertificateMisIssued, "certificate_mis_issued",
     "A CA certified an adversary's key in somebody else's name."},
    {HappeningKind::kMisIssuanceFailed, "mis_issuance_failed",
     "A CA could not certify an adversary's key."},
    {HappeningKind::kTheftFailed, "theft_failed", "There was no key to steal."},
    {HappeningKind::kRevocationRequested, "revocation_requested",
     "The timeline ordered a revocation."},
    {HappeningKind::kRevocationReported, "revocation_reported",
     "The STI-PA took the report of a revocation."},
    {HappeningKind::kRevocationFailed, "revocation_failed", "A revocation could not be reported."},
    {HappeningKind::kSubscribersCertified, "subscribers_certified",
     "A CA had issued the certificates of its subscribers."},
    {HappeningKind::kSubscribersFailed, "subscribers_failed", "A CA could not issue them."},
    {HappeningKind::kSubscribersRevoked, "subscribers_revoked",
     "A CA had reported revocations of its subscribers' certificates."},
    {HappeningKind::kTermsPublished, "terms_published", "A CA changed its terms of service."},
    {HappeningKind::kTermsAgreed, "terms_agreed", "A signer agreed to the changed terms of a CA."},
    {HappeningKind::kOcspResponderCertified, "ocsp_responder_certified",
     "A CA's OCSP responder got a certificate of its own."},
    {HappeningKind::kRotationOrdered, "rotation_ordered",
     "The timeline ordered a new certificate."},
    {HappeningKind::kRenewalNotNeeded, "renewal_not_needed",
     "A renewal fell due while an ordered certificate was on its way."},
    {HappeningKind::kMoveOrdered, "move_ordered", "The timeline ordered a provider to another CA."},
    {HappeningKind::kRemovalFailed, "removal_failed",
     "The STI-PA could not remove a CA or an account."},
    {HappeningKind::kRestorationFailed, "restoration_failed", "The STI-PA could not restore a CA."},
    {HappeningKind::kSuspensionFailed, "suspension_failed",
     "The STI-PA could not suspend an account."},
    {HappeningKind::kReinstatementFailed, "reinstatement_failed",
     "The STI-PA could not restore an account."},
    {HappeningKind::kWithdrawalFailed, "withdrawal_failed",
     "The STI-PA could not take a code from an account."},
    {HappeningKind::kRollbackFailed, "rollback_failed",
     "The STI-PA had no such older CRL to serve."},
    {HappeningKind::kRollFailed, "roll_failed", "The STI-PA could not change a key."},
    {HappeningKind::kFaultBegan, "fault_began", "A fault began."},
    {HappeningKind::kFaultEnded, "fault_ended", "A fault ended."},
    {HappeningKind::kNote, "note", "A remark of the timeline."},
    {HappeningKind::kStoryBegan, "story_began", "Everybody was ready, and the story began."},
    {HappeningKind::kStoryFailed, "story_failed",
     "Somebody did not get ready, so there was no story."},
};
static_assert(sim::in_order(kHappenings));

}  // namespace

void record_happening(
    sim::Env& env, HappeningKind kind, std::string subject, std::string by, std::string detail) {
  auto event = std::make_unique<HappeningEvent>();
  event->kind = kind;
  event->subject = std::move(subject);
  event->by = std::move(by);
  event->detail = std::move(detail);
  env.record(std::move(event));
}

std::span<const sim::Word<HappeningKind>> happening_words() { return kHappenings; }

std::span<const sim::Word<FetchWhat>> fetch_words() { return kFetched; }

std::string_view to_string(EventType type) {
  constexpr std::string_view kWords[] = {"call",     "verification", "fetch",    "certificate",
                                         "issuance", "revocation",   "happening"};
  static_assert(std::size(kWords) == kEventTypes);
  return kWords[static_cast<std::size_t>(type)];
}

std::string_view to_string(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::kPassed:
      return "passed";
    case CallOutcome::kFailed:
      return "failed";
    case CallOutcome::kUnverified:
      return "unverified";
  }
  return "";
}

std::string_view to_string(StepResult result) {
  switch (result) {
    case StepResult::kPassed:
      return "passed";
    case StepResult::kFailed:
      return "failed";
    case StepResult::kReported:
      return "reported";
    case StepResult::kSkipped:
      return "skipped";
  }
  return "";
}

std::string_view to_string(CacheResult result) {
  switch (result) {
    case CacheResult::kHit:
      return "hit";
    case CacheResult::kStale:
      return "stale";
    case CacheResult::kMiss:
      return "miss";
    case CacheResult::kError:
      return "error";
  }
  return "";
}

std::string_view to_string(FetchWhat what) { return kFetched[static_cast<std::size_t>(what)].name; }

std::string_view to_string(HappeningKind kind) {
  return kHappenings[static_cast<std::size_t>(kind)].name;
}

}  // namespace shakedown::actors

#include "actors/verifying/verification_service.h"

#include <algorithm>
#include <utility>

#include "actors/events.h"
#include "crypto/keys/signature_ledger.h"

namespace shakedown::actors {
namespace {

bool verify_es256(const crypto::PublicKeyPtr& key,
                  const std::string& message,
                  const crypto::Es256Signature& signature) {
  return key->verify(message, signature);
}

StepResult result_of(stir::StepOutcome::Result result) {
  switch (result) {
    case stir::StepOutcome::Result::kPassed:
      return StepResult::kPassed;
    case stir::StepOutcome::Result::kFailed:
      return StepResult::kFailed;
    case stir::StepOutcome::Result::kReported:
      return StepResult::kReported;
    case stir::StepOutcome::Result::kSkipped:
      return StepResult::kSkipped;
  }
  return StepResult::kSkipped;
}

}  // namespace

struct VerificationService::Facts {
  CachedCertificatePtr entry;
  std::string x5u;
  stir::ChainVerdictPtr chain_verdict;
};

VerificationService::VerificationService(sim::Env& env,
                                         Trust& trust,
                                         CertificateCache& cache,
                                         OcspClient* ocsp,
                                         VerificationServiceOptions options)
    : env_(env),
      trust_(trust),
      cache_(cache),
      ocsp_(ocsp),
      options_(options) {}

VerificationReply VerificationService::verify(const stir::SipCall& call, std::string_view call_id) {
  const sim::Time started_at = env_.now();
  VerificationReply reply;
  if (call.identity.size() <= 1) {  // Nearly always: spare the vectors.
    Facts facts;
    const std::string* identity = call.identity.empty() ? nullptr : &call.identity.front();
    reply.verdict = verify_header(call, {}, identity, call_id, facts);
    record(reply.verdict, std::move(facts), call_id, started_at);
    if (reply.verdict.code != 0) {
      reply.reasons =
          stir::reasons_for(*options_.policy.profile, std::span(&reply.verdict, 1), call.identity);
    }
    return reply;
  }
  std::vector<stir::Verdict> verdicts;
  std::vector<Facts> facts;
  const std::size_t count = std::min(call.identity.size(), options_.most_identity_headers);
  std::vector<stir::Passport> passports;  // A div PASSporT refers to the others (RFC 8946 §4.2).
  for (std::size_t i = 0; i < count; ++i) {
    const auto header = stir::parse_identity_header(call.identity[i]);
    passports.push_back(stir::PassportToken::decode(header.token).content());
  }
  for (std::size_t i = 0; i < count; ++i) {
    verdicts.push_back(
        verify_header(call, passports, &call.identity[i], call_id, facts.emplace_back()));
  }
  const std::size_t deciding = stir::deciding_verdict(verdicts);
  record(verdicts[deciding], std::move(facts[deciding]), call_id, started_at);
  reply.reasons =
      stir::reasons_for(*options_.policy.profile, verdicts, std::span(call.identity).first(count));
  reply.verdict = std::move(verdicts[deciding]);
  return reply;
}

stir::Verdict VerificationService::verify_header(const stir::SipCall& call,
                                                 std::span<const stir::Passport> passports,
                                                 const std::string* identity,
                                                 std::string_view call_id,
                                                 Facts& facts) {
  const sim::Time received_at = env_.now();
  stir::VerificationRun run(options_.policy, {.passports = passports,
                                              .identity = identity,
                                              .call = &call,
                                              .number_authority = options_.number_authority,
                                              .received_at = received_at});
  while (const auto need = run.advance(env_.now())) {
    switch (*need) {
      case stir::Need::kCertificate:
        facts.entry = cache_.get(run.x5u(), call_id);
        run.provide_certificate(facts.entry->answer);
        break;
      case stir::Need::kChainVerdict:
        provide_chain_verdict(run, facts);
        break;
      case stir::Need::kRevocation:
        run.provide_revocation(ocsp_ != nullptr ? ask_ocsp(facts, call_id)
                                                : revocation_of(facts.entry));
        break;
      case stir::Need::kSignature:
        run.provide_signature(signature_verifies(run));
        break;
      case stir::Need::kReplay:
        run.provide_replay(seen_before(run));
        break;
    }
  }
  facts.x5u = run.x5u();
  stir::Verdict verdict = run.take_verdict();
  if (verdict.failed_step == stir::Step::kSignatureVerifies && options_.refetch_on_bad_signature &&
      facts.entry->fetched_at < received_at) {
    // From the beginning: what the old certificate was entitled to says nothing about another.
    cache_.erase(facts.x5u);
    facts = {};
    return verify_header(call, passports, identity, call_id, facts);
  }
  if (verdict.passed && facts.entry) cache_.supersede(facts.entry);
  return verdict;
}

void VerificationService::provide_chain_verdict(stir::VerificationRun& run, Facts& facts) {
  const CachedCertificatePtr entry = facts.entry;
  const sim::Time now = env_.now();
  const std::uint64_t version = trust_.anchors_version(now);
  const bool current = entry->anchors_version == version;
  const bool usable = entry->verdict && entry->verdict->holds_at(now) &&
                      (entry->verdict->ok || !entry->verdict->depends_on_time);
  if (!usable || (!current && options_.drop_cached_verdicts)) {
    const auto anchors = trust_.anchors(now);
    const bool same_anchors = entry->earlier_anchors_version == version;
    entry->verdict = env_.compute(
        sim::Work::kValidateChain,
        [](const stir::CertificateChainPtr& chain, const std::vector<crypto::CertificatePtr>& roots,
           sim::Time at, const stir::NumberAuthority* authority,
           const stir::ChainVerdictPtr& earlier) {
          if (earlier && earlier->holds_at(at)) return earlier;
          return std::make_shared<const stir::ChainVerdict>(stir::validate_chain(
              *chain, roots, at,
              {.spc_delegation = authority != nullptr ? stir::SpcDelegation::kCheckAuthority
                                                      : stir::SpcDelegation::kTrustCa,
               .number_authority = authority}));
        },
        entry->answer.chain, std::vector<crypto::CertificatePtr>(anchors.begin(), anchors.end()),
        now, options_.number_authority, same_anchors ? entry->earlier_verdict : nullptr);
    entry->anchors_version = version;
    entry->crl_version = 0;  // A new path may have other members to look up.
  }
  facts.chain_verdict = entry->verdict;
  run.provide_chain_verdict(entry->verdict);
}

// Answers are kept by the OcspClient, each for its own time, and not with the certificate: so none
// outlives its successor. Only the deployed mistake of keeping verdicts looks at the entry.
stir::RevocationAnswer VerificationService::ask_ocsp(const Facts& facts, std::string_view call_id) {
  const CachedCertificatePtr entry = facts.entry;
  constexpr std::uint64_t kDrawn = 1;
  if (!options_.drop_cached_verdicts && entry->crl_version == kDrawn) return entry->revocation;
  stir::RevocationAnswer answer = ocsp_->check_path(facts.chain_verdict->path, call_id);
  if (answer.state != stir::RevocationState::kUndetermined) {
    entry->revocation = answer;
    entry->crl_version = kDrawn;
  }
  return answer;
}

stir::RevocationAnswer VerificationService::revocation_of(const CachedCertificatePtr& entry) {
  if (!trust_.wants_crl()) {
    return {.state = stir::RevocationState::kGood, .detail = {}, .position = 0, .revoked_at = {}};
  }
  const crypto::CrlPtr& crl = trust_.crl();
  if (!crl) return stir::revocation_undetermined("no CRL has been fetched yet");
  const sim::Time now = env_.now();
  const bool expired = crl->fields().next_update && now > *crl->fields().next_update;
  if (expired) return stir::revocation_undetermined("the CRL's nextUpdate has passed");
  const bool keep = entry->crl_version == trust_.crl_version() ||
                    (entry->crl_version != 0 && !options_.drop_cached_verdicts);
  if (!keep) {
    entry->revocation = stir::check_path_revocation(entry->verdict->path, *crl, now);
    entry->crl_version = trust_.crl_version();
  }
  return entry->revocation;
}

bool VerificationService::signature_verifies(const stir::VerificationRun& run) {
  const auto& signature = run.token().signature();
  const crypto::PublicKeyPtr& key = run.chain_verdict()->signer();
  if (!signature || !key) return false;
  const std::string_view message = run.token().signing_input();
  // An untouched token that this process signed under this very key is expected to verify: a worker
  // proves it while the world goes on. Anything else is verified before anyone moves.
  if (crypto::SignatureLedger::is_expected_good(message, *signature, *key)) {
    return env_.compute_expecting(sim::Work::kVerifySignature, true, verify_es256, key,
                                  std::string(message), *signature);
  }
  return env_.compute(sim::Work::kVerifySignature, verify_es256, key, std::string(message),
                      *signature);
}

bool VerificationService::seen_before(const stir::VerificationRun& run) {
  const sim::Time now = env_.now();
  while (!replay_order_.empty() && replay_order_.front().first < now) {
    replay_window_.erase(replay_order_.front().second);
    replay_order_.pop_front();
  }
  std::string signature(run.token().encoded_signature());
  const sim::Time until = now + 2 * options_.policy.freshness;
  if (!replay_window_.emplace(signature, until).second) return true;
  replay_order_.emplace_back(until, std::move(signature));
  return false;
}

void VerificationService::record(const stir::Verdict& verdict,
                                 Facts facts,
                                 std::string_view call_id,
                                 sim::Time started_at) {
  auto event = std::make_unique<VerificationEvent>();
  event->call_id = call_id;
  event->profile = options_.policy.profile->name;
  event->verstat = stir::to_string(verdict.verstat);
  event->code = verdict.code;
  event->reason = verdict.reason;
  event->failed_step = verdict.failed_step_id();
  event->detail = verdict.detail;
  event->x5u = std::move(facts.x5u);
  if (facts.chain_verdict && !facts.chain_verdict->path.empty()) {
    event->certificate = facts.chain_verdict->leaf()->fingerprint_hex();
    if (facts.chain_verdict->ok) {
      event->issuer_root =
          std::string(facts.chain_verdict->path.back()->subject().find("CN").value_or(""));
    }
  }
  event->attest = verdict.attest;
  event->latency = env_.now() - started_at;
  event->offset = event->latency;
  event->trace.reserve(verdict.steps.size());
  for (const stir::StepOutcome& step : verdict.steps) {
    if (step.result == stir::StepOutcome::Result::kSkipped) continue;
    event->trace.push_back({.step = stir::to_string(step.step),
                            .result = result_of(step.result),
                            .started = step.started_at - started_at,
                            .took = step.ended_at - step.started_at});
  }
  env_.record(std::move(event));
}

}  // namespace shakedown::actors

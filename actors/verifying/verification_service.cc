#include "actors/verifying/verification_service.h"

#include <algorithm>
#include <utility>

#include "actors/events.h"
#include "actors/workload/work.h"
#include "crypto/keys/signature_ledger.h"
#include "stir/verification/run_to_verdict.h"

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

struct VerificationService::Sources {
  VerificationService& service;
  std::string_view call_id;
  CachedCertificatePtr entry = nullptr;
  std::string x5u = {};
  stir::ChainVerdictPtr chain = nullptr;

  sim::Time now() const { return service.env_.now(); }

  const stir::CertificateAnswer& certificate(const stir::VerificationRun& run) {  // *
    entry = service.cache_.get(run.x5u(), call_id);
    return entry->answer;
  }

  const stir::ChainVerdictPtr& chain_verdict(const stir::VerificationRun&) {
    return chain = service.chain_verdict(entry);
  }

  stir::RevocationAnswer revocation(const stir::VerificationRun&) const {  // *
    return service.ocsp_ != nullptr ? service.ask_ocsp(entry, chain->path, call_id)
                                    : service.revocation_of(entry);
  }

  bool signature(const stir::VerificationRun& run) const { return service.signature_verifies(run); }

  bool replay(const stir::VerificationRun& run) const { return service.seen_before(run); }
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
  stir::VerificationInputs inputs{.passports = {},
                                  .identity = nullptr,
                                  .call = &call,
                                  .number_authority = options_.number_authority,
                                  .received_at = started_at};
  VerificationReply reply;
  if (call.identity.size() <= 1) {  // Nearly always: spare the vectors.
    if (!call.identity.empty()) inputs.identity = &call.identity.front();
    stir::VerificationRun run(options_.policy, inputs);
    Sources sources{*this, call_id};
    reply.verdict = judge(run, sources, reply);
    record(reply.verdict, std::move(sources), started_at);
    return reply;
  }
  const std::size_t count = std::min(call.identity.size(), options_.most_identity_headers);
  std::vector<stir::Passport> passports;  // A div PASSporT refers to the others (RFC 8946 §4.2).
  auto runs =
      stir::runs_of(options_.policy, inputs, std::span(call.identity).first(count), passports);
  std::vector<stir::Verdict> verdicts;
  std::vector<Sources> sources;
  for (auto& run : runs) {
    verdicts.push_back(judge(run, sources.emplace_back(Sources{*this, call_id}), reply));
  }
  const std::size_t deciding = stir::deciding_verdict(verdicts);
  record(verdicts[deciding], std::move(sources[deciding]), started_at);
  reply.verdict = std::move(verdicts[deciding]);
  return reply;
}

stir::Verdict VerificationService::judge(stir::VerificationRun& run,
                                         Sources& sources,
                                         VerificationReply& reply) {
  stir::Verdict verdict = stir::run_to_verdict(run, sources);
  sources.x5u = run.x5u();
  if (verdict.failed_step == stir::Step::kSignatureVerifies && options_.refetch_on_bad_signature &&
      sources.entry->fetched_at < run.inputs().received_at) {
    // From the beginning: what the old certificate was entitled to says nothing about another.
    cache_.erase(sources.x5u);
    sources.entry = nullptr;
    sources.chain = nullptr;
    auto inputs = run.inputs();
    inputs.received_at = env_.now();
    run = stir::VerificationRun(options_.policy, inputs);
    return judge(run, sources, reply);
  }
  if (verdict.passed && sources.entry) cache_.supersede(sources.entry);
  if (auto reason = stir::reason_for(run, verdict)) reply.reasons.push_back(*std::move(reason));
  return verdict;
}

const stir::ChainVerdictPtr& VerificationService::chain_verdict(const CachedCertificatePtr& entry) {
  const sim::Time now = env_.now();
  const std::uint64_t version = trust_.anchors_version(now);
  const bool current = entry->anchors_version == version;
  const bool usable = entry->verdict && entry->verdict->holds_at(now) &&
                      (entry->verdict->ok || !entry->verdict->depends_on_time);
  if (!usable || (!current && options_.drop_cached_verdicts)) {
    const auto anchors = trust_.anchors(now);
    const bool same_anchors = entry->earlier_anchors_version == version;
    entry->verdict = env_.compute(
        work::kValidateChain,
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
  return entry->verdict;
}

// Answers are kept by the OcspClient, each for its own time, and not with the certificate: so none
// outlives its successor. Only the deployed mistake of keeping verdicts looks at the entry.
stir::RevocationAnswer VerificationService::ask_ocsp(const CachedCertificatePtr& entry,
                                                     std::span<const crypto::CertificatePtr> path,
                                                     std::string_view call_id) {
  constexpr std::uint64_t kDrawn = 1;
  if (!options_.drop_cached_verdicts && entry->crl_version == kDrawn) return entry->revocation;
  stir::RevocationAnswer answer = ocsp_->check_path(path, call_id);
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
  const std::string_view message = run.token().signing_input();
  // An untouched token that this process signed under this very key is expected to verify: a worker
  // proves it while the world goes on. Anything else is verified before anyone moves.
  if (crypto::SignatureLedger::is_expected_good(message, *signature, *key)) {
    return env_.compute_expecting(work::kVerifySignature, true, verify_es256, key,
                                  std::string(message), *signature);
  }
  return env_.compute(work::kVerifySignature, verify_es256, key, std::string(message), *signature);
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
                                 Sources sources,
                                 sim::Time started_at) {
  auto event = std::make_unique<VerificationEvent>();
  event->call_id = sources.call_id;
  event->profile = options_.policy.profile->name;
  event->verstat = stir::to_string(verdict.verstat);
  event->code = verdict.code;
  event->reason = verdict.reason;
  event->failed_step = verdict.failed_step_id();
  event->detail = verdict.detail;
  event->x5u = std::move(sources.x5u);
  if (sources.chain && !sources.chain->path.empty()) {
    event->certificate = sources.chain->leaf()->fingerprint_hex();
    if (sources.chain->ok) {
      event->issuer_root =
          std::string(sources.chain->path.back()->subject().find("CN").value_or(""));
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

#include "stir/verification/verification.h"

#include <algorithm>
#include <array>

#include "stir/verification/verification_steps.h"

namespace shakedown::stir {
namespace {

constexpr PassportDefects kUnreadableClaims{
    PassportDefect::kNotThreeParts, PassportDefect::kPayloadNotBase64url,
    PassportDefect::kPayloadNotJson, PassportDefect::kPayloadDuplicateMember};

// Whether what a step reads of the call is there.
bool is_there(const Evidence& of, Reads what) {
  if (what == Reads::kNothing) return true;
  if (of.inputs.identity == nullptr) return false;
  const bool is_full = !of.token.signing_input().starts_with('.');
  switch (what) {
    case Reads::kNothing:
    case Reads::kIdentity:
      return true;
    case Reads::kInfo:
      return of.header.info.has_value();
    case Reads::kHeader:
      return is_full && (of.token.defects() & kUnreadablePassportHeader).empty();
    case Reads::kClaims:
      return is_full && (of.token.defects() & kUnreadableClaims).empty();
  }
  return false;
}

// Whether what a step awaits has been provided.
bool is_there(const Evidence& of, Awaits what) {
  switch (what) {
    case Awaits::kNothing:
      return true;
    case Awaits::kCertificate:
      return of.certificate_provided;
    case Awaits::kChainVerdict:
      return of.chain_verdict != nullptr;
    case Awaits::kTrustedChain:
      return of.chain_verdict != nullptr && of.chain_verdict->ok;
    case Awaits::kRevocation:
      return of.revocation.has_value();
    case Awaits::kSignature:
      // A signature that cannot be one needs no arithmetic, nor does a key that cannot have made
      // it.
      return of.chain_verdict != nullptr && (of.signature_verifies.has_value() ||
                                             !of.token.signature() || !of.chain_verdict->signer());
    case Awaits::kReplay:
      return of.seen_before.has_value();
  }
  return false;
}

}  // namespace

std::string_view to_string(StepOutcome::Result result) {
  switch (result) {
    case StepOutcome::Result::kSkipped:
      return "skipped";
    case StepOutcome::Result::kPassed:
      return "passed";
    case StepOutcome::Result::kReported:
      return "reported";
    case StepOutcome::Result::kFailed:
      return "failed";
  }
  return "skipped";
}

VerificationRun::VerificationRun(const VerificationPolicy& policy,
                                 const VerificationInputs& inputs) {
  SHAKEDOWN_ASSERT(policy.profile != nullptr && inputs.call != nullptr);
  evidence_.policy = policy;
  evidence_.inputs = inputs;
  verdict_.steps.reserve(kSteps);
  if (inputs.identity != nullptr) read_identity();
}

void VerificationRun::read_identity() {
  IdentityHeader& header = evidence_.header;
  PassportToken& token = evidence_.token;
  header = parse_identity_header(*evidence_.inputs.identity);
  if (profile().forgives(Laxity::kWhiteSpaceInHeader)) header.drop_white_space_in_token();
  token = PassportToken::decode(header.token);
  // A base PASSporT may leave out what the call already says (RFC 8225 §7).
  const auto& call = *evidence_.inputs.call;
  if (header.is_compact() && !header.ppt && header.info && call.date &&
      call.orig_source != SipCall::OrigSource::kNone && !call.dest.empty()) {
    Passport from_sip;
    from_sip.alg = header.alg.value_or("ES256");
    from_sip.ppt.clear();
    from_sip.x5u = *header.info;
    from_sip.iat = sim::unix_seconds(*call.date);
    from_sip.orig = call.orig;
    for (const auto& party : call.dest) {
      (party.is_telephone_number() ? from_sip.dest_tn : from_sip.dest_uri).push_back(party.value);
    }
    token = PassportToken::rebuild(token, from_sip);
  }
  const auto& content = token.content();
  if (content.attest.size() == 1) verdict_.attest = content.attest.front();
  verdict_.origid = content.origid;
  verdict_.is_diversion = content.ppt == "div";
}

const std::string& VerificationRun::x5u() const {
  static const std::string kNone;
  return evidence_.header.info ? *evidence_.header.info : kNone;
}

void VerificationRun::provide_certificate(CertificateAnswer answer) {
  evidence_.certificate = std::move(answer);
  evidence_.certificate_provided = true;
}

void VerificationRun::provide_chain_verdict(ChainVerdictPtr verdict) {
  SHAKEDOWN_ASSERT(verdict != nullptr && !verdict->path.empty());
  evidence_.chain_verdict = std::move(verdict);
}

void VerificationRun::provide_revocation(RevocationAnswer answer) {
  evidence_.revocation = std::move(answer);
}

void VerificationRun::provide_signature(bool verifies) { evidence_.signature_verifies = verifies; }

void VerificationRun::provide_replay(bool seen_before) { evidence_.seen_before = seen_before; }

// What to ask for next so that the step gets what it awaits; nullopt when nothing can bring it.
std::optional<Need> VerificationRun::askable(const StepRow& row) const {
  if (row.awaits == Awaits::kReplay) return Need::kReplay;
  if (!evidence_.certificate_provided) {
    const IdentityHeader& header = evidence_.header;
    const bool may_fetch =
        header.info && !header.has(IdentityDefect::kInfoNotAUri) && !url_refused_;
    if (!may_fetch) return std::nullopt;
    return Need::kCertificate;
  }
  if (!evidence_.certificate.chain) return std::nullopt;
  if (!evidence_.chain_verdict) return Need::kChainVerdict;
  if (row.awaits == Awaits::kRevocation && evidence_.chain_verdict->ok) return Need::kRevocation;
  if (row.awaits == Awaits::kSignature) return Need::kSignature;
  return std::nullopt;
}

std::optional<Need> VerificationRun::advance(sim::Time now) {
  const auto rules = profile().rules;
  for (; next_rule_ < rules.size(); ++next_rule_) {
    const StepRule& rule = rules[next_rule_];
    const StepRow& row = row_of(rule.step);
    const bool off =
        rule.mode == StepMode::kOff || (row.only_if != nullptr && !(evidence_.policy.*row.only_if));
    const bool decided = verdict_.failed_step.has_value();
    if (off || (decided && !evidence_.policy.run_later_steps)) continue;
    const bool readable = is_there(evidence_, row.reads);
    const bool possible = readable && is_there(evidence_, row.awaits);
    if (readable && !possible) {
      if (const auto need = askable(row)) {
        if (!waiting_since_) waiting_since_ = now;
        return need;
      }
    }
    run_step(rule, row, possible, now);
    waiting_since_.reset();
  }
  if (!verdict_.failed_step && !verdict_.passed) {
    verdict_.passed = true;
    verdict_.verstat = Verstat::kTnValidationPassed;
  }
  return std::nullopt;
}

void VerificationRun::run_step(const StepRule& rule,
                               const StepRow& row,
                               bool possible,
                               sim::Time now) {
  const bool decided = verdict_.failed_step.has_value();
  // Skipped: what it reads does not exist.
  if (!possible && (decided || rule.mode == StepMode::kReport)) return;
  CheckResult checked = possible ? row.check(evidence_)
                                 : CheckResult{.kind = CheckResult::Kind::kViolated,
                                               .detail = "what this step reads does not exist"};
  verdict_.relies_on_diversions |= checked.relies_on_diversions;
  auto& outcome = verdict_.steps.emplace_back();
  outcome.step = rule.step;
  outcome.started_at = waiting_since_.value_or(now);
  outcome.ended_at = now;
  if (checked.kind == CheckResult::Kind::kHolds) {
    outcome.result = StepOutcome::Result::kPassed;
    return;
  }
  const bool fails =
      checked.kind == CheckResult::Kind::kViolated && rule.mode == StepMode::kEnforce;
  const SipAnswer answer = rule.answer_to(checked.violation);
  outcome.result = fails ? StepOutcome::Result::kFailed : StepOutcome::Result::kReported;
  outcome.code = answer.code;
  outcome.detail = std::move(checked.detail);
  if (!fails) return;
  url_refused_ |= checked.forbids_fetching;
  if (!decided) decide(rule, answer);
}

void VerificationRun::decide(const StepRule& rule, SipAnswer answer) {
  constexpr int kIdentityWanted = 428;
  verdict_.failed_step = rule.step;
  verdict_.verstat = rule.verstat;
  verdict_.detail = verdict_.steps.back().detail;
  // The call goes through.
  if (answer.code == kIdentityWanted && !evidence_.policy.require_identity) return;
  verdict_.code = answer.code;
  verdict_.reason = answer.reason;
}

bool signature_verifies(const VerificationRun& run) {
  return run.chain_verdict()->signer()->verify(run.token().signing_input(),
                                               *run.token().signature());
}

std::vector<VerificationRun> runs_of(const VerificationPolicy& policy,
                                     VerificationInputs inputs,
                                     std::span<const std::string> identities,
                                     std::vector<Passport>& passports) {
  passports.resize(identities.size());
  inputs.passports = passports;
  std::vector<VerificationRun> runs;
  runs.reserve(identities.size());
  for (std::size_t i = 0; i < identities.size(); ++i) {
    inputs.identity = &identities[i];
    passports[i] = runs.emplace_back(policy, inputs).token().content();
  }
  return runs;
}

namespace {

// How far a verdict got; a passed one got furthest.
std::size_t rank_of(const Verdict& verdict) {
  constexpr std::array<int, 5> kFurthestFirst{438, 437, 403, 436, 428};
  if (verdict.passed) return kFurthestFirst.size() + 1;
  const auto found = std::find(kFurthestFirst.begin(), kFurthestFirst.end(), verdict.code);
  return static_cast<std::size_t>(kFurthestFirst.end() - found);
}

// The first of the highest rank among those for which `counts`; nullopt if there is none.
template <class Predicate>
std::optional<std::size_t> furthest(std::span<const Verdict> verdicts, Predicate counts) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (!counts(verdicts[i])) continue;
    if (!best || rank_of(verdicts[i]) > rank_of(verdicts[*best])) best = i;
  }
  return best;
}

}  // namespace

std::size_t deciding_verdict(std::span<const Verdict> verdicts) {
  SHAKEDOWN_ASSERT(!verdicts.empty());
  const auto direct = furthest(verdicts, [](const Verdict& v) { return !v.is_diversion; });
  if (!direct) return *furthest(verdicts, [](const Verdict&) { return true; });
  if (verdicts[*direct].passed && verdicts[*direct].relies_on_diversions) {
    const auto broken =
        furthest(verdicts, [](const Verdict& v) { return v.is_diversion && !v.passed; });
    if (broken) return *broken;
  }
  return *direct;
}

std::optional<Reason> reason_for(const VerificationRun& run, const Verdict& verdict) {
  if (verdict.code == 0) return std::nullopt;
  Reason reason;
  reason.protocol =
      run.profile().reason_protocol_is_sip ? ReasonProtocol::kSip : ReasonProtocol::kStir;
  reason.cause = verdict.code;
  reason.text = verdict.reason;
  reason.ppi = passport_identifier(run.header().token);
  return reason;
}

}  // namespace shakedown::stir

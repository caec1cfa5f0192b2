#include "stir/verification/verification.h"

#include <algorithm>
#include <array>

#include "stir/verification/verification_steps.h"

namespace shakedown::stir {
namespace {

// The phrase of a code where a check overrides its rule's.
std::string_view usual_reason(int code) {
  switch (code) {
    case 403:
      return "Stale Date";
    case 428:
      return "Use Identity Header";
    case 436:
      return "Bad Identity Info";
    case 437:
      return "Unsupported Credential";
    default:
      return "Invalid Identity Header";
  }
}

std::string_view reason_for(const StepRule& rule, const PolicyProfile& profile, int code) {
  if (code == rule.code) return rule.reason;
  for (const auto& other : profile.rules) {
    if (other.code == code) return other.reason;  // In the profile's own spelling.
  }
  return usual_reason(code);
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

VerificationRun::VerificationRun(const VerificationPolicy& policy, const VerificationInputs& inputs)
    : policy_(policy),
      inputs_(inputs) {
  SHAKEDOWN_ASSERT(policy.profile != nullptr && inputs.call != nullptr);
  verdict_.steps.reserve(kSteps);
  if (inputs_.identity != nullptr) read_identity();
}

void VerificationRun::read_identity() {
  header_ = parse_identity_header(*inputs_.identity);
  if (policy_.profile->forgives(Laxity::kWhiteSpaceInHeader)) header_.drop_white_space_in_token();
  token_ = PassportToken::decode(header_.token);
  // A base PASSporT may leave out what the call already says (RFC 8225 §7).
  const auto& call = *inputs_.call;
  if (header_.is_compact() && !header_.ppt && header_.info && call.date &&
      call.orig_source != SipCall::OrigSource::kNone && !call.dest.empty()) {
    Passport from_sip;
    from_sip.alg = header_.alg.value_or("ES256");
    from_sip.ppt.clear();
    from_sip.x5u = *header_.info;
    from_sip.iat = sim::unix_seconds(*call.date);
    from_sip.orig = call.orig;
    for (const auto& party : call.dest) {
      (party.is_telephone_number() ? from_sip.dest_tn : from_sip.dest_uri).push_back(party.value);
    }
    token_ = PassportToken::rebuild(token_, from_sip);
  }
  const auto& content = token_.content();
  if (content.attest.size() == 1) verdict_.attest = content.attest.front();
  verdict_.origid = content.origid;
  verdict_.is_diversion = content.ppt == "div";
}

const std::string& VerificationRun::x5u() const {
  static const std::string kNone;
  return header_.info ? *header_.info : kNone;
}

void VerificationRun::provide_certificate(CertificateAnswer answer) {
  certificate_ = std::move(answer);
  certificate_provided_ = true;
}

void VerificationRun::provide_chain_verdict(ChainVerdictPtr verdict) {
  SHAKEDOWN_ASSERT(verdict != nullptr && !verdict->path.empty());
  chain_verdict_ = std::move(verdict);
}

void VerificationRun::provide_revocation(RevocationAnswer answer) {
  revocation_ = std::move(answer);
}

void VerificationRun::provide_signature(bool verifies) { signature_verifies_ = verifies; }

void VerificationRun::provide_replay(bool seen_before) { seen_before_ = seen_before; }

bool VerificationRun::has_external_input(Step step) const {
  using E = StepChecks::External;
  switch (StepChecks::external_input(step)) {
    case E::kNothing:
      return true;
    case E::kCertificate:
      return certificate_provided_;
    case E::kChain:
      return certificate_.chain != nullptr;
    case E::kChainVerdict:
      return chain_verdict_ != nullptr;
    case E::kTrustedChain:
      return chain_verdict_ != nullptr && chain_verdict_->ok;
    case E::kRevocation:
      return revocation_.has_value();
    case E::kSignature:
      // A signature that cannot be one needs no arithmetic, nor does a key that cannot have made
      // it.
      return chain_verdict_ != nullptr &&
             (signature_verifies_.has_value() || !token_.signature() || !chain_verdict_->signer());
    case E::kReplay:
      return seen_before_.has_value();
  }
  return false;
}

// What to ask for next so that `step` gets its input; nullopt when nothing can bring it.
std::optional<Need> VerificationRun::askable(Step step) const {
  using E = StepChecks::External;
  const auto external = StepChecks::external_input(step);
  if (external == E::kReplay) return Need::kReplay;
  if (!certificate_provided_) {
    const bool may_fetch =
        header_.info && !header_.has(IdentityDefect::kInfoNotAUri) && !url_refused_;
    if (!may_fetch) return std::nullopt;
    return Need::kCertificate;
  }
  if (!certificate_.chain) return std::nullopt;
  if (!chain_verdict_) return Need::kChainVerdict;
  if (external == E::kRevocation && chain_verdict_->ok) return Need::kRevocation;
  if (external == E::kSignature) return Need::kSignature;
  return std::nullopt;
}

std::optional<Need> VerificationRun::advance(sim::Time now) {
  const auto rules = policy_.profile->rules;
  for (; next_rule_ < rules.size(); ++next_rule_) {
    const StepRule& rule = rules[next_rule_];
    const bool off = rule.mode == StepMode::kOff ||
                     (rule.step == Step::kNotRevoked && !policy_.check_revocation) ||
                     (rule.step == Step::kNotReplayed && !policy_.check_replay);
    const bool decided = verdict_.failed_step.has_value();
    if (off || (decided && !policy_.run_later_steps)) continue;
    const bool has_local_input = StepChecks::has_local_input(*this, rule.step);
    const bool possible = has_local_input && has_external_input(rule.step);
    if (has_local_input && !possible) {
      if (const auto need = askable(rule.step)) {
        if (!waiting_since_) waiting_since_ = now;
        return need;
      }
    }
    run_step(rule, possible, now);
    waiting_since_.reset();
  }
  if (!verdict_.failed_step && !verdict_.passed) {
    verdict_.passed = true;
    verdict_.verstat = Verstat::kTnValidationPassed;
  }
  return std::nullopt;
}

void VerificationRun::run_step(const StepRule& rule, bool possible, sim::Time now) {
  const bool decided = verdict_.failed_step.has_value();
  // Skipped: what it reads does not exist.
  if (!possible && (decided || rule.mode == StepMode::kReport)) return;
  CheckResult checked = possible ? StepChecks::check(*this, rule.step)
                                 : CheckResult{CheckResult::Kind::kViolated,
                                               "what this step reads does not exist", 0};
  if (rule.step == Step::kDestMatches && possible) {
    verdict_.relies_on_diversions = StepChecks::relies_on_diversions(*this);
  }
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
  outcome.result = fails ? StepOutcome::Result::kFailed : StepOutcome::Result::kReported;
  outcome.code = checked.code != 0 ? checked.code : rule.code;
  outcome.detail = std::move(checked.detail);
  if (!fails) return;
  if (rule.step == Step::kX5uUrlIsAllowed) url_refused_ = true;
  if (!decided) decide(rule, outcome.code);
}

void VerificationRun::decide(const StepRule& rule, int code) {
  constexpr int kIdentityWanted = 428;
  verdict_.failed_step = rule.step;
  verdict_.verstat = rule.verstat;
  verdict_.detail = verdict_.steps.back().detail;
  if (code == kIdentityWanted && !policy_.require_identity) return;  // The call goes through.
  verdict_.code = code;
  verdict_.reason = reason_for(rule, *policy_.profile, code);
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

std::vector<Reason> reasons_for(const PolicyProfile& profile,
                                std::span<const Verdict> verdicts,
                                std::span<const std::string> identity_headers) {
  std::vector<Reason> reasons;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    if (verdicts[i].code == 0) continue;
    Reason reason;
    reason.protocol = profile.reason_protocol_is_sip ? ReasonProtocol::kSip : ReasonProtocol::kStir;
    reason.cause = verdicts[i].code;
    reason.text = verdicts[i].reason;
    if (i < identity_headers.size()) {
      reason.ppi = passport_identifier(parse_identity_header(identity_headers[i]).token);
    }
    reasons.push_back(std::move(reason));
  }
  return reasons;
}

}  // namespace shakedown::stir

#include "vectors/comparison.h"

#include <algorithm>
#include <iterator>

#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/ca_list.h"
#include "stir/credential/revocation.h"
#include "stir/verification/run_to_verdict.h"
#include "vectors/drafting/case_world.h"

namespace shakedown::vectors {
namespace {

std::vector<crypto::CertificatePtr> certificates(const std::string& pem) {
  auto bundle = crypto::read_pem_certificates(pem);
  SHAKEDOWN_ASSERT(bundle.has_value());
  return std::move(bundle->certificates);
}

// A verifier with its files, at the time of one case.
class Verifier {
 public:
  Verifier(const SharedFiles& shared, const Case& one, const stir::PolicyProfile& profile)
      : case_(one),
        profile_(profile),
        policy_(policy_of(one.configuration, profile)),
        signers_(certificates(shared.signer_chain)),
        pa_roots_(certificates(shared.policy_administrator_root)) {
    read_trust_list(one.own_files.trust_list.empty() ? shared.trust_list
                                                     : one.own_files.trust_list);
    read_crl(one.own_files.crl.empty() ? shared.crl : one.own_files.crl);
    auto call = stir::read_sip_call(one.invite);
    SHAKEDOWN_ASSERT(call.has_value());
    call_ = *std::move(call);
  }

  stir::Verdict verdict() {
    const auto& numbers = case_.configuration.number_authority;
    const stir::VerificationInputs inputs{.passports = {},
                                          .identity = nullptr,
                                          .call = &call_,
                                          .number_authority = numbers.empty() ? nullptr : &numbers,
                                          .received_at = case_.verified_at};
    if (call_.identity.empty()) return judge(stir::VerificationRun(policy_, inputs));
    std::vector<stir::Passport> passports;
    std::vector<stir::Verdict> verdicts;
    for (auto& run : stir::runs_of(policy_, inputs, call_.identity, passports)) {
      verdicts.push_back(judge(std::move(run)));
    }
    return std::move(verdicts[stir::deciding_verdict(verdicts)]);
  }

 private:
  enum class Source : std::uint8_t { kCacheFirst, kWorld };

  static stir::VerificationPolicy policy_of(const Configuration& configuration,
                                            const stir::PolicyProfile& profile) {
    auto policy = stir::policy_for(profile);
    policy.require_identity = configuration.require_identity;
    policy.check_replay = configuration.seen_before;
    if (configuration.revocation_hard_fail) policy.revocation = stir::RevocationFailure::kHard;
    if (configuration.dest_may_be_request_uri) policy.dest = stir::DestPolicy::kToOrRequestTarget;
    if (configuration.mixed_list) policy.mixed_list = *configuration.mixed_list;
    if (!configuration.number_authority.empty()) {
      policy.number_authority = stir::NumberAuthorityMode::kDatabase;
    }
    return policy;
  }

  // A list that cannot be taken leaves the verifier without any trust.
  void read_trust_list(const std::string& text) {
    const auto received = stir::parse_ca_list(text);
    if (!received) return;
    auto verdict = stir::verify_ca_list(*received, {.signer_chain = signers_,
                                                    .policy_administrator_roots = pa_roots_,
                                                    .now = case_.verified_at});
    if (verdict.ok) anchors_ = std::move(verdict.anchors);
  }

  void read_crl(const std::string& octets) {
    const auto crl = crypto::Crl::read(octets);
    if (!crl) {
      crl_objection_ = crl.error().detail;
      return;
    }
    const auto& own = case_.own_files.crl_signer_chain;
    const auto crl_signers = own.empty() ? signers_ : certificates(own);
    const auto usable =
        stir::crl_is_usable(**crl, {.signer_chain = crl_signers,
                                    .policy_administrator_roots = pa_roots_,
                                    .now = case_.verified_at,
                                    .url = kCrlUrl,
                                    .newest_number = case_.own_files.newest_crl_number});
    if (usable.usable) {
      crl_ = *crl;
    } else {
      crl_objection_ = std::string(usable.failed_rule);
    }
  }

  static const HttpExchange* exchange_at(std::string_view url,
                                         const std::vector<HttpExchange>& among) {
    const auto found =
        std::find_if(among.begin(), among.end(), [&](const auto& one) { return one.url == url; });
    return found == among.end() ? nullptr : &*found;
  }

  stir::CertificateAnswer fetch(std::string url, Source source) const {
    sim::Answer answer;
    for (unsigned hop = 0; hop <= stir::kMostRedirects; ++hop) {
      const auto* exchange =
          source == Source::kCacheFirst ? exchange_at(url, case_.cached) : nullptr;
      if (exchange == nullptr) exchange = exchange_at(url, case_.http);
      answer = {};
      if (exchange == nullptr || !exchange->failure.empty()) {
        const bool timeout = exchange != nullptr && exchange->failure == "timeout";
        answer.kind = timeout ? sim::Answer::Kind::kTimeout : sim::Answer::Kind::kUnreachable;
        break;
      }
      answer.kind = sim::Answer::Kind::kResponse;
      answer.response.status = exchange->status;
      answer.response.headers = exchange->headers;
      answer.response.body = exchange->body;
      auto target = stir::redirect_target(answer);
      if (!target || !profile_.forgives(stir::Laxity::kRedirects)) break;
      url = *std::move(target);
    }
    return stir::read_certificate_answer(answer);
  }

  // What one header's verification asks for: everything is known already.
  struct Sources {
    const Verifier& verifier;
    Source source = Source::kCacheFirst;

    sim::Time now() const { return verifier.case_.verified_at; }

    stir::CertificateAnswer certificate(const stir::VerificationRun& run) const {
      return verifier.fetch(run.x5u(), source);
    }

    stir::ChainVerdictPtr chain_verdict(const stir::VerificationRun& run) const {
      return std::make_shared<const stir::ChainVerdict>(
          stir::validate_chain(*run.chain(), verifier.anchors_, now(),
                               {.number_authority = run.inputs().number_authority}));
    }

    stir::RevocationAnswer revocation(const stir::VerificationRun& run) const {
      if (!verifier.crl_) return stir::revocation_undetermined(verifier.crl_objection_);
      return stir::check_path_revocation(run.chain_verdict()->path, *verifier.crl_, now());
    }

    bool signature(const stir::VerificationRun& run) const { return stir::signature_verifies(run); }

    bool replay(const stir::VerificationRun&) const {
      return verifier.case_.configuration.seen_before;
    }
  };

  stir::Verdict judge(stir::VerificationRun run) const {
    Sources sources{*this};
    const stir::VerificationInputs inputs = run.inputs();
    stir::Verdict verdict = stir::run_to_verdict(run, sources);
    if (verdict.failed_step != stir::Step::kSignatureVerifies ||
        !case_.configuration.refetch_on_bad_signature) {
      return verdict;
    }
    stir::VerificationRun again(policy_, inputs);
    sources.source = Source::kWorld;
    return stir::run_to_verdict(again, sources);
  }

  const Case& case_;
  const stir::PolicyProfile& profile_;
  stir::VerificationPolicy policy_;
  std::vector<crypto::CertificatePtr> signers_, pa_roots_, anchors_;
  crypto::CrlPtr crl_;
  std::string crl_objection_;
  stir::SipCall call_;
};

}  // namespace

stir::Verdict judge(const SharedFiles& shared,
                    const Case& one,
                    const stir::PolicyProfile& profile) {
  return Verifier(shared, one, profile).verdict();
}

std::vector<Difference> check_case(const SharedFiles& shared, const Case& one) {
  std::vector<Difference> differences;
  for (std::size_t i = 0; i < kProfiles; ++i) {
    const auto* profile = stir::profile_by_name(kProfileNames.at(i));
    SHAKEDOWN_ASSERT(profile != nullptr);
    const auto verdict = judge(shared, one, *profile);
    const Expectation found{verdict.passed, std::string(verdict.failed_step_id()), verdict.code,
                            verdict.verstat};
    const auto& expected = one.expected.all().at(i);
    if (!(found == expected)) {
      differences.push_back({one.id, profile->name, expected, found, verdict.detail});
    }
  }
  return differences;
}

std::vector<Difference> check(const Catalogue& catalogue) {
  std::vector<Difference> differences;
  for (const Case& one : catalogue.cases) {
    auto some = check_case(catalogue.shared, one);
    differences.insert(differences.end(), std::make_move_iterator(some.begin()),
                       std::make_move_iterator(some.end()));
  }
  return differences;
}

}  // namespace shakedown::vectors

#include "tests/stir/testbed.h"

#include <algorithm>

#include "stir/verification/run_to_verdict.h"

namespace shakedown::stir::test {
namespace {

constexpr auto kDay = std::chrono::hours{24};

crypto::CertificatePtr must_issue(Result<crypto::CertificateSpec> spec,
                                  const crypto::PrivateKey& issuer_key) {
  SHAKEDOWN_ASSERT(spec.has_value());
  return sign_certificate(*std::move(spec), issuer_key);
}

}  // namespace

crypto::PrivateKeyPtr key(std::uint8_t number) {
  std::array<std::uint8_t, 32> scalar{};
  scalar.fill(number);
  auto key = crypto::PrivateKey::from_scalar(scalar);
  SHAKEDOWN_ASSERT(key.has_value());
  return *key;
}

crypto::CertificatePtr sign_certificate(crypto::CertificateSpec spec,
                                        const crypto::PrivateKey& issuer_key) {
  const auto certificate = crypto::issue_certificate(spec, issuer_key);
  SHAKEDOWN_ASSERT(certificate.has_value());
  return *certificate;
}

CertificateFacts facts(std::string organization, const crypto::PrivateKey& subject_key) {
  CertificateFacts result;
  result.organization = std::move(organization);
  result.subject_spki_der = subject_key.public_key()->spki_der();
  // Sixteen octets that depend on the key: unlike for unlike subjects.
  result.serial_octets = subject_key.public_key()->uncompressed_point().substr(1, 16);
  result.not_before = kNow - kDay;
  result.not_after = kNow + 90 * kDay;
  return result;
}

Testbed::Testbed() {
  auto root_facts = facts("Test CA One", *root_key);
  root_facts.not_before = kNow - 365 * kDay;
  root_facts.not_after = kNow + 3650 * kDay;
  root = must_issue(make_root(root_facts), *root_key);

  auto pa_facts = facts("STI-PA", *pa_root_key);
  pa_facts.not_before = kNow - 365 * kDay;
  pa_root = must_issue(make_policy_administrator_root(pa_facts), *pa_root_key);
  pa_signer = must_issue(
      make_policy_administrator_signer(facts("STI-PA", *pa_signer_key), *pa_root), *pa_root_key);

  auto intermediate_facts = facts("Test CA One", *intermediate_key);
  intermediate_facts.not_before = kNow - 30 * kDay;
  intermediate_facts.not_after = kNow + 1000 * kDay;
  intermediate = must_issue(make_intermediate(intermediate_facts, *root, crl_pointer()), *root_key);
  leaf = sign_certificate(leaf_spec(), *intermediate_key);
  anchors = {root};

  call.orig = telephone_number("12015550101");
  call.orig_source = SipCall::OrigSource::kPAssertedIdentity;
  call.from = call.orig;
  call.dest = {telephone_number("14155550100")};
  call.request_target = call.dest.front();
  call.date = kNow;

  passport.x5u = kX5u;
  passport.attest = "A";
  passport.dest_tn = {"14155550100"};
  passport.iat = sim::unix_seconds(kNow);
  passport.orig = call.orig;
  passport.origid = "123e4567-e89b-12d3-a456-426655440000";
}

CrlPointer Testbed::crl_pointer() const { return {std::string(kCrlUrl), pa_signer->subject_der()}; }

crypto::CertificateSpec Testbed::leaf_spec() const {
  auto spec =
      make_end_entity(facts("Acme Telecom", *leaf_key), "709J", *intermediate, crl_pointer());
  SHAKEDOWN_ASSERT(spec.has_value());
  return *std::move(spec);
}

void Testbed::drop(crypto::CertificateSpec& spec, std::string_view oid) {
  auto& all = spec.extensions;
  all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& e) { return e.oid == oid; }),
            all.end());
}

void Testbed::put(crypto::CertificateSpec& spec, crypto::Extension extension) {
  drop(spec, extension.oid);
  spec.extensions.push_back(std::move(extension));
}

crypto::CrlSpec Testbed::crl_spec() const {
  crypto::CrlSpec spec;
  spec.issuer = pa_signer->subject_der();
  spec.this_update = kNow - std::chrono::hours{1};
  spec.next_update = kNow + std::chrono::hours{23};
  spec.number = 7;
  spec.authority_key_identifier = (*pa_signer)->subject_key_identifier;
  spec.distribution_point_url = std::string(kCrlUrl);
  spec.indirect = true;
  return spec;
}

crypto::CrlPtr Testbed::crl(const crypto::CrlSpec& spec) const {
  const auto der = crypto::build_crl(spec, *pa_signer_key);
  SHAKEDOWN_ASSERT(der.has_value());
  auto list = crypto::Crl::read(*der);
  SHAKEDOWN_ASSERT(list.has_value());
  return *list;
}

std::string Testbed::token(const Passport& content) const {
  const auto input = signing_input(content);
  return encode(input, leaf_key->sign(input).value());
}

std::string Testbed::identity(const Passport& content) const {
  return write_identity_header(token(content), content.x5u, content.ppt);
}

Scene scene_of(const Testbed& bed) {
  Scene scene;
  scene.identity = bed.identity(bed.passport);
  scene.call = bed.call;
  scene.chain = {bed.leaf, bed.intermediate};
  scene.anchors = bed.anchors;
  scene.revocation = {RevocationState::kGood, "", 0, {}};
  return scene;
}

const StepOutcome* Ran::step(Step step) const {
  for (const auto& outcome : verdict.steps) {
    if (outcome.step == step) return &outcome;
  }
  return nullptr;
}

bool Ran::reported(Step step) const {
  const auto* outcome = this->step(step);
  return outcome != nullptr && outcome->result == StepOutcome::Result::kReported;
}

namespace {

CertificateAnswer answer_of(const Scene& scene) {
  if (scene.answer) return *scene.answer;
  auto chain = std::make_shared<CertificateChain>();
  chain->certificates = scene.chain;
  CertificateAnswer answer;
  answer.outcome = FetchOutcome::kFetched;
  answer.status = 200;
  answer.chain = std::move(chain);
  return answer;
}

// What the scene says, and a note of what was asked for.
struct SceneSources {
  const Scene& scene;
  std::vector<Need>& needs;

  sim::Time now() const { return scene.now; }

  CertificateAnswer certificate(const VerificationRun&) {
    needs.push_back(Need::kCertificate);
    return answer_of(scene);
  }

  ChainVerdictPtr chain_verdict(const VerificationRun& run) {
    needs.push_back(Need::kChainVerdict);
    return std::make_shared<ChainVerdict>(
        validate_chain(*run.chain(), scene.anchors, scene.now, scene.chain_policy));
  }

  RevocationAnswer revocation(const VerificationRun&) {
    needs.push_back(Need::kRevocation);
    return scene.revocation;
  }

  bool signature(const VerificationRun& run) {
    needs.push_back(Need::kSignature);
    return signature_verifies(run);
  }

  bool replay(const VerificationRun&) {
    needs.push_back(Need::kReplay);
    return scene.seen_before;
  }
};

}  // namespace

Ran verify(const Scene& scene, const VerificationPolicy& policy) {
  VerificationInputs inputs;
  inputs.identity = scene.has_identity ? &scene.identity : nullptr;
  inputs.call = &scene.call;
  inputs.passports = scene.passports;
  inputs.number_authority = &scene.numbers;
  inputs.received_at = scene.now;
  VerificationRun run(policy, inputs);
  Ran ran;
  SceneSources sources{scene, ran.needs};
  ran.verdict = run_to_verdict(run, sources);
  ran.reason = reason_for(run, ran.verdict);
  return ran;
}

Ran verify(const Scene& scene, std::string_view profile) {
  return verify(scene, policy_for(*profile_by_name(profile)));
}

}  // namespace shakedown::stir::test

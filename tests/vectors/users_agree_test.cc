// Whoever drives a verification comes to the same verdict: here a provider's service, which fetches
// in a world of its own, and the scenes of tests/stir. For the check of the catalogue see
// catalogue_test.cc, for `shakedown verify` tests/inspect/inspect_and_verify.py.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "actors/verifying/verification_service.h"
#include "actors/workload/work.h"
#include "crypto/x509/certificate_bundle.h"
#include "sim/virtual_time/virtual_world.h"
#include "tests/stir/testbed.h"
#include "tests/vectors/default_catalogue.h"
#include "vectors/comparison.h"
#include "vectors/drafting/case_world.h"

namespace shakedown::vectors {
namespace {

std::vector<crypto::CertificatePtr> certificates_in(const std::string& pem) {
  return crypto::read_pem_certificates(pem).value().certificates;
}

// A case that needs no more than a call, a repository and the shared files.
bool is_plain(const Case& one) {
  const OwnFiles& own = one.own_files;
  return one.configuration.is_default() && one.cached.empty() && own.crl.empty() &&
         own.trust_list.empty() &&
         std::all_of(one.http.begin(), one.http.end(), [](auto& x) { return x.failure.empty(); });
}

// For each step at which some profile refuses a plain case, the first two such cases; the first two
// that pass everywhere; and all with several Identity header fields.
std::vector<const Case*> chosen_cases() {
  std::vector<const Case*> chosen;
  std::map<std::string, int> times;
  for (const Case& one : catalogue().cases) {
    if (!is_plain(one)) continue;
    std::set<std::string> steps;
    for (const Expectation& expected : one.expected.all()) steps.insert(expected.step);
    const bool is_new = std::any_of(steps.begin(), steps.end(), [&](const std::string& step) {
      return times[step] < 2 && (!step.empty() || steps.size() == 1);
    });
    if (!is_new && group_of(one) != "several") continue;
    for (const std::string& step : steps) ++times[step];
    chosen.push_back(&one);
  }
  return chosen;
}

std::string text_of(const stir::Verdict& verdict) {
  return to_text(Expectation{verdict.passed, std::string(verdict.failed_step_id()), verdict.code,
                             verdict.verstat});
}

// The call of `one` at the service of a provider that trusts the catalogue's STI-PA.
stir::Verdict judged_by_a_service(const Case& one, const stir::PolicyProfile& profile) {
  sim::WorldOptions options;
  options.epoch = one.verified_at - std::chrono::minutes{1};
  options.costs = actors::typical_costs();
  options.randomness = {crypto::enter_random_stream, crypto::leave_random_stream};
  sim::VirtualWorld world(std::move(options));
  const SharedFiles& shared = catalogue().shared;
  auto answers = one.http;
  for (const auto& [url, body] : {std::pair{kCaListUrl, &shared.trust_list},
                                  {kCrlUrl, &shared.crl},
                                  {kSignerUrl, &shared.signer_chain}}) {
    answers.push_back(
        {.url = std::string(url), .status = 200, .headers = {}, .body = *body, .failure = {}});
  }
  sim::Env& server = world.add_actor({.name = "server"});
  std::set<std::string> hosts;
  for (const HttpExchange& answer : answers) {
    if (const auto url = sim::parse_url(answer.url)) hosts.insert(url->host);
  }
  for (const std::string& host : hosts) {
    world.listen(server, sim::Protocol::kHttp, host, [&](const sim::Request& request) {
      sim::Response response;
      response.status = 404;
      for (const HttpExchange& answer : answers) {
        if (answer.url != request.target) continue;
        response.status = answer.status;
        response.headers = answer.headers;
        response.body = answer.body;
      }
      return response;
    });
  }
  sim::Env& env = world.add_actor({.name = "verifier"});
  stir::Verdict verdict;
  world.start(
      env, "verify",
      [&] {
        actors::PolicyAdministratorClient client(env, {});
        actors::TrustSource source(
            env, client,
            {.root = certificates_in(shared.policy_administrator_root).front(),
             .anchor_url = {},
             .list_url = std::string(kCaListUrl),
             .crl_url = std::string(kCrlUrl)});
        actors::Trust trust(env, source, {});
        trust.start();
        EXPECT_TRUE(trust.wait_until_ready(one.verified_at));
        env.sleep_until(one.verified_at);
        actors::CertificateCacheOptions cache_options;
        cache_options.follow_redirects = profile.forgives(stir::Laxity::kRedirects);
        actors::CertificateCache cache(env, cache_options);
        actors::VerificationServiceOptions service_options;
        service_options.policy = stir::policy_for(profile);
        actors::VerificationService service(env, trust, cache, nullptr, service_options);
        verdict = service.verify(stir::read_sip_call(one.invite).value(), "").verdict;
      },
      sim::Daemon::kNo);
  world.run(one.verified_at + kHour);
  return verdict;
}

// The call of `one` as a scene, in which everything is known beforehand.
stir::Verdict judged_as_a_scene(const Case& one, const stir::PolicyProfile& profile) {
  stir::test::Scene scene;
  scene.call = stir::read_sip_call(one.invite).value();
  scene.has_identity = !scene.call.identity.empty();
  if (scene.has_identity) scene.identity = scene.call.identity.front();
  scene.answer.emplace();
  if (!one.http.empty()) {
    const HttpExchange& first = one.http.front();
    sim::Answer answer;
    answer.kind = sim::Answer::Kind::kResponse;
    answer.response = {
        .status = first.status, .reason = {}, .headers = first.headers, .body = first.body};
    scene.answer = stir::read_certificate_answer(answer);
  }
  scene.anchors = certificates_in(catalogue().shared.trusted_roots);
  scene.revocation = {stir::RevocationState::kGood, "", 0, {}};
  scene.now = one.verified_at;
  return stir::test::verify(scene, profile.name).verdict;
}

TEST(UsersOfTheTable, AgreeOnCasesOfEachStep) {
  std::set<std::string> steps;
  for (const Case* one : chosen_cases()) {
    for (std::size_t i = 0; i < kProfiles; ++i) {
      const stir::PolicyProfile& profile = *stir::all_profiles()[i];
      const Expectation& expected = one->expected.all().at(i);
      steps.insert(expected.step);
      const std::string where = one->id + " under " + std::string(profile.name);
      EXPECT_EQ(text_of(judged_by_a_service(*one, profile)), to_text(expected)) << where;
      // A scene has one Identity header field, one answer, and no revoked certificate.
      const bool fits = one->http.size() <= 1 && expected.step != "not_revoked" &&
                        stir::read_sip_call(one->invite).value().identity.size() <= 1;
      if (!fits) continue;
      EXPECT_EQ(text_of(judged_as_a_scene(*one, profile)), to_text(expected)) << where;
    }
  }
  steps.erase("");
  EXPECT_GE(steps.size(), stir::kSteps - 2);  // not_replayed is nobody's default.
}

}  // namespace
}  // namespace shakedown::vectors

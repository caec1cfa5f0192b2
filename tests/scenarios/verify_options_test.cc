// What verify.require_identity and verify.check_replay change for calls, and that who records
// nothing changes nothing.
#include <map>

#include "actors/events.h"
#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"
#include "results/record/run_digest.h"
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

// `verify` stands for beta-voice's policy, `calls` for what else happens after twenty calls.
std::string with_adversary(const std::string& verify, const std::string& calls) {
  std::string text = two_providers("memory");
  const std::string spc = "spc: \"818H\", ";
  text.insert(text.find(spc) + spc.size(), "verify: " + verify + ", ");
  return text + "timeline:\n  - " + calls + "\n";
}

constexpr const char* kUnsigned =
    "{at: 25s, do: call, from: mallory, as: acme-tel, to: beta-voice, count: 3, for: 3s, "
    "with: no_identity}";
constexpr const char* kReplayed =
    "{at: 25s, do: call, from: mallory, as: acme-tel, to: beta-voice, count: 3, for: 3s, "
    "with: replay}";

struct Judged {
  std::map<std::string, actors::CallOutcome> outcomes;  // By call id.
  std::map<std::string, actors::VerificationEvent> verifications;
};

Judged judge(const std::string& text) {
  Judged judged;
  Story story(text);
  story.on_event = [&judged](const sim::Recorded& recorded) {
    const auto& event = static_cast<const actors::RecordedEvent&>(*recorded.event);
    if (event.type == actors::EventType::kCall) {
      const auto& call = static_cast<const actors::CallEvent&>(event);
      judged.outcomes[call.id] = call.outcome;
    } else if (event.type == actors::EventType::kVerification) {
      const auto& verification = static_cast<const actors::VerificationEvent&>(event);
      judged.verifications.emplace(verification.call_id, verification);
    }
  };
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  return judged;
}

// The calls of acme-tel are honest; each of them must pass whatever the policy is.
void expect_honest_calls_to_pass(const Judged& judged) {
  for (int i = 0; i < 5; ++i) {
    const auto found = judged.outcomes.find("acme-tel.0." + std::to_string(i));
    ASSERT_NE(found, judged.outcomes.end());
    EXPECT_EQ(found->second, actors::CallOutcome::kPassed) << found->first;
  }
}

std::vector<actors::VerificationEvent> verifications_of_mallory(const Judged& judged,
                                                                actors::CallOutcome expected) {
  std::vector<actors::VerificationEvent> all;
  for (const auto& [id, outcome] : judged.outcomes) {
    if (!id.starts_with("mallory")) continue;
    EXPECT_EQ(outcome, expected) << id;
    const auto verification = judged.verifications.find(id);
    if (verification != judged.verifications.end()) all.push_back(verification->second);
  }
  EXPECT_EQ(all.size(), 3U);
  return all;
}

TEST(RequireIdentity, FailsUnsignedCallsWith428) {
  const Judged judged = judge(with_adversary("{require_identity: true}", kUnsigned));
  expect_honest_calls_to_pass(judged);
  for (const auto& one : verifications_of_mallory(judged, actors::CallOutcome::kFailed)) {
    EXPECT_EQ(one.code, 428);
    EXPECT_EQ(one.reason, "Use Identity Header");
    EXPECT_EQ(one.failed_step, "identity_present");
  }
}

TEST(RequireIdentity, IsNotSetSoThatUnsignedCallsHaveNoVerdict) {
  const Judged judged = judge(with_adversary("{require_identity: false}", kUnsigned));
  expect_honest_calls_to_pass(judged);
  for (const auto& one : verifications_of_mallory(judged, actors::CallOutcome::kUnverified)) {
    EXPECT_EQ(one.verstat, "No-TN-Validation");
    EXPECT_EQ(one.code, 0);
  }
}

TEST(CheckReplay, RefusesTheSecondUseOfAPassport) {
  const Judged judged = judge(with_adversary("{check_replay: true}", kReplayed));
  expect_honest_calls_to_pass(judged);
  for (const auto& one : verifications_of_mallory(judged, actors::CallOutcome::kFailed)) {
    EXPECT_EQ(one.failed_step, "not_replayed");
    EXPECT_EQ(one.detail, "seen before");
    EXPECT_EQ(one.verstat, "TN-Validation-Failed");
  }
}

// Freshness alone lets a captured header pass for a minute: what the check is for.
TEST(CheckReplay, IsNotSetSoThatAReplayWithinFreshnessPasses) {
  const Judged judged = judge(with_adversary("{check_replay: false}", kReplayed));
  expect_honest_calls_to_pass(judged);
  for (const auto& one : verifications_of_mallory(judged, actors::CallOutcome::kPassed)) {
    EXPECT_EQ(one.failed_step, "");
  }
}

// An actor that is busy all the time, draws chance, computes and asks others, and records nothing.
// Counts what it does in `looks`.
void add_a_quiet_actor(Story& story, int& looks) {
  sim::Env& env = story.world().add_actor({.name = "onlooker", .region = "us-east", .servers = 1});
  story.world().start(
      env, "look on",
      [&env, &looks, url = story.ecosystem().policy_administrator().trust_anchor_url()] {
        sim::Random random = env.random("pauses");
        while (true) {
          env.sleep_for(std::chrono::milliseconds{100 + random.below(900)});
          (void)crypto::PrivateKey::generate();
          ++looks;
          (void)env.exchange({.protocol = sim::Protocol::kHttp,
                              .method = "GET",
                              .target = url,
                              .headers = {},
                              .body = {}},
                             std::chrono::seconds{1});
        }
      },
      sim::Daemon::kYes);
}

results::Digests::Values digests_of(std::uint64_t seed, bool with_onlooker) {
  std::string text = with_adversary("{require_identity: true}", kUnsigned);
  text += "seed: " + std::to_string(seed) + "\n";
  Story story(text);
  results::Digests digests;
  story.on_event = [&digests](const sim::Recorded& recorded) { digests.add(recorded); };
  int looks = 0;
  if (with_onlooker) add_a_quiet_actor(story, looks);
  EXPECT_EQ(story.play().end, sim::RunSummary::End::kDone);
  EXPECT_EQ(looks > 20, with_onlooker);
  return digests.finish();
}

TEST(Digests, AnActorThatRecordsNothingChangesNeither) {
  const auto without = digests_of(1, false);
  const auto with = digests_of(1, true);
  EXPECT_EQ(with.outcome, without.outcome);
  EXPECT_EQ(with.artefact, without.artefact);
}

TEST(Digests, TheSameSeedGivesTheSameAnotherSeedOthers) {
  const auto one = digests_of(1, false);
  const auto again = digests_of(1, false);
  const auto two = digests_of(2, false);
  EXPECT_EQ(one.outcome, again.outcome);
  EXPECT_EQ(one.artefact, again.artefact);
  EXPECT_NE(one.outcome, two.outcome);
  EXPECT_NE(one.artefact, two.artefact);
}

}  // namespace
}  // namespace shakedown::scenarios

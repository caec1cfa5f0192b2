// What good scenarios become: every default filled in, every word in its place.
#include <gmock/gmock.h>

#include "scenarios/language/json_schema.h"
#include "scenarios/model/presets.h"
#include "tests/scenarios/language_samples.h"

namespace shakedown::scenarios {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(Language, TheScenarioOfTheDesignIsRead) {
  const Scenario scenario = parsed(kKeyCompromise);
  EXPECT_EQ(scenario.name, "key-compromise");
  EXPECT_EQ(scenario.seed, 7U);
  EXPECT_EQ(scenario.file, "good.yaml");
  EXPECT_EQ(sim::format_time(scenario.epoch), "2026-01-05T09:00:00Z");
  EXPECT_EQ(scenario.duration, 6h + 1min);
  EXPECT_THAT(scenario.adversaries, ElementsAre("mallory"));

  ASSERT_EQ(scenario.ecosystem.providers.size(), 2U);
  const Provider& acme = scenario.ecosystem.providers[0];
  EXPECT_EQ(acme.spc, "709J");
  EXPECT_THAT(acme.numbers, ElementsAre(NumberRange{"12015550000", 10'000}));
  EXPECT_EQ(acme.keys, actors::KeyCustody::kEnvelope);
  EXPECT_EQ(acme.certificate.renew_before, 6h);
  EXPECT_EQ(acme.repository.cdn, "coast-to-coast");
  EXPECT_EQ(acme.repository.region, "us-east");
  EXPECT_EQ(acme.mark, (Mark{9, 7}));

  const Provider& beta = scenario.ecosystem.providers[1];
  EXPECT_EQ(beta.certificate.lifetime, 24h * 90);
  EXPECT_EQ(beta.certificate.renew_before, 24h * 30) << "a third of the lifetime";
  ASSERT_TRUE(beta.verify.crl.has_value());
  EXPECT_EQ(beta.verify.crl->refresh, 1h);
}

TEST(Language, TheStoryOfTheDesignIsRead) {
  const Scenario scenario = parsed(kKeyCompromise);
  ASSERT_EQ(scenario.traffic.size(), 1U);
  EXPECT_EQ(scenario.traffic[0].id, "t1");
  EXPECT_EQ(scenario.traffic[0].calls.count, 7'200U) << "one each 3 s for 6 h";
  EXPECT_EQ(scenario.traffic[0].calls.duration, 6h);

  ASSERT_EQ(scenario.timeline.size(), 4U);
  const auto& call = std::get<PlaceCalls>(scenario.timeline[1].action);
  EXPECT_EQ(call.with, Means::kStolenKey) << "because of `as`";
  EXPECT_EQ(call.calls.start, 1h);
  EXPECT_EQ(call.calls.count, 1'800U);
  EXPECT_EQ(scenario.timeline[3].mark, (Mark{17, 5}));
  EXPECT_EQ(std::get<Revoke>(scenario.timeline[3].action).reason, "keyCompromise");

  ASSERT_EQ(scenario.expectations.size(), 4U);
  const auto& share = std::get<CallsExpectation>(scenario.expectations[0].what);
  EXPECT_EQ(share.limits[0], (CallsExpectation::CountLimit{
                                 Counted::kPassed, {Comparison::kAtLeast, Unit::kShare, 999'000}}));
  EXPECT_EQ(scenario.expectations[0].mark, (Mark{19, 5}));
  EXPECT_EQ(scenario.expectations[3].id, "e4");
  EXPECT_EQ(scenario.expectations[3].text, "{metric: post_dial_delay, p99: 250ms}");
  const auto& delay = std::get<MetricExpectation>(scenario.expectations[3].what);
  EXPECT_EQ(delay.what.metric, &results::metric("post_dial_delay"));
  EXPECT_EQ(delay.limits[0].statistic->id, "p99");
  EXPECT_EQ(delay.limits[0].limit, (Limit{Comparison::kAtMost, Unit::kDuration, 250'000'000}));
}

TEST(Language, FailedAtCountsTheCallsThatFailedThere) {
  const Scenario scenario = parsed(kSlowRepository);
  const auto& failed = std::get<CallsExpectation>(scenario.expectations[1].what);
  EXPECT_EQ(failed.failed_at, "certificate_fetched");
  EXPECT_EQ(failed.limits[0], (CallsExpectation::CountLimit{
                                  Counted::kFailed, {Comparison::kAtMost, Unit::kCount, 12}}));
  const auto& outage = std::get<InjectFault>(scenario.timeline[0].action);
  EXPECT_EQ(outage.fault.actor, "acme-tel/origin");
  EXPECT_EQ(outage.duration, 5min);
}

TEST(Language, PlainScalarsStayTextWhereTextIsWanted) {
  const Scenario scenario = parsed(kSlowRepository);
  EXPECT_EQ(scenario.ecosystem.providers[0].spc, "709J");
  EXPECT_EQ(scenario.ecosystem.providers[0].numbers[0].first, "12015550000");
  for (const std::string spc : {"0123", "709E10", "NO", "NULL", "TRUE", "1E5", "0X10", "007"}) {
    std::string text(kSlowRepository);
    text.replace(text.find("709E"), 4, spc);
    EXPECT_EQ(parsed(text).ecosystem.providers[1].spc, spc);
  }
}

TEST(Language, EveryKeyIsRead) {
  const Scenario scenario = parsed(kEverything);
  EXPECT_EQ(scenario.description, "Long text over lines.\n");
  EXPECT_EQ(sim::format_time(scenario.epoch), "2026-03-01T05:00:00Z");
  EXPECT_EQ(scenario.duration, 12h);
  EXPECT_EQ(scenario.network.link.bytes_per_second, 12'500'000U);
  EXPECT_EQ(scenario.network.link.loss_per_million, 1'000U);
  EXPECT_EQ(scenario.network.access.at("acme-tel/edge-us-west").latency.quantiles.size(), 4U);
  const sim::Network network = make_network(scenario.network);
  EXPECT_EQ(network.rtt("asia", "us-west"), 110ms);
  EXPECT_EQ(network.rtt("us-east", "us-west"), 62ms) << "the file's, not the preset's";
  EXPECT_EQ(network.rtt("us-east", "us-central"), 36ms);
  EXPECT_EQ(network.rtt("asia", "asia"), 3ms);

  const Ecosystem& world = scenario.ecosystem;
  EXPECT_TRUE(world.policy_administrator.crl_published_at_once);
  EXPECT_EQ(world.policy_administrator.token_valid_for, 2h);
  EXPECT_EQ(world.cas[0].processing, sim::Latency::constant(1s));
  EXPECT_FALSE(world.cas[1].listed);
  const Provider& acme = world.providers[0];
  EXPECT_THAT(acme.numbers,
              ElementsAre(NumberRange{"12015550000", 10'000}, NumberRange{"12125550100", 1},
                          NumberRange{"13035550100", 100}));
  EXPECT_EQ(acme.certificate.every, 10min);
  EXPECT_EQ(acme.certificate.publish, Publish::kInPlace);
  EXPECT_EQ(acme.certificate.use, CertificateUse::kPop);
  EXPECT_EQ(acme.delegates, acme.numbers);
  EXPECT_EQ(edge_regions(acme.repository, scenario.network).size(), 7U);
  const VerifyPolicy& verify = world.providers[1].verify;
  EXPECT_EQ(world.providers[1].spc, "0123");
  EXPECT_EQ(verify.cache.minimum, 24h);
  EXPECT_TRUE(verify.crl->hard_fail);
  EXPECT_FALSE(verify.ca_list_refresh.has_value());
  EXPECT_FALSE(verify.drop_cached_verdicts);
  EXPECT_TRUE(verify.reject_on_failure);
  EXPECT_TRUE(verify.check_replay);
  EXPECT_EQ(world.providers[1].external->sip, "127.0.0.1:5060");
  using results::metric;
  EXPECT_THAT(
      scenario.measure,
      ElementsAre(
          results::Measurement{&metric("exposure_window"),
                               {.of = "mallory", .victim = "gateway", .terminating = "beta-voice"}},
          results::Measurement{
              &metric("fetch_latency"),
              {.of = "beta-voice", .repository_of = "acme-tel", .after = 1h, .before = 2h}},
          results::Measurement{&metric("calls_lost"), {.terminating = "beta-voice"}}));
}

TEST(Language, ATransitProviderThatResignsIsASigner) {
  const Ecosystem world = parsed(kEverything).ecosystem;
  EXPECT_FALSE(world.transit[0].signer.has_value());
  ASSERT_TRUE(world.transit[1].signer.has_value());
  EXPECT_EQ(world.transit[1].signer->name, "gateway");
  EXPECT_EQ(world.transit[1].signer->attest, 'B');
  EXPECT_EQ(world.transit[1].signer->certificate.renew_before, 24h * 7 / 3);
  EXPECT_EQ(world.transit[1].signer->repository.region, "us-east");
}

TEST(Language, AnEnterpriseHasADelegateCertificate) {
  const Enterprise bank = parsed(kEverything).ecosystem.enterprises[0];
  EXPECT_EQ(bank.mode, DelegationMode::kAtis92);
  EXPECT_FALSE(bank.enforce_scope);
  EXPECT_EQ(bank.certificate.lifetime, 24h * 7);
  EXPECT_THAT(bank.certificate.numbers, ElementsAre(NumberRange{"12015550000", 10'000}));
  std::string text(kBase);
  text.replace(text.find("ca: ca-one}"), 10, "ca: ca-one, delegates: [\"+1303555\"]");
  text.replace(text.find("traffic:"), 0,
               "  enterprises: [{name: shop, delegated_by: acme-tel, through: beta-voice, "
               "numbers: [\"+13035550100\"]}]\n");
  const Scenario scenario = parsed(text);
  ASSERT_EQ(scenario.ecosystem.enterprises.size(), 1U);
  const Enterprise& shop = scenario.ecosystem.enterprises[0];
  EXPECT_EQ(shop.certificate.numbers, shop.numbers) << "its own numbers unless said";
  EXPECT_EQ(shop.certificate.lifetime, 24h * 30);
  EXPECT_THAT(*scenario.ecosystem.providers[0].delegates,
              ElementsAre(NumberRange{"13035550000", 10'000}));
}

TEST(Language, TheTimelineIsSortedAndKeepsTheFilesOrderAtOneMoment) {
  const Scenario scenario = parsed(kEverything);
  EXPECT_TRUE(std::holds_alternative<StealKey>(scenario.timeline[0].action));
  EXPECT_EQ(std::get<PlaceCalls>(scenario.timeline[1].action).with, Means::kOwnCa);
  EXPECT_EQ(std::get<PlaceCalls>(scenario.timeline[2].action).with, Means::kNoIdentity);
  EXPECT_EQ(std::get<PlaceCalls>(scenario.timeline[3].action).with, Means::kOwn);
  EXPECT_EQ(std::get<PlaceCalls>(scenario.timeline[5].action).with, Means::kReplay);
  EXPECT_THAT(scenario.adversaries, ElementsAre("eve", "mallory"));
}

TEST(Language, TwoOfRateForAndCountGiveTheThird) {
  const Scenario scenario = parsed(kEverything);
  EXPECT_EQ(scenario.traffic[0].calls.count, 7'200U);
  EXPECT_EQ(scenario.traffic[1].calls.duration, 10min);
  EXPECT_EQ(scenario.traffic[2].calls.duration, 10min) << "100 calls at 600 an hour";
  EXPECT_EQ(scenario.traffic[3].calls.duration, 10s) << "a count alone: one a second";
}

TEST(Language, FaultsHaveTheirNumbers) {
  const Scenario scenario = parsed(kEverything);
  std::map<sim::Fault::Kind, sim::Fault> faults;
  for (const TimelineEntry& entry : scenario.timeline) {
    const auto* injected = std::get_if<InjectFault>(&entry.action);
    if (injected != nullptr) faults[injected->fault.kind] = injected->fault;
  }
  using Kind = sim::Fault::Kind;
  EXPECT_EQ(faults.size(), 12U);
  EXPECT_EQ(faults[Kind::kOutage].probability_per_million, 100'000U);
  EXPECT_EQ(faults[Kind::kLatency].jitter, 50ms);
  EXPECT_EQ(faults[Kind::kBandwidth].bytes_per_second, 10'000U);
  EXPECT_EQ(faults[Kind::kSlicer].bytes, 64U);
  EXPECT_EQ(faults[Kind::kLimitData].bytes, 1'024U);
  EXPECT_EQ(faults[Kind::kErrorStatus].status, 502);
  EXPECT_EQ(faults[Kind::kClockSkew].parts_per_million, -200);
  EXPECT_EQ(faults[Kind::kClockStep].latency, -5min);
}

TEST(Language, AnchorsAndAliasesAreTheSameValueAgain) {
  std::string text(kBase);
  text.replace(text.find("[\"+1201555\"]"), 12, "&numbers [\"+1201555\"]");
  text.replace(text.find("[\"+1415555\"]"), 12, "*numbers");
  const Scenario scenario = parsed(text);
  ASSERT_EQ(scenario.ecosystem.providers.size(), 2U);
  EXPECT_EQ(scenario.ecosystem.providers[0].numbers, scenario.ecosystem.providers[1].numbers);
}

TEST(Language, RealNumbersPassOnlyWhenAllowed) {
  std::string text(kBase);
  text.replace(text.find("+1201555"), 8, "+33123456789");
  EXPECT_FALSE(parse_scenario(text, "f", {}).scenario.has_value());
  ParseOptions options;
  options.allow_numbers = true;
  EXPECT_THAT(parsed(text, options).ecosystem.providers[0].numbers,
              ElementsAre(NumberRange{"33123456789", 1}));
}

TEST(Language, ALocalNetworkHasOneRegion) {
  const Scenario scenario = parsed(std::string(kBase) + "network: {preset: local}\n");
  EXPECT_EQ(scenario.ecosystem.providers[0].region, "local");
  EXPECT_EQ(scenario.ecosystem.policy_administrator.region, "local");
}

TEST(Language, TheFirstScenarioOfInitIsGood) {
  const std::string text = init_text();
  EXPECT_TRUE(text.starts_with("# yaml-language-server: $schema="));
  const Scenario scenario = parsed(text);
  EXPECT_EQ(scenario.timeline.size(), 2U);
  EXPECT_EQ(scenario.expectations.size(), 2U);
  EXPECT_NE(text.find("# What it answers."), std::string::npos) << text;
}

TEST(Language, CarriageReturnsAndAByteOrderMarkAreNoDifference) {
  std::string text = "\xEF\xBB\xBF";
  for (const char c : kBase) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(parsed(text).question, "Is it good?");
}

}  // namespace
}  // namespace shakedown::scenarios

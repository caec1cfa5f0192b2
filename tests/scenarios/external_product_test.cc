// Where an external product cannot take part, a run does not begin.
#include "tests/scenarios/story_fixture.h"

namespace shakedown::scenarios {
namespace {

std::string why_not(const std::string& external) {
  std::string text = two_providers("memory");
  const std::string place = "spc: \"818H\", ";
  text.insert(text.find(place) + place.size(), "external: " + external + ", ");
  const Scenario scenario = parsed(text);
  sim::WorldOptions options;
  options.network = make_network(scenario.network);
  sim::VirtualWorld world(std::move(options), {});
  const auto built = BuiltEcosystem::build(world, scenario);
  if (built) {
    ADD_FAILURE() << "built with " << external;
    return "";
  }
  EXPECT_EQ(built.error().code, ErrorCode::kUnsupported);
  return built.error().detail;
}

TEST(ExternalProduct, TakesPartOnTheWallClockOnly) {
  EXPECT_NE(why_not("{verification: \"http://127.0.0.1:8080/v\"}").find("--clock wall"),
            std::string::npos);
}

TEST(ExternalProduct, IsNotYetReachedBySipOrCommand) {
  for (const char* external : {"{sip: \"127.0.0.1:5060\"}", "{command: [./verifier]}"}) {
    EXPECT_NE(why_not(external).find("sip or command"), std::string::npos) << external;
  }
}

}  // namespace
}  // namespace shakedown::scenarios

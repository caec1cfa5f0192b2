// Wall time keeps the promises of every runtime.
#include "tests/sim/env_contract.h"
#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim {
namespace {

std::unique_ptr<World> on_the_wall(WorldOptions options) {
  WallOptions wall = quick_options();
  static_cast<WorldOptions&>(wall) = std::move(options);
  return make_world(std::move(wall));
}

INSTANTIATE_TEST_SUITE_P(WallTime, EnvContract, testing::Values(Runtime{"wall", on_the_wall}));

}  // namespace
}  // namespace shakedown::sim

// Virtual time keeps the promises of every runtime.
#include "tests/sim/env_contract.h"
#include "tests/sim/virtual_fixture.h"

namespace shakedown::sim {
namespace {

std::unique_ptr<World> in_virtual_time(WorldOptions options) {
  options.epoch = kEpoch;
  return std::make_unique<VirtualWorld>(std::move(options));
}

std::unique_ptr<World> with_shuffled_ties(WorldOptions options) {
  options.epoch = kEpoch;
  return std::make_unique<VirtualWorld>(std::move(options), VirtualOptions{.shuffle_ties = 5});
}

INSTANTIATE_TEST_SUITE_P(VirtualTime,
                         EnvContract,
                         testing::Values(Runtime{"virtual", in_virtual_time}));
INSTANTIATE_TEST_SUITE_P(ShuffledTies,
                         EnvContract,
                         testing::Values(Runtime{"shuffled", with_shuffled_ties}));

}  // namespace
}  // namespace shakedown::sim

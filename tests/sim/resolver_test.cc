// Which addresses a client tries, and in which order.
#include "sim/resolver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace shakedown::sim {
namespace {

using testing::ElementsAre;
using Choice = Balancing::Choice;

const Time kDownSince = from_unix_seconds(1'767'603'600);
const std::string kEdgeNames[] = {"near", "middle", "far"};

// "near", "middle", "far", of which some are down; asked `later` after that.
std::vector<std::string> order(const Balancing& balancing,
                               const std::vector<std::string>& down,
                               Duration later,
                               std::uint64_t exchange = 0) {
  static const Listener listeners[] = {
      {0, 0, {}, &kEdgeNames[0]}, {1, 0, {}, &kEdgeNames[1]}, {2, 0, {}, &kEdgeNames[2]}};
  std::vector<Address> addresses;
  for (const Listener& listener : listeners) {
    const bool is_down = std::count(down.begin(), down.end(), *listener.actor_name) != 0;
    const auto weight = balancing.weights.find(*listener.actor_name);
    addresses.push_back({&listener, is_down ? std::optional(kDownSince) : std::nullopt,
                         weight == balancing.weights.end() ? 1 : weight->second});
  }
  balance(addresses, balancing, kDownSince + later, Lineage::root(7).child("exchange", exchange));
  std::vector<std::string> names;
  for (const Address& address : addresses) names.push_back(*address.listener->actor_name);
  return names;
}

TEST(Resolver, TheNearestComesFirstEvenWhenItIsDown) {
  EXPECT_THAT(order({Choice::kNearest, 10s, {}}, {"near"}, 1h),
              ElementsAre("near", "middle", "far"));
}

TEST(Resolver, TheHealthyLeaveOutWhatIsKnownToBeDownButNotBeforeItIsKnown) {
  const Balancing healthy{Choice::kHealthy, 10s, {}};
  EXPECT_THAT(order(healthy, {"near"}, 10s - Duration{1}), ElementsAre("near", "middle", "far"));
  EXPECT_THAT(order(healthy, {"near"}, 10s), ElementsAre("middle", "far"));
  EXPECT_THAT(order(healthy, {"middle", "near"}, 1min), ElementsAre("far"));
}

TEST(Resolver, WhenAllAreDownAllAreTried) {
  EXPECT_THAT(order({Choice::kHealthy, 10s, {}}, {"near", "middle", "far"}, 1h),
              ElementsAre("near", "middle", "far"));
}

TEST(Resolver, TheWeightedDrawTheFirstAndKeepTheRestNearestFirst) {
  const Balancing weighted{Choice::kWeighted, 10s, {{"middle", 3}, {"far", 0}}};
  std::map<std::vector<std::string>, int> orders;
  for (std::uint64_t i = 0; i < 4000; ++i) ++orders[order(weighted, {}, 0s, i)];
  ASSERT_EQ(orders.size(), 2U);
  EXPECT_NEAR((orders[{"near", "middle", "far"}]), 1000, 120);  // Four standard deviations.
  EXPECT_NEAR((orders[{"middle", "near", "far"}]), 3000, 120);
  EXPECT_EQ(order(weighted, {}, 0s, 5), order(weighted, {}, 0s, 5));
}

TEST(Resolver, TheWeightedDrawAmongThoseThatAreNotKnownToBeDown) {
  const Balancing weighted{Choice::kWeighted, 10s, {{"near", 1000}}};
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_THAT(order(weighted, {"near"}, 10s, i), testing::UnorderedElementsAre("middle", "far"));
  }
  EXPECT_THAT(order({Choice::kWeighted, 10s, {{"near", 0}, {"middle", 0}, {"far", 0}}}, {}, 0s),
              ElementsAre("near", "middle", "far"));
}

}  // namespace
}  // namespace shakedown::sim

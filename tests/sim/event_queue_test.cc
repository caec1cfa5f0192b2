#include "sim/virtual_time/event_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "sim/random.h"

namespace shakedown::sim {
namespace {

VirtualEvent event(std::int64_t due,
                   std::uint64_t sequence,
                   bool last = false,
                   std::uint64_t permutation = 0) {
  VirtualEvent result{Time{Duration{due}}, TieKey::make(last, permutation, sequence), nullptr, {}};
  result.generation = sequence;
  return result;
}

TEST(EventQueue, OrdersByTimeThenTurnThenSequence) {
  EventQueue queue;
  queue.push(event(2, 0));
  queue.push(event(1, 1, true));
  queue.push(event(1, 2));
  queue.push(event(1, 3));
  queue.push(event(1, 4, false, 1));
  std::vector<std::uint64_t> order;
  for (; !queue.empty(); queue.pop()) order.push_back(queue.top().generation);
  EXPECT_EQ(order, (std::vector<std::uint64_t>{2, 3, 4, 1, 0}));
}

// Against an ordered map, through all mixtures of heap and lanes.
TEST(EventQueue, AgreesWithAnOrderedMap) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Random random(Lineage::root(seed));
    EventQueue queue;
    std::map<std::pair<std::int64_t, std::uint64_t>, std::uint64_t> model;
    std::int64_t now = 0;
    std::uint64_t sequence = 0;
    for (int step = 0; step < 5000; ++step) {
      if (model.empty() || random.chance(11, 20)) {
        const bool last = random.chance(1, 2);
        // Timeouts of a few constants, sometimes of any length.
        const auto after = static_cast<std::int64_t>(
            random.chance(1, 5) ? random.below(50) : 10 * random.below(seed % 12 + 1));
        const VirtualEvent e = event(now + after, sequence++, last, random.below(3));
        queue.push(e);
        model.emplace(std::pair(now + after, e.tie), e.generation);
      } else {
        ASSERT_FALSE(queue.empty());
        const auto first = model.begin();
        ASSERT_EQ(queue.top().due, Time{Duration{first->first.first}});
        ASSERT_EQ(queue.top().generation, first->second);
        now = first->first.first;
        queue.pop();
        model.erase(first);
      }
      ASSERT_EQ(queue.empty(), model.empty());
    }
  }
}

}  // namespace
}  // namespace shakedown::sim

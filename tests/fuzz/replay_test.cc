// Every parser of outside octets bears every seed, whole and damaged. The long search is
// `./dev fuzz`.
#include <gtest/gtest.h>

#include <iostream>

#include "sim/random.h"
#include "tests/fuzz/targets.h"

namespace shakedown::fuzz {
namespace {

std::string damaged(std::string text, sim::Random& random) {
  const std::size_t at = random.below(text.size());
  switch (random.below(4)) {
    case 0:
      text[at] = static_cast<char>(random.below(256));
      break;
    case 1:
      text.resize(at);
      break;
    case 2:
      text.insert(at, text.substr(at, random.below(32)));
      break;
    default:
      text.erase(at, random.below(8) + 1);
  }
  return text;
}

TEST(ParsersOfOutsideOctets, BearEverySeedWholeAndDamaged) {
  constexpr int kDamages = 2000;
  const std::vector<std::string> all = seeds();
  ASSERT_GT(all.size(), 1000U);
  sim::Random random(sim::Lineage{1, 2});
  for (const Target& target : targets()) {
    std::cout << target.name << std::endl;  // A crash was in the last one.
    for (const std::string& seed : all) target.run(seed);
    for (int i = 0; i < kDamages; ++i) {
      const std::string& seed = all[random.below(all.size())];
      if (!seed.empty()) target.run(damaged(seed, random));
    }
  }
}

TEST(ParsersOfOutsideOctets, AreFoundByName) {
  for (const Target& target : targets()) EXPECT_EQ(target_by_name(target.name), &target);
  EXPECT_EQ(target_by_name("unknown"), nullptr);
}

}  // namespace
}  // namespace shakedown::fuzz

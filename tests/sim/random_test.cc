// Chance: golden values that must never change, and the shapes of the distributions.
#include "sim/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <vector>

#include "sim/fixed_point.h"
#include "sim/lineage_scope.h"

namespace shakedown::sim {
namespace {

constexpr double kQ32 = 4294967296.0;

// The first outputs of pcg64(42, 54), as PCG's own check program prints them.
TEST(Pcg64, GivesTheReferenceOutputs) {
  Random random(Uint128{42}, Uint128{54});
  for (const std::uint64_t expected :
       {0x86b1da1d72062b68ULL, 0x1304aa46c9853d39ULL, 0xa3670e9e0dd50358ULL, 0xf9090e529a7dae00ULL,
        0xc85b9fd837996f2cULL, 0x606121f8e3919196ULL}) {
    EXPECT_EQ(random.next(), expected);
  }
}

// Changing any of these changes every recorded digest of every seed.
TEST(Lineage, IsFrozen) {
  EXPECT_EQ(Lineage::root(7), (Lineage{0x94a0fe6eaea07b85ULL, 0x7ac563f37038629cULL}));
  EXPECT_EQ(Lineage::root(7).child("acme-tel", 0),
            (Lineage{0x75b9aae94c022dfdULL, 0x6837b072d785b02dULL}));
  EXPECT_EQ(Lineage::root(7).child("", 0), (Lineage{0x653d2b31f5dbfbb4ULL, 0x992bd67437067798ULL}));
  EXPECT_EQ(Lineage::root(7).child("a name of more than sixteen octets", 3),
            (Lineage{0xfd0a39a7f7a0dd02ULL, 0x8303729ddae18438ULL}));
}

TEST(Random, IsFrozen) {
  Random raw(Lineage::root(7));
  EXPECT_EQ(raw.next(), 0x3f64373e8503ffffULL);
  EXPECT_EQ(raw.next(), 0x1585407b55df456bULL);
  Random random(Lineage::root(1));
  EXPECT_EQ(random.normal_q32(), 1'342'579'233);
  EXPECT_EQ(random.normal_q32(), 2'696'657'836);
  EXPECT_EQ(random.normal_q32(), -3'140'836'567);
  EXPECT_EQ(random.normal_q32(), 3'406'220'526);
  EXPECT_EQ(random.exponential(1s), 2'172'270'255ns);
  EXPECT_EQ(random.exponential(1s), 1'297'985'519ns);
  EXPECT_EQ(random.exponential(1s), 233'737'751ns);
  EXPECT_EQ(random.exponential(1s), 1'300'851'450ns);
  EXPECT_EQ(random.below(1000), 174U);
}

TEST(Lineage, DiffersByNameLengthOrdinalAndParent) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  std::size_t made = 0;
  for (const std::uint64_t seed : {0U, 1U, 2U}) {
    for (const char* name : {"", "a", "b", "ab", "ba", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaaaaaaaaaa",
                             "aaaaaaaaaaaaaaaaa", "acme-tel", "acme-tel/origin"}) {
      for (const std::uint64_t ordinal : {0U, 1U, 2U, 1000U}) {
        const Lineage lineage = Lineage::root(seed).child(name, ordinal);
        seen.emplace(lineage.high, lineage.low);
        ++made;
      }
    }
  }
  EXPECT_EQ(seen.size(), made);
  EXPECT_NE(Lineage{}.child("a", 0).child("b", 0), (Lineage{}.child("b", 0).child("a", 0)));
}

TEST(Lineage, ChangesHalfItsBitsWithOneBitOfInput) {
  int changed = 0;
  for (std::uint64_t ordinal = 0; ordinal < 1000; ++ordinal) {
    const Lineage a = Lineage::root(7).child("x", ordinal);
    const Lineage b = Lineage::root(7).child("x", ordinal ^ 1);
    changed += __builtin_popcountll(a.high ^ b.high) + __builtin_popcountll(a.low ^ b.low);
  }
  EXPECT_NEAR(changed / 1000.0, 64.0, 1.0);
}

TEST(LineageScope, GivesEveryChildAnotherLineage) {
  LineageScope scope(Lineage::root(7));
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  std::size_t made = 0;
  const auto add = [&](Lineage lineage) {
    seen.emplace(lineage.high, lineage.low);
    ++made;
  };
  // The same words in every role, and more names than the counter keeps in its short list.
  for (int round = 0; round < 3; ++round) {
    for (const char* name : {"exchange", "compute", "a", "b", "c", "d", "e", "f", "g", "h", "i"}) {
      add(scope.next_activity(name));
      add(scope.next_started("acme-tel", name));
      add(scope.next_started(name, "acme-tel"));
    }
    add(scope.next_exchange());
    add(scope.next_compute());
  }
  EXPECT_EQ(seen.size(), made);
}

TEST(LineageScope, DoesNotMindWhatElseTheActivityDid) {
  LineageScope one(Lineage::root(7));
  LineageScope other(Lineage::root(7));
  for (int i = 0; i < 20; ++i) {
    other.next_activity("x" + std::to_string(i));
    other.next_exchange();
  }
  EXPECT_EQ(one.next_activity("call"), other.next_activity("call"));
  EXPECT_EQ(one.next_activity("call"), other.next_activity("call"));
  EXPECT_EQ(one.next_compute(), other.next_compute());
  EXPECT_EQ(one.next_stream("pause").next(), other.next_stream("pause").next());
}

TEST(Random, BelowIsUniform) {
  Random random(Lineage::root(3));
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts[random.below(7)];
  double chi_square = 0;
  for (const int count : counts) chi_square += (count - 10'000.0) * (count - 10'000.0) / 10'000.0;
  EXPECT_LT(chi_square, 22.5);  // 0.1 % of good generators exceed it, with 6 degrees of freedom.
  EXPECT_EQ(random.below(1), 0U);
  for (int i = 0; i < 100; ++i) EXPECT_LT(random.below((1ULL << 63) + 1), (1ULL << 63) + 1);
}

TEST(Random, BetweenIncludesBothEnds) {
  Random random(Lineage::root(3));
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.between(-2ns, 2ns).count());
  EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
  EXPECT_EQ(random.between(5s, 5s), 5s);
  random.between(Duration::min(), Duration::max());
}

TEST(Random, ChanceIsExactAtItsEnds) {
  Random random(Lineage::root(3));
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(random.chance(0, 3));
    EXPECT_TRUE(random.chance(3, 3));
    if (random.chance(1, 4)) ++hits;
  }
  EXPECT_NEAR(hits, 2500, 180);
}

TEST(Random, FillTakesEachOctetOnce) {
  Random a(Lineage::root(9));
  Random b(Lineage::root(9));
  std::array<std::uint8_t, 11> bytes{};
  a.fill(bytes);
  const std::uint64_t first = b.next();
  const std::uint64_t second = b.next();
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(bytes[i], (first >> (8 * i)) & 0xff);
  for (std::size_t i = 8; i < 11; ++i) EXPECT_EQ(bytes[i], (second >> (8 * (i - 8))) & 0xff);
}

double upper_tail(double z) { return std::erfc(z / std::sqrt(2.0)) / 2; }

TEST(NormalDeviate, HasTheMomentsAndTailsOfTheNormalDistribution) {
  Random random(Lineage::root(11));
  constexpr int kDraws = 400'000;
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  std::array<int, 4> beyond{};  // |z| > 1, 2, 3, 4.
  for (int i = 0; i < kDraws; ++i) {
    const double z = static_cast<double>(random.normal_q32()) / kQ32;
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
    for (std::size_t k = 0; k < beyond.size(); ++k) {
      if (std::abs(z) > static_cast<double>(k + 1)) ++beyond[k];
    }
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.007);
  EXPECT_NEAR(squares / kDraws, 1.0, 0.01);
  EXPECT_NEAR(fourth / kDraws, 3.0, 0.08);
  for (std::size_t k = 0; k < beyond.size(); ++k) {
    const double expected = 2 * kDraws * upper_tail(static_cast<double>(k + 1));
    EXPECT_NEAR(beyond[k], expected, 4.5 * std::sqrt(expected)) << "beyond " << k + 1;
  }
}

// A draw u is the tail probability (2u + 1) / 2^65; its deviate is the inverse. The generator
// itself gives enough points of the curve to check it against the C library's erfc.
TEST(NormalDeviate, IsTheInverseOfTheTailToThirteenMillionths) {
  Random draws(Lineage::root(12));
  Random deviates(Lineage::root(12));
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t draw = draws.next();
    const double tail = std::ldexp(static_cast<double>((draw << 1) | 1), -65);
    const double z = static_cast<double>(deviates.normal_q32()) / kQ32;
    EXPECT_EQ(z > 0, (draw >> 63) == 0);
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
    EXPECT_LT(std::abs(upper_tail(std::abs(z)) - tail) / density, 1.3e-5);
  }
}

TEST(Exponential, HasItsMeanAndQuantiles) {
  Random random(Lineage::root(13));
  std::vector<double> draws;
  double sum = 0;
  for (int i = 0; i < 200'000; ++i) {
    draws.push_back(static_cast<double>(random.exponential(1s).count()) / 1e9);
    sum += draws.back();
  }
  std::sort(draws.begin(), draws.end());
  EXPECT_NEAR(sum / 200'000, 1.0, 0.01);
  EXPECT_NEAR(draws[100'000], std::log(2.0), 0.01);
  EXPECT_NEAR(draws[198'000], std::log(100.0), 0.05);
  EXPECT_GE(draws.front(), 0.0);
  EXPECT_EQ(random.exponential(0s), 0s);
}

TEST(FixedPoint, LogarithmAndPowerAgreeWithTheLibrary) {
  Random random(Lineage::root(14));
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t x = (random.next() >> random.below(64)) | 1;
    EXPECT_NEAR(static_cast<double>(log2_q32(x)) / kQ32, std::log2(static_cast<double>(x)), 2e-7);
    const std::int64_t exponent = static_cast<std::int64_t>(random.below(1ULL << 36)) - (1LL << 35);
    const double expected = 1e12 * std::exp2(static_cast<double>(exponent) / kQ32);
    EXPECT_NEAR(static_cast<double>(scale_by_exp2(1'000'000'000'000, exponent)), expected,
                expected * 1e-7 + 1);
  }
  EXPECT_EQ(log2_q32(1), 0);
  EXPECT_EQ(log2_q32(1ULL << 63), 63LL << 32);
  EXPECT_EQ(scale_by_exp2(12345, 0), 12345);
  EXPECT_EQ(scale_by_exp2(12345, 1LL << 32), 24690);
  EXPECT_EQ(scale_by_exp2(12345, -(1LL << 32)), 6172);
  EXPECT_EQ(scale_by_exp2(1, 62LL << 32), 1LL << 62);
  EXPECT_EQ(scale_by_exp2(1, 63LL << 32), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(scale_by_exp2(7, 1000LL << 32), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(scale_by_exp2(7, -(1000LL << 32)), 0);
}

}  // namespace
}  // namespace shakedown::sim

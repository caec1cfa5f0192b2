#include "sim/fixed_point.h"

#include <array>
#include <bit>
#include <limits>

#include "sim/result.h"
#include "sim/wide_integer.h"

namespace shakedown::sim {
namespace {

constexpr int kSteps = 1024;
constexpr std::uint64_t kOneQ62 = std::uint64_t{1} << 62;

constexpr std::uint64_t square_root(Uint128 x) {
  Uint128 root = 0;
  for (Uint128 bit = Uint128{1} << 63; bit != 0; bit >>= 1) {
    const Uint128 candidate = root | bit;
    if (candidate * candidate <= x) root = candidate;
  }
  return static_cast<std::uint64_t>(root);
}

// log2(1 + i/1024) times 2^32, bit by bit: squaring doubles a logarithm.
constexpr std::array<std::uint64_t, kSteps + 1> make_log2_table() {
  std::array<std::uint64_t, kSteps + 1> table{};
  for (int i = 0; i < kSteps; ++i) {
    std::uint64_t x = kOneQ62 + (kOneQ62 / kSteps) * static_cast<std::uint64_t>(i);
    std::uint64_t logarithm = 0;
    for (int bit = 0; bit < 33; ++bit) {
      const Uint128 squared = (static_cast<Uint128>(x) * x) >> 62;
      const bool one = squared >= (static_cast<Uint128>(kOneQ62) << 1);
      x = static_cast<std::uint64_t>(one ? squared >> 1 : squared);
      logarithm = (logarithm << 1) | (one ? 1U : 0U);
    }
    table[static_cast<std::size_t>(i)] = (logarithm + 1) >> 1;
  }
  table[kSteps] = std::uint64_t{1} << 32;
  return table;
}

// 2^(i/1024) times 2^62: products of repeated square roots of two.
constexpr std::array<std::uint64_t, kSteps + 1> make_exp2_table() {
  std::array<std::uint64_t, 10> roots{};  // roots[k] = 2^(2^-(k+1)).
  std::uint64_t root = square_root(Uint128{1} << 125);
  for (std::uint64_t& r : roots) {
    r = root;
    root = square_root(static_cast<Uint128>(root) << 62);
  }
  std::array<std::uint64_t, kSteps + 1> table{};
  for (unsigned i = 0; i < kSteps; ++i) {
    std::uint64_t power = kOneQ62;
    for (unsigned k = 0; k < roots.size(); ++k) {
      if ((i & (512U >> k)) == 0) continue;
      power = static_cast<std::uint64_t>((static_cast<Uint128>(power) * roots[k]) >> 62);
    }
    table[i] = power;
  }
  table[kSteps] = kOneQ62 << 1;
  return table;
}

constexpr auto kLog2 = make_log2_table();
constexpr auto kExp2 = make_exp2_table();

}  // namespace

std::int64_t log2_q32(std::uint64_t x) {
  SHAKEDOWN_ASSERT(x != 0);
  const int leading = std::countl_zero(x);
  // The fraction after the leading one, from bit 63 down.
  const std::uint64_t fraction = leading == 63 ? 0 : x << (leading + 1);
  const auto index = static_cast<std::size_t>(fraction >> 54);
  const std::uint64_t between = (fraction >> 22) & 0xffffffffU;
  const std::uint64_t low = kLog2[index];
  const std::uint64_t interpolated = low + (((kLog2[index + 1] - low) * between) >> 32);
  return (static_cast<std::int64_t>(63 - leading) << 32) + static_cast<std::int64_t>(interpolated);
}

std::int64_t scale_by_exp2(std::int64_t value, std::int64_t exponent_q32) {
  SHAKEDOWN_ASSERT(value >= 0);
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  const std::int64_t whole = exponent_q32 >> 32;  // Towards minus infinity.
  const auto fraction = static_cast<std::uint64_t>(exponent_q32) & 0xffffffffU;
  if (value == 0 || whole < -64) return 0;
  if (whole > 64) return kMost;
  const auto index = static_cast<std::size_t>(fraction >> 22);
  const std::uint64_t between = fraction & 0x3fffffU;
  const std::uint64_t low = kExp2[index];
  const Uint128 step = static_cast<Uint128>(kExp2[index + 1] - low) * between;
  const std::uint64_t mantissa = low + static_cast<std::uint64_t>(step >> 22);
  const Uint128 product = static_cast<Uint128>(value) * mantissa;  // Below 2^126, in 2^-62 units.
  const std::int64_t shift = 62 - whole;
  if (shift >= 128) return 0;
  if (shift < 0) return kMost;
  const Uint128 scaled = product >> shift;
  return scaled > static_cast<Uint128>(kMost) ? kMost : static_cast<std::int64_t>(scaled);
}

}  // namespace shakedown::sim

#include "sim/random.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include "sim/fixed_point.h"
#include "sim/result.h"

namespace shakedown::sim {
namespace {

// MurmurHash3's 128-bit body. Not cryptographic, and needs not be: it spreads names over streams.
struct Mixer {
  std::uint64_t h1;
  std::uint64_t h2;

  void absorb(std::uint64_t k1, std::uint64_t k2) {
    constexpr std::uint64_t kC1 = 0x87c37b91114253d5ULL;
    constexpr std::uint64_t kC2 = 0x4cf5ad432745937fULL;
    h1 ^= std::rotl(k1 * kC1, 31) * kC2;
    h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= std::rotl(k2 * kC2, 33) * kC1;
    h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495ab5;
  }

  Lineage finish() const {
    std::uint64_t a = h1 + h2;
    std::uint64_t b = h2 + a;
    a = mix_bits(a);
    b = mix_bits(b);
    a += b;
    return {a, b + a};
  }
};

std::uint64_t little_endian(const char* bytes, std::size_t count) {
  std::uint64_t word = 0;
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&word, bytes, count);
  } else {
    for (std::size_t i = count; i-- > 0;) {
      word = (word << 8) | static_cast<unsigned char>(bytes[i]);
    }
  }
  return word;
}

constexpr Uint128 kMultiplier =
    (static_cast<Uint128>(0x2360ed051fc65da4ULL) << 64) | 0x4385df649fccf645ULL;

constexpr int kOctaves = 50;
constexpr std::int64_t kNormal[kOctaves][17] = {
#include "sim/normal_table.inc"
};

}  // namespace

Lineage Lineage::root(std::uint64_t seed) {
  return Lineage{0x7368616b65646f77ULL, 0x6e2d6c696e656167ULL}.child("seed", seed);
}

Lineage Lineage::child(std::string_view name, std::uint64_t ordinal) const {
  Mixer mixer{high, low};
  const char* bytes = name.data();
  std::size_t left = name.size();
  for (; left >= 16; left -= 16, bytes += 16) {
    mixer.absorb(little_endian(bytes, 8), little_endian(bytes + 8, 8));
  }
  if (left > 8) {
    mixer.absorb(little_endian(bytes, 8), little_endian(bytes + 8, left - 8));
  } else if (left > 0) {
    mixer.absorb(little_endian(bytes, left), 0);
  }
  mixer.absorb(ordinal, name.size());
  return mixer.finish();
}

Random::Random(Lineage key)
    : Random((static_cast<Uint128>(key.high) << 64) | key.low,
             (static_cast<Uint128>(mix_bits(key.low)) << 64) | mix_bits(key.high)) {}

Random::Random(Uint128 state, Uint128 sequence)
    : state_(0),
      increment_((sequence << 1) | 1) {
  state_ = state_ * kMultiplier + increment_;
  state_ += state;
  state_ = state_ * kMultiplier + increment_;
}

std::uint64_t Random::next() {
  state_ = state_ * kMultiplier + increment_;
  const auto high = static_cast<std::uint64_t>(state_ >> 64);
  const auto low = static_cast<std::uint64_t>(state_);
  return std::rotr(high ^ low, static_cast<int>(high >> 58));
}

// Lemire's multiplication with rejection (arXiv:1805.10941).
std::uint64_t Random::below(std::uint64_t bound) {
  SHAKEDOWN_ASSERT(bound > 0);
  Uint128 product = static_cast<Uint128>(next()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t threshold = (std::uint64_t{0} - bound) % bound;
    while (static_cast<std::uint64_t>(product) < threshold) {
      product = static_cast<Uint128>(next()) * bound;
    }
  }
  return static_cast<std::uint64_t>(product >> 64);
}

Duration Random::between(Duration low, Duration high) {
  SHAKEDOWN_ASSERT(low <= high);
  const std::uint64_t span =
      static_cast<std::uint64_t>(high.count()) - static_cast<std::uint64_t>(low.count());
  const std::uint64_t offset =
      span == std::numeric_limits<std::uint64_t>::max() ? next() : below(span + 1);
  return Duration{static_cast<std::int64_t>(static_cast<std::uint64_t>(low.count()) + offset)};
}

bool Random::chance(std::uint64_t numerator, std::uint64_t denominator) {
  return below(denominator) < numerator;
}

// The top bit is the sign, the rest an upper tail probability below one half. Which row of the
// table is the number of leading zeros (tails halve from row to row), which pair of columns the
// next three bits; a parabola goes through the pair's three points. The error is below 1.3e-5.
std::int64_t Random::normal_q32() {
  const std::uint64_t draw = next();
  const std::uint64_t tail = (draw << 1) | 1;  // Times 2^-65.
  const int octave = std::countl_zero(tail);
  constexpr std::int64_t kLimit = (std::int64_t{8} << 32) - 1;
  std::int64_t deviate = kLimit;
  if (octave < kOctaves) {
    const std::uint64_t fraction = octave == 63 ? 0 : tail << (octave + 1);
    const auto& row = kNormal[octave];
    const std::size_t column = (fraction >> 61) * 2;
    const auto t = static_cast<std::int64_t>((fraction << 3) >> 31);  // In [0, 2), times 2^32.
    const std::int64_t first = row[column + 1] - row[column];
    const std::int64_t second = row[column + 2] - row[column + 1] - first;
    const auto curve = static_cast<std::int64_t>(
        (static_cast<Int128>(t) * (t - (std::int64_t{1} << 32)) * second) >> 65);
    const std::int64_t value = row[column] + ((t * first) >> 32) + curve;
    if (value < kLimit) deviate = value;
  }
  return (draw >> 63) != 0 ? -deviate : deviate;
}

// -ln(u) * mean, u uniform in (0, 1): the relative error is below 1e-6 except within 1e-7 of zero.
Duration Random::exponential(Duration mean) {
  SHAKEDOWN_ASSERT(mean >= Duration::zero());
  constexpr std::uint64_t kLn2 = 2'977'044'472;  // Times 2^32.
  const std::uint64_t u = next() | 1;
  const auto bits = static_cast<std::uint64_t>((std::int64_t{64} << 32) - log2_q32(u));
  const auto natural = static_cast<std::uint64_t>((static_cast<Uint128>(bits) * kLn2) >> 32);
  const Uint128 value = (static_cast<Uint128>(mean.count()) * natural) >> 32;
  const Uint128 most = static_cast<Uint128>(Duration::max().count());
  return Duration{static_cast<std::int64_t>(value < most ? value : most)};
}

void Random::fill(std::span<std::uint8_t> bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::uint64_t word = next();
    for (int i = 0; i < 8 && at < bytes.size(); ++i, word >>= 8) {
      bytes[at++] = static_cast<std::uint8_t>(word & 0xff);
    }
  }
}

}  // namespace shakedown::sim

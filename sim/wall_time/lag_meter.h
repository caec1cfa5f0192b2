// How late waits end: a histogram that many threads fill, for the quality that a run reports.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "sim/time.h"

namespace shakedown::sim::wall {

class LagMeter {
 public:
  void add(Duration lag) {
    const auto nanoseconds = static_cast<std::uint64_t>(lag.count() > 0 ? lag.count() : 0);
    counts_[bucket_of(nanoseconds)].fetch_add(1, std::memory_order_relaxed);
  }

  // The upper end of the bucket that holds the 99th percentile; buckets are 12 to 25 % wide. 0 if
  // nothing was measured.
  Duration p99() const {
    std::uint64_t total = 0;
    for (const auto& count : counts_) total += count.load(std::memory_order_relaxed);
    const std::uint64_t wanted = total - total / 100;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size() && total != 0; ++i) {
      seen += counts_[i].load(std::memory_order_relaxed);
      if (seen >= wanted) return Duration{static_cast<std::int64_t>(upper_end(i))};
    }
    return Duration{0};
  }

  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const auto& count : counts_) sum += count.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  // Four buckets for each power of two.
  static constexpr std::size_t kBuckets = 64 * 4;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < 4) return static_cast<std::size_t>(value);
    const auto power = static_cast<unsigned>(std::bit_width(value)) - 1;
    return (power - 1) * 4 + ((value >> (power - 2)) & 3);
  }

  static std::uint64_t upper_end(std::size_t bucket) {
    if (bucket < 4) return bucket;
    const std::size_t power = bucket / 4 + 1;
    return ((4 + bucket % 4 + 1) << (power - 2)) - 1;
  }

  std::array<std::atomic<std::uint64_t>, kBuckets> counts_{};
};

}  // namespace shakedown::sim::wall

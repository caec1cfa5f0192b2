// From what both runtimes derive lineages, so that a wall-clock run draws what the virtual run
// drew. The key of each thing that happens is fixed by who caused it and the how-manieth it was:
//
//   an actor                 root(seed) . "actor name"
//   an activity started      from outside: actor . name; by an activity: activity . actor name .
//   name an activity spawned      activity . name an exchange, a compute   activity . its number
//   the handler of a request exchange . "handler"
//   a stream                 activity . purpose
//   the links of an exchange exchange . "request" and exchange . "response"
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/random.h"

namespace shakedown::sim {

// Counts how often each key occurred. Few keys lie in a vector, many in a hash table.
class OrdinalCounter {
 public:
  // 0 the first time.
  std::uint64_t next(std::uint64_t key);
  void clear();

 private:
  static constexpr std::size_t kFew = 8;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> few_;
  std::unordered_map<std::uint64_t, std::uint64_t> many_;  // Never iterated.
};

// The lineage of an activity (or of an actor, for what is set up from outside) and what it has
// already caused. Each call gives another lineage. Not thread-safe: owned by the activity.
class LineageScope {
 public:
  LineageScope() = default;

  explicit LineageScope(Lineage lineage)
      : lineage_(lineage) {}

  static Lineage of_actor(std::uint64_t seed, std::string_view actor_name);

  // Begins anew with this lineage; keeps the memory.
  void reset(Lineage lineage);

  const Lineage& lineage() const { return lineage_; }

  // spawn(), and World::start() from outside on this actor.
  Lineage next_activity(std::string_view name);
  // World::start() by this activity on any actor.
  Lineage next_started(std::string_view actor_name, std::string_view name);
  Lineage next_exchange();
  Lineage next_compute();
  Random next_stream(std::string_view purpose);

 private:
  enum class Kind : std::uint8_t { kActivity, kStarted, kExchange, kCompute, kStream };

  static std::uint64_t tag(Kind kind) { return static_cast<std::uint64_t>(kind) << 56; }

  Lineage next(Kind kind, std::string_view name);

  Lineage lineage_;
  std::uint64_t exchanges_ = 0;
  std::uint64_t computes_ = 0;
  OrdinalCounter others_;
};

Lineage handler_lineage(const Lineage& exchange);
Random request_stream(const Lineage& exchange);
Random response_stream(const Lineage& exchange);

}  // namespace shakedown::sim

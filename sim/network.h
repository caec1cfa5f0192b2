// The links between actors as data: regions with a round-trip matrix, latency distributions,
// bandwidth, loss, and what setting up a connection costs. Pure: sampling takes the stream.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/random.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::sim {

// A one-way delay. All samples are clamped to 0 and a year.
struct Latency {
  enum class Shape : std::uint8_t { kConstant, kUniform, kNormal, kLognormal, kEmpirical };
  Shape shape = Shape::kConstant;
  Duration a{};  // constant: the value; uniform: low; normal: mean; lognormal: median.
  Duration b{};  // uniform: high; normal: standard deviation; lognormal: the 95th percentile.
  // Empirical: (per mille, value), strictly increasing in both, first 0, last 1000; linear between.
  std::vector<std::pair<int, Duration>> quantiles;

  friend bool operator==(const Latency&, const Latency&) = default;

  static Latency constant(Duration value) { return {Shape::kConstant, value, {}, {}}; }

  Duration sample(Random& random) const;  // Integers only.
  // The mean of the shape's middle, for routing to the nearest: constant, midpoint, mean, median.
  Duration typical() const;
};

struct Link {
  Latency latency = Latency::constant(Duration{});  // One way, on top of half the regions' RTT.
  std::uint64_t bytes_per_second = 0;               // 0: unlimited. Charged in 1,460-byte segments.
  std::uint32_t loss_per_million = 0;  // Of a segment; each loss costs one retransmission timeout.
  friend bool operator==(const Link&, const Link&) = default;
};

// How many round trips precede the request on a new connection.
struct ConnectionSetup {
  int tcp_round_trips = 1;
  int tls_round_trips = 1;                         // TLS 1.3.
  Duration kept_alive = Duration{15'000'000'000};  // Idle time after which a connection is closed.
  friend bool operator==(const ConnectionSetup&, const ConnectionSetup&) = default;
};

class Network {
 public:
  Network();  // One region "local", 1 ms RTT.

  void add_region(const std::string& name);
  // Symmetric. Unknown regions are added. rtt(a, a) is the round trip inside the region.
  void set_rtt(const std::string& a, const std::string& b, Duration rtt);
  bool has_region(std::string_view name) const;
  // Between regions without an entry: the larger of the two inner RTTs plus 40 ms.
  Duration rtt(std::string_view a, std::string_view b) const;
  std::vector<std::string> regions() const;  // Sorted.

  // The whole path between two actors of which neither has an access link of its own.
  Link default_link;
  ConnectionSetup setup;
  // The access links of single actors (both directions), by actor name. Where both ends have one, a
  // message crosses both. How links become delays: sim/link_model.h.
  std::map<std::string, Link, std::less<>> access;

 private:
  std::map<std::string, std::map<std::string, Duration, std::less<>>, std::less<>> rtt_;
};

}  // namespace shakedown::sim

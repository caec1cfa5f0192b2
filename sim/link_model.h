// How the network's data become the delays of an exchange. Pure; both runtimes use it with the same
// streams (sim/lineage_scope.h), so that they delay alike.
//
// One transit (a message, one way) takes half the round trip between the regions, plus for each
// link on the path a sample of its latency and one retransmission timeout for each lost segment,
// plus the time that the slowest link needs for the segments, plus 0..999 ns of jitter. The jitter
// keeps events of independent actors from falling on the same instant, where nothing would order
// them.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "sim/network.h"
#include "sim/random.h"

namespace shakedown::sim {

inline constexpr std::size_t kSegment =
    1460;  // Octets of payload in an Ethernet frame's TCP segment.
// After the first loss of a segment; doubled with each further loss of the same segment.
inline constexpr Duration kRetransmissionTimeout = 200ms;

// Where an actor is attached: resolved once.
struct Endpoint {
  std::size_t region = 0;
  const Link* link = nullptr;  // Null: no access link of its own.
};

// Between two endpoints. The links belong to the network.
struct Path {
  Duration round_trip;
  std::array<const Link*, 2> links{};  // The second is null when one link is the whole path.
};

class LinkModel {
 public:
  // `network` must outlive the model and not change.
  explicit LinkModel(const Network& network);

  // `region` must be one of the network's (asserted).
  Endpoint endpoint(std::string_view actor_name, std::string_view region) const;

  std::size_t regions() const { return regions_.size(); }

  Duration round_trip(std::size_t region_a, std::size_t region_b) const {
    return round_trips_[region_a * regions_.size() + region_b];
  }

  Path path(const Endpoint& a, const Endpoint& b) const;

  // To nowhere: a host name that nobody listens on. Within the client's region.
  Path path_to_nobody(const Endpoint& client) const { return path(client, client); }

  // One way, for a message of `bytes`.
  Duration transit(const Path& path, std::size_t bytes, Random& random) const;
  // There and back with empty messages: a handshake, or learning that nothing listens.
  Duration round_trip(const Path& path, Random& random) const;
  // TCP and, if `tls`, TLS.
  Duration set_up(const Path& path, bool tls, Random& random) const;

 private:
  const Network& network_;
  std::vector<std::string> regions_;  // Sorted.
  std::vector<Duration> round_trips_;
};

// The time that `bytes`, rounded up to whole segments, take at this speed. 0 is unlimited.
Duration transmission_time(std::size_t bytes, std::uint64_t bytes_per_second);

}  // namespace shakedown::sim

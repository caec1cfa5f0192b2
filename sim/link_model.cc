#include "sim/link_model.h"

#include <algorithm>

namespace shakedown::sim {
namespace {

constexpr int kMostLosses = 8;  // Of one segment; then it gets through, minutes late.

std::size_t segments_of(std::size_t bytes) {
  return std::max<std::size_t>(1, (bytes + kSegment - 1) / kSegment);
}

Duration time_lost(const Link& link, Duration round_trip, std::size_t segments, Random& random) {
  Duration lost{};
  for (std::size_t i = 0; i < segments; ++i) {
    Duration timeout = kRetransmissionTimeout + round_trip;
    for (int n = 0; n < kMostLosses && random.chance(link.loss_per_million, 1'000'000); ++n) {
      lost += timeout;
      timeout *= 2;
    }
  }
  return lost;
}

}  // namespace

Duration transmission_time(std::size_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return Duration::zero();
  const Uint128 octets = static_cast<Uint128>(segments_of(bytes)) * kSegment;
  const Uint128 time = octets * 1'000'000'000U / bytes_per_second;
  // A year is as good as never, and sums of it still fit.
  return Duration{static_cast<std::int64_t>(std::min<Uint128>(time, 31'536'000'000'000'000U))};
}

LinkModel::LinkModel(const Network& network)
    : network_(network),
      regions_(network.regions()) {
  for (const std::string& a : regions_) {
    for (const std::string& b : regions_) round_trips_.push_back(network.rtt(a, b));
  }
}

Endpoint LinkModel::endpoint(std::string_view actor_name, std::string_view region) const {
  const auto found = std::lower_bound(regions_.begin(), regions_.end(), region);
  SHAKEDOWN_ASSERT(found != regions_.end() && *found == region);
  Endpoint endpoint;
  endpoint.region = static_cast<std::size_t>(found - regions_.begin());
  const auto access = network_.access.find(actor_name);
  if (access != network_.access.end()) endpoint.link = &access->second;
  return endpoint;
}

Path LinkModel::path(const Endpoint& a, const Endpoint& b) const {
  Path path{round_trip(a.region, b.region), {a.link, b.link}};
  if (path.links[0] == nullptr) std::swap(path.links[0], path.links[1]);
  if (path.links[0] == nullptr) path.links[0] = &network_.default_link;
  return path;
}

Duration LinkModel::transit(const Path& path, std::size_t bytes, Random& random) const {
  Duration time = path.round_trip / 2 + Duration{static_cast<std::int64_t>(random.below(1000))};
  Duration transmission{};
  for (const Link* link : path.links) {
    if (link == nullptr) break;
    time += link->latency.sample(random);
    if (link->loss_per_million != 0) {
      time += time_lost(*link, path.round_trip, segments_of(bytes), random);
    }
    transmission = std::max(transmission, transmission_time(bytes, link->bytes_per_second));
  }
  return time + transmission;
}

Duration LinkModel::round_trip(const Path& path, Random& random) const {
  const Duration there = transit(path, 0, random);
  const Duration back = transit(path, 0, random);
  return there + back;
}

Duration LinkModel::set_up(const Path& path, bool tls, Random& random) const {
  const ConnectionSetup& setup = network_.setup;
  const int round_trips = setup.tcp_round_trips + (tls ? setup.tls_round_trips : 0);
  Duration time{};
  for (int i = 0; i < round_trips; ++i) time += round_trip(path, random);
  return time;
}

}  // namespace shakedown::sim

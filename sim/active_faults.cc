#include "sim/active_faults.h"

#include <algorithm>

#include "sim/link_model.h"

namespace shakedown::sim {
namespace {

Duration around(const Fault& fault, Random& random) {
  const Duration jitter = std::max(fault.jitter, Duration::zero());
  const Duration drawn = random.between(fault.latency - jitter, fault.latency + jitter);
  return std::max(drawn, Duration::zero());
}

Duration trickle(const Fault& fault, std::size_t bytes, Random& random) {
  const std::uint64_t slice = std::max<std::uint64_t>(1, fault.bytes);
  const std::uint64_t slices = (bytes + slice - 1) / slice;
  Duration time{};
  for (std::uint64_t i = 1; i < slices; ++i) {
    time += around(fault, random);
    if (time > 24h * 365) break;  // For ever; and the sum must not overflow.
  }
  return time;
}

void flip_one_bit(std::string& body, Random& random) {
  if (body.empty()) return;
  const std::uint64_t bit = random.below(body.size() * 8);
  char& octet = body[bit / 8];
  octet = static_cast<char>(static_cast<unsigned char>(octet) ^ (1U << (bit % 8)));
}

}  // namespace

std::uint64_t ActiveFaults::begin(const Fault& fault, Time world_now) {
  std::string key = "fault/" + std::string(to_string(fault.kind)) + "/" + fault.actor;
  const std::uint64_t ordinal = begun_[key]++;
  active_.push_back({++last_id_, fault, world_now, std::move(key), ordinal});
  return last_id_;
}

bool ActiveFaults::end(std::uint64_t id) {
  return std::erase_if(active_, [id](const Active& active) { return active.id == id; }) != 0;
}

std::optional<Random> ActiveFaults::strikes(const Active& active, const Lineage& exchange) {
  Random random(exchange.child(active.key, active.ordinal));
  if (!random.chance(active.fault.probability_per_million, 1'000'000)) return std::nullopt;
  return random;
}

bool ActiveFaults::cuts_off_client(std::string_view actor_name, const Lineage& exchange) const {
  return std::any_of(active_.begin(), active_.end(), [&](const Active& active) {
    return active.fault.kind == Fault::Kind::kOutage && active.fault.hits(actor_name) &&
           strikes(active, exchange);
  });
}

RequestFate ActiveFaults::on_request(std::string_view actor_name, const Lineage& exchange) const {
  RequestFate worst;
  // Worse first: what cannot be reached cannot swallow, what swallows does not answer.
  const auto rank = [](RequestFate::Kind kind) {
    return kind == RequestFate::Kind::kServed ? 99 : static_cast<int>(kind);
  };
  for (const Active& active : active_) {
    RequestFate fate;
    switch (active.fault.kind) {
      case Fault::Kind::kOutage:
        fate.kind = RequestFate::Kind::kUnreachable;
        break;
      case Fault::Kind::kTimeout:
        fate.kind = RequestFate::Kind::kSwallowed;
        break;
      case Fault::Kind::kErrorStatus:
        fate = {RequestFate::Kind::kErrorStatus, active.fault.status};
        break;
      default:
        continue;
    }
    if (rank(fate.kind) >= rank(worst.kind) || !active.fault.hits(actor_name)) continue;
    if (strikes(active, exchange)) worst = fate;
  }
  return worst;
}

ResponseFate ActiveFaults::on_response(std::string_view actor_name,
                                       const Lineage& exchange,
                                       Response& response) const {
  ResponseFate fate;
  for (const Active& active : active_) {
    const Fault& fault = active.fault;
    if (!fault.hits(actor_name)) continue;
    std::optional<Random> random = strikes(active, exchange);
    if (!random) continue;
    switch (fault.kind) {
      case Fault::Kind::kLatency:
        fate.delay += around(fault, *random);
        break;
      case Fault::Kind::kSlowClose:
        fate.hold += around(fault, *random);
        break;
      case Fault::Kind::kBandwidth:
        fate.trickle += transmission_time(response.size_in_bytes(), fault.bytes_per_second);
        break;
      case Fault::Kind::kSlicer:
        fate.trickle += trickle(fault, response.body.size(), *random);
        break;
      case Fault::Kind::kLimitData:
        if (response.body.size() > fault.bytes) response.body.resize(fault.bytes);
        break;
      case Fault::Kind::kCorruptBody:
        flip_one_bit(response.body, *random);
        break;
      case Fault::Kind::kResetPeer:
        fate.reset = true;
        break;
      case Fault::Kind::kOutage:
      case Fault::Kind::kTimeout:
      case Fault::Kind::kErrorStatus:
      case Fault::Kind::kClockSkew:
      case Fault::Kind::kClockStep:
        break;  // Not about responses.
    }
  }
  fate.delay += fate.trickle + fate.hold;
  return fate;
}

std::optional<Time> ActiveFaults::down_since(std::string_view actor_name) const {
  for (const auto& [id, fault, begun_at, key, ordinal] : active_) {
    const bool silences = fault.kind == Fault::Kind::kOutage || fault.kind == Fault::Kind::kTimeout;
    if (silences && fault.probability_per_million >= 1'000'000 && fault.hits(actor_name)) {
      return begun_at;
    }
  }
  return std::nullopt;
}

OwnClock ActiveFaults::clock_of(std::string_view actor_name) const {
  OwnClock clock;
  for (const Active& active : active_) {
    if (!active.fault.hits(actor_name)) continue;
    if (active.fault.kind == Fault::Kind::kClockStep) clock.add_step(active.fault.latency);
    if (active.fault.kind == Fault::Kind::kClockSkew) {
      clock.add_skew(active.begun_at, active.fault.parts_per_million);
    }
  }
  return clock;
}

}  // namespace shakedown::sim

// What travels with an exchange between actors beside the message: who asks, the lineage that
// chance hangs on, the ideal instants of deadline chaining, the hop count. On the wire these are
// header fields whose names begin with "X-Shakedown-". They are believed only together with the
// secret of the run, and no handler and no actor ever sees one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/message.h"
#include "sim/random.h"
#include "sim/time.h"

namespace shakedown::sim::wall {

struct ExchangeTag {
  std::uint32_t client = 0;  // Numbers that the world gave its actors.
  std::uint32_t server = 0;  // Which of the actors that listen on the host: the edge.
  Lineage lineage;           // Of the exchange.
  Time arrival;              // The ideal instant at which the request is complete at the server.
  Time deadline;             // The ideal instant after which the client does not listen any more.
  int hops = 0;              // Exchanges that led to this one.
  bool daemon = false;       // The client does not keep the run alive.

  friend bool operator==(const ExchangeTag&, const ExchangeTag&) = default;

  void add_to(Headers& headers, std::string_view secret) const;
  // Removes all X-Shakedown fields. nullopt: the secret or anything else is missing or wrong.
  static std::optional<ExchangeTag> take_from(Headers& headers, std::string_view secret);
};

// The ideal instant at which a response is complete at the client.
void add_arrival(Headers& headers, Time arrival);
std::optional<Time> take_arrival(Headers& headers);

void remove_internal_fields(Headers& headers);

}  // namespace shakedown::sim::wall

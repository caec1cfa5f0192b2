// The faults that are active now, and what they do to one exchange or one clock. Both runtimes ask
// it at the same two moments: when a request reaches the server and when its response leaves.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/fault.h"
#include "sim/message.h"
#include "sim/own_clock.h"
#include "sim/random.h"

namespace shakedown::sim {

// What happens to a request at the server's door. At most one thing: the first in this order.
struct RequestFate {
  enum class Kind : std::uint8_t {
    kServed,
    kUnreachable,  // Outage: the client learns it after a round trip.
    kSwallowed,    // Timeout: the client never learns anything.
    kErrorStatus,  // `status` is answered and the handler is not run.
  };
  Kind kind = Kind::kServed;
  int status = 0;
};

// What happens to a response on its way out. The response itself has been changed already.
struct ResponseFate {
  bool reset = false;  // The client sees "reset by peer" instead, at the time of the response.
  Duration delay{};    // On top of the transit.
  // Of `delay`: how long the body trickles, and how long its last octet is held back after that.
  // Only who sees the response octet by octet can tell.
  Duration trickle{};
  Duration hold{};
};

// Not thread-safe. Chance: a stream for each (exchange, fault), where a fault is known by its kind
// and actor and how many such there were before, so that one more fault elsewhere shifts nobody's
// luck.
class ActiveFaults {
 public:
  // Returns the id that end() takes, from 1 on.
  std::uint64_t begin(const Fault& fault, Time world_now);
  // False: no such fault, or ended already.
  bool end(std::uint64_t id);

  bool empty() const { return active_.empty(); }

  // Whether this actor cannot send its own request now: an outage cuts both ways.
  bool cuts_off_client(std::string_view actor_name, const Lineage& exchange) const;
  RequestFate on_request(std::string_view actor_name, const Lineage& exchange) const;

  bool swallows(std::string_view actor_name, const Lineage& exchange) const {
    return !active_.empty() &&
           on_request(actor_name, exchange).kind == RequestFate::Kind::kSwallowed;
  }

  // Cuts and corrupts the body where a fault says so.
  ResponseFate on_response(std::string_view actor_name,
                           const Lineage& exchange,
                           Response& response) const;

  // Since when nothing that is sent to this actor has been answered, whatever the luck.
  std::optional<Time> down_since(std::string_view actor_name) const;

  OwnClock clock_of(std::string_view actor_name) const;

 private:
  struct Active {
    std::uint64_t id;
    Fault fault;
    Time begun_at;
    std::string key;  // For its streams.
    std::uint64_t ordinal;
  };

  // The stream of this fault in this exchange if it strikes, else nothing.
  static std::optional<Random> strikes(const Active& active, const Lineage& exchange);

  std::vector<Active> active_;  // In the order in which they began.
  std::map<std::string, std::uint64_t> begun_;
  std::uint64_t last_id_ = 0;
};

}  // namespace shakedown::sim

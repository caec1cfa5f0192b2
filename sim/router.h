// Who answers a request: by protocol and host, and among several the nearest to the client.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/link_model.h"
#include "sim/message.h"
#include "sim/world.h"

namespace shakedown::sim {

struct Listener {
  std::uint32_t actor = 0;  // The number that the runtime gave the actor.
  std::size_t region = 0;
  Handler handler;
};

// Host names compare without case; ports do not matter. find() may run in many threads while nobody
// calls listen().
class Router {
 public:
  // `links` must outlive the router.
  explicit Router(const LinkModel& links)
      : links_(links) {}

  // An actor that listens twice for the same host and protocol answers with the last handler.
  void listen(Protocol protocol, std::string_view host, Listener listener);

  // The listener with the lowest round trip from `client_region`, the first of equals; null if
  // there is none. Lives as long as the router.
  const Listener* find(Protocol protocol, std::string_view host, std::size_t client_region) const;

 private:
  struct HashIgnoringCase {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };

  struct EqualIgnoringCase {
    using is_transparent = void;

    bool operator()(std::string_view a, std::string_view b) const {
      return equals_ignoring_case(a, b);
    }
  };

  struct Host {
    std::vector<Listener*> listeners;         // In the order in which they began to listen.
    std::vector<const Listener*> nearest_to;  // By the client's region.
  };

  using Hosts = std::unordered_map<std::string, Host, HashIgnoringCase, EqualIgnoringCase>;

  const Hosts& hosts(Protocol protocol) const { return protocol == Protocol::kSip ? sip_ : http_; }

  const LinkModel& links_;
  std::deque<Listener> listeners_;
  Hosts http_;  // Never iterated.
  Hosts sip_;
};

}  // namespace shakedown::sim

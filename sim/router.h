// Who listens: by protocol and host, and for each region of clients nearest first.
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
  const std::string* actor_name = nullptr;  // Lives as long as the world.
};

struct Host {
  std::vector<Listener*> listeners;  // In the order in which they began to listen.
  // By the client's region: the lowest round trip first, equals in the order above.
  std::vector<std::vector<const Listener*>> nearest_first;
  Balancing balancing;
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
  // Whether anybody listens there yet or not.
  void balance(Protocol protocol, std::string_view host, Balancing balancing);

  // Null if nobody listens. Lives as long as the router.
  const Host* find(Protocol protocol, std::string_view host) const;

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

  using Hosts = std::unordered_map<std::string, Host, HashIgnoringCase, EqualIgnoringCase>;

  const Hosts& hosts(Protocol protocol) const { return protocol == Protocol::kSip ? sip_ : http_; }

  Host& at(Protocol protocol, std::string_view host) {
    return (protocol == Protocol::kSip ? sip_ : http_)[std::string(host)];
  }

  const LinkModel& links_;
  std::deque<Listener> listeners_;
  Hosts http_;  // Never iterated.
  Hosts sip_;
};

}  // namespace shakedown::sim

// Which connections are open between actors, for the model's question "must TCP and TLS be set
// up?".
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "sim/message.h"
#include "sim/time.h"

namespace shakedown::sim {

// One connection for each (client, server, protocol, TLS or not), on which exchanges may overlap.
// HTTP connections close when they were idle for `kept_alive`: nothing began or ended on them. SIP
// connections stay. An exchange that begins while the first one still sets up opens its own. A
// failed or timed-out exchange closes the connection. Not thread-safe.
class ConnectionTable {
 public:
  struct Key {
    std::uint32_t client;  // Numbers that the runtime gives its actors.
    std::uint32_t server;
    Protocol protocol;
    bool tls;
    friend bool operator==(const Key&, const Key&) = default;
  };

  explicit ConnectionTable(Duration kept_alive)
      : kept_alive_(kept_alive) {}

  // True: an open connection is used from now on. False: set one up and call established().
  bool reuse(const Key& key, Time now);
  // Set up, and open from `when` on (which may lie ahead).
  void established(const Key& key, Time when);
  // An exchange on it ended well.
  void used(const Key& key, Time now);

  void closed(const Key& key) { open_.erase(key); }

  std::size_t size() const { return open_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };

  struct Connection {
    Time since;
    Time last_used;
  };

  bool is_idle_too_long(const Key& key, const Connection& connection, Time now) const;
  void forget_idle(Time now);

  Duration kept_alive_;
  std::unordered_map<Key, Connection, Hash> open_;  // Iterated only to forget, which nobody sees.
  std::size_t forget_at_ = 1024;
};

}  // namespace shakedown::sim

// The answering side of an exchange on the wall: which actor is meant, the delays and faults of the
// model waited out, the handler in an activity of its own, and the answer on its way. Internal to
// sim/wall_time.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "sim/active_faults.h"
#include "sim/connection_table.h"
#include "sim/link_model.h"
#include "sim/message.h"
#include "sim/wall_time/exchange_tag.h"
#include "sim/wall_time/server.h"
#include "sim/world.h"

namespace shakedown::sim::wall {

class WallActor;
struct WallRuntime;

class Inbound {
 public:
  explicit Inbound(WallRuntime& runtime)
      : runtime_(runtime) {}

  // On a thread of the I/O loop.
  void on_request(Incoming incoming, std::shared_ptr<Responder> responder);

 private:
  struct Visit;

  // Which host the request is for; rewrites its target to the absolute form. An error status if
  // none.
  int find_host(Request& request, const std::optional<ExchangeTag>& tag, std::string& host) const;
  // The actor and handler; fills in the tag of an outsider. False: nobody.
  bool find_listener(Visit& visit, const std::string& host, std::optional<ExchangeTag> tag);
  // When an outsider's request, which is here already, arrives in the model.
  Time outsider_arrival(const Visit& visit, bool is_first) const;
  void arrive(const std::shared_ptr<Visit>& visit);
  // Ends the connection at that instant instead of answering.
  void cut_off(const std::shared_ptr<Visit>& visit, Time at, Drop how);
  void run_handler(const std::shared_ptr<Visit>& visit);
  void depart(const std::shared_ptr<Visit>& visit, Response response, Time departure);

  WallRuntime& runtime_;
  std::atomic<std::uint64_t> outside_requests_{0};
};

}  // namespace shakedown::sim::wall

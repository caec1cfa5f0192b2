// Exchanges in virtual time: from the asking activity over the links to a handler and back.
// Internal to sim/virtual_time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/connection_table.h"
#include "sim/virtual_time/pending_exchange.h"

namespace shakedown::sim {

struct VirtualCore;
class VirtualEnv;

class Exchanges {
 public:
  explicit Exchanges(VirtualCore& core);

  // * Env::exchange() of `client`.
  Answer ask(VirtualEnv& client, Request request, Duration timeout);
  // In the loop, when a request reaches its server: faults, or a handler's activity begins.
  void arrive(PendingExchange& exchange);
  // In that activity.
  void serve(PendingExchange& exchange);

  std::uint64_t late_answers() const { return late_answers_; }

 private:
  class Share;  // Lets go of a pending exchange when it goes out of scope.

  // * An exchange that nobody will answer: sleeps until the client knows.
  Answer unreachable(Activity& me, const Path& path, Random& draws, Time deadline, const char* why);
  // * Sleeps until `time`, for the answer that `asks` (or nobody) may bring.
  void sleep_until(Activity& me, Time time, const PendingExchange* asks);
  void respond(PendingExchange& exchange, Response response);
  void deliver(PendingExchange& exchange, Time when, Answer answer);
  PendingExchange& make();
  void release(PendingExchange& exchange);

  VirtualCore& core_;
  ConnectionTable connections_;
  std::vector<std::unique_ptr<PendingExchange>> pool_;  // Owns all, free or not.
  std::vector<PendingExchange*> free_;
  std::uint64_t late_answers_ = 0;
};

}  // namespace shakedown::sim

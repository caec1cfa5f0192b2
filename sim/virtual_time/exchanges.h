// Exchanges in virtual time: from the asking activity over the links to a handler and back.
// Internal to sim/virtual_time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sim/connection_table.h"
#include "sim/router.h"
#include "sim/virtual_time/pending_exchange.h"

namespace shakedown::sim {

struct VirtualCore;
class VirtualEnv;

class Exchanges {
 public:
  explicit Exchanges(VirtualCore& core);

  // * Env::exchange() of `client`.
  Answer ask(VirtualEnv& client, Request request, Duration timeout, Retry retry);
  // In the loop, when a request reaches its server: faults, or a handler's activity begins.
  void arrive(PendingExchange& exchange);
  // In that activity.
  void serve(PendingExchange& exchange);

  std::uint64_t late_answers() const { return late_answers_; }

 private:
  class Share;  // Lets go of a pending exchange when it goes out of scope.

  // What asking one address takes beside the request, in the name of the running activity.
  struct Question {
    Activity& me;
    bool tls;
    Lineage lineage;
    Time deadline;
  };

  // * One address after another.
  Answer ask_in_turn(const Host& host, const Question& question, Request request, Retry retry);
  // * One address.
  Answer ask_one(const Listener& listener, const Question& question, Request request);
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

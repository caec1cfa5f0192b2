// The asking side of an exchange on the wall: finds who answers, sends the request over a socket,
// and says what came of it. Internal to sim/wall_time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "sim/connection_table.h"
#include "sim/link_model.h"
#include "sim/message.h"
#include "sim/random.h"
#include "sim/time.h"
#include "sim/wall_time/client.h"

namespace shakedown::sim::wall {

class WallActor;
struct WallRuntime;

struct ExchangeOrigin {
  WallActor* client = nullptr;
  Lineage lineage;  // Of the exchange.
  Time begin;       // The ideal instant.
  Duration timeout{};
  int hops = 0;
  bool daemon = false;
  Retry retry = Retry::kNextAddress;
};

struct ExchangeOutcome {
  Answer answer;
  Time at;  // The ideal instant at which the client has it; may lie ahead.
};

class Outbound {
 public:
  using Done = std::function<void(ExchangeOutcome)>;

  explicit Outbound(WallRuntime& runtime);

  // `done` is called once, on this thread or a thread of the I/O loop. Never blocks.
  void begin(ExchangeOrigin origin, Request request, Done done);

 private:
  // What the model says about a request before it is sent.
  struct Plan {
    std::optional<std::string> refused;  // Why it is not sent at all.
    Answer::Kind kind = Answer::Kind::kUnreachable;
    Time at;  // When the client learns that, or when the request arrives.
    bool new_connection = false;
    bool connection_refused = false;
  };

  // An exchange with one address after another.
  struct Turns;
  void ask_next(const std::shared_ptr<Turns>& turns);
  void ask_actor(const ExchangeOrigin& origin,
                 std::uint32_t server,
                 Request request,
                 const UrlView& url,
                 Done done);
  void ask_outsider(const ExchangeOrigin& origin, Request request, const UrlView& url, Done done);
  Plan plan_for(const ExchangeOrigin& origin, const ConnectionTable::Key& key, std::size_t bytes);
  // The client learns after a round trip that nobody listens, or gives up before.
  Plan unreachable(const ExchangeOrigin& origin,
                   const Path& path,
                   Random& draws,
                   std::string why) const;
  std::shared_ptr<void> on_its_way(const ExchangeOrigin& origin) const;
  ExchangeOutcome outcome_of(const ExchangeOrigin& origin, ClientResult result) const;
  void tell(const Plan& plan, const Done& done) const;

  WallRuntime& runtime_;
  Client client_;
};

}  // namespace shakedown::sim::wall

// The client side of the wire: asynchronous calls with one total deadline, over a pool of
// kept-alive connections. Follows no redirects; knows nothing of actors.
//
// Threads: call() from any thread; `done` runs once, on a thread of the IoLoop, and must not block.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/message.h"
#include "sim/wall_time/connection.h"
#include "sim/wall_time/wire.h"

namespace shakedown::sim::wall {

struct ClientCall {
  std::string address;  // An IP literal.
  std::uint16_t port = 0;
  TlsContext tls;           // Empty: plain TCP.
  std::string server_name;  // As DialOptions.
  bool inside = false;      // To our own listener.
  Protocol protocol = Protocol::kHttp;
  std::string bytes;  // The whole request (wire.h).
  bool is_head = false;
  // Sent again, once, if a kept-alive connection turns out to be dead (RFC 9110 §9.2.2).
  bool may_repeat = false;
  WireLimits limits;  // Of the response.
  SteadyTime deadline;
  // Instead of `deadline`, from when the request has been sent: setting up a connection is then
  // none of the caller's time (in the model it is charged already).
  std::optional<std::chrono::nanoseconds> answer_within;
};

struct ClientResult {
  Answer::Kind kind = Answer::Kind::kUnreachable;
  Response response;
  bool truncated = false;  // The body ended too early.
  bool new_connection = false;
  std::string detail;
};

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{1'000};
  // Kept-alive connections are used again for so long. The listener keeps those of InsidePorts
  // longer.
  std::chrono::milliseconds idle{2'000};
  std::chrono::milliseconds inside_idle{30'000};
  std::size_t max_idle_per_endpoint = 1024;
};

class Client {
 public:
  Client(IoLoop& loop, ClientOptions options, std::shared_ptr<InsidePorts> inside);
  ~Client();
  void call(ClientCall call, std::function<void(ClientResult)> done);

  struct Pool;

 private:
  std::shared_ptr<Pool> pool_;
};

}  // namespace shakedown::sim::wall

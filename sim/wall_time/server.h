// A listener for one protocol: reads requests under the limits of its options, hands each to a
// function, and writes what the responder is told to. Knows nothing of actors.
//
// Threads: the request function runs on a thread of the IoLoop and must not block. A Responder may
// be used from any thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sim/message.h"
#include "sim/result.h"
#include "sim/wall_time/connection.h"
#include "sim/wall_time/wire.h"

namespace shakedown::sim::wall {

struct ServerOptions {
  Protocol protocol = Protocol::kHttp;
  AcceptOptions accept;
  WireLimits limits;
  WireLimits inside_limits;  // For the clients of this process.
  // From the end of the handshake, or of the last response, to the end of the next header.
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds inside_idle_timeout{60'000};
  // A body may take `body_grace` plus its size (chunked: the limit) at this rate. Responses
  // likewise.
  std::size_t body_bytes_per_second = 1024;
  std::chrono::milliseconds body_grace{5'000};
};

struct Incoming {
  Request request;  // `target` as on the wire.
  bool is_inside = false;
  bool is_first = false;  // On its connection.
};

struct Outgoing {
  // The body up to `body_end` is written at `at`; the header goes with the first piece. The last
  // piece ends with the body. Empty: everything at once.
  struct Piece {
    SteadyTime at;
    std::size_t body_end = 0;
  };

  Response response;
  std::vector<Piece> pieces;
  // The connection ends after so many bytes of the body, though the header promises all of them.
  std::optional<std::size_t> cut_after;
  bool close_after = false;
};

enum class Drop : std::uint8_t {
  kClose,  // The connection ends without an answer.
  kReset,  // With a RST.
  kNever,  // Nothing is ever answered; the connection stays until the peer leaves.
  kSkip,   // No answer is due: the next request, please.
};

// Answers one request, once. If it is destroyed without an answer, the connection is closed.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void answer(Outgoing outgoing) = 0;
  virtual void drop(Drop how) = 0;
};

using OnRequest = std::function<void(Incoming, std::shared_ptr<Responder>)>;

class Server {
 public:
  // Errors: as Acceptor::listen.
  static Result<std::unique_ptr<Server>> start(IoLoop& loop,
                                               ServerOptions options,
                                               OnRequest on_request);

  std::uint16_t port() const { return acceptor_->port(); }

  std::size_t open_connections() const { return acceptor_->open_connections(); }

  void stop() { acceptor_->stop(); }

 private:
  explicit Server(std::unique_ptr<Acceptor> acceptor)
      : acceptor_(std::move(acceptor)) {}

  std::unique_ptr<Acceptor> acceptor_;
};

}  // namespace shakedown::sim::wall

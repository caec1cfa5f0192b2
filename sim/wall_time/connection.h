// Streams of bytes over loopback TCP, plain or TLS, with deadlines: what the listeners and the
// clients of wall time stand on. Boost.Asio stays inside connection.cc.
//
// Threads: an IoLoop runs callbacks on its own one or two threads. All calls on one Connection must
// come from its own callbacks or from functions handed to its post(): these never overlap.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/result.h"
#include "sim/wall_time/tls.h"

namespace shakedown::sim::wall {

using SteadyTime = std::chrono::steady_clock::time_point;

class IoLoop {
 public:
  explicit IoLoop(unsigned threads);
  ~IoLoop();
  IoLoop(const IoLoop&) = delete;
  IoLoop& operator=(const IoLoop&) = delete;

  // Callable from any thread. After stop() they do nothing.
  void post(std::function<void()> fn);
  void run_at(SteadyTime time, std::function<void()> fn);

  // Ends the threads; what is still pending is destroyed without being called. Not from a callback.
  void stop();

  struct Impl;

  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

enum class IoStatus : std::uint8_t {
  kOk,
  kClosed,    // The peer ended the stream.
  kReset,     // The peer reset the connection.
  kDeadline,  // set_deadline() has passed.
  kRefused,   // Nobody listens there.
  kTls,       // The handshake or a record failed.
  kFailed,
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using OnRead = std::function<void(IoStatus, std::string_view)>;
  using OnWrite = std::function<void(IoStatus)>;

  virtual ~Connection() = default;

  // One read of what is there, at most 16 KiB; the view ends with the callback.
  virtual void read(OnRead done) = 0;
  // All of `bytes`.
  virtual void write(std::string bytes, OnWrite done) = 0;
  // At `time` the connection is closed and pending callbacks get kDeadline.
  virtual void set_deadline(SteadyTime time) = 0;
  virtual void clear_deadline() = 0;

  // Says goodbye (close_notify, FIN) and, for a second, lets the peer read what was written.
  virtual void close() = 0;
  // At once, without close_notify.
  virtual void abort() = 0;
  // With a RST (SO_LINGER 0).
  virtual void reset() = 0;

  virtual void post(std::function<void()> fn) = 0;

  // Nothing has arrived and the peer is still there: an idle connection may be used again.
  virtual bool is_quiet() const = 0;

  // Made by a client of this process that announced itself (see DialOptions::inside).
  virtual bool is_inside() const = 0;
};

// The local ports of this process' own clients. The listener does not count their connections: they
// are bounded by the threads of the world, and 2,000 activities must not starve outsiders or
// themselves.
class InsidePorts;
std::shared_ptr<InsidePorts> make_inside_ports();

struct AcceptOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;              // 0: any free port.
  std::size_t max_connections = 1024;  // More are closed at once.
  std::size_t max_connections_per_address = 256;
  std::chrono::milliseconds handshake_timeout{10'000};
  std::shared_ptr<InsidePorts> inside;
  // The context for the next connection; empty: plain TCP.
  std::function<TlsContext()> tls;
};

class Acceptor {
 public:
  // `on_connection` runs on the connection, after the TLS handshake.
  // Errors: kEnvironment (address in use, not an address of this machine).
  static Result<std::unique_ptr<Acceptor>> listen(
      IoLoop& loop,
      AcceptOptions options,
      std::function<void(std::shared_ptr<Connection>)> on_connection);
  virtual ~Acceptor() = default;
  virtual std::uint16_t port() const = 0;
  // No further connection is accepted. From any thread.
  virtual void stop() = 0;
  virtual std::size_t open_connections() const = 0;  // Without those of InsidePorts.
};

struct DialOptions {
  std::string address;  // An IP literal.
  std::uint16_t port = 0;
  TlsContext tls;           // Empty: plain TCP.
  std::string server_name;  // What the certificate must be for: a DNS name or an IP literal.
  SteadyTime deadline;      // For connecting and the handshake.
  std::shared_ptr<InsidePorts> inside;  // Set by clients of our own listener.
};

// `done` gets the connection and kOk, or nullptr, why not and a detail for a person.
using OnDialled = std::function<void(IoStatus, std::shared_ptr<Connection>, std::string)>;
void dial(IoLoop& loop, DialOptions options, OnDialled done);

}  // namespace shakedown::sim::wall

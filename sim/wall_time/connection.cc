#include "sim/wall_time/connection.h"

#include "sim/wall_time/boost_separate.h"
//

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

namespace shakedown::sim::wall {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct IoLoop::Impl {
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  std::vector<std::thread> threads;
};

IoLoop::IoLoop(unsigned threads)
    : impl_(std::make_unique<Impl>()) {
  for (unsigned i = 0; i < threads; ++i)
    impl_->threads.emplace_back([context = &impl_->context] { context->run(); });
}

IoLoop::~IoLoop() { stop(); }

void IoLoop::post(std::function<void()> fn) { asio::post(impl_->context, std::move(fn)); }

void IoLoop::run_at(SteadyTime time, std::function<void()> fn) {
  auto timer = std::make_shared<asio::steady_timer>(impl_->context, time);
  timer->async_wait([timer, fn = std::move(fn)](error_code ec) {
    if (!ec) fn();
  });
}

void IoLoop::stop() {
  impl_->context.stop();
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

class InsidePorts {
 public:
  void add(std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    ports_.insert(port);
  }

  void remove(std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    ports_.erase(port);
  }

  bool contains(std::uint16_t port) const {
    const std::lock_guard lock(mutex_);
    return ports_.count(port) != 0;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::uint16_t> ports_;
};

std::shared_ptr<InsidePorts> make_inside_ports() { return std::make_shared<InsidePorts>(); }

namespace {

constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kMaxDrained = 1024 * 1024;
constexpr std::chrono::seconds kFarewell{1};

// How many connections are open, in all and by address. A Seat is one of them.
class Counter : public std::enable_shared_from_this<Counter> {
 public:
  using Seat = std::shared_ptr<void>;

  // nullptr: full.
  Seat take(const std::string& address, std::size_t limit, std::size_t limit_per_address) {
    const std::lock_guard lock(mutex_);
    std::size_t& here = by_address_[address];
    if (total_ >= limit || here >= limit_per_address) {
      if (here == 0) by_address_.erase(address);
      return nullptr;
    }
    ++here;
    ++total_;
    return {static_cast<void*>(this),
            [self = shared_from_this(), address](void*) { self->give_back(address); }};
  }

  std::size_t total() const {
    const std::lock_guard lock(mutex_);
    return total_;
  }

 private:
  void give_back(const std::string& address) {
    const std::lock_guard lock(mutex_);
    --total_;
    if (--by_address_[address] == 0) by_address_.erase(address);
  }

  mutable std::mutex mutex_;
  std::size_t total_ = 0;
  std::map<std::string, std::size_t> by_address_;
};

IoStatus status_of(error_code ec, bool expired) {
  if (!ec) return IoStatus::kOk;
  if (expired) return IoStatus::kDeadline;
  if (ec == asio::error::eof || ec == asio::ssl::error::stream_truncated) return IoStatus::kClosed;
  if (ec == asio::error::connection_reset || ec == asio::error::broken_pipe)
    return IoStatus::kReset;
  if (ec == asio::error::connection_refused) return IoStatus::kRefused;
  if (ec.category() == asio::error::get_ssl_category()) return IoStatus::kTls;
  return IoStatus::kFailed;
}

class AsioConnection final : public Connection {
 public:
  AsioConnection(asio::io_context& context,
                 tcp::socket socket,
                 std::shared_ptr<void> seat,
                 std::shared_ptr<InsidePorts> inside)
      : context_(context),
        socket_(std::move(socket)),
        timer_(socket_.get_executor()),
        seat_(std::move(seat)),
        inside_(std::move(inside)) {}

  ~AsioConnection() override {
    if (announced_port_ != 0) inside_->remove(announced_port_);
  }

  AsioConnection(const AsioConnection&) = delete;
  AsioConnection& operator=(const AsioConnection&) = delete;

  void mark_inside() { is_inside_ = true; }

  bool is_inside() const override { return is_inside_; }

  bool is_quiet() const override {
    char byte = 0;
    if (!socket_.is_open()) return false;
    // asio has no const handle.
    const int handle = const_cast<tcp::socket&>(socket_).native_handle();
    return ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  }

  void read(OnRead done) override {
    buffer_.resize(kReadSize);
    with_stream([&](auto& stream) {
      stream.async_read_some(asio::buffer(buffer_), [self = shared(), done = std::move(done)](
                                                        error_code ec, std::size_t size) {
        done(status_of(ec, self->expired_), {self->buffer_.data(), ec ? 0 : size});
      });
    });
  }

  void write(std::string bytes, OnWrite done) override {
    auto kept = std::make_shared<std::string>(std::move(bytes));
    with_stream([&](auto& stream) {
      asio::async_write(stream, asio::buffer(*kept),
                        [self = shared(), kept, done = std::move(done)](
                            error_code ec, std::size_t) { done(status_of(ec, self->expired_)); });
    });
  }

  void set_deadline(SteadyTime time) override {
    timer_.expires_at(time);
    timer_.async_wait([self = shared()](error_code ec) {
      // A deadline that was moved after this call was queued is not over.
      if (ec || self->timer_.expiry() > std::chrono::steady_clock::now()) return;
      self->expired_ = true;
      self->close_socket();
    });
  }

  void clear_deadline() override { timer_.expires_at(SteadyTime::max()); }

  void close() override {
    if (closing_) return;
    closing_ = true;
    set_deadline(std::chrono::steady_clock::now() + kFarewell);
    if (!stream_) return drain();
    stream_->async_shutdown([self = shared()](error_code) { self->drain(); });
  }

  void abort() override {
    closing_ = true;
    timer_.cancel();
    close_socket();
  }

  void reset() override {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
    abort();
  }

  void post(std::function<void()> fn) override {
    // While the loop is being destroyed, what it held may still want to say goodbye.
    if (context_.stopped()) return;
    asio::post(socket_.get_executor(), [self = shared(), fn = std::move(fn)] { fn(); });
  }

  void handshake_as_server(const TlsContext& context, std::function<void(IoStatus)> done) {
    start_tls(context);
    stream_->async_handshake(asio::ssl::stream_base::server,
                             [self = shared(), done = std::move(done)](error_code ec) {
                               done(status_of(ec, self->expired_));
                             });
  }

  void connect(DialOptions options, OnDialled done) {
    error_code ec;
    const auto address = asio::ip::make_address(options.address, ec);
    if (ec) return done(IoStatus::kFailed, nullptr, "not an IP address");
    const tcp::endpoint endpoint(address, options.port);
    socket_.open(endpoint.protocol(), ec);
    if (!ec && inside_) announce(endpoint, ec);
    if (ec) return done(IoStatus::kFailed, nullptr, "no socket: " + ec.message());
    set_deadline(options.deadline);
    socket_.async_connect(endpoint, [self = shared(), options = std::move(options),
                                     done = std::move(done)](error_code failure) mutable {
      if (failure) return done(status_of(failure, self->expired_), nullptr, failure.message());
      self->set_no_delay();
      if (!options.tls) return done(IoStatus::kOk, self, "");
      self->handshake_as_client(options, std::move(done));
    });
  }

  // Answers are written at once; Nagle's algorithm would hold small ones back for 40 ms.
  void set_no_delay() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
  }

 private:
  std::shared_ptr<AsioConnection> shared() {
    return std::static_pointer_cast<AsioConnection>(shared_from_this());
  }

  template <class Fn>
  void with_stream(Fn fn) {
    if (stream_) {
      fn(*stream_);
    } else {
      fn(socket_);
    }
  }

  void start_tls(const TlsContext& context) {
    tls_.emplace(tls_context_for_owner(context));
    stream_.emplace(socket_, *tls_);
  }

  // Binds first, so that the port is known to the listener before it can see the connection.
  void announce(const tcp::endpoint& endpoint, error_code& ec) {
    socket_.bind(tcp::endpoint(endpoint.address(), 0), ec);
    if (ec) return;
    announced_port_ = socket_.local_endpoint(ec).port();
    inside_->add(announced_port_);
    is_inside_ = true;
  }

  void handshake_as_client(const DialOptions& options, OnDialled done) {
    start_tls(options.tls);
    error_code not_an_address;
    asio::ip::make_address(options.server_name, not_an_address);
    if (!tls_expect_peer(stream_->native_handle(), options.server_name, !not_an_address)) {
      return done(IoStatus::kTls, nullptr, "not a name for TLS");
    }
    stream_->async_handshake(asio::ssl::stream_base::client,
                             [self = shared(), done = std::move(done)](error_code failure) {
                               if (!failure) return done(IoStatus::kOk, self, "");
                               const std::string refusal =
                                   tls_refusal(self->stream_->native_handle());
                               done(status_of(failure, self->expired_), nullptr,
                                    "TLS: " + (refusal.empty() ? failure.message() : refusal));
                               self->close_socket();
                             });
  }

  // Reads and forgets what the peer still sends: closing a socket with unread bytes resets the
  // connection, and the peer would lose the last answer.
  void drain() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    buffer_.resize(kReadSize);
    socket_.async_read_some(asio::buffer(buffer_),
                            [self = shared()](error_code ec, std::size_t size) {
                              self->drained_ += size;
                              if (ec || self->drained_ > kMaxDrained) return self->abort();
                              self->drain();
                            });
  }

  void close_socket() {
    error_code ignored;
    socket_.close(ignored);
  }

  asio::io_context& context_;
  tcp::socket socket_;
  std::optional<asio::ssl::context> tls_;
  std::optional<asio::ssl::stream<tcp::socket&>> stream_;
  asio::steady_timer timer_;
  std::vector<char> buffer_;
  std::shared_ptr<void> seat_;
  std::shared_ptr<InsidePorts> inside_;
  std::uint16_t announced_port_ = 0;
  std::size_t drained_ = 0;
  bool is_inside_ = false;
  bool expired_ = false;
  bool closing_ = false;
};

// Shared with its pending accept, which may be destroyed after the owner has gone.
class AsioAcceptor : public std::enable_shared_from_this<AsioAcceptor> {
 public:
  AsioAcceptor(asio::io_context& context,
               AcceptOptions options,
               std::function<void(std::shared_ptr<Connection>)> on_connection)
      : context_(context),
        acceptor_(asio::make_strand(context)),
        pause_(acceptor_.get_executor()),
        options_(std::move(options)),
        on_connection_(std::move(on_connection)) {}

  Status open() {
    error_code ec;
    const auto address = asio::ip::make_address(options_.address, ec);
    const tcp::endpoint endpoint(address, options_.port);
    if (!ec) acceptor_.open(endpoint.protocol(), ec);
    if (!ec) acceptor_.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec) acceptor_.bind(endpoint, ec);
    if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
    if (ec) {
      return fail(ErrorCode::kEnvironment, "cannot listen on " + options_.address + " port " +
                                               std::to_string(options_.port) + ": " + ec.message());
    }
    port_ = acceptor_.local_endpoint().port();
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] { self->accept(); });
    return {};
  }

  void stop() {
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {
      error_code ignored;
      self->stopped_ = true;
      self->acceptor_.close(ignored);
      self->pause_.cancel();
    });
  }

  std::uint16_t port() const { return port_; }

  std::size_t open_connections() const { return counter_->total(); }

 private:
  void accept() {
    if (stopped_) return;
    acceptor_.async_accept(asio::make_strand(context_),
                           [self = shared_from_this()](error_code ec, tcp::socket socket) {
                             if (!ec) self->welcome(std::move(socket));
                             if (ec) return self->accept_later();
                             self->accept();
                           });
  }

  // No file descriptors are left, most likely: clients wait in the backlog meanwhile.
  void accept_later() {
    if (stopped_) return;
    pause_.expires_after(std::chrono::milliseconds(100));
    pause_.async_wait([self = shared_from_this()](error_code) { self->accept(); });
  }

  void welcome(tcp::socket socket) {
    error_code ec;
    const tcp::endpoint peer = socket.remote_endpoint(ec);
    if (ec) return;
    const bool inside = options_.inside && options_.inside->contains(peer.port());
    Counter::Seat seat;
    if (!inside) {
      seat = counter_->take(peer.address().to_string(), options_.max_connections,
                            options_.max_connections_per_address);
      if (!seat) return;  // The socket closes.
    }
    auto connection = std::make_shared<AsioConnection>(context_, std::move(socket), std::move(seat),
                                                       options_.inside);
    connection->set_no_delay();
    if (inside) connection->mark_inside();
    const TlsContext tls = options_.tls ? options_.tls() : nullptr;
    connection->post([self = shared_from_this(), connection, tls] {
      if (!tls) return self->on_connection_(connection);
      connection->set_deadline(std::chrono::steady_clock::now() + self->options_.handshake_timeout);
      connection->handshake_as_server(tls, [self, connection](IoStatus status) {
        if (status != IoStatus::kOk) return connection->abort();
        connection->clear_deadline();
        self->on_connection_(connection);
      });
    });
  }

  asio::io_context& context_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  AcceptOptions options_;
  std::function<void(std::shared_ptr<Connection>)> on_connection_;
  std::shared_ptr<Counter> counter_ = std::make_shared<Counter>();
  std::uint16_t port_ = 0;
  bool stopped_ = false;
};

class AcceptorHandle final : public Acceptor {
 public:
  explicit AcceptorHandle(std::shared_ptr<AsioAcceptor> acceptor)
      : acceptor_(std::move(acceptor)) {}

  ~AcceptorHandle() override { acceptor_->stop(); }

  AcceptorHandle(const AcceptorHandle&) = delete;
  AcceptorHandle& operator=(const AcceptorHandle&) = delete;

  std::uint16_t port() const override { return acceptor_->port(); }

  void stop() override { acceptor_->stop(); }

  std::size_t open_connections() const override { return acceptor_->open_connections(); }

 private:
  std::shared_ptr<AsioAcceptor> acceptor_;
};

}  // namespace

Result<std::unique_ptr<Acceptor>> Acceptor::listen(
    IoLoop& loop,
    AcceptOptions options,
    std::function<void(std::shared_ptr<Connection>)> on_connection) {
  auto acceptor = std::make_shared<AsioAcceptor>(loop.impl().context, std::move(options),
                                                 std::move(on_connection));
  RETURN_IF_ERROR(acceptor->open());
  return std::unique_ptr<Acceptor>(std::make_unique<AcceptorHandle>(std::move(acceptor)));
}

void dial(IoLoop& loop, DialOptions options, OnDialled done) {
  auto connection = std::make_shared<AsioConnection>(
      loop.impl().context, tcp::socket(asio::make_strand(loop.impl().context)), nullptr,
      options.inside);
  connection->post([connection, options = std::move(options), done = std::move(done)]() mutable {
    connection->connect(std::move(options), std::move(done));
  });
}

}  // namespace shakedown::sim::wall

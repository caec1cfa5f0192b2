#include "sim/wall_time/client.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <vector>

namespace shakedown::sim::wall {

using std::chrono::steady_clock;

struct Client::Pool {
  struct Idle {
    std::shared_ptr<Connection> connection;
    SteadyTime until;
  };

  Pool(IoLoop& io_loop, ClientOptions client_options, std::shared_ptr<InsidePorts> inside_ports)
      : loop(io_loop),
        options(client_options),
        inside(std::move(inside_ports)) {}

  // A connection that was usable when it was given back, or nullptr.
  std::shared_ptr<Connection> take(const std::string& endpoint) {
    const std::lock_guard lock(mutex);
    auto found = idle.find(endpoint);
    if (found == idle.end()) return nullptr;
    const SteadyTime now = steady_clock::now();
    std::vector<Idle>& connections = found->second;
    while (!connections.empty()) {
      const Idle last = std::move(connections.back());
      connections.pop_back();
      if (last.until > now) return last.connection;
    }
    return nullptr;
  }

  // On the connection.
  void give_back(const std::string& endpoint, std::shared_ptr<Connection> connection) {
    const SteadyTime now = steady_clock::now();
    const SteadyTime until = now + (connection->is_inside() ? options.inside_idle : options.idle);
    connection->set_deadline(until);  // The timer closes the socket of what nobody takes.
    const std::lock_guard lock(mutex);
    std::vector<Idle>& connections = idle[endpoint];
    connections.erase(std::remove_if(connections.begin(), connections.end(),
                                     [&](const Idle& i) { return i.until <= now; }),
                      connections.end());
    if (connections.size() < options.max_idle_per_endpoint)
      connections.push_back({std::move(connection), until});
  }

  IoLoop& loop;
  ClientOptions options;
  std::shared_ptr<InsidePorts> inside;
  std::mutex mutex;
  std::map<std::string, std::vector<Idle>> idle;
};

namespace {

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(std::shared_ptr<Client::Pool> pool,
           ClientCall call,
           std::function<void(ClientResult)> done)
      : pool_(std::move(pool)),
        call_(std::move(call)),
        done_(std::move(done)),
        endpoint_(call_.address + " " + std::to_string(call_.port) + " " + call_.server_name +
                  (call_.tls ? " tls" : " tcp")) {}

  void start() {
    if (auto connection = pool_->take(endpoint_)) {
      connection_ = std::move(connection);
      connection_->post([self = shared_from_this()] {
        if (self->connection_->is_quiet()) return self->send();
        self->connection_->abort();
        self->connect();
      });
      return;
    }
    connect();
  }

 private:
  void connect() {
    is_new_ = true;
    DialOptions options;
    options.address = call_.address;
    options.port = call_.port;
    options.tls = call_.tls;
    options.server_name = call_.server_name;
    options.deadline = call_.deadline;
    if (call_.inside) {
      options.inside = pool_->inside;
    } else {
      const SteadyTime connected_by = steady_clock::now() + pool_->options.connect_timeout;
      options.deadline = std::min(options.deadline, connected_by);
    }
    dial(pool_->loop, std::move(options),
         [self = shared_from_this()](IoStatus status, std::shared_ptr<Connection> connection,
                                     std::string detail) {
           if (status != IoStatus::kOk) return self->fail(status, std::move(detail));
           self->connection_ = std::move(connection);
           self->send();
         });
  }

  void send() {
    reader_ = call_.protocol == Protocol::kHttp
                  ? make_http_response_reader(call_.limits, call_.is_head)
                  : make_sip_response_reader(call_.limits);
    connection_->set_deadline(call_.deadline);
    // The bytes are kept for a repetition.
    connection_->write(call_.bytes, [self = shared_from_this()](IoStatus status) {
      if (status != IoStatus::kOk) return self->lost(status);
      if (self->call_.answer_within) {
        self->call_.deadline = steady_clock::now() + *self->call_.answer_within;
        self->connection_->set_deadline(self->call_.deadline);
      }
      self->read();
    });
  }

  void read() {
    connection_->read([self = shared_from_this()](IoStatus status, std::string_view bytes) {
      if (status == IoStatus::kOk) {
        self->got_bytes_ = true;
        return self->advance(self->reader_->feed(bytes));
      }
      if (status == IoStatus::kClosed && self->got_bytes_)
        return self->advance(self->reader_->feed_end());
      self->lost(status);
    });
  }

  void advance(ReadState state) {
    if (state == ReadState::kRefused) {
      connection_->abort();
      return fail(IoStatus::kFailed, reader_->refusal().reason);
    }
    if (state != ReadState::kComplete) return read();
    ClientResult result;
    result.kind = Answer::Kind::kResponse;
    result.response = reader_->take();
    result.truncated = reader_->was_truncated();
    result.new_connection = is_new_;
    if (reader_->keeps_alive()) {
      pool_->give_back(endpoint_, std::move(connection_));
    } else {
      connection_->abort();
    }
    done_(std::move(result));
  }

  void lost(IoStatus status) {
    connection_->abort();
    const bool stale =
        !is_new_ && !got_bytes_ && (status == IoStatus::kClosed || status == IoStatus::kReset);
    if (stale && call_.may_repeat) return connect();
    fail(status, "");
  }

  void fail(IoStatus status, std::string detail) {
    ClientResult result;
    result.new_connection = is_new_;
    result.detail = std::move(detail);
    if (status == IoStatus::kDeadline) {
      const bool was_total = steady_clock::now() >= call_.deadline;
      result.kind = was_total ? Answer::Kind::kTimeout : Answer::Kind::kUnreachable;
      result.detail = was_total ? "" : "connecting took too long";
    } else if (status == IoStatus::kReset) {
      result.detail = "reset by peer";
    } else if (status == IoStatus::kRefused) {
      result.detail = "connection refused";
    } else if (status == IoStatus::kClosed) {
      result.detail = "connection closed";
    } else if (result.detail.empty()) {
      result.detail = "connection failed";
    }
    done_(std::move(result));
  }

  std::shared_ptr<Client::Pool> pool_;
  ClientCall call_;
  std::function<void(ClientResult)> done_;
  std::string endpoint_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<ResponseReader> reader_;
  bool is_new_ = false;
  bool got_bytes_ = false;
};

}  // namespace

Client::Client(IoLoop& loop, ClientOptions options, std::shared_ptr<InsidePorts> inside)
    : pool_(std::make_shared<Pool>(loop, options, std::move(inside))) {}

Client::~Client() = default;

void Client::call(ClientCall call, std::function<void(ClientResult)> done) {
  std::make_shared<Exchange>(pool_, std::move(call), std::move(done))->start();
}

}  // namespace shakedown::sim::wall

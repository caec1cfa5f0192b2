#include "sim/wall_time/server.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace shakedown::sim::wall {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::minutes kNeverAnswered{10};

struct ServerState {
  IoLoop& loop;
  ServerOptions options;
  OnRequest on_request;
};

// One connection: one request at a time. What is pipelined waits in the reader.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<const ServerState> server, std::shared_ptr<Connection> connection)
      : server_(std::move(server)),
        connection_(std::move(connection)) {
    const ServerOptions& options = server_->options;
    const WireLimits& limits = connection_->is_inside() ? options.inside_limits : options.limits;
    reader_ = is_http() ? make_http_request_reader(limits) : make_sip_request_reader(limits);
  }

  void next_request() {
    const ServerOptions& options = server_->options;
    connection_->set_deadline(steady_clock::now() + (connection_->is_inside()
                                                         ? options.inside_idle_timeout
                                                         : options.header_timeout));
    body_is_timed_ = false;
    advance(reader_->feed(""));
  }

  Connection& connection() { return *connection_; }

  void answer(Outgoing outgoing) {
    const bool keep = keeps_alive_ && !outgoing.close_after && !outgoing.cut_after;
    auto written = is_http() ? write_http_response(outgoing.response, is_head_, keep)
                             : write_sip_response(outgoing.response);
    // A handler made a field that would break the framing: it must not reach the wire.
    if (!written) return refuse({500, "malformed answer"});
    connection_->set_deadline(write_deadline(*written, outgoing));
    closes_after_ = !keep;
    if (outgoing.cut_after && *outgoing.cut_after < written->body.size()) {
      written->body.resize(*outgoing.cut_after);
      is_cut_ = true;
    }
    header_ = std::move(written->header);
    body_ = std::move(written->body);
    pieces_ = std::move(outgoing.pieces);
    piece_ = 0;
    body_sent_ = 0;
    write_next_piece();
  }

  void drop(Drop how) {
    if (how == Drop::kClose) return connection_->abort();
    if (how == Drop::kReset) return connection_->reset();
    if (how == Drop::kSkip) return next_request();
    // Longer than any client waits; but a seat in the listener is not given away for ever.
    connection_->set_deadline(steady_clock::now() + kNeverAnswered);
    wait_until_peer_leaves();
  }

 private:
  bool is_http() const { return server_->options.protocol == Protocol::kHttp; }

  void read() {
    connection_->read([self = shared_from_this()](IoStatus status, std::string_view bytes) {
      if (status == IoStatus::kOk) return self->advance(self->reader_->feed(bytes));
      // A client that stalls in the middle of a request is told so (RFC 9110 §15.5.9) by nothing:
      // the socket is closed already.
      self->connection_->abort();
    });
  }

  void advance(ReadState state) {
    switch (state) {
      case ReadState::kHeader:
        return read();
      case ReadState::kBody:
        return await_body();
      case ReadState::kRefused:
        return refuse(reader_->refusal());
      case ReadState::kComplete:
        return hand_over();
    }
  }

  void await_body() {
    if (body_is_timed_) return read();
    body_is_timed_ = true;
    connection_->set_deadline(steady_clock::now() + time_for(reader_->body_bound()));
    if (!reader_->expects_continue()) return read();
    connection_->write("HTTP/1.1 100 Continue\r\n\r\n",
                       [self = shared_from_this()](IoStatus status) {
                         if (status == IoStatus::kOk) return self->read();
                         self->connection_->abort();
                       });
  }

  std::chrono::milliseconds time_for(std::size_t bytes) const {
    const ServerOptions& options = server_->options;
    return options.body_grace +
           std::chrono::milliseconds(bytes * 1000 / options.body_bytes_per_second);
  }

  SteadyTime write_deadline(const WrittenResponse& written, const Outgoing& outgoing) const {
    const SteadyTime now = steady_clock::now();
    const SteadyTime last = outgoing.pieces.empty() ? now : outgoing.pieces.back().at;
    return std::max(now, last) + time_for(written.header.size() + written.body.size());
  }

  void hand_over();

  void refuse(const Refusal& refusal) {
    Outgoing outgoing;
    outgoing.response.status = refusal.status;
    outgoing.response.body = is_http() ? refusal.reason + "\n" : "";
    outgoing.response.reason = refusal.reason;
    outgoing.close_after = true;
    answer(std::move(outgoing));
  }

  void write_next_piece() {
    if (pieces_.empty()) return write_up_to(body_.size());
    const Outgoing::Piece piece = pieces_[piece_++];
    const std::size_t end =
        piece_ == pieces_.size() ? body_.size() : std::min(piece.body_end, body_.size());
    if (piece.at <= steady_clock::now()) return write_up_to(end);
    server_->loop.run_at(piece.at, [self = shared_from_this(), end] {
      self->connection_->post([self, end] { self->write_up_to(end); });
    });
  }

  void write_up_to(std::size_t end) {
    std::string bytes = std::exchange(header_, {});
    bytes.append(body_, body_sent_, end - body_sent_);
    body_sent_ = end;
    connection_->write(std::move(bytes), [self = shared_from_this()](IoStatus status) {
      if (status != IoStatus::kOk) return self->connection_->abort();
      if (self->piece_ < self->pieces_.size()) return self->write_next_piece();
      self->finish_answer();
    });
  }

  void finish_answer() {
    pieces_.clear();
    body_.clear();
    if (is_cut_) return connection_->abort();
    if (closes_after_) return connection_->close();
    next_request();
  }

  void wait_until_peer_leaves() {
    connection_->read([self = shared_from_this()](IoStatus status, std::string_view bytes) {
      self->ignored_ += bytes.size();
      constexpr std::size_t kMaxIgnored = 1024 * 1024;
      if (status != IoStatus::kOk || self->ignored_ > kMaxIgnored)
        return self->connection_->abort();
      self->wait_until_peer_leaves();
    });
  }

  std::shared_ptr<const ServerState> server_;
  std::shared_ptr<Connection> connection_;
  std::unique_ptr<RequestReader> reader_;
  bool body_is_timed_ = false;
  bool is_first_ = true;
  bool is_head_ = false;
  bool keeps_alive_ = false;
  // The answer that is being written.
  std::string header_;
  std::string body_;
  std::vector<Outgoing::Piece> pieces_;
  std::size_t piece_ = 0;
  std::size_t body_sent_ = 0;
  bool closes_after_ = false;
  bool is_cut_ = false;
  std::size_t ignored_ = 0;
};

class SessionResponder final : public Responder {
 public:
  explicit SessionResponder(std::shared_ptr<Session> session)
      : session_(std::move(session)) {}

  ~SessionResponder() override { drop(Drop::kClose); }

  SessionResponder(const SessionResponder&) = delete;
  SessionResponder& operator=(const SessionResponder&) = delete;

  void answer(Outgoing outgoing) override {
    if (is_used_.exchange(true)) return;
    auto session = std::move(session_);
    Connection& connection = session->connection();
    connection.post([session = std::move(session), outgoing = std::move(outgoing)]() mutable {
      session->answer(std::move(outgoing));
    });
  }

  void drop(Drop how) override {
    if (is_used_.exchange(true)) return;
    auto session = std::move(session_);
    Connection& connection = session->connection();
    connection.post([session = std::move(session), how] { session->drop(how); });
  }

 private:
  std::atomic<bool> is_used_{false};
  std::shared_ptr<Session> session_;
};

void Session::hand_over() {
  connection_->clear_deadline();
  Incoming incoming;
  incoming.request = reader_->take();
  incoming.is_inside = connection_->is_inside();
  incoming.is_first = std::exchange(is_first_, false);
  keeps_alive_ = reader_->keeps_alive();
  is_head_ = incoming.request.method == "HEAD";
  server_->on_request(std::move(incoming), std::make_shared<SessionResponder>(shared_from_this()));
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(IoLoop& loop,
                                              ServerOptions options,
                                              OnRequest on_request) {
  AcceptOptions accept = options.accept;
  auto state = std::make_shared<const ServerState>(
      ServerState{loop, std::move(options), std::move(on_request)});
  ASSIGN_OR_RETURN(
      auto acceptor,
      Acceptor::listen(loop, std::move(accept), [state](std::shared_ptr<Connection> c) {
        std::make_shared<Session>(state, std::move(c))->next_request();
      }));
  return std::unique_ptr<Server>(new Server(std::move(acceptor)));
}

}  // namespace shakedown::sim::wall

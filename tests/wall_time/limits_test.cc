// What a hostile client may do to a listener: each limit holds at its value and refuses one more.
// Plain TCP, because TLS changes nothing about these; outsiders_test.cc meets the public listener.
#include "sim/wall_time/server.h"
#include "tests/wall_time/raw_socket.h"
#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim::wall {
namespace {

ServerOptions short_timers() {
  ServerOptions options;
  options.header_timeout = std::chrono::milliseconds(300);
  options.body_grace = std::chrono::milliseconds(200);
  options.body_bytes_per_second = 10'000;
  return options;
}

// A listener that answers every request with a line about it.
class Listening {
 public:
  explicit Listening(ServerOptions options = ServerOptions{})
      : loop_(1) {
    auto server = Server::start(
        loop_, std::move(options), [this](Incoming incoming, std::shared_ptr<Responder> responder) {
          ++requests_;
          Outgoing outgoing;
          outgoing.response = ok(incoming.request.method + " " + incoming.request.target + " " +
                                 std::to_string(incoming.request.body.size()) + "\n");
          responder->answer(std::move(outgoing));
        });
    EXPECT_TRUE(server);
    server_ = *std::move(server);
  }

  ~Listening() { loop_.stop(); }

  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  std::uint16_t port() const { return server_->port(); }

  std::size_t open_connections() const { return server_->open_connections(); }

  int requests() const { return requests_; }

  // The status that this request is answered with, 0 if the connection just closes.
  int status_for(std::string_view bytes) {
    RawSocket socket(port());
    socket.send(bytes);
    const std::string answer = socket.receive("\r\n");
    return answer.size() < 12 ? 0 : std::stoi(answer.substr(answer.find(' ')));
  }

 private:
  IoLoop loop_;
  std::unique_ptr<Server> server_;
  std::atomic<int> requests_{0};
};

std::string with_fields(std::size_t count) {
  std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 1; i < count; ++i) request += "X-" + std::to_string(i) + ": v\r\n";
  return request + "\r\n";
}

// A request whose line has `size` bytes.
std::string with_line(std::size_t size) {
  const std::string around = "GET / HTTP/1.1";
  return "GET /" + std::string(size - around.size(), 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

// A request whose header fields have `size` bytes.
std::string with_header_bytes(std::size_t size) {
  const std::string host = "Host: a\r\n";
  const std::string around = "X: \r\n";
  return "GET / HTTP/1.1\r\n" + host +
         "X: " + std::string(size - host.size() - around.size(), 'v') + "\r\n\r\n";
}

std::string with_body(std::size_t size) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
         std::string(size, 'b');
}

std::string chunked(std::size_t size) {
  std::string request = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t left = size; left > 0;) {
    const std::size_t chunk = std::min<std::size_t>(left, 10'000);
    char line[32];
    std::snprintf(line, sizeof line, "%zx\r\n", chunk);
    request += line + std::string(chunk, 'c') + "\r\n";
    left -= chunk;
  }
  return request + "0\r\n\r\n";
}

TEST(WallLimits, RequestLine) {
  Listening server;
  EXPECT_EQ(server.status_for(with_line(8 * 1024)), 200);
  EXPECT_EQ(server.status_for(with_line(8 * 1024 + 1)), 414);
}

TEST(WallLimits, HeaderBytes) {
  Listening server;
  EXPECT_EQ(server.status_for(with_header_bytes(8 * 1024)), 200);
  EXPECT_EQ(server.status_for(with_header_bytes(8 * 1024 + 1)), 431);
}

TEST(WallLimits, HeaderCount) {
  Listening server;
  EXPECT_EQ(server.status_for(with_fields(64)), 200);
  EXPECT_EQ(server.status_for(with_fields(65)), 431);
}

TEST(WallLimits, Body) {
  Listening server;
  EXPECT_EQ(server.status_for(with_body(64 * 1024)), 200);
  EXPECT_EQ(server.status_for(with_body(64 * 1024 + 1)), 413);
}

TEST(WallLimits, ABodyInChunks) {
  Listening server;
  EXPECT_EQ(server.status_for(chunked(64 * 1024)), 200);
  EXPECT_EQ(server.status_for(chunked(64 * 1024 + 1)), 413);
  EXPECT_EQ(server.requests(), 1);
}

TEST(WallLimits, TheBodyLimitIsAnOption) {
  ServerOptions options;
  options.limits.body = 1024 * 1024;
  Listening server(options);
  EXPECT_EQ(server.status_for(with_body(1024 * 1024)), 200);
  EXPECT_EQ(server.status_for(with_body(1024 * 1024 + 1)), 413);
}

TEST(WallLimits, AnEndlessHeaderIsRefusedEarly) {
  Listening server;
  RawSocket socket(server.port());
  socket.send("GET / HTTP/1.1\r\nX-Endless: ");
  std::size_t sent = 0;
  while (sent < 100 * 1024 * 1024 && socket.send(std::string(64 * 1024, 'x'))) sent += 64 * 1024;
  EXPECT_LT(sent, 20 * 1024 * 1024U);
  EXPECT_EQ(server.requests(), 0);
}

TEST(WallLimits, AnEndlessChunkExtensionOrTrailerIsRefused) {
  Listening server;
  const std::string start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_GE(server.status_for(start + "1;ext=" + std::string(200'000, 'e') + "\r\nx\r\n0\r\n\r\n"),
            400);
  EXPECT_GE(
      server.status_for(start + "1\r\nx\r\n0\r\nT: " + std::string(200'000, 't') + "\r\n\r\n"),
      400);
  EXPECT_EQ(server.requests(), 0);
}

TEST(WallLimits, ASlowHeaderIsCutOff) {
  Listening server(short_timers());
  RawSocket socket(server.port());
  const auto begin = std::chrono::steady_clock::now();
  socket.send("GET / HTTP/1.1\r\n");
  for (int i = 0; i < 100 && socket.send("X: y\r\n"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1500));
  EXPECT_EQ(server.requests(), 0);
}

TEST(WallLimits, ADrippingBodyIsCutOffByItsTotalDeadline) {
  Listening server(short_timers());
  RawSocket socket(server.port());
  const auto begin = std::chrono::steady_clock::now();
  // 2,000 bytes may take 0.4 s.
  socket.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n");
  for (int i = 0; i < 100 && socket.send("x"); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1500));
  EXPECT_EQ(server.requests(), 0);
}

TEST(WallLimits, IdleConnectionsAreClosed) {
  Listening server(short_timers());
  RawSocket silent(server.port());
  RawSocket after_one(server.port());
  after_one.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(after_one.receive("GET / 0\n").find("200"), std::string::npos);
  EXPECT_EQ(silent.receive(), "");
  EXPECT_EQ(after_one.receive(), "");
  EXPECT_FALSE(silent.timed_out() || after_one.timed_out());
}

TEST(WallLimits, ConnectionsInAll) {
  ServerOptions options;
  options.accept.max_connections = 3;
  Listening server(options);
  std::vector<std::unique_ptr<RawSocket>> open;
  for (int i = 0; i < 3; ++i) open.push_back(std::make_unique<RawSocket>(server.port()));
  for (const auto& socket : open) {
    socket->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(socket->receive("GET / 0\n").find("200"), std::string::npos);
  }
  EXPECT_EQ(server.open_connections(), 3U);
  EXPECT_EQ(server.status_for("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
  open.pop_back();
  int status = 0;  // The seat is given back when the server has noticed.
  for (int i = 0; i < 200 && status != 200; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    status = server.status_for("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_EQ(status, 200);
}

TEST(WallLimits, ConnectionsFromOneAddress) {
  ServerOptions options;
  options.accept.max_connections_per_address = 2;
  Listening server(options);
  const RawSocket one(server.port());
  const RawSocket two(server.port());
  for (int i = 0; i < 200 && server.open_connections() < 2; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(server.status_for("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
}

TEST(WallLimits, AnHonestRequestIsNotDelayedBySilentConnections) {
  Listening server;
  std::vector<std::unique_ptr<RawSocket>> silent;
  for (int i = 0; i < 100; ++i) {
    silent.push_back(std::make_unique<RawSocket>(server.port()));
    silent.back()->send("GET / HT");
  }
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(server.status_for("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(500));
}

TEST(WallHttp, RefusesWhatCouldBeReadInTwoWays) {
  Listening server;
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const std::vector<std::pair<std::string, int>> cases = {
      {"GET / HTTP/1.1\r\n\r\n", 400},                        // No Host.
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},  //
      {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400},            //
      {post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 400},
      {post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400},  //
      {post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400},   //
      {post + "Content-Length: -1\r\n\r\n", 400},                        //
      {post + "Content-Length: 99999999999999999999\r\n\r\n", 400},      //
      {post + "Content-Length: 1x\r\n\r\nx", 400},                       //
      {post + "Transfer-Encoding: chunked\r\n\r\n-2\r\nxx\r\n0\r\n\r\n", 400},
      {post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx", 400},
      {"GET / HTTP/1.0\r\n\r\n", 400},                //
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},     //
      {"GET /\r\nHost: a\r\n\r\n", 400},              //
      {"G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},  //
      {"GET / HTTP/1.1\nHost: a\n\n", 505},           //
  };
  for (const auto& [request, status] : cases)
    EXPECT_EQ(server.status_for(request), status) << request;
  const int gzip = server.status_for(post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
  EXPECT_TRUE(gzip == 400 || gzip == 501) << gzip;
  EXPECT_EQ(server.requests(), 0);
}

TEST(WallHttp, AnswersPipelinedRequestsInOrderAndKeepsAlive) {
  Listening server;
  RawSocket socket(server.port());
  socket.send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
      "abcGET /3 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string got = socket.receive();
  const auto one = got.find("GET /1 0\n");
  const auto two = got.find("POST /2 3\n");
  const auto three = got.find("GET /3 0\n");
  EXPECT_TRUE(one < two && two < three && three != std::string::npos) << got;
  EXPECT_FALSE(socket.timed_out());  // Closed, as asked.
}

TEST(WallHttp, ToldToContinueClientsSendTheirBody) {
  Listening server;
  RawSocket socket(server.port());
  socket.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(socket.receive("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("ab");
  EXPECT_NE(socket.receive("POST / 2\n").find("200 OK"), std::string::npos);
}

TEST(WallHttp, HeadHasAHeaderOnly) {
  Listening server;
  RawSocket socket(server.port());
  socket.send("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string got = socket.receive();
  EXPECT_NE(got.find("Content-Length: 10\r\n"), std::string::npos) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\n")) << got;
}

ServerOptions sip() {
  ServerOptions options;
  options.protocol = Protocol::kSip;
  return options;
}

// A SIP request of `size` bytes in all.
std::string sip_request(std::size_t size) {
  const auto build = [](std::size_t body) {
    return "INVITE sip:a@b.test SIP/2.0\r\nContent-Length: " + std::to_string(body) + "\r\n\r\n" +
           std::string(body, 's');
  };
  const std::size_t around = build(10'000).size() - 10'000;
  return build(size - around);
}

TEST(WallSip, MessagesHaveALimit) {
  Listening server(sip());
  EXPECT_EQ(server.status_for(sip_request(64 * 1024)), 200);
  EXPECT_EQ(server.status_for(sip_request(64 * 1024 + 1)), 513);
}

TEST(WallSip, AnEndlessHeaderIsRefused) {
  Listening server(sip());
  EXPECT_EQ(server.status_for("INVITE sip:a@b SIP/2.0\r\nX: " + std::string(200'000, 'x')), 513);
}

TEST(WallSip, RefusesWhatIsNotSip) {
  Listening server(sip());
  for (const char* bytes : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "INVITE sip:a@b SIP/3.0\r\n\r\n",
                            "INVITE  SIP/2.0\r\n\r\n", "INVITE sip:a@b SIP/2.0\r\nno colon\r\n\r\n",
                            "INVITE sip:a@b SIP/2.0\r\n folded: first\r\n\r\n",
                            "INVITE sip:a@b SIP/2.0\r\nContent-Length: x\r\n\r\n",
                            "INVITE sip:a@b SIP/2.0\r\nContent-Length: 1\r\nl: 1\r\n\r\nx"}) {
    EXPECT_EQ(server.status_for(bytes), 400) << bytes;
  }
  EXPECT_EQ(server.requests(), 0);
}

TEST(WallSip, KeepAlivesBetweenMessagesMeanNothing) {
  Listening server(sip());
  RawSocket socket(server.port());
  socket.send("\r\n\r\nOPTIONS sip:b.test SIP/2.0\r\nl: 0\r\n\r\n\r\n\r\n");
  EXPECT_NE(socket.receive("OPTIONS sip:b.test 0\n").find("SIP/2.0 200 OK"), std::string::npos);
  socket.send("OPTIONS sip:b.test SIP/2.0\r\nSubject: a\r\n folded\r\nl: 0\r\n\r\n");
  EXPECT_NE(socket.receive("OPTIONS sip:b.test 0\n").find("SIP/2.0 200 OK"), std::string::npos);
}

}  // namespace
}  // namespace shakedown::sim::wall

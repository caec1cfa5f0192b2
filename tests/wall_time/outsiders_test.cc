// Those who are no actors: clients that ask actors over real HTTPS and SIP, with cpp-httplib as the
// independent client, and products that actors ask.
#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sim/wall_time/tls.h"
#include "tests/wall_time/raw_socket.h"
#include "tests/wall_time/wall_harness.h"

namespace shakedown::sim {
namespace {

// A file that is there as long as the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text) {
    const int handle = ::mkstemp(name_.data());
    ::close(handle);
    std::ofstream(name_) << text;
  }

  ~TemporaryFile() { std::remove(name_.c_str()); }

  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& name() const { return name_; }

 private:
  std::string name_ = "/tmp/shakedown-test-XXXXXX";
};

// A world that serves in a thread of its own until the end of the test.
class Serving {
 public:
  explicit Serving(WallOptions options = quick_options())
      : world(make_world(std::move(options))),
        ca(world->tls_ca_pem()) {}

  ~Serving() {
    world->stop();
    if (runner_.joinable()) runner_.join();
  }

  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  void begin() {
    Env& keeper = world->add_actor({"keeper"});
    std::atomic<bool> begun{false};
    world->start(
        keeper, "serve",
        [&keeper, &begun] {
          begun = true;
          keeper.sleep_until(kNever);
        },
        Daemon::kNo);
    runner_ = std::thread([this] { summary = world->run(kNever); });
    while (!begun) std::this_thread::yield();
  }

  RunSummary end() {
    world->stop();
    runner_.join();
    return summary;
  }

  std::unique_ptr<httplib::SSLClient> client(const std::string& host = "127.0.0.1") const {
    auto made = std::make_unique<httplib::SSLClient>(host, world->own_port());
    made->set_ca_cert_path(ca.name().c_str());
    made->enable_server_certificate_verification(true);
    made->set_read_timeout(5);
    return made;
  }

  std::unique_ptr<WallWorld> world;
  TemporaryFile ca;
  RunSummary summary;

 private:
  std::thread runner_;
};

TEST(WallOutsiders, ReachAnActorByPathOrByName) {
  Serving serving;
  Env& pa = serving.world->add_actor({"pa"});
  serving.world->listen(pa, Protocol::kHttp, "pa.test", echo());
  serving.begin();
  auto client = serving.client();
  auto got = client->Get("/pa.test/acme/directory?x=1");
  ASSERT_TRUE(got) << httplib::to_string(got.error());
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "GET https://pa.test/acme/directory?x=1 ");
  got = client->Post("/pa.test", "body", "text/plain");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, "POST https://pa.test body");
  EXPECT_EQ(got->get_header_value("Content-Type"), "text/plain");

  // A client that maps the name itself, verifies the certificate for it, and says Host.
  const std::string port = std::to_string(serving.world->own_port());
  auto by_name = serving.client("pa.test");
  by_name->set_hostname_addr_map({{"pa.test", "127.0.0.1"}});
  got = by_name->Get("/x");
  ASSERT_TRUE(got) << httplib::to_string(got.error());
  EXPECT_EQ(got->body, "GET https://pa.test/x ");
  got = client->Get("/x", {{"Host", "PA.test:443"}});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, "GET https://pa.test:443/x ");
}

TEST(WallOutsiders, AreNeitherAnsweredNorAskedWhereTheyTakeNoPart) {
  WallOptions options = quick_options();
  options.outsiders = false;
  Serving serving(std::move(options));
  Env& pa = serving.world->add_actor({"pa"});
  serving.world->listen(pa, Protocol::kHttp, "pa.test", echo());
  Log log;
  serving.world->start(
      pa, "asks",
      [&] {
        log.write(pa.exchange(get("https://pa.test/"), 5s).response.body);
        log.write(pa.exchange(get("http://127.0.0.1:9/"), 5s).detail);
      },
      Daemon::kNo);
  serving.begin();
  const auto got = serving.client()->Get("/pa.test/");
  ASSERT_TRUE(got) << httplib::to_string(got.error());
  EXPECT_EQ(got->status, 403);
  while (log.lines().size() < 2) std::this_thread::yield();
  EXPECT_EQ(log.lines(), (std::vector<std::string>{"GET https://pa.test/ ", "no such host"}));
}

TEST(WallOutsiders, AreToldWhenNobodyAnswersThere) {
  Serving serving;
  Env& pa = serving.world->add_actor({"pa"});
  serving.world->listen(pa, Protocol::kHttp, "pa.test", echo());
  auto client = serving.client();
  auto got = client->Get("/pa.test/");
  ASSERT_TRUE(got) << httplib::to_string(got.error());
  EXPECT_EQ(got->status, 503);  // The run has not begun.
  serving.begin();
  EXPECT_EQ(client->Get("/pa.test/")->status, 200);
  EXPECT_EQ(client->Get("/nobody.test/")->status, 404);
  EXPECT_EQ(client->Get("/")->status, 404);
  EXPECT_EQ(client->Get("/", {{"Host", "nobody.test"}})->status, 421);
}

TEST(WallOutsiders, CannotForgeTheTagsOfTheRun) {
  Serving serving;
  Env& pa = serving.world->add_actor({"pa"});
  serving.world->listen(pa, Protocol::kHttp, "pa.test", echo());
  serving.begin();
  const auto got = serving.client()->Get("/pa.test/", {{"X-Shakedown-Secret", "guess"},
                                                       {"x-shakedown-edge", "0"},
                                                       {"X-Shakedown-Exchange", "0 1 1 1 1 1 0"}});
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  for (const auto& [name, value] : got->headers)
    EXPECT_EQ(name.find("hakedown"), std::string::npos) << name;
}

TEST(WallOutsiders, AClientThatDoesNotTrustTheTestbedIsNotServed) {
  Serving serving;
  serving.begin();
  auto stranger = std::make_unique<httplib::SSLClient>("127.0.0.1", serving.world->own_port());
  stranger->enable_server_certificate_verification(true);
  const auto got = stranger->Get("/");
  EXPECT_FALSE(got);
  EXPECT_EQ(got.error(), httplib::Error::SSLServerVerification);
}

TEST(WallOutsiders, FeelTheDelaysOfTheModel) {
  WallOptions options = quick_options();
  options.network.set_rtt("east", "west", 40ms);
  options.outside_region = "east";
  Serving serving(std::move(options));
  Env& origin = serving.world->add_actor({"origin", "west"});
  serving.world->listen(origin, Protocol::kHttp, "cr.test", echo());
  serving.begin();
  auto client = serving.client();
  client->set_keep_alive(true);
  const auto time = [&] {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(client->Get("/cr.test/"));
    return std::chrono::steady_clock::now() - begin;
  };
  EXPECT_GE(time(), 120ms);  // The first pays for TCP and TLS, too.
  // The others do not; a busy machine makes one of them late, but not all.
  auto quickest = time();
  for (int i = 0; i < 8; ++i) quickest = std::min(quickest, time());
  EXPECT_GE(quickest, 40ms);
  EXPECT_LT(quickest, 115ms);
}

TEST(WallOutsiders, FeelTheFaults) {
  const std::string body(400, 'a');  // Outlives the threads that serve it.
  Serving serving;
  Env& origin = serving.world->add_actor({"origin"});
  serving.world->listen(origin, Protocol::kHttp, "cr.test",
                        [&](const Request&) { return ok(body); });
  serving.begin();
  const auto under = [&](Fault fault, auto check) {
    fault.actor = "origin";
    const std::uint64_t id = serving.world->begin_fault(fault);
    const auto begin = std::chrono::steady_clock::now();
    auto client = serving.client();
    client->set_read_timeout(0, 500'000);
    std::string seen;
    std::vector<std::chrono::steady_clock::duration> arrivals;
    auto got = client->Get("/cr.test/", [&](const char* data, std::size_t size) {
      seen.append(data, size);
      arrivals.push_back(std::chrono::steady_clock::now() - begin);
      return true;
    });
    check(got, seen, arrivals);
    serving.world->end_fault(id);
  };
  Fault fault;
  fault.kind = Fault::Kind::kOutage;
  under(fault, [](auto& got, auto&, auto&) { EXPECT_FALSE(got); });
  fault.kind = Fault::Kind::kResetPeer;
  under(fault, [](auto& got, auto&, auto&) { EXPECT_FALSE(got); });
  fault.kind = Fault::Kind::kTimeout;
  under(fault, [](auto& got, auto&, auto&) {
    EXPECT_FALSE(got);
    EXPECT_EQ(got.error(), httplib::Error::Read);
  });
  fault.kind = Fault::Kind::kErrorStatus;
  fault.status = 502;
  under(fault, [](auto& got, auto&, auto&) {
    ASSERT_TRUE(got);
    EXPECT_EQ(got->status, 502);
  });
  fault.kind = Fault::Kind::kLimitData;
  fault.bytes = 100;
  under(fault, [](auto& got, const std::string& seen, auto&) {
    EXPECT_FALSE(got);  // The promised length never comes.
    EXPECT_EQ(seen.size(), 100U);
  });
  fault.kind = Fault::Kind::kCorruptBody;
  under(fault, [&](auto& got, const std::string& seen, auto&) {
    ASSERT_TRUE(got);
    EXPECT_EQ(seen.size(), body.size());
    EXPECT_NE(seen, body);
  });
  fault.kind = Fault::Kind::kSlicer;
  fault.bytes = 100;
  fault.latency = 40ms;
  under(fault, [&](auto& got, const std::string& seen, auto& arrivals) {
    ASSERT_TRUE(got);
    EXPECT_EQ(seen, body);
    EXPECT_GT(arrivals.size(), 3U);
    EXPECT_GE(arrivals.back() - arrivals.front(), 60ms);
  });
  fault.kind = Fault::Kind::kSlowClose;
  fault.latency = 80ms;
  under(fault, [&](auto& got, const std::string& seen, auto& arrivals) {
    ASSERT_TRUE(got);
    EXPECT_EQ(seen, body);
    EXPECT_GE(arrivals.back() - arrivals.front(), 60ms);
  });
  // And when all is over, all is well.
  const auto got = serving.client()->Get("/cr.test/");
  ASSERT_TRUE(got);
  EXPECT_EQ(got->body, body);
}

TEST(WallOutsiders, MeetTheLimitsOfThePublicListener) {
  Serving serving;
  Env& pa = serving.world->add_actor({"pa"});
  serving.world->listen(pa, Protocol::kHttp, "pa.test",
                        [](const Request& r) { return ok(std::to_string(r.body.size())); });
  serving.begin();
  auto client = serving.client();
  EXPECT_EQ(client->Post("/pa.test/", std::string(65'536, 'b'), "text/plain")->status, 200);
  EXPECT_EQ(client->Post("/pa.test/", std::string(65'537, 'b'), "text/plain")->status, 413);
  EXPECT_EQ(client->Get("/pa.test/" + std::string(8'000, 'a'))->status, 200);
  EXPECT_EQ(client->Get("/pa.test/" + std::string(8'300, 'a'))->status, 414);
  EXPECT_EQ(client->Get("/pa.test/", {{"X", std::string(9'000, 'v')}})->status, 431);
}

TEST(WallOutsiders, ASilentTlsHandshakeIsCutOff) {
  WallOptions options = quick_options();
  options.handshake_timeout = std::chrono::milliseconds(200);
  Serving serving(std::move(options));
  serving.begin();
  RawSocket socket(serving.world->own_port());
  EXPECT_EQ(socket.receive(), "");
  EXPECT_FALSE(socket.timed_out());
}

TEST(WallOutsiders, SpeakSip) {
  Serving serving;
  Env& beta = serving.world->add_actor({"beta-voice"});
  serving.world->listen(beta, Protocol::kSip, "beta.test", [](const Request& request) {
    Response response;
    response.status = request.method == "INVITE" ? 428 : 200;
    return response;
  });
  serving.begin();
  RawSocket phone(serving.world->sip_port());
  const std::string dialog =
      "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@a.test>;tag=1\r\n"
      "To: <sip:b@beta.test>\r\nCall-ID: 77\r\nCSeq: 1 INVITE\r\n";
  phone.send("INVITE sip:b@beta.test SIP/2.0\r\n" + dialog + "Content-Length: 0\r\n\r\n");
  const std::string got = phone.receive("\r\n\r\n");
  EXPECT_TRUE(got.starts_with("SIP/2.0 428 Use Identity Header\r\n")) << got;
  EXPECT_NE(got.find(dialog), std::string::npos) << got;
  // An ACK is not answered; the next request is.
  phone.send("ACK sip:b@beta.test SIP/2.0\r\n" + dialog + "Content-Length: 0\r\n\r\n");
  phone.send("OPTIONS sip:b@beta.test SIP/2.0\r\n" + dialog + "Content-Length: 0\r\n\r\n");
  EXPECT_TRUE(phone.receive("\r\n\r\n").starts_with("SIP/2.0 200 OK\r\n"));
  phone.send("OPTIONS sip:b@nobody.test SIP/2.0\r\n" + dialog + "Content-Length: 0\r\n\r\n");
  EXPECT_TRUE(phone.receive("\r\n\r\n").starts_with("SIP/2.0 404 "));
}

// A product of a user, on a port of its own.
class Product {
 public:
  explicit Product(std::unique_ptr<httplib::Server> server)
      : server_(std::move(server)) {
    server_->Post("/verify", [](const httplib::Request& request, httplib::Response& response) {
      response.set_content("judged " + request.body, "text/plain");
    });
    server_->Get("/moved", [](const httplib::Request&, httplib::Response& response) {
      response.set_redirect("/verify");
    });
    server_->Get("/large", [](const httplib::Request&, httplib::Response& response) {
      response.set_content(std::string(2 * 1024 * 1024, 'l'), "text/plain");
    });
    server_->Get("/slow", [](const httplib::Request&, httplib::Response&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(400));
    });
    port_ = server_->bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_->listen_after_bind(); });
    while (!server_->is_running()) std::this_thread::yield();
  }

  ~Product() {
    server_->stop();
    thread_.join();
  }

  Product(const Product&) = delete;
  Product& operator=(const Product&) = delete;

  std::uint16_t port() const { return static_cast<std::uint16_t>(port_); }

  std::string url(const std::string& scheme, const std::string& path) const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::thread thread_;
};

TEST(WallOutsiders, AnActorAsksAProductOverHttp) {
  const Product product(std::make_unique<httplib::Server>());
  auto world = make_world();
  run_as(*world, "acme-tel", [&](Env& env) {
    for (int i = 0; i < 3; ++i) {
      const Answer answer = env.exchange(post(product.url("http", "/verify"), "it"), 5s);
      ASSERT_EQ(answer.kind, Answer::Kind::kResponse) << answer.detail;
      EXPECT_EQ(answer.response.body, "judged it");
    }
    EXPECT_EQ(env.exchange(get(product.url("http", "/nothing")), 5s).response.status, 404);
    EXPECT_EQ(env.exchange(get(product.url("http", "/moved")), 5s).response.status, 302);
    EXPECT_EQ(env.exchange(get(product.url("http", "/large")), 5s).detail,
              "response body over the limit");
    const Time begin = env.now();
    EXPECT_EQ(env.exchange(get(product.url("http", "/slow")), 100ms).kind, Answer::Kind::kTimeout);
    expect_near(env.now() - begin, 100ms, 50ms);
  });
}

// A self-signed certificate and its key, made by the openssl command in a folder of their own.
struct ProductCertificate {
  std::string certificate_file, key_file, pem;
};

ProductCertificate make_product_certificate(const std::string& name,
                                            const std::string& address,
                                            const std::string& not_before,
                                            const std::string& not_after) {
  const std::string folder = std::string(::testing::TempDir()) + "shakedown-product-" + name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/index");
  std::ofstream(folder + "/serial") << "01\n";
  std::ofstream(folder + "/ca.conf")
      << "[ca]\ndefault_ca = product\n[product]\ndatabase = index\nserial = serial\n"
         "new_certs_dir = .\ndefault_md = sha256\npolicy = names\nx509_extensions = extensions\n"
         "[names]\norganizationName = supplied\ncommonName = supplied\n"
         "[extensions]\nsubjectAltName = IP:" +
             address + "\n";
  const std::string command =
      "cd '" + folder +
      "' && openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      "-subj '/O=SHAKEDOWN TEST - NOT TRUSTED/CN=product' -keyout key -out request 2>/dev/null && "
      "openssl ca -config ca.conf -batch -selfsign -keyfile key -in request -notext "
      "-out certificate -startdate " +
      not_before + " -enddate " + not_after + " 2>/dev/null";
  ProductCertificate made{folder + "/certificate", folder + "/key", {}};
  EXPECT_EQ(std::system(command.c_str()), 0);
  std::ifstream file(made.certificate_file);
  made.pem.assign(std::istreambuf_iterator<char>(file), {});
  return made;
}

// What an actor that trusts `trusted` is answered by a product behind `certificate`.
Answer ask_product_behind(const ProductCertificate& certificate, std::vector<std::string> trusted) {
  const Product product(std::make_unique<httplib::SSLServer>(certificate.certificate_file.c_str(),
                                                             certificate.key_file.c_str()));
  WallOptions options = quick_options();
  options.extra_ca_pem = std::move(trusted);
  auto world = make_world(std::move(options));
  Answer answer;
  run_as(*world, "acme-tel",
         [&](Env& env) { answer = env.exchange(post(product.url("https", "/verify"), "it"), 5s); });
  return answer;
}

TEST(WallOutsiders, AnActorAsksAProductOverHttpsThatItTrusts) {
  const auto certificate =
      make_product_certificate("good", "127.0.0.1", "20200101000000Z", "20491231000000Z");
  EXPECT_EQ(ask_product_behind(certificate, {certificate.pem}).response.body, "judged it");
  const Answer untrusted = ask_product_behind(certificate, {});
  EXPECT_EQ(untrusted.kind, Answer::Kind::kUnreachable);
  EXPECT_EQ(untrusted.detail.substr(0, 5), "TLS: ");
  const auto authority = wall::TlsAuthority::create();
  ASSERT_TRUE(authority);
  EXPECT_EQ(ask_product_behind(certificate, {authority->certificate_pem()}).kind,
            Answer::Kind::kUnreachable);
}

// N75: RFC 7515 §4.1.5.
TEST(WallOutsiders, ACertificateThatHasExpiredOrIsOfAnotherHostIsRefusedThoughTrusted) {
  const auto expired =
      make_product_certificate("expired", "127.0.0.1", "20200101000000Z", "20200102000000Z");
  const Answer of_expired = ask_product_behind(expired, {expired.pem});
  EXPECT_EQ(of_expired.kind, Answer::Kind::kUnreachable);
  EXPECT_EQ(of_expired.detail.substr(0, 5), "TLS: ");
  const auto elsewhere =
      make_product_certificate("elsewhere", "127.0.0.2", "20200101000000Z", "20491231000000Z");
  const Answer of_elsewhere = ask_product_behind(elsewhere, {elsewhere.pem});
  EXPECT_EQ(of_elsewhere.kind, Answer::Kind::kUnreachable);
  EXPECT_EQ(of_elsewhere.detail.substr(0, 5), "TLS: ");
}

TEST(WallOutsiders, APortWhereNobodyListensIsUnreachable) {
  std::uint16_t free_port = 0;
  {
    const Product product(std::make_unique<httplib::Server>());
    free_port = product.port();
  }
  auto world = make_world();
  run_as(*world, "acme-tel", [&](Env& env) {
    const Answer answer =
        env.exchange(get("http://localhost:" + std::to_string(free_port) + "/"), 5s);
    EXPECT_EQ(answer.kind, Answer::Kind::kUnreachable);
  });
}

TEST(WallOutsiders, TrustFilesMustHoldCertificates) {
  WallOptions options = quick_options();
  options.extra_ca_pem = {"nonsense"};
  const auto world = WallWorld::create(std::move(options));
  ASSERT_FALSE(world);
  EXPECT_EQ(world.error().code, ErrorCode::kMalformed);
}

}  // namespace
}  // namespace shakedown::sim

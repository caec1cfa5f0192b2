#include "sim/wall_time/control_endpoint.h"

#include <gtest/gtest.h>
#include <httplib.h>

#include <atomic>

#include "tests/wall_time/raw_socket.h"

namespace shakedown::sim {
namespace {

class ControlEndpointTest : public ::testing::Test {
 protected:
  ControlEndpointTest() {
    auto started = ControlEndpoint::start(
        0, {[] { return std::string(R"({"calls":3})"); }, [this] { ++stops; }});
    EXPECT_TRUE(started);
    control = *std::move(started);
  }

  httplib::Client client() const { return httplib::Client("127.0.0.1", control->port()); }

  std::atomic<int> stops{0};
  std::unique_ptr<ControlEndpoint> control;
};

TEST_F(ControlEndpointTest, SaysThatItIsAliveAndHowFarItIs) {
  const auto health = client().Get("/healthz");
  ASSERT_TRUE(health);
  EXPECT_EQ(health->status, 200);
  EXPECT_EQ(health->body, "ok\n");
  const auto progress = client().Get("/progress");
  ASSERT_TRUE(progress);
  EXPECT_EQ(progress->body, R"({"calls":3})");
  EXPECT_EQ(progress->get_header_value("Content-Type"), "application/json");
  EXPECT_EQ(client().Get("/other")->status, 404);
}

TEST_F(ControlEndpointTest, StopsOnAPostOnly) {
  const auto refused = client().Get("/stop");
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->get_header_value("Allow"), "POST");
  EXPECT_EQ(stops, 0);
  EXPECT_EQ(client().Post("/stop", "", "text/plain")->status, 202);
  EXPECT_EQ(stops, 1);
}

TEST_F(ControlEndpointTest, RefusesWhatAWebPageCouldSend) {
  EXPECT_EQ(client().Post("/stop", {{"Origin", "https://evil.example"}}, "", "text/plain")->status,
            403);
  EXPECT_EQ(client().Get("/progress", {{"Host", "evil.example"}})->status, 403);
  EXPECT_EQ(stops, 0);
}

TEST_F(ControlEndpointTest, RefusesLargeBodies) {
  EXPECT_EQ(client().Post("/stop", std::string(4'096, 'x'), "text/plain")->status, 202);
  EXPECT_EQ(client().Post("/stop", std::string(4'097, 'x'), "text/plain")->status, 413);
  EXPECT_EQ(stops, 1);
}

TEST_F(ControlEndpointTest, APortInUseIsAnErrorOfTheEnvironment) {
  const auto second = ControlEndpoint::start(control->port(), {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kEnvironment);
}

}  // namespace
}  // namespace shakedown::sim

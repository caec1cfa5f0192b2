#include "actors/master_key_service/master_key_service.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "actors/clients/master_key_client.h"
#include "actors/workload/work.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::HasSubstr;

class HostedWorld : public TestWorld {
 public:
  HostedWorld()
      : module(open()),
        service(world(),
                {.name = "acme-tel/master-key-service",
                 .host = "mks.acme-tel.test",
                 .module = module,
                 .secret_of_owner = {{"acme-tel", "secret one"}, {"beta-voice", "secret two"}}}) {}

  MasterKeyClient client(std::string secret) {
    return MasterKeyClient(tester(), service.base_url(), std::move(secret));
  }

  std::shared_ptr<crypto::Hsm> module;
  MasterKeyService service;

 private:
  static std::shared_ptr<crypto::Hsm> open() {
    auto opened = crypto::Hsm::open_temporary();
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(opened).value();
  }
};

const std::string kDataKey(32, 'k');

TEST(MasterKeyService, UnwrapsWhatItWrapped) {
  HostedWorld world;
  world.play([&] {
    auto client = world.client("secret one");
    const auto wrapped = client.wrap(crypto::SecretBytes(kDataKey));
    ASSERT_TRUE(wrapped) << wrapped.error().detail;
    EXPECT_EQ(wrapped->size(), 12u + 32u + 16u);
    EXPECT_EQ(wrapped->find(kDataKey), std::string::npos);
    const auto unwrapped = client.unwrap(*wrapped);
    ASSERT_TRUE(unwrapped) << unwrapped.error().detail;
    EXPECT_EQ(unwrapped->view(), kDataKey);
    // A fresh iv each time.
    EXPECT_NE(client.wrap(crypto::SecretBytes(kDataKey)).value(), *wrapped);
  });
}

TEST(MasterKeyService, ChargesTheModuleForEachOperation) {
  HostedWorld world;
  world.play([&] {
    auto client = world.client("secret one");
    const auto wrapped = client.wrap(crypto::SecretBytes(kDataKey)).value();
    // Ten at a time queue for the one module.
    const sim::Time begin = world.tester().now();
    std::vector<sim::Task> tasks;
    for (int i = 0; i < 10; ++i) {
      tasks.push_back(world.tester().spawn(
          "unwrap", [&] { EXPECT_TRUE(client.unwrap(wrapped)); }, sim::Daemon::kNo));
    }
    for (const sim::Task& task : tasks) world.tester().join(task);
    EXPECT_GE(world.tester().now() - begin, 10 * typical_costs().of(work::kHsmUnwrap));
  });
}

TEST(MasterKeyService, KnowsItsOwnersBySecret) {
  HostedWorld world;
  world.play([&] {
    auto owner = world.client("secret one");
    const auto wrapped = owner.wrap(crypto::SecretBytes(kDataKey)).value();
    for (const std::string secret : {"", "guess", "secret on", "secret one "}) {
      const auto refused = world.client(secret).unwrap(wrapped);
      ASSERT_FALSE(refused) << secret;
      EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
      EXPECT_THAT(refused.error().detail, HasSubstr("HTTP 401"));
    }
    // Another owner has the right to ask, but not for this key.
    const auto foreign = world.client("secret two").unwrap(wrapped);
    ASSERT_FALSE(foreign);
    EXPECT_THAT(foreign.error().detail, HasSubstr("HTTP 403"));
  });
}

TEST(MasterKeyService, RefusesAlteredAndMalformedKeys) {
  HostedWorld world;
  world.play([&] {
    auto client = world.client("secret one");
    auto wrapped = client.wrap(crypto::SecretBytes(kDataKey)).value();
    wrapped.back() = static_cast<char>(wrapped.back() ^ 1);
    EXPECT_EQ(client.unwrap(wrapped).error().code, ErrorCode::kRefused);
    EXPECT_EQ(client.unwrap("short").error().code, ErrorCode::kRefused);
    EXPECT_EQ(client.unwrap(std::string(200, 'x')).error().code, ErrorCode::kRefused);
    EXPECT_EQ(client.wrap(crypto::SecretBytes(std::string(65, 'x'))).error().code,
              ErrorCode::kRefused);
    sim::Request request = json_post(world.service.base_url() + "/v1/data-keys/wrap", {});
    request.headers.add("Authorization", "Bearer secret one");
    EXPECT_TRUE(world.tester().exchange(request, 5s).has_status(400));
    request.body = "{";
    EXPECT_TRUE(world.tester().exchange(request, 5s).has_status(400));
    request.target = world.service.base_url() + "/v1/master-key";
    EXPECT_TRUE(world.tester().exchange(request, 5s).has_status(404));
  });
}

TEST(MasterKeyService, SaysWhenTheModuleIsOutOfOrder) {
  HostedWorld world;
  world.play([&] {
    auto client = world.client("secret one");
    const auto wrapped = client.wrap(crypto::SecretBytes(kDataKey)).value();
    ASSERT_TRUE(world.module->log_out());
    const auto failed = client.unwrap(wrapped);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, ErrorCode::kKeyUnavailable);
  });
}

}  // namespace
}  // namespace shakedown::actors

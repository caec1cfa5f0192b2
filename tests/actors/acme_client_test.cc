// The ACME client against a server that is unkind on purpose, and its orders for dns names.
#include "actors/acme/acme_client.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "actors/workload/work.h"
#include "crypto/octets/der.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/tls_extensions.h"
#include "stir/jose/jws.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A server with a directory, nonces and one resource, whose answers the test gives.
class UnkindServer : public testing::Test {
 protected:
  UnkindServer()
      : server_(world_.world().add_actor({.name = "unkind"})) {
    world_.world().listen(server_, sim::Protocol::kHttp, "unkind.test",
                          [this](const sim::Request& request) { return answer(request); });
  }

  void play(const std::function<void(AcmeClient&)>& fn,
            sim::Duration patience = std::chrono::hours{1}) {
    world_.play([&] {
      const auto key =
          world_.tester().compute(work::kGenerateKey, crypto::PrivateKey::generate).value();
      AcmeClient client(world_.tester(), {.directory_url = "https://unkind.test/directory",
                                          .key = key,
                                          .deadline = world_.tester().now() + patience});
      ASSERT_TRUE(client.open());
      fn(client);
    });
  }

  Result<sim::Response> post(AcmeClient& client) {
    return client.post("new-order", client.resource("newOrder").value(), stir::Json::object());
  }

  unsigned nonces_to_refuse_ = 0;
  std::vector<std::string> nonces_used_;
  bool gives_fresh_nonces_ = true;
  TestWorld world_;

 private:
  std::string fresh_nonce() { return "nonce" + std::to_string(++last_nonce_); }

  sim::Response answer(const sim::Request& request) {
    if (request.target.ends_with("/directory")) {
      return json_response(200, {{"newNonce", "https://unkind.test/new-nonce"},
                                 {"newOrder", "https://unkind.test/new-order"}});
    }
    sim::Response response = json_response(200, stir::Json::object());
    if (request.target.ends_with("/new-order")) {
      const auto jws = stir::parse_json_object(request.body).value();
      const std::string header = jws["protected"];
      const auto octets = crypto::base64url_decode(header).value().octets;
      nonces_used_.push_back(stir::parse_json_object(octets).value()["nonce"]);
      if (nonces_to_refuse_ > 0) {
        --nonces_to_refuse_;
        response = json_response(
            400, {{"type", "urn:ietf:params:acme:error:badNonce"}, {"detail", "on purpose"}});
      }
    }
    if (gives_fresh_nonces_ || request.method == "HEAD") {
      response.headers.add("Replay-Nonce", fresh_nonce());
    }
    return response;
  }

  sim::Env& server_;
  int last_nonce_ = 0;
};

TEST_F(UnkindServer, IsAskedAgainWithTheNonceOfItsRefusal) {
  nonces_to_refuse_ = kMostBadNonces;
  play([&](AcmeClient& client) {
    EXPECT_TRUE(post(client));
    EXPECT_EQ(client.refused_nonces(), kMostBadNonces);
    ASSERT_EQ(nonces_used_.size(), kMostBadNonces + 1);
    for (std::size_t i = 0; i < nonces_used_.size(); ++i) {
      EXPECT_EQ(nonces_used_[i], "nonce" + std::to_string(i + 1));
    }
    // The next request begins afresh.
    nonces_to_refuse_ = kMostBadNonces;
    EXPECT_TRUE(post(client));
  });
}

TEST_F(UnkindServer, IsNotAskedForEver) {
  nonces_to_refuse_ = kMostBadNonces + 1;
  play([&](AcmeClient& client) {
    const auto refused = post(client);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_EQ(refused.error().detail, "new-order: badNonce: on purpose");
  });
}

TEST_F(UnkindServer, IsAskedForANonceIfItsRefusalHasNone) {
  nonces_to_refuse_ = 2;
  gives_fresh_nonces_ = false;
  play([&](AcmeClient& client) {
    EXPECT_TRUE(post(client));
    EXPECT_THAT(nonces_used_, testing::ElementsAre("nonce1", "nonce2", "nonce3"));
  });
}

TEST_F(UnkindServer, SaysHowLongToWait) {
  play(
      [&](AcmeClient& client) {
        sim::Env& env = world_.tester();
        const auto waited = [&](const std::string& retry_after) {
          sim::Response response;
          if (!retry_after.empty()) response.headers.add("Retry-After", retry_after);
          const sim::Time before = env.now();
          EXPECT_TRUE(client.wait_before_polling(response, 2s));
          return env.now() - before;
        };
        EXPECT_EQ(waited(""), 2s);
        EXPECT_EQ(waited("7"), 7s);
        EXPECT_EQ(waited("soon"), 2s);
        EXPECT_EQ(waited("86400"), 1min);
        const sim::Time second = sim::from_unix_seconds(sim::unix_seconds(env.now()));
        const sim::Duration until = waited(sim::format_http_date(second + 9s));
        EXPECT_GT(until, 8s);
        EXPECT_LE(until, 9s);
        EXPECT_EQ(waited(sim::format_http_date(second - 9s)), 2s);
        sim::Response late;
        late.headers.add("Retry-After", "60");
        while (client.wait_before_polling(late, 2s)) {
        }
        EXPECT_EQ(client.wait_before_polling(late, 2s).error().code, ErrorCode::kTimeout);
      },
      10min);
}

// ---- Orders for names, at our own CA for ordinary clients.

constexpr std::string_view kExternalMacKey = "thirty-two octets of shared key.";

class OrderForNames : public testing::Test {
 protected:
  void play(const CertificationAuthorityOptions& more, const std::function<void()>& fn) {
    CertificationAuthorityOptions options = more;
    options.name = "acme-dns";
    options.always_valid_dns = true;
    ca_ = std::make_unique<CertificationAuthority>(world_.world(), options);
    world_.play(fn);
  }

  OrderRequest order_for(const std::vector<std::string>& names) {
    const auto key = [&] {
      return world_.tester().compute(work::kGenerateKey, crypto::PrivateKey::generate).value();
    };
    crypto::RequestSpec spec;
    spec.subject = crypto::Name{};
    spec.extensions = {crypto::extension::subject_alt_name(names)};
    OrderRequest order;
    order.directory_url = ca_->directory_url();
    order.account_key = key();
    order.dns_names = names;
    order.csr_der = world_.signed_request(spec, key());
    return order;
  }

  // Of the challenge with this token in the account's orders, as the server has it.
  std::string status_of(const OrderRequest& order, const std::string& token) {
    AcmeTester acme(world_.tester(), ca_->base_url());
    acme.key = order.account_key;
    acme.register_account({{"onlyReturnExisting", true}});
    const stir::Json orders = acme.post(acme.account + "/orders").body["orders"];
    for (const auto& url : orders) {
      const stir::Json authorizations = acme.post(url).body["authorizations"];
      for (const auto& authorization : authorizations) {
        const stir::Json challenges = acme.post(authorization).body["challenges"];
        for (const auto& challenge : challenges) {
          if (challenge["token"] == token) return challenge["status"];
        }
      }
    }
    return "not found";
  }

  TestWorld world_;
  std::unique_ptr<CertificationAuthority> ca_;
};

TEST_F(OrderForNames, PreparesHttpChallengesBeforeItAnswersThem) {
  play({}, [&] {
    OrderRequest order = order_for({"One.example.org", "*.two.example.org"});
    std::vector<HttpChallenge> prepared;
    std::vector<std::string> statuses;  // Of each challenge while it was being prepared.
    order.prepare = [&](const HttpChallenge& challenge) {
      prepared.push_back(challenge);
      statuses.push_back(status_of(order, challenge.token));
    };
    const auto chain = order_certificate(world_.tester(), order);
    ASSERT_TRUE(chain) << chain.error().detail;
    EXPECT_EQ(chain->refused_nonces, 0u);
    const auto* names = chain->leaf()->find_extension(crypto::oid::kSubjectAltName);
    ASSERT_NE(names, nullptr);
    EXPECT_THAT(crypto::read_dns_names(names->value).value(),
                testing::UnorderedElementsAre("one.example.org", "*.two.example.org"));
    // HTTP cannot show the wildcard.
    ASSERT_EQ(prepared.size(), 1u);
    EXPECT_THAT(statuses, testing::ElementsAre("pending"));
    EXPECT_EQ(status_of(order, prepared[0].token), "valid");
    EXPECT_EQ(prepared[0].name, "one.example.org");
    EXPECT_EQ(prepared[0].key_authorization,
              prepared[0].token + "." + stir::jwk_thumbprint(*order.account_key->public_key()));
  });
}

TEST_F(OrderForNames, TellsWhatTheServerRefused) {
  play({}, [&] {
    OrderRequest order = order_for({"one.example.org"});
    order.dns_names = {"not a name"};
    const auto unnamed = order_certificate(world_.tester(), order);
    ASSERT_FALSE(unnamed);
    EXPECT_EQ(unnamed.error().code, ErrorCode::kRefused);
    EXPECT_THAT(unnamed.error().detail, StartsWith("new-order: rejectedIdentifier: "));
    order.dns_names = {"two.example.org"};
    const auto other = order_certificate(world_.tester(), order);
    ASSERT_FALSE(other);
    EXPECT_THAT(other.error().detail, StartsWith("finalize: badCSR: "));
  });
}

TEST_F(OrderForNames, BindsTheExternalAccountThatTheServerAsksFor) {
  CertificationAuthorityOptions options;
  options.accounts.external_keys["kid-1"] = kExternalMacKey;
  options.accounts.external_account_required = true;
  play(options, [&] {
    OrderRequest order = order_for({"one.example.org"});
    EXPECT_THAT(order_certificate(world_.tester(), order).error().detail,
                HasSubstr("new-account: externalAccountRequired"));
    order.external_account = {"kid-1", "another key"};
    EXPECT_THAT(order_certificate(world_.tester(), order).error().detail,
                HasSubstr("new-account: unauthorized"));
    order.external_account = {"kid-1", crypto::Bytes(kExternalMacKey)};
    EXPECT_TRUE(order_certificate(world_.tester(), order));
  });
}

// A server that has an order ready at once and then issues what it likes.
class LyingServer : public testing::Test {
 protected:
  LyingServer()
      : server_(world_.world().add_actor({.name = "liar"})) {
    world_.world().listen(server_, sim::Protocol::kHttp, "liar.test",
                          [this](const sim::Request& request) { return answer(request); });
  }

  sim::Response answer(const sim::Request& request) {
    const std::string base = "https://liar.test";
    stir::Json order{{"status", "ready"},
                     {"identifiers", {{{"type", "dns"}, {"value", "one.example.org"}}}},
                     {"authorizations", stir::Json::array()},
                     {"finalize", base + "/finalize"}};
    sim::Response response = json_response(200, {{"newNonce", base + "/"},
                                                 {"newAccount", base + "/account"},
                                                 {"newOrder", base + "/order"}});
    if (request.target.ends_with("/account")) response = json_response(201, {{"status", "valid"}});
    if (request.target.ends_with("/order")) response = json_response(201, order);
    if (request.target.ends_with("/finalize")) {
      order["status"] = "valid";
      order["certificate"] = base + "/certificate";
      response = json_response(200, order);
    }
    if (request.target.ends_with("/certificate")) {
      response = http_response(200, "application/pem-certificate-chain", pem_);
    }
    response.headers.add("Location", request.target);
    response.headers.add("Replay-Nonce", "nonce");
    return response;
  }

  // What the client says of a certificate with these extensions, for its key or another.
  std::string outcome(const std::vector<crypto::Extension>& extensions, bool for_its_key = true) {
    crypto::RequestSpec spec;
    spec.subject = crypto::Name{};
    spec.extensions = {crypto::extension::subject_alt_name({"one.example.org", "two.example.org"})};
    const auto key = crypto::PrivateKey::generate().value();
    OrderRequest order;
    order.directory_url = "https://liar.test/directory";
    order.account_key = crypto::PrivateKey::generate().value();
    order.dns_names = {"One.example.org", "two.example.org"};
    order.csr_der = crypto::build_request(spec, *key).value();

    crypto::CertificateSpec issued;
    issued.serial = crypto::der::positive_integer("\x01");
    issued.issuer = crypto::Name{{{"CN", "liar"}}};
    issued.subject = crypto::Name{};
    issued.not_before = kEpoch;
    issued.not_after = kEpoch + 24h;
    issued.subject_spki_der = (for_its_key ? key : order.account_key)->public_key()->spki_der();
    issued.extensions = extensions;
    pem_ = crypto::write_pem({crypto::issue_certificate(issued, *order.account_key).value()});
    const auto chain = order_certificate(world_.tester(), order);
    return chain ? "taken" : chain.error().detail;
  }

  TestWorld world_;
  sim::Env& server_;
  std::string pem_;
};

TEST_F(LyingServer, IsNotBelievedAboutTheNames) {
  world_.play([&] {
    const auto named = [&](const std::vector<std::string>& names) {
      return outcome({crypto::extension::subject_alt_name(names)});
    };
    EXPECT_EQ(named({"two.example.org", "ONE.example.org"}), "taken");
    const std::string other = "certificate: for other names";
    EXPECT_EQ(named({"one.example.org"}), other);
    EXPECT_EQ(named({"one.example.org", "three.example.org"}), other);
    EXPECT_EQ(named({"one.example.org", "two.example.org", "three.example.org"}), other);
    EXPECT_EQ(named({"one.example.org", "one.example.org"}), other);
    EXPECT_EQ(named({"*.example.org"}), other);
    EXPECT_EQ(outcome({}), "certificate: without a name");
    EXPECT_EQ(outcome({crypto::extension::subject_alt_name({"one.example.org", "two.example.org"})},
                      false),
              "certificate: for another key");
  });
}

}  // namespace
}  // namespace shakedown::actors

// Authorizations in advance of orders (RFC 8555 §7.4.1).
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

stir::Json identifier(const std::string& type, const std::string& value) {
  return {{"type", type}, {"value", value}};
}

stir::Json spc_identifier(const std::string& spc) {
  return identifier("TNAuthList", stir::tn_auth_list_identifier(Ecosystem::spc_list(spc)));
}

stir::Json advance(const stir::Json& wanted) { return {{"identifier", wanted}}; }

stir::Json order_for(const std::vector<stir::Json>& wanted) { return {{"identifiers", wanted}}; }

class AtAnStiCa : public testing::Test {
 protected:
  void play(const std::function<void(AcmeTester&)>& fn) {
    world_.play_when_set_up([&] {
      AcmeTester acme(world_.tester(), world_.ca_one.base_url());
      acme.register_account();
      fn(acme);
    });
  }

  // The URL of a valid authorization of 709J.
  std::string authorize(AcmeTester& acme) {
    const AcmeReply made = acme.post("/acme/new-authz", advance(spc_identifier("709J")));
    EXPECT_EQ(made.verdict(), "201");
    EXPECT_EQ(made.body["status"], "pending");
    EXPECT_EQ(made.body["identifier"], spc_identifier("709J"));
    PolicyAdministratorClient client(world_.tester(), world_.access("acme-tel"));
    const auto token =
        client.spc_token(Ecosystem::spc_list("709J"), *acme.key->public_key()).value();
    const stir::Json answer{{"tkauth", token.token}};
    const AcmeReply answered = acme.post(made.body["challenges"][0]["url"], answer);
    EXPECT_EQ(answered.body["status"], "valid") << answered.text;
    EXPECT_EQ(answered.link("up"), made.header("Location"));
    EXPECT_EQ(acme.post(made.header("Location")).body["status"], "valid");
    return made.header("Location");
  }

  AcmeReply order(AcmeTester& acme) {
    return acme.post("/acme/new-order", order_for({spc_identifier("709J")}));
  }

  Ecosystem world_;
};

TEST_F(AtAnStiCa, AnOrderIsReadyAtOnce) {
  play([&](AcmeTester& acme) {
    const std::string authorization = authorize(acme);
    for (int i = 0; i < 2; ++i) {
      const AcmeReply made = order(acme);
      EXPECT_EQ(made.body["status"], "ready");
      EXPECT_EQ(made.body["authorizations"], stir::Json::array({authorization}));
      const auto csr = world_.csr(world_.new_key(), Ecosystem::spc_list("709J"));
      EXPECT_EQ(acme.post(made.body["finalize"], stir::acme::finalize_body(csr)).verdict(), "200");
      world_.tester().sleep_for(2s);
      const AcmeReply done = acme.post(made.header("Location"));
      ASSERT_EQ(done.body["status"], "valid") << done.text;
      EXPECT_TRUE(crypto::read_pem_certificates(acme.post(done.body["certificate"]).text));
    }
    // It is no order itself, and the orders' own numbers have no authorization.
    EXPECT_EQ(acme.post(acme.account + "/orders").body["orders"].size(), 2u);
    const std::string number = authorization.substr(authorization.rfind('/') + 1);
    for (const std::string& path : {"/acme/order/" + number, "/acme/order/" + number + "/finalize",
                                    "/acme/certificate/" + number}) {
      EXPECT_EQ(acme.post(path).verdict(), "404 malformed") << path;
    }
    const std::string next = std::to_string(std::stoi(number) + 1);
    EXPECT_EQ(acme.post("/acme/order/" + next).verdict(), "200");
    EXPECT_EQ(acme.post("/acme/authorization/" + next).verdict(), "404 malformed");
    EXPECT_EQ(acme.post("/acme/challenge/" + next).verdict(), "404 malformed");
  });
}

TEST_F(AtAnStiCa, OnlyItsAccountAndItsIdentifierHaveIt) {
  play([&](AcmeTester& acme) {
    const std::string authorization = authorize(acme);
    EXPECT_EQ(acme.post("/acme/new-order", order_for({spc_identifier("818H")})).body["status"],
              "pending");
    AcmeTester other(world_.tester(), world_.ca_one.base_url());
    other.register_account();
    EXPECT_EQ(order(other).body["status"], "pending");
    EXPECT_EQ(other.post(authorization).verdict(), "403 unauthorized");
    // One that has not been answered is of no use.
    EXPECT_EQ(other.post("/acme/new-authz", advance(spc_identifier("709J"))).verdict(), "201");
    EXPECT_EQ(order(other).body["status"], "pending");
  });
}

TEST_F(AtAnStiCa, ADeactivatedOneEndsTheOrdersThatStandOnIt) {
  play([&](AcmeTester& acme) {
    const std::string authorization = authorize(acme);
    const AcmeReply made = order(acme);
    EXPECT_EQ(made.body["status"], "ready");
    EXPECT_EQ(acme.post(authorization, {{{"status", "deactivated"}}}).body["status"],
              "deactivated");
    EXPECT_EQ(acme.post(made.header("Location")).body["status"], "invalid");
    EXPECT_EQ(order(acme).body["status"], "pending");
  });
}

TEST_F(AtAnStiCa, AnExpiredOneIsOfNoUse) {
  play([&](AcmeTester& acme) {
    const std::string authorization = authorize(acme);
    world_.tester().sleep_for(23h);
    const AcmeReply made = order(acme);
    EXPECT_EQ(made.body["status"], "ready");
    EXPECT_EQ(made.body["expires"], acme.post(authorization).body["expires"]);
    world_.tester().sleep_for(1h);
    EXPECT_EQ(acme.post(authorization).body["status"], "expired");
    EXPECT_EQ(acme.post(made.header("Location")).body["status"], "invalid");
    EXPECT_EQ(order(acme).body["status"], "pending");
  });
}

TEST_F(AtAnStiCa, IdentifiersAreThoseOfOrders) {
  play([&](AcmeTester& acme) {
    const auto verdict = [&](const stir::Json& payload) {
      return acme.post("/acme/new-authz", payload).verdict();
    };
    EXPECT_EQ(verdict(stir::Json::object()), "400 malformed");
    EXPECT_EQ(verdict({{"identifier", "709J"}}), "400 malformed");
    EXPECT_EQ(verdict(order_for({spc_identifier("709J")})), "400 malformed");
    EXPECT_EQ(verdict(advance(identifier("dns", "example.org"))), "400 unsupportedIdentifier");
    EXPECT_EQ(verdict(advance(identifier("TNAuthList", "MAA"))), "400 rejectedIdentifier");
    EXPECT_EQ(acme.post("/acme/new-authz").verdict(), "400 malformed");
  });
}

TEST(PreAuthorization, CountsAsAnOrderForTheLimit) {
  CertificationAuthorityOptions options;
  options.accounts.new_orders = 2;
  Ecosystem world({}, options);
  world.play_when_set_up([&] {
    AcmeTester acme(world.tester(), world.ca_one.base_url());
    acme.register_account();
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(acme.post("/acme/new-authz", advance(spc_identifier("709J"))).verdict(), "201");
    }
    const AcmeReply refused = acme.post("/acme/new-authz", advance(spc_identifier("709J")));
    EXPECT_EQ(refused.verdict(), "429 rateLimited");
    EXPECT_NE(refused.header("Retry-After"), "");
  });
}

TEST(PreAuthorization, OfNamesServesTheOrdersThatNameThem) {
  TestWorld world;
  CertificationAuthorityOptions options;
  options.name = "acme-dns";
  options.always_valid_dns = true;
  CertificationAuthority ca(world.world(), options);
  world.play([&] {
    AcmeTester acme(world.tester(), ca.base_url());
    acme.register_account();
    const auto names = [&](const std::vector<std::string>& wanted) {
      std::vector<stir::Json> identifiers;
      for (const auto& name : wanted) identifiers.push_back(identifier("dns", name));
      return acme.post("/acme/new-order", order_for(identifiers));
    };
    EXPECT_EQ(acme.post("/acme/new-authz", advance(identifier("dns", "*.example.org"))).verdict(),
              "400 rejectedIdentifier");
    const AcmeReply made = acme.post("/acme/new-authz", advance(identifier("dns", "Example.org")));
    ASSERT_EQ(made.verdict(), "201");
    EXPECT_EQ(made.body["identifier"]["value"], "example.org");
    EXPECT_EQ(acme.post(made.body["challenges"][0]["url"], stir::Json::object()).body["status"],
              "valid");
    EXPECT_EQ(names({"EXAMPLE.org"}).body["status"], "ready");
    EXPECT_EQ(names({"*.example.org"}).body["status"], "pending");
    // Of two names the other one is still to be shown.
    const AcmeReply both = names({"www.example.org", "example.org"});
    EXPECT_EQ(both.body["status"], "pending");
    ASSERT_EQ(both.body["authorizations"].size(), 2u);
    EXPECT_EQ(both.body["authorizations"][1], made.header("Location"));
    const std::string own = both.body["authorizations"][0];
    EXPECT_EQ(acme.post(own.substr(0, own.size() - 1) + "2").verdict(), "404 malformed");
    const stir::Json challenge = acme.post(own).body["challenges"][0];
    EXPECT_EQ(acme.post(challenge["url"], stir::Json::object()).body["status"], "valid");
    EXPECT_EQ(acme.post(both.header("Location")).body["status"], "ready");
  });
}

}  // namespace
}  // namespace shakedown::actors

// The STI-CA's ACME server, request by request: what RFC 8555 says about the transport, accounts,
// orders and revocation.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kMacKey = "thirty-two octets of shared key.";

stir::Json order_for(const std::string& spc) {
  const std::string value = stir::tn_auth_list_identifier(Ecosystem::spc_list(spc));
  return {{"identifiers", stir::Json::array({{{"type", "TNAuthList"}, {"value", value}}})}};
}

void with_ca(const CertificationAuthorityOptions& options,
             const std::function<void(Ecosystem&, AcmeTester&)>& fn) {
  Ecosystem world({}, options);
  world.play_when_set_up([&] {
    AcmeTester acme(world.tester(), world.ca_one.base_url());
    fn(world, acme);
  });
}

// ---- The transport (§6, §7.1, §7.2).

TEST(AcmeServer, TheDirectoryNamesAllResources) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    const AcmeReply reply = acme.send("GET", "/acme/directory");
    EXPECT_EQ(reply.status, 200);
    for (const std::string name :
         {"newNonce", "newAccount", "newOrder", "newAuthz", "revokeCert", "keyChange"}) {
      EXPECT_THAT(stir::string_member(reply.body, name).value_or(""),
                  StartsWith(world.ca_one.base_url()));
    }
    EXPECT_FALSE(reply.body["meta"].contains("externalAccountRequired"));
    // POST-as-GET is allowed there too (§6.3).
    acme.register_account();
    EXPECT_EQ(acme.post("/acme/directory").body, reply.body);
    EXPECT_EQ(acme.post("/acme/new-nonce").status, 204);
    EXPECT_EQ(acme.post("/acme/directory", stir::Json::object()).verdict(), "400 malformed");
  });
}

TEST(AcmeServer, AnswersOtherMethodsWith405) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    for (const std::string path :
         {"/acme/new-account", "/acme/new-order", "/acme/new-authz", "/acme/order/1",
          "/acme/authorization/1", "/acme/challenge/1", "/acme/certificate/1", "/acme/revoke-cert",
          "/acme/key-change", "/acme/account/1"}) {
      for (const std::string method : {"GET", "PUT", "DELETE"}) {
        const AcmeReply reply = acme.send(method, path);
        EXPECT_EQ(reply.verdict(), "405 malformed") << method << " " << path;
        EXPECT_EQ(reply.header("Allow"), "POST");
        EXPECT_EQ(reply.link("index"), world.ca_one.directory_url());
      }
    }
    EXPECT_EQ(acme.send("DELETE", "/acme/directory").header("Allow"), "GET, HEAD, POST");
    EXPECT_EQ(acme.post("/certificates/root.pem").header("Allow"), "GET, HEAD");
    EXPECT_EQ(acme.send("GET", "/acme/nothing").verdict(), "404 malformed");
    EXPECT_EQ(acme.post("/acme/nothing").verdict(), "404 malformed");
  });
}

TEST(AcmeServer, GivesNoncesThatAreNotKept) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    const AcmeReply head = acme.send("HEAD", "/acme/new-nonce");
    const AcmeReply get = acme.send("GET", "/acme/new-nonce");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(get.status, 204);
    EXPECT_NE(head.header("Replay-Nonce"), get.header("Replay-Nonce"));
    EXPECT_EQ(head.header("Cache-Control"), "no-store");
    EXPECT_EQ(head.link("index"), world.ca_one.directory_url());
  });
}

TEST(AcmeServer, RefusesEachDefectOfAJwsWithItsProblem) {
  with_ca({}, [](Ecosystem&, AcmeTester& acme) {
    const std::string path = "/acme/new-account";
    const auto verdict = [&](const std::function<void(stir::Json&)>& spoil) {
      stir::Json header = acme.header(path);
      spoil(header);
      const AcmeReply reply = acme.post_with(header, path, "{}");
      EXPECT_FALSE(reply.header("Replay-Nonce").empty());
      return reply.verdict();
    };
    EXPECT_EQ(verdict([](stir::Json& header) { header.erase("nonce"); }), "400 badNonce");
    EXPECT_EQ(verdict([](stir::Json& header) { header["nonce"] = "AAAA"; }), "400 badNonce");
    EXPECT_EQ(verdict([](stir::Json& header) { header["nonce"] = "A+A="; }), "400 malformed");
    EXPECT_EQ(verdict([](stir::Json& header) { header["url"] = "https://ca-one.test/"; }),
              "401 unauthorized");
    EXPECT_EQ(verdict([](stir::Json& header) { header.erase("url"); }), "401 unauthorized");
    EXPECT_EQ(verdict([](stir::Json& header) { header.erase("jwk"); }), "400 malformed");
    EXPECT_EQ(verdict([](stir::Json& header) { header["kid"] = "x"; }), "400 malformed");
    EXPECT_EQ(verdict([](stir::Json& header) { header["b64"] = false; }), "400 malformed");
    EXPECT_EQ(verdict([](stir::Json& header) { header["jwk"]["x"] = "AA"; }), "400 badPublicKey");
    // A point that is not on the curve.
    EXPECT_EQ(verdict([](stir::Json& header) { header["jwk"]["x"] = header["jwk"]["y"]; }),
              "400 badPublicKey");
    for (const std::string algorithm : {"none", "HS256", "RS256", "ES256K", "Ed25519"}) {
      stir::Json header = acme.header(path);
      header["alg"] = algorithm;
      const AcmeReply reply = acme.post_with(header, path, "{}");
      EXPECT_EQ(reply.verdict(), "400 badSignatureAlgorithm");
      EXPECT_EQ(reply.body["algorithms"], stir::Json::array({"ES256", "ES384", "EdDSA"}));
    }
    // Of another kind of key.
    EXPECT_EQ(verdict([](stir::Json& header) { header["alg"] = "ES384"; }),
              "400 badSignatureAlgorithm");
    EXPECT_EQ(verdict([](stir::Json& header) { header["alg"] = "EdDSA"; }),
              "400 badSignatureAlgorithm");
    // The url is the request's, to the octet.
    EXPECT_EQ(acme.post_with(acme.header(path), path + "?again", "{}").verdict(),
              "401 unauthorized");
    // newOrder wants the kid, newAccount the jwk.
    EXPECT_EQ(acme.post("/acme/new-order", order_for("709J")).verdict(), "400 malformed");
    acme.register_account();
    EXPECT_EQ(acme.post(path, stir::Json::object()).verdict(), "400 malformed");
  });
}

TEST(AcmeServer, RefusesOtherSerializationsAndASpoiltSignature) {
  with_ca({}, [](Ecosystem&, AcmeTester& acme) {
    const std::string path = "/acme/new-account";
    const auto send = [&](const std::function<void(stir::Json&)>& spoil) {
      auto jws = stir::parse_json_object(acme.sign(acme.header(path), "{}", acme.key)).value();
      spoil(jws);
      return acme.send("POST", path, stir::canonical_json(jws)).verdict();
    };
    EXPECT_EQ(send([](stir::Json& jws) { jws["header"] = stir::Json::object(); }), "400 malformed");
    EXPECT_EQ(send([](stir::Json& jws) { jws.erase("payload"); }), "400 malformed");
    EXPECT_EQ(send([](stir::Json& jws) {
                jws = {{"payload", jws["payload"]},
                       {"signatures", stir::Json::array({{{"protected", jws["protected"]},
                                                          {"signature", jws["signature"]}}})}};
              }),
              "400 malformed");
    EXPECT_EQ(
        send([](stir::Json& jws) { jws["signature"] = jws["signature"].get<std::string>() + "="; }),
        "400 malformed");
    EXPECT_EQ(send([](stir::Json& jws) { jws["payload"] = "e30g"; }), "400 malformed");
    EXPECT_EQ(send([](stir::Json& jws) { jws["signature"] = ""; }), "400 malformed");
    EXPECT_EQ(send([](stir::Json&) {}), "201");
    EXPECT_EQ(acme.send("POST", path, std::string(129 * 1024, ' ')).verdict(), "413 malformed");
    EXPECT_EQ(acme.send("POST", path, "{}", "application/json").verdict(), "415 malformed");
  });
}

TEST(AcmeServer, AWrongSignatureDoesNotSpendTheNonce) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    const std::string path = "/acme/new-account";
    const stir::Json header = acme.header(path);
    EXPECT_EQ(acme.send("POST", path, acme.sign(header, "{}", world.new_key())).verdict(),
              "400 malformed");
    EXPECT_EQ(acme.post_with(header, path, "{}").verdict(), "201");
    EXPECT_EQ(acme.post_with(header, path, "{}").verdict(), "400 badNonce");
  });
}

// ---- Accounts (§7.3).

TEST(AcmeAccounts, TheSecondRegistrationFindsTheFirst) {
  with_ca({}, [](Ecosystem&, AcmeTester& acme) {
    EXPECT_EQ(acme.post("/acme/new-account", {{{"onlyReturnExisting", true}}}).verdict(),
              "400 accountDoesNotExist");
    const AcmeReply made =
        acme.register_account({{"contact", stir::Json::array({"mailto:a@example.org"})}});
    EXPECT_EQ(made.verdict(), "201");
    EXPECT_EQ(made.body["status"], "valid");
    EXPECT_EQ(made.body["orders"], acme.account + "/orders");
    const std::string account = std::exchange(acme.account, "");
    // What the second one says is ignored.
    const AcmeReply found = acme.post(
        "/acme/new-account",
        stir::Json{{"onlyReturnExisting", true}, {"contact", stir::Json::array({"tel:1"})}});
    EXPECT_EQ(found.verdict(), "200");
    EXPECT_EQ(found.header("Location"), account);
    EXPECT_EQ(found.body["contact"], stir::Json::array({"mailto:a@example.org"}));
  });
}

TEST(AcmeAccounts, RefusesContactsThatItCannotUse) {
  with_ca({}, [](Ecosystem&, AcmeTester& acme) {
    const auto made = [&](const std::string& contact) {
      const stir::Json contacts = stir::Json::array({contact});
      return acme.post("/acme/new-account", stir::Json{{"contact", contacts}}).verdict();
    };
    EXPECT_EQ(made("tel:+12015550100"), "400 unsupportedContact");
    for (const std::string contact : {"mailto:", "mailto:a", "mailto:@b", "mailto:a@",
                                      "mailto:a@b,c@d", "mailto:a@b?subject=c", "mailto:a b@c"}) {
      EXPECT_EQ(made(contact), "400 invalidContact") << contact;
    }
    acme.register_account();
    const stir::Json contacts = stir::Json::array({"mailto:a@b", "sip:a@b"});
    EXPECT_EQ(acme.post(acme.account, stir::Json{{"contact", contacts}}).verdict(),
              "400 unsupportedContact");
    EXPECT_EQ(acme.post(acme.account).body["contact"], stir::Json::array());
  });
}

TEST(AcmeAccounts, AreUpdatedAndDeactivated) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    acme.register_account();
    const stir::Json contact = stir::Json::array({"mailto:new@example.org"});
    EXPECT_EQ(acme.post(acme.account, {{{"contact", contact}}}).body["contact"], contact);
    EXPECT_EQ(acme.post(acme.account).body["contact"], contact);
    EXPECT_EQ(acme.post(acme.account, stir::Json::object()).body["contact"], contact);
    EXPECT_EQ(acme.post(acme.account, {{{"status", "revoked"}}}).verdict(), "400 malformed");
    EXPECT_EQ(acme.post(acme.account, {{{"contact", 1}}}).verdict(), "400 malformed");
    EXPECT_EQ(acme.post(acme.account + "0").verdict(), "403 unauthorized");

    AcmeTester other(world.tester(), world.ca_one.base_url());
    other.register_account();
    EXPECT_EQ(other.post(acme.account, {{{"status", "deactivated"}}}).verdict(),
              "403 unauthorized");

    EXPECT_EQ(acme.post("/acme/new-order", order_for("709J")).verdict(), "201");
    const AcmeReply gone = acme.post(acme.account, {{{"status", "deactivated"}}});
    EXPECT_EQ(gone.verdict(), "200");
    EXPECT_EQ(gone.body["status"], "deactivated");
    EXPECT_EQ(acme.post("/acme/new-order", order_for("709J")).verdict(), "401 unauthorized");
    EXPECT_EQ(acme.post(acme.account).verdict(), "401 unauthorized");
    EXPECT_EQ(acme.register_account().verdict(), "401 unauthorized");
  });
}

TEST(AcmeAccounts, AgreeToTheTermsOfServiceIfThereAreAny) {
  CertificationAuthorityOptions options;
  options.accounts.terms_of_service = "https://ca-one.test/terms";
  options.accounts.allow_empty_new_account = false;
  with_ca(options, [](Ecosystem&, AcmeTester& acme) {
    EXPECT_EQ(acme.send("GET", "/acme/directory").body["meta"]["termsOfService"],
              "https://ca-one.test/terms");
    EXPECT_EQ(acme.post("/acme/new-account").verdict(), "400 malformed");
    EXPECT_EQ(acme.register_account().verdict(), "403 userActionRequired");
    EXPECT_EQ(acme.register_account({{"termsOfServiceAgreed", true}}).verdict(), "201");
  });
  // A deployed client sends no payload at all.
  with_ca({}, [](Ecosystem&, AcmeTester& acme) {
    EXPECT_EQ(acme.post("/acme/new-account").verdict(), "201");
  });
}

TEST(AcmeAccounts, AreBoundToExternalAccounts) {
  CertificationAuthorityOptions options;
  options.accounts.external_keys["kid-1"] = kMacKey;
  options.accounts.external_account_required = true;
  with_ca(options, [](Ecosystem&, AcmeTester& acme) {
    EXPECT_EQ(acme.send("GET", "/acme/directory").body["meta"]["externalAccountRequired"], true);
    const std::string url = acme.url("/acme/new-account");
    const std::string jwk = stir::canonical_json(stir::jwk_of(*acme.key->public_key()));
    const stir::Json good{{"alg", "HS256"}, {"kid", "kid-1"}, {"url", url}};
    const auto verdict = [&](const stir::Json& binding) {
      return acme.register_account({{"externalAccountBinding", binding}}).verdict();
    };
    const auto with = [&](const std::string& name, const stir::Json& value) {
      stir::Json header = good;
      header[name] = value;
      return verdict(AcmeTester::binding(header, jwk, kMacKey));
    };
    EXPECT_EQ(acme.register_account().verdict(), "403 externalAccountRequired");
    EXPECT_EQ(with("alg", "ES256"), "400 malformed");
    EXPECT_EQ(with("alg", "HS512"), "400 malformed");
    EXPECT_EQ(with("nonce", "AAAA"), "400 malformed");
    EXPECT_EQ(with("url", url + "/"), "400 malformed");
    EXPECT_EQ(with("kid", "kid-2"), "403 unauthorized");
    EXPECT_EQ(verdict(AcmeTester::binding(good, "{}", kMacKey)), "400 malformed");
    EXPECT_EQ(verdict(AcmeTester::binding(good, jwk, "another key")), "403 unauthorized");
    EXPECT_EQ(verdict("no JWS"), "400 malformed");
    const stir::Json binding = AcmeTester::binding(good, jwk, kMacKey);
    const AcmeReply made = acme.register_account({{"externalAccountBinding", binding}});
    EXPECT_EQ(made.verdict(), "201");
    EXPECT_EQ(made.body["externalAccountBinding"], binding);
  });
}

TEST(AcmeAccounts, AnExternalAccountThatIsNotRequiredIsCheckedIfGiven) {
  CertificationAuthorityOptions options;
  options.accounts.external_keys["kid-1"] = kMacKey;
  with_ca(options, [](Ecosystem&, AcmeTester& acme) {
    EXPECT_EQ(acme.register_account({{"externalAccountBinding", stir::Json::object()}}).verdict(),
              "400 malformed");
    EXPECT_EQ(acme.register_account().verdict(), "201");
  });
  // Where no such accounts exist it is not looked at, and not shown as if it were.
  with_ca({}, [](Ecosystem&, AcmeTester& acme) {
    const AcmeReply made =
        acme.register_account({{"externalAccountBinding", stir::Json::object()}});
    EXPECT_EQ(made.verdict(), "201");
    EXPECT_FALSE(made.body.contains("externalAccountBinding"));
  });
}

// ---- Change of key (§7.3.5).

struct KeyChangeCase {
  std::string name;
  std::string expected;
  std::function<void(stir::Json& header, stir::Json& payload)> spoil;
};

void PrintTo(const KeyChangeCase& tested, std::ostream* out) { *out << tested.name; }

std::vector<KeyChangeCase> key_change_cases() {
  using J = stir::Json;
  return {
      {"Good", "200", [](J&, J&) {}},
      {"OfAnotherAccount", "400 malformed", [](J&, J& payload) { payload["account"] = "x"; }},
      {"WithoutAnAccount", "400 malformed", [](J&, J& payload) { payload.erase("account"); }},
      {"FromAnotherKey", "400 malformed",
       [](J& header, J& payload) { payload["oldKey"] = header["jwk"]; }},
      {"WithoutAnOldKey", "400 malformed", [](J&, J& payload) { payload.erase("oldKey"); }},
      {"ForAnotherUrl", "400 malformed", [](J& header, J&) { header["url"] = "https://a.test"; }},
      {"WithANonce", "400 malformed", [](J& header, J&) { header["nonce"] = "AAAA"; }},
      {"ByKid", "400 malformed",
       [](J& header, J& payload) {
         header["kid"] = payload["account"];
         header.erase("jwk");
       }},
      {"SignedByTheOldKey", "400 malformed",
       [](J& header, J& payload) { header["jwk"] = payload["oldKey"]; }},
      {"WithAnotherAlgorithm", "400 badSignatureAlgorithm",
       [](J& header, J&) { header["alg"] = "RS256"; }},
      {"ToAKeyThatIsNone", "400 badPublicKey",
       [](J& header, J&) { header["jwk"]["crv"] = "P-384"; }},
  };
}

class KeyChange : public testing::TestWithParam<KeyChangeCase> {};

TEST_P(KeyChange, HasItsOutcome) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    acme.register_account();
    const std::string order = acme.post("/acme/new-order", order_for("709J")).header("Location");
    const auto next = world.new_key();
    stir::Json header{{"alg", "ES256"},
                      {"jwk", stir::jwk_of(*next->public_key())},
                      {"url", acme.url("/acme/key-change")}};
    stir::Json payload{{"account", acme.account},
                       {"oldKey", stir::jwk_of(*acme.key->public_key())}};
    GetParam().spoil(header, payload);
    const auto inner = acme.sign(header, stir::canonical_json(payload), next);
    const AcmeReply reply = acme.post("/acme/key-change", stir::parse_json_object(inner).value());
    EXPECT_EQ(reply.verdict(), GetParam().expected) << reply.detail;
    const auto old = std::exchange(acme.key, next);
    // Orders and the account's URL stay; one of the keys is the account's.
    EXPECT_EQ(acme.post(order).verdict(), reply.status == 200 ? "200" : "400 malformed");
    acme.key = old;
    EXPECT_EQ(acme.post(order).verdict(), reply.status == 200 ? "400 malformed" : "200");
  });
}

INSTANTIATE_TEST_SUITE_P(Each,
                         KeyChange,
                         testing::ValuesIn(key_change_cases()),
                         [](const auto& tested) { return tested.param.name; });

TEST(AcmeAccounts, AKeyBelongsToOneAccount) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    AcmeTester other(world.tester(), world.ca_one.base_url());
    other.register_account();
    acme.register_account();
    const stir::Json header{{"alg", "ES256"},
                            {"jwk", stir::jwk_of(*other.key->public_key())},
                            {"url", acme.url("/acme/key-change")}};
    const stir::Json payload{{"account", acme.account},
                             {"oldKey", stir::jwk_of(*acme.key->public_key())}};
    const auto inner = acme.sign(header, stir::canonical_json(payload), other.key);
    const AcmeReply reply = acme.post("/acme/key-change", stir::parse_json_object(inner).value());
    EXPECT_EQ(reply.verdict(), "409 malformed");
    EXPECT_EQ(reply.header("Location"), other.account);
  });
}

// ---- Orders and authorizations (§7.4, §7.5).

TEST(AcmeOrders, AreListedAPageAtATime) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    acme.register_account();
    EXPECT_EQ(acme.post(acme.account + "/orders").body["orders"], stir::Json::array());
    std::vector<std::string> made;
    for (int i = 0; i < 101; ++i) {
      made.push_back(acme.post("/acme/new-order", order_for("709J")).header("Location"));
    }
    const AcmeReply first = acme.post(acme.account + "/orders");
    ASSERT_EQ(first.body["orders"].size(), 100u);
    EXPECT_EQ(first.body["orders"][0], made[0]);
    const AcmeReply second = acme.post(first.link("next"));
    EXPECT_EQ(second.body["orders"], stir::Json::array({made[100]}));
    EXPECT_EQ(second.link("next"), "");
    // One that is invalid is left out: all the rest then fits one page.
    const auto order = acme.post(made[3]);
    const std::string authorization = order.body["authorizations"][0];
    EXPECT_EQ(acme.post(authorization, {{{"status", "deactivated"}}}).verdict(), "200");
    EXPECT_EQ(acme.post(acme.account + "/orders").link("next"), "");

    AcmeTester other(world.tester(), world.ca_one.base_url());
    other.register_account();
    EXPECT_EQ(other.post(acme.account + "/orders").verdict(), "403 unauthorized");
    EXPECT_EQ(acme.post(acme.account + "/orders/x").verdict(), "404 malformed");
    EXPECT_EQ(acme.post(acme.account + "/others").verdict(), "404 malformed");
  });
}

TEST(AcmeOrders, ADeactivatedAuthorizationEndsTheOrder) {
  with_ca({}, [](Ecosystem&, AcmeTester& acme) {
    acme.register_account();
    const AcmeReply order = acme.post("/acme/new-order", order_for("709J"));
    const std::string authorization = order.body["authorizations"][0];
    const AcmeReply pending = acme.post(authorization);
    EXPECT_EQ(pending.body["status"], "pending");
    const stir::Json challenge = pending.body["challenges"][0];
    EXPECT_EQ(acme.post(authorization, {{{"status", "valid"}}}).verdict(), "400 malformed");
    EXPECT_EQ(acme.post(authorization, {{{"status", "deactivated"}}}).body["status"],
              "deactivated");
    EXPECT_EQ(acme.post(authorization, {{{"status", "deactivated"}}}).verdict(), "400 malformed");
    EXPECT_EQ(acme.post(order.header("Location")).body["status"], "invalid");
    EXPECT_EQ(acme.post(challenge["url"], {{{"tkauth", "a.b.c"}}}).verdict(), "400 malformed");
  });
}

TEST(AcmeOrders, AreFinalizedOnlyWhileReady) {
  with_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    acme.register_account();
    const AcmeReply order = acme.post("/acme/new-order", order_for("709J"));
    const stir::Json csr{{"csr", "AAAA"}};
    EXPECT_EQ(acme.post(order.body["finalize"], csr).verdict(), "403 orderNotReady");
    EXPECT_EQ(acme.post(order.body["finalize"], stir::Json::object()).verdict(), "400 malformed");
    EXPECT_EQ(acme.post(order.header("Location"), stir::Json::object()).verdict(), "400 malformed");
    const stir::Json challenge = acme.post(order.body["authorizations"][0]).body["challenges"][0];
    EXPECT_EQ(challenge["type"], "tkauth-01");
    EXPECT_EQ(challenge["tkauth-type"], "atc");
    const AcmeReply look = acme.post(challenge["url"]);
    EXPECT_EQ(look.body["status"], "pending");
    EXPECT_EQ(look.link("up"), order.body["authorizations"][0]);
    EXPECT_EQ(acme.post(challenge["url"], stir::Json::object()).verdict(), "400 malformed");
    EXPECT_EQ(acme.post(challenge["url"]).body["status"], "pending");
    // Without a certificate there is none to be had.
    EXPECT_EQ(acme.post("/acme/certificate/2").verdict(), "404 malformed");
    world.tester().sleep_for(24h);
    EXPECT_EQ(acme.post(order.header("Location")).body["status"], "invalid");
    EXPECT_EQ(acme.post(order.body["authorizations"][0]).body["status"], "expired");
    EXPECT_EQ(acme.post(order.body["finalize"], csr).verdict(), "403 orderNotReady");
  });
}

TEST(AcmeOrders, AreLimitedInAWhile) {
  CertificationAuthorityOptions options;
  options.accounts.new_orders = 2;
  options.accounts.per = 1h;
  with_ca(options, [](Ecosystem& world, AcmeTester& acme) {
    acme.register_account();
    EXPECT_EQ(acme.post("/acme/new-order", order_for("709J")).verdict(), "201");
    world.tester().sleep_for(30min);
    EXPECT_EQ(acme.post("/acme/new-order", order_for("709J")).verdict(), "201");
    const AcmeReply refused = acme.post("/acme/new-order", order_for("709J"));
    EXPECT_EQ(refused.verdict(), "429 rateLimited");
    const int seconds = std::stoi(refused.header("Retry-After"));
    EXPECT_LE(seconds, 1800);
    EXPECT_GT(seconds, 1790);
    AcmeTester other(world.tester(), world.ca_one.base_url());
    other.register_account();
    EXPECT_EQ(other.post("/acme/new-order", order_for("709J")).verdict(), "201");
    world.tester().sleep_for(std::chrono::seconds{seconds});
    EXPECT_EQ(acme.post("/acme/new-order", order_for("709J")).verdict(), "201");
    EXPECT_EQ(acme.post("/acme/new-order", order_for("709J")).verdict(), "429 rateLimited");
  });
}

}  // namespace
}  // namespace shakedown::actors

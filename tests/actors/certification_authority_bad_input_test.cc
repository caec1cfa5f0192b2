// Bad input to each endpoint of an STI-CA: what is no JWS, payloads, methods, paths, OCSP. HTTP
// status and problem type of each (RFC 8555 §6).
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "crypto/x509/ocsp.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/http_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

class CertificationAuthorityBadInput : public testing::Test {
 protected:
  void play(const std::function<void(AcmeTester&)>& fn) {
    world_.play_when_set_up([&] {
      AcmeTester acme(world_.tester(), world_.ca_one.base_url());
      acme.register_account();
      const std::string value = crypto::base64url_encode(Ecosystem::spc_list("709J"));
      const stir::Json identifier{{"type", "TNAuthList"}, {"value", value}};
      order_ = acme.post("/acme/new-order",
                         stir::Json{{"identifiers", stir::Json::array({identifier})}});
      authorization_ = order_.body["authorizations"][0];
      challenge_ = acme.post(authorization_).body["challenges"][0]["url"];
      const std::string location = order_.header("Location");
      certificate_ = acme.url("/acme/certificate/" + location.substr(location.rfind('/') + 1));
      fn(acme);
    });
  }

  // All that is posted to with a JWS; of `acme`'s account.
  std::vector<std::string> posts(const AcmeTester& acme) const {
    return {"/acme/directory",
            "/acme/new-nonce",
            "/acme/new-account",
            "/acme/new-order",
            "/acme/new-authz",
            "/acme/key-change",
            "/acme/revoke-cert",
            acme.account,
            acme.account + "/orders",
            authorization_,
            challenge_,
            order_.header("Location"),
            order_.body.value("finalize", ""),
            certificate_};
  }

  Ecosystem world_;
  AcmeReply order_;
  std::string authorization_, challenge_, certificate_;
};

TEST_F(CertificationAuthorityBadInput, WhatIsNoJwsIsRefusedEverywhere) {
  play([&](AcmeTester& acme) {
    for (const std::string& path : posts(acme)) {
      const auto verdict = [&](const std::string& body, const std::string& type) {
        const HttpReply reply =
            ask_by_hand(world_.tester(), {.url = acme.url(path), .body = body, .type = type});
        EXPECT_EQ(reply.header("Content-Type"), "application/problem+json") << path;
        EXPECT_FALSE(reply.header("Replay-Nonce").empty()) << path;
        EXPECT_EQ(reply.body["status"], reply.status) << path;
        const std::string type_said = reply.body.value("type", "");
        EXPECT_EQ(type_said, "urn:ietf:params:acme:error:malformed") << path;
        return reply.status;
      };
      const std::string jose = "application/jose+json";
      EXPECT_EQ(verdict("{}", ""), 415);
      EXPECT_EQ(verdict("{}", "application/json"), 415);
      EXPECT_EQ(verdict("{}", "application/jose"), 415);
      for (const std::string& body :
           {std::string(), std::string("no JSON"), std::string("[]"), std::string("null"),
            std::string("{}"), std::string(R"({"protected":1,"payload":"","signature":""})"),
            std::string(R"({"protected":"","payload":"","signature":""})"),
            std::string(R"({"protected":"W10","payload":"","signature":""})"),
            std::string(R"({"protected":"e30","protected":"e30","payload":"","signature":""})"),
            nested_object(17)}) {
        EXPECT_EQ(verdict(body, jose), 400) << path << " " << body;
      }
      EXPECT_EQ(verdict(std::string(kLargestAcmeBody + 1, ' '), jose), 413);
    }
    // Media types are of any case, and may have parameters.
    const std::string path = "/acme/new-order";
    const std::string jws = acme.sign(acme.header(path), "{}", acme.key);
    EXPECT_EQ(acme.send("POST", path, jws, "Application/JOSE+JSON; charset=utf-8").detail,
              "identifiers");
  });
}

TEST_F(CertificationAuthorityBadInput, PayloadsThatAreNoObjectAreMalformed) {
  play([&](AcmeTester& acme) {
    for (const std::string& path : posts(acme)) {
      const std::string account = acme.account;
      if (path == "/acme/new-account") acme.account.clear();
      for (const std::string& payload :
           {std::string("[]"), std::string("null"), std::string("1"), std::string("x"),
            std::string("{\"a\":1,\"a\":1}"), nested_object(17)}) {
        const AcmeReply reply = acme.post_with(acme.header(path), path, payload);
        EXPECT_EQ(reply.verdict(), "400 malformed") << path << " " << payload;
        EXPECT_FALSE(reply.header("Replay-Nonce").empty());
        EXPECT_EQ(reply.link("index"), world_.ca_one.directory_url());
      }
      acme.account = account;
    }
    EXPECT_EQ(acme.post(order_.header("Location")).body["status"], "pending");
  });
}

TEST_F(CertificationAuthorityBadInput, MembersOfTheWrongTypeAreMalformed) {
  play([&](AcmeTester& acme) {
    const std::string finalize = order_.body["finalize"];
    struct Row {
      std::string path;
      std::string payload;
    };
    const std::string own = acme.account;
    for (const Row& row : std::vector<Row>{
             {"/acme/new-account", R"({"contact":"mailto:a@b"})"},
             {"/acme/new-account", R"({"contact":[1]})"},
             {"/acme/new-account", R"({"contact":null})"},
             {"/acme/new-account", R"({"termsOfServiceAgreed":"yes"})"},
             {"/acme/new-account", R"({"termsOfServiceAgreed":1})"},
             {"/acme/new-account", R"({"onlyReturnExisting":1})"},
             {"/acme/new-account", R"({"onlyReturnExisting":null})"},
             {own, R"({"contact":{}})"},
             {own, R"({"contact":[["mailto:a@b"]]})"},
             {own, R"({"status":1})"},
             {own, R"({"status":""})"},
             {own, R"({"status":"valid"})"},
             {own, R"({"termsOfServiceAgreed":"true"})"},
             {"/acme/new-order", R"({})"},
             {"/acme/new-order", R"({"identifiers":{}})"},
             {"/acme/new-order", R"({"identifiers":[]})"},
             {"/acme/new-order", R"({"identifiers":[1]})"},
             {"/acme/new-order", R"({"identifiers":[{"type":"TNAuthList"}]})"},
             {"/acme/new-order", R"({"identifiers":[{"type":1,"value":"MAA"}]})"},
             {"/acme/new-order", R"({"identifiers":[{"type":"TNAuthList","value":1}]})"},
             {"/acme/new-order",
              R"({"identifiers":[{"type":"TNAuthList","value":"MAA"}],"notBefore":1})"},
             {"/acme/new-order",
              R"({"identifiers":[{"type":"TNAuthList","value":"MAA"}],"notAfter":"2026"})"},
             {"/acme/new-authz", R"({})"},
             {"/acme/new-authz", R"({"identifier":[]})"},
             {"/acme/new-authz", R"({"identifier":{"type":"TNAuthList"}})"},
             {"/acme/key-change", R"({})"},
             {"/acme/key-change", R"({"protected":"e30","payload":"e30","signature":""})"},
             {"/acme/revoke-cert", R"({})"},
             {"/acme/revoke-cert", R"({"certificate":1})"},
             {"/acme/revoke-cert", R"({"certificate":"MAA","reason":"1"})"},
             {"/acme/revoke-cert", R"({"certificate":"MAA","reason":1.5})"},
             {authorization_, R"({})"},
             {authorization_, R"({"status":1})"},
             {authorization_, R"({"status":"deactivated","more":1})"},
             {challenge_, R"({})"},
             {challenge_, R"({"tkauth":1})"},
             {finalize, R"({})"},
             {finalize, R"({"csr":1})"},
             {finalize, R"({"csr":"MAA="})"},
             {finalize, R"({"csr":"a+b/"})"},
             // POST-as-GET only.
             {order_.header("Location"), R"({})"},
             {certificate_, R"({})"},
             {own + "/orders", R"({})"},
         }) {
      acme.account = row.path == "/acme/new-account" ? "" : own;
      // A registration of another key, which would make an account.
      const auto key = acme.key;
      if (acme.account.empty()) acme.key = world_.new_key();
      EXPECT_EQ(acme.post_with(acme.header(row.path), row.path, row.payload).verdict(),
                "400 malformed")
          << row.path << " " << row.payload;
      acme.key = key;
    }
    acme.account = own;
    EXPECT_EQ(acme.post(order_.header("Location")).body["status"], "pending");
    EXPECT_EQ(acme.post(authorization_).body["status"], "pending");
  });
}

TEST_F(CertificationAuthorityBadInput, ResourcesThatAreNoneAre404) {
  play([&](AcmeTester& acme) {
    for (const std::string path :
         {"/acme/order/99", "/acme/order/0", "/acme/order/x", "/acme/order/1x", "/acme/order/-1",
          "/acme/order/99999999999999999999", "/acme/order/", "/acme/authorization/99",
          "/acme/challenge/99", "/acme/certificate/99", "/acme/nothing", "/acme", "/", "/other"}) {
      EXPECT_EQ(acme.post(path).verdict(), "404 malformed") << path;
    }
    const std::string order = order_.header("Location");
    for (const std::string& url :
         {order + "/", order + "/other", order + "/finalize/", authorization_ + "/1",
          challenge_ + "/1", certificate_, certificate_ + "/1", acme.account + "/other"}) {
      EXPECT_EQ(acme.post(url).verdict(), "404 malformed") << url;
    }
    EXPECT_EQ(acme.send("GET", "/certificates/none.pem").verdict(), "404 malformed");
  });
}

TEST_F(CertificationAuthorityBadInput, OtherMethodsAre405) {
  play([&](AcmeTester& acme) {
    for (const std::string path :
         {"/acme/agreement", "/certificates/root.pem", "/certificates/intermediate.pem"}) {
      for (const std::string method : {"POST", "PUT", "DELETE"}) {
        const AcmeReply reply = acme.send(method, path);
        EXPECT_EQ(reply.verdict(), "405 malformed") << method << " " << path;
        EXPECT_EQ(reply.header("Allow"), "GET, HEAD");
      }
      EXPECT_EQ(acme.send("GET", path).status, 200);
    }
    for (const std::string path : {"/acme/directory", "/acme/new-nonce"}) {
      const AcmeReply reply = acme.send("PUT", path);
      EXPECT_EQ(reply.verdict(), "405 malformed");
      EXPECT_EQ(reply.header("Allow"), "GET, HEAD, POST");
    }
    for (const std::string& path : posts(acme)) {
      if (path == "/acme/directory" || path == "/acme/new-nonce") continue;
      for (const std::string method : {"GET", "HEAD", "PUT", "PATCH"}) {
        const AcmeReply reply = acme.send(method, path);
        EXPECT_EQ(reply.verdict(), "405 malformed") << method << " " << path;
        EXPECT_EQ(reply.header("Allow"), "POST");
      }
    }
    for (const std::string method : {"HEAD", "PUT", "DELETE"}) {
      const HttpReply reply =
          ask_by_hand(world_.tester(), {.method = method, .url = world_.ca_one.ocsp_url()});
      EXPECT_EQ(reply.status, 405);
      EXPECT_EQ(reply.header("Allow"), "GET, POST");
    }
  });
}

// The error is OCSP's (RFC 6960 §2.3), the HTTP status 200.
TEST_F(CertificationAuthorityBadInput, WhatIsNoOcspRequestIsSaidInOcsp) {
  play([&](AcmeTester&) {
    const auto status = [&](const HttpQuestion& question) {
      const HttpReply reply = ask_by_hand(world_.tester(), question);
      EXPECT_EQ(reply.status, 200);
      EXPECT_EQ(reply.header("Content-Type"), "application/ocsp-response");
      EXPECT_EQ(reply.header("Cache-Control"), "no-store");
      return crypto::parse_ocsp_response(reply.text).value().status;
    };
    const std::string url = world_.ca_one.ocsp_url();
    const std::string type = "application/ocsp-request";
    const auto malformed = crypto::OcspResponseStatus::kMalformedRequest;
    for (const std::string& body :
         {std::string(), std::string("no DER"), std::string("\x30\x00", 2),
          std::string(crypto::kLargestOcspRequest + 1, '0'),
          std::string(kLargestAcmeBody + 1, '0')}) {
      EXPECT_EQ(status({.url = url, .body = body, .type = type}), malformed) << body.size();
    }
    const crypto::OcspRequest request{
        .ids = {crypto::ocsp_id_of(*world_.ca_one.intermediate(), *world_.ca_one.root()).value()},
        .nonce = {}};
    const std::string good = crypto::build_ocsp_request(request).value();
    EXPECT_EQ(status({.url = url, .body = good, .type = "application/json"}), malformed);
    EXPECT_EQ(status({.url = url, .body = good, .type = ""}), malformed);
    EXPECT_EQ(status({.url = url + "/x", .body = good, .type = type}), malformed);
    EXPECT_EQ(status({.url = url, .body = good + "x", .type = type}), malformed);
    for (const std::string path : {"", "/", "/MAA", "/a/b", "/%"}) {
      EXPECT_EQ(status({.method = "GET", .url = url + path, .type = ""}), malformed) << path;
    }
  });
}

}  // namespace
}  // namespace shakedown::actors

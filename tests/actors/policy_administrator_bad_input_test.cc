// Bad input to each endpoint of the STI-PA: method, media type, size, JSON, members. The answer is
// JSON with status, code and message (as deployed); RFC 9110 fixes the codes.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/actors/http_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

class PolicyAdministratorBadInput : public testing::Test {
 protected:
  HttpReply ask(HttpQuestion question) {
    question.url = world_.pa.base_url() + question.url;
    return ask_by_hand(world_.tester(), question);
  }

  // "400 message"; the answer has its form.
  std::string verdict(const HttpQuestion& question) {
    const HttpReply reply = ask(question);
    if (reply.status < 400) return std::to_string(reply.status);
    EXPECT_EQ(reply.header("Content-Type"), "application/json") << question.url;
    EXPECT_EQ(reply.header("Cache-Control"), "no-store") << question.url;
    EXPECT_EQ(reply.body["status"], "failure") << question.url;
    EXPECT_EQ(reply.body["code"], std::to_string(reply.status)) << question.url;
    return std::to_string(reply.status) + " " + reply.body.value("message", "");
  }

  std::string posted(const std::string& path, const stir::Json& body) {
    return verdict({.url = path, .body = stir::canonical_json(body), .authorization = access_});
  }

  void play(const std::function<void()>& fn) {
    world_.play_when_set_up([&] {
      access_ = ask({.url = "/api/v1/auth/login", .body = stir::canonical_json(credentials())})
                    .body.value("accessToken", "");
      EXPECT_FALSE(access_.empty());
      fn();
    });
  }

  static stir::Json credentials() {
    return {{"userId", "acme-tel"}, {"password", "password of acme-tel"}};
  }

  static std::vector<std::string> posts() {
    return {"/api/v1/auth/login", "/api/v1/account/acme-tel/token",
            "/sti-pa/account/acme-tel/token", "/at/account/acme-tel/token", "/sti-pa/revocations"};
  }

  static std::vector<std::string> gets() {
    return {"/api/v1/ca-list",
            "/sti-pa/ca-list",
            "/download/v1/crl",
            "/sti-pa/crl",
            "/download/v1/certificate/certificateId_1.crt",
            "/download/v1/certificate/root.crt"};
  }

  Ecosystem world_;
  std::string access_;
};

TEST_F(PolicyAdministratorBadInput, OtherMethodsAre405WithThoseThatThereAre) {
  play([&] {
    for (const std::string& path : posts()) {
      for (const std::string method : {"GET", "HEAD", "PUT", "DELETE", "PATCH"}) {
        const HttpReply reply = ask({.method = method, .url = path, .authorization = access_});
        EXPECT_EQ(reply.status, 405) << method << " " << path;
        EXPECT_EQ(reply.header("Allow"), "POST");
        EXPECT_EQ(reply.body["message"], "the methods here are POST");
      }
    }
    for (const std::string& path : gets()) {
      for (const std::string method : {"POST", "PUT", "DELETE", "PATCH"}) {
        const HttpReply reply = ask({.method = method, .url = path, .authorization = access_});
        EXPECT_EQ(reply.status, 405) << method << " " << path;
        EXPECT_EQ(reply.header("Allow"), "GET, HEAD");
      }
      const HttpReply got = ask({.method = "GET", .url = path, .authorization = access_});
      const HttpReply head = ask({.method = "HEAD", .url = path, .authorization = access_});
      EXPECT_EQ(got.status, 200) << path;
      EXPECT_FALSE(got.text.empty());
      EXPECT_EQ(head.status, 200) << path;
      EXPECT_EQ(head.text, "");
      EXPECT_EQ(head.header("Content-Type"), got.header("Content-Type"));
    }
  });
}

TEST_F(PolicyAdministratorBadInput, UnknownPathsAre404WhateverTheMethod) {
  play([&] {
    for (const std::string path :
         {"/", "/nothing", "/api/v1/auth", "/api/v1/account/token", "/api/v1/account//token",
          "/api/v1/account/acme-tel", "/sti-pa/", "/download/v1/"}) {
      for (const std::string method : {"GET", "POST", "DELETE"}) {
        EXPECT_EQ(verdict({.method = method, .url = path, .authorization = access_}),
                  "404 no such resource")
            << path;
      }
    }
    for (const std::string file : {"", "certificateId_0.crt", "certificateId_99.crt", "x"}) {
      EXPECT_EQ(verdict({.method = "GET", .url = "/download/v1/certificate/" + file}),
                "404 no such certificate");
    }
  });
}

TEST_F(PolicyAdministratorBadInput, OtherMediaTypesAre415) {
  play([&] {
    const std::string body = stir::canonical_json(credentials());
    for (const std::string& path : posts()) {
      for (const std::string type : {"text/plain", "application/x-www-form-urlencoded",
                                     "application/jose+json", "application/jsonp", ";"}) {
        EXPECT_EQ(verdict({.url = path, .body = body, .type = type, .authorization = access_}),
                  "415 Content-Type is not application/json")
            << path << " " << type;
      }
    }
    // What means the same, and what says nothing.
    for (const std::string type : {"Application/JSON", "application/json; charset=utf-8", ""}) {
      EXPECT_EQ(verdict({.url = posts().front(), .body = body, .type = type}), "200") << type;
    }
  });
}

TEST_F(PolicyAdministratorBadInput, BodiesThatAreNoJsonObjectAre400) {
  play([&] {
    for (const std::string& path : posts()) {
      for (const std::string& body :
           {std::string(), std::string(" "), std::string("no JSON"), std::string("[]"),
            std::string("null"), std::string("\"text\""), std::string("{\"a\":1"),
            std::string("{\"a\":1,\"a\":2}"), std::string("{} {}"), std::string("\xEF\xBB\xBF{}"),
            std::string("{\"a\":\"\xFF\"}"), nested_object(17)}) {
        const std::string said = verdict({.url = path, .body = body, .authorization = access_});
        EXPECT_TRUE(said.starts_with("400 ")) << path << " " << body << ": " << said;
      }
      const std::string large(64 * 1024 + 1, ' ');
      EXPECT_EQ(verdict({.url = path, .body = large, .authorization = access_}),
                "413 the body is too large");
    }
  });
}

TEST_F(PolicyAdministratorBadInput, MembersOfALogin) {
  play([&] {
    const std::string path = "/api/v1/auth/login";
    for (const std::string member : {"userId", "password"}) {
      stir::Json body = credentials();
      body.erase(member);
      EXPECT_EQ(posted(path, body), "400 userId or password is missing");
      for (const stir::Json& value :
           {stir::Json(1), stir::Json(nullptr), stir::Json::array({"acme-tel"})}) {
        body[member] = value;
        EXPECT_EQ(posted(path, body), "400 userId or password is missing");
      }
      body[member] = "";
      EXPECT_EQ(posted(path, body), "403 the login is not accepted");
    }
  });
}

TEST_F(PolicyAdministratorBadInput, MembersOfATokenRequest) {
  play([&] {
    const stir::Json good{{"tktype", "TNAuthList"}, {"tkvalue", "MAA"}, {"fingerprint", "x"}};
    const std::string path = "/at/account/acme-tel/token";
    const std::string lacking = "400 atc lacks tktype, tkvalue or fingerprint";
    for (const stir::Json& atc : {stir::Json(nullptr), stir::Json::array(), stir::Json("text"),
                                  stir::Json(1), stir::Json::object()}) {
      EXPECT_EQ(posted(path, stir::Json{{"atc", atc}}), lacking);
    }
    for (const std::string member : {"tktype", "tkvalue", "fingerprint"}) {
      stir::Json atc = good;
      atc[member] = 1;
      EXPECT_EQ(posted(path, stir::Json{{"atc", atc}}), lacking);
      EXPECT_EQ(posted(path, atc), lacking);  // Bare, as RFC 9448 §5.5 prints it.
    }
    stir::Json atc = good;
    atc["ca"] = "true";
    EXPECT_EQ(posted(path, stir::Json{{"atc", atc}}), lacking);
  });
}

TEST_F(PolicyAdministratorBadInput, MembersOfARevocationReport) {
  play([&] {
    const auto chain = order_certificate(world_.tester(), world_.good_order());
    ASSERT_TRUE(chain) << chain.error().detail;
    const crypto::CertificatePtr& leaf = chain->leaf();
    const stir::Json good{{"issuerDN", crypto::base64_encode(leaf->issuer_der())},
                          {"serial", crypto::to_hex(leaf->serial())},
                          {"reason", "superseded"},
                          {"certificate", crypto::base64_encode(leaf->der())},
                          {"chain", chain->pem}};
    const auto with = [&](const std::string& member, const stir::Json& value) {
      stir::Json body = good;
      body[member] = value;
      return posted("/sti-pa/revocations", body);
    };
    for (const std::string member :
         {"issuerDN", "serial", "reason", "reportedBy", "certificate", "chain"}) {
      EXPECT_EQ(with(member, 1), "400 " + member + " is no text");
      EXPECT_EQ(with(member, nullptr), "400 " + member + " is no text");
    }
    for (const std::string member : {"issuerDN", "serial"}) {
      stir::Json body = good;
      body.erase(member);
      EXPECT_EQ(posted("/sti-pa/revocations", body), "400 issuerDN or serial is missing");
    }
    for (const std::string reason : {"", "7", "certificateHold", "removeFromCRL", "whim"}) {
      EXPECT_EQ(with("reason", reason), "400 reason is not one for a revocation") << reason;
    }
    EXPECT_EQ(with("serial", ""), "400 serial is not 1 to 20 octets");
    const std::string another = "400 the certificate has another issuer or serial";
    EXPECT_EQ(with("serial", "01" + std::string(38, '0')), another);
    EXPECT_EQ(with("serial", "01" + std::string(40, '0')), "400 serial is not 1 to 20 octets");
    EXPECT_EQ(with("serial", "0102"), another);
    for (const auto& [member, value] :
         std::vector<std::pair<std::string, std::string>>{{"serial", "xy"},
                                                          {"issuerDN", "?"},
                                                          {"issuerDN", "AAAA"},
                                                          {"certificate", "?"},
                                                          {"certificate", "AAAA"},
                                                          {"chain", "no PEM"}}) {
      const std::string said = with(member, value);
      EXPECT_TRUE(said.starts_with("400 ")) << member << " " << value << ": " << said;
    }
    EXPECT_EQ(posted("/sti-pa/revocations", good), "200");
  });
  EXPECT_EQ(world_.happenings(HappeningKind::kRevocationReported).size(), 1u);
}

}  // namespace
}  // namespace shakedown::actors

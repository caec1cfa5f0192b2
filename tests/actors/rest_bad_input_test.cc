// The REST interface of a provider (ATIS-1000082): bad input to signing and verification, each with
// its HTTP status, messageId and variables.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "actors/provider/rest_interface.h"
#include "tests/actors/http_tester.h"

namespace shakedown::actors {
namespace {

class RestBadInput : public testing::Test {
 protected:
  static stir::Json signing() {
    return {{"attest", "A"},
            {"orig", {{"tn", "12015550100"}}},
            {"dest", {{"tn", stir::Json::array({"12015550101"})}}},
            {"iat", 1'767'600'000},
            {"origid", "123e4567-e89b-42d3-a456-426614174000"}};
  }

  static stir::Json verification() {
    return {{"from", {{"tn", "12015550100"}}},
            {"to", {{"tn", stir::Json::array({"12015550101"})}}},
            {"time", 1'767'600'000},
            {"identity", "a.b.c"}};
  }

  static sim::Request request(const std::string& method,
                              const std::string& body,
                              const std::string& type) {
    sim::Request request = http_request(method, "https://acme-tel.test/");
    if (!type.empty()) request.headers.add("Content-Type", type);
    request.body = body;
    return request;
  }

  sim::Response answer(const sim::Request& asked, const std::string& path) {
    return answer_rest(asked, path,
                       {.sign = [this](const stir::SipCall&, std::string_view,
                                       std::string_view) -> Result<SignedIdentity> {
                          ++services_;
                          SignedIdentity identity;
                          identity.header = "signed";
                          return identity;
                        },
                        .verify =
                            [this](const stir::SipCall&) {
                              ++services_;
                              return VerificationReply();
                            }});
  }

  // "400 SVC4001 signingRequest", "200".
  static std::string text_of(const sim::Response& response) {
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
    std::string text = std::to_string(response.status);
    if (response.status == 200) return text;
    const stir::Json body = stir::parse_json_object(response.body).value();
    const stir::Json& error = body["requestError"];
    EXPECT_EQ(error.size(), 1u);
    const std::string kind = error.begin().key();
    const std::string id = error.begin().value()["messageId"];
    EXPECT_EQ(kind, id.starts_with("POL") ? "policyException" : "serviceException");
    text += " " + id;
    for (const auto& variable : error.begin().value()["variables"]) {
      text += " " + variable.get<std::string>();
    }
    return text;
  }

  std::string posted(const std::string& path,
                     const std::string& body,
                     const std::string& type = "application/json") {
    return text_of(answer(request("POST", body, type), path));
  }

  std::string sign(const stir::Json& wish) {
    return posted("/stir/v1/signing", stir::canonical_json({{"signingRequest", wish}}));
  }

  std::string verify(const stir::Json& wish) {
    return posted("/stir/v1/verification", stir::canonical_json({{"verificationRequest", wish}}));
  }

  unsigned services_ = 0;  // How often they were asked.
};

TEST_F(RestBadInput, GoodRequestsReachTheServices) {
  EXPECT_EQ(sign(signing()), "200");
  EXPECT_EQ(verify(verification()), "200");
  EXPECT_EQ(services_, 2u);
}

TEST_F(RestBadInput, OfTheRequestAsAWhole) {
  for (const auto& [path, name] : std::vector<std::pair<std::string, std::string>>{
           {"/stir/v1/signing", "signingRequest"},
           {"/stir/v1/verification", "verificationRequest"}}) {
    for (const std::string method : {"GET", "HEAD", "PUT", "DELETE"}) {
      const sim::Response refused = answer(request(method, "", ""), path);
      EXPECT_EQ(text_of(refused), "405 POL4050");
      EXPECT_EQ(refused.headers.get("Allow"), "POST");
    }
    for (const std::string type : {"", "text/plain", "application/jsonp", "text/json"}) {
      EXPECT_EQ(posted(path, "{}", type), "415 SVC4004 application/json") << type;
    }
    EXPECT_EQ(posted(path, ""), "400 SVC4000");
    for (const std::string& body :
         {std::string("no JSON"), std::string("[]"), std::string("null"), std::string("{\"a\":1"),
          std::string("{\"a\":1,\"a\":1}"), nested_object(17), std::string(64 * 1024 + 1, ' ')}) {
      EXPECT_TRUE(posted(path, body).starts_with("400 SVC4006 ")) << body.substr(0, 99);
    }
    EXPECT_EQ(posted(path, "{}"), "400 SVC4001 " + name);
    for (const std::string value : {"1", "[]", "null", "\"x\""}) {
      const std::string body = "{\"" + name + "\":" + value + "}";
      EXPECT_EQ(posted(path, body), "400 SVC4005 " + name + " expected an object") << body;
    }
    sim::Request picky = request("POST", "{}", "application/json");
    picky.headers.add("Accept", "text/html");
    picky.headers.add("X-RequestID", "seven");
    const sim::Response refused = answer(picky, path);
    EXPECT_EQ(text_of(refused), "406 SVC4002 text/html");
    EXPECT_EQ(refused.headers.get("X-RequestID"), "seven");
  }
  // What is not UTF-8 is quoted all the same.
  sim::Request binary = request("POST", "{}", "application/json");
  binary.headers.add("Accept", "\xff");
  EXPECT_EQ(text_of(answer(binary, "/stir/v1/signing")), "406 SVC4002 \xef\xbf\xbd");
  for (const std::string path : {"", "/", "/stir/v1", "/stir/v1/signing/", "/stir/v2/signing"}) {
    EXPECT_EQ(posted(path, "{}"), "404 SVC4003") << path;
  }
  const sim::Response busy = rest_not_ready();
  EXPECT_EQ(text_of(busy), "503 POL5000");
  EXPECT_EQ(busy.headers.get("Retry-After"), "1");
  EXPECT_EQ(services_, 0u);
}

TEST_F(RestBadInput, OfTheMembersOfSigning) {
  for (const std::string member : {"attest", "orig", "dest", "iat", "origid"}) {
    stir::Json wish = signing();
    wish.erase(member);
    EXPECT_EQ(sign(wish), "400 SVC4001 " + member);
  }
  const auto with = [&](const std::string& member, const stir::Json& value) {
    stir::Json wish = signing();
    wish[member] = value;
    return sign(wish);
  };
  const std::string invalid = "400 SVC4005 ";
  EXPECT_EQ(with("attest", 1), invalid + "attest expected a string");
  EXPECT_EQ(with("attest", "D"), invalid + "attest expected A, B or C");
  EXPECT_EQ(with("attest", ""), invalid + "attest expected A, B or C");
  EXPECT_EQ(with("origid", 1), invalid + "origid expected a string");
  for (const stir::Json& iat : {stir::Json("now"), stir::Json(0), stir::Json(-1), stir::Json(1.5),
                                stir::Json(std::int64_t{1} << 33)}) {
    EXPECT_EQ(with("iat", iat), invalid + "iat expected seconds since 1970") << iat.dump();
  }
  EXPECT_EQ(with("iat", (std::int64_t{1} << 33) - 1), "200");
  EXPECT_EQ(with("orig", "12015550100"), invalid + "orig expected an object with tn or uri");
  EXPECT_EQ(with("orig", stir::Json::object()), "400 SVC4001 orig.tn");
  EXPECT_EQ(with("orig", {{"tn", 1}}), invalid + "orig.tn expected a string");
  EXPECT_EQ(with("orig", {{"tn", "no number"}}), invalid + "orig.tn not a telephone number");
  EXPECT_EQ(with("orig", {{"tn", stir::Json::array({"12015550100", "12015550101"})}}),
            invalid + "orig expected one number");
  EXPECT_EQ(with("dest", {{"tn", stir::Json::array()}}), "400 SVC4001 dest.tn");
  EXPECT_EQ(with("dest", {{"tn", stir::Json::array({nullptr})}}),
            invalid + "dest.tn expected a string");
  EXPECT_EQ(services_, 1u);
}

TEST_F(RestBadInput, OfTheMembersOfVerification) {
  for (const std::string member : {"from", "to", "time", "identity"}) {
    stir::Json wish = verification();
    wish.erase(member);
    EXPECT_EQ(verify(wish), "400 SVC4001 " + member);
  }
  const auto with = [&](const std::string& member, const stir::Json& value) {
    stir::Json wish = verification();
    wish[member] = value;
    return verify(wish);
  };
  const std::string invalid = "400 SVC4005 ";
  EXPECT_EQ(with("identity", 1), invalid + "identity expected a string");
  EXPECT_EQ(with("time", "1"), invalid + "time expected seconds since 1970");
  EXPECT_EQ(with("from", 1), invalid + "from expected an object with tn or uri");
  EXPECT_EQ(with("to", {{"uri", 1}}), invalid + "to.uri expected a string");
  EXPECT_EQ(services_, 0u);
}

TEST_F(RestBadInput, ABodyOf64KibibytesIsRead) {
  const stir::Json body{{"signingRequest", signing()}};
  EXPECT_EQ(posted("/stir/v1/signing", padded_json(body, 64 * 1024)), "200");
  EXPECT_TRUE(
      posted("/stir/v1/signing", padded_json(body, 64 * 1024 + 1)).starts_with("400 SVC4006 "));
}

}  // namespace
}  // namespace shakedown::actors

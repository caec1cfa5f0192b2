// Accounts with P-384 and Ed25519 keys (RFC 8555 §6.2) at an STI-CA, from registration to the
// certificate.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "crypto/x509/certificate_bundle.h"
#include "stir/acme/acme_key.h"
#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/other_signer.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::HasSubstr;

// AcmeTester with another kind of key.
class OtherTester {
 public:
  OtherTester(Ecosystem& world, OtherSigner signer)
      : acme(world.tester(), world.ca_one.base_url()),
        signer_(std::move(signer)) {}

  stir::Json header(const std::string& path) {
    stir::Json header = acme.header(path);
    header["alg"] = signer_.algorithm();
    if (header.contains("jwk")) header["jwk"] = signer_.jwk();
    return header;
  }

  AcmeReply post(const std::string& path, const std::optional<stir::Json>& payload = {}) {
    return acme.send("POST", path,
                     signer_.sign(header(path), payload ? stir::canonical_json(*payload) : ""));
  }

  AcmeReply register_account() {
    const AcmeReply reply = post("/acme/new-account", stir::Json::object());
    acme.account = reply.header("Location");
    return reply;
  }

  AcmeTester acme;
  OtherSigner signer_;
};

stir::Json order_of_709j() {
  const std::string value = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
  return {{"identifiers", stir::Json::array({{{"type", "TNAuthList"}, {"value", value}}})}};
}

std::string spc_token(Ecosystem& world, const std::string& fingerprint) {
  const auto said = [&](const sim::Request& request) {
    const auto answer = world.tester().exchange(request, 5s);
    EXPECT_TRUE(answer.has_status(200)) << answer.response.body;
    return stir::parse_json_object(answer.response.body).value();
  };
  const std::string access = said(
      json_post(world.pa.base_url() + "/api/v1/auth/login",
                {{"userId", "acme-tel"}, {"password", "password of acme-tel"}}))["accessToken"];
  const std::string value = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
  sim::Request request = json_post(
      world.pa.base_url() + "/api/v1/account/acme-tel/token",
      {{"atc", {{"tktype", "TNAuthList"}, {"tkvalue", value}, {"fingerprint", fingerprint}}}});
  request.headers.add("Authorization", access);
  return said(request)["token"];
}

std::string fingerprint_of(const std::string& digest) {
  return "SHA256 " + crypto::to_hex_pairs(digest);
}

class OtherAccountKey : public testing::TestWithParam<bool> {
 protected:
  static OtherSigner signer() { return GetParam() ? OtherSigner::ed25519() : OtherSigner::p384(); }
};

TEST_P(OtherAccountKey, OrdersWithATokenThatNamesIt) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const OtherSigner key = signer();
    const auto read = stir::AcmeKey::from_jwk(key.jwk(), false).value();
    const std::string by_jwk =
        fingerprint_of(crypto::base64url_decode(read.thumbprint()).value().octets);
    const std::string by_spki =
        fingerprint_of(std::string(crypto::as_view(crypto::sha256(read.spki_der()))));
    for (const std::string& fingerprint : {by_jwk, by_spki}) {
      OtherTester client(world, key);
      client.register_account();
      const AcmeReply order = client.post("/acme/new-order", order_of_709j());
      ASSERT_EQ(order.verdict(), "201");
      const stir::Json challenge =
          client.post(order.body["authorizations"][0]).body["challenges"][0];
      const stir::Json answer{{"tkauth", spc_token(world, fingerprint)}};
      const AcmeReply answered = client.post(challenge["url"], answer);
      EXPECT_EQ(answered.body["status"], "valid") << answered.text;
      const auto certificate_key = world.new_key();
      const auto csr = world.csr(certificate_key, Ecosystem::spc_list("709J"));
      client.post(order.body["finalize"], stir::acme::finalize_body(csr));
      world.tester().sleep_for(2s);
      const AcmeReply done = client.post(order.header("Location"));
      ASSERT_EQ(done.body["status"], "valid") << done.text;
      const auto chain =
          crypto::read_pem_certificates(client.post(done.body["certificate"]).text).value();
      EXPECT_EQ(chain.certificates.front()->public_key()->spki_der(),
                certificate_key->public_key()->spki_der());
    }
  });
}

TEST_P(OtherAccountKey, IsNotNamedByTheTokenOfAnotherKey) {
  Ecosystem world;
  world.play_when_set_up([&] {
    OtherTester client(world, signer());
    client.register_account();
    const AcmeReply order = client.post("/acme/new-order", order_of_709j());
    const stir::Json challenge = client.post(order.body["authorizations"][0]).body["challenges"][0];
    const std::string fingerprint = stir::jwk_fingerprint(*world.new_key()->public_key());
    const AcmeReply answered =
        client.post(challenge["url"], stir::Json{{"tkauth", spc_token(world, fingerprint)}});
    EXPECT_EQ(answered.body["status"], "invalid");
    EXPECT_THAT(answered.text, HasSubstr("fingerprint_matches_account"));
  });
}

TEST_P(OtherAccountKey, FixesTheAlgorithm) {
  Ecosystem world;
  world.play_when_set_up([&] {
    OtherTester client(world, signer());
    const std::string path = "/acme/new-account";
    const auto verdict = [&](const std::function<void(stir::Json&)>& spoil) {
      stir::Json header = client.header(path);
      spoil(header);
      return client.acme.send("POST", path, client.signer_.sign(header, "{}")).verdict();
    };
    EXPECT_EQ(verdict([](stir::Json& header) { header["alg"] = "ES256"; }),
              "400 badSignatureAlgorithm");
    EXPECT_EQ(verdict([](stir::Json& header) { header["jwk"]["x"] = "AA"; }), "400 badPublicKey");
    EXPECT_EQ(verdict([](stir::Json& header) { header["jwk"].erase("x"); }), "400 badPublicKey");
    EXPECT_EQ(verdict([](stir::Json& header) { header["jwk"]["crv"] = "Ed448"; }),
              "400 badPublicKey");
    EXPECT_EQ(verdict([](stir::Json& header) { header["jwk"]["crv"] = "P-521"; }),
              "400 badPublicKey");
    EXPECT_EQ(verdict([](stir::Json&) {}), "201");
    EXPECT_EQ(verdict([](stir::Json&) {}), "200");  // The same account.
    // A signature over something else, and one of another length.
    stir::Json jws =
        stir::parse_json_object(client.signer_.sign(client.header(path), "{}")).value();
    jws["payload"] = crypto::base64url_encode("{ }");
    EXPECT_EQ(client.acme.send("POST", path, stir::canonical_json(jws)).verdict(), "400 malformed");
    jws = stir::parse_json_object(client.signer_.sign(client.header(path), "{}")).value();
    jws["signature"] = crypto::base64url_encode(std::string(48, '\x01'));
    EXPECT_EQ(client.acme.send("POST", path, stir::canonical_json(jws)).verdict(), "400 malformed");
  });
}

TEST_P(OtherAccountKey, MayBeChangedTo) {
  Ecosystem world;
  world.play_when_set_up([&] {
    AcmeTester acme(world.tester(), world.ca_one.base_url());
    acme.register_account();
    const OtherSigner next = signer();
    const stir::Json payload{{"account", acme.account},
                             {"oldKey", stir::jwk_of(*acme.key->public_key())}};
    const std::string path = "/acme/key-change";
    const auto inner = [&](const std::string& algorithm) {
      const stir::Json header{{"alg", algorithm}, {"jwk", next.jwk()}, {"url", acme.url(path)}};
      return stir::parse_json_object(next.sign(header, stir::canonical_json(payload))).value();
    };
    EXPECT_EQ(acme.post(path, inner("ES256")).verdict(), "400 badSignatureAlgorithm");
    EXPECT_EQ(acme.post(path, inner(next.algorithm())).verdict(), "200");
    EXPECT_EQ(acme.post(acme.account).verdict(), "400 badSignatureAlgorithm");
    OtherTester changed(world, next);
    changed.acme.account = acme.account;
    EXPECT_EQ(changed.post(acme.account).verdict(), "200");
  });
}

INSTANTIATE_TEST_SUITE_P(, OtherAccountKey, testing::Bool(), [](const auto& each) {
  return each.param ? "Ed25519" : "P384";
});

}  // namespace
}  // namespace shakedown::actors

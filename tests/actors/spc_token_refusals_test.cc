// What an STI-CA makes of bad SPC tokens (RFC 9448 §6): the challenge's error, the states of
// authorization and order, and whom it asks for the signer.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "actors/policy_administrator/policy_administrator_pki.h"
#include "actors/workload/work.h"
#include "crypto/octets/bytes.h"
#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

// An STI-CA that believes an STI-PA of the test's own, whose tokens bring their signer along.
class SpcTokenRefusals : public testing::Test {
 protected:
  using Spoil = std::function<void(stir::Json& header, stir::Json& payload)>;

  SpcTokenRefusals() {
    EXPECT_TRUE(crypto::install_randomness_provider());
    pki_ = make_policy_administrator_pki("Another STI-PA", kEpoch - 24h).value();
    signer_ = pki_.signer;
  }

  static stir::Json order_body() {
    const std::string value = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
    const stir::Json identifier{{"type", "TNAuthList"}, {"value", value}};
    return {{"identifiers", stir::Json::array({identifier})}};
  }

  std::string token(Ecosystem& world, AcmeTester& acme, const Spoil& spoil) {
    stir::Json header{
        {"alg", "ES256"},
        {"typ", "JWT"},
        {"x5c", stir::Json::array({crypto::base64_encode(signer_.certificate->der())})}};
    stir::Json payload{{"exp", sim::unix_seconds(kEpoch + 1h)},
                       {"jti", "1"},
                       {"atc",
                        {{"tktype", "TNAuthList"},
                         {"tkvalue", stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"))},
                         {"fingerprint", stir::jwk_fingerprint(*acme.key->public_key())}}}};
    spoil(header, payload);
    const std::string input = crypto::base64url_encode(stir::canonical_json(header)) + "." +
                              crypto::base64url_encode(stir::canonical_json(payload));
    const auto signature = world.tester().compute(
        work::kSign,
        [](const crypto::PrivateKeyPtr& key, const std::string& text) {
          return key->sign(text).value();
        },
        signer_.key, input);
    return stir::compact_jws(input, signature);
  }

  // "valid", or "TYPE: STEP" of the challenge's error. The answer itself is 200 either way.
  std::string outcome(const Spoil& spoil) {
    CertificationAuthorityOptions options;
    options.policy_administrator_roots = {pki_.root.certificate};
    Ecosystem world({}, options);
    // Where tokens of strangers point to. It must not even be asked.
    sim::Env& stranger = world.world().add_actor({.name = "stranger"});
    unsigned asked = 0;
    world.world().listen(stranger, sim::Protocol::kHttp, "stranger.test",
                         [&asked](const sim::Request&) {
                           ++asked;
                           return http_response(404, "", "");
                         });
    std::string result;
    world.play_when_set_up([&] {
      AcmeTester acme(world.tester(), world.ca_one.base_url());
      acme.register_account();
      const AcmeReply order = acme.post("/acme/new-order", order_body());
      const std::string authorization = order.body["authorizations"][0];
      const stir::Json challenge = acme.post(authorization).body["challenges"][0];
      const std::string text = token(world, acme, spoil);
      const AcmeReply answered = acme.post(challenge["url"], stir::Json{{"tkauth", text}});
      EXPECT_EQ(answered.verdict(), "200");
      const bool is_good = answered.body["status"] == "valid";
      const AcmeReply now = acme.post(order.header("Location"));
      EXPECT_EQ(now.body["status"], is_good ? "ready" : "invalid");
      EXPECT_EQ(acme.post(authorization).body["status"], is_good ? "valid" : "invalid");
      if (is_good) {
        result = "valid";
        return;
      }
      EXPECT_EQ(answered.body["status"], "invalid");
      EXPECT_EQ(now.body["error"], answered.body["error"]);
      const auto error = stir::acme::read_problem(answered.body["error"]).value();
      EXPECT_EQ(error.status, 403);
      result = error.type + ": " + error.detail.substr(0, error.detail.find(':'));
      // It cannot be answered again: another order is needed (RFC 8555 §7.1.6). N194
      EXPECT_EQ(acme.post(challenge["url"], stir::Json{{"tkauth", text}}).verdict(),
                "400 malformed");
    });
    EXPECT_EQ(asked, 0u);
    return result;
  }

  // Spoils a member of atc.
  static Spoil atc(const std::string& name, const stir::Json& value) {
    return [name, value](stir::Json&, stir::Json& payload) { payload["atc"][name] = value; };
  }

  PolicyAdministratorPki pki_;
  Authority signer_;
};

TEST_F(SpcTokenRefusals, AGoodOneIsTaken) {
  EXPECT_EQ(outcome([](stir::Json&, stir::Json&) {}), "valid");
}

TEST_F(SpcTokenRefusals, AfterItsExpiry) {  // N156
  EXPECT_EQ(outcome([](stir::Json&, stir::Json& payload) {
              payload["exp"] = sim::unix_seconds(kEpoch) - 1;
            }),
            "unauthorized: is_not_expired");
}

TEST_F(SpcTokenRefusals, WithoutAClaim) {  // N157
  for (const std::string name : {"exp", "jti", "atc"}) {
    EXPECT_EQ(outcome([&](stir::Json&, stir::Json& payload) { payload.erase(name); }),
              "incorrectResponse: claims_are_present");
  }
  for (const std::string name : {"tktype", "tkvalue", "fingerprint"}) {
    EXPECT_EQ(outcome([&](stir::Json&, stir::Json& payload) { payload["atc"].erase(name); }),
              "incorrectResponse: claims_are_present");
  }
  EXPECT_EQ(outcome(atc("ca", "false")), "incorrectResponse: claims_are_present");
}

TEST_F(SpcTokenRefusals, OfAnotherType) {  // N158
  EXPECT_EQ(outcome(atc("tktype", "TnAuthList")), "incorrectResponse: tktype_is_tn_auth_list");
  EXPECT_EQ(outcome(atc("tktype", "JWTClaimConstraints")),
            "incorrectResponse: tktype_is_tn_auth_list");
}

TEST_F(SpcTokenRefusals, ForMoreOrLessThanTheOrder) {  // N159
  const auto both = crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("709J"),
                                                 crypto::TnEntry::service_provider_code("818H")})
                        .value();
  EXPECT_EQ(outcome(atc("tkvalue", stir::tn_auth_list_identifier(both))),
            "incorrectResponse: tkvalue_matches_order");
  EXPECT_EQ(outcome(atc("tkvalue", stir::tn_auth_list_identifier(Ecosystem::spc_list("818H")))),
            "incorrectResponse: tkvalue_matches_order");
}

TEST_F(SpcTokenRefusals, OfAnotherAccountOrWithAMisspeltFingerprint) {  // N154, N160
  const auto other = crypto::PrivateKey::generate().value();
  const std::string fingerprint = stir::jwk_fingerprint(*other->public_key());
  EXPECT_EQ(outcome(atc("fingerprint", fingerprint)), "unauthorized: fingerprint_matches_account");
  EXPECT_EQ(outcome(atc("fingerprint", fingerprint.substr(7))),
            "incorrectResponse: fingerprint_is_well_formed");
  EXPECT_EQ(outcome(atc("fingerprint", fingerprint.substr(0, fingerprint.size() - 3))),
            "incorrectResponse: fingerprint_is_well_formed");
}

TEST_F(SpcTokenRefusals, OfASignerOutsideTheStiPaWhichIsNotEvenFetched) {  // N161
  EXPECT_EQ(outcome([](stir::Json& header, stir::Json&) {
              header.erase("x5c");
              header["x5u"] = "https://stranger.test/signer.crt";
            }),
            "unauthorized: issuer_is_trusted");
  signer_ = make_policy_administrator_pki("A stranger", kEpoch - 24h)->signer;
  EXPECT_EQ(outcome([](stir::Json&, stir::Json&) {}),
            "unauthorized: signer_is_policy_administrator");
  signer_.certificate = pki_.signer.certificate;  // But not its key.
  EXPECT_EQ(outcome([](stir::Json&, stir::Json&) {}), "unauthorized: signature_verifies");
}

TEST_F(SpcTokenRefusals, WithAnotherAlgorithm) {  // N162
  for (const std::string algorithm : {"none", "HS256", "RS256"}) {
    EXPECT_EQ(outcome([&](stir::Json& header, stir::Json&) { header["alg"] = algorithm; }),
              "malformed: SPC token");
  }
}

TEST_F(SpcTokenRefusals, WithAnX5uThatIsNotHttps) {  // N163
  EXPECT_EQ(outcome([](stir::Json& header, stir::Json&) {
              header.erase("x5c");
              header["x5u"] = "http://stranger.test/signer.crt";
            }),
            "incorrectResponse: x5u_is_https");
}

TEST_F(SpcTokenRefusals, WhoseSignerHasExpired) {  // N165
  signer_ = make_next_signer(pki_.root, "Another STI-PA", kEpoch - 24h * 3653).value();
  EXPECT_EQ(outcome([](stir::Json&, stir::Json&) {}),
            "unauthorized: signer_is_policy_administrator");
  signer_ = make_next_signer(pki_.root, "Another STI-PA", kEpoch - 1h).value();
  EXPECT_EQ(outcome([](stir::Json&, stir::Json&) {}), "valid");
}

}  // namespace
}  // namespace shakedown::actors

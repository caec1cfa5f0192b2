// The switches of an STI-CA for what deployed clients do beside the RFCs, each on and off; and
// tokens that bring their signer along (x5c).
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "actors/policy_administrator/policy_administrator_pki.h"
#include "actors/workload/work.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::HasSubstr;

// "issued", or why not.
std::string outcome(Ecosystem& world, const OrderRequest& order) {
  const auto chain = order_certificate(world.tester(), order);
  return chain ? "issued" : chain.error().detail;
}

void with_ca(const CertificationAuthorityOptions& options,
             const std::function<void(Ecosystem&)>& fn) {
  Ecosystem world({}, options);
  world.play_when_set_up([&] { fn(world); });
}

TEST(AcmeTolerance, OfTheAtcMemberInTheAnswer) {
  CertificationAuthorityOptions strict;
  strict.allow_atc_answer = false;
  for (const bool is_strict : {false, true}) {
    with_ca(is_strict ? strict : CertificationAuthorityOptions(), [&](Ecosystem& world) {
      OrderRequest order = world.good_order();
      EXPECT_EQ(outcome(world, order), "issued");
      order.answer_with_atc_member = true;
      EXPECT_THAT(outcome(world, order), HasSubstr(is_strict ? "challenge: malformed" : "issued"));
    });
  }
}

TEST(AcmeTolerance, OfTheSpkiFingerprint) {
  CertificationAuthorityOptions strict;
  strict.allow_spki_fingerprint = false;
  for (const bool is_strict : {false, true}) {
    with_ca(is_strict ? strict : CertificationAuthorityOptions(), [&](Ecosystem& world) {
      OrderRequest order = world.good_order();
      EXPECT_EQ(outcome(world, order), "issued");
      PolicyAdministratorClient client(world.tester(), world.access("acme-tel"));
      order.spc_token = client
                            .spc_token(order.tn_auth_list_der, *order.account_key->public_key(),
                                       false, FingerprintStyle::kSpkiHash)
                            ->token;
      EXPECT_THAT(outcome(world, order),
                  HasSubstr(is_strict ? "unauthorized: fingerprint_matches_account" : "issued"));
    });
  }
}

TEST(AcmeTolerance, OfPaddedIdentifiers) {
  CertificationAuthorityOptions strict;
  strict.allow_padded_identifiers = false;
  for (const bool is_strict : {false, true}) {
    with_ca(is_strict ? strict : CertificationAuthorityOptions(), [&](Ecosystem& world) {
      AcmeTester acme(world.tester(), world.ca_one.base_url());
      acme.register_account();
      const auto der = Ecosystem::spc_list("709J");
      const auto order = [&](const std::string& value) {
        const stir::Json identifier{{"type", "TNAuthList"}, {"value", value}};
        const stir::Json identifiers = stir::Json::array({identifier});
        return acme.post("/acme/new-order", stir::Json{{"identifiers", identifiers}}).verdict();
      };
      ASSERT_THAT(crypto::base64_encode(der), HasSubstr("="));
      EXPECT_EQ(order(crypto::base64_encode(der)), is_strict ? "400 malformed" : "201");
      EXPECT_EQ(order(crypto::base64url_encode(der)), "201");
    });
  }
}

TEST(AcmeTolerance, OfASignatureOverTheHeaderOnly) {
  CertificationAuthorityOptions liberal;
  liberal.allow_signature_over_header_only = true;
  for (const bool is_liberal : {false, true}) {
    with_ca(is_liberal ? liberal : CertificationAuthorityOptions(), [&](Ecosystem& world) {
      AcmeTester acme(world.tester(), world.ca_one.base_url());
      const auto post = [&](const std::string& payload) {
        const std::string header =
            crypto::base64url_encode(stir::canonical_json(acme.header("/acme/new-account")));
        const auto signature = world.tester().compute(
            work::kSign,
            [](const crypto::PrivateKeyPtr& key, const std::string& input) {
              return key->sign(input).value();
            },
            acme.key, header);
        const stir::Json jws{{"protected", header},
                             {"payload", crypto::base64url_encode(payload)},
                             {"signature", crypto::base64url_encode(crypto::as_view(signature))}};
        return acme.send("POST", "/acme/new-account", stir::canonical_json(jws)).verdict();
      };
      EXPECT_EQ(post(""), is_liberal ? "201" : "400 malformed");
      EXPECT_EQ(post("{}"), "400 malformed");  // Never where there is a payload.
    });
  }
}

TEST(AcmeTolerance, OfTheAccountKeyInARequest) {
  CertificationAuthorityOptions liberal;
  liberal.allow_account_key = true;
  for (const bool is_liberal : {false, true}) {
    with_ca(is_liberal ? liberal : CertificationAuthorityOptions(), [&](Ecosystem& world) {
      OrderRequest order = world.good_order();
      order.csr_der = world.csr(order.account_key, order.tn_auth_list_der);
      EXPECT_THAT(outcome(world, order), HasSubstr(is_liberal ? "issued" : "badCSR"));
      // The key of another account is no better.
      AcmeTester other(world.tester(), world.ca_one.base_url());
      other.register_account();
      order.csr_der = world.csr(other.key, order.tn_auth_list_der);
      EXPECT_THAT(outcome(world, order), HasSubstr(is_liberal ? "issued" : "badCSR"));
    });
  }
}

TEST(AcmeTolerance, OfTwoCertificatesWithOneSubject) {
  CertificationAuthorityOptions strict;
  strict.refuse_duplicate_subjects = true;
  for (const bool is_strict : {false, true}) {
    with_ca(is_strict ? strict : CertificationAuthorityOptions(), [&](Ecosystem& world) {
      OrderRequest order = world.good_order();
      const auto with_subject = [&](const std::string& common_name) {
        crypto::RequestSpec spec;
        crypto::Name subject;
        subject.attributes = {{.type = "CN", .value = common_name}};
        spec.subject = subject;
        spec.extensions = {crypto::extension::tn_auth_list(order.tn_auth_list_der)};
        order.csr_der = world.tester().compute(
            work::kSign,
            [](const crypto::RequestSpec& request, const crypto::PrivateKeyPtr& key) {
              return crypto::build_request(request, *key).value();
            },
            spec, world.new_key());
        return order;
      };
      const auto first = order_certificate(world.tester(), with_subject("SHAKEN 709J 1"));
      ASSERT_TRUE(first) << first.error().detail;
      EXPECT_EQ(outcome(world, with_subject("SHAKEN 709J 2")), "issued");
      EXPECT_THAT(outcome(world, with_subject("SHAKEN 709J 1")),
                  HasSubstr(is_strict ? "badCSR: duplicate subject" : "issued"));
      RevokeRequest revocation;
      revocation.directory_url = order.directory_url;
      revocation.account_key = order.account_key;
      revocation.certificate = first->leaf();
      EXPECT_TRUE(revoke_certificate(world.tester(), revocation));
      EXPECT_EQ(outcome(world, with_subject("SHAKEN 709J 1")), "issued");
    });
  }
}

TEST(AcmeTolerance, OfTheChallengeTypeOfTheDrafts) {
  CertificationAuthorityOptions options;
  options.tkauth_type = "ATC";
  with_ca(options, [](Ecosystem& world) {
    AcmeTester acme(world.tester(), world.ca_one.base_url());
    acme.register_account();
    const std::string value = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
    const stir::Json identifier{{"type", "TNAuthList"}, {"value", value}};
    const AcmeReply order =
        acme.post("/acme/new-order", stir::Json{{"identifiers", stir::Json::array({identifier})}});
    const AcmeReply granted = acme.post(order.body["authorizations"][0]);
    EXPECT_EQ(granted.body["challenges"][0]["tkauth-type"], "ATC");
  });
}

// ---- x5c (RFC 9448 §6 step 3).

class X5c : public testing::Test {
 protected:
  X5c() {
    EXPECT_TRUE(crypto::install_randomness_provider());
    pki_ = make_policy_administrator_pki("Another STI-PA", kEpoch - 24h).value();
    stranger_ = make_policy_administrator_pki("A stranger", kEpoch - 24h).value();
  }

  // What becomes of an order with a token whose header has this x5c (and more).
  std::string outcome_of(const stir::Json& x5c,
                         const crypto::PrivateKeyPtr& signer,
                         const std::optional<std::string>& x5u = {}) {
    CertificationAuthorityOptions options;
    options.policy_administrator_roots = {pki_.root.certificate};
    std::string result;
    with_ca(options, [&](Ecosystem& world) {
      OrderRequest order = world.good_order();
      const auto received = stir::parse_spc_token(order.spc_token).value();
      stir::Json header{{"alg", "ES256"}, {"typ", "JWT"}, {"x5c", x5c}};
      if (x5u) header["x5u"] = world.pa.base_url() + *x5u;
      const std::string input = crypto::base64url_encode(stir::canonical_json(header)) + "." +
                                crypto::base64url_encode(received.jws.payload);
      const auto signature = world.tester().compute(
          work::kSign,
          [](const crypto::PrivateKeyPtr& key, const std::string& text) {
            return key->sign(text).value();
          },
          signer, input);
      order.spc_token = stir::compact_jws(input, signature);
      result = outcome(world, order);
    });
    return result;
  }

  static stir::Json chain_of(const PolicyAdministratorPki& pki) {
    return stir::Json::array({crypto::base64_encode(pki.signer.certificate->der())});
  }

  PolicyAdministratorPki pki_, stranger_;
};

TEST_F(X5c, NamesTheSignerOfAToken) {
  EXPECT_EQ(outcome_of(chain_of(pki_), pki_.signer.key), "issued");
}

TEST_F(X5c, MustLeadToTheStiPa) {
  EXPECT_THAT(outcome_of(chain_of(stranger_), stranger_.signer.key),
              HasSubstr("unauthorized: signer_is_policy_administrator"));
}

TEST_F(X5c, MustHaveSigned) {
  EXPECT_THAT(outcome_of(chain_of(pki_), stranger_.signer.key),
              HasSubstr("unauthorized: signature_verifies"));
}

TEST_F(X5c, MustBeCertificates) {
  for (const stir::Json& x5c : {stir::Json("text"), stir::Json::array(), stir::Json::array({1}),
                                stir::Json::array({"AAAA"}), stir::Json::array({"?"})}) {
    EXPECT_THAT(outcome_of(x5c, pki_.signer.key), HasSubstr("malformed")) << x5c.dump();
  }
}

TEST_F(X5c, MustAgreeWithTheX5uBesideIt) {
  EXPECT_THAT(
      outcome_of(chain_of(pki_), pki_.signer.key, "/download/v1/certificate/certificateId_1.crt"),
      HasSubstr("unauthorized: x5c and x5u name different certificates"));
}

}  // namespace
}  // namespace shakedown::actors

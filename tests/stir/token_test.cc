// JWS, SPC tokens and CA lists.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/tn_auth_list.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/ca_list.h"
#include "stir/credential/number_scope.h"
#include "stir/jose/jws.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

std::string signed_jws(const std::string& input, const crypto::PrivateKey& signer) {
  return compact_jws(input, signer.sign(input).value());
}

// RFC 8225 Appendix A.1.
crypto::PublicKeyPtr published_key() {
  return crypto::PublicKey::from_uncompressed_point(
             crypto::from_hex("04167da8f51d4113a68342aceb69f4a03ca3457bf48b960112adf42d5c14f93277"
                              "71413f849e88d6714210eb0f4b5d04796cdffc057bcfbe2b616b3f2405f6fba1")
                 .value())
      .value();
}

TEST(Jwk, HasThePublishedThumbprintAndFingerprints) {
  const auto key = published_key();
  EXPECT_EQ(canonical_json(jwk_of(*key)),
            R"({"crv":"P-256","kty":"EC","x":"Fn2o9R1BE6aDQqzrafSgPKNFe_SLlgESrfQtXBT5Mnc",)"
            R"("y":"cUE_hJ6I1nFCEOsPS10EeWzf_AV7z74rYWs_JAX2-6E"})");
  EXPECT_EQ(jwk_thumbprint(*key), "I1-pNDvuRdW9pX8z5zAuH3M6OCS4IWaleMSWr6z1afY");
  EXPECT_EQ(jwk_fingerprint(*key),
            "SHA256 23:5F:A9:34:3B:EE:45:D5:BD:A5:7F:33:E7:30:2E:1F:73:3A:38:24:B8:21:66:A5:78:C4:"
            "96:AF:AC:F5:69:F6");
  EXPECT_EQ(spki_fingerprint(*key),
            "SHA256 89:E2:02:F9:8B:B2:3C:F6:EB:D3:80:DA:B9:07:8C:77:6F:80:3F:C8:28:1B:4A:89:75:0A:"
            "0E:09:22:CB:D3:B7");
  EXPECT_TRUE(is_fingerprint(jwk_fingerprint(*key)));
  EXPECT_FALSE(is_fingerprint("SHA256 23:5f"));
  EXPECT_FALSE(is_fingerprint(jwk_fingerprint(*key).substr(7)));
  EXPECT_EQ(match_fingerprint(spki_fingerprint(*key), *key), FingerprintForm::kSpki);
  EXPECT_EQ(match_fingerprint(jwk_fingerprint(*key), *key), FingerprintForm::kJwk);
  EXPECT_EQ(match_fingerprint("", *key), FingerprintForm::kNone);
}

TEST(Jwk, ReadsP256Only) {
  const auto key = published_key();
  auto jwk = jwk_of(*key);
  jwk["kid"] = "customer-7";
  EXPECT_EQ(**key_of_jwk(jwk), *key);
  jwk["crv"] = "P-384";
  EXPECT_EQ(key_of_jwk(jwk).error().code, ErrorCode::kUnsupported);
  jwk = jwk_of(*key);
  jwk["y"] = jwk["x"];
  EXPECT_EQ(key_of_jwk(jwk).error().code, ErrorCode::kMalformed);  // Not on the curve.
  jwk.erase("y");
  EXPECT_EQ(key_of_jwk(jwk).error().code, ErrorCode::kMalformed);
}

TEST(CompactJws, TakesEs256AndNothingElse) {
  const auto signer = key(1);
  const auto input = jwt_signing_input("https://pa.test/1.crt", Json{{"a", 1}});
  const auto jws = parse_compact_jws(signed_jws(input, *signer));
  ASSERT_TRUE(jws);
  EXPECT_EQ(jws->payload, "{\"a\":1}");
  EXPECT_TRUE(signer->public_key()->verify(jws->signing_input, jws->signature));
  const auto with_header = [&](std::string_view header) {
    return crypto::base64url_encode(header) + ".e30." +
           crypto::base64url_encode(std::string(64, 'x'));
  };
  EXPECT_TRUE(parse_compact_jws(with_header(R"({"alg":"ES256"})")));
  EXPECT_EQ(parse_compact_jws(with_header(R"({"alg":"none"})")).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(parse_compact_jws(with_header(R"({"alg":"HS256"})")).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(parse_compact_jws(with_header(R"({"alg":"ES256","crit":["b64"]})")).error().code,
            ErrorCode::kUnsupported);
  EXPECT_EQ(parse_compact_jws(with_header(R"({"alg":"ES256","alg":"ES256"})")).error().code,
            ErrorCode::kMalformed);
  EXPECT_EQ(parse_compact_jws("e30.e30").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse_compact_jws(with_header(R"({"alg":"ES256"})") + "=").error().code,
            ErrorCode::kMalformed);
  EXPECT_EQ(parse_compact_jws(with_header("{}")).error().code, ErrorCode::kUnsupported);
}

class SpcTokens : public ::testing::Test {
 protected:
  SpcTokens() {
    token_.x5u = "https://sti-pa.test/certificate/1.crt";
    token_.expires = kNow + std::chrono::hours{24};
    token_.jti = "519175cb";
    token_.atc.tkvalue = tn_auth_list_identifier(der_);
    token_.atc.fingerprint = jwk_fingerprint(*account_->public_key());
    facts_.order_identifier_der = der_;
    facts_.account_key = AcmeKey(account_->public_key());
    facts_.now = kNow;
    facts_.x5u_is_trusted_issuer = true;
    facts_.signer_chains_to_policy_administrator = true;
    facts_.signature_verifies = true;
    facts_.csr_asks_for_ca = false;
  }

  std::string failed_step() {
    const auto received = parse_spc_token(signed_jws(signing_input(token_), *key(5)));
    if (!received) return "unreadable";
    const auto verdict = check_spc_token(*received, facts_);
    if (verdict.ok) return "";
    return std::string(verdict.failed->id) + " " + std::string(verdict.failed->error);
  }

  crypto::PrivateKeyPtr account_ = key(8);
  std::string der_ =
      crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("709J")}).value();
  SpcToken token_;
  SpcTokenFacts facts_;
};

TEST_F(SpcTokens, AreWrittenAsDeployed) {
  const auto jws = parse_compact_jws(signed_jws(signing_input(token_), *key(5)));
  EXPECT_EQ(canonical_json(jws->header),
            R"({"alg":"ES256","typ":"JWT","x5u":"https://sti-pa.test/certificate/1.crt"})");
  EXPECT_EQ(failed_step(), "");
}

TEST_F(SpcTokens, AcceptBothFingerprintsAndBothBase64) {
  token_.atc.fingerprint = spki_fingerprint(*account_->public_key());
  token_.atc.tkvalue = crypto::base64_encode(der_);
  const auto received = parse_spc_token(signed_jws(signing_input(token_), *key(5)));
  const auto verdict = check_spc_token(*received, facts_);
  EXPECT_TRUE(verdict.ok);
  EXPECT_EQ(verdict.fingerprint_form, FingerprintForm::kSpki);
}

TEST_F(SpcTokens, OfDeployedClientsAreRefusedWhereTheCaReadsTheLetter) {
  facts_.allow_spki_fingerprint = false;
  facts_.allow_padded_value = false;
  EXPECT_EQ(failed_step(), "");
  token_.atc.fingerprint = spki_fingerprint(*account_->public_key());
  EXPECT_EQ(failed_step(), "fingerprint_matches_account unauthorized");
  token_.atc.tkvalue = crypto::base64_encode(der_);
  EXPECT_EQ(failed_step(), "tkvalue_matches_order incorrectResponse");
}

TEST_F(SpcTokens, FailAtTheStepThatTheyBreak) {
  const auto good_token = token_;
  const auto good_facts = facts_;
  const auto after = [&](const std::function<void()>& change) {
    token_ = good_token;
    facts_ = good_facts;
    change();
    return failed_step();
  };
  EXPECT_EQ(after([&] { token_.expires = kNow; }), "is_not_expired unauthorized");
  EXPECT_EQ(after([&] { token_.jti = ""; }), "claims_are_present incorrectResponse");
  EXPECT_EQ(after([&] { token_.atc.tktype = "TnAuthList"; }),
            "tktype_is_tn_auth_list incorrectResponse");
  EXPECT_EQ(after([&] { token_.atc.tkvalue = "MAigBhYEODE4SA"; }),
            "tkvalue_matches_order incorrectResponse");
  EXPECT_EQ(after([&] { token_.atc.fingerprint = "SHA256 aa"; }),
            "fingerprint_is_well_formed incorrectResponse");
  EXPECT_EQ(after([&] { token_.atc.fingerprint = jwk_fingerprint(*key(9)->public_key()); }),
            "fingerprint_matches_account unauthorized");
  EXPECT_EQ(after([&] { token_.x5u = "http://sti-pa.test/1.crt"; }),
            "x5u_is_https incorrectResponse");
  EXPECT_EQ(after([&] { facts_.x5u_is_trusted_issuer = false; }), "issuer_is_trusted unauthorized");
  EXPECT_EQ(after([&] { facts_.signer_chains_to_policy_administrator = false; }),
            "signer_is_policy_administrator unauthorized");
  EXPECT_EQ(after([&] { facts_.signature_verifies = false; }), "signature_verifies unauthorized");
  EXPECT_EQ(after([&] { token_.atc.ca = true; }), "ca_matches_request unauthorized");
  EXPECT_EQ(after([&] { facts_.csr_asks_for_ca = true; }), "ca_matches_request unauthorized");
  EXPECT_EQ(after([&] { facts_.csr_asks_for_ca.reset(); }), "");  // Not known before finalize.
  EXPECT_EQ(after([&] { facts_.jti_seen_from_other_account = true; }),
            "jti_is_not_anothers unauthorized");
}

TEST_F(SpcTokens, AreAskedForWrappedOrBare) {
  const auto bare = canonical_json(to_json(token_.atc));
  const auto wrapped = "{\"atc\":" + bare + "}";
  EXPECT_EQ(parse_token_request(bare)->tkvalue, token_.atc.tkvalue);
  EXPECT_EQ(parse_token_request(wrapped)->fingerprint, token_.atc.fingerprint);
  EXPECT_FALSE(parse_token_request("{\"atc\":{\"tktype\":\"TNAuthList\"}}"));
  EXPECT_FALSE(parse_token_request("[]"));
}

class CaLists : public ::testing::Test {
 protected:
  CaLists() {
    list_.x5u = "https://sti-pa.test/certificate/1.crt";
    list_.sequence = 42;
    list_.expires = kNow + std::chrono::hours{24};
    list_.trust_list = {crypto::write_pem({bed_.root})};
    expected_.signer_chain = signer_chain_;
    expected_.policy_administrator_roots = pa_roots_;
    expected_.now = kNow;
    expected_.newest_sequence = 42;
  }

  CaListVerdict verdict(const crypto::PrivateKey& signer) {
    const auto received = parse_ca_list(signed_jws(signing_input(list_), signer));
    EXPECT_TRUE(received);
    return verify_ca_list(*received, expected_);
  }

  CaListVerdict verdict() { return verdict(*bed_.pa_signer_key); }

  Testbed bed_;
  std::vector<crypto::CertificatePtr> signer_chain_{bed_.pa_signer};
  std::vector<crypto::CertificatePtr> pa_roots_{bed_.pa_root};
  CaList list_;
  CaListExpectation expected_;
};

TEST_F(CaLists, GiveTheRootsOfTheApprovedCas) {
  const auto result = verdict();
  EXPECT_TRUE(result.ok) << result.failed_rule << result.detail;
  EXPECT_THAT(result.anchors, ElementsAre(bed_.root));
  EXPECT_TRUE(result.alarms.empty());
}

TEST_F(CaLists, AreRefusedWithTheRuleThatTheyBreak) {
  EXPECT_EQ(verdict(*key(9)).failed_rule, "ca_list_signature");
  expected_.policy_administrator_roots = bed_.anchors;
  EXPECT_EQ(verdict().failed_rule, "ca_list_signer");
  expected_.policy_administrator_roots = pa_roots_;
  expected_.newest_sequence = 43;
  EXPECT_EQ(verdict().failed_rule, "ca_list_rollback");
  expected_.newest_sequence = 41;
  list_.expires = kNow - std::chrono::hours{1};
  EXPECT_EQ(verdict().failed_rule, "ca_list_expired");
  expected_.grace = std::chrono::hours{2};
  EXPECT_TRUE(verdict().ok);
  EXPECT_THAT(verdict().alarms, SizeIs(1));
  expected_.signer_chain = {};
  EXPECT_EQ(verdict().failed_rule, "ca_list_signer");
}

TEST_F(CaLists, SkipMembersThatAreNoRoots) {
  list_.trust_list = {"not a certificate", crypto::write_pem({bed_.intermediate}),
                      crypto::write_pem({bed_.root}), crypto::base64_encode(bed_.root->der())};
  const auto result = verdict();
  EXPECT_TRUE(result.ok);
  EXPECT_THAT(result.anchors, ElementsAre(bed_.root));
  EXPECT_THAT(result.alarms, SizeIs(3));
}

TEST_F(CaLists, NeedTheirMembers) {
  const auto with_payload = [&](const Json& payload) {
    return parse_ca_list(signed_jws(jwt_signing_input(list_.x5u, payload), *key(5)));
  };
  const Json good{
      {"version", "1.0"}, {"sequence", 1}, {"exp", 1'800'000'000}, {"trustList", Json::array()}};
  EXPECT_TRUE(with_payload(good));
  for (const auto* name : {"sequence", "exp", "trustList"}) {
    auto without = good;
    without.erase(name);
    EXPECT_FALSE(with_payload(without)) << name;
  }
}

}  // namespace
}  // namespace shakedown::stir::test

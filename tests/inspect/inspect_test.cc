#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/octets/bytes.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/certificate_bundle.h"
#include "inspect/inspection.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/ca_list.h"
#include "stir/credential/number_scope.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Inspect : public ::testing::Test {
 protected:
  static std::vector<std::string> ids(const Inspection& inspection) {
    std::vector<std::string> result;
    for (const auto& finding : inspection.findings) result.push_back(finding.rule);
    return result;
  }

  Testbed bed_;
};

TEST_F(Inspect, ReadsAnIdentityHeaderLine) {
  const auto result = inspect("Identity: " + bed_.identity(bed_.passport) + "\r\n");
  EXPECT_EQ(result.kind, ArtefactKind::kIdentityHeader);
  EXPECT_THAT(ids(result), IsEmpty());
  EXPECT_EQ(result.document["payload"]["attest"], "A");
  EXPECT_EQ(result.document["info"], kX5u);
  EXPECT_EQ(result.document["iat"], "2026-01-05T09:00:00Z");
  EXPECT_THAT(inspection_text(result), HasSubstr("nothing odd"));
}

TEST_F(Inspect, NamesWhatIsOdd) {
  auto content = bed_.passport;
  content.attest = "a";
  content.x5u = "http://cr.test/1.pem?x";
  const auto header = inspect(bed_.identity(content) + ";extra=1");
  EXPECT_THAT(ids(header), Contains("attest_invalid"));
  EXPECT_THAT(ids(header), Contains("unknown_parameter"));
  EXPECT_THAT(ids(header), Contains("url_is_https"));
  const auto token = inspect(bed_.token(content));
  EXPECT_EQ(token.kind, ArtefactKind::kPassport);
  EXPECT_THAT(ids(token), Contains("attest_lower_case"));
  EXPECT_THAT(inspection_text(token), HasSubstr("error    attest_invalid "));
  EXPECT_THAT(inspection_text(token), HasSubstr("  attest is not A, B or C\n"));
}

TEST_F(Inspect, ReadsAChainInPemAndACertificateInDer) {
  const auto chain = inspect(crypto::write_pem({bed_.leaf, bed_.intermediate, bed_.root}));
  EXPECT_EQ(chain.kind, ArtefactKind::kCertificates);
  EXPECT_THAT(ids(chain), IsEmpty()) << inspection_text(chain);
  ASSERT_EQ(chain.document["certificates"].size(), 3U);
  EXPECT_EQ(chain.document["certificates"][0]["tn_auth_list"], "spc 709J");
  EXPECT_EQ(chain.document["certificates"][2]["role"], "root");
  const auto reversed = inspect(crypto::write_pem({bed_.intermediate, bed_.leaf}));
  EXPECT_THAT(ids(reversed), Contains("follows_its_issuer"));
  const auto der = inspect(bed_.leaf->der());
  EXPECT_EQ(der.document["certificates"][0]["subject"], bed_.leaf->subject().text());
}

TEST_F(Inspect, ReadsRequestsAndRevocationLists) {
  crypto::RequestSpec spec;
  spec.subject =
      crypto::Name{{{"C", "US", false}, {"O", "Acme", false}, {"CN", "SHAKEN 709J", false}}};
  const auto list =
      crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("709J")}).value();
  spec.extensions = {crypto::extension::tn_auth_list(list)};
  const auto request_der = crypto::build_request(spec, *bed_.leaf_key).value();
  const auto request = inspect(crypto::write_pem("CERTIFICATE REQUEST", request_der));
  EXPECT_EQ(request.kind, ArtefactKind::kCertificateRequest);
  EXPECT_THAT(ids(request), IsEmpty()) << inspection_text(request);
  EXPECT_EQ(request.document["tn_auth_list"], "spc 709J");
  spec.extensions.clear();
  EXPECT_THAT(ids(inspect(crypto::build_request(spec, *bed_.leaf_key).value())),
              Contains("csr_tn_auth_list_matches_order"));

  auto crl_spec = bed_.crl_spec();
  crl_spec.ca_issuers_url = "https://sti-pa.test/signer.pem";
  crl_spec.entries = {{bed_.leaf->serial(), crl_spec.this_update, crypto::CrlReason::kKeyCompromise,
                       bed_.leaf->issuer_der()}};
  const auto crl = inspect(bed_.crl(crl_spec)->fields().der);
  EXPECT_EQ(crl.kind, ArtefactKind::kCrl);
  EXPECT_THAT(ids(crl), IsEmpty()) << inspection_text(crl);
  EXPECT_EQ(crl.document["revoked"][0]["reason"], "keyCompromise");
  EXPECT_EQ(crl.document["revoked"][0]["issuer"], bed_.intermediate->subject().text());
}

TEST_F(Inspect, TellsTokensAndListsApart) {
  SpcToken token;
  token.x5u = "https://sti-pa.test/1.crt";
  token.expires = kNow;
  token.jti = "1";
  token.atc.tkvalue = "MAigBhYENzA5Sg";
  token.atc.fingerprint = jwk_fingerprint(*bed_.leaf_key->public_key());
  const auto token_input = signing_input(token);
  const auto text = compact_jws(token_input, bed_.pa_signer_key->sign(token_input).value());
  const auto spc = inspect(text);
  EXPECT_EQ(spc.kind, ArtefactKind::kSpcToken);
  EXPECT_THAT(ids(spc), IsEmpty()) << inspection_text(spc);
  EXPECT_EQ(spc.document["tn_auth_list"], "spc 709J");
  EXPECT_EQ(inspect("{\"status\":\"success\",\"token\":\"" + text + "\"}").kind,
            ArtefactKind::kSpcToken);

  CaList list;
  list.x5u = token.x5u;
  list.sequence = 1;
  list.expires = kNow;
  list.trust_list = {crypto::write_pem({bed_.root}), "nonsense"};
  const auto list_input = signing_input(list);
  const auto ca = inspect(compact_jws(list_input, bed_.pa_signer_key->sign(list_input).value()));
  EXPECT_EQ(ca.kind, ArtefactKind::kCaList);
  EXPECT_THAT(ids(ca), Contains("member_is_a_certificate"));
  EXPECT_EQ(ca.document["members"][0]["subject"], bed_.root->subject().text());
}

TEST_F(Inspect, NeverFails) {
  for (const std::string_view text :
       {"", "hello", "{}", "a.b.c", "-----BEGIN CERTIFICATE-----", "Identity:", ";;;", "..x"}) {
    const auto result = inspect(text);
    EXPECT_FALSE(result.findings.empty()) << text;
    EXPECT_FALSE(canonical_json(inspection_json(result)).empty());
  }
  const auto with_key =
      inspect(crypto::write_pem({bed_.leaf}) + std::string(bed_.leaf_key->to_pem().view()));
  EXPECT_THAT(ids(with_key), Contains("no_private_key"));
  // Every prefix of a good artefact.
  const auto identity = bed_.identity(bed_.passport);
  for (std::size_t length = 0; length < identity.size(); length += 7) {
    inspection_text(inspect(std::string_view(identity).substr(0, length)));
  }
}

}  // namespace
}  // namespace shakedown::stir::test

// OCSP requests and responses before `inspect`: what it shows of them, and each of their rules.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "crypto/octets/bytes.h"
#include "crypto/octets/der.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/ocsp.h"
#include "inspect/inspection.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class InspectOcsp : public ::testing::Test {
 protected:
  InspectOcsp() {
    auto spec = bed_.leaf_spec();
    spec.subject_spki_der = responder_key->public_key()->spki_der();
    spec.extensions = {crypto::extension::key_usage(crypto::kDigitalSignature),
                       crypto::ocsp_signing_usage(), crypto::ocsp_no_check()};
    responder_spec = spec;
    responder = sign_certificate(spec, *bed_.intermediate_key);
  }

  crypto::OcspId id() const { return crypto::ocsp_id_of(*bed_.leaf, *bed_.intermediate).value(); }

  crypto::OcspSingleResponse single() const {
    crypto::OcspSingleResponse one;
    one.id = id();
    one.status = crypto::OcspCertificateStatus::kRevoked;
    one.revoked_at = kNow - 1h;
    one.reason = static_cast<std::uint8_t>(crypto::CrlReason::kKeyCompromise);
    one.this_update = kNow;
    one.next_update = kNow + 24h;
    return one;
  }

  crypto::OcspResponseSpec spec() const {
    crypto::OcspResponseSpec spec;
    spec.responder_spki_der = responder_key->public_key()->spki_der();
    spec.produced_at = kNow;
    spec.responses = {single()};
    spec.nonce = crypto::Bytes("0123456789abcdef");
    spec.certificates = {responder->der()};
    return spec;
  }

  crypto::Bytes response(const crypto::OcspResponseSpec& spec) const {
    return crypto::build_ocsp_response(spec, *responder_key).value();
  }

  static std::vector<std::string> rules(const Inspection& inspection) {
    std::vector<std::string> result;
    for (const auto& finding : inspection.findings) result.push_back(finding.rule);
    return result;
  }

  // What is found where `change` has spoiled the response.
  std::vector<std::string> rules_after(
      const std::function<void(crypto::OcspResponseSpec&)>& change) const {
    auto spoiled = spec();
    change(spoiled);
    return rules(inspect(response(spoiled)));
  }

  Testbed bed_;
  crypto::PrivateKeyPtr responder_key = key(6);
  crypto::CertificateSpec responder_spec;
  crypto::CertificatePtr responder;
};

TEST_F(InspectOcsp, ShowsAResponseFromWhateverFormItComesIn) {
  const auto der = response(spec());
  std::string encoded;
  for (const char c : crypto::base64_encode(der)) {
    encoded += c == '+' ? "%2B" : c == '/' ? "%2F" : c == '=' ? "%3D" : std::string(1, c);
  }
  for (const std::string& form :
       {std::string(der), crypto::write_pem("OCSP RESPONSE", der), crypto::base64_encode(der),
        "  " + crypto::base64_encode(der).insert(64, "\r\n") + "\n", encoded}) {
    const auto result = inspect(form);
    ASSERT_EQ(result.kind, ArtefactKind::kOcspResponse) << inspection_text(result);
    EXPECT_THAT(rules(result), IsEmpty()) << inspection_text(result);
  }
  const auto document = inspect(der).document;
  EXPECT_EQ(document["status"], "successful");
  EXPECT_EQ(document["produced_at"], "2026-01-05T09:00:00Z");
  EXPECT_EQ(document["signature_algorithm"], "ecdsa-with-SHA256");
  EXPECT_EQ(document["nonce"], crypto::to_hex("0123456789abcdef"));
  EXPECT_EQ(document["responder"]["key_hash"].get<std::string>().size(), 40U);
  EXPECT_EQ(document["certificates"][0]["subject"], responder->subject().text());
  const auto& one = document["responses"][0];
  EXPECT_EQ(one["status"], "revoked");
  EXPECT_EQ(one["reason"], "keyCompromise");
  EXPECT_EQ(one["revoked_at"], "2026-01-05T08:00:00Z");
  EXPECT_EQ(one["next_update"], "2026-01-06T09:00:00Z");
  EXPECT_EQ(one["certificate_id"]["hash"], "sha1");
  EXPECT_EQ(one["certificate_id"]["serial"], crypto::to_hex(bed_.leaf->serial()));
}

TEST_F(InspectOcsp, ShowsARequest) {
  crypto::OcspRequest request{{id()}, crypto::Bytes("0123456789abcdef")};
  const auto good = inspect(crypto::build_ocsp_request(request).value());
  EXPECT_EQ(good.kind, ArtefactKind::kOcspRequest);
  EXPECT_THAT(rules(good), IsEmpty()) << inspection_text(good);
  EXPECT_EQ(good.document["requests"][0]["serial"], crypto::to_hex(bed_.leaf->serial()));
  EXPECT_EQ(good.document["nonce"], crypto::to_hex("0123456789abcdef"));

  request.nonce = "short";
  request.ids.push_back(id());
  request.ids.push_back(
      crypto::ocsp_id_of(*bed_.leaf, *bed_.intermediate, crypto::OcspHash::kSha256).value());
  request.ids.back().serial = crypto::Bytes(1, '\0');
  request.ids.back().issuer_key_hash = "short";
  const auto odd = inspect(crypto::build_ocsp_request(request).value());
  EXPECT_THAT(rules(odd),
              ElementsAre("hash_has_its_length", "asks_about_one_certificate", "asks_only_once",
                          "serial_is_positive", "hash_is_sha1", "nonce_length_is_understood"));
}

TEST_F(InspectOcsp, JudgesEachAnswer) {
  EXPECT_THAT(rules_after([](auto& spec) { spec.responses.push_back(spec.responses.front()); }),
              ElementsAre("answers_only_once"));
  EXPECT_THAT(rules_after([](auto& spec) { spec.responses[0].id.issuer_name_hash = "short"; }),
              ElementsAre("hash_has_its_length"));
  EXPECT_THAT(rules_after([](auto& spec) { spec.responses[0].next_update = kNow; }),
              ElementsAre("next_update_is_later"));
  EXPECT_THAT(rules_after([](auto& spec) { spec.responses[0].next_update.reset(); }),
              ElementsAre("next_update_present"));
  EXPECT_THAT(rules_after([](auto& spec) { spec.responses[0].reason = 7; }),
              ElementsAre("reason_is_assigned"));
  EXPECT_THAT(rules_after([](auto& spec) { spec.produced_at = kNow - 1h; }),
              ElementsAre("this_update_is_not_after_production"));
  EXPECT_THAT(rules_after([](auto& spec) { spec.responses[0].revoked_at = kNow + 1s; }),
              ElementsAre("revocation_is_past"));
  EXPECT_THAT(rules_after([](auto& spec) { spec.nonce = "1"; }),
              ElementsAre("nonce_length_is_understood"));
}

TEST_F(InspectOcsp, JudgesTheResponder) {
  const auto with = [&](const crypto::CertificatePtr& certificate) {
    return rules_after([&](auto& spec) { spec.certificates = {certificate->der()}; });
  };
  EXPECT_THAT(with(bed_.leaf), ElementsAre("certificates_are_the_responders"));
  auto no_usage = responder_spec;
  Testbed::drop(no_usage, crypto::ocsp_signing_usage().oid);
  EXPECT_THAT(with(sign_certificate(no_usage, *bed_.intermediate_key)),
              ElementsAre("responder_is_for_ocsp_signing"));
  auto for_nothing = responder_spec;
  Testbed::put(for_nothing, crypto::extension::key_usage(crypto::kKeyCertSign));
  EXPECT_THAT(with(sign_certificate(for_nothing, *bed_.intermediate_key)),
              ElementsAre("responder_is_for_ocsp_signing"));
  auto needs_check = responder_spec;
  Testbed::drop(needs_check, crypto::ocsp_no_check().oid);
  EXPECT_THAT(with(sign_certificate(needs_check, *bed_.intermediate_key)),
              ElementsAre("responder_needs_no_check"));

  auto forged = response(spec());
  const auto at = forged.find(responder->der());
  forged[at - 20] ^= 1;  // Within the signature, which stands before the certificates.
  EXPECT_THAT(rules(inspect(forged)), ElementsAre("signature_verifies"));

  const auto der = response(spec());
  EXPECT_THAT(
      rules(inspect(
          der,
          {.profile_version = {}, .judge_profile = true, .at = {}, .signer = bed_.intermediate})),
      IsEmpty());
  EXPECT_THAT(
      rules(inspect(der,
                    {.profile_version = {}, .judge_profile = true, .at = {}, .signer = bed_.root})),
      ElementsAre("responder_is_the_signers"));
}

TEST_F(InspectOcsp, JudgesTimesOnlyIfOneIsGiven) {
  const auto der = response(spec());
  const auto judged_at = [&](sim::Time at) {
    return rules(
        inspect(der, {.profile_version = {}, .judge_profile = true, .at = at, .signer = nullptr}));
  };
  EXPECT_THAT(judged_at(kNow + 24h + 5min), IsEmpty());
  EXPECT_THAT(judged_at(kNow + 24h + 5min + 1s), ElementsAre("is_current"));
  EXPECT_THAT(judged_at(kNow - 5min), IsEmpty());
  EXPECT_THAT(judged_at(kNow - 5min - 1s), ElementsAre("is_current"));

  auto produced_later = spec();
  produced_later.produced_at = kNow + 1h;
  EXPECT_THAT(
      rules(inspect(response(produced_later),
                    {.profile_version = {}, .judge_profile = true, .at = kNow, .signer = nullptr})),
      ElementsAre("is_current"));

  auto short_lived = responder_spec;
  short_lived.not_after = kNow + 1h;
  auto later = spec();
  later.certificates = {sign_certificate(short_lived, *bed_.intermediate_key)->der()};
  EXPECT_THAT(
      rules(inspect(
          response(later),
          {.profile_version = {}, .judge_profile = true, .at = kNow + 2h, .signer = nullptr})),
      ElementsAre("responder_is_valid_at_the_time"));
}

TEST_F(InspectOcsp, ShowsAnErrorOfTheResponder) {
  const auto result = inspect(crypto::build_ocsp_error(crypto::OcspResponseStatus::kTryLater));
  EXPECT_EQ(result.kind, ArtefactKind::kOcspResponse);
  EXPECT_EQ(result.document["status"], "tryLater");
  EXPECT_THAT(rules(result), ElementsAre("response_is_successful"));
  EXPECT_EQ(result.worst(), Severity::kWarning);
}

TEST_F(InspectOcsp, SaysWhyWithOneFindingWhereThereIsNothingToShow) {
  const auto der = response(spec());
  for (std::size_t length = 0; length < der.size(); ++length) {
    const auto result = inspect(std::string_view(der).substr(0, length));
    EXPECT_EQ(result.kind, ArtefactKind::kUnknown) << length;
    EXPECT_EQ(result.findings.size(), 1U) << length;
    EXPECT_EQ(result.worst(), Severity::kError) << length;
  }
  const auto truncated = inspect(std::string_view(der).substr(0, der.size() - 1));
  EXPECT_THAT(truncated.findings.front().detail, HasSubstr("ends early"));
  EXPECT_THAT(inspect(der + "x").findings.front().detail, HasSubstr("1 octets after the DER"));
  EXPECT_THAT(rules(inspect(crypto::write_pem("OCSP RESPONSE", "0"))),
              ElementsAre("pem_block_is_known"));
  // At the parser's bound and beyond it: the same structure, one octet more in a certificate list.
  const auto large =
      crypto::der::element(crypto::der::kSequence, std::string(crypto::kLargestOcspResponse, '\0'));
  const auto refused = inspect(large);
  EXPECT_EQ(refused.kind, ArtefactKind::kUnknown);
  EXPECT_THAT(refused.findings.front().detail, HasSubstr("OCSP response (OCSP: over 64 KiB)"));
}

}  // namespace
}  // namespace shakedown::stir::test

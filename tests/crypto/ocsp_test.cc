#include "crypto/x509/ocsp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>

#include "crypto/octets/der.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using namespace std::chrono_literals;
using testing::at;
using ::testing::HasSubstr;
using testing::issued;
using testing::kNow;
using testing::run_command;

class OcspTest : public ::testing::Test {
 protected:
  OcspTest()
      : id(MUST(ocsp_id_of(*world.leaf.certificate, *world.intermediate.certificate))) {
    responder.key = MUST(PrivateKey::generate());
    responder.certificate = issued(responder_spec(), *world.intermediate.key);
  }

  CertificateSpec responder_spec() const {
    CertificateSpec spec;
    spec.serial = der::positive_integer("\x05ocsp-ser");
    spec.issuer = world.intermediate.certificate->subject_der();
    spec.subject = testing::name("Test CA", "OCSP responder");
    spec.not_before = kNow - 24h;
    spec.not_after = kNow + 24h * 30;
    spec.subject_spki_der = responder.key->public_key()->spki_der();
    spec.extensions = {extension::key_usage(kDigitalSignature), ocsp_signing_usage(),
                       ocsp_no_check()};
    return spec;
  }

  OcspSingleResponse single(OcspCertificateStatus status = OcspCertificateStatus::kGood) const {
    OcspSingleResponse response;
    response.id = id;
    response.status = status;
    response.this_update = kNow;
    response.next_update = kNow + 24h;
    if (status == OcspCertificateStatus::kRevoked) {
      response.revoked_at = kNow - 1h;
      response.reason = static_cast<std::uint8_t>(CrlReason::kKeyCompromise);
    }
    return response;
  }

  OcspResponseSpec spec(OcspSingleResponse response) const {
    OcspResponseSpec spec;
    spec.responder_spki_der = responder.key->public_key()->spki_der();
    spec.produced_at = kNow;
    spec.responses = {std::move(response)};
    spec.certificates = {responder.certificate->der()};
    return spec;
  }

  OcspExpectation expectation(sim::Time now = kNow) const {
    return {.certificate = *world.leaf.certificate,
            .issuer = *world.intermediate.certificate,
            .now = now};
  }

  OcspCheck checked(const Bytes& der, const OcspExpectation& expected) const {
    return check_ocsp_response(MUST(parse_ocsp_response(der)), expected);
  }

  OcspCheck checked(const OcspResponseSpec& spec) const {
    return checked(MUST(build_ocsp_response(spec, *responder.key)), expectation());
  }

  testing::Hierarchy world;
  testing::Party responder;
  OcspId id;
};

TEST_F(OcspTest, ReadsTheRequestThatItWrites) {
  for (const OcspHash hash : {OcspHash::kSha1, OcspHash::kSha256}) {
    OcspRequest request;
    request.ids = {
        MUST(ocsp_id_of(*world.leaf.certificate, *world.intermediate.certificate, hash)),
        MUST(ocsp_id_of(*world.intermediate.certificate, *world.root.certificate, hash))};
    request.nonce = Bytes("0123456789abcdef");
    const OcspRequest read = MUST(parse_ocsp_request(MUST(build_ocsp_request(request))));
    EXPECT_EQ(read.ids, request.ids);
    EXPECT_EQ(read.nonce, request.nonce);
    EXPECT_EQ(read.ids[0].issuer_key_hash.size(), hash == OcspHash::kSha1 ? 20U : 32U);
    EXPECT_TRUE(ocsp_id_names_issuer(read.ids[0], *world.intermediate.certificate));
    EXPECT_FALSE(ocsp_id_names_issuer(read.ids[0], *world.root.certificate));
  }
}

TEST_F(OcspTest, TakesSixteenIdsAndNoMore) {
  OcspRequest request;
  request.ids.assign(kMostOcspIds, id);
  const Bytes whole = MUST(build_ocsp_request(request));
  EXPECT_EQ(MUST(parse_ocsp_request(whole)).ids.size(), kMostOcspIds);
  // One more, put in by hand, since the writer refuses.
  const Bytes one = MUST(build_ocsp_request({.ids = {id}, .nonce = {}}));
  der::Reader outer(one);
  der::Reader request_list(der::Reader(outer.next()->content).next()->content);
  const Bytes member(request_list.next()->content);
  Bytes list;
  for (std::size_t i = 0; i <= kMostOcspIds; ++i) list += member;
  const Bytes more = der::sequence({der::sequence({der::element(der::kSequence, list)})});
  EXPECT_EQ(parse_ocsp_request(more).error().code, ErrorCode::kTooLarge);
  request.ids.push_back(id);
  EXPECT_FALSE(build_ocsp_request(request));
  EXPECT_FALSE(build_ocsp_request({}));
}

TEST_F(OcspTest, RefusesRequestsThatAreTooLargeOrNotDer) {
  EXPECT_EQ(parse_ocsp_request(Bytes(kLargestOcspRequest + 1, '0')).error().code,
            ErrorCode::kTooLarge);
  const Bytes good = MUST(build_ocsp_request({.ids = {id}, .nonce = Bytes("nonce")}));
  EXPECT_FALSE(parse_ocsp_request(good + "x"));
  EXPECT_FALSE(parse_ocsp_request(""));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_ocsp_request(good.substr(0, size))) << size;
  }
}

TEST_F(OcspTest, ADelegatedRespondersGoodAnswerCounts) {
  const OcspCheck check = checked(spec(single()));
  ASSERT_TRUE(check.usable) << check.failed_rule << ": " << check.detail;
  EXPECT_EQ(check.answer.status, OcspCertificateStatus::kGood);
  EXPECT_EQ(check.answer.this_update, kNow);
  EXPECT_EQ(check.answer.next_update, kNow + 24h);
}

TEST_F(OcspTest, ARevokedAnswerTellsWhenAndWhy) {
  const OcspCheck check = checked(spec(single(OcspCertificateStatus::kRevoked)));
  ASSERT_TRUE(check.usable) << check.failed_rule << ": " << check.detail;
  EXPECT_EQ(check.answer.status, OcspCertificateStatus::kRevoked);
  EXPECT_EQ(check.answer.revoked_at, kNow - 1h);
  EXPECT_EQ(check.answer.reason, static_cast<std::uint8_t>(CrlReason::kKeyCompromise));
  EXPECT_EQ(checked(spec(single(OcspCertificateStatus::kUnknown))).answer.status,
            OcspCertificateStatus::kUnknown);
}

TEST_F(OcspTest, TheIssuersOwnSignatureCountsToo) {
  OcspResponseSpec own = spec(single());
  own.responder_spki_der = world.intermediate.key->public_key()->spki_der();
  own.certificates.clear();
  const Bytes der = MUST(build_ocsp_response(own, *world.intermediate.key));
  EXPECT_TRUE(checked(der, expectation()).usable);
  // In the issuer's name, but by another key.
  EXPECT_EQ(checked(own).failed_rule, "ocsp_signature");
}

TEST_F(OcspTest, ErrorResponsesCarryNothingAndAreNoAnswer) {
  for (const auto status : {OcspResponseStatus::kMalformedRequest, OcspResponseStatus::kTryLater,
                            OcspResponseStatus::kUnauthorized}) {
    const Bytes der = build_ocsp_error(status);
    EXPECT_EQ(der.size(), 5U);
    const OcspCheck check = checked(der, expectation());
    EXPECT_EQ(check.failed_rule, "ocsp_status");
    EXPECT_THAT(check.detail, HasSubstr(std::string(to_string(status))));
  }
  EXPECT_EQ(parse_ocsp_response(testing::hex("30030a0104")).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse_ocsp_response(testing::hex("30030a0100")).error().code, ErrorCode::kMalformed);
}

TEST_F(OcspTest, ItsTimesAreHeldAgainstTheGivenTimeWithSkew) {
  const Bytes der = MUST(build_ocsp_response(spec(single()), *responder.key));
  EXPECT_TRUE(checked(der, expectation(kNow - 5min)).usable);
  EXPECT_EQ(checked(der, expectation(kNow - 5min - 1s)).failed_rule, "ocsp_not_yet_valid");
  EXPECT_TRUE(checked(der, expectation(kNow + 24h + 5min)).usable);
  EXPECT_EQ(checked(der, expectation(kNow + 24h + 5min + 1s)).failed_rule, "ocsp_expired");

  OcspSingleResponse endless = single();
  endless.next_update.reset();
  const Bytes without = MUST(build_ocsp_response(spec(endless), *responder.key));
  EXPECT_EQ(checked(without, expectation()).failed_rule, "ocsp_no_next_update");
  OcspExpectation lenient = expectation();
  lenient.needs_next_update = false;
  EXPECT_TRUE(checked(without, lenient).usable);
}

TEST_F(OcspTest, TheNonceMustBeRepeatedIfOneWasSent) {
  OcspResponseSpec with = spec(single());
  with.nonce = Bytes("0123456789abcdef");
  const Bytes der = MUST(build_ocsp_response(with, *responder.key));
  OcspExpectation expected = expectation();
  EXPECT_TRUE(checked(der, expected).usable);
  expected.nonce = with.nonce;
  EXPECT_TRUE(checked(der, expected).usable);
  expected.nonce = Bytes("another nonce");
  EXPECT_EQ(checked(der, expected).failed_rule, "ocsp_nonce");
  const Bytes silent = MUST(build_ocsp_response(spec(single()), *responder.key));
  EXPECT_EQ(checked(silent, expected).failed_rule, "ocsp_nonce");
}

TEST_F(OcspTest, AnAnswerAboutAnotherCertificateIsNone) {
  OcspSingleResponse other = single();
  other.id.serial = der::positive_integer("other");
  EXPECT_EQ(checked(spec(other)).failed_rule, "ocsp_certificate");
  other = single();
  other.id = MUST(ocsp_id_of(*world.leaf.certificate, *world.root.certificate));
  EXPECT_EQ(checked(spec(other)).failed_rule, "ocsp_certificate");
  OcspResponseSpec both = spec(other);
  both.responses.push_back(single());
  EXPECT_TRUE(checked(both).usable);
}

TEST_F(OcspTest, ATouchedResponseDoesNotCount) {
  const Bytes der = MUST(build_ocsp_response(spec(single()), *responder.key));
  const OcspResponse response = MUST(parse_ocsp_response(der));
  const std::size_t signed_part = der.find(response.to_be_signed);
  ASSERT_NE(signed_part, Bytes::npos);
  for (std::size_t i = 0; i < response.to_be_signed.size(); ++i) {
    Bytes touched = der;
    touched[signed_part + i] = static_cast<char>(touched[signed_part + i] ^ 1);
    const auto read = parse_ocsp_response(touched);
    if (read) {
      EXPECT_FALSE(check_ocsp_response(*read, expectation()).usable) << i;
    }
  }
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(parse_ocsp_response(der.substr(0, size))) << size;
  }
  EXPECT_FALSE(parse_ocsp_response(der + Bytes(1, '\0')));
  EXPECT_EQ(parse_ocsp_response(Bytes(kLargestOcspResponse + 1, '0')).error().code,
            ErrorCode::kTooLarge);
}

TEST_F(OcspTest, OnlyAResponderOfTheIssuersOwnChoosingCounts) {
  const auto rule = [&](const std::function<void(CertificateSpec&)>& bend,
                        const PrivateKey& issuer_key) {
    CertificateSpec bent = responder_spec();
    bend(bent);
    OcspResponseSpec response = spec(single());
    response.certificates = {issued(bent, issuer_key)->der()};
    return checked(response).failed_rule;
  };
  const PrivateKey& right = *world.intermediate.key;
  EXPECT_EQ(rule([](CertificateSpec&) {}, right), "");
  EXPECT_EQ(rule([](CertificateSpec&) {}, *world.root.key), "ocsp_responder");
  EXPECT_EQ(rule([](CertificateSpec& bent) { bent.extensions.erase(bent.extensions.begin() + 1); },
                 right),
            "ocsp_responder");
  EXPECT_EQ(rule([](CertificateSpec& bent) { bent.extensions.pop_back(); }, right),
            "ocsp_responder");
  EXPECT_EQ(rule([](CertificateSpec& bent) { bent.extensions[0] = extension::key_usage(kCrlSign); },
                 right),
            "ocsp_responder");
  EXPECT_EQ(rule([](CertificateSpec& bent) { bent.not_after = kNow - 1s; }, right),
            "ocsp_responder");
  EXPECT_EQ(rule([](CertificateSpec& bent) { bent.not_before = kNow + 1s; }, right),
            "ocsp_responder");
  OcspResponseSpec nobody = spec(single());
  nobody.certificates.clear();
  EXPECT_EQ(checked(nobody).failed_rule, "ocsp_responder");
  // An end-entity certificate of the same CA is no responder.
  OcspResponseSpec usurped = spec(single());
  usurped.responder_spki_der = world.leaf.key->public_key()->spki_der();
  usurped.certificates = {world.leaf.certificate->der()};
  const Bytes der = MUST(build_ocsp_response(usurped, *world.leaf.key));
  EXPECT_EQ(checked(der, expectation()).failed_rule, "ocsp_responder");
}

TEST_F(OcspTest, TheNoCheckExtensionIsAsKnown) {
  EXPECT_EQ(to_hex(ocsp_no_check().value), "0500");
  EXPECT_EQ(ocsp_no_check().oid, "1.3.6.1.5.5.7.48.1.5");
  EXPECT_EQ(to_hex(ocsp_signing_usage().value), "300a06082b06010505070309");
}

// ---- OpenSSL as the outside judge.

class OcspOutside : public OcspTest {
 protected:
  OcspOutside()
      : root(folder.write("root.pem", write_pem("CERTIFICATE", world.root.certificate->der()))),
        issuer(folder.write("issuer.pem",
                            write_pem("CERTIFICATE", world.intermediate.certificate->der()))),
        leaf(folder.write("leaf.pem", write_pem("CERTIFICATE", world.leaf.certificate->der()))) {}

  std::string judged(const Bytes& response, const std::string& more = "") {
    const std::string file = folder.write("response.der", response);
    const auto result =
        run_command("openssl ocsp -no_nonce -issuer " + issuer + " -cert " + leaf + " -respin " +
                    file + " -CAfile " + root + " -verify_other " + issuer + " -attime " +
                    std::to_string(sim::unix_seconds(kNow + 1h)) + " " + more);
    return result.output;
  }

  static std::string content_of(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
  }

  testing::TemporaryFolder folder;
  std::string root, issuer, leaf;
};

TEST_F(OcspOutside, OpenSslReadsAndVerifiesOurResponses) {
  const Bytes good = MUST(build_ocsp_response(spec(single()), *responder.key));
  const std::string said = judged(good);
  EXPECT_THAT(said, HasSubstr("Response verify OK"));
  EXPECT_THAT(said, HasSubstr("leaf.pem: "));
  EXPECT_THAT(said, HasSubstr("This Update: Feb  1 00:00:00 2026 GMT"));
  EXPECT_THAT(said, HasSubstr("Next Update: Feb  2 00:00:00 2026 GMT"));
  const std::string revoked = judged(
      MUST(build_ocsp_response(spec(single(OcspCertificateStatus::kRevoked)), *responder.key)));
  EXPECT_THAT(revoked, HasSubstr("Response verify OK"));
  EXPECT_THAT(revoked, HasSubstr("Reason: keyCompromise"));
  EXPECT_THAT(revoked, HasSubstr("Revocation Time: Jan 31 23:00:00 2026 GMT"));
  EXPECT_THAT(judged(build_ocsp_error(OcspResponseStatus::kTryLater)), HasSubstr("trylater (3)"));
}

TEST_F(OcspOutside, OpenSslRefusesWhatWeRefuse) {
  const Bytes good = MUST(build_ocsp_response(spec(single()), *responder.key));
  Bytes touched = good;
  const OcspResponse response = MUST(parse_ocsp_response(good));
  const std::size_t key_hash = good.find(response.responses[0].id.serial);
  touched[key_hash + 1] = static_cast<char>(touched[key_hash + 1] ^ 1);
  EXPECT_THAT(judged(touched), HasSubstr("Response Verify Failure"));
  // A responder without the purpose of OCSP signing.
  CertificateSpec bent = responder_spec();
  bent.extensions.erase(bent.extensions.begin() + 1);
  OcspResponseSpec usurped = spec(single());
  usurped.certificates = {issued(bent, *world.intermediate.key)->der()};
  EXPECT_THAT(judged(MUST(build_ocsp_response(usurped, *responder.key))),
              HasSubstr("Response Verify Failure"));
}

TEST_F(OcspOutside, OurReaderTakesTheRequestsOfOpenSsl) {
  for (const std::string hash : {"", "-sha256 "}) {
    const std::string file = folder.write("request.der", "");
    const auto made = run_command("openssl ocsp -issuer " + issuer + " " + hash + "-cert " + leaf +
                                  " -reqout " + file);
    ASSERT_EQ(made.exit_code, 0) << made.output;
    const OcspRequest request = MUST(parse_ocsp_request(content_of(file)));
    ASSERT_EQ(request.ids.size(), 1U);
    const OcspHash wanted = hash.empty() ? OcspHash::kSha1 : OcspHash::kSha256;
    EXPECT_EQ(request.ids[0],
              MUST(ocsp_id_of(*world.leaf.certificate, *world.intermediate.certificate, wanted)));
    ASSERT_TRUE(request.nonce);
    EXPECT_EQ(request.nonce->size(), 16U);
    // Ours, for the same certificate and nonce, has the same octets.
    EXPECT_EQ(to_hex(MUST(build_ocsp_request(request))), to_hex(content_of(file)));
  }
}

TEST_F(OcspOutside, OpenSslReadsOurRequests) {
  const Bytes der = MUST(build_ocsp_request({.ids = {id}, .nonce = Bytes("0123456789abcdef")}));
  const auto text = run_command("openssl ocsp -req_text -reqin " + folder.write("ours.der", der));
  EXPECT_THAT(text.output, HasSubstr("Hash Algorithm: sha1"));
  EXPECT_THAT(text.output, HasSubstr("OCSP Nonce"));
  EXPECT_THAT(text.output, HasSubstr("Serial Number: " + world.leaf.certificate->serial_hex()));
}

TEST_F(OcspOutside, OurReaderTakesTheResponsesOfOpenSsl) {
  const std::string request = folder.write(
      "request.der", MUST(build_ocsp_request({.ids = {id}, .nonce = Bytes("0123456789abcdef")})));
  const std::string index =
      folder.write("index.txt", "R\t260401000000Z\t260131230000Z,keyCompromise\t" +
                                    world.leaf.certificate->serial_hex() + "\tunknown\t/CN=x\n");
  folder.write("index.txt.attr", "unique_subject = no\n");
  const std::string signer =
      folder.write("signer.pem", write_pem("CERTIFICATE", responder.certificate->der()));
  const std::string key(responder.key->to_pem().view());
  const std::string key_file = folder.write("key.pem", key);
  const std::string file = folder.write("answer.der", "");
  const auto made =
      run_command("openssl ocsp -index " + index + " -CA " + issuer + " -rsigner " + signer +
                  " -rkey " + key_file + " -reqin " + request + " -respout " + file + " -ndays 1");
  ASSERT_EQ(made.exit_code, 0) << made.output;
  const OcspResponse response = MUST(parse_ocsp_response(content_of(file)));
  ASSERT_EQ(response.responses.size(), 1U);
  // The tool's clock is the machine's: judge at the time that it wrote, with a responder valid
  // then.
  CertificateSpec lasting = responder_spec();
  lasting.not_after = at("2100-01-01T00:00:00Z");
  OcspResponse judged_response = response;
  judged_response.certificates = {issued(lasting, *world.intermediate.key)};
  OcspExpectation expected = expectation(response.produced_at);
  expected.nonce = Bytes("0123456789abcdef");
  const OcspCheck check = check_ocsp_response(judged_response, expected);
  ASSERT_TRUE(check.usable) << check.failed_rule << ": " << check.detail;
  EXPECT_EQ(check.answer.status, OcspCertificateStatus::kRevoked);
  EXPECT_EQ(check.answer.revoked_at, at("2026-01-31T23:00:00Z"));
}

}  // namespace
}  // namespace shakedown::crypto

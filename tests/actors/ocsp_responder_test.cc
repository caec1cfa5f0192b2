#include "actors/issuing/ocsp_responder.h"

#include <gmock/gmock.h>

#include "stir/credential/ocsp_http.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using crypto::OcspCertificateStatus;
using crypto::OcspResponseStatus;
using testing::HasSubstr;
using testing::StartsWith;

class OcspWorld : public Ecosystem {
 public:
  using Ecosystem::Ecosystem;

  crypto::OcspRequest about(const crypto::CertificatePtr& certificate,
                            crypto::OcspHash hash = crypto::OcspHash::kSha1) {
    return {.ids = {crypto::ocsp_id_of(*certificate, *ca_one.intermediate(), hash).value()},
            .nonce = {}};
  }

  sim::Answer ask(const crypto::OcspRequest& request) {
    const auto der = crypto::build_ocsp_request(request).value();
    return tester().exchange(stir::ocsp_http_request(ca_one.ocsp_url(), der), 10s);
  }

  crypto::OcspResponse response(const sim::Answer& answer) {
    const auto octets = stir::ocsp_response_octets(answer);
    EXPECT_TRUE(octets) << octets.error().detail;
    return crypto::parse_ocsp_response(octets.value()).value();
  }

  crypto::OcspCheck status(const crypto::CertificatePtr& certificate) {
    return crypto::check_ocsp_response(
        response(ask(about(certificate))),
        {.certificate = *certificate, .issuer = *ca_one.intermediate(), .now = tester().now()});
  }

  crypto::CertificatePtr issued() {
    const auto chain = order_certificate(tester(), good_order());
    EXPECT_TRUE(chain) << chain.error().detail;
    return chain->leaf();
  }
};

TEST(OcspResponder, SaysGoodUntilTheRevocationHasBeenReported) {
  OcspWorld world;
  world.play_when_set_up([&] {
    const crypto::CertificatePtr certificate = world.issued();
    const auto before = world.status(certificate);
    ASSERT_TRUE(before.usable) << before.failed_rule << ": " << before.detail;
    EXPECT_EQ(before.answer.status, OcspCertificateStatus::kGood);
    EXPECT_EQ(*before.answer.next_update - before.answer.this_update, 24h);

    world.tester().sleep_for(1h);
    const sim::Time revoked_at = world.tester().now();
    world.on(world.ca_one.env(), [&] {
      EXPECT_TRUE(world.ca_one.revoke(certificate, crypto::CrlReason::kKeyCompromise));
    });
    const auto after = world.status(certificate);
    ASSERT_TRUE(after.usable) << after.failed_rule << ": " << after.detail;
    EXPECT_EQ(after.answer.status, OcspCertificateStatus::kRevoked);
    EXPECT_NEAR(static_cast<double>(sim::unix_seconds(after.answer.revoked_at)),
                static_cast<double>(sim::unix_seconds(revoked_at)), 2);
    EXPECT_EQ(after.answer.reason, static_cast<std::uint8_t>(crypto::CrlReason::kKeyCompromise));
  });
}

TEST(OcspResponder, AnswersByGetWithHeadersForCaches) {
  OcspWorld world;
  world.play_when_set_up([&] {
    const crypto::CertificatePtr certificate = world.issued();
    const sim::Answer answer = world.ask(world.about(certificate));
    const sim::Headers& headers = answer.response.headers;
    EXPECT_EQ(headers.get("Cache-Control"), "max-age=43200, public, no-transform, must-revalidate");
    const auto single = world.response(answer).responses.front();
    EXPECT_EQ(headers.get("Last-Modified"), sim::format_http_date(single.this_update));
    EXPECT_EQ(headers.get("Expires"), sim::format_http_date(*single.next_update));
    EXPECT_EQ(headers.get("ETag")->size(), 42U);
    const auto der = crypto::build_ocsp_request(world.about(certificate)).value();
    const auto request = stir::ocsp_http_request(world.ca_one.ocsp_url(), der);
    EXPECT_EQ(request.method, "GET");
    EXPECT_THAT(request.target, StartsWith(world.ca_one.ocsp_url() + "/"));
  });
}

TEST(OcspResponder, AnswersByPostAndRepeatsANonce) {
  OcspWorld world;
  world.play_when_set_up([&] {
    auto request = world.about(world.issued(), crypto::OcspHash::kSha256);
    request.nonce = crypto::Bytes(32, 'n');
    const auto der = crypto::build_ocsp_request(request).value();
    auto post = http_request("POST", world.ca_one.ocsp_url());
    post.headers.add("Content-Type", "application/ocsp-request");
    post.body = der;
    const sim::Answer answer = world.tester().exchange(post, 10s);
    EXPECT_EQ(answer.response.headers.get("Cache-Control"), "no-store");
    const auto response = world.response(answer);
    EXPECT_EQ(response.nonce, request.nonce);
    EXPECT_EQ(response.responses.front().id, request.ids.front());
    EXPECT_EQ(response.responses.front().status, OcspCertificateStatus::kGood);
  });
}

TEST(OcspResponder, AnswersForTheIntermediateByADelegateOfTheRoot) {
  OcspWorld world;
  world.play_when_set_up([&] {
    const auto certificate = world.ca_one.intermediate();
    const auto root = world.ca_one.root();
    const crypto::OcspRequest request{.ids = {crypto::ocsp_id_of(*certificate, *root).value()},
                                      .nonce = {}};
    const auto check = crypto::check_ocsp_response(
        world.response(world.ask(request)),
        {.certificate = *certificate, .issuer = *root, .now = world.tester().now()});
    ASSERT_TRUE(check.usable) << check.failed_rule << ": " << check.detail;
    EXPECT_EQ(check.answer.status, OcspCertificateStatus::kGood);
  });
}

TEST(OcspResponder, RefusesWhatItCannotAnswer) {
  OcspWorld world;
  world.play_when_set_up([&] {
    const crypto::CertificatePtr certificate = world.issued();
    // A serial that was never issued.
    crypto::OcspRequest request = world.about(certificate);
    request.ids.front().serial = "\x01\x02\x03";
    EXPECT_EQ(world.response(world.ask(request)).responses.front().status,
              OcspCertificateStatus::kUnknown);
    // Of another CA, alone or beside our own.
    const auto foreign = crypto::ocsp_id_of(*certificate, *world.ca_two.intermediate()).value();
    EXPECT_EQ(world.response(world.ask({.ids = {foreign}, .nonce = {}})).status,
              OcspResponseStatus::kUnauthorized);
    request = world.about(certificate);
    request.ids.push_back(foreign);
    EXPECT_EQ(world.response(world.ask(request)).status, OcspResponseStatus::kUnauthorized);
    // Not a request.
    for (const std::string path : {"", "/", "/!!!", "/MDAw", "/%4", "/%zz"}) {
      const sim::Answer answer = world.get(world.ca_one.ocsp_url() + path);
      EXPECT_EQ(world.response(answer).status, OcspResponseStatus::kMalformedRequest) << path;
      EXPECT_EQ(answer.response.headers.get("Cache-Control"), "no-store");
    }
    auto post = http_request("POST", world.ca_one.ocsp_url());
    post.headers.add("Content-Type", "application/json");
    post.body = crypto::build_ocsp_request(world.about(certificate)).value();
    EXPECT_EQ(world.response(world.tester().exchange(post, 10s)).status,
              OcspResponseStatus::kMalformedRequest);
  });
}

TEST(OcspResponder, CertifiesItselfOnceAndAgainBeforeTheEnd) {
  OcspWorld world;
  world.play_when_set_up([&] {
    const crypto::CertificatePtr certificate = world.issued();
    EXPECT_TRUE(world.status(certificate).usable);
    world.tester().sleep_for(27 * 24h);
    EXPECT_TRUE(world.status(certificate).usable);
    EXPECT_EQ(world.happenings(HappeningKind::kOcspResponderCertified).size(), 1U);
    world.tester().sleep_for(24h + 1h);
    EXPECT_TRUE(world.status(certificate).usable);
    EXPECT_EQ(world.happenings(HappeningKind::kOcspResponderCertified).size(), 2U);
  });
}

}  // namespace
}  // namespace shakedown::actors

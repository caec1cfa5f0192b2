#include "actors/verifying/ocsp_client.h"

#include <gmock/gmock.h>

#include "stir/credential/ocsp_http.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using stir::RevocationState;
using testing::HasSubstr;

// The CA's responder behind a listener of the test's own, which counts, delays and refuses.
class ClientWorld : public Ecosystem {
 public:
  explicit ClientWorld(OcspClientOptions options = {}, CertificationAuthorityOptions ca = {})
      : Ecosystem({}, std::move(ca)),
        client(tester(), completed(std::move(options))) {
    sim::Env& front = world().add_actor({.name = "front"});
    world().listen(front, sim::Protocol::kHttp, "ocsp.test", [&](const sim::Request& request) {
      ++asked;
      if (answers_with) return stir::ocsp_http_error(*answers_with);
      sim::Request forwarded = request;
      forwarded.target = ca_one.ocsp_url() + request.target.substr(url().size());
      const sim::Answer answer = front.exchange(std::move(forwarded), 10s);
      if (answer.kind == sim::Answer::Kind::kResponse) return answer.response;
      return http_response(502, "", "");
    });
  }

  std::string url() { return world().base_url("ocsp.test"); }

  // Plays with a certificate of acme-tel.
  void play_with_certificate(std::function<void(const crypto::CertificatePtr&)> fn) {
    play_when_set_up([&] {
      const auto chain = order_certificate(tester(), good_order());
      ASSERT_TRUE(chain) << chain.error().detail;
      fn(chain->leaf());
    });
  }

  stir::RevocationStatus status(const crypto::CertificatePtr& certificate) {
    return client.status(certificate, ca_one.intermediate(), "call");
  }

  void revoke(const crypto::CertificatePtr& certificate) {
    on(ca_one.env(),
       [&] { EXPECT_TRUE(ca_one.revoke(certificate, crypto::CrlReason::kKeyCompromise)); });
  }

  OcspClient client;
  int asked = 0;
  std::optional<crypto::OcspResponseStatus> answers_with;

 private:
  OcspClientOptions completed(OcspClientOptions options) {
    if (!options.responder_of) {
      options.responder_of = [this](const crypto::Certificate&) { return url(); };
    }
    return options;
  }
};

TEST(OcspClient, KeepsAnAnswerUntilItsNextUpdateAndNoLonger) {
  ClientWorld world;
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    EXPECT_EQ(world.status(certificate).state, RevocationState::kGood);
    world.revoke(certificate);
    world.tester().sleep_for(23h + 59min);
    EXPECT_EQ(world.status(certificate).state, RevocationState::kGood);
    EXPECT_EQ(world.asked, 1);
    world.tester().sleep_for(1min);
    const auto status = world.status(certificate);
    EXPECT_EQ(status.state, RevocationState::kRevoked);
    EXPECT_THAT(status.detail, HasSubstr("keyCompromise"));
    EXPECT_EQ(world.asked, 2);
  });
  const auto fetches = world.events<FetchEvent>();
  ASSERT_EQ(fetches.size(), 2U);
  EXPECT_EQ(fetches.front().second->what, FetchWhat::kOcsp);
  EXPECT_EQ(fetches.front().second->status, 200);
}

TEST(OcspClient, AsksAgainAfterTheRefreshTime) {
  OcspClientOptions options;
  options.refresh = 10min;
  ClientWorld world(std::move(options));
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    EXPECT_EQ(world.status(certificate).state, RevocationState::kGood);
    world.revoke(certificate);
    world.tester().sleep_for(9min);
    EXPECT_EQ(world.status(certificate).state, RevocationState::kGood);
    world.tester().sleep_for(1min);
    EXPECT_EQ(world.status(certificate).state, RevocationState::kRevoked);
    EXPECT_EQ(world.asked, 2);
  });
}

TEST(OcspClient, SharesTheQuestionThatIsInFlight) {
  ClientWorld world;
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    std::vector<sim::Task> tasks;
    int good = 0;
    for (int i = 0; i < 5; ++i) {
      tasks.push_back(world.tester().spawn(
          "ask", [&] { good += world.status(certificate).state == RevocationState::kGood ? 1 : 0; },
          sim::Daemon::kNo));
    }
    world.tester().sleep_for(5s);
    EXPECT_EQ(good, 5);
    EXPECT_EQ(world.asked, 1);
  });
}

TEST(OcspClient, RemembersAFailureForAMomentAndHoldsOnToAGoodAnswer) {
  OcspClientOptions options;
  options.refresh = 10min;
  ClientWorld world(std::move(options));
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    world.answers_with = crypto::OcspResponseStatus::kTryLater;
    const auto status = world.status(certificate);
    EXPECT_EQ(status.state, RevocationState::kUndetermined);
    EXPECT_THAT(status.detail, HasSubstr("tryLater"));
    world.tester().sleep_for(29s);
    (void)world.status(certificate);
    EXPECT_EQ(world.asked, 1);
    world.answers_with.reset();
    world.tester().sleep_for(1s);
    EXPECT_EQ(world.status(certificate).state, RevocationState::kGood);
    // Past the refresh time, but before nextUpdate: the answer still counts.
    world.answers_with = crypto::OcspResponseStatus::kInternalError;
    world.tester().sleep_for(23h);
    EXPECT_EQ(world.status(certificate).state, RevocationState::kGood);
    EXPECT_EQ(world.asked, 3);
    world.tester().sleep_for(1h);
    EXPECT_EQ(world.status(certificate).state, RevocationState::kUndetermined);
  });
}

TEST(OcspClient, TakesNoAnswerForAnotherAndNoResponderForNone) {
  OcspClientOptions options;
  options.responder_of = [](const crypto::Certificate&) { return std::string(); };
  ClientWorld silent(std::move(options));
  silent.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    EXPECT_THAT(silent.status(certificate).detail, HasSubstr("no OCSP responder"));
    EXPECT_EQ(silent.asked, 0);
  });
  ClientWorld world;
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    const std::vector path{certificate, world.ca_one.intermediate(), world.ca_one.root()};
    const auto answer = world.client.check_path(path, "call");
    EXPECT_EQ(answer.state, RevocationState::kGood) << answer.detail;
    EXPECT_EQ(world.asked, 2);  // The root is an anchor.
    // An issuer that the responder does not speak for.
    const auto foreign = world.client.status(certificate, world.ca_two.intermediate(), "call");
    EXPECT_EQ(foreign.state, RevocationState::kUndetermined);
    EXPECT_THAT(foreign.detail, HasSubstr("unauthorized"));
  });
}

TEST(OcspClient, IsBounded) {
  OcspClientOptions options;
  options.capacity = 2;
  ClientWorld world(std::move(options));
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    (void)world.status(certificate);
    (void)world.client.status(world.ca_one.intermediate(), world.ca_one.root(), "");
    (void)world.client.status(certificate, world.ca_two.intermediate(), "");
    EXPECT_EQ(world.client.size(), 2U);
    (void)world.status(certificate);  // It was the oldest.
    EXPECT_EQ(world.asked, 4);
  });
}

OcspClientOptions asks_whom_the_certificate_names() {
  OcspClientOptions options;
  options.responder_in_certificate.emplace();
  return options;
}

TEST(OcspClient, MayAskWhomTheCertificateNames) {
  CertificationAuthorityOptions ca;
  ca.ocsp_in_certificates = true;
  ClientWorld world(asks_whom_the_certificate_names(), ca);
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    ASSERT_EQ((*certificate)->authority_info_access.size(), 1U);
    EXPECT_EQ((*certificate)->authority_info_access[0].uri, world.ca_one.ocsp_url());
    const auto status = world.status(certificate);
    EXPECT_EQ(status.state, RevocationState::kGood) << status.detail;
    // The intermediate names it, too.
    const auto above = world.client.status(world.ca_one.intermediate(), world.ca_one.root(), "");
    EXPECT_EQ(above.state, RevocationState::kGood) << above.detail;
    EXPECT_EQ(world.asked, 0);  // Not the configured one.
  });
}

TEST(OcspClient, AsksNobodyWhenTheCertificateNamesNobody) {
  ClientWorld world(asks_whom_the_certificate_names());
  world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
    const auto status = world.status(certificate);
    EXPECT_EQ(status.state, RevocationState::kUndetermined);
    EXPECT_THAT(status.detail, HasSubstr("names no OCSP responder"));
  });
}

TEST(OcspClient, AsksOnlyWhereAnX5uMightLead) {
  const std::vector<std::pair<std::string, std::string>> refused{
      {"http://ocsp.test/ocsp", "scheme http"},     {"ldap://ocsp.test/ocsp", "not an https URL"},
      {"https://me@ocsp.test/ocsp", "userinfo"},    {"https://ocsp.test:9999/ocsp", "port 9999"},
      {"https://127.0.0.1/ocsp", "host 127.0.0.1"}, {"https://[::1]/ocsp", "host"},
      {"https://localhost/ocsp", "host localhost"}, {"https://ocsp.test/ocsp?a=b", "query"},
  };
  for (const auto& one : refused) {
    const std::string& url = one.first;
    CertificationAuthorityOptions ca;
    ca.profile.ocsp_url = url;
    ClientWorld world(asks_whom_the_certificate_names(), ca);
    world.play_with_certificate([&](const crypto::CertificatePtr& certificate) {
      const auto status = world.status(certificate);
      EXPECT_EQ(status.state, RevocationState::kUndetermined) << url;
      EXPECT_THAT(status.detail, HasSubstr("may not be asked: " + one.second)) << url;
    });
    EXPECT_EQ(world.events<FetchEvent>().size(), 0U) << url;
  }
}

}  // namespace
}  // namespace shakedown::actors

#include "actors/verifying/certificate_cache.h"

#include <map>

#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/certificate_specs.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

// A repository of the test's own, which counts what is asked, and a cache in front of it.
class CacheWorld : public TestWorld {
 public:
  explicit CacheWorld(CertificateCacheOptions options = {})
      : cache(tester(), options) {
    sim::Env& server = world().add_actor({.name = "server"});
    world().listen(server, sim::Protocol::kHttp, "cr.test", [this](const sim::Request& request) {
      ++asked[request.target];
      const auto moved = redirects.find(request.target);
      if (moved != redirects.end()) {
        sim::Response response = http_response(302, "text/plain", "moved");
        response.headers.add("Location", moved->second);
        return response;
      }
      const auto found = published.find(request.target);
      if (found == published.end()) return http_response(404, "text/plain", "nothing");
      sim::Response response =
          http_response(200, "application/pem-certificate-chain", found->second);
      response.headers.add("Cache-Control", "max-age=" + std::to_string(max_age));
      return response;
    });
  }

  static std::string url(int number) {
    return "https://cr.test/" + std::to_string(number) + ".pem";
  }

  // Leaf and root, one after the other, valid from `age` ago for `lifetime`.
  std::string chain(const std::string& spc, sim::Duration age, sim::Duration lifetime = 24h) {
    stir::CertificateFacts facts;
    facts.organization = "Cache CA";
    facts.serial_octets = std::string(16, static_cast<char>(++serial_));
    facts.not_before = kEpoch - 48h;
    facts.not_after = kEpoch + 480h;
    if (!root_key_) {
      root_key_ = crypto::PrivateKey::generate().value();
      facts.subject_spki_der = root_key_->public_key()->spki_der();
      root_ = issued(stir::make_root(facts).value());
    }
    facts.organization = "Signer";
    facts.subject_spki_der = crypto::PrivateKey::generate().value()->public_key()->spki_der();
    facts.not_before = kEpoch - age;
    facts.not_after = kEpoch - age + lifetime;
    const auto leaf = issued(stir::make_end_entity(facts, spc, *root_,
                                                   {.url = "https://sti-pa.test/crl",
                                                    .crl_issuer_der = root_->subject_der()})
                                 .value());
    return crypto::write_pem({leaf, root_});
  }

  CertificateCache cache;
  std::map<std::string, std::string> published;
  std::map<std::string, std::string> redirects;
  std::map<std::string, int> asked;
  int max_age = 3600;

 private:
  crypto::CertificatePtr issued(const crypto::CertificateSpec& spec) const {
    return crypto::issue_certificate(spec, *root_key_).value();
  }

  crypto::PrivateKeyPtr root_key_;
  crypto::CertificatePtr root_;
  int serial_ = 0;
};

TEST(CertificateCache, KeepsWholeChainsAsLongAsHttpAllows) {
  CacheWorld world;
  world.play([&] {
    world.published[world.url(1)] = world.chain("709J", 1h);
    const auto first = world.cache.get(world.url(1), "call");
    ASSERT_TRUE(first->answer.chain);
    EXPECT_EQ(first->answer.chain->certificates.size(), 2U);
    world.tester().sleep_for(59min);
    EXPECT_EQ(world.cache.get(world.url(1), "call"), first);
    EXPECT_EQ(world.asked[world.url(1)], 1);
    world.tester().sleep_for(2min);
    EXPECT_NE(world.cache.get(world.url(1), "call"), first);
    EXPECT_EQ(world.asked[world.url(1)], 2);
  });
}

TEST(CertificateCache, FetchesAgainWhenTheCertificateHasExpired) {
  CacheWorld world({.minimum = 24h});
  world.play([&] {
    world.published[world.url(1)] = world.chain("709J", 1h, 70min);
    (void)world.cache.get(world.url(1), "call");
    world.tester().sleep_for(9min);
    (void)world.cache.get(world.url(1), "call");
    EXPECT_EQ(world.asked[world.url(1)], 1);
    world.tester().sleep_for(2min);
    (void)world.cache.get(world.url(1), "call");
    EXPECT_EQ(world.asked[world.url(1)], 2);
  });
}

// What was read and concluded from the same octets serves again; other octets are read anew.
TEST(CertificateCache, RemembersWhatTheSameOctetsWere) {
  CacheWorld world;
  world.play([&] {
    world.published[world.url(1)] = world.chain("709J", 1h);
    const auto first = world.cache.get(world.url(1), "call");
    first->verdict = std::make_shared<const stir::ChainVerdict>();
    first->anchors_version = 7;
    world.tester().sleep_for(61min);
    const auto again = world.cache.get(world.url(1), "call");
    ASSERT_EQ(world.asked[world.url(1)], 2);
    EXPECT_EQ(again->answer.chain, first->answer.chain);
    EXPECT_FALSE(again->verdict);  // To be judged again, under the anchors of then.
    EXPECT_EQ(again->earlier_verdict, first->verdict);
    EXPECT_EQ(again->earlier_anchors_version, 7U);
    world.published[world.url(1)] = world.chain("709J", 1h);
    world.tester().sleep_for(61min);
    const auto other = world.cache.get(world.url(1), "call");
    EXPECT_NE(other->answer.chain, first->answer.chain);
    EXPECT_FALSE(other->earlier_verdict);
  });
}

TEST(CertificateCache, AnotherUrlIsAnotherCertificate) {
  CacheWorld world;
  world.play([&] {
    world.published[world.url(1)] = world.chain("709J", 2h);
    world.published[world.url(2)] = world.chain("709J", 1h);
    const auto old = world.cache.get(world.url(1), "call");
    const auto changed = world.cache.get(world.url(2), "call");
    EXPECT_NE(old->answer.chain->leaf()->der(), changed->answer.chain->leaf()->der());
    EXPECT_EQ(world.asked[world.url(2)], 1);
  });
}

TEST(CertificateCache, ANewerGoodCertificateErasesTheOlderCopyOfItsSigner) {
  CacheWorld world;
  world.play([&] {
    world.published[world.url(1)] = world.chain("709J", 2h);
    world.published[world.url(2)] = world.chain("709J", 1h);
    world.published[world.url(3)] = world.chain("818H", 3h);
    for (int i : {1, 3, 2}) world.cache.supersede(world.cache.get(world.url(i), "call"));
    EXPECT_EQ(world.cache.size(), 2U);  // Not that of another signer, though it is older still.
    (void)world.cache.get(world.url(1), "call");
    EXPECT_EQ(world.asked[world.url(1)], 2);
    EXPECT_EQ(world.asked[world.url(3)], 1);
  });
}

TEST(CertificateCache, AnOlderCertificateErasesNothing) {
  CacheWorld world;
  world.play([&] {
    world.published[world.url(1)] = world.chain("709J", 1h);
    world.published[world.url(2)] = world.chain("709J", 2h);
    for (int i : {1, 2}) world.cache.supersede(world.cache.get(world.url(i), "call"));
    EXPECT_EQ(world.cache.size(), 2U);
  });
}

TEST(CertificateCache, ErasesNothingUnlessToldTo) {
  CacheWorld world({.erase_superseded = false});
  world.play([&] {
    world.published[world.url(1)] = world.chain("709J", 2h);
    world.published[world.url(2)] = world.chain("709J", 1h);
    for (int i : {1, 2}) world.cache.supersede(world.cache.get(world.url(i), "call"));
    EXPECT_EQ(world.cache.size(), 2U);
  });
}

TEST(CertificateCache, IsBoundedAndDropsWhatWasUsedLeastRecently) {
  CacheWorld world({.capacity = 2});
  world.play([&] {
    for (int i = 1; i <= 3; ++i) world.published[world.url(i)] = world.chain("709J", 1h);
    for (int i : {1, 2, 1, 3}) (void)world.cache.get(world.url(i), "call");
    EXPECT_EQ(world.cache.size(), 2U);
    (void)world.cache.get(world.url(1), "call");
    EXPECT_EQ(world.asked[world.url(1)], 1);
    (void)world.cache.get(world.url(2), "call");
    EXPECT_EQ(world.asked[world.url(2)], 2);
  });
}

TEST(CertificateCache, RemembersAFailureForItsTimeOnly) {
  CacheWorld world({.negative = 30s});
  world.play([&] {
    EXPECT_FALSE(world.cache.get(world.url(1), "call")->answer.chain);
    world.published[world.url(1)] = world.chain("709J", 1h);
    world.tester().sleep_for(29s);
    EXPECT_FALSE(world.cache.get(world.url(1), "call")->answer.chain);
    world.tester().sleep_for(2s);
    EXPECT_TRUE(world.cache.get(world.url(1), "call")->answer.chain);
    EXPECT_EQ(world.asked[world.url(1)], 2);
  });
}

TEST(CertificateCache, FollowsRedirectsOnlyForAVerifierThatForgivesThem) {
  for (const bool follows : {false, true}) {
    CacheWorld world({.follow_redirects = follows});
    world.play([&] {
      world.redirects[world.url(1)] = world.url(2);
      world.published[world.url(2)] = world.chain("709J", 1h);
      const auto entry = world.cache.get(world.url(1), "call");
      EXPECT_EQ(entry->answer.chain != nullptr, follows);
      EXPECT_EQ(entry->url, world.url(1));
      EXPECT_EQ(world.asked[world.url(2)], follows ? 1 : 0);
      if (!follows) {
        EXPECT_EQ(entry->answer.detail, "redirect 302");
      }
    });
  }
}

TEST(CertificateCache, GivesUpOnARedirectThatNeverEndsOrLeadsNowhere) {
  CacheWorld world({.follow_redirects = true});
  world.play([&] {
    world.redirects[world.url(1)] = world.url(1);
    EXPECT_EQ(world.cache.get(world.url(1), "call")->answer.outcome, stir::FetchOutcome::kRedirect);
    EXPECT_EQ(world.asked[world.url(1)], 6);
    world.redirects[world.url(2)] = "/relative.pem";
    EXPECT_EQ(world.cache.get(world.url(2), "call")->answer.outcome, stir::FetchOutcome::kRedirect);
    world.redirects[world.url(3)] = "file:///etc/passwd";
    EXPECT_EQ(world.cache.get(world.url(3), "call")->answer.outcome, stir::FetchOutcome::kRedirect);
    EXPECT_EQ(world.asked[world.url(2)] + world.asked[world.url(3)], 2);
  });
}

}  // namespace
}  // namespace shakedown::actors

// What a verifier goes on believing when the list of trusted STI-CAs or the CRL that it fetches is
// bad: the last good copy, and a record of why.
#include "actors/verifying/trust.h"

#include <gmock/gmock.h>

#include "actors/issuing/hierarchy.h"
#include "actors/policy_administrator/policy_administrator_pki.h"
#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/ca_list.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kSignerPath = "/signer.crt";

// A verifier, and an STI-PA whose list is what the test says it is.
class TrustInLists : public testing::Test {
 protected:
  TrustInLists() {
    pki_ = make_policy_administrator_pki("STI-PA", kEpoch - 24h).value();
    other_ = make_policy_administrator_pki("Another", kEpoch - 24h).value();
    hierarchy_ = make_hierarchy("ca-one", kEpoch - 24h, {}).value();
    second_ = make_hierarchy("ca-two", kEpoch - 24h, {}).value();
    chain_ = crypto::write_pem({pki_.signer.certificate, pki_.root.certificate});
    list_.x5u = "https://list.test" + std::string(kSignerPath);
    list_.sequence = 5;
    list_.expires = kEpoch + 24h;
    list_.trust_list = {crypto::write_pem({hierarchy_->root}), crypto::write_pem({second_->root})};
    publish();
    sim::Env& server = world_.world().add_actor({.name = "list server"});
    world_.world().listen(server, sim::Protocol::kHttp, "list.test",
                          [this](const sim::Request& request) {
                            if (request.target.ends_with(kSignerPath)) {
                              return http_response(200, "application/pkix-cert", chain_);
                            }
                            if (request.target.ends_with("/crl")) {
                              return http_response(200, "application/pkix-crl", crl_);
                            }
                            return http_response(200, "application/jose+json", served_);
                          });
  }

  // Serves the list as it is now, with what is changed about its envelope.
  void publish(const crypto::PrivateKeyPtr& signer = nullptr) {
    const std::string input = stir::signing_input(list_);
    const auto& key = signer ? signer : pki_.signer.key;
    served_ = stir::compact_jws(input, key->sign(input).value());
  }

  // Plays with a verifier that has the first list.
  void play(const std::function<void(Trust&)>& fn, bool enforce_list_expiry = true) {
    world_.play([&] {
      PolicyAdministratorClient client(
          world_.tester(),
          {.base_url = "https://list.test", .account_id = "x", .user_id = {}, .password = {}});
      TrustSource source(world_.tester(), client,
                         {.root = pki_.root.certificate,
                          .anchor_url = {},
                          .list_url = "https://list.test/ca-list",
                          .crl_url = "https://list.test/crl",
                          .pin_signer = false});
      TrustOptions options;
      options.list_refresh = 1h;
      options.crl_refresh.reset();
      options.enforce_list_expiry = enforce_list_expiry;
      Trust trust(world_.tester(), source, options);
      source_ = &source;
      trust.start();
      ASSERT_TRUE(trust.wait_until_ready(kEpoch + 1min));
      ASSERT_EQ(trust.anchors(world_.tester().now()).size(), 2u);
      fn(trust);
    });
  }

  // Why the last list was rejected since the last call; "" if none was.
  std::string rejection() {
    const auto happened = world_.events<HappeningEvent>();
    std::string last;
    for (; seen_ < happened.size(); ++seen_) {
      if (happened[seen_].second->kind == HappeningKind::kCaListRejected)
        last = happened[seen_].second->detail;
    }
    return last;
  }

  TestWorld world_;
  PolicyAdministratorPki pki_, other_;
  CaHierarchyPtr hierarchy_, second_;
  stir::CaList list_;
  std::string served_, chain_, crl_;
  TrustSource* source_ = nullptr;
  std::size_t seen_ = 0;
};

TEST_F(TrustInLists, KeepsTheOldListWhenTheNewOneIsNotTheStiPas) {  // N166
  play([&](Trust& trust) {
    EXPECT_EQ(rejection(), "");
    const auto version = trust.anchors_version(world_.tester().now());
    const auto rejected = [&] {
      world_.tester().sleep_for(1h + 1s);
      EXPECT_EQ(trust.anchors(world_.tester().now()).size(), 2u);
      EXPECT_EQ(trust.anchors_version(world_.tester().now()), version);
      return rejection();
    };
    list_.sequence = 6;
    list_.trust_list.pop_back();
    publish(other_.signer.key);
    EXPECT_EQ(rejected(), "the CA list's signature does not verify");
    publish();
    const std::string rest = served_.substr(served_.find('.'));
    for (const std::string algorithm : {"none", "HS256"}) {
      served_ = crypto::base64url_encode(R"({"alg":")" + algorithm +
                                         R"(","x5u":"https://list.test/signer.crt"})") +
                rest;
      EXPECT_EQ(rejected(), "alg " + algorithm);
    }
    // A signer under another root, at a URL of its own, and one that lives elsewhere.
    chain_ = crypto::write_pem({other_.signer.certificate, other_.root.certificate});
    list_.x5u = "https://list.test/other" + std::string(kSignerPath);
    publish(other_.signer.key);
    EXPECT_THAT(rejected(), HasSubstr("the CA list's signer: "));
    list_.x5u = "https://elsewhere.test/signer.crt";
    publish(other_.signer.key);
    EXPECT_EQ(rejected(), "signer certificate at a foreign URL: https://elsewhere.test/signer.crt");
    served_ = "no list";
    EXPECT_NE(rejected(), "");
  });
}

TEST_F(TrustInLists, BelievesNobodyOnceTheListHasExpired) {  // N167
  play([&](Trust& trust) {
    world_.tester().sleep_until(list_.expires - 1ms);
    EXPECT_EQ(trust.anchors(world_.tester().now()).size(), 2u);
    EXPECT_EQ(rejection(), "");
    world_.tester().sleep_until(list_.expires);
    EXPECT_THAT(trust.anchors(world_.tester().now()), IsEmpty());
    world_.tester().sleep_until(list_.expires + 2h);
    EXPECT_THAT(rejection(), HasSubstr("it expired at 2026-01-06T09:00:00Z"));
    list_.expires = kEpoch + 48h;
    list_.sequence = 6;
    publish();
    world_.tester().sleep_for(11min);  // Of the retry.
    EXPECT_EQ(trust.anchors(world_.tester().now()).size(), 2u);
  });
}

TEST_F(TrustInLists, MayBeToldToGoOnWithAnExpiredOne) {  // N167
  play(
      [&](Trust& trust) {
        world_.tester().sleep_until(list_.expires + 2h);
        EXPECT_EQ(trust.anchors(world_.tester().now()).size(), 2u);
        EXPECT_THAT(rejection(), HasSubstr("it expired at"));
      },
      false);
}

TEST_F(TrustInLists, RejectsAListThatGoesBack) {  // N168
  play([&](Trust& trust) {
    list_.sequence = 4;
    list_.trust_list.pop_back();
    publish();
    world_.tester().sleep_for(1h + 1s);
    EXPECT_EQ(rejection(), "sequence went back to 4");
    EXPECT_EQ(trust.anchors(world_.tester().now()).size(), 2u);
    list_.sequence = 5;  // The same number is no step back.
    publish();
    world_.tester().sleep_for(11min);
    EXPECT_EQ(rejection(), "");
    EXPECT_THAT(trust.anchors(world_.tester().now()), ElementsAre(hierarchy_->root));
  });
}

TEST_F(TrustInLists, SkipsMembersThatAreNoRootsOrRepeat) {  // N169
  play([&](Trust& trust) {
    list_.sequence = 6;
    list_.trust_list = {"no certificate", crypto::write_pem({hierarchy_->intermediate}),
                        crypto::base64_encode(hierarchy_->root->der()),
                        crypto::write_pem({hierarchy_->root})};
    publish();
    world_.tester().sleep_for(1h + 1s);
    EXPECT_THAT(trust.anchors(world_.tester().now()), ElementsAre(hierarchy_->root));
  });
  std::vector<std::string> told;
  for (const auto& [actor, event] : world_.events<HappeningEvent>()) {
    if (event->kind == HappeningKind::kCaListRefreshed) told.push_back(event->detail);
  }
  EXPECT_THAT(told, ElementsAre("sequence 5, 2 roots", "sequence 6, 1 roots, 3 skipped"));
}

TEST_F(TrustInLists, ACrlOverSixteenMebibytesIsNotRead) {  // N150
  play([&](Trust&) {
    crl_.assign(crypto::Crl::kDefaultMaximumSize + 1, '\x30');
    EXPECT_EQ(source_->crl({}).error().code, ErrorCode::kTooLarge);
    crl_.pop_back();  // Read, though it is none.
    EXPECT_EQ(source_->crl({}).error().code, ErrorCode::kMalformed);
  });
}

}  // namespace
}  // namespace shakedown::actors

#include "actors/policy_administrator/policy_administrator.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "actors/verifying/trust_source.h"
#include "actors/workload/work.h"
#include "crypto/octets/der.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/crl.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/ca_list.h"
#include "stir/credential/number_scope.h"
#include "stir/credential/revocation.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// What a verifier makes of the list that it fetched.
stir::CaListVerdict judge(Ecosystem& world, const std::string& jws, std::int64_t newest = -1) {
  const auto received = stir::parse_ca_list(jws);
  EXPECT_TRUE(received) << received.error().detail;
  const auto chain = fetch_certificates(world.tester(), received->list.x5u, 5s).value();
  const std::vector roots{world.pa.trust_anchor()};
  return stir::verify_ca_list(*received, {.signer_chain = chain,
                                          .policy_administrator_roots = roots,
                                          .now = world.tester().now(),
                                          .newest_sequence = newest});
}

crypto::CrlPtr fetch_crl(Ecosystem& world) {
  const auto answer = world.get(world.pa.crl_url());
  EXPECT_TRUE(answer.has_status(200));
  EXPECT_EQ(answer.response.headers.get("Content-Type"), "application/pkix-crl");
  return crypto::Crl::read(answer.response.body).value();
}

stir::CrlUsability judge(Ecosystem& world, const crypto::CrlPtr& crl) {
  EXPECT_EQ((*crl)->authority_info_access.size(), 1u);
  const auto chain =
      fetch_certificates(world.tester(), (*crl)->authority_info_access.at(0).uri, 5s).value();
  const std::vector roots{world.pa.trust_anchor()};
  return stir::crl_is_usable(*crl, {.signer_chain = chain,
                                    .policy_administrator_roots = roots,
                                    .now = world.tester().now(),
                                    .url = world.pa.crl_url(),
                                    .newest_number = {}});
}

// A certificate of acme-tel at this STI-CA.
IssuedChain certificate_from(Ecosystem& world, const CertificationAuthority& ca) {
  OrderRequest order = world.good_order();
  order.directory_url = ca.directory_url();
  const auto chain = order_certificate(world.tester(), order);
  EXPECT_TRUE(chain) << chain.error().detail;
  return chain.value();
}

TEST(PolicyAdministrator, GivesATokenToALoggedInAccount) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto key = world.new_key();
    PolicyAdministratorClient client(world.tester(), world.access("acme-tel"));
    const auto list = Ecosystem::spc_list("709J");
    const auto answer = client.spc_token(list, *key->public_key());
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->crl_url, world.pa.crl_url());
    const auto token = stir::parse_spc_token(answer->token);
    ASSERT_TRUE(token);
    EXPECT_THAT(token->missing, IsEmpty());
    EXPECT_TRUE(token->atc_is_well_formed);
    EXPECT_EQ(token->token.expires, kEpoch + 24h);
    EXPECT_EQ(token->token.jti.size(), 36u);
    EXPECT_EQ(token->token.atc.fingerprint, stir::jwk_fingerprint(*key->public_key()));
    const auto signer = fetch_certificates(world.tester(), token->token.x5u, 5s);
    ASSERT_TRUE(signer);
    EXPECT_TRUE(
        signer->front()->public_key()->verify(token->jws.signing_input, token->jws.signature));
    EXPECT_TRUE(signer->front()->is_signed_by(*world.pa.trust_anchor()));
  });
}

TEST(PolicyAdministrator, SpeaksAsDeployedAndUnderTheNamesOfTheStandards) {
  Ecosystem world;
  world.play_when_set_up([&] {
    sim::Request login = json_post(world.pa.base_url() + "/api/v1/auth/login",
                                   {{"userId", "acme-tel"}, {"password", "password of acme-tel"}});
    const auto logged_in = world.tester().exchange(login, 5s);
    const auto body = stir::parse_json_object(logged_in.response.body).value();
    EXPECT_EQ(body["status"], "success");
    const std::string access = body["accessToken"];
    const stir::Json atc{
        {"tktype", "TNAuthList"},
        {"tkvalue", crypto::base64_encode(Ecosystem::spc_list("709J"))},  // Padded, as deployed.
        {"fingerprint", stir::spki_fingerprint(*world.new_key()->public_key())}};
    for (const std::string_view path :
         {"/api/v1/account/acme-tel/token", "/api/v1/account/acme-tel/token/",
          "/sti-pa/account/acme-tel/token", "/at/account/acme-tel/token"}) {
      for (const stir::Json& form : {stir::Json{{"atc", atc}}, atc}) {
        sim::Request request = json_post(world.pa.base_url() + std::string(path), form);
        request.headers.add("Authorization", access);  // Without "Bearer".
        const auto answer = world.tester().exchange(request, 5s);
        ASSERT_TRUE(answer.has_status(200)) << path << answer.response.body;
        const auto json = stir::parse_json_object(answer.response.body).value();
        EXPECT_EQ(json["status"], "success");
        EXPECT_TRUE(stir::parse_spc_token(std::string(json["token"])));
        EXPECT_EQ(json["crl"], world.pa.crl_url());
        EXPECT_EQ(json["message"], "SPC token for spc 709J is created successfully");
      }
    }
    sim::Request list = http_request("GET", world.pa.base_url() + "/sti-pa/ca-list");
    EXPECT_TRUE(world.tester().exchange(list, 5s).has_status(403));
    list.headers.add("Authorization", "Bearer " + access);
    EXPECT_TRUE(world.tester().exchange(list, 5s).has_status(200));
    EXPECT_TRUE(world.get(world.pa.base_url() + "/sti-pa/crl").has_status(200));
    EXPECT_TRUE(world.get(world.pa.base_url() + "/nothing").has_status(404));
  });
}

TEST(PolicyAdministrator, RefusesTokensWithTheStatusThatTheCaseAsksFor) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto body = world.tester().exchange(
        json_post(world.pa.base_url() + "/api/v1/auth/login",
                  {{"userId", "acme-tel"}, {"password", "password of acme-tel"}}),
        5s);
    const std::string access = stir::parse_json_object(body.response.body).value()["accessToken"];
    const std::string good = stir::jwk_fingerprint(*world.new_key()->public_key());
    const auto status = [&](std::string_view account, const stir::Json& atc) {
      sim::Request request =
          json_post(world.pa.base_url() + "/api/v1/account/" + std::string(account) + "/token",
                    {{"atc", atc}});
      request.headers.add("Authorization", access);
      return world.tester().exchange(request, 5s).response.status;
    };
    const auto atc = [&](const std::string& value, const std::string& fingerprint) {
      return stir::Json{{"tktype", "TNAuthList"}, {"tkvalue", value}, {"fingerprint", fingerprint}};
    };
    const std::string own = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
    const std::string foreign = stir::tn_auth_list_identifier(Ecosystem::spc_list("818H"));
    EXPECT_EQ(status("acme-tel", atc(own, good)), 200);
    EXPECT_EQ(status("beta-voice", atc(own, good)), 403);  // Another account.
    EXPECT_EQ(status("acme-tel", atc(foreign, good)), 403);
    EXPECT_EQ(status("acme-tel", atc("!!", good)), 400);
    EXPECT_EQ(status("acme-tel", atc("MAA", good)), 400);          // An empty list.
    EXPECT_EQ(status("acme-tel", atc(own, "SHA256 aa:bb")), 400);  // Fingerprint.
    stir::Json wrong_type = atc(own, good);
    wrong_type["tktype"] = "TnAuthList";
    EXPECT_EQ(status("acme-tel", wrong_type), 400);
    const auto number = crypto::encode_tn_auth_list({crypto::TnEntry::one("12015550101")}).value();
    EXPECT_EQ(status("acme-tel", atc(stir::tn_auth_list_identifier(number), good)), 403);
  });
}

TEST(PolicyAdministrator, ASuspendedAccountGetsNoTokenUntilItIsRestored) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto key = world.new_key();
    const auto list = Ecosystem::spc_list("709J");
    PolicyAdministratorClient client(world.tester(), world.access("acme-tel"));
    EXPECT_TRUE(client.spc_token(list, *key->public_key()));
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.suspend_account("acme-tel")); });
    const auto refused = client.spc_token(list, *key->public_key());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_THAT(refused.error().detail, HasSubstr("HTTP 403"));
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.restore_account("acme-tel")); });
    EXPECT_TRUE(client.spc_token(list, *key->public_key()));
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.remove_account("acme-tel")); });
    EXPECT_FALSE(client.spc_token(list, *key->public_key()));
  });
  EXPECT_THAT(world.happenings(HappeningKind::kAccountSuspended), ElementsAre("acme-tel"));
}

TEST(PolicyAdministrator, AWithdrawnCodeGetsNoTokenAndTheBodySaysWhy) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto key = world.new_key();
    const auto login = world.tester().exchange(
        json_post(world.pa.base_url() + "/api/v1/auth/login",
                  {{"userId", "acme-tel"}, {"password", "password of acme-tel"}}),
        5s);
    const std::string access = stir::parse_json_object(login.response.body).value()["accessToken"];
    world.on(world.pa.env(), [&] {
      EXPECT_TRUE(world.pa.withdraw_code("acme-tel", "709J"));
      EXPECT_EQ(world.pa.withdraw_code("acme-tel", "709J").error().code, ErrorCode::kNotFound);
      EXPECT_EQ(world.pa.withdraw_code("nobody", "709J").error().code, ErrorCode::kNotFound);
    });
    const stir::Json atc{{"tktype", "TNAuthList"},
                         {"tkvalue", stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"))},
                         {"fingerprint", stir::jwk_fingerprint(*key->public_key())}};
    sim::Request request =
        json_post(world.pa.base_url() + "/api/v1/account/acme-tel/token", {{"atc", atc}});
    request.headers.add("Authorization", access);
    const auto answer = world.tester().exchange(request, 5s);
    EXPECT_TRUE(answer.has_status(403));  // RFC 9448 §5.5
    EXPECT_EQ(stir::parse_json_object(answer.response.body).value(),
              (stir::Json{{"status", "failure"},
                          {"code", "403"},
                          {"message", "spc 709J does not belong to account acme-tel"}}));
    world.on(world.pa.env(), [&] {  // It may go to another account now.
      EXPECT_TRUE(world.pa.create_account(Ecosystem::account("gamma-tel", {"709J"})));
    });
    PolicyAdministratorClient heir(world.tester(), world.access("gamma-tel"));
    EXPECT_TRUE(heir.spc_token(Ecosystem::spc_list("709J"), *key->public_key()));
  });
  EXPECT_THAT(world.happenings(HappeningKind::kSpcWithdrawn), ElementsAre("acme-tel"));
  EXPECT_THAT(world.happenings(HappeningKind::kTokenRefused), ElementsAre("acme-tel"));
}

TEST(PolicyAdministrator, ANewSignerIsBelievedByWhoHoldsTheRootAndNotByWhoPinnedTheOldOne) {
  Ecosystem world;
  world.play_when_set_up([&] {
    PolicyAdministratorClient client(world.tester(), world.access("beta-voice"));
    TrustAnchors anchors{.root = world.pa.trust_anchor(),
                         .anchor_url = {},
                         .list_url = {},
                         .crl_url = world.pa.crl_url(),
                         .pin_signer = false};
    TrustSource rooted(world.tester(), client, anchors);
    anchors.pin_signer = true;
    TrustSource pinned(world.tester(), client, anchors);
    const auto before = rooted.ca_list().value().list;
    EXPECT_TRUE(pinned.ca_list());
    const OrderRequest ordered_before = world.good_order();  // Its token has the old signature.

    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.roll_signer()); });
    const auto after = rooted.ca_list();
    ASSERT_TRUE(after) << after.error().detail;
    EXPECT_NE(after->list.x5u, before.x5u);
    EXPECT_GT(after->list.sequence, before.sequence);
    EXPECT_EQ(after->list.trust_list, before.trust_list);
    EXPECT_THAT(pinned.ca_list().error().detail, HasSubstr("not the pinned one"));

    const auto old_chain = fetch_certificates(world.tester(), before.x5u, 5s).value();
    const auto new_chain = fetch_certificates(world.tester(), after->list.x5u, 5s).value();
    EXPECT_NE(old_chain.front()->der(), new_chain.front()->der());
    EXPECT_EQ(old_chain.back()->der(), new_chain.back()->der());
    EXPECT_TRUE(order_certificate(world.tester(), ordered_before));
    EXPECT_TRUE(order_certificate(world.tester(), world.good_order()));
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.roll_signer()); });
    EXPECT_NE(rooted.ca_list().value().list.x5u, after->list.x5u);
  });
  EXPECT_EQ(world.happenings(HappeningKind::kSignerRolled).size(), 2u);
}

TEST(PolicyAdministrator, AnOlderCrlIsServedAgainUntilTheRollbackEnds) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto first = fetch_crl(world);
    world.on(world.pa.env(), [&] {
      EXPECT_EQ(world.pa.serve_older_crl(1, {}).error().code, ErrorCode::kNotFound);
      EXPECT_TRUE(world.pa.publish_crl());
    });
    const auto second = fetch_crl(world);
    world.on(world.pa.env(), [&] {
      EXPECT_EQ(world.pa.serve_older_crl(0, {}).error().code, ErrorCode::kNotFound);
      EXPECT_EQ(world.pa.serve_older_crl(2, {}).error().code, ErrorCode::kNotFound);
      EXPECT_TRUE(world.pa.serve_older_crl(1, 10min));
      EXPECT_TRUE(world.pa.publish_crl());  // Not served.
    });
    const auto again = fetch_crl(world);
    EXPECT_EQ((*again)->der, (*first)->der);

    PolicyAdministratorClient client(world.tester(), world.access("beta-voice"));
    TrustSource source(world.tester(), client,
                       {.root = world.pa.trust_anchor(),
                        .anchor_url = {},
                        .list_url = {},
                        .crl_url = world.pa.crl_url(),
                        .pin_signer = false});
    // RFC 5280 §5.2.3: only who knows the newer number notices.
    EXPECT_THAT(source.crl((*second)->number.value()).error().detail,
                HasSubstr("crl_number_went_back"));
    EXPECT_TRUE(source.crl({}));

    // Another rollback begins before the first one ends: the end of the first is not its end.
    world.tester().sleep_for(5min);
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.serve_older_crl(2, 10min)); });
    world.tester().sleep_for(6min);
    EXPECT_FALSE(source.crl((*second)->number.value()));
    world.tester().sleep_for(5min);
    EXPECT_TRUE(source.crl((*second)->number.value()));
  });
}

TEST(PolicyAdministrator, AnExpiredLoginIsRenewedByTheClient) {
  Ecosystem world;
  world.play_when_set_up([&] {
    PolicyAdministratorClient client(world.tester(), world.access("acme-tel"));
    EXPECT_TRUE(client.ca_list());
    world.tester().sleep_for(2h);
    EXPECT_TRUE(client.ca_list());
    PolicyAdministratorAccess wrong = world.access("acme-tel");
    wrong.password = "guess";
    PolicyAdministratorClient stranger(world.tester(), wrong);
    EXPECT_EQ(stranger.ca_list().error().code, ErrorCode::kRefused);
  });
}

TEST(PolicyAdministrator, ListsApprovedCasWithARisingSequence) {
  Ecosystem world;
  world.play_when_set_up([&] {
    PolicyAdministratorClient client(world.tester(), world.access("beta-voice"));
    const auto first = judge(world, client.ca_list().value());
    ASSERT_TRUE(first.ok) << first.failed_rule << first.detail;
    EXPECT_EQ(first.anchors.size(), 2u);
    EXPECT_THAT(first.alarms, IsEmpty());
    const auto before = stir::parse_ca_list(client.ca_list().value())->list;
    EXPECT_EQ(before.version, "1.0");

    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.remove_ca("ca-one", "compromise")); });
    const auto without = judge(world, client.ca_list().value(), before.sequence);
    ASSERT_TRUE(without.ok);
    ASSERT_EQ(without.anchors.size(), 1u);
    EXPECT_EQ(without.anchors[0], world.ca_two.root());
    const auto after = stir::parse_ca_list(client.ca_list().value())->list;
    EXPECT_EQ(after.sequence, before.sequence + 1);

    world.on(world.pa.env(), [&] {
      EXPECT_EQ(world.pa.remove_ca("ca-one", "again").error().code, ErrorCode::kNotFound);
      EXPECT_TRUE(world.pa.restore_ca("ca-one"));
    });
    EXPECT_EQ(judge(world, client.ca_list().value()).anchors.size(), 2u);
  });
  EXPECT_THAT(world.happenings(HappeningKind::kCaApproved),
              testing::UnorderedElementsAre("ca-one", "ca-two"));
  EXPECT_THAT(world.happenings(HappeningKind::kCaRemoved), ElementsAre("ca-one"));
}

TEST(PolicyAdministrator, SignsTheListAnewBeforeItExpires) {
  PolicyAdministratorOptions options;
  options.ca_list_valid_for = 24h;
  Ecosystem world(options);
  world.play_when_set_up([&] {
    PolicyAdministratorClient client(world.tester(), world.access("beta-voice"));
    for (int day = 0; day < 5; ++day) {
      EXPECT_TRUE(judge(world, client.ca_list().value()).ok) << day;
      world.tester().sleep_for(25h);
    }
  });
}

TEST(PolicyAdministrator, PublishesItsCrlEveryTwelveHours) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto first = fetch_crl(world);
    EXPECT_TRUE(judge(world, first).usable) << judge(world, first).detail;
    EXPECT_EQ((*first)->this_update, kEpoch);
    EXPECT_EQ((*first)->next_update, kEpoch + 24h);
    EXPECT_EQ((*first)->number, crypto::Bytes("\x01"));
    EXPECT_EQ((*first)->issuer_der, world.pa.crl_pointer().crl_issuer_der);
    ASSERT_TRUE((*first)->issuing_distribution_point);
    EXPECT_TRUE((*first)->issuing_distribution_point->critical);
    EXPECT_TRUE((*first)->issuing_distribution_point->indirect);

    const auto chain = certificate_from(world, world.ca_one);
    world.on(world.pa.env(), [&] {
      EXPECT_TRUE(world.pa.revoke(chain.leaf(), crypto::CrlReason::kKeyCompromise, "sti-ga"));
    });
    world.tester().sleep_until(kEpoch + 12h - 1s);
    EXPECT_EQ(fetch_crl(world)->size(), 0u);
    world.tester().sleep_until(kEpoch + 12h + 1s);
    const auto second = fetch_crl(world);
    EXPECT_EQ((*second)->this_update, kEpoch + 12h);
    EXPECT_EQ((*second)->number, crypto::Bytes("\x02"));
    const auto status = stir::revocation_status(*chain.leaf(), *second);
    EXPECT_EQ(status.state, stir::RevocationState::kRevoked);
    EXPECT_EQ(status.reason, static_cast<std::uint8_t>(crypto::CrlReason::kKeyCompromise));
  });
  const auto revocations = world.events<RevocationEvent>();
  ASSERT_EQ(revocations.size(), 1u);  // When it is published, not when it is reported, and once.
  EXPECT_EQ(revocations[0].second->reported_by, "sti-ga");
  EXPECT_EQ(revocations[0].second->reason, "keyCompromise");
  EXPECT_EQ(revocations[0].second->crl_number, 2u);
  EXPECT_THAT(revocations[0].second->issuer, HasSubstr("ca-one"));
}

TEST(PolicyAdministrator, TellsCachesToComeBackForTheNextCrl) {
  Ecosystem world;
  world.play_when_set_up([&] {
    world.tester().sleep_until(kEpoch + 11h);
    const auto answer = world.get(world.pa.crl_url());
    EXPECT_EQ(answer.response.headers.get("Cache-Control"), "max-age=3599");
  });
}

TEST(PolicyAdministrator, PublishesAtOnceIfSoConfigured) {
  PolicyAdministratorOptions options;
  options.crl_published_at_once = true;
  Ecosystem world(options);
  world.play_when_set_up([&] {
    const auto chain = certificate_from(world, world.ca_one);
    world.on(world.pa.env(), [&] {
      EXPECT_TRUE(world.pa.revoke(chain.leaf(), crypto::CrlReason::kSuperseded, "sti-ga"));
    });
    world.tester().sleep_for(1s);
    EXPECT_EQ(fetch_crl(world)->size(), 1u);
  });
}

TEST(PolicyAdministrator, RevocationsAtOneMomentShareOnePublication) {
  PolicyAdministratorOptions options;
  options.crl_published_at_once = true;
  CertificationAuthorityOptions ca_options;
  ca_options.subscribers = 1'203;
  Ecosystem world(options, ca_options);
  world.play_when_set_up([&] {
    while (world.happenings(HappeningKind::kSubscribersCertified).size() < 2)
      world.tester().sleep_for(1ms);
    std::vector<crypto::CertificatePtr> certificates;
    for (const auto& [actor, event] : world.events<CertificateEvent>()) {
      if (actor != "ca-one" || event->kind != stir::CertificateRole::kEndEntity) continue;
      certificates.push_back(crypto::Certificate::from_der(event->der).value());
    }
    ASSERT_EQ(certificates.size(), 1'203u);
    const auto revoke = [&](std::size_t begin, std::size_t end) {
      const std::size_t before = world.happenings(HappeningKind::kCrlPublished).size();
      world.on(world.pa.env(), [&] {
        for (std::size_t i = begin; i < end; ++i) {
          EXPECT_TRUE(world.pa.revoke(certificates[i], crypto::CrlReason::kCaCompromise, "sti-ga"));
        }
      });
      world.tester().sleep_for(1min);
      return world.happenings(HappeningKind::kCrlPublished).size() - before;
    };
    EXPECT_EQ(revoke(0, 1'202), 1u);
    EXPECT_EQ(fetch_crl(world)->size(), 1'202u);
    // The next one is not held back for it, and what is revoked already publishes nothing.
    EXPECT_EQ(revoke(1'202, 1'203), 1u);
    EXPECT_EQ(fetch_crl(world)->size(), 1'203u);
    EXPECT_EQ(revoke(0, 1'203), 0u);
  });
}

TEST(PolicyAdministrator, TheCrlTellsEqualSerialsOfTwoCasApart) {
  // Two CAs gave the same serial; only that of ca-one is revoked, then another one of ca-two.
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto one = certificate_from(world, world.ca_one);
    const auto two = certificate_from(world, world.ca_two);
    RevocationRegister revocations;
    EXPECT_TRUE(revocations.add({.issuer_der = one.leaf()->issuer_der(),
                                 .serial = one.leaf()->serial(),
                                 .reason = crypto::CrlReason::kKeyCompromise,
                                 .reported_at = kEpoch,
                                 .reported_by = "ca-one",
                                 .fingerprint = {}}));
    EXPECT_TRUE(revocations.add({.issuer_der = two.leaf()->issuer_der(),
                                 .serial = crypto::der::positive_integer("\x01\x02"),
                                 .reason = crypto::CrlReason::kUnspecified,
                                 .reported_at = kEpoch,
                                 .reported_by = "ca-two",
                                 .fingerprint = {}}));
    EXPECT_FALSE(revocations.add({.issuer_der = one.leaf()->issuer_der(),
                                  .serial = one.leaf()->serial(),
                                  .reason = crypto::CrlReason::kSuperseded,
                                  .reported_at = kEpoch,
                                  .reported_by = "again",
                                  .fingerprint = {}}));
    crypto::CrlSpec spec;
    spec.issuer = world.pa.crl_pointer().crl_issuer_der;
    spec.this_update = kEpoch;
    spec.indirect = true;
    spec.entries = revocations.entries();
    const auto key = world.new_key();
    const auto der = world.tester().compute(
        work::kBuildCrl,
        [](const crypto::CrlSpec& crl, const crypto::PrivateKeyPtr& signer) {
          return crypto::build_crl(crl, *signer);
        },
        spec, key);
    const auto crl = crypto::Crl::read(der.value()).value();
    ASSERT_EQ(crl->size(), 2u);
    EXPECT_TRUE(crl->entry(0).names_issuer);
    EXPECT_TRUE(crl->entry(1).names_issuer);
    EXPECT_EQ(crl->entry(1).reason, std::nullopt);  // Absent rather than unspecified.
    EXPECT_TRUE(crl->find(one.leaf()->issuer_der(), one.leaf()->serial()));
    EXPECT_FALSE(crl->find(two.leaf()->issuer_der(), one.leaf()->serial()));
    EXPECT_FALSE(crl->find(one.leaf()->issuer_der(), crypto::der::positive_integer("\x01\x02")));
    EXPECT_EQ(revocations.take_newly_published(1).size(), 1u);
    EXPECT_EQ(revocations.take_newly_published(2).size(), 1u);
    EXPECT_THAT(revocations.take_newly_published(2), IsEmpty());
  });
}

TEST(PolicyAdministrator, TakesReportsOfTheIssuerAndTheSubjectOnly) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto chain = certificate_from(world, world.ca_one);
    const auto report = [&](const std::string& account, const IssuedChain& what) {
      PolicyAdministratorClient client(world.tester(), world.access(account));
      return client.report_revocation({.certificate = what.leaf(),
                                       .chain_pem = what.pem,
                                       .reason = crypto::CrlReason::kKeyCompromise,
                                       .reported_by = {}});
    };
    for (const std::string stranger : {"beta-voice", "ca-two"}) {
      const auto refused = report(stranger, chain);
      ASSERT_FALSE(refused) << stranger;
      EXPECT_THAT(refused.error().detail, HasSubstr("HTTP 403"));
    }
    EXPECT_TRUE(report("acme-tel", chain));
    EXPECT_TRUE(report("ca-one", chain));  // A second report changes nothing.
    EXPECT_TRUE(report("ca-one", certificate_from(world, world.ca_one)));

    // A provider's code in a certificate of one's own making is no certificate of the provider.
    const auto forged = world.tester().compute(
        work::kIssueCertificate,
        [](const stir::CrlPointer& crl, const crypto::Bytes& issuer) {
          auto hierarchy = make_hierarchy("mallory", kEpoch - 1h, crl).value();
          CertificateContents contents;
          contents.subject_spki_der = hierarchy->root_key->public_key()->spki_der();
          contents.scope = {crypto::TnEntry::service_provider_code("818H")};
          contents.not_before = kEpoch;
          contents.not_after = kEpoch + 1h;
          auto leaf = issue_under(hierarchy, contents, crl).value();
          IssuedChain result;
          result.certificates = {leaf, hierarchy->intermediate};
          result.pem = crypto::write_pem(result.certificates);
          EXPECT_NE(leaf->issuer_der(), issuer);
          return result;
        },
        world.pa.crl_pointer(), chain.leaf()->issuer_der());
    EXPECT_FALSE(report("beta-voice", forged));
    world.tester().sleep_until(kEpoch + 12h + 1s);
    EXPECT_EQ(fetch_crl(world)->size(), 2u);
  });
  const auto revocations = world.events<RevocationEvent>();
  ASSERT_EQ(revocations.size(), 2u);
  EXPECT_EQ(revocations[0].second->reported_by, "acme-tel");
  EXPECT_EQ(revocations[1].second->reported_by, "ca-one");
}

TEST(PolicyAdministrator, AnIssuerMayReportBySerialAloneOthersMayNot) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto chain = certificate_from(world, world.ca_one);
    const auto status = [&](const std::string& account) {
      const auto login = world.tester().exchange(
          json_post(world.pa.base_url() + "/api/v1/auth/login",
                    {{"userId", account}, {"password", "password of " + account}}),
          5s);
      const auto access = stir::parse_json_object(login.response.body).value()["accessToken"];
      sim::Request request =
          json_post(world.pa.base_url() + "/sti-pa/revocations",
                    {{"issuerDN", crypto::base64_encode(chain.leaf()->issuer_der())},
                     {"serial", crypto::to_hex(chain.leaf()->serial())},
                     {"reason", "superseded"}});
      request.headers.add("Authorization", std::string(access));
      return world.tester().exchange(request, 5s).response.status;
    };
    EXPECT_EQ(status("acme-tel"), 403);
    EXPECT_EQ(status("ca-two"), 403);
    EXPECT_EQ(status("ca-one"), 200);
  });
}

TEST(PolicyAdministrator, TheSameSeedGivesTheSameCertificates) {
  const auto fingerprints = [] {
    Ecosystem world;
    world.play_when_set_up([&] { certificate_from(world, world.ca_one); });
    std::vector<std::string> found;
    for (const auto& [actor, event] : world.events<CertificateEvent>()) {
      found.push_back(event->fingerprint);
    }
    return found;
  };
  const auto first = fingerprints();
  EXPECT_EQ(first.size(), 3u + 2u + 2u + 1u);
  EXPECT_EQ(first, fingerprints());
}

}  // namespace
}  // namespace shakedown::actors

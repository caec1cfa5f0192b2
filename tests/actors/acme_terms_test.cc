// Terms of service that change (RFC 8555 §7.3.3): the server asks accounts to agree again before
// they order anything, and our client does so or says why not.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "actors/signing/key_store.h"
#include "actors/signing/sti_certificate_source.h"
#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/http_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kNewTerms = "https://ca-one.test/terms/2";

class AcmeTerms : public testing::Test {
 protected:
  explicit AcmeTerms(const std::string& first = "https://ca-one.test/terms/1")
      : world_({}, options(first)) {}

  static CertificationAuthorityOptions options(const std::string& first) {
    CertificationAuthorityOptions options;
    options.accounts.terms_of_service = first;
    return options;
  }

  void publish(std::string_view url) {
    world_.on(world_.ca_one.env(), [&] { world_.ca_one.publish_terms(std::string(url)); });
  }

  static stir::Json order_body() {
    const std::string value = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
    const stir::Json identifier{{"type", "TNAuthList"}, {"value", value}};
    return {{"identifiers", stir::Json::array({identifier})}};
  }

  void play(const std::function<void(AcmeTester&)>& fn) {
    world_.play_when_set_up([&] {
      AcmeTester acme(world_.tester(), world_.ca_one.base_url());
      fn(acme);
    });
  }

  void expect_refused(const AcmeReply& reply, std::string_view terms) {
    EXPECT_EQ(reply.verdict(), "403 userActionRequired");
    EXPECT_EQ(reply.link("terms-of-service"), terms);
    EXPECT_EQ(reply.body["instance"], world_.ca_one.base_url() + "/acme/agreement");
    EXPECT_FALSE(reply.header("Replay-Nonce").empty());
  }

  std::string token(const AcmeTester& acme) {
    PolicyAdministratorClient client(world_.tester(), world_.access("acme-tel"));
    return client.spc_token(Ecosystem::spc_list("709J"), *acme.key->public_key())->token;
  }

  Ecosystem world_;
};

TEST_F(AcmeTerms, NewAccountsAgreeToThoseOfToday) {
  play([&](AcmeTester& acme) {
    expect_refused(acme.register_account(), "https://ca-one.test/terms/1");
    EXPECT_EQ(acme.register_account({{"termsOfServiceAgreed", true}}).verdict(), "201");
    EXPECT_EQ(acme.post("/acme/new-order", order_body()).verdict(), "201");
    publish(kNewTerms);
    EXPECT_EQ(acme.send("GET", "/acme/directory").body["meta"]["termsOfService"], kNewTerms);
    AcmeTester other(world_.tester(), world_.ca_one.base_url());
    expect_refused(other.register_account(), kNewTerms);
    EXPECT_EQ(other.register_account({{"termsOfServiceAgreed", true}}).verdict(), "201");
    EXPECT_EQ(other.post("/acme/new-order", order_body()).verdict(), "201");
  });
  EXPECT_THAT(world_.happenings(HappeningKind::kTermsPublished), ElementsAre("ca-one"));
}

TEST_F(AcmeTerms, AccountsThatAgreedToOldOnesOrderNothingUntilTheyAgreeAgain) {
  play([&](AcmeTester& acme) {
    acme.register_account({{"termsOfServiceAgreed", true}});
    const AcmeReply order = acme.post("/acme/new-order", order_body());
    const std::string authorization = order.body["authorizations"][0];
    const std::string challenge = acme.post(authorization).body["challenges"][0]["url"];
    const AcmeReply ready = acme.post("/acme/new-order", order_body());
    const std::string answered =
        acme.post(std::string(ready.body["authorizations"][0])).body["challenges"][0]["url"];
    EXPECT_EQ(acme.post(answered, stir::Json{{"tkauth", token(acme)}}).body["status"], "valid");
    publish(kNewTerms);

    const stir::Json identifier = order_body()["identifiers"][0];
    expect_refused(acme.post("/acme/new-order", order_body()), kNewTerms);
    expect_refused(acme.post("/acme/new-authz", stir::Json{{"identifier", identifier}}), kNewTerms);
    expect_refused(acme.post(challenge, stir::Json{{"tkauth", token(acme)}}), kNewTerms);
    expect_refused(acme.post(std::string(ready.body["finalize"]), stir::Json{{"csr", "AAAA"}}),
                   kNewTerms);
    // Looks, updates, and the end of things.
    EXPECT_EQ(acme.post(order.header("Location")).body["status"], "pending");
    EXPECT_EQ(acme.post(challenge).body["status"], "pending");
    EXPECT_EQ(acme.post(ready.header("Location")).body["status"], "ready");
    const stir::Json contact = stir::Json::array({"mailto:a@b"});
    EXPECT_EQ(acme.post(acme.account, stir::Json{{"contact", contact}}).verdict(), "200");
    EXPECT_EQ(acme.post("/acme/revoke-cert", stir::Json{{"certificate", "AAAA"}}).verdict(),
              "403 unauthorized");
    // Neither a second registration nor "false" is an agreement.
    const std::string account = std::exchange(acme.account, "");
    EXPECT_EQ(acme.post("/acme/new-account", stir::Json{{"termsOfServiceAgreed", true}}).verdict(),
              "200");
    acme.account = account;
    EXPECT_EQ(acme.post(acme.account, stir::Json{{"termsOfServiceAgreed", false}}).verdict(),
              "200");
    expect_refused(acme.post("/acme/new-order", order_body()), kNewTerms);

    EXPECT_EQ(acme.post(acme.account, stir::Json{{"termsOfServiceAgreed", true}}).verdict(), "200");
    EXPECT_EQ(acme.post(challenge, stir::Json{{"tkauth", token(acme)}}).body["status"], "valid");
    EXPECT_EQ(acme.post("/acme/new-order", order_body()).verdict(), "201");
    EXPECT_EQ(acme.post(std::string(ready.body["finalize"]), stir::Json{{"csr", "AAAA"}}).verdict(),
              "400 badCSR");
    // Back to the first ones is a change, too.
    publish("https://ca-one.test/terms/1");
    expect_refused(acme.post("/acme/new-order", order_body()), "https://ca-one.test/terms/1");
  });
}

TEST_F(AcmeTerms, APageTellsPeopleHowToAgree) {
  play([&](AcmeTester& acme) {
    publish(kNewTerms);
    const HttpReply page = ask_by_hand(
        world_.tester(), {.method = "GET", .url = acme.url("/acme/agreement"), .type = ""});
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("Content-Type"), "text/plain");
    EXPECT_THAT(page.text, testing::HasSubstr(kNewTerms));
    EXPECT_THAT(page.text, testing::HasSubstr("termsOfServiceAgreed"));
  });
}

// ---- The client.

class AcmeTermsOfAClient : public AcmeTerms {
 protected:
  AcmeTermsOfAClient()
      : AcmeTerms("") {}  // None at first.

  // A provider's certificates, one after the other with one account.
  std::optional<StiCertificateSource> source_;
  std::unique_ptr<KeyStore> keys_;

  void make_source(PolicyAdministratorClient& client, bool agrees) {
    keys_ = make_key_store(world_.tester(), KeyCustody::kMemory, {}, nullptr);
    StiCertificateSourceOptions options;
    options.organization = "Acme Tel";
    options.tn_auth_list = {crypto::TnEntry::service_provider_code("709J")};
    options.ca = "ca-one";
    options.ca_directory_url = world_.ca_one.directory_url();
    options.agree_to_changed_terms = agrees;
    source_.emplace(world_.tester(), *keys_, client, options);
  }

  Result<IssuedChain> certificate() { return source_->order(keys_->generate().value(), 24h); }
};

TEST_F(AcmeTermsOfAClient, AgreesOnceAndGoesOn) {
  play([&](AcmeTester&) {
    PolicyAdministratorClient client(world_.tester(), world_.access("acme-tel"));
    make_source(client, true);
    const auto before = certificate();
    ASSERT_TRUE(before) << before.error().detail;
    EXPECT_EQ(before->agreed_terms, "");
    publish(kNewTerms);
    const auto after = certificate();
    ASSERT_TRUE(after) << after.error().detail;
    EXPECT_EQ(after->agreed_terms, kNewTerms);
    const auto again = certificate();
    ASSERT_TRUE(again) << again.error().detail;
    EXPECT_EQ(again->agreed_terms, "");
  });
  EXPECT_THAT(world_.happenings(HappeningKind::kTermsAgreed), ElementsAre("tester"));
}

TEST_F(AcmeTermsOfAClient, SaysWhatIsToBeAgreedToIfItMayNotAgree) {
  play([&](AcmeTester&) {
    PolicyAdministratorClient client(world_.tester(), world_.access("acme-tel"));
    make_source(client, false);
    EXPECT_TRUE(certificate());
    publish(kNewTerms);
    const auto refused = certificate();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_EQ(refused.error().detail,
              "new-order: userActionRequired: the terms of service have changed: "
              "https://ca-one.test/terms/2; terms of service: https://ca-one.test/terms/2; see "
              "https://ca-one.test/acme/agreement");
  });
  EXPECT_THAT(world_.happenings(HappeningKind::kTermsAgreed), IsEmpty());
}

}  // namespace
}  // namespace shakedown::actors

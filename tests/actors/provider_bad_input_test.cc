// Bad input to the interface where a delegating provider's customers order and revoke delegate
// certificates (RFC 9060): who asks, method, body, members, and whose certificate it is.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "actors/provider/provider.h"
#include "crypto/x509/certificate_bundle.h"
#include "tests/actors/http_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

class ProviderBadInput : public testing::Test {
 protected:
  ProviderBadInput()
      : provider_(world_.world(), options()) {}

  ProviderOptions options() {
    ProviderOptions options;
    options.name = "acme-tel";
    options.host = "acme-tel.test";
    options.policy_administrator = world_.access("acme-tel");
    options.trust_anchors.anchor_url = world_.pa.trust_anchor_url();
    options.trust_anchors.crl_url = world_.pa.crl_url();
    options.certificate_source.organization = "Acme Tel";
    options.certificate_source.tn_auth_list = {crypto::TnEntry::service_provider_code("709J")};
    options.certificate_source.ca = "ca-one";
    options.certificate_source.ca_directory_url = world_.ca_one.directory_url();
    options.delegates = DelegateIssuerOptions{.delegator = "acme-tel",
                                              .organization = "Acme Tel",
                                              .scope = {numbers_},
                                              .crl = world_.pa.crl_pointer(),
                                              .number_authority = {}};
    options.delegate_customers = {{.name = "bank", .organization = "Bank", .secret = "of bank"},
                                  {.name = "shop", .organization = "Shop", .secret = "of shop"}};
    return options;
  }

  HttpReply ask(const std::string& path,
                const std::string& body,
                const std::string& who = "Bearer of bank",
                const std::string& method = "POST") {
    HttpReply reply = ask_by_hand(world_.tester(),
                                  {.method = method,
                                   .url = "https://acme-tel.test/v1/delegate-certificates" + path,
                                   .body = body,
                                   .authorization = who});
    if (reply.status >= 400) {
      EXPECT_EQ(reply.header("Content-Type"), "text/plain");
    }
    return reply;
  }

  stir::Json order(const crypto::TnEntry& entry, const stir::Json& seconds = 3600) {
    const auto list = crypto::encode_tn_auth_list({entry}).value();
    return {{"csr", crypto::base64_encode(world_.csr(world_.new_key(), list))},
            {"lifetimeSeconds", seconds}};
  }

  int ordered(const stir::Json& body) { return ask("", stir::canonical_json(body)).status; }

  // With numbers of its own for the provider's account.
  void play(const std::function<void()>& fn) {
    world_.play_when_set_up([&] {
      world_.on(world_.pa.env(), [&] {
        EXPECT_TRUE(world_.pa.remove_account("acme-tel"));
        PolicyAdministratorAccount account = Ecosystem::account("acme-tel", {"709J"});
        account.numbers = {numbers_};
        EXPECT_TRUE(world_.pa.create_account(account));
      });
      fn();
    });
  }

  const crypto::TnEntry numbers_ = crypto::TnEntry::range("12015550100", 100);
  const crypto::TnEntry one_ = crypto::TnEntry::one("12015550101");
  Ecosystem world_;
  Provider provider_;
};

TEST_F(ProviderBadInput, StrangersAre401) {
  play([&] {
    for (const std::string who : {"", "of bank", "Bearer", "Bearer of", "Bearer of bank2"}) {
      for (const std::string path : {"", "/revoke", "/other"}) {
        const HttpReply reply = ask(path, "{}", who);
        EXPECT_EQ(reply.status, 401) << who;
        EXPECT_EQ(reply.header("WWW-Authenticate"), "Bearer");
      }
    }
  });
}

TEST_F(ProviderBadInput, MethodsPathsAndBodies) {
  play([&] {
    for (const std::string path : {"", "/revoke"}) {
      for (const std::string method : {"GET", "PUT", "DELETE"}) {
        const HttpReply reply = ask(path, "", "Bearer of bank", method);
        EXPECT_EQ(reply.status, 405);
        EXPECT_EQ(reply.header("Allow"), "POST");
      }
      for (const std::string& body :
           {std::string(), std::string("no JSON"), std::string("[]"), std::string("{}"),
            nested_object(17), std::string(64 * 1024 + 1, ' ')}) {
        EXPECT_EQ(ask(path, body).status, 400) << path << " " << body.substr(0, 99);
      }
    }
    for (const std::string path : {"/", "/other", "s", "/revoke/"}) {
      EXPECT_EQ(ask(path, "{}").status, 404) << path;
    }
  });
}

TEST_F(ProviderBadInput, MembersOfAnOrderAndItsLimits) {
  play([&] {
    for (const stir::Json& seconds : {stir::Json(59), stir::Json(366 * 86'400 + 1), stir::Json(-1),
                                      stir::Json("60"), stir::Json(60.5), stir::Json(nullptr)}) {
      EXPECT_EQ(ordered(order(one_, seconds)), 400) << seconds.dump();
    }
    for (const stir::Json& csr : {stir::Json(1), stir::Json("?"), stir::Json("AAAA")}) {
      stir::Json body = order(one_);
      body["csr"] = csr;
      EXPECT_EQ(ordered(body), 400) << csr.dump();
    }
    EXPECT_EQ(ordered(order(crypto::TnEntry::one("13125550101"))), 403);  // Not its number.
    EXPECT_EQ(ordered(order(one_, 60)), 200);
  });
}

TEST_F(ProviderBadInput, ACustomerRevokesWhatItOrderedAndNothingElse) {
  play([&] {
    const HttpReply made = ask("", stir::canonical_json(order(one_)));
    ASSERT_EQ(made.status, 200) << made.text;
    const auto chain = crypto::read_pem_certificates(made.body.value("certificate", "")).value();
    const auto revoked = [&](const crypto::CertificatePtr& certificate, const std::string& reason,
                             const std::string& who) {
      const stir::Json body{{"certificate", crypto::base64_encode(certificate->der())},
                            {"reason", reason}};
      const HttpReply reply = ask("/revoke", stir::canonical_json(body), who);
      return std::to_string(reply.status) + " " + reply.text;
    };
    const crypto::CertificatePtr& leaf = chain.certificates.front();
    const std::string not_theirs = "403 not a certificate of this customer";
    EXPECT_EQ(revoked(leaf, "superseded", "Bearer of shop"), not_theirs);
    EXPECT_EQ(revoked(chain.certificates.at(1), "superseded", "Bearer of bank"), not_theirs);
    EXPECT_TRUE(revoked(leaf, "whim", "Bearer of bank").starts_with("400 "));
    EXPECT_TRUE(world_.happenings(HappeningKind::kRevocationReported).empty());
    EXPECT_EQ(revoked(leaf, "superseded", "Bearer of bank"), "200 revoked");
  });
  EXPECT_EQ(world_.happenings(HappeningKind::kRevocationReported).size(), 1u);
}

}  // namespace
}  // namespace shakedown::actors

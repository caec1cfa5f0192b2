// The CA for ordinary ACME clients: dns names, challenges that always hold, a hierarchy of its own.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "actors/certification_authority/dns_profile.h"
#include "actors/workload/work.h"
#include "crypto/x509/certificate_bundle.h"
#include "crypto/x509/path.h"
#include "crypto/x509/tls_extensions.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class AcmeDns : public testing::Test {
 protected:
  AcmeDns()
      : ca_(world_.world(), dns_options()) {}

  static CertificationAuthorityOptions dns_options() {
    CertificationAuthorityOptions options;
    options.name = "acme-dns";
    options.always_valid_dns = true;
    return options;
  }

  void play(const std::function<void(AcmeTester&)>& fn) {
    world_.play([&] {
      AcmeTester acme(world_.tester(), ca_.base_url());
      fn(acme);
    });
  }

  static stir::Json order_for(const std::vector<std::string>& names,
                              const std::string& type = "dns") {
    stir::Json identifiers = stir::Json::array();
    for (const auto& name : names) identifiers.push_back({{"type", type}, {"value", name}});
    return {{"identifiers", identifiers}};
  }

  // Answers one challenge of each authorization.
  static void answer(AcmeTester& acme, const AcmeReply& order, const std::string& type) {
    for (const std::string url : order.body["authorizations"]) {
      const AcmeReply authorization = acme.post(url);
      for (const auto& challenge : authorization.body["challenges"]) {
        if (challenge["type"] != type) continue;
        EXPECT_EQ(acme.post(challenge["url"], stir::Json::object()).body["status"], "valid");
      }
    }
  }

  std::string csr(const crypto::PrivateKeyPtr& key,
                  const std::vector<std::string>& names,
                  const std::string& common_name = "") {
    crypto::RequestSpec spec;
    crypto::Name subject;
    if (!common_name.empty()) subject.attributes = {{.type = "CN", .value = common_name}};
    spec.subject = subject;
    if (!names.empty()) spec.extensions = {crypto::extension::subject_alt_name(names)};
    return world_.signed_request(spec, key);
  }

  crypto::PrivateKeyPtr new_key() {
    return world_.tester().compute(work::kGenerateKey, crypto::PrivateKey::generate).value();
  }

  // From the order to the URL of the certificate.
  std::string certify(AcmeTester& acme,
                      const std::vector<std::string>& names,
                      const crypto::PrivateKeyPtr& key) {
    const AcmeReply order = acme.post("/acme/new-order", order_for(names));
    answer(acme, order, "dns-01");
    const auto body = stir::acme::finalize_body(csr(key, names));
    const AcmeReply finalized = acme.post(order.body["finalize"], body);
    EXPECT_EQ(finalized.body["status"], "processing") << finalized.detail;
    world_.tester().sleep_for(2s);
    return acme.post(order.header("Location")).body["certificate"];
  }

  static crypto::Bytes leaf_of(const AcmeReply& certificate) {
    return crypto::read_pem_certificates(certificate.text).value().certificates.front()->der();
  }

  TestWorld world_;
  CertificationAuthority ca_;
};

TEST_F(AcmeDns, CertifiesNamesWithoutALook) {
  play([&](AcmeTester& acme) {
    acme.register_account();
    const AcmeReply order =
        acme.post("/acme/new-order", order_for({"Example.org", "*.wild.example.org"}));
    EXPECT_EQ(order.verdict(), "201");
    ASSERT_EQ(order.body["authorizations"].size(), 2u);
    EXPECT_EQ(order.body["identifiers"][0]["value"], "example.org");
    const AcmeReply plain = acme.post(order.body["authorizations"][0]);
    EXPECT_EQ(plain.body["challenges"].size(), 2u);
    EXPECT_FALSE(plain.body.contains("wildcard"));
    EXPECT_FALSE(plain.body["challenges"][0].contains("tkauth-type"));
    // The wildcard is told apart, and cannot be shown by HTTP.
    const AcmeReply wild = acme.post(order.body["authorizations"][1]);
    EXPECT_EQ(wild.body["identifier"]["value"], "wild.example.org");
    EXPECT_EQ(wild.body["wildcard"], true);
    ASSERT_EQ(wild.body["challenges"].size(), 1u);
    EXPECT_EQ(wild.body["challenges"][0]["type"], "dns-01");

    const AcmeReply one = acme.post(plain.body["challenges"][0]["url"], stir::Json::object());
    EXPECT_EQ(one.body["status"], "valid");
    EXPECT_EQ(one.link("up"), order.body["authorizations"][0]);
    EXPECT_EQ(acme.post(order.header("Location")).body["status"], "pending");
    // Its sibling is not needed any more.
    EXPECT_EQ(acme.post(plain.body["challenges"][1]["url"], stir::Json::object()).verdict(),
              "400 malformed");
    EXPECT_EQ(acme.post(wild.body["challenges"][0]["url"], stir::Json::object()).verdict(), "200");
    EXPECT_EQ(acme.post(order.header("Location")).body["status"], "ready");
  });
}

TEST_F(AcmeDns, IssuesUnderTwoRootsOfItsOwn) {
  play([&](AcmeTester& acme) {
    acme.register_account();
    const auto key = new_key();
    const std::string url = certify(acme, {"example.org", "*.example.org"}, key);
    const AcmeReply reply = acme.post(url);
    EXPECT_EQ(reply.header("Content-Type"), "application/pem-certificate-chain");
    const AcmeReply alternate = acme.post(reply.link("alternate"));
    EXPECT_EQ(alternate.link("alternate"), url);
    EXPECT_EQ(acme.post(url + "/2").verdict(), "404 malformed");
    const auto chain = crypto::read_pem_certificates(reply.text).value().certificates;
    const auto other = crypto::read_pem_certificates(alternate.text).value().certificates;
    ASSERT_EQ(chain.size(), 2u);
    ASSERT_EQ(other.size(), 2u);
    EXPECT_EQ(chain[0]->der(), other[0]->der());
    EXPECT_NE(chain[1]->der(), other[1]->der());
    const auto other_root =
        crypto::read_pem_certificates(acme.send("GET", "/certificates/alternate-root.pem").text)
            .value()
            .certificates.front();
    const auto holds = [&](const auto& path, const crypto::CertificatePtr& root) {
      const std::vector issuers{path[1]};
      const std::vector roots{root};
      return crypto::validate_path(path[0], issuers, roots, world_.tester().now()).ok;
    };
    EXPECT_TRUE(holds(chain, ca_.root()));
    EXPECT_TRUE(holds(other, other_root));
    EXPECT_FALSE(holds(chain, other_root));
    EXPECT_FALSE(holds(other, ca_.root()));

    const crypto::Certificate& leaf = *chain[0];
    EXPECT_EQ(leaf->spki_der, key->public_key()->spki_der());
    EXPECT_EQ(leaf.find_extension(crypto::oid::kTnAuthList), nullptr);
    const auto* names = leaf.find_extension(crypto::oid::kSubjectAltName);
    ASSERT_NE(names, nullptr);
    EXPECT_THAT(crypto::read_dns_names(names->value).value(),
                ElementsAre("example.org", "*.example.org"));
    EXPECT_THAT(ca_.root()->subject().text(), HasSubstr("TEST - NOT TRUSTED"));
  });
}

TEST_F(AcmeDns, RefusesIdentifiersOneByOne) {
  play([&](AcmeTester& acme) {
    acme.register_account();
    const AcmeReply refused = acme.post(
        "/acme/new-order", order_for({"good.example.org", "-bad.example.org", "good.example.org"}));
    EXPECT_EQ(refused.verdict(), "400 rejectedIdentifier");
    ASSERT_EQ(refused.body["subproblems"].size(), 2u);
    EXPECT_EQ(refused.body["subproblems"][0]["identifier"]["value"], "-bad.example.org");
    EXPECT_EQ(refused.body["subproblems"][1]["identifier"]["value"], "good.example.org");
    EXPECT_FALSE(refused.body.contains("identifier"));
    EXPECT_EQ(acme.post("/acme/new-order", order_for({"MAigBhYENzA5Sg"}, "TNAuthList")).verdict(),
              "400 unsupportedIdentifier");
    EXPECT_EQ(acme.post("/acme/new-order", order_for({"127.0.0.1"}, "ip")).verdict(),
              "400 unsupportedIdentifier");
    EXPECT_EQ(acme.post("/acme/new-order", order_for({})).verdict(), "400 malformed");
  });
}

TEST_F(AcmeDns, RefusesRequestsForSomethingElse) {
  play([&](AcmeTester& acme) {
    acme.register_account();
    const AcmeReply order = acme.post("/acme/new-order", order_for({"a.example.org"}));
    answer(acme, order, "http-01");
    const auto verdict = [&](const std::string& der) {
      const AcmeReply refused = acme.post(order.body["finalize"], stir::acme::finalize_body(der));
      if (refused.status != 200) {
        EXPECT_EQ(acme.post(order.header("Location")).body["status"], "ready");
      }
      return refused.verdict();
    };
    const auto key = new_key();
    EXPECT_EQ(verdict(csr(key, {"b.example.org"})), "400 badCSR");
    EXPECT_EQ(verdict(csr(key, {"a.example.org", "b.example.org"})), "400 badCSR");
    EXPECT_EQ(verdict(csr(key, {"a.example.org"}, "b.example.org")), "400 badCSR");
    EXPECT_EQ(verdict(csr(key, {})), "400 badCSR");
    EXPECT_EQ(verdict(csr(acme.key, {"a.example.org"})), "400 badCSR");
    std::string spoilt = csr(key, {"a.example.org"});
    spoilt.back() = static_cast<char>(spoilt.back() ^ 1);
    EXPECT_EQ(verdict(spoilt), "400 badCSR");
    EXPECT_EQ(verdict(csr(key, {}, "A.example.org")), "200");  // In the CN alone, as of old.
    const auto again = stir::acme::finalize_body(csr(key, {"a.example.org"}));
    EXPECT_EQ(acme.post(order.body["finalize"], again).verdict(), "403 orderNotReady");
  });
}

TEST_F(AcmeDns, RevokesByAnAccountThatHoldsTheNamesToo) {
  play([&](AcmeTester& acme) {
    acme.register_account();
    const auto key = new_key();
    const auto der = leaf_of(acme.post(certify(acme, {"a.example.org", "b.example.org"}, key)));
    stir::acme::Revocation revocation;
    revocation.certificate_der = der;
    const auto ask = [&](AcmeTester& asker, std::optional<int> reason = {}) {
      revocation.reason = reason;
      return asker.post("/acme/revoke-cert", stir::acme::to_json(revocation)).verdict();
    };
    AcmeTester other(world_.tester(), ca_.base_url());
    other.register_account();
    EXPECT_EQ(ask(other), "403 unauthorized");
    answer(other, other.post("/acme/new-order", order_for({"a.example.org"})), "dns-01");
    EXPECT_EQ(ask(other), "403 unauthorized");
    const AcmeReply order = other.post("/acme/new-order", order_for({"b.example.org"}));
    answer(other, order, "dns-01");
    for (const int reason : {2, 6, 7, 8, 10, 11}) {
      EXPECT_EQ(ask(other, reason), "400 badRevocationReason") << reason;
    }
    EXPECT_EQ(ask(other, 256), "400 malformed");
    // Not once it has given one of them up.
    other.post(order.body["authorizations"][0], stir::Json{{"status", "deactivated"}});
    EXPECT_EQ(ask(other), "403 unauthorized");
    answer(other, other.post("/acme/new-order", order_for({"b.example.org"})), "dns-01");
    EXPECT_EQ(ask(other, 4), "200");
    EXPECT_EQ(ask(acme), "400 alreadyRevoked");
    revocation.certificate_der = "nothing of ours";
    EXPECT_EQ(ask(acme), "403 unauthorized");
  });
}

TEST_F(AcmeDns, TheKeyOfACertificateRevokesItWithoutAnAccount) {
  play([&](AcmeTester& acme) {
    acme.register_account();
    const auto key = new_key();
    stir::acme::Revocation revocation;
    revocation.certificate_der = leaf_of(acme.post(certify(acme, {"a.example.org"}, key)));
    revocation.reason = 1;
    AcmeTester holder(world_.tester(), ca_.base_url());
    EXPECT_EQ(holder.post("/acme/revoke-cert", stir::acme::to_json(revocation)).verdict(),
              "403 unauthorized");
    holder.key = key;
    EXPECT_EQ(holder.post("/acme/revoke-cert", stir::acme::to_json(revocation)).verdict(), "200");
  });
}

TEST(DnsName, IsAHostName) {
  const std::string label(63, 'a');
  for (const std::string name : {"a.b", "*.a.b", "xn--bcher-kva.example", "1.2", "A-1.example"}) {
    EXPECT_FALSE(objection_to_dns_name(name)) << name;
  }
  EXPECT_FALSE(objection_to_dns_name(label + ".b"));
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'b');
  ASSERT_EQ(longest.size(), 253u);
  EXPECT_FALSE(objection_to_dns_name(longest));
  EXPECT_TRUE(objection_to_dns_name(longest + "b"));
  EXPECT_TRUE(objection_to_dns_name(label + "a.b"));
  for (const std::string name : {"", "a", ".", "a.", ".a", "a..b", "a.b.", "-a.b", "a-.b", "*a.b",
                                 "a.*.b", "*", "*.", "*.a", "a_b.c", "a b.c", "\xc3\xbc.de"}) {
    EXPECT_TRUE(objection_to_dns_name(name)) << name;
  }
}

}  // namespace
}  // namespace shakedown::actors

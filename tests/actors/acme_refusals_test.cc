// What the STI-CA's ACME server refuses of orders, requests and revocations (RFC 8555 §7.4 to §7.6,
// RFC 9448): HTTP status and problem type of each, and what the order becomes.
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/certificate_bundle.h"
#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

// A request that the project itself never makes. Takes the key.
std::string request_of_other_key(EVP_PKEY* made) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, &EVP_PKEY_free);
  const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> request(X509_REQ_new(), &X509_REQ_free);
  EXPECT_EQ(X509_REQ_set_pubkey(request.get(), key.get()), 1);
  EXPECT_GT(X509_REQ_sign(request.get(), key.get(), EVP_sha256()), 0);
  unsigned char* octets = nullptr;
  const int size = i2d_X509_REQ(request.get(), &octets);
  EXPECT_GT(size, 0);
  std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return der;
}

class AcmeRefusals : public testing::Test {
 protected:
  // Within a world whose STI-CA has these options: an account, and tokens for it.
  void play(const std::function<void()>& fn, const CertificationAuthorityOptions& options = {}) {
    world_ = std::make_unique<Ecosystem>(PolicyAdministratorOptions(), options);
    world_->play_when_set_up([&] {
      acme_.emplace(world_->tester(), world_->ca_one.base_url());
      acme_->register_account();
      fn();
    });
  }

  Ecosystem& world() { return *world_; }

  AcmeTester& acme() { return *acme_; }

  static stir::Json identifier(const std::string& value, const std::string& type = "TNAuthList") {
    return {{"type", type}, {"value", value}};
  }

  static std::string value_of(const std::vector<crypto::TnEntry>& entries) {
    return stir::tn_auth_list_identifier(crypto::encode_tn_auth_list(entries).value());
  }

  static std::string own_value() {
    return stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
  }

  static stir::Json order_of(const stir::Json& one) {
    return {{"identifiers", stir::Json::array({one})}};
  }

  std::string ordered(const stir::Json& body) {
    return acme().post("/acme/new-order", body).verdict();
  }

  std::string token(AcmeTester& by, bool ca = false) {
    PolicyAdministratorClient client(world().tester(), world().access("acme-tel"));
    return client.spc_token(Ecosystem::spc_list("709J"), *by.key->public_key(), ca)->token;
  }

  struct Ready {
    std::string url, finalize, challenge, authorization;
  };

  Ready pending_order(AcmeTester& by) {
    const AcmeReply order = by.post("/acme/new-order", order_of(identifier(own_value())));
    EXPECT_EQ(order.verdict(), "201");
    Ready made{
        order.header("Location"), order.body["finalize"], {}, order.body["authorizations"][0]};
    made.challenge = by.post(made.authorization).body["challenges"][0]["url"];
    return made;
  }

  Ready ready_order(AcmeTester& by, bool ca = false) {
    Ready made = pending_order(by);
    const AcmeReply answered = by.post(made.challenge, stir::Json{{"tkauth", token(by, ca)}});
    EXPECT_EQ(answered.body["status"], "valid");
    return made;
  }

  // "200", "403 orderNotReady", "400 badCSR RULE".
  std::string finalize(const Ready& order, const std::string& csr_der) {
    const AcmeReply reply = acme().post(order.finalize, stir::acme::finalize_body(csr_der));
    if (reply.type != "badCSR") return reply.verdict();
    return reply.verdict() + " " + reply.detail.substr(0, reply.detail.find(':'));
  }

  // The certificate of a whole order.
  crypto::CertificatePtr certified(const crypto::PrivateKeyPtr& key) {
    const Ready order = ready_order(acme());
    EXPECT_EQ(finalize(order, world().csr(key, Ecosystem::spc_list("709J"))), "200");
    world().tester().sleep_for(5s);
    const AcmeReply done = acme().post(order.url);
    EXPECT_EQ(done.body["status"], "valid");
    const AcmeReply chain = acme().post(std::string(done.body["certificate"]));
    return crypto::read_pem_certificates(chain.text)->certificates.front();
  }

  static stir::Json revocation(const crypto::CertificatePtr& certificate, int reason) {
    return {{"certificate", crypto::base64url_encode(certificate->der())}, {"reason", reason}};
  }

  std::unique_ptr<Ecosystem> world_;
  std::optional<AcmeTester> acme_;
};

TEST_F(AcmeRefusals, OfIdentifiers) {  // N187, N188, N189, N190
  CertificationAuthorityOptions base;
  base.allow_numbers = false;
  play(
      [&] {
        const std::string der = Ecosystem::spc_list("709J");
        EXPECT_EQ(ordered(order_of(identifier("example.org", "dns"))), "400 unsupportedIdentifier");
        EXPECT_EQ(ordered(order_of(identifier("?"))), "400 malformed");
        EXPECT_EQ(ordered(order_of(identifier("AAAA"))), "400 rejectedIdentifier");
        EXPECT_EQ(ordered(order_of(identifier("MAA"))), "400 rejectedIdentifier");
        const std::string long_form = std::string("\x30\x81\x08", 3) + der.substr(2);
        EXPECT_EQ(ordered(order_of(identifier(crypto::base64url_encode(long_form)))),
                  "400 rejectedIdentifier");
        EXPECT_EQ(ordered(order_of(identifier(crypto::base64url_encode(der + "x")))),
                  "400 rejectedIdentifier");
        const stir::Json two =
            stir::Json::array({identifier(own_value()), identifier(own_value())});
        EXPECT_EQ(ordered(stir::Json{{"identifiers", two}}), "400 rejectedIdentifier");
        const auto number = crypto::TnEntry::one("12015550101");
        EXPECT_EQ(ordered(order_of(identifier(value_of({number})))), "400 rejectedIdentifier");
        EXPECT_EQ(ordered(order_of(identifier(
                      value_of({crypto::TnEntry::service_provider_code("709J"), number})))),
                  "400 rejectedIdentifier");
        EXPECT_EQ(ordered(order_of(identifier(own_value()))), "201");
      },
      base);
}

TEST_F(AcmeRefusals, OfValidities) {  // N191
  CertificationAuthorityOptions options;
  options.max_validity = 24h;
  play(
      [&] {
        const sim::Time now = sim::from_unix_seconds(sim::unix_seconds(world().tester().now()));
        const auto from_to = [&](sim::Time begin, sim::Time end) {
          stir::Json body = order_of(identifier(own_value()));
          body["notBefore"] = sim::format_time(begin);
          body["notAfter"] = sim::format_time(end);
          return ordered(body);
        };
        EXPECT_EQ(from_to(now, now + 24h), "201");
        EXPECT_EQ(from_to(now, now + 24h + 1s), "400 malformed");
        EXPECT_EQ(from_to(now - 23h, now + 1h), "201");
        EXPECT_EQ(from_to(now - 24h - 1s, now - 1s), "400 malformed");
        EXPECT_EQ(from_to(now - 25h, now - 1h), "400 malformed");
        EXPECT_EQ(from_to(now + 1h, now), "400 malformed");
        EXPECT_EQ(from_to(now, now), "400 malformed");
        stir::Json body = order_of(identifier(own_value()));
        body["notAfter"] = "tomorrow";
        EXPECT_EQ(ordered(body), "400 malformed");
      },
      options);
}

TEST_F(AcmeRefusals, OfTheResourcesOfOthers) {  // N192
  play([&] {
    const Ready order = ready_order(acme());
    AcmeTester other(world().tester(), world().ca_one.base_url());
    other.register_account();
    for (const std::string& url : {order.url, order.authorization, order.challenge}) {
      EXPECT_EQ(other.post(url).verdict(), "403 unauthorized") << url;
    }
    EXPECT_EQ(other.post(order.challenge, stir::Json{{"tkauth", token(other)}}).verdict(),
              "403 unauthorized");
    EXPECT_EQ(other.post(order.finalize, stir::Json{{"csr", "AAAA"}}).verdict(),
              "403 unauthorized");
    EXPECT_EQ(acme().post(order.url).body["status"], "ready");
  });
}

TEST_F(AcmeRefusals, OfChallengeAnswersWithoutAToken) {  // N193
  play([&] {
    const Ready order = pending_order(acme());
    for (const stir::Json& answer :
         {stir::Json::object(), stir::Json{{"keyAuthorization", "a.b"}}, stir::Json{{"tkauth", 1}},
          stir::Json{{"tkauth", stir::Json::object()}}, stir::Json{{"atc", nullptr}}}) {
      EXPECT_EQ(acme().post(order.challenge, answer).verdict(), "400 malformed") << answer.dump();
    }
    // Nothing has happened to it.
    EXPECT_EQ(acme().post(order.challenge).body["status"], "pending");
    EXPECT_EQ(acme().post(order.challenge, stir::Json{{"tkauth", token(acme())}}).body["status"],
              "valid");
  });
}

TEST_F(AcmeRefusals, OfFinalizingTooEarlyOrTooLate) {  // N195, N202
  play([&] {
    const Ready early = pending_order(acme());
    const std::string csr = world().csr(world().new_key(), Ecosystem::spc_list("709J"));
    EXPECT_EQ(finalize(early, csr), "403 orderNotReady");
    EXPECT_EQ(acme().post(early.url).body["status"], "pending");
    const Ready late = ready_order(acme());
    const Ready done = ready_order(acme());
    EXPECT_EQ(finalize(done, csr), "200");
    EXPECT_EQ(finalize(done, csr), "403 orderNotReady");
    world().tester().sleep_for(24h);
    EXPECT_EQ(finalize(late, csr), "403 orderNotReady");
    EXPECT_EQ(acme().post(late.url).body["status"], "invalid");
    EXPECT_EQ(acme().post(late.authorization).body["status"], "expired");
    EXPECT_EQ(acme().post(done.url).body["status"], "valid");
  });
}

TEST_F(AcmeRefusals, OfRequestsLeaveTheOrderReady) {  // N164, N196, N197, N198, N200, N201
  play([&] {
    const Ready order = ready_order(acme());
    const std::string list = Ecosystem::spc_list("709J");
    const auto key = world().new_key();
    const auto refused = [&](const std::string& csr) {
      const std::string verdict = finalize(order, csr);
      EXPECT_EQ(acme().post(order.url).body["status"], "ready");
      return verdict;
    };
    const auto with_subject = [&](const std::string& common_name) {
      crypto::RequestSpec spec;
      crypto::Name subject;
      subject.attributes = {{.type = "CN", .value = common_name}};
      spec.subject = subject;
      spec.extensions = {crypto::extension::tn_auth_list(list)};
      return world().signed_request(spec, key);
    };
    std::string spoilt = world().csr(key, list);
    spoilt.back() = static_cast<char>(spoilt.back() ^ 1);
    EXPECT_EQ(refused(spoilt), "400 badCSR csr_signature_is_valid");
    for (const std::string junk : {"no PKCS#10", ""}) {
      EXPECT_TRUE(refused(junk).starts_with("400 badCSR")) << junk;
    }
    EXPECT_EQ(refused(request_of_other_key(EVP_RSA_gen(2048))), "400 badCSR csr_key_is_p256");
    EXPECT_EQ(refused(request_of_other_key(EVP_EC_gen("P-384"))), "400 badCSR csr_key_is_p256");
    crypto::RequestSpec bare;
    bare.subject = crypto::Name{};
    const std::string another_list = "400 badCSR csr_tn_auth_list_matches_order";
    EXPECT_EQ(refused(world().signed_request(bare, key)), another_list);
    EXPECT_EQ(refused(world().csr(key, Ecosystem::spc_list("818H"))), another_list);
    EXPECT_EQ(refused(world().csr(acme().key, list)), "400 badCSR csr_key_is_not_the_account_key");
    EXPECT_EQ(refused(world().csr(key, list, true)), "400 badCSR csr_ca_flag_matches_token");
    // subjectAltName, extendedKeyUsage, authorityInfoAccess.
    for (const std::string oid : {"2.5.29.17", "2.5.29.37", "1.3.6.1.5.5.7.1.1"}) {
      EXPECT_EQ(refused(world().csr(key, list, false, {crypto::extension::raw(oid, false, "x")})),
                "400 badCSR csr_no_other_extensions");
    }
    EXPECT_EQ(refused(with_subject("SHAKEN 818H")), "400 badCSR csr_subject_names_the_provider");
    EXPECT_EQ(finalize(order, with_subject("SHAKEN 709J")), "200");

    const Ready for_a_ca = ready_order(acme(), true);
    EXPECT_EQ(finalize(for_a_ca, world().csr(key, list)), "400 badCSR csr_ca_flag_matches_token");
    EXPECT_EQ(finalize(for_a_ca, world().csr(key, list, true)), "200");
  });
}

TEST_F(AcmeRefusals, OfKeysThatWereCompromised) {  // N199
  play([&] {
    const auto key = world().new_key();
    const auto certificate = certified(key);
    EXPECT_EQ(acme().post("/acme/revoke-cert", revocation(certificate, 1)).verdict(), "200");
    const Ready order = ready_order(acme());
    EXPECT_EQ(finalize(order, world().csr(key, Ecosystem::spc_list("709J"))),
              "400 badCSR a certificate with this key was revoked for compromise");
    EXPECT_EQ(acme().post(order.url).body["status"], "ready");
    // A key that was only superseded is not lost.
    const auto other = world().new_key();
    EXPECT_EQ(acme().post("/acme/revoke-cert", revocation(certified(other), 4)).verdict(), "200");
    EXPECT_EQ(finalize(order, world().csr(other, Ecosystem::spc_list("709J"))), "200");
  });
}

TEST_F(AcmeRefusals, OfRevocations) {  // N203, N204, N205, N206
  play([&] {
    const auto certificate = certified(world().new_key());
    const auto revoked = [&](AcmeTester& by, const stir::Json& body) {
      return by.post("/acme/revoke-cert", body).verdict();
    };
    AcmeTester other(world().tester(), world().ca_one.base_url());
    other.register_account();
    EXPECT_EQ(revoked(other, revocation(certificate, 1)), "403 unauthorized");
    AcmeTester keyholder(world().tester(), world().ca_one.base_url());
    EXPECT_EQ(revoked(keyholder, revocation(certificate, 1)), "403 unauthorized");
    for (const int reason : {2, 6, 7, 8, 10, 11, 255}) {
      EXPECT_EQ(revoked(acme(), revocation(certificate, reason)), "400 badRevocationReason");
    }
    for (const stir::Json& reason : {stir::Json(-1), stir::Json(256), stir::Json("1")}) {
      stir::Json body = revocation(certificate, 1);
      body["reason"] = reason;
      EXPECT_EQ(revoked(acme(), body), "400 malformed") << reason.dump();
    }
    AcmeTester elsewhere(world().tester(), world().ca_two.base_url());
    elsewhere.register_account();
    EXPECT_EQ(revoked(elsewhere, revocation(certificate, 1)), "403 unauthorized");
    EXPECT_EQ(revoked(acme(), stir::Json{{"certificate", "?"}}), "400 malformed");
    EXPECT_EQ(revoked(acme(), stir::Json::object()), "400 malformed");
    EXPECT_EQ(revoked(acme(), revocation(certificate, 1)), "200");
    EXPECT_EQ(revoked(acme(), revocation(certificate, 1)), "400 alreadyRevoked");
  });
  EXPECT_EQ(world().happenings(HappeningKind::kRevocationReported).size(), 1u);
}

TEST_F(AcmeRefusals, OfASecondCertificateWithOneSubjectOnlyWhereSoSet) {  // N210
  for (const bool is_strict : {false, true}) {
    CertificationAuthorityOptions options;
    options.refuse_duplicate_subjects = is_strict;
    play(
        [&] {
          crypto::RequestSpec spec;
          crypto::Name subject;
          subject.attributes = {{.type = "CN", .value = "SHAKEN 709J"}};
          spec.subject = subject;
          spec.extensions = {crypto::extension::tn_auth_list(Ecosystem::spc_list("709J"))};
          EXPECT_EQ(finalize(ready_order(acme()), world().signed_request(spec, world().new_key())),
                    "200");
          world().tester().sleep_for(5s);
          EXPECT_EQ(finalize(ready_order(acme()), world().signed_request(spec, world().new_key())),
                    is_strict ? "400 badCSR duplicate subject" : "200");
        },
        options);
  }
}

}  // namespace
}  // namespace shakedown::actors

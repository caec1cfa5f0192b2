// The limits of the STI-PA and the STI-CAs: what is at the limit is accepted, one more is refused
// with the answer of the standard, or pushes out the oldest.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "actors/policy_administrator/policy_administrator_pki.h"
#include "actors/workload/work.h"
#include "crypto/octets/der.h"
#include "crypto/x509/ocsp.h"
#include "stir/credential/number_scope.h"
#include "tests/actors/acme_tester.h"
#include "tests/actors/http_tester.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

// A world whose STI-CAs have these options, and one who speaks ACME with ca-one.
void at_a_ca(const CertificationAuthorityOptions& options,
             const std::function<void(Ecosystem&, AcmeTester&)>& fn) {
  Ecosystem world({}, options);
  world.play_when_set_up([&] {
    AcmeTester acme(world.tester(), world.ca_one.base_url());
    fn(world, acme);
  });
}

stir::Json one_code() {
  const std::string value = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
  const stir::Json identifier{{"type", "TNAuthList"}, {"value", value}};
  return {{"identifiers", stir::Json::array({identifier})}};
}

// ---- The STI-PA.

TEST(PolicyAdministratorLimits, OfABodyItsDepthAndItsValues) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const stir::Json good{{"userId", "acme-tel"}, {"password", "password of acme-tel"}};
    const auto status = [&](const std::string& body) {
      return ask_by_hand(world.tester(),
                         {.url = world.pa.base_url() + "/api/v1/auth/login", .body = body})
          .status;
    };
    EXPECT_EQ(status(padded_json(good, 64 * 1024)), 200);
    EXPECT_EQ(status(padded_json(good, 64 * 1024 + 1)), 413);
    const auto with_depth = [&](int depth) {
      stir::Json deep = good;
      deep["more"] = stir::Json::parse(nested_object(depth - 1));
      return stir::canonical_json(deep);
    };
    EXPECT_EQ(status(with_depth(16)), 200);
    EXPECT_EQ(status(with_depth(17)), 400);
    const auto with_values = [&](int values) {
      stir::Json many = good;  // Of which four are the object, its members and the array.
      many["more"] = stir::Json::array();
      for (int i = 4; i < values; ++i) many["more"].push_back(1);
      return stir::canonical_json(many);
    };
    EXPECT_EQ(status(with_values(4096)), 200);
    EXPECT_EQ(status(with_values(4097)), 400);
  });
}

TEST(PolicyAdministratorLimits, TenThousandLoginsThenOneMakesRoom) {
  Ecosystem world;
  world.play_when_set_up([&] {
    constexpr std::size_t kMost = 10'000;
    const std::string body = stir::canonical_json(
        stir::Json{{"userId", "acme-tel"}, {"password", "password of acme-tel"}});
    std::vector<std::string> logins;
    const auto log_in = [&] {
      const HttpReply reply = ask_by_hand(
          world.tester(), {.url = world.pa.base_url() + "/api/v1/auth/login", .body = body});
      logins.push_back(reply.body.value("accessToken", ""));
    };
    const auto still_in = [&] {
      std::size_t in = 0;
      for (const std::string& login : logins) {
        const HttpReply reply =
            ask_by_hand(world.tester(), {.method = "GET",
                                         .url = world.pa.base_url() + "/api/v1/ca-list",
                                         .type = "",
                                         .authorization = login});
        EXPECT_TRUE(reply.status == 200 || reply.status == 403);
        in += reply.status == 200 ? 1 : 0;
      }
      return in;
    };
    while (logins.size() < kMost) log_in();
    EXPECT_EQ(still_in(), kMost);
    log_in();
    EXPECT_EQ(still_in(), kMost);
  });
}

// ---- ACME.

TEST(AcmeLimits, OfABody) {
  at_a_ca({}, [](Ecosystem& world, AcmeTester& acme) {
    const std::string path = "/acme/new-account";
    const auto verdict = [&](std::size_t size) {
      std::string body = acme.sign(acme.header(path), "{}", acme.key);
      EXPECT_LT(body.size(), size);
      body.resize(size, ' ');
      return acme.send("POST", path, body).verdict();
    };
    EXPECT_EQ(verdict(kLargestAcmeBody + 1), "413 malformed");
    EXPECT_EQ(verdict(kLargestAcmeBody), "201");
    // The payload: as long as other JSON.
    const auto with_payload = [&](std::size_t size) {
      acme.key = world.new_key();
      return acme.post_with(acme.header(path), path, padded_json(stir::Json::object(), size))
          .verdict();
    };
    EXPECT_EQ(with_payload(64 * 1024), "201");
    EXPECT_EQ(with_payload(64 * 1024 + 1), "400 malformed");
  });
}

TEST(AcmeLimits, OfContacts) {
  at_a_ca({}, [](Ecosystem&, AcmeTester& acme) {
    acme.register_account();
    const auto verdict = [&](std::size_t number, std::size_t size) {
      const std::string tail = "@example.test";
      const std::string head = "mailto:";
      std::string contact = head;
      contact.append(size - head.size() - tail.size(), 'a').append(tail);
      const stir::Json contacts(std::vector<std::string>(number, contact));
      return acme.post(acme.account, stir::Json{{"contact", contacts}}).verdict();
    };
    EXPECT_EQ(verdict(10, 30), "200");
    EXPECT_EQ(verdict(11, 30), "400 invalidContact");
    EXPECT_EQ(verdict(100, 30), "400 invalidContact");
    EXPECT_EQ(verdict(101, 30), "400 malformed");  // Not even read.
    EXPECT_EQ(verdict(1, 320), "200");
    EXPECT_EQ(verdict(1, 321), "400 invalidContact");
  });
}

TEST(AcmeLimits, OfIdentifiers) {
  CertificationAuthorityOptions options;
  options.name = "acme-dns";
  options.always_valid_dns = true;
  TestWorld world;
  CertificationAuthority ca(world.world(), options);
  world.play([&] {
    AcmeTester acme(world.tester(), ca.base_url());
    acme.register_account();
    const auto order = [&](int number) {
      stir::Json identifiers = stir::Json::array();
      for (int i = 0; i < number; ++i) {
        identifiers.push_back(
            {{"type", "dns"}, {"value", "a" + std::to_string(i) + ".example.org"}});
      }
      return acme.post("/acme/new-order", stir::Json{{"identifiers", identifiers}});
    };
    const AcmeReply largest = order(100);
    EXPECT_EQ(largest.verdict(), "201") << largest.detail;
    EXPECT_EQ(largest.body["authorizations"].size(), 100u);
    EXPECT_EQ(order(101).verdict(), "400 malformed");
    const auto name = [&](const std::string& value) {
      const stir::Json one = stir::Json::array({{{"type", "dns"}, {"value", value}}});
      return acme.post("/acme/new-order", stir::Json{{"identifiers", one}}).verdict();
    };
    const std::string label(63, 'a');
    EXPECT_EQ(name(label + ".test"), "201");
    EXPECT_EQ(name(label + "a.test"), "400 rejectedIdentifier");
    const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'a');
    EXPECT_EQ(longest.size(), 253u);
    EXPECT_EQ(name(longest), "201");
    EXPECT_EQ(name(longest + "a"), "400 rejectedIdentifier");
  });
}

TEST(AcmeLimits, OfAccounts) {
  CertificationAuthorityOptions options;
  options.accounts.most_accounts = 2;
  at_a_ca(options, [](Ecosystem& world, AcmeTester& acme) {
    EXPECT_EQ(acme.register_account().verdict(), "201");
    AcmeTester second(world.tester(), world.ca_one.base_url());
    EXPECT_EQ(second.register_account().verdict(), "201");
    AcmeTester third(world.tester(), world.ca_one.base_url());
    EXPECT_EQ(third.register_account().verdict(), "429 rateLimited");
    // Those that there are go on.
    EXPECT_EQ(acme.register_account().verdict(), "200");
    EXPECT_EQ(acme.post("/acme/new-order", one_code()).verdict(), "201");
  });
}

TEST(AcmeLimits, OfOrdersWhoseOldestIsForgotten) {
  CertificationAuthorityOptions options;
  options.most_orders = 2;
  at_a_ca(options, [](Ecosystem&, AcmeTester& acme) {
    acme.register_account();
    std::vector<std::string> made;
    for (int i = 0; i < 2; ++i) {
      made.push_back(acme.post("/acme/new-order", one_code()).header("Location"));
    }
    for (const std::string& url : made) EXPECT_EQ(acme.post(url).verdict(), "200");
    made.push_back(acme.post("/acme/new-order", one_code()).header("Location"));
    EXPECT_EQ(acme.post(made[0]).verdict(), "404 malformed");
    EXPECT_EQ(acme.post(made[1]).verdict(), "200");
    EXPECT_EQ(acme.post(acme.account + "/orders").body["orders"],
              stir::Json::array({made[1], made[2]}));
  });
}

TEST(AcmeLimits, OfNoncesWhoseOldestIsForgotten) {
  CertificationAuthorityOptions options;
  options.most_nonces = 3;
  at_a_ca(options, [](Ecosystem&, AcmeTester& acme) {
    acme.register_account();
    const auto after = [&](int more) {
      const stir::Json header = acme.header(acme.account);
      for (int i = 0; i < more; ++i) acme.nonce();
      return acme.post_with(header, acme.account, "").verdict();
    };
    EXPECT_EQ(after(2), "200");
    EXPECT_EQ(after(3), "400 badNonce");
  });
}

TEST(AcmeLimits, OfOrdersInAWhile) {
  CertificationAuthorityOptions options;
  options.accounts.new_orders = 3;
  options.accounts.per = 1h;
  at_a_ca(options, [](Ecosystem& world, AcmeTester& acme) {
    acme.register_account();
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(acme.post("/acme/new-order", one_code()).verdict(), "201");
    const AcmeReply refused = acme.post("/acme/new-order", one_code());
    EXPECT_EQ(refused.verdict(), "429 rateLimited");
    const sim::Duration wait = std::chrono::seconds{std::stoi(refused.header("Retry-After"))};
    world.tester().sleep_for(wait - 2s);
    EXPECT_EQ(acme.post("/acme/new-order", one_code()).verdict(), "429 rateLimited");
    world.tester().sleep_for(2s);
    EXPECT_EQ(acme.post("/acme/new-order", one_code()).verdict(), "201");
  });
}

TEST(AcmeLimits, OfTheEntriesOfATnAuthList) {
  at_a_ca({}, [](Ecosystem&, AcmeTester& acme) {
    acme.register_account();
    const auto verdict = [&](int number) {
      // Built here: our own writer keeps the limit, too.
      crypto::Bytes entries;
      for (int i = 0; i < number; ++i)
        entries += crypto::Bytes(
            "\xA0\x06\x16\x04"
            "709J",
            8);
      const auto size = entries.size();
      crypto::Bytes der("\x30\x82", 2);
      der.push_back(static_cast<char>(size >> 8U));
      der.push_back(static_cast<char>(size & 0xFFU));
      der += entries;
      const stir::Json identifier{{"type", "TNAuthList"}, {"value", crypto::base64url_encode(der)}};
      return acme
          .post("/acme/new-order", stir::Json{{"identifiers", stir::Json::array({identifier})}})
          .verdict();
    };
    EXPECT_EQ(verdict(4096), "201");
    EXPECT_EQ(verdict(4097), "400 rejectedIdentifier");
  });
}

TEST(AcmeLimits, OfTheCertificatesInATokensX5c) {
  ASSERT_TRUE(crypto::install_randomness_provider());
  const auto pki = make_policy_administrator_pki("Another STI-PA", kEpoch - 24h).value();
  CertificationAuthorityOptions options;
  options.policy_administrator_roots = {pki.root.certificate};
  at_a_ca(options, [&](Ecosystem& world, AcmeTester& acme) {
    acme.register_account();
    const auto status = [&](std::size_t certificates) {
      const AcmeReply order = acme.post("/acme/new-order", one_code());
      const stir::Json challenge = acme.post(order.body["authorizations"][0]).body["challenges"][0];
      stir::Json x5c = stir::Json::array();
      while (x5c.size() < certificates) {
        x5c.push_back(
            crypto::base64_encode((x5c.empty() ? pki.signer : pki.root).certificate->der()));
      }
      const stir::Json header{{"alg", "ES256"}, {"typ", "JWT"}, {"x5c", x5c}};
      const stir::Json payload{
          {"exp", sim::unix_seconds(kEpoch + 1h)},
          {"jti", "1"},
          {"atc",
           {{"tktype", "TNAuthList"},
            {"tkvalue", stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"))},
            {"fingerprint", stir::jwk_fingerprint(*acme.key->public_key())}}}};
      const std::string input = crypto::base64url_encode(stir::canonical_json(header)) + "." +
                                crypto::base64url_encode(stir::canonical_json(payload));
      const auto signature = world.tester().compute(
          work::kSign,
          [](const crypto::PrivateKeyPtr& key, const std::string& text) {
            return key->sign(text).value();
          },
          pki.signer.key, input);
      const AcmeReply answered =
          acme.post(challenge["url"], stir::Json{{"tkauth", stir::compact_jws(input, signature)}});
      const auto error = stir::find_member(answered.body, "error");
      return answered.body.value("status", "") +
             (error == nullptr ? "" : " " + error->value("type", ""));
    };
    EXPECT_EQ(status(8), "valid");
    EXPECT_EQ(status(9), "invalid urn:ietf:params:acme:error:malformed");
  });
}

// ---- OCSP.

TEST(OcspLimits, OfTheIdsAndTheNonce) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto id = crypto::ocsp_id_of(*world.ca_one.intermediate(), *world.ca_one.root()).value();
    const auto status = [&](const std::string& der) {
      const HttpReply reply = ask_by_hand(
          world.tester(),
          {.url = world.ca_one.ocsp_url(), .body = der, .type = "application/ocsp-request"});
      EXPECT_EQ(reply.status, 200);
      return crypto::parse_ocsp_response(reply.text).value();
    };
    const auto with_ids = [&](std::size_t ids) {
      return crypto::build_ocsp_request({.ids = std::vector(ids, id), .nonce = {}});
    };
    EXPECT_EQ(status(with_ids(16).value()).responses.size(), 16u);
    // One more is put in by hand: our own writer keeps the limit, too.
    const crypto::Bytes one = with_ids(1).value();
    crypto::der::Reader outer(one);
    crypto::der::Reader list(crypto::der::Reader(outer.next()->content).next()->content);
    const crypto::Bytes member(list.next()->content);
    crypto::Bytes members;
    for (int i = 0; i < 17; ++i) members += member;
    const crypto::Bytes more = crypto::der::sequence(
        {crypto::der::sequence({crypto::der::element(crypto::der::kSequence, members)})});
    EXPECT_EQ(status(more).status, crypto::OcspResponseStatus::kMalformedRequest);
    crypto::Bytes nonce(128, 'n');
    const auto good = crypto::build_ocsp_request({.ids = {id}, .nonce = nonce}).value();
    EXPECT_EQ(status(good).nonce, nonce);
  });
}

}  // namespace
}  // namespace shakedown::actors

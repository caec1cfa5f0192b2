#include "actors/certification_authority/certification_authority.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "actors/acme/acme_client.h"
#include "actors/workload/work.h"
#include "stir/acme/spc_token.h"
#include "stir/credential/certificate_profile.h"
#include "stir/credential/chain.h"
#include "stir/credential/number_scope.h"
#include "stir/jose/jws.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// The findings of the certificate profile on an issued path, as text.
std::vector<std::string> findings(Ecosystem& world,
                                  const IssuedChain& chain,
                                  const crypto::CertificatePtr& root) {
  const auto answer = stir::read_certificate_body(chain.pem);
  EXPECT_TRUE(answer.chain) << answer.detail;
  const std::vector roots{root};
  const auto verdict = stir::validate_chain(*answer.chain, roots, world.tester().now());
  EXPECT_TRUE(verdict.ok) << verdict.failed_rule << verdict.detail;
  std::vector<std::string> texts;
  for (const auto& finding : verdict.findings) {
    texts.push_back(std::string(finding.rule->id) + ": " + finding.detail);
  }
  return texts;
}

TEST(CertificationAuthority, IssuesACertificateAgainstAnSpcToken) {
  Ecosystem world;
  world.play_when_set_up([&] {
    OrderRequest order = world.good_order();
    const sim::Time now = std::chrono::floor<std::chrono::seconds>(world.tester().now());
    order.not_before = now;
    order.not_after = now + 10min;  // Short-lived.
    const auto chain = order_certificate(world.tester(), order);
    ASSERT_TRUE(chain) << chain.error().detail;
    ASSERT_EQ(chain->certificates.size(), 2u);  // Without the root.
    const crypto::Certificate& leaf = *chain->leaf();
    EXPECT_EQ(leaf.not_before(), now);
    EXPECT_EQ(leaf.not_after(), now + 10min);
    EXPECT_EQ(leaf.subject().find("CN"), "SHAKEN 709J");
    EXPECT_THAT(std::string(leaf.subject().find("O").value()), HasSubstr("TEST - NOT TRUSTED"));
    EXPECT_GE(leaf.serial().size(), 8u);
    EXPECT_EQ(chain->certificates[1], world.ca_one.intermediate());
    ASSERT_EQ(leaf->crl_distribution_points.size(), 1u);
    const auto& point = leaf->crl_distribution_points[0];
    EXPECT_EQ(point.uris, std::vector{world.pa.crl_url()});
    EXPECT_EQ(point.crl_issuers, std::vector{world.pa.crl_pointer().crl_issuer_der});
    EXPECT_THAT(findings(world, *chain, world.ca_one.root()), IsEmpty());
  });
  std::vector<stir::CertificateRole> kinds;
  for (const auto& [actor, event] : world.events<CertificateEvent>()) {
    if (actor != "ca-one") continue;
    kinds.push_back(event->kind);
    if (event->kind != stir::CertificateRole::kEndEntity) continue;
    EXPECT_EQ(event->subject_of, "tester");
    EXPECT_EQ(event->tn_auth_list, "spc 709J");
    EXPECT_EQ(event->ca, "ca-one");
  }
  EXPECT_EQ(kinds, (std::vector{stir::CertificateRole::kRoot, stir::CertificateRole::kIntermediate,
                                stir::CertificateRole::kEndEntity}));
}

TEST(CertificationAuthority, TakesItsProcessingTime) {
  CertificationAuthorityOptions options;
  options.processing = sim::Latency::constant(90s);
  Ecosystem world({}, options);
  world.play_when_set_up([&] {
    OrderRequest order = world.good_order();
    const sim::Time begin = world.tester().now();
    EXPECT_TRUE(order_certificate(world.tester(), order));
    EXPECT_GE(world.tester().now() - begin, 90s);
    EXPECT_LT(world.tester().now() - begin, 93s);
    order.deadline = 60s;
    const auto late = order_certificate(world.tester(), order);
    EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  });
}

// ---- The nine steps of RFC 9448 §6, each refusing for its own reason.

struct TokenCase {
  std::string name;
  std::string expected;  // Type and step in the problem.
  std::function<void(Ecosystem&, OrderRequest&)> spoil;
};

void PrintTo(const TokenCase& token, std::ostream* out) { *out << token.name; }

// A token like the STI-PA's, but signed by `key` and changed by `change`.
std::string forged(Ecosystem& world,
                   const OrderRequest& order,
                   const crypto::PrivateKeyPtr& key,
                   const std::function<void(stir::SpcToken&)>& change) {
  stir::SpcToken token = stir::parse_spc_token(order.spc_token).value().token;
  change(token);
  const std::string input = stir::signing_input(token);
  const auto signature = world.tester().compute(
      work::kSign,
      [](const crypto::PrivateKeyPtr& signer, const std::string& text) {
        return signer->sign(text);
      },
      key, input);
  return stir::compact_jws(input, signature.value());
}

std::vector<TokenCase> token_cases() {
  return {
      {"NotAJws", "malformed",
       [](Ecosystem&, OrderRequest& order) { order.spc_token = "not a token"; }},
      {"AlgNone", "malformed",
       [](Ecosystem&, OrderRequest& order) {
         const std::string rest = order.spc_token.substr(order.spc_token.find('.'));
         order.spc_token = crypto::base64url_encode(R"({"alg":"none","typ":"JWT"})") + rest;
       }},
      {"Expired", "unauthorized: is_not_expired",
       [](Ecosystem& world, OrderRequest&) { world.tester().sleep_for(24h + 1s); }},
      {"OfAnotherAccountKey", "unauthorized: fingerprint_matches_account",
       [](Ecosystem& world, OrderRequest& order) { order.account_key = world.new_key(); }},
      {"ForAnotherTnAuthList", "incorrectResponse: tkvalue_matches_order",
       [](Ecosystem& world, OrderRequest& order) {
         order.tn_auth_list_der = Ecosystem::spc_list("818H");
         order.csr_der = world.csr(world.new_key(), order.tn_auth_list_der);
       }},
      {"SignedByAStranger", "unauthorized: signature_verifies",
       [](Ecosystem& world, OrderRequest& order) {
         order.spc_token = forged(world, order, world.new_key(), [](stir::SpcToken&) {});
       }},
      {"SignedByAnStiCa", "unauthorized: issuer_is_trusted",
       [](Ecosystem& world, OrderRequest& order) {
         // A certificate that is good for something else, at a host that is not the STI-PA's.
         order.spc_token = forged(world, order, world.new_key(), [&](stir::SpcToken& token) {
           token.x5u = world.ca_two.base_url() + "/certificates/intermediate.pem";
         });
       }},
      {"X5uIsHttp", "incorrectResponse: x5u_is_https",
       [](Ecosystem& world, OrderRequest& order) {
         order.spc_token = forged(world, order, world.new_key(), [](stir::SpcToken& token) {
           token.x5u = "http://sti-pa.test/download/v1/certificate/certificateId_1.crt";
         });
       }},
      {"SignedByTheWrongPolicyAdministratorCertificate", "unauthorized: signature_verifies",
       [](Ecosystem& world, OrderRequest& order) {
         order.spc_token = forged(world, order, world.new_key(), [&](stir::SpcToken& token) {
           token.x5u = world.pa.base_url() + "/download/v1/certificate/certificateId_2.crt";
         });
       }},
      {"ForACaButTheRequestIsNot", "badCSR: csr_ca_flag_matches_token",
       [](Ecosystem& world, OrderRequest& order) {
         PolicyAdministratorClient client(world.tester(), world.access("acme-tel"));
         order.spc_token =
             client.spc_token(order.tn_auth_list_der, *order.account_key->public_key(), true)
                 ->token;
       }},
      {"NotForACaButTheRequestIs", "badCSR: csr_ca_flag_matches_token",
       [](Ecosystem& world, OrderRequest& order) {
         order.csr_der = world.csr(world.new_key(), order.tn_auth_list_der, true);
       }},
  };
}

class TokenRefusal : public testing::TestWithParam<TokenCase> {};

TEST_P(TokenRefusal, EndsTheOrderWithItsReason) {
  Ecosystem world;
  world.play_when_set_up([&] {
    OrderRequest order = world.good_order();
    GetParam().spoil(world, order);
    const auto refused = order_certificate(world.tester(), order);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    EXPECT_THAT(refused.error().detail, HasSubstr(GetParam().expected));
  });
  for (const auto& [actor, event] : world.events<CertificateEvent>()) {  // Nothing was issued.
    EXPECT_TRUE(actor == "policy-administrator" ||
                event->kind != stir::CertificateRole::kEndEntity);
  }
}

INSTANTIATE_TEST_SUITE_P(Tokens,
                         TokenRefusal,
                         testing::ValuesIn(token_cases()),
                         [](const auto& tested) { return tested.param.name; });

TEST(CertificationAuthority, RefusesATokenWhileTheStiPaCannotBeReached) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const OrderRequest order = world.good_order();
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::kOutage;
    fault.actor = "policy-administrator";
    const auto outage = world.world().begin_fault(fault);
    const auto refused = order_certificate(world.tester(), order);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().detail, HasSubstr("connection"));
    world.world().end_fault(outage);
    EXPECT_TRUE(order_certificate(world.tester(), order));
    // Its signer is kept, so a second outage does no harm.
    world.world().begin_fault(fault);
    EXPECT_TRUE(order_certificate(world.tester(), order));
  });
}

TEST(CertificationAuthority, ATokenServesSeveralOrdersOfItsAccount) {
  Ecosystem world;
  world.play_when_set_up([&] {
    OrderRequest order = world.good_order();
    const auto first = order_certificate(world.tester(), order);
    order.csr_der = world.csr(world.new_key(), order.tn_auth_list_der);
    order.answer_with_atc_member = true;  // As deployed clients answer.
    const auto second = order_certificate(world.tester(), order);
    ASSERT_TRUE(first && second);
    EXPECT_NE(first->leaf()->serial(), second->leaf()->serial());
  });
}

TEST(CertificationAuthority, TakesTheSpkiFingerprintOfDeployedClients) {
  Ecosystem world;
  world.play_when_set_up([&] {
    OrderRequest order = world.good_order();
    PolicyAdministratorClient client(world.tester(), world.access("acme-tel"));
    order.spc_token = client
                          .spc_token(order.tn_auth_list_der, *order.account_key->public_key(),
                                     false, FingerprintStyle::kSpkiHash)
                          ->token;
    EXPECT_TRUE(order_certificate(world.tester(), order));
  });
}

// ---- Requests (core rules of the certificate profile), orders and their validity.

TEST(CertificationAuthority, RefusesRequestsThatAskForSomethingElse) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto refusal = [&](const std::function<void(OrderRequest&)>& spoil) {
      OrderRequest order = world.good_order();
      spoil(order);
      const auto refused = order_certificate(world.tester(), order);
      EXPECT_FALSE(refused);
      return refused ? "" : refused.error().detail;
    };
    EXPECT_THAT(refusal([&](OrderRequest& order) {
                  order.csr_der = world.csr(order.account_key, order.tn_auth_list_der);
                }),
                HasSubstr("badCSR: csr_key_is_not_the_account_key"));
    EXPECT_THAT(refusal([&](OrderRequest& order) {
                  order.csr_der = world.csr(world.new_key(), Ecosystem::spc_list("818H"));
                }),
                HasSubstr("badCSR: csr_tn_auth_list_matches_order"));
    EXPECT_THAT(refusal([&](OrderRequest& order) {
                  order.csr_der.back() = static_cast<char>(order.csr_der.back() ^ 1);
                }),
                HasSubstr("badCSR: csr_signature_is_valid"));
    EXPECT_THAT(refusal([&](OrderRequest& order) {
                  order.csr_der = world.csr(world.new_key(), order.tn_auth_list_der, false,
                                            {crypto::extension::raw("2.5.29.37", false, "x")});
                }),
                HasSubstr("badCSR: csr_no_other_extensions"));
    EXPECT_THAT(refusal([&](OrderRequest& order) { order.csr_der = "nonsense"; }),
                HasSubstr("badCSR"));
  });
}

TEST(CertificationAuthority, RefusesValiditiesThatItCannotIssue) {
  CertificationAuthorityOptions options;
  options.max_validity = 24h;
  Ecosystem world({}, options);
  world.play_when_set_up([&] {
    const sim::Time now = std::chrono::floor<std::chrono::seconds>(world.tester().now());
    const OrderRequest good = world.good_order();
    const auto refused = [&](sim::Time begin, sim::Time end) {
      OrderRequest order = good;
      order.not_before = begin;
      order.not_after = end;
      const auto result = order_certificate(world.tester(), order);
      return !result && result.error().detail.find("new-order: malformed") == 0;
    };
    EXPECT_FALSE(refused(now, now + 24h));
    EXPECT_TRUE(refused(now, now + 24h + 1s));
    EXPECT_TRUE(refused(now + 1h, now));
    EXPECT_TRUE(refused(now - 25h, now + 10min));
    EXPECT_TRUE(refused(now - 2h, now - 1h));
  });
}

TEST(CertificationAuthority, RefusesIdentifiersThatItDoesNotServe) {
  CertificationAuthorityOptions options;
  options.allow_numbers = false;
  Ecosystem world({}, options);
  world.play_when_set_up([&] {
    const auto key = world.new_key();
    AcmeClient client(
        world.tester(),
        {.directory_url = world.ca_one.directory_url(), .key = key, .deadline = sim::kNever});
    ASSERT_TRUE(client.open());
    const auto account =
        client.post("new-account", client.resource("newAccount").value(), stir::Json::object());
    client.use_account(std::string(account->headers.get("Location").value()));
    const auto order = [&](const stir::Json& identifiers) {
      const auto refused = client.post("new-order", client.resource("newOrder").value(),
                                       stir::Json{{"identifiers", identifiers}});
      return refused ? "accepted" : refused.error().detail;
    };
    const auto identifier = [](const std::string& type, const std::string& value) {
      return stir::Json{{"type", type}, {"value", value}};
    };
    const std::string spc = stir::tn_auth_list_identifier(Ecosystem::spc_list("709J"));
    const auto number = crypto::encode_tn_auth_list({crypto::TnEntry::one("12015550101")}).value();
    EXPECT_THAT(order(stir::Json::array({identifier("dns", "acme-tel.test")})),
                HasSubstr("unsupportedIdentifier"));
    EXPECT_THAT(
        order(stir::Json::array({identifier("TNAuthList", spc), identifier("TNAuthList", spc)})),
        HasSubstr("rejectedIdentifier"));
    EXPECT_THAT(order(stir::Json::array({identifier("TNAuthList", "MAA")})),
                HasSubstr("rejectedIdentifier"));
    EXPECT_THAT(order(stir::Json::array({identifier("TNAuthList", "?")})), HasSubstr("malformed"));
    EXPECT_THAT(
        order(stir::Json::array({identifier("TNAuthList", stir::tn_auth_list_identifier(number))})),
        HasSubstr("rejectedIdentifier"));
    EXPECT_EQ(order(stir::Json::array({identifier("TNAuthList", spc)})), "accepted");
  });
}

// ---- The transport (RFC 8555 §6).

class AcmeTransport : public testing::Test {
 protected:
  // Posts a JWS with this header; "nonce" and "url" are filled in unless there.
  int post(stir::Json header, const std::string& path, const std::string& payload = "{}") {
    if (!header.contains("nonce")) header["nonce"] = fresh_nonce();
    if (!header.contains("url")) header["url"] = world_.ca_one.base_url() + path;
    const auto jws = world_.tester().compute(work::kSign, flattened_jws, header, payload, key_);
    return send(path, jws.value());
  }

  int send(const std::string& path,
           const std::string& body,
           const std::string& type = "application/jose+json") {
    sim::Request request = http_request("POST", world_.ca_one.base_url() + path);
    request.headers.add("Content-Type", type);
    request.body = body;
    const auto answer = world_.tester().exchange(request, 10s);
    EXPECT_TRUE(answer.response.headers.get("Replay-Nonce"));
    type_.clear();
    if (const auto json = stir::parse_json_object(answer.response.body)) {
      if (const auto problem = stir::acme::read_problem(*json)) type_ = problem->type;
    }
    return answer.response.status;
  }

  std::string fresh_nonce() {
    const auto answer = world_.get(world_.ca_one.base_url() + "/acme/new-nonce");
    EXPECT_TRUE(answer.has_status(204));
    return std::string(answer.response.headers.get("Replay-Nonce").value());
  }

  stir::Json with_jwk() const {
    return {{"alg", "ES256"}, {"jwk", stir::jwk_of(*key_->public_key())}};
  }

  Ecosystem world_;
  crypto::PrivateKeyPtr key_;
  std::string type_;  // Of the last problem.
};

TEST_F(AcmeTransport, RefusesWhatIsNotTheJwsOfTheStandard) {
  world_.play_when_set_up([&] {
    key_ = world_.new_key();
    const std::string path = "/acme/new-account";
    EXPECT_EQ(post(with_jwk(), path), 201);
    EXPECT_EQ(send(path, "{}", "application/json"), 415);
    EXPECT_EQ(send(path, "{}"), 400);
    EXPECT_EQ(send(path, R"({"protected":"e30=","payload":"","signature":""})"), 400);

    stir::Json header = with_jwk();
    header["alg"] = "HS256";
    EXPECT_EQ(post(header, path), 400);
    EXPECT_EQ(type_, "badSignatureAlgorithm");
    header = with_jwk();
    header["kid"] = "https://ca-one.test/acme/account/1";
    EXPECT_EQ(post(header, path), 400);
    EXPECT_EQ(type_, "malformed");
    header = with_jwk();
    header["crit"] = stir::Json::array({"b64"});
    EXPECT_EQ(post(header, path), 400);
    header = with_jwk();
    header["url"] = world_.ca_one.base_url() + "/acme/new-order";
    EXPECT_EQ(post(header, path), 401);
    EXPECT_EQ(type_, "unauthorized");
    header = with_jwk();
    header["jwk"]["crv"] = "P-384";
    EXPECT_EQ(post(header, path), 400);
    EXPECT_EQ(type_, "badPublicKey");
    header = with_jwk();
    header["jwk"] = stir::jwk_of(*world_.new_key()->public_key());
    EXPECT_EQ(post(header, path), 400);  // Signed by another key.
    EXPECT_EQ(type_, "malformed");
    EXPECT_EQ(
        post({{"alg", "ES256"}, {"kid", "https://ca-one.test/acme/account/99"}}, "/acme/new-order"),
        400);
    EXPECT_EQ(type_, "accountDoesNotExist");
    EXPECT_TRUE(world_.get(world_.ca_one.base_url() + "/acme/new-order").has_status(405));
  });
}

TEST_F(AcmeTransport, TakesANonceOnce) {
  world_.play_when_set_up([&] {
    key_ = world_.new_key();
    const std::string path = "/acme/new-account";
    stir::Json header = with_jwk();
    header["nonce"] = fresh_nonce();
    EXPECT_EQ(post(header, path), 201);
    EXPECT_EQ(post(header, path), 400);
    EXPECT_EQ(type_, "badNonce");
    header["nonce"] = "AAAAAAAAAAAAAAAAAAAAAA";
    EXPECT_EQ(post(header, path), 400);
    EXPECT_EQ(type_, "badNonce");
    header["nonce"] = "not+base64url=";
    EXPECT_EQ(post(header, path), 400);
    EXPECT_EQ(type_, "malformed");
    EXPECT_EQ(post(with_jwk(), path), 200);  // The same key: the same account.
  });
}

TEST_F(AcmeTransport, AnotherAccountSeesNothing) {
  world_.play_when_set_up([&] {
    EXPECT_TRUE(order_certificate(world_.tester(), world_.good_order()));  // Account 1, order 2.
    key_ = world_.new_key();
    EXPECT_EQ(post(with_jwk(), "/acme/new-account"), 201);
    const stir::Json header{{"alg", "ES256"}, {"kid", "https://ca-one.test/acme/account/3"}};
    for (const std::string path :
         {"/acme/order/2", "/acme/authorization/2", "/acme/certificate/2", "/acme/account/1"}) {
      EXPECT_EQ(post(header, path, ""), 403) << path;
      EXPECT_EQ(type_, "unauthorized");
    }
    EXPECT_EQ(post(header, "/acme/order/7", ""), 404);
  });
}

TEST(AcmeOrder, SurvivesLostAnswersAndAStolenNonce) {
  Ecosystem world;
  world.play_when_set_up([&] {
    // Every fifth request to the CA is lost.
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::kTimeout;
    fault.actor = "ca-one";
    fault.probability_per_million = 200'000;
    OrderRequest order = world.good_order();
    order.request_timeout = 2s;
    world.world().begin_fault(fault);
    int issued = 0;
    for (int i = 0; i < 20; ++i) {
      order.csr_der = world.csr(world.new_key(), order.tn_auth_list_der);
      const auto chain = order_certificate(world.tester(), order);
      if (chain) {
        ++issued;
      } else {
        EXPECT_EQ(chain.error().code, ErrorCode::kTimeout) << chain.error().detail;
      }
    }
    EXPECT_GE(issued, 10);
  });
}

// ---- Revocation.

TEST(CertificationAuthority, ReportsRevocationsToTheStiPa) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const OrderRequest order = world.good_order();
    const auto chain = order_certificate(world.tester(), order).value();
    RevokeRequest request;
    request.directory_url = world.ca_one.directory_url();
    request.account_key = order.account_key;
    request.certificate = chain.leaf();
    request.reason = crypto::CrlReason::kKeyCompromise;

    RevokeRequest stranger = request;
    stranger.account_key = nullptr;
    stranger.certificate_key = world.new_key();
    EXPECT_THAT(revoke_certificate(world.tester(), stranger).error().detail,
                HasSubstr("revoke-cert: unauthorized"));
    RevokeRequest elsewhere = request;
    elsewhere.directory_url = world.ca_two.directory_url();
    EXPECT_THAT(revoke_certificate(world.tester(), elsewhere).error().detail,
                HasSubstr("accountDoesNotExist"));
    RevokeRequest hold = request;
    hold.reason = crypto::CrlReason::kCertificateHold;
    EXPECT_THAT(revoke_certificate(world.tester(), hold).error().detail,
                HasSubstr("badRevocationReason"));

    const Status revoked = revoke_certificate(world.tester(), request);
    EXPECT_TRUE(revoked) << revoked.error().detail;
    EXPECT_TRUE(revoke_certificate(world.tester(), request));  // alreadyRevoked is as good.
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.publish_crl()); });
  });
  const auto revocations = world.events<RevocationEvent>();
  ASSERT_EQ(revocations.size(), 1u);
  EXPECT_EQ(revocations[0].second->reported_by, "tester");
  EXPECT_EQ(revocations[0].second->fingerprint.size(), 64u);
}

TEST(CertificationAuthority, TheKeyOfACertificateMayRevokeItAndIsNotCertifiedAgain) {
  Ecosystem world;
  world.play_when_set_up([&] {
    OrderRequest order = world.good_order();
    const auto key = world.new_key();
    order.csr_der = world.csr(key, order.tn_auth_list_der);
    const auto chain = order_certificate(world.tester(), order).value();
    RevokeRequest request;
    request.directory_url = world.ca_one.directory_url();
    request.certificate_key = key;
    request.certificate = chain.leaf();
    request.reason = crypto::CrlReason::kKeyCompromise;
    EXPECT_TRUE(revoke_certificate(world.tester(), request));
    EXPECT_THAT(order_certificate(world.tester(), order).error().detail,
                HasSubstr("badCSR: a certificate with this key was revoked"));
    EXPECT_TRUE(order_certificate(world.tester(), world.good_order()));
  });
}

TEST(CertificationAuthority, RevokesOnItsOwnInitiative) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto chain = order_certificate(world.tester(), world.good_order()).value();
    world.on(world.ca_one.env(), [&] {
      EXPECT_TRUE(world.ca_one.revoke(chain.leaf(), crypto::CrlReason::kSuperseded));
    });
    world.on(world.ca_two.env(), [&] {
      EXPECT_EQ(world.ca_two.revoke(chain.leaf(), crypto::CrlReason::kSuperseded).error().code,
                ErrorCode::kNotFound);
    });
  });
}

TEST(CertificationAuthority, ReportsManySubscribersAtOnceAndTheirNextCrlListsThemAll) {
  PolicyAdministratorOptions pa_options;
  pa_options.crl_published_at_once = true;
  CertificationAuthorityOptions ca_options;
  ca_options.subscribers = 120;
  Ecosystem world(pa_options, ca_options);
  world.play_when_set_up([&] {
    world.wait_for(HappeningKind::kSubscribersCertified, 2);
    world.on(world.ca_one.env(), [&] {
      world.ca_one.revoke_subscribers(100, crypto::CrlReason::kPrivilegeWithdrawn);
      world.ca_one.revoke_subscribers(100, crypto::CrlReason::kPrivilegeWithdrawn);  // 20 are left.
    });
    world.tester().sleep_for(1min);
    const auto crl = crypto::Crl::read(world.get(world.pa.crl_url()).response.body).value();
    EXPECT_EQ(crl->size(), 120u);
  });
  EXPECT_EQ(world.happenings(HappeningKind::kRevocationReported).size(), 120u);
}

TEST(CertificationAuthority, RevokesWhatTheHolderOfACodeHas) {
  Ecosystem world;
  world.play_when_set_up([&] {
    const auto chain = order_certificate(world.tester(), world.good_order());
    ASSERT_TRUE(chain) << chain.error().detail;
    const auto revoke_holder = [&](std::string_view spc) {
      world.on(world.ca_one.env(),
               [&] { world.ca_one.revoke_holder(spc, crypto::CrlReason::kPrivilegeWithdrawn); });
      return world.happenings(HappeningKind::kRevocationReported).size();
    };
    EXPECT_EQ(revoke_holder("818H"), 0u);
    EXPECT_EQ(revoke_holder("709J"), 1u);
    // Not reported again: with the STI-PA away that would fail, as it does for another certificate.
    sim::Fault fault;
    fault.kind = sim::Fault::Kind::kOutage;
    fault.actor = "policy-administrator";
    auto outage = world.world().begin_fault(fault);
    revoke_holder("709J");
    EXPECT_TRUE(world.happenings(HappeningKind::kRevocationFailed).empty());
    world.world().end_fault(outage);
    ASSERT_TRUE(order_certificate(world.tester(), world.good_order()));
    outage = world.world().begin_fault(fault);
    EXPECT_EQ(revoke_holder("709J"), 1u);
    EXPECT_EQ(world.happenings(HappeningKind::kRevocationFailed).size(), 1u);
    world.world().end_fault(outage);
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.publish_crl()); });
    const auto crl = crypto::Crl::read(world.get(world.pa.crl_url()).response.body).value();
    ASSERT_EQ(crl->size(), 1u);
    EXPECT_TRUE(crl->find(chain->leaf()->issuer_der(), chain->leaf()->serial()));
  });
  EXPECT_EQ(world.happenings(HappeningKind::kRevocationReported).size(), 1u);
}

}  // namespace
}  // namespace shakedown::actors

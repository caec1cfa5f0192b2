#include "actors/issuing/delegate_issuer.h"

#include <gmock/gmock.h>

#include "stir/credential/chain.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using testing::HasSubstr;

const crypto::TnEntry kRange = crypto::TnEntry::range("12015550100", 100);

// acme-tel's subordinate CA inside the tester, with a CA certificate of ca-one.
class DelegationWorld : public Ecosystem {
 public:
  void install(DelegateIssuer& issuer) {
    PolicyAdministratorClient client(tester(), access("acme-tel"));
    OrderRequest order;
    order.directory_url = ca_one.directory_url();
    order.account_key = new_key();
    order.tn_auth_list_der = issuer.tn_auth_list_der();
    order.csr_der = issuer.make_request().value();
    const auto token =
        client.spc_token(order.tn_auth_list_der, *order.account_key->public_key(), true);
    ASSERT_TRUE(token) << token.error().detail;
    order.spc_token = token->token;
    auto chain = order_certificate(tester(), order);
    ASSERT_TRUE(chain) << chain.error().detail;
    ASSERT_TRUE(issuer.install(*std::move(chain)));
  }

  DelegateIssuerOptions options(std::vector<crypto::TnEntry> scope) const {
    return {.delegator = "acme-tel",
            .organization = "Acme Telecom",
            .scope = std::move(scope),
            .crl = pa.crl_pointer(),
            .number_authority = {}};
  }

  DelegateOrder order(const crypto::TnEntry& entry) {
    DelegateOrder order;
    order.subject_of = "example-bank";
    order.organization = "Example Bank";
    order.scope = {entry};
    order.csr_der = csr(new_key(), crypto::encode_tn_auth_list(order.scope).value());
    order.not_before = std::chrono::floor<std::chrono::seconds>(tester().now());
    order.not_after = order.not_before + 30 * 24h;
    return order;
  }

  stir::ChainVerdict judge(const IssuedChain& chain) {
    const auto answer = stir::read_certificate_body(chain.pem);
    EXPECT_TRUE(answer.chain);
    const std::vector roots{ca_one.root()};
    return stir::validate_chain(*answer.chain, roots, tester().now());
  }
};

TEST(DelegateIssuer, IssuesForNumbersUnderItsOwnCertificate) {
  DelegationWorld world;
  world.play_when_set_up([&] {
    DelegateIssuer issuer(world.tester(),
                          world.options({crypto::TnEntry::service_provider_code("709J")}));
    EXPECT_EQ(issuer.issue(world.order(kRange)).error().code, ErrorCode::kNotFound);
    world.install(issuer);
    if (!issuer.is_installed()) return;
    const crypto::Certificate& ca = *issuer.chain().leaf();
    EXPECT_EQ(ca->basic_constraints, (crypto::BasicConstraints{true, 0}));

    const auto delegate = issuer.issue(world.order(kRange));
    ASSERT_TRUE(delegate) << delegate.error().detail;
    ASSERT_EQ(delegate->certificates.size(), 3u);
    EXPECT_EQ(delegate->certificates[2], world.ca_one.intermediate());
    const auto verdict = world.judge(*delegate);
    EXPECT_TRUE(verdict.ok) << verdict.failed_rule << verdict.detail;
    EXPECT_TRUE(verdict.is_delegate);
    EXPECT_EQ(verdict.scope.text(), "range 12015550100+100");
    ASSERT_TRUE(verdict.constraints);  // It cannot sign SHAKEN PASSporTs.
    EXPECT_EQ(verdict.constraints->must_exclude, (std::vector<std::string>{"attest", "origid"}));
  });
  const auto certificates = world.events<CertificateEvent>();
  const CertificateEvent& last = *certificates.back().second;
  EXPECT_EQ(last.kind, stir::CertificateRole::kDelegate);
  EXPECT_EQ(last.ca, "acme-tel");
  EXPECT_EQ(last.subject_of, "example-bank");
}

TEST(DelegateIssuer, DelegatesOnlyWhatItHoldsUnlessCareless) {
  DelegationWorld world;
  world.play_when_set_up([&] {
    auto account = Ecosystem::account("gamma", {});
    account.numbers = {kRange};
    world.on(world.pa.env(), [&] { EXPECT_TRUE(world.pa.create_account(account)); });
    DelegateIssuer issuer(world.tester(), world.options({kRange}));
    PolicyAdministratorClient client(world.tester(), world.access("gamma"));
    OrderRequest order;
    order.directory_url = world.ca_one.directory_url();
    order.account_key = world.new_key();
    order.tn_auth_list_der = issuer.tn_auth_list_der();
    order.csr_der = issuer.make_request().value();
    order.spc_token =
        client.spc_token(order.tn_auth_list_der, *order.account_key->public_key(), true)->token;
    ASSERT_TRUE(issuer.install(order_certificate(world.tester(), order).value()));

    EXPECT_TRUE(issuer.issue(world.order(crypto::TnEntry::one("12015550150"))));
    DelegateOrder outside = world.order(crypto::TnEntry::one("12015550250"));
    const auto refused = issuer.issue(outside);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRefused);
    outside.enforce_scope = false;
    const auto careless = issuer.issue(outside);
    ASSERT_TRUE(careless);
    const auto verdict = world.judge(*careless);
    EXPECT_FALSE(verdict.ok);  // Verifiers must see it.
    EXPECT_EQ(verdict.failed_rule, "scope_tn");
  });
}

TEST(DelegateIssuer, WantsProofOfPossessionAndAReasonableValidity) {
  DelegationWorld world;
  world.play_when_set_up([&] {
    DelegateIssuer issuer(world.tester(),
                          world.options({crypto::TnEntry::service_provider_code("709J")}));
    world.install(issuer);
    if (!issuer.is_installed()) return;
    DelegateOrder forged = world.order(kRange);
    forged.csr_der.back() = static_cast<char>(forged.csr_der.back() ^ 1);
    EXPECT_THAT(issuer.issue(forged).error().detail, HasSubstr("proves no possession"));
    DelegateOrder endless = world.order(kRange);
    endless.not_after = endless.not_before + 3650 * 24h;
    EXPECT_EQ(issuer.issue(endless).error().code, ErrorCode::kRefused);
  });
}

TEST(DelegateIssuer, InstallsOnlyACaCertificateForItsOwnKey) {
  DelegationWorld world;
  world.play_when_set_up([&] {
    DelegateIssuer issuer(world.tester(),
                          world.options({crypto::TnEntry::service_provider_code("709J")}));
    EXPECT_TRUE(issuer.make_request());
    const auto foreign = order_certificate(world.tester(), world.good_order()).value();
    EXPECT_EQ(issuer.install(foreign).error().code, ErrorCode::kRefused);
  });
}

}  // namespace
}  // namespace shakedown::actors

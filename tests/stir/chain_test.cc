#include "stir/credential/chain.h"

#include <gtest/gtest.h>

#include "crypto/x509/certificate_bundle.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

namespace extension = crypto::extension;
namespace oid = crypto::oid;
using crypto::TnEntry;

CertificateChain chain_of(std::vector<crypto::CertificatePtr> certificates) {
  CertificateChain chain;
  chain.certificates = std::move(certificates);
  return chain;
}

TEST(CertificateBody, GivesTheChainAndItsHash) {
  const Testbed bed;
  const auto text = crypto::write_pem({bed.leaf, bed.intermediate});
  const auto answer = read_certificate_body(text);
  ASSERT_TRUE(answer.chain) << answer.detail;
  EXPECT_EQ(answer.outcome, FetchOutcome::kFetched);
  EXPECT_EQ(answer.chain->leaf(), bed.leaf);
  EXPECT_TRUE(answer.chain->notes.empty());
  EXPECT_EQ(answer.chain->hash, read_certificate_body(text).chain->hash);
  EXPECT_NE(answer.chain->hash, read_certificate_body(crypto::write_pem({bed.leaf})).chain->hash);
}

TEST(CertificateAnswer, TellsWhatBecameOfTheExchange) {
  sim::Answer answer;
  answer.detail = "connection refused";
  EXPECT_EQ(read_certificate_answer(answer).outcome, FetchOutcome::kUnreachable);
  EXPECT_EQ(read_certificate_answer(answer).detail, "connection refused");
  answer.kind = sim::Answer::Kind::kTimeout;
  EXPECT_EQ(read_certificate_answer(answer).outcome, FetchOutcome::kTimeout);
  answer.kind = sim::Answer::Kind::kResponse;
  for (const auto& [status, outcome] :
       {std::pair{204, FetchOutcome::kStatus}, std::pair{302, FetchOutcome::kRedirect},
        std::pair{404, FetchOutcome::kStatus}, std::pair{503, FetchOutcome::kStatus}}) {
    answer.response.status = status;
    EXPECT_EQ(read_certificate_answer(answer).outcome, outcome) << status;
    EXPECT_EQ(read_certificate_answer(answer).status, status);
  }
  answer.response.status = 200;
  answer.response.body = "no PEM";
  EXPECT_EQ(read_certificate_answer(answer).body_defect, BodyDefect::kNotPem);
}

TEST(UrlObjection, ForgivesWhatTheRulesAllow) {
  EXPECT_EQ(url_objection("https://cr.test/1.pem", {}), std::nullopt);
  EXPECT_TRUE(url_objection("ftp://cr.test/1.pem", {.allow_http = true}));
  EXPECT_EQ(url_objection("http://cr.test/1.pem", {.allow_http = true}), std::nullopt);
  EXPECT_EQ(url_objection("https://cr.test:99/1.pem", {.allow_any_port = true}), std::nullopt);
  EXPECT_EQ(url_objection("https://a@cr.test/1.pem?x#y", {.allow_query_fragment_userinfo = true}),
            std::nullopt);
  EXPECT_TRUE(url_objection("https://@cr.test/1.pem", {}));
  EXPECT_EQ(url_objection("https://127.0.0.1/1.pem", {.allow_private_addresses = true}),
            std::nullopt);
  EXPECT_TRUE(url_objection("https://0x7f.1/1.pem", {}));
  EXPECT_TRUE(url_objection("not a URL", {}));
}

// RFC 5280 §3.2: a CA that certified its own new key is self-issued, but no root.
TEST(ValidateChain, JudgesASelfIssuedIntermediateAsAnIntermediate) {
  const Testbed bed;
  const auto renewed_facts = facts("Test CA One", *key(6));
  const auto renewed = sign_certificate(
      make_intermediate(renewed_facts, *bed.intermediate, bed.crl_pointer()).value(),
      *bed.intermediate_key);
  ASSERT_EQ(renewed->subject_der(), bed.intermediate->subject_der());
  const auto leaf = sign_certificate(
      make_end_entity(facts("Acme Telecom", *bed.leaf_key), "709J", *renewed, bed.crl_pointer())
          .value(),
      *key(6));
  const auto verdict =
      validate_chain(chain_of({leaf, renewed, bed.intermediate}), bed.anchors, kNow);
  EXPECT_TRUE(verdict.ok) << verdict.detail;
  for (const auto& finding : verdict.findings)
    ADD_FAILURE() << finding.rule->id << ' ' << finding.position;
}

TEST(ValidateChain, KnowsTheWindowInWhichItHolds) {
  const Testbed bed;
  const auto chain = chain_of({bed.leaf, bed.intermediate});
  const auto verdict = validate_chain(chain, bed.anchors, kNow);
  ASSERT_TRUE(verdict.ok) << verdict.detail;
  EXPECT_EQ(verdict.path.size(), 3U);
  EXPECT_EQ(verdict.valid_from, bed.leaf->not_before());
  EXPECT_EQ(verdict.valid_until, bed.leaf->not_after());
  EXPECT_TRUE(validate_chain(chain, bed.anchors, verdict.valid_from).ok);
  EXPECT_TRUE(validate_chain(chain, bed.anchors, verdict.valid_until).ok);
  const auto second = std::chrono::seconds{1};
  const auto early = validate_chain(chain, bed.anchors, verdict.valid_from - second);
  EXPECT_EQ(early.failed_rule, "path_not_yet_valid");
  EXPECT_TRUE(early.depends_on_time);
  const auto late = validate_chain(chain, bed.anchors, verdict.valid_until + second);
  EXPECT_EQ(late.failed_rule, "path_expired");
  EXPECT_TRUE(late.depends_on_time);
  EXPECT_FALSE(validate_chain(chain, {}, kNow).depends_on_time);
  EXPECT_EQ(verdict.scope.text(), "spc 709J");
  EXPECT_EQ(*verdict.signer(), *bed.leaf_key->public_key());
  EXPECT_FALSE(verdict.is_delegate);
  EXPECT_TRUE(verdict.findings.empty()) << verdict.findings.front().rule->id;
}

// A failure of time is judged alike until another certificate begins or ends, and not before.
TEST(ValidateChain, KnowsHowLongAFailureOfTimeHolds) {
  const Testbed bed;
  const auto chain = chain_of({bed.leaf, bed.intermediate});
  const auto second = std::chrono::seconds{1};
  const sim::Time ended_at = bed.leaf->not_after() + second;
  const auto late = validate_chain(chain, bed.anchors, ended_at + second);
  ASSERT_TRUE(late.depends_on_time);
  EXPECT_TRUE(late.holds_at(ended_at));
  EXPECT_FALSE(late.holds_at(ended_at - sim::Duration{1}));
  const sim::Time next = std::min(bed.intermediate->not_after(), bed.anchors[0]->not_after());
  ASSERT_GT(next, bed.leaf->not_after());
  EXPECT_TRUE(late.holds_at(next));
  EXPECT_FALSE(late.holds_at(next + second));
  const auto early = validate_chain(chain, bed.anchors, bed.leaf->not_before() - second);
  EXPECT_TRUE(early.holds_at(bed.leaf->not_before() - sim::Duration{1}));
  EXPECT_FALSE(early.holds_at(bed.leaf->not_before()));
  const auto untrusted = validate_chain(chain, {}, kNow);
  EXPECT_TRUE(untrusted.holds_at(ended_at));
}

// The provider's own CA below the STI-CA, and a customer's certificate below that.
// RFC 8226 §9 lets a list in a CA certificate limit what is below; RFC 9060 §4 asks for lists in
// parents only.
TEST(ValidateChain, AnAnchorsListLimitsButMakesNoDelegates) {  // N128
  const Testbed bed;
  const auto below_root_of = [&](const std::string& spc) {
    auto root_facts = facts("Test CA One", *bed.root_key);
    root_facts.not_after = kNow + 3650 * std::chrono::hours{24};
    auto spec = make_root(root_facts).value();
    const auto list =
        crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code(spc)}).value();
    Testbed::put(spec, crypto::extension::tn_auth_list(list));
    const auto root = sign_certificate(spec, *bed.root_key);
    return validate_chain(chain_of({bed.leaf, bed.intermediate}), std::vector{root}, kNow);
  };
  const auto same = below_root_of("709J");
  EXPECT_TRUE(same.ok) << same.detail;
  EXPECT_FALSE(same.is_delegate);
  const auto other = below_root_of("818H");
  EXPECT_EQ(other.failed_rule, "scope_spc");
}

class Delegates : public ::testing::Test {
 protected:
  crypto::CertificatePtr sca(std::vector<TnEntry> scope) {
    auto spec = make_delegate_ca(facts("Acme Telecom", *sca_key_), scope, *bed_.intermediate,
                                 bed_.crl_pointer());
    return sign_certificate(spec.value(), *bed_.intermediate_key);
  }

  crypto::CertificateSpec customer_spec(const crypto::Certificate& issuer,
                                        std::vector<TnEntry> scope) {
    return make_delegate_end_entity(facts("Corner Shop", *customer_key_), scope,
                                    no_shaken_passports(), issuer, bed_.crl_pointer())
        .value();
  }

  ChainVerdict judge(std::vector<TnEntry> sca_scope,
                     std::vector<TnEntry> customer_scope,
                     const ChainPolicy& policy = {}) {
    const auto parent = sca(std::move(sca_scope));
    const auto child =
        sign_certificate(customer_spec(*parent, std::move(customer_scope)), *sca_key_);
    chain_ = {child, parent, bed_.intermediate};
    return validate_chain(chain_of(chain_), bed_.anchors, kNow, policy);
  }

  Testbed bed_;
  crypto::PrivateKeyPtr sca_key_ = key(11);
  crypto::PrivateKeyPtr customer_key_ = key(12);
  std::vector<crypto::CertificatePtr> chain_;
  std::vector<TnEntry> provider_{TnEntry::service_provider_code("709J")};
  std::vector<TnEntry> numbers_{TnEntry::range("12015550100", 10)};
};

TEST_F(Delegates, AreRecognisedAndEncompassed) {
  const auto verdict = judge(provider_, numbers_);
  EXPECT_TRUE(verdict.ok) << verdict.failed_rule << " " << verdict.detail;
  EXPECT_TRUE(verdict.is_delegate);
  EXPECT_EQ(verdict.scope.text(), "range 12015550100+10");
  ASSERT_TRUE(verdict.constraints);
  EXPECT_EQ(verdict.constraints->must_exclude.size(), 2U);
  for (const auto& finding : verdict.findings) {
    EXPECT_NE(finding.rule->severity, Severity::kError) << finding.rule->id << finding.detail;
  }
}

TEST_F(Delegates, MayNotExceedTheirParents) {
  const auto beyond = judge(numbers_, {TnEntry::range("12015550105", 10)});
  EXPECT_EQ(beyond.failed_rule, "scope_tn");
  EXPECT_FALSE(beyond.is_incomplete);
  EXPECT_EQ(judge(provider_, {TnEntry::service_provider_code("818H")}).failed_rule, "scope_spc");
  ChainPolicy policy;
  policy.spc_delegation = SpcDelegation::kReject;
  EXPECT_EQ(judge(provider_, numbers_, policy).failed_rule, "scope_tn");
  const NumberAuthority authority{{"1201555", "818H"}};
  policy = {SpcDelegation::kCheckAuthority, &authority};
  EXPECT_EQ(judge(provider_, numbers_, policy).failed_rule, "scope_tn");
  const NumberAuthority own{{"1201555", "709J"}};
  policy.number_authority = &own;
  EXPECT_TRUE(judge(provider_, numbers_, policy).ok);
}

TEST_F(Delegates, MustComeInOrderAndComplete) {
  ASSERT_TRUE(judge(provider_, numbers_).ok);
  std::swap(chain_[1], chain_[2]);
  EXPECT_EQ(validate_chain(chain_of(chain_), bed_.anchors, kNow).failed_rule, "chain_order");
  std::swap(chain_[1], chain_[2]);
  chain_.push_back(bed_.root);  // The anchor may be there.
  EXPECT_TRUE(validate_chain(chain_of(chain_), bed_.anchors, kNow).ok);
  chain_.push_back(bed_.pa_signer);
  EXPECT_EQ(validate_chain(chain_of(chain_), bed_.anchors, kNow).failed_rule, "chain_order");
}

TEST_F(Delegates, NeedAnAuthorityKeyIdentifier) {  // N101
  const auto parent = sca(provider_);
  auto spec = customer_spec(*parent, numbers_);
  Testbed::drop(spec, oid::kAuthorityKeyIdentifier);
  const auto child = sign_certificate(std::move(spec), *sca_key_);
  const auto verdict =
      validate_chain(chain_of({child, parent, bed_.intermediate}), bed_.anchors, kNow);
  EXPECT_EQ(verdict.failed_rule, "chain_key_identifiers");
}

TEST_F(Delegates, NeedAParentWithAList) {  // N127
  const auto top = sca(provider_);
  auto middle_spec =
      make_delegate_ca(facts("Reseller", *key(13)), numbers_, *top, bed_.crl_pointer()).value();
  Testbed::drop(middle_spec, oid::kTnAuthList);
  const auto middle = sign_certificate(std::move(middle_spec), *sca_key_);
  const auto child = sign_certificate(customer_spec(*middle, numbers_), *key(13));
  const auto verdict =
      validate_chain(chain_of({child, middle, top, bed_.intermediate}), bed_.anchors, kNow);
  EXPECT_EQ(verdict.failed_rule, "delegate_parent_without_list");
}

TEST_F(Delegates, WithAListByReferenceAreOfUnknownScope) {
  const auto parent = sca(provider_);
  auto spec = customer_spec(*parent, numbers_);
  Testbed::put(spec, extension::authority_info_access(
                         {{std::string(oid::kStirTnList), "https://ca.test/tnal/1"}}));
  const auto child = sign_certificate(std::move(spec), *sca_key_);
  const auto verdict =
      validate_chain(chain_of({child, parent, bed_.intermediate}), bed_.anchors, kNow);
  EXPECT_EQ(verdict.failed_rule, "scope_unknown");
  EXPECT_TRUE(verdict.is_incomplete);
}

TEST_F(Delegates, MayNotSignShakenPassports) {  // ATIS-1000092
  const auto parent = sca(provider_);
  const auto spec = make_delegate_end_entity(facts("Corner Shop", *customer_key_), numbers_,
                                             std::nullopt, *parent, bed_.crl_pointer());
  const auto child = sign_certificate(spec.value(), *sca_key_);
  auto scene = scene_of(bed_);
  scene.chain = {child, parent, bed_.intermediate};
  const auto sign = [&](const Passport& content) {
    const auto input = signing_input(content);
    scene.identity = write_identity_header(encode(input, customer_key_->sign(input).value()),
                                           content.x5u, content.ppt);
  };
  sign(bed_.passport);
  const auto shaken = verify(scene);
  EXPECT_EQ(shaken.failed(), "spc_is_present");
  EXPECT_EQ(shaken.verdict.code, 437);

  auto base = bed_.passport;
  base.ppt.clear();
  base.attest.clear();
  base.origid.clear();
  sign(base);
  EXPECT_TRUE(verify(scene).verdict.passed);
  base.orig = telephone_number("12015550110");
  scene.call.orig = base.orig;
  sign(base);
  const auto outside = verify(scene);
  EXPECT_EQ(outside.failed(), "orig_is_covered");
  EXPECT_EQ(outside.verdict.code, 438);
}

// A provider signs for a number that it does not own: provider code and number in one list.
TEST(ProofOfPossession, IsReadAsThePolicySays) {
  const Testbed bed;
  auto scene = scene_of(bed);
  scene.chain.front() = bed.leaf_with([](crypto::CertificateSpec& spec) {
    const auto list = crypto::encode_tn_auth_list(
        {TnEntry::service_provider_code("709J"), TnEntry::one("12015550101")});
    Testbed::put(spec, extension::tn_auth_list(*list));
  });
  auto policy = policy_for(*profile_by_name("rfc8224"));
  policy.mixed_list = MixedListMode::kIntersection;
  EXPECT_TRUE(verify(scene, policy).verdict.passed);
  policy.mixed_list = MixedListMode::kReject;
  EXPECT_EQ(verify(scene, policy).verdict.code, 437);

  auto other = bed.passport;
  other.orig = telephone_number("12015550102");
  scene.call.orig = other.orig;
  scene.identity = bed.identity(other);
  policy.mixed_list = MixedListMode::kIntersection;
  EXPECT_EQ(verify(scene, policy).failed(), "orig_is_covered");
  policy.mixed_list = MixedListMode::kUnion;
  EXPECT_TRUE(verify(scene, policy).verdict.passed);
}

}  // namespace
}  // namespace shakedown::stir::test

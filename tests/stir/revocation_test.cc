#include "stir/credential/revocation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/octets/der.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

using ::testing::ElementsAre;

class Revocations : public ::testing::Test {
 protected:
  Revocations() {
    expected_.signer_chain = signer_chain_;
    expected_.policy_administrator_roots = roots_;
    expected_.now = kNow;
    expected_.url = kCrlUrl;
  }

  crypto::CrlSpec::Entry entry_of(const crypto::Certificate& certificate) {
    return {certificate.serial(), kNow - std::chrono::hours{2}, crypto::CrlReason::kKeyCompromise,
            certificate.issuer_der()};
  }

  std::string_view failed_rule(const crypto::CrlSpec& spec) {
    return crl_is_usable(*bed_.crl(spec), expected_).failed_rule;
  }

  RevocationAnswer answer(const crypto::CrlSpec& spec) {
    return check_path_revocation(path_, *bed_.crl(spec), kNow);
  }

  Testbed bed_;
  std::vector<crypto::CertificatePtr> signer_chain_{bed_.pa_signer};
  std::vector<crypto::CertificatePtr> roots_{bed_.pa_root};
  std::vector<crypto::CertificatePtr> path_{bed_.leaf, bed_.intermediate, bed_.root};
  CrlExpectation expected_;
};

TEST_F(Revocations, FindNothingInAnEmptyList) {
  const auto usable = crl_is_usable(*bed_.crl(bed_.crl_spec()), expected_);
  EXPECT_TRUE(usable.usable) << usable.failed_rule << usable.detail;
  EXPECT_TRUE(usable.alarms.empty());
  EXPECT_EQ(answer(bed_.crl_spec()).state, RevocationState::kGood);
}

TEST_F(Revocations, FindTheLeafAndTheIntermediate) {  // N140, N141
  auto spec = bed_.crl_spec();
  spec.entries = {entry_of(*bed_.leaf)};
  EXPECT_EQ(failed_rule(spec), "");
  const auto leaf = answer(spec);
  EXPECT_EQ(leaf.state, RevocationState::kRevoked);
  EXPECT_EQ(leaf.position, 0U);
  EXPECT_EQ(leaf.revoked_at, kNow - std::chrono::hours{2});
  EXPECT_NE(leaf.detail.find("keyCompromise"), std::string::npos);
  spec.entries = {entry_of(*bed_.intermediate)};
  const auto intermediate = answer(spec);
  EXPECT_EQ(intermediate.state, RevocationState::kRevoked);
  EXPECT_EQ(intermediate.position, 1U);
}

TEST_F(Revocations, AreNotFooledByAnotherIssuersSerial) {  // N142
  auto spec = bed_.crl_spec();
  auto entry = entry_of(*bed_.leaf);
  entry.issuer_der = bed_.root->subject_der();
  spec.entries = {entry};
  EXPECT_EQ(answer(spec).state, RevocationState::kGood);
}

TEST_F(Revocations, FollowInheritedIssuers) {  // N143
  auto spec = bed_.crl_spec();
  auto first = entry_of(*bed_.leaf);
  first.serial = crypto::der::positive_integer("\x33\x44");
  auto second = entry_of(*bed_.leaf);
  second.issuer_der.clear();
  spec.entries = {first, second};
  EXPECT_EQ(answer(spec).state, RevocationState::kRevoked);
  // The first entry without an issuer is the STI-PA's own.
  spec.entries = {second};
  EXPECT_EQ(answer(spec).state, RevocationState::kGood);
}

TEST_F(Revocations, AreUndeterminedWhenTheListIsStale) {  // N144
  auto spec = bed_.crl_spec();
  spec.next_update = kNow - std::chrono::seconds{1};
  EXPECT_EQ(failed_rule(spec), "crl_expired");
  EXPECT_EQ(answer(spec).state, RevocationState::kUndetermined);
  spec.next_update.reset();
  EXPECT_EQ(failed_rule(spec), "crl_expired");
  spec = bed_.crl_spec();
  spec.this_update = kNow + std::chrono::seconds{1};
  EXPECT_EQ(failed_rule(spec), "crl_not_yet_valid");
}

TEST_F(Revocations, NeedASignerUnderThePolicyAdministratorsRoot) {  // N145, N146
  expected_.policy_administrator_roots = bed_.anchors;
  EXPECT_EQ(failed_rule(bed_.crl_spec()), "crl_signer");
  expected_.policy_administrator_roots = roots_;
  expected_.signer_chain = {};
  EXPECT_EQ(failed_rule(bed_.crl_spec()), "crl_signer");

  const auto forged = crypto::Crl::read(crypto::build_crl(bed_.crl_spec(), *key(9)).value());
  expected_.signer_chain = signer_chain_;
  EXPECT_EQ(crl_is_usable(**forged, expected_).failed_rule, "crl_signature");

  auto weak =
      make_policy_administrator_signer(facts("STI-PA", *bed_.pa_signer_key), *bed_.pa_root).value();
  Testbed::put(weak, crypto::extension::key_usage(crypto::kDigitalSignature));
  const std::vector<crypto::CertificatePtr> weak_chain{
      sign_certificate(std::move(weak), *bed_.pa_root_key)};
  expected_.signer_chain = weak_chain;
  EXPECT_EQ(failed_rule(bed_.crl_spec()), "crl_signer_usage");
}

TEST_F(Revocations, NeedTheRightScope) {  // N147
  auto spec = bed_.crl_spec();
  expected_.url = "https://elsewhere.test/crl";
  EXPECT_EQ(failed_rule(spec), "crl_distribution_point");
  expected_.url = kCrlUrl;
  spec.indirect = false;
  spec.entries = {entry_of(*bed_.leaf)};
  EXPECT_EQ(failed_rule(spec), "crl_not_indirect");
}

TEST_F(Revocations, NeverGoBack) {  // N148
  EXPECT_EQ(failed_rule(bed_.crl_spec()), "");
  const auto newest = bed_.crl(bed_.crl_spec())->fields().number.value();
  expected_.newest_number = newest;
  EXPECT_EQ(failed_rule(bed_.crl_spec()), "");  // The same again.
  auto older = bed_.crl_spec();
  older.number = 6;
  EXPECT_EQ(failed_rule(older), "crl_number_went_back");
  older.number = 300;  // Two octets: numbers, not texts, are compared.
  EXPECT_EQ(failed_rule(older), "");
  older.number.reset();
  EXPECT_EQ(failed_rule(older), "crl_number_went_back");
}

TEST_F(Revocations, DistrustRemoveFromCrlInAFullList) {  // N149
  auto spec = bed_.crl_spec();
  auto entry = entry_of(*bed_.leaf);
  entry.reason = crypto::CrlReason::kRemoveFromCrl;
  spec.entries = {entry};
  EXPECT_THAT(crl_is_usable(*bed_.crl(spec), expected_).alarms,
              ElementsAre("remove_from_crl_in_full_list"));
  EXPECT_EQ(answer(spec).state, RevocationState::kUndetermined);
}

TEST_F(Revocations, RefuseUnknownCriticalExtensions) {
  auto spec = bed_.crl_spec();
  spec.other_extensions = {crypto::extension::raw("1.3.6.1.4.1.99999.1", true, "\x05")};
  EXPECT_EQ(failed_rule(spec), "crl_critical_extension");
}

TEST_F(Revocations, AreUndeterminedByAListThatTheCertificateDoesNotName) {
  const auto elsewhere = bed_.leaf_with([&](crypto::CertificateSpec& spec) {
    Testbed::put(spec, crypto::extension::crl_distribution_points("https://elsewhere.test/crl",
                                                                  bed_.pa_signer->subject_der()));
  });
  const auto list = bed_.crl(bed_.crl_spec());
  EXPECT_EQ(revocation_status(*elsewhere, *list).state, RevocationState::kUndetermined);
  const auto other_issuer = bed_.leaf_with([&](crypto::CertificateSpec& spec) {
    Testbed::put(spec,
                 crypto::extension::crl_distribution_points(kCrlUrl, bed_.root->subject_der()));
  });
  EXPECT_EQ(revocation_status(*other_issuer, *list).state, RevocationState::kUndetermined);
  // Without a distribution point the configured list counts.
  const auto without = bed_.leaf_with([](crypto::CertificateSpec& spec) {
    Testbed::drop(spec, crypto::oid::kCrlDistributionPoints);
  });
  EXPECT_EQ(revocation_status(*without, *list).state, RevocationState::kGood);
}

}  // namespace
}  // namespace shakedown::stir::test

// Certificate specifications, the profile's rules and the rules for requests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <functional>
#include <memory>
#include <set>

#include "stir/credential/certificate_profile.h"
#include "stir/credential/certificate_request.h"
#include "stir/credential/certificate_specs.h"
#include "tests/stir/testbed.h"

namespace shakedown::stir::test {
namespace {

namespace extension = crypto::extension;
namespace oid = crypto::oid;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> findings(const crypto::Certificate& certificate,
                                  CertificateRole role,
                                  const crypto::Certificate* issuer,
                                  ProfileVersion version = ProfileVersion::kV005) {
  std::vector<std::string> ids;
  for (const auto& finding : check_profile({certificate, role, issuer, version})) {
    ids.emplace_back(finding.rule->id);
  }
  return ids;
}

TEST(CertificateSpecs, FollowTheProfileToTheLetter) {
  const Testbed bed;
  EXPECT_THAT(findings(*bed.root, CertificateRole::kRoot, nullptr), IsEmpty());
  EXPECT_THAT(findings(*bed.intermediate, CertificateRole::kIntermediate, bed.root.get()),
              IsEmpty());
  EXPECT_THAT(findings(*bed.leaf, CertificateRole::kEndEntity, bed.intermediate.get()), IsEmpty());
  EXPECT_EQ(role_of(*bed.root, false), CertificateRole::kRoot);
  EXPECT_EQ(role_of(*bed.intermediate, false), CertificateRole::kIntermediate);
  EXPECT_EQ(role_of(*bed.leaf, false), CertificateRole::kEndEntity);
  EXPECT_EQ(role_of(*bed.leaf, true), CertificateRole::kDelegate);
}

TEST(CertificateSpecs, SayThatNobodyShouldTrustThem) {
  const Testbed bed;
  for (const auto& certificate :
       {bed.root, bed.intermediate, bed.leaf, bed.pa_root, bed.pa_signer}) {
    EXPECT_THAT(std::string(certificate->subject().find("O").value_or("")),
                HasSubstr(std::string(kNotTrusted)));
  }
  EXPECT_EQ(test_organization("X (TEST - NOT TRUSTED)"), "X (TEST - NOT TRUSTED)");
  EXPECT_EQ(bed.leaf->subject().find("CN"), "SHAKEN 709J");
}

TEST(CertificateSpecs, RefuseWhatMakesNoCertificate) {
  const Testbed bed;
  auto short_serial = facts("Acme", *bed.leaf_key);
  short_serial.serial_octets = "1234567";
  EXPECT_FALSE(make_root(short_serial));
  auto backwards = facts("Acme", *bed.leaf_key);
  backwards.not_after = backwards.not_before;
  EXPECT_FALSE(make_root(backwards));
}

TEST(CertificateSpecs, KeepSerialsPositiveAndLong) {
  const Testbed bed;
  for (const char first : {'\xff', '\x80', '\x7f', '\x00'}) {
    auto with_serial = facts("Acme", *bed.root_key);
    with_serial.serial_octets = std::string(1, first) + std::string(7, '\0');
    const auto root = sign_certificate(make_root(with_serial).value(), *bed.root_key);
    EXPECT_EQ(root->serial().size(), 8U);
    EXPECT_THAT(findings(*root, CertificateRole::kRoot, nullptr), IsEmpty());
  }
}

TEST(CertificateProfile, HasOneRowARule) {
  std::set<std::string_view> ids;
  for (const auto& rule : profile_rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.clause.empty());
    EXPECT_LE(rule.first, rule.last);
    EXPECT_NE(rule.roles, 0);
  }
}

TEST(CertificateProfile, ChangesWithItsVersion) {
  const Testbed bed;
  auto root_facts = facts("Test CA One", *bed.root_key);
  auto spec = make_root(root_facts).value();
  Testbed::put(spec, extension::key_usage(crypto::kKeyCertSign | crypto::kCrlSign));
  const auto root = sign_certificate(std::move(spec), *bed.root_key);
  EXPECT_THAT(findings(*root, CertificateRole::kRoot, nullptr, ProfileVersion::kV004), IsEmpty());
  EXPECT_THAT(findings(*root, CertificateRole::kRoot, nullptr, ProfileVersion::kV005),
              ElementsAre("ca_only_signs_certificates"));
}

TEST(CertificateProfile, TakesTheVersionOfTheDayOfIssue) {
  const Testbed bed;
  const auto root_issued = [&](std::string_view day) {
    auto root_facts = facts("Test CA One", *bed.root_key);
    root_facts.not_before = sim::parse_time(std::string(day) + "T00:00:00Z").value();
    return sign_certificate(make_root(root_facts).value(), *bed.root_key);
  };
  const auto version = [&](std::string_view day, CertificateRole role) {
    return to_string(version_in_force(*root_issued(day), role));
  };
  EXPECT_EQ(version("2021-10-17", CertificateRole::kRoot), "v003");
  EXPECT_EQ(version("2021-10-18", CertificateRole::kRoot), "v004");
  EXPECT_EQ(version("2022-12-11", CertificateRole::kRoot), "v004");
  EXPECT_EQ(version("2022-12-12", CertificateRole::kRoot), "v005");
  EXPECT_EQ(version("2023-03-11", CertificateRole::kEndEntity), "v004");
  EXPECT_EQ(version("2023-03-12", CertificateRole::kEndEntity), "v005");
}

TEST(CertificateProfile, JudgesCaCertificates) {
  const Testbed bed;
  const auto judged = [&](const std::function<void(crypto::CertificateSpec&)>& change) {
    auto spec =
        make_intermediate(facts("Test CA One", *bed.intermediate_key), *bed.root, bed.crl_pointer())
            .value();
    change(spec);
    const auto certificate = sign_certificate(std::move(spec), *bed.root_key);
    return findings(*certificate, CertificateRole::kIntermediate, bed.root.get());
  };
  const auto list =
      crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("709J")}).value();
  EXPECT_THAT(judged([&](auto& spec) { Testbed::put(spec, extension::tn_auth_list(list)); }),
              ElementsAre("ca_has_no_tn_auth_list"));  // N128
  EXPECT_THAT(judged([&](auto& spec) {
                Testbed::put(spec, extension::certificate_policies({"2.5.29.32.0"}));
              }),
              ElementsAre("policy_is_not_any"));
  EXPECT_THAT(judged([&](auto& spec) {
                Testbed::put(spec, extension::authority_key_identifier(std::string(20, 'x')));
              }),
              ElementsAre("authority_key_identifier_matches"));  // N101
  EXPECT_THAT(judged([&](auto& spec) {
                Testbed::put(spec, extension::raw(oid::kKeyUsage, true, "\x03\x02\x02\x04"));
              }),
              IsEmpty());
  EXPECT_THAT(judged([&](auto& spec) {
                // Trailing zero bits, as some certificates in use have them.
                Testbed::put(
                    spec, extension::raw(oid::kKeyUsage, true, std::string("\x03\x02\x00\x04", 4)));
              }),
              ElementsAre("key_usage_is_minimal"));
  EXPECT_THAT(judged([&](auto& spec) {
                spec.subject = crypto::Name{
                    {{"C", "USA", false}, {"O", "X", false}, {"CN", "Test CA", false}}};
              }),
              ElementsAre("country_is_two_letters", "common_name_says_shaken"));  // N131
}

// The certificate with this key instead of its own, signed with it. Takes the key.
crypto::CertificatePtr signed_by_other_key(const crypto::Certificate& certificate,
                                           EVP_PKEY* made,
                                           const EVP_MD* digest) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(made, &EVP_PKEY_free);
  const auto* from = reinterpret_cast<const unsigned char*>(certificate.der().data());
  const std::unique_ptr<X509, decltype(&X509_free)> x509(
      d2i_X509(nullptr, &from, static_cast<long>(certificate.der().size())), &X509_free);
  EXPECT_EQ(X509_set_pubkey(x509.get(), key.get()), 1);
  EXPECT_GT(X509_sign(x509.get(), key.get(), digest), 0);
  unsigned char* octets = nullptr;
  const int size = i2d_X509(x509.get(), &octets);
  const std::string der(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  OPENSSL_free(octets);
  return crypto::Certificate::from_der(der).value();
}

TEST(CertificateProfile, TakesNeitherRsaNorSha1) {  // N113
  const Testbed bed;
  const auto leaf_findings = [&](EVP_PKEY* key, const EVP_MD* digest) {
    const auto leaf = signed_by_other_key(*bed.leaf, key, digest);
    return findings(*leaf, CertificateRole::kEndEntity, bed.intermediate.get());
  };
  EXPECT_THAT(leaf_findings(EVP_EC_gen("P-256"), EVP_sha256()),
              ElementsAre("subject_key_identifier_is_sha1"));
  EXPECT_THAT(
      leaf_findings(EVP_RSA_gen(2048), EVP_sha256()),
      ElementsAre("signature_is_ecdsa", "leaf_key_is_p256", "subject_key_identifier_is_sha1"));
  EXPECT_THAT(leaf_findings(EVP_EC_gen("P-256"), EVP_sha1()),
              ElementsAre("signature_is_ecdsa", "subject_key_identifier_is_sha1"));
}

class Requests : public ::testing::Test {
 protected:
  std::string failed(const crypto::RequestSpec& spec, const crypto::PrivateKey& key) {
    const auto request = crypto::parse_request(crypto::build_request(spec, key).value());
    if (!request) return "unreadable";
    const auto finding = check_request(*request, expected_);
    return finding ? std::string(finding->rule->id) : "";
  }

  std::string failed() { return failed(spec_, *bed_.leaf_key); }

  Testbed bed_;
  std::string list_ =
      crypto::encode_tn_auth_list({crypto::TnEntry::service_provider_code("709J")}).value();
  std::string account_ = key(8)->public_key()->spki_der();
  crypto::RequestSpec spec_{crypto::Name{{{"C", "US", false}, {"CN", "SHAKEN 709J", false}}},
                            {extension::tn_auth_list(list_)}};
  RequestExpectation expected_{
      .identifier_der = list_, .crl_url = kCrlUrl, .account_spki_der = account_};
};

TEST_F(Requests, AreTakenAsDeployedClientsSendThem) {
  EXPECT_EQ(failed(), "");
  spec_.subject = crypto::Name{};
  spec_.extensions.push_back(extension::crl_distribution_points(kCrlUrl));
  spec_.extensions.push_back(extension::basic_constraints(false));
  EXPECT_EQ(failed(), "");
}

TEST_F(Requests, FailAtTheRuleThatTheyBreak) {
  const auto good = spec_;
  spec_.extensions.clear();
  EXPECT_EQ(failed(), "csr_tn_auth_list_matches_order");  // N197
  spec_ = good;
  spec_.extensions.push_back(spec_.extensions.front());
  EXPECT_EQ(failed(), "csr_extensions_occur_once");
  spec_ = good;
  spec_.extensions.push_back(extension::basic_constraints(true));
  EXPECT_EQ(failed(), "csr_ca_flag_matches_token");  // N164
  expected_.ca = true;
  EXPECT_EQ(failed(), "");
  spec_ = good;
  EXPECT_EQ(failed(), "csr_ca_flag_matches_token");
  expected_.ca = false;
  spec_.extensions.push_back(extension::crl_distribution_points(std::string(kCrlUrl) + "2"));
  EXPECT_EQ(failed(), "csr_distribution_point_is_ours");
  spec_ = good;
  spec_.extensions.push_back(extension::authority_info_access({{"1.2.3", "http://x.test/"}}));
  EXPECT_EQ(failed(), "csr_no_other_extensions");  // N200
  expected_.drop_other_extensions = true;
  EXPECT_EQ(failed(), "");
  spec_ = good;
  spec_.subject = crypto::Name{{{"CN", "SHAKEN 818H", false}}};
  EXPECT_EQ(failed(), "csr_subject_names_the_provider");  // N201
}

TEST_F(Requests, MayNotUseTheAccountKeyUnlessAllowed) {  // N198
  EXPECT_EQ(failed(spec_, *key(8)), "csr_key_is_not_the_account_key");
  expected_.allow_account_key = true;
  EXPECT_EQ(failed(spec_, *key(8)), "");
}

TEST_F(Requests, MustProvePossessionOfTheKey) {  // N196
  auto der = crypto::build_request(spec_, *bed_.leaf_key).value();
  const auto other =
      crypto::build_request(spec_, *bed_.leaf_key->public_key(),
                            [&](std::string_view octets) { return key(9)->sign(octets); });
  const auto request = crypto::parse_request(*other);
  ASSERT_TRUE(request);
  EXPECT_EQ(check_request(*request, expected_)->rule->id, "csr_signature_is_valid");
}

}  // namespace
}  // namespace shakedown::stir::test

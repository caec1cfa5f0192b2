// Whatever profile an STI-CA issues by, our own lint finds what it should in the certificates.
#include "actors/issuing/issuing_profile.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "actors/workload/work.h"
#include "tests/actors/test_world.h"

namespace shakedown::actors {
namespace {

using stir::CertificateRole;
using stir::ProfileVersion;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr auto kEveryVersion = {ProfileVersion::kV003, ProfileVersion::kV004,
                                ProfileVersion::kV005};

// What an STI-CA of this profile issues, and the certificates above.
struct IssuedPath {
  crypto::CertificatePtr leaf;
  crypto::CertificatePtr intermediate;
  crypto::CertificatePtr root;
};

IssuedPath issue_by(const IssuingProfile& profile) {
  EXPECT_TRUE(crypto::install_randomness_provider());
  IssuedPath path;
  TestWorld world;
  world.play([&] {
    const stir::CrlPointer crl{"https://sti-pa.test/download/v1/crl",
                               crypto::Name{{{"C", "US"}, {"CN", "STI-PA CRL"}}}.to_der().value()};
    path = world.tester().compute(
        work::kIssueCertificate,
        [](const IssuingProfile& by, const stir::CrlPointer& pointer) {
          const auto hierarchy = make_hierarchy("Careful CA", kEpoch - 24h, pointer, by).value();
          CertificateContents contents;
          contents.subject_spki_der =
              crypto::PrivateKey::generate().value()->public_key()->spki_der();
          contents.organization = "Acme Telecom";
          contents.scope = {crypto::TnEntry::service_provider_code("709J")};
          contents.not_before = kEpoch;
          contents.not_after = kEpoch + 90 * 24h;
          return IssuedPath{issue_under(hierarchy, contents, pointer, by).value(),
                            hierarchy->intermediate, hierarchy->root};
        },
        profile, crl);
  });
  return path;
}

// The rules of this version that the path breaks, but warnings.
std::vector<std::string> broken_rules(const IssuedPath& path, ProfileVersion version) {
  std::vector<std::string> broken;
  const auto add = [&](const crypto::Certificate& certificate, CertificateRole role,
                       const crypto::Certificate* issuer) {
    for (const auto& finding : stir::check_profile({certificate, role, issuer, version})) {
      EXPECT_NE(finding.rule->severity, stir::Severity::kError) << finding.detail;
      if (finding.rule->severity == stir::Severity::kWarning) continue;
      broken.push_back(std::string(to_string(role)) + " " + std::string(finding.rule->id));
    }
  };
  add(*path.leaf, CertificateRole::kEndEntity, path.intermediate.get());
  add(*path.intermediate, CertificateRole::kIntermediate, path.root.get());
  add(*path.root, CertificateRole::kRoot, path.root.get());
  return broken;
}

TEST(IssuingProfile, OfEachVersionKeepsThatVersion) {
  for (const ProfileVersion version : kEveryVersion) {
    IssuingProfile profile;
    profile.version = version;
    EXPECT_THAT(broken_rules(issue_by(profile), version), IsEmpty()) << to_string(version);
  }
}

TEST(IssuingProfile, OfAnOlderVersionIsNotTheNewest) {
  IssuingProfile profile;
  profile.version = ProfileVersion::kV003;
  const IssuedPath path = issue_by(profile);
  EXPECT_THAT(broken_rules(path, ProfileVersion::kV005),
              UnorderedElementsAre("intermediate ca_only_signs_certificates",
                                   "intermediate one_distribution_point_in_cas",
                                   "root ca_only_signs_certificates"));
  EXPECT_FALSE((*path.leaf)->crl_distribution_points.empty());
  EXPECT_TRUE((*path.leaf)->crl_distribution_points[0].crl_issuers.empty());
}

TEST(IssuingProfile, NamesItsPolicyAndItsPracticeStatement) {
  IssuingProfile profile;
  profile.policy = "2.16.840.1.114569.1.1.4";
  profile.practice_statement_uri = "https://ca-one.test/practices.html";
  const IssuedPath path = issue_by(profile);
  for (const auto& certificate : {path.leaf, path.intermediate}) {
    ASSERT_EQ((*certificate)->policies.size(), 1U);
    EXPECT_EQ((*certificate)->policies[0].oid, profile.policy);
    EXPECT_EQ((*certificate)->policies[0].cps_uris,
              std::vector<std::string>{profile.practice_statement_uri});
  }
  EXPECT_TRUE((*path.root)->policies.empty());
  EXPECT_THAT(broken_rules(path, ProfileVersion::kV005), IsEmpty());
  profile.policy = "1.2.250.1.695.1.1.1.1";  // Another country's.
  EXPECT_THAT(broken_rules(issue_by(profile), ProfileVersion::kV005),
              UnorderedElementsAre("end_entity policy_is_shaken", "intermediate policy_is_shaken"));
}

// draft-sliwa-stir-cert-cps-ext: not the practice statement, which is called CPS as well.
TEST(IssuingProfile, NamesCallPlacementServicesInTheLeafAlone) {
  IssuingProfile profile;
  profile.call_placement_uris = {"https://cps.example.net/oob/v1"};
  const IssuedPath path = issue_by(profile);
  const auto* extension = path.leaf->find_extension(kCallPlacementUris);
  ASSERT_NE(extension, nullptr);
  EXPECT_FALSE(extension->critical);
  EXPECT_EQ(crypto::to_hex(extension->value),
            "3020161e68747470733a2f2f6370732e6578616d706c652e6e65742f6f6f622f7631");
  EXPECT_EQ(path.intermediate->find_extension(kCallPlacementUris), nullptr);
  EXPECT_THAT(broken_rules(path, ProfileVersion::kV005),
              ElementsAre("end_entity no_other_extensions"));
}

TEST(IssuingProfile, WithNoRevAvailNamesNoCrl) {
  IssuingProfile profile;
  profile.no_rev_avail = true;
  const IssuedPath path = issue_by(profile);
  const auto* extension = path.leaf->find_extension(crypto::oid::kNoRevAvail);
  ASSERT_NE(extension, nullptr);
  EXPECT_FALSE(extension->critical);
  EXPECT_EQ(crypto::to_hex(extension->value), "0500");
  EXPECT_TRUE((*path.leaf)->crl_distribution_points.empty());
  // RFC 9608 §2: not in a CA's certificate.
  EXPECT_EQ(path.intermediate->find_extension(crypto::oid::kNoRevAvail), nullptr);
  EXPECT_FALSE((*path.intermediate)->crl_distribution_points.empty());
  EXPECT_THAT(
      broken_rules(path, ProfileVersion::kV005),
      UnorderedElementsAre("end_entity no_other_extensions", "end_entity one_distribution_point"));
}

TEST(IssuingProfile, NamesItsOcspResponderBelowTheRoot) {
  IssuingProfile profile;
  profile.ocsp_url = "https://ca-one.test/ocsp";
  const IssuedPath path = issue_by(profile);
  for (const auto& certificate : {path.leaf, path.intermediate}) {
    ASSERT_EQ((*certificate)->authority_info_access.size(), 1U);
    EXPECT_EQ((*certificate)->authority_info_access[0].uri, profile.ocsp_url);
  }
  EXPECT_TRUE((*path.root)->authority_info_access.empty());
  EXPECT_THAT(
      broken_rules(path, ProfileVersion::kV005),
      UnorderedElementsAre("end_entity no_other_extensions", "intermediate no_other_extensions"));
}

}  // namespace
}  // namespace shakedown::actors

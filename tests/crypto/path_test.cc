#include "crypto/x509/path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/x509/forbidden_signatures.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using namespace std::chrono_literals;
using testing::at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::hex;
using testing::Hierarchy;
using testing::intermediate_spec;
using testing::issued;
using testing::kNow;
using testing::leaf_spec;
using testing::name;
using testing::Party;
using testing::root_spec;

class Path : public ::testing::Test {
 protected:
  PathResult validate(const CertificatePtr& first,
                      std::vector<CertificatePtr> untrusted,
                      std::vector<CertificatePtr> anchors,
                      sim::Time when = kNow) {
    return validate_path(first, untrusted, anchors, when);
  }

  // The usual leaf through this intermediate certificate of the usual intermediate key.
  PathResult through(const CertificateSpec& spec) {
    const CertificatePtr middle = issued(spec, *root.key);
    return validate(leaf.certificate, {middle}, {root.certificate});
  }

  CertificateSpec intermediate_as_usual() {
    return intermediate_spec(*intermediate.key->public_key(), root);
  }

  CertificateSpec leaf_as_usual() { return leaf_spec(*leaf.key->public_key(), intermediate); }

  PathResult validate_leaf(const CertificateSpec& spec) {
    return validate(issued(spec, *intermediate.key), {intermediate.certificate},
                    {root.certificate});
  }

  Hierarchy hierarchy;
  const Party& root = hierarchy.root;
  const Party& intermediate = hierarchy.intermediate;
  const Party& leaf = hierarchy.leaf;
};

TEST_F(Path, LeadsFromLeafToAnchor) {
  const PathResult result =
      validate(leaf.certificate, {intermediate.certificate}, {root.certificate});
  EXPECT_TRUE(result.ok) << result.text;
  EXPECT_EQ(result.error, PathError::kNone);
  EXPECT_THAT(result.path,
              ElementsAre(leaf.certificate, intermediate.certificate, root.certificate));
}

TEST_F(Path, IgnoresStrangersAndARootAmongTheUntrusted) {
  const Hierarchy other;
  EXPECT_TRUE(validate(leaf.certificate,
                       {other.intermediate.certificate, root.certificate, leaf.certificate,
                        intermediate.certificate},
                       {other.root.certificate, root.certificate})
                  .ok);
}

TEST_F(Path, AnAnchorNeedNotBeSelfSigned) {
  const PathResult result = validate(leaf.certificate, {}, {intermediate.certificate});
  EXPECT_TRUE(result.ok) << result.text;
  EXPECT_THAT(result.path, ElementsAre(leaf.certificate, intermediate.certificate));
}

TEST_F(Path, NotAfterIsInclusive) {
  const sim::Time end = leaf.certificate->not_after();
  const auto error_at = [&](sim::Time when) {
    return validate(leaf.certificate, {intermediate.certificate}, {root.certificate}, when).error;
  };
  EXPECT_EQ(error_at(end - 1s), PathError::kNone);
  EXPECT_EQ(error_at(end), PathError::kNone);
  EXPECT_EQ(error_at(end + 1s), PathError::kExpired);
  EXPECT_EQ(error_at(leaf.certificate->not_before()), PathError::kNone);
  EXPECT_EQ(error_at(leaf.certificate->not_before() - 1s), PathError::kNotYetValid);
}

TEST_F(Path, AnExpiredIntermediateIsTheOneAtFault) {
  CertificateSpec spec = intermediate_as_usual();
  spec.not_after = kNow - 1h;
  const PathResult result = through(spec);
  EXPECT_EQ(result.error, PathError::kExpired);
  EXPECT_EQ(result.error_depth, 1u);
  EXPECT_THAT(result.text, HasSubstr("CN=SHAKEN Test CA 1"));
}

TEST_F(Path, ASelfSignedCertificateInTheChainIsNoAnchor) {
  const Hierarchy other;
  const PathResult result = validate(leaf.certificate, {intermediate.certificate, root.certificate},
                                     {other.root.certificate});
  // Both roots bear one name; the key identifiers tell them apart.
  EXPECT_EQ(result.error, PathError::kUntrustedRoot);
  EXPECT_EQ(validate(root.certificate, {}, {other.root.certificate}).error,
            PathError::kUntrustedRoot);
  EXPECT_EQ(validate(root.certificate, {}, {}).error, PathError::kUntrustedRoot);
}

TEST_F(Path, AnIssuerMayBeMissing) {
  EXPECT_EQ(validate(leaf.certificate, {}, {root.certificate}).error, PathError::kIssuerNotFound);
  EXPECT_EQ(validate(leaf.certificate, {intermediate.certificate}, {}).error,
            PathError::kIssuerNotFound);
}

TEST_F(Path, AnAnchorOfTheSameNameWithAnotherKeyIsAnotherIssuer) {
  const Hierarchy other;
  EXPECT_EQ(validate(leaf.certificate, {intermediate.certificate}, {other.root.certificate}).error,
            PathError::kKeyIdentifierMismatch);
}

TEST_F(Path, ARightKeyUnderAnotherNameIsAMismatch) {
  CertificateSpec spec = intermediate_as_usual();
  spec.subject = name("Test CA", "SHAKEN Other CA");
  // The leaf has no key identifier that would differ, only the name does.
  const PathResult result = through(spec);
  EXPECT_EQ(result.error, PathError::kNameMismatch);
  EXPECT_THAT(result.text, HasSubstr("SHAKEN Other CA"));
}

TEST_F(Path, AnotherKeyUnderTheRightNameIsABadSignature) {
  CertificateSpec spec = leaf_as_usual();
  const PrivateKeyPtr forger = MUST(PrivateKey::generate());
  const PathResult result =
      validate(issued(spec, *forger), {intermediate.certificate}, {root.certificate});
  EXPECT_EQ(result.error, PathError::kBadSignature);
  EXPECT_EQ(result.error_depth, 0u);
}

TEST_F(Path, AnIssuerMustSayThatItIsOne) {
  CertificateSpec spec = intermediate_as_usual();
  spec.extensions[0] = extension::basic_constraints(false);
  EXPECT_EQ(through(spec).error, PathError::kNotACa);
  spec.extensions.erase(spec.extensions.begin());
  EXPECT_EQ(through(spec).error, PathError::kNotACa);
  spec.version = 1;
  spec.extensions.clear();
  EXPECT_EQ(through(spec).error, PathError::kNotACa);
}

TEST_F(Path, AnIssuerNeedsKeyCertSign) {
  CertificateSpec spec = intermediate_as_usual();
  spec.extensions[1] = extension::key_usage(kDigitalSignature | kCrlSign);
  EXPECT_EQ(through(spec).error, PathError::kKeyUsage);
  spec.extensions.erase(spec.extensions.begin() + 1);
  EXPECT_TRUE(through(spec).ok);  // Without keyUsage any use is allowed.
}

TEST_F(Path, AnEndEntityCannotIssue) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const CertificatePtr below = issued(leaf_spec(*key->public_key(), leaf), *leaf.key);
  EXPECT_EQ(validate(below, {leaf.certificate, intermediate.certificate}, {root.certificate}).error,
            PathError::kNotACa);
}

TEST_F(Path, PathLengthIsRespected) {
  CertificateSpec narrow = root_spec(*root.key);
  narrow.extensions[0] = extension::basic_constraints(true, 0);
  const CertificatePtr narrow_root = issued(narrow, *root.key);
  EXPECT_EQ(validate(leaf.certificate, {intermediate.certificate}, {narrow_root}).error,
            PathError::kPathTooLong);
  narrow.extensions[0] = extension::basic_constraints(true, 1);
  EXPECT_TRUE(
      validate(leaf.certificate, {intermediate.certificate}, {issued(narrow, *root.key)}).ok);
}

TEST_F(Path, AnEndlessChainIsCutOff) {
  std::vector<Party> chain{root};
  std::vector<CertificatePtr> untrusted;
  for (std::size_t i = 0; i < kMaximumPathLength; ++i) {
    Party next;
    next.key = MUST(PrivateKey::generate());
    next.certificate = issued(intermediate_spec(*next.key->public_key(), chain.back(),
                                                "SHAKEN level " + std::to_string(i)),
                              *chain.back().key);
    untrusted.push_back(next.certificate);
    chain.push_back(next);
  }
  // The last but one ends a path of exactly the greatest length.
  EXPECT_TRUE(
      validate(chain[kMaximumPathLength - 1].certificate, untrusted, {root.certificate}).ok);
  EXPECT_EQ(validate(chain[kMaximumPathLength].certificate, untrusted, {root.certificate}).error,
            PathError::kPathTooLong);
}

TEST_F(Path, AnUnknownCriticalExtensionIsFatalAnywhere) {
  CertificateSpec spec = leaf_as_usual();
  spec.extensions.push_back(extension::raw("1.2.3.4", true, hex("0500")));
  EXPECT_EQ(validate_leaf(spec).error, PathError::kUnhandledCritical);
  spec.extensions.back().critical = false;
  EXPECT_TRUE(validate_leaf(spec).ok);
  spec = leaf_as_usual();
  spec.extensions.back().critical = true;  // TNAuthList.
  EXPECT_EQ(validate_leaf(spec).error, PathError::kUnhandledCritical);
}

TEST_F(Path, AnExtensionThatDoesNotDecodeIsFatal) {
  CertificateSpec spec = leaf_as_usual();
  spec.extensions[0] = extension::raw(oid::kBasicConstraints, true, hex("0500"));
  EXPECT_EQ(validate_leaf(spec).error, PathError::kMalformed);
  spec = intermediate_as_usual();
  spec.extensions[0] = extension::raw(oid::kBasicConstraints, true, hex("0500"));
  const PathResult result = through(spec);
  EXPECT_EQ(result.error, PathError::kMalformed);
  EXPECT_THAT(result.text, HasSubstr("of the issuer"));
}

TEST_F(Path, ASignatureWithSha1ShowsNothing) {
  const auto scheme = ecdsa_with_sha1(*intermediate.key);
  ASSERT_TRUE(scheme);
  const auto der = issue(leaf_as_usual(), *scheme);
  ASSERT_TRUE(der);
  const auto weak = Certificate::from_der(*der).value();
  EXPECT_EQ((*weak)->signature_algorithm, "1.2.840.10045.4.1");
  const auto result = validate(weak, {intermediate.certificate}, {root.certificate});
  EXPECT_EQ(result.error, PathError::kWeak) << result.text;
  EXPECT_EQ(result.error_depth, 0u);
}

// That STI certificates are not signed so is for the profile to say.
TEST_F(Path, ASignatureByRsaIsAsGoodAsOne) {
  const auto rsa = generate_rsa_issuer();
  ASSERT_TRUE(rsa);
  auto spec = intermediate_as_usual();
  spec.subject_spki_der = rsa->spki_der;
  for (auto& one : spec.extensions) {
    if (one.oid == oid::kSubjectKeyIdentifier) {
      one = extension::subject_key_identifier(rsa->spki_der);
    }
  }
  const auto middle = issued(spec, *root.key);
  auto below = leaf_as_usual();
  for (auto& one : below.extensions) {
    if (one.oid == oid::kAuthorityKeyIdentifier) {
      one = extension::authority_key_identifier(key_identifier(rsa->spki_der).value());
    }
  }
  const auto der = issue(below, rsa->scheme);
  ASSERT_TRUE(der);
  const auto signed_by_rsa = Certificate::from_der(*der).value();
  const auto good = validate(signed_by_rsa, {middle}, {root.certificate});
  EXPECT_TRUE(good.ok) << good.text;
  Bytes altered = *der;
  altered.back() = static_cast<char>(altered.back() ^ 1);
  EXPECT_EQ(validate(Certificate::from_der(altered).value(), {middle}, {root.certificate}).error,
            PathError::kBadSignature);
}

TEST_F(Path, LeavesProfilesToOthers) {
  // RFC 5280 lets all of these pass; ATIS-1000080 does not, and stir/ says so.
  CertificateSpec spec = leaf_as_usual();
  spec.extensions[0] = extension::basic_constraints(true);
  EXPECT_TRUE(validate_leaf(spec).ok);
  spec = leaf_as_usual();
  spec.extensions.back() = extension::tn_auth_list(hex("ffff"));
  EXPECT_TRUE(validate_leaf(spec).ok);
}

}  // namespace
}  // namespace shakedown::crypto

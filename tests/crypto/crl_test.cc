#include "crypto/x509/crl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/octets/der.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using namespace std::chrono_literals;
using testing::at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::hex;
using testing::Hierarchy;
using testing::kNow;
using testing::name;

class CrlTest : public ::testing::Test {
 protected:
  CrlTest() {
    signer = MUST(PrivateKey::generate());
    signer_name = MUST(name("STI-PA", "STI-PA CRL").to_der());
    CertificateSpec certificate = testing::root_spec(*signer);
    certificate.issuer = certificate.subject = signer_name;
    certificate.extensions[1] = extension::key_usage(kCrlSign);
    signer_certificate = testing::issued(certificate, *signer);
    one = MUST(name("CA One", "SHAKEN CA One").to_der());
    two = MUST(name("CA Two", "SHAKEN CA Two").to_der());
  }

  CrlSpec indirect(std::vector<CrlSpec::Entry> entries) const {
    CrlSpec spec;
    spec.issuer = signer_name;
    spec.this_update = kNow;
    spec.next_update = kNow + 24h;
    spec.number = 300;
    spec.authority_key_identifier = (*signer_certificate)->subject_key_identifier;
    spec.distribution_point_url = "https://pa.example/crl";
    spec.indirect = true;
    spec.entries = std::move(entries);
    return spec;
  }

  CrlPtr built(const CrlSpec& spec) const {
    const Bytes der = MUST(build_crl(spec, *signer));
    return MUST(Crl::read(der));
  }

  static CrlSpec::Entry entry(std::string_view serial,
                              Bytes issuer = {},
                              std::optional<CrlReason> reason = {}) {
    return {.serial = hex(serial),
            .revoked_at = kNow - 1h,
            .reason = reason,
            .issuer_der = std::move(issuer)};
  }

  PrivateKeyPtr signer;
  Bytes signer_name, one, two;
  CertificatePtr signer_certificate;
};

TEST_F(CrlTest, ReadsBackWhatWasBuilt) {
  CrlSpec spec = indirect({entry("05", one, CrlReason::kKeyCompromise)});
  spec.ca_issuers_url = "https://pa.example/signer.pem";
  const CrlPtr crl = built(spec);
  const Crl::Fields& fields = crl->fields();
  EXPECT_EQ(fields.version, 2);
  EXPECT_EQ(fields.issuer_der, signer_name);
  EXPECT_EQ(fields.issuer.text(), "CN=STI-PA CRL,O=STI-PA,C=US");
  EXPECT_EQ(fields.this_update, kNow);
  EXPECT_EQ(fields.next_update, kNow + 24h);
  EXPECT_EQ(fields.number, hex("012c"));
  EXPECT_EQ(fields.authority_key_identifier, (*signer_certificate)->subject_key_identifier);
  ASSERT_TRUE(fields.issuing_distribution_point);
  EXPECT_TRUE(fields.issuing_distribution_point->critical);
  EXPECT_TRUE(fields.issuing_distribution_point->indirect);
  EXPECT_FALSE(fields.issuing_distribution_point->only_ca_certificates);
  EXPECT_THAT(fields.issuing_distribution_point->urls, ElementsAre("https://pa.example/crl"));
  EXPECT_EQ(fields.authority_info_access.at(0).uri, "https://pa.example/signer.pem");
  EXPECT_FALSE(fields.has_unknown_critical_extension);
  EXPECT_TRUE(fields.has_foreign_entries);
  ASSERT_EQ(crl->size(), 1u);
  EXPECT_EQ(crl->entry(0).reason, static_cast<std::uint8_t>(CrlReason::kKeyCompromise));
  EXPECT_EQ(crl->entry(0).revoked_at, kNow - 1h);
  EXPECT_EQ(crl->entry(0).issuer_der, one);
}

TEST_F(CrlTest, WritesTheIssuingDistributionPointOfTheVector) {
  const CrlPtr crl = built(indirect({}));
  const auto& extensions = crl->fields().extensions;
  const auto found = std::find_if(extensions.begin(), extensions.end(),
                                  [](const Extension& e) { return e.oid == "2.5.29.28"; });
  ASSERT_NE(found, extensions.end());
  EXPECT_EQ(to_hex(found->value),
            "301fa01aa018861668747470733a2f2f70612e6578616d706c652f63726c8401ff");
}

TEST_F(CrlTest, KnowsItsSigner) {
  const CrlPtr crl = built(indirect({entry("05", one)}));
  EXPECT_TRUE(crl->is_signed_by(*signer_certificate));
  EXPECT_FALSE(crl->is_signed_by(*Hierarchy().root.certificate));
  Bytes changed = crl->fields().der;
  const std::size_t serial = changed.find(hex("020105"));
  ASSERT_NE(serial, std::string::npos);
  changed[serial + 2] = '\x06';
  EXPECT_FALSE(MUST(Crl::read(changed))->is_signed_by(*signer_certificate));
}

TEST_F(CrlTest, AnEntryWithoutIssuerInheritsTheOneBefore) {
  const CrlPtr crl = built(indirect({entry("01"), entry("02", one), entry("03", one), entry("04"),
                                     entry("05", two), entry("06")}));
  EXPECT_FALSE(crl->entry(0).names_issuer);
  EXPECT_EQ(crl->entry(0).issuer_der, signer_name);  // The first without one: the CRL's own.
  EXPECT_TRUE(crl->entry(1).names_issuer);
  EXPECT_FALSE(crl->entry(2).names_issuer);  // Written only where it changes.
  EXPECT_TRUE(crl->find(one, hex("03")));
  EXPECT_TRUE(crl->find(one, hex("04")));
  EXPECT_TRUE(crl->find(two, hex("06")));
  EXPECT_TRUE(crl->find(signer_name, hex("01")));
}

TEST_F(CrlTest, TheSameSerialOfAnotherIssuerIsNotRevoked) {
  const CrlPtr crl = built(indirect({entry("05", one), entry("06", two)}));
  EXPECT_TRUE(crl->find(one, hex("05")));
  EXPECT_FALSE(crl->find(two, hex("05")));
  EXPECT_FALSE(crl->find(one, hex("06")));
  EXPECT_FALSE(crl->find(signer_name, hex("05")));
  EXPECT_FALSE(crl->find(MUST(name("CA", "unknown").to_der()), hex("05")));
  EXPECT_FALSE(crl->find(one, hex("0005")));
}

TEST_F(CrlTest, GoesBackToItsOwnIssuerWhenAnEntrySaysSo) {
  const CrlPtr crl = built(indirect({entry("01", one), entry("02", signer_name)}));
  EXPECT_TRUE(crl->entry(1).names_issuer);
  EXPECT_TRUE(crl->find(signer_name, hex("02")));
}

TEST_F(CrlTest, ADirectListIsOfItsOwnIssuer) {
  CrlSpec spec = indirect({entry("01"), entry("02")});
  spec.indirect = false;
  spec.distribution_point_url.reset();
  const CrlPtr crl = built(spec);
  EXPECT_FALSE(crl->fields().issuing_distribution_point);
  EXPECT_FALSE(crl->fields().has_foreign_entries);
  EXPECT_TRUE(crl->find(signer_name, hex("02")));
}

TEST_F(CrlTest, OfEqualEntriesTheFirstCounts) {
  const CrlPtr crl = built(indirect(
      {entry("05", one, CrlReason::kSuperseded), entry("05", one, CrlReason::kKeyCompromise)}));
  EXPECT_EQ(crl->find(one, hex("05"))->reason, static_cast<std::uint8_t>(CrlReason::kSuperseded));
}

TEST_F(CrlTest, LeavesUnspecifiedOutAndShowsRemoveFromCrl) {
  const CrlPtr crl = built(indirect(
      {entry("01", one, CrlReason::kUnspecified), entry("02", one, CrlReason::kRemoveFromCrl)}));
  EXPECT_FALSE(crl->entry(0).reason);
  EXPECT_EQ(crl->entry(1).reason, static_cast<std::uint8_t>(CrlReason::kRemoveFromCrl));
}

TEST_F(CrlTest, NoticesUnknownCriticalExtensionsOfTheList) {
  CrlSpec spec = indirect({});
  spec.other_extensions = {extension::raw("1.2.3.4", false, hex("0500"))};
  EXPECT_FALSE(built(spec)->fields().has_unknown_critical_extension);
  spec.other_extensions[0].critical = true;
  EXPECT_TRUE(built(spec)->fields().has_unknown_critical_extension);
  // A delta list is not understood either.
  spec.other_extensions = {extension::raw("2.5.29.27", true, hex("020101"))};
  EXPECT_TRUE(built(spec)->fields().has_unknown_critical_extension);
}

// Signs a list with this content of revokedCertificates.
Bytes list_with_entries(const Bytes& issuer, std::string_view entries, const PrivateKey& key) {
  const Bytes algorithm = der::sequence({MUST(der::object_identifier(oid::kEcdsaWithSha256))});
  const Bytes to_be_signed = der::sequence(
      {der::integer(1), algorithm, issuer, der::time(kNow), der::element(der::kSequence, entries)});
  return der::sequence(
      {to_be_signed, algorithm, der::bit_string(signature_to_der(MUST(key.sign(to_be_signed))))});
}

Bytes raw_entry(std::string_view serial,
                std::string_view oid,
                bool critical,
                std::string_view value) {
  const Bytes extension =
      der::sequence({MUST(der::object_identifier(oid)), critical ? der::boolean(true) : Bytes(),
                     der::element(der::kOctetString, value)});
  return der::sequence(
      {der::element(der::kInteger, serial), der::time(kNow), der::sequence({extension})});
}

TEST_F(CrlTest, NoticesUnknownCriticalExtensionsOfAnEntry) {
  const auto read = [&](const Bytes& entries) {
    return MUST(Crl::read(list_with_entries(signer_name, entries, *signer)));
  };
  const CrlPtr harmless = read(raw_entry("\x01", "1.2.3", false, hex("0500")));
  EXPECT_FALSE(harmless->fields().has_unknown_critical_entry_extension);
  const CrlPtr critical = read(raw_entry("\x01", "1.2.3", true, hex("0500")));
  EXPECT_TRUE(critical->fields().has_unknown_critical_entry_extension);
  EXPECT_TRUE(critical->entry(0).has_unknown_critical_extension);
  EXPECT_FALSE(critical->fields().next_update);
  // invalidityDate is known.
  const CrlPtr known =
      read(raw_entry("\x01", "2.5.29.24", true, hex("180f32303236303130313030303030305a")));
  EXPECT_FALSE(known->fields().has_unknown_critical_entry_extension);
  // A certificateIssuer that is no directory name: whose entry it is cannot be known.
  const CrlPtr dns = read(raw_entry("\x01", "2.5.29.29", true, hex("3003820161")));
  EXPECT_TRUE(dns->fields().has_unknown_critical_entry_extension);
}

TEST_F(CrlTest, RefusesMalformedListsAndBoundsTheirSize) {
  const Bytes der = MUST(build_crl(indirect({entry("05", one), entry("06", two)}), *signer));
  EXPECT_EQ(Crl::read(der + "x").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Crl::read(der, der.size() - 1).error().code, ErrorCode::kTooLarge);
  EXPECT_TRUE(Crl::read(der, der.size()));
  EXPECT_EQ(Crl::read("").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Crl::read("<html>").error().code, ErrorCode::kMalformed);
  for (std::size_t size = 0; size < der.size(); ++size)
    EXPECT_FALSE(Crl::read(der.substr(0, size)));
  for (std::size_t bit = 0; bit < der.size() * 8; ++bit) {
    Bytes changed = der;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    if (const auto read = Crl::read(changed)) {
      EXPECT_FALSE((*read)->is_signed_by(*signer_certificate)) << bit;
    }
  }
}

TEST_F(CrlTest, ReadsPem) {
  const Bytes der = MUST(build_crl(indirect({entry("05", one)}), *signer));
  EXPECT_TRUE(MUST(Crl::read(write_pem("X509 CRL", der)))->find(one, hex("05")));
  EXPECT_FALSE(Crl::read(write_pem("CERTIFICATE", der)));
}

TEST_F(CrlTest, OpensslReadsAndVerifiesIt) {
  const testing::TemporaryFolder folder;
  CrlSpec spec = indirect({entry("05", one, CrlReason::kKeyCompromise), entry("06", two)});
  const std::string file =
      folder.write("list.crl", write_pem("X509 CRL", MUST(build_crl(spec, *signer))));
  const std::string ca = folder.write("signer.pem", write_pem({signer_certificate}));
  const auto text = testing::run_command("openssl crl -noout -text -in " + file + " -CAfile " + ca);
  EXPECT_EQ(text.exit_code, 0) << text.output;
  EXPECT_THAT(text.output, HasSubstr("verify OK"));
  EXPECT_THAT(text.output, HasSubstr("Indirect CRL"));
  EXPECT_THAT(text.output, HasSubstr("X509v3 CRL Number: \n                300"));
  EXPECT_THAT(text.output, HasSubstr("X509v3 Certificate Issuer: critical\n"
                                     "                DirName:/C=US/O=CA One"));
  if (!testing::has_command("certtool")) GTEST_SKIP() << "no certtool";
  const auto gnutls = testing::run_command("certtool --crl-info --infile " + file);
  EXPECT_EQ(gnutls.exit_code, 0) << gnutls.output;
  EXPECT_THAT(gnutls.output, HasSubstr("Revoked certificates (2):"));
}

TEST_F(CrlTest, HundredThousandForeignEntriesAreFound) {
  std::vector<CrlSpec::Entry> entries;
  for (int i = 0; i < 100'000; ++i) {
    const Bytes magnitude{static_cast<char>(1 + i % 100), static_cast<char>(i >> 16),
                          static_cast<char>(i >> 8), static_cast<char>(i)};
    entries.push_back(
        {der::positive_integer(magnitude), kNow, CrlReason::kSuperseded, i % 2 == 0 ? one : two});
  }
  const CrlPtr crl = built(indirect(entries));
  ASSERT_EQ(crl->size(), entries.size());
  for (const CrlSpec::Entry& wanted : entries) {
    const auto found = crl->find(wanted.issuer_der, wanted.serial);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->serial, wanted.serial);
    EXPECT_FALSE(crl->find(wanted.issuer_der == one ? two : one, wanted.serial));
  }
}

TEST(CrlReasons, HaveTheNamesOfRfc5280) {
  for (int number = 0; number < 11; ++number) {
    const auto reason = static_cast<CrlReason>(number);
    if (number == 7) {
      EXPECT_EQ(to_string(reason), "unknown");
    } else {
      EXPECT_EQ(crl_reason_from_string(to_string(reason)), reason);
    }
  }
  EXPECT_EQ(to_string(CrlReason::kCaCompromise), "cACompromise");
  EXPECT_FALSE(crl_reason_from_string("unknown"));
}

}  // namespace
}  // namespace shakedown::crypto

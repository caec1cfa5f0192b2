#include "crypto/x509/certificate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/octets/der.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using testing::at;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::hex;
using testing::Hierarchy;
using ::testing::IsEmpty;
using testing::issued;
using testing::leaf_spec;
using testing::name;
using testing::root_spec;

// RFC 9118 figure 1: not issued by us.
constexpr std::string_view kRfc9118 =
    "-----BEGIN CERTIFICATE-----\n"
    "MIICpzCCAk2gAwIBAgIUH7Zd3rQ5AsvOlzLnzUHhrVhDSlswCgYIKoZIzj0EAwIw\n"
    "KTELMAkGA1UEBhMCVVMxGjAYBgNVBAMMEUJPR1VTIFNIQUtFTiBST09UMB4XDTIx\n"
    "MDcxNTIxNTIxNVoXDTIyMDcxNTIxNTIxNVowbDELMAkGA1UEBhMCVVMxCzAJBgNV\n"
    "BAgMAlZBMRAwDgYDVQQHDAdIZXJuZG9uMR4wHAYDVQQKDBVCb2d1cyBFeGFtcGxl\n"
    "IFRlbGVjb20xDTALBgNVBAsMBFZvSVAxDzANBgNVBAMMBlNIQUtFTjBZMBMGByqG\n"
    "SM49AgEGCCqGSM49AwEHA0IABNR6C6nBWRA/fXTglV03aXkXy8hx9oBttVLhsTZ1\n"
    "IYVRBao4OZhVf/Xv1a3xLsZ6KfdhuylSeAKuCoSbVGojYDGjggEOMIIBCjAMBgNV\n"
    "HRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUDlG3dxHyzKL/FZfS\n"
    "PI7rpuueRbswHwYDVR0jBBgwFoAUlToKtrQeFrwwyXpMj1qu3TQEeoEwQgYJYIZI\n"
    "AYb4QgENBDUWM1RoaXMgY2VydGlmaWNhdGUgY2Fubm90IGJlIHRydXN0ZWQgZm9y\n"
    "IGFueSBwdXJwb3NlLjAWBggrBgEFBQcBGgQKMAigBhYEMTIzNDBOBggrBgEFBQcB\n"
    "IQRCMECgDjAMFgpjb25maWRlbmNloSAwHjAcFgpjb25maWRlbmNlMA4MBGhpZ2gM\n"
    "Bm1lZGl1baIMMAoWCHByaW9yaXR5MAoGCCqGSM49BAMCA0gAMEUCIQCbNR4QK1um\n"
    "+0vq2CE1B1/W3avYeREsPi/7RKHffL+5eQIgarHot+X9Rl7SOyNBq5X5JyEMx0SQ\n"
    "hRLkCY3Zoz2OCNQ=\n"
    "-----END CERTIFICATE-----\n";

TEST(Certificate, ReadsTheOneOfRfc9118) {
  const CertificatePtr certificate = MUST(read_pem_certificates(kRfc9118)).certificates.at(0);
  EXPECT_EQ(certificate->subject().text(),
            "CN=SHAKEN,OU=VoIP,O=Bogus Example Telecom,L=Herndon,ST=VA,C=US");
  EXPECT_EQ(certificate->issuer().text(), "CN=BOGUS SHAKEN ROOT,C=US");
  EXPECT_EQ(certificate->serial_hex(), "1FB65DDEB43902CBCE9732E7CD41E1AD58434A5B");
  EXPECT_EQ(certificate->not_before(), at("2021-07-15T21:52:15Z"));
  EXPECT_EQ(certificate->not_after(), at("2022-07-15T21:52:15Z"));
  const Certificate::Fields& fields = **certificate;
  EXPECT_EQ(fields.version, 3);
  EXPECT_EQ(fields.key.kind, KeyKind::kP256);
  ASSERT_NE(certificate->public_key(), nullptr);
  EXPECT_EQ(fields.signature_algorithm, oid::kEcdsaWithSha256);
  EXPECT_EQ(fields.basic_constraints, (BasicConstraints{false, {}}));
  EXPECT_EQ(fields.key_usage, kDigitalSignature);
  EXPECT_EQ(to_hex(*fields.subject_key_identifier), "0e51b77711f2cca2ff1597d23c8eeba6eb9e45bb");
  EXPECT_EQ(to_hex(*fields.authority_key_identifier), "953a0ab6b41e16bc30c97a4c8f5aaedd34047a81");
  EXPECT_THAT(fields.malformed_extensions, IsEmpty());
  EXPECT_EQ(fields.extensions.size(), 7u);
  EXPECT_EQ(MUST(decode_tn_auth_list(certificate->find_extension(oid::kTnAuthList)->value)),
            std::vector{TnEntry::service_provider_code("1234")});
  const Extension* constraints = certificate->find_extension(oid::kEnhancedJwtClaimConstraints);
  ASSERT_NE(constraints, nullptr);
  EXPECT_EQ(MUST(decode_enhanced_jwt_claim_constraints(constraints->value)).must_exclude,
            std::vector<std::string>{"priority"});
}

TEST(Certificate, ReadsBackWhatTheBuilderWrote) {
  const Hierarchy hierarchy;
  const Certificate& leaf = *hierarchy.leaf.certificate;
  EXPECT_EQ(leaf.subject(), name("Acme Telecom", "SHAKEN 709J"));
  EXPECT_EQ(leaf.issuer_der(), hierarchy.intermediate.certificate->subject_der());
  EXPECT_EQ(leaf.serial_hex(), "F36C6561662D736572");
  EXPECT_EQ(leaf.serial()[0], '\0');
  EXPECT_EQ(leaf.not_after(), at("2026-04-01T00:00:00Z"));
  EXPECT_EQ(*leaf.public_key(), *hierarchy.leaf.key->public_key());
  EXPECT_EQ(leaf->key_usage, kDigitalSignature);
  EXPECT_EQ(leaf->authority_key_identifier,
            (*hierarchy.intermediate.certificate)->subject_key_identifier);
  ASSERT_EQ(leaf->crl_distribution_points.size(), 1u);
  EXPECT_THAT(leaf->crl_distribution_points[0].uris, ElementsAre("https://pa.example/crl"));
  EXPECT_THAT(leaf->crl_distribution_points[0].crl_issuers,
              ElementsAre(*name("STI-PA", "STI-PA CRL").to_der()));
  EXPECT_THAT(leaf->policies, ElementsAre(PolicyInformation{std::string(testing::kPolicy), {}}));
  const Certificate& root = *hierarchy.root.certificate;
  EXPECT_TRUE(root.is_self_issued());
  EXPECT_FALSE(leaf.is_self_issued());
  EXPECT_EQ(root->basic_constraints, (BasicConstraints{true, {}}));
  EXPECT_EQ(root->key_usage, kKeyCertSign);
}

TEST(Certificate, KnowsWhoSignedIt) {
  const Hierarchy hierarchy;
  const auto& [root, intermediate, leaf] = hierarchy;
  EXPECT_TRUE(leaf.certificate->is_signed_by(*intermediate.certificate));
  EXPECT_FALSE(leaf.certificate->is_signed_by(*root.certificate));
  EXPECT_TRUE(root.certificate->is_signed_by(*root.certificate));
  Bytes changed = leaf.certificate->der();
  changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
  if (const auto read = Certificate::from_der(changed)) {
    EXPECT_FALSE((*read)->is_signed_by(*intermediate.certificate));
  }
}

TEST(Certificate, AnIssuerMayHaveAP384OrRsaKey) {
  const testing::TemporaryFolder folder;
  const Hierarchy hierarchy;
  const std::string request = folder.write(
      "leaf.csr", write_pem("CERTIFICATE REQUEST",
                            MUST(build_request({.subject = name("Acme", "leaf"), .extensions = {}},
                                               *hierarchy.leaf.key))));
  for (const std::string algorithm :
       {"ec -pkeyopt ec_paramgen_curve:P-384", "rsa:2048", "ec -pkeyopt ec_paramgen_curve:P-521"}) {
    const std::string key = folder.write("ca.key", "");
    const std::string ca = folder.write("ca.pem", "");
    ASSERT_EQ(testing::run_command("openssl req -x509 -newkey " + algorithm + " -nodes -keyout " +
                                   key + " -out " + ca + " -subj /CN=ca -sha384")
                  .exit_code,
              0);
    const auto signed_leaf = testing::run_command("openssl x509 -req -in " + request + " -CA " +
                                                  ca + " -CAkey " + key + " -set_serial 5 -sha384");
    const auto ca_text = testing::run_command("cat " + ca);
    const CertificatePtr issuer = MUST(read_pem_certificates(ca_text.output)).certificates.at(0);
    const CertificatePtr leaf = MUST(read_pem_certificates(signed_leaf.output)).certificates.at(0);
    EXPECT_TRUE(leaf->is_signed_by(*issuer)) << algorithm;
    EXPECT_FALSE(leaf->is_signed_by(*hierarchy.root.certificate)) << algorithm;
    EXPECT_EQ(issuer->public_key(), nullptr);
    EXPECT_NE((*issuer)->key.kind, KeyKind::kP256);
    EXPECT_EQ(leaf->serial_hex(), "05");
  }
}

TEST(Certificate, SeesKeysOfOtherKindsAndExplicitParameters) {
  const auto make = [](const std::string& options) {
    const auto text = testing::run_command(
        "openssl req -x509 -nodes -keyout /dev/null -subj /CN=x -newkey " + options);
    return MUST(read_pem_certificates(text.output.substr(text.output.find("-----BEGIN"))))
        .certificates.at(0);
  };
  EXPECT_EQ((*make("rsa:2048"))->key.bits, 2048u);
  EXPECT_EQ((*make("ec -pkeyopt ec_paramgen_curve:P-384"))->key.kind, KeyKind::kP384);
  EXPECT_EQ((*make("ec -pkeyopt ec_paramgen_curve:secp256k1"))->key.kind, KeyKind::kOtherCurve);
  EXPECT_EQ((*make("ed25519"))->key.kind, KeyKind::kOther);
  const CertificatePtr spelled_out =
      make("ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit");
  EXPECT_TRUE((*spelled_out)->key.explicit_parameters);
  EXPECT_EQ(spelled_out->public_key(), nullptr);
}

TEST(Certificate, TheSameOctetsAreTheSameObject) {
  const Hierarchy hierarchy;
  const Bytes der = hierarchy.leaf.certificate->der();
  EXPECT_EQ(MUST(Certificate::from_der(der)), hierarchy.leaf.certificate);
  EXPECT_EQ(hierarchy.leaf.certificate->fingerprint(), sha256(der));
}

TEST(Certificate, RefusesWhatIsNotExactlyOne) {
  const Hierarchy hierarchy;
  const Bytes& der = hierarchy.leaf.certificate->der();
  EXPECT_EQ(Certificate::from_der(der + Bytes(1, '\0')).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Certificate::from_der(der + der).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Certificate::from_der("").error().code, ErrorCode::kMalformed);
  EXPECT_EQ(Certificate::from_der(Bytes(70'000, '0')).error().code, ErrorCode::kTooLarge);
  for (std::size_t size = 0; size < der.size(); size += 7) {
    EXPECT_FALSE(Certificate::from_der(der.substr(0, size)));
  }
}

TEST(Certificate, SurvivesEveryBitFlip) {
  const Hierarchy hierarchy;
  const Bytes& der = hierarchy.leaf.certificate->der();
  for (std::size_t bit = 0; bit < der.size() * 8; bit += 3) {
    Bytes changed = der;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    if (const auto read = Certificate::from_der(changed)) {
      EXPECT_FALSE((*read)->is_signed_by(*hierarchy.intermediate.certificate)) << bit;
    }
  }
}

TEST(Certificate, KeepsDuplicatesAndNamesMalformedExtensions) {
  const Hierarchy hierarchy;
  CertificateSpec spec = leaf_spec(*hierarchy.leaf.key->public_key(), hierarchy.intermediate);
  spec.extensions.push_back(spec.extensions.back());
  spec.extensions[1] = extension::raw(oid::kKeyUsage, true, hex("0500"));
  spec.extensions.push_back(extension::raw(oid::kSubjectAltName, false, hex("30048202782e")));
  spec.extensions.push_back(
      extension::raw(oid::kExtendedKeyUsage, false, hex("300a06082b06010505070303")));
  const CertificatePtr certificate = issued(spec, *hierarchy.intermediate.key);
  EXPECT_EQ(certificate->count_extensions(oid::kTnAuthList), 2u);
  EXPECT_FALSE((*certificate)->key_usage);
  EXPECT_THAT((*certificate)->malformed_extensions, ElementsAre(oid::kKeyUsage));
  EXPECT_TRUE((*certificate)->has_subject_alt_name);
  EXPECT_TRUE((*certificate)->has_extended_key_usage);
}

TEST(Certificate, AcceptsAKeyUsageWithSuperfluousBits) {
  const Hierarchy hierarchy;
  CertificateSpec spec = leaf_spec(*hierarchy.leaf.key->public_key(), hierarchy.intermediate);
  spec.extensions[1] = extension::raw(oid::kKeyUsage, true, hex("03020080"));
  EXPECT_EQ((*issued(spec, *hierarchy.intermediate.key))->key_usage, kDigitalSignature);
}

TEST(Certificate, ShowsSerialsOfAnySign) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const auto serial_of = [&](Bytes serial) {
    CertificateSpec spec = root_spec(*key);
    spec.serial = std::move(serial);
    return issued(spec, *key)->serial_hex();
  };
  EXPECT_EQ(serial_of(Bytes(1, '\0')), "0");
  EXPECT_EQ(serial_of(hex("7f")), "7F");
  EXPECT_EQ(serial_of(hex("ff")), "-01");
  EXPECT_EQ(serial_of(hex("ff00")), "-0100");
  EXPECT_EQ(serial_of(der::positive_integer(hex("0000ff00"))), "FF00");
  EXPECT_EQ(der::positive_integer(""), Bytes(1, '\0'));
  EXPECT_EQ(der::positive_integer(hex("0000")), Bytes(1, '\0'));
}

TEST(Certificate, ReadsVersion1AndAlgorithmsThatDiffer) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  CertificateSpec spec = root_spec(*key);
  spec.version = 1;
  spec.extensions.clear();
  const CertificatePtr old = issued(spec, *key);
  EXPECT_EQ((*old)->version, 1);
  EXPECT_TRUE(old->is_signed_by(*old));
  spec.outer_signature_algorithm = oid::kEcdsaWithSha384;
  const CertificatePtr odd = issued(spec, *key);
  EXPECT_FALSE((*odd)->signature_algorithms_equal);
  EXPECT_EQ((*odd)->signature_algorithm, oid::kEcdsaWithSha384);
  EXPECT_EQ((*odd)->inner_signature_algorithm, oid::kEcdsaWithSha256);
  EXPECT_FALSE(odd->is_signed_by(*odd));
}

TEST(CertificateBuilder, SatisfiesOpensslAndGnutls) {
  const Hierarchy hierarchy;
  const testing::TemporaryFolder folder;
  const std::string root = folder.write("root.pem", write_pem({hierarchy.root.certificate}));
  const std::string middle =
      folder.write("middle.pem", write_pem({hierarchy.intermediate.certificate}));
  const std::string leaf = folder.write("leaf.pem", write_pem({hierarchy.leaf.certificate}));
  const std::string when = std::to_string(sim::unix_seconds(at("2026-02-01T00:00:00Z")));
  const auto verified =
      testing::run_command("openssl verify -x509_strict -attime " + when + " -CAfile " + root +
                           " -untrusted " + middle + " " + leaf);
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  const std::string der = folder.write("leaf.der", hierarchy.leaf.certificate->der());
  const auto parsed = testing::run_command("openssl asn1parse -inform DER -in " + der);
  EXPECT_EQ(parsed.exit_code, 0) << parsed.output;
  const auto text = testing::run_command("openssl x509 -noout -text -in " + leaf);
  EXPECT_THAT(text.output, HasSubstr("Subject: C = US, O = Acme Telecom, CN = SHAKEN 709J"));
  EXPECT_THAT(text.output,
              HasSubstr("X509v3 Key Usage: critical\n                Digital Signature\n"));
  EXPECT_THAT(text.output, HasSubstr("URI:https://pa.example/crl"));
  if (!testing::has_command("certtool")) GTEST_SKIP() << "no certtool";
  const auto gnutls = testing::run_command("certtool -i --infile " + leaf);
  EXPECT_EQ(gnutls.exit_code, 0) << gnutls.output;
  EXPECT_THAT(gnutls.output, HasSubstr("Subject: CN=SHAKEN 709J,O=Acme Telecom,C=US"));
  EXPECT_THAT(gnutls.output, HasSubstr("Key Usage (critical):\n\t\t\tDigital signature."));
}

TEST(CertificateBuilder, WritesTheCanonicalExtensions) {
  EXPECT_EQ(to_hex(extension::key_usage(kDigitalSignature).value), "03020780");
  EXPECT_EQ(to_hex(extension::key_usage(kKeyCertSign).value), "03020204");
  EXPECT_EQ(to_hex(extension::key_usage(kKeyCertSign | kCrlSign).value), "03020106");
  EXPECT_EQ(to_hex(extension::key_usage(kDecipherOnly).value), "0303070080");
  EXPECT_EQ(to_hex(extension::key_usage(0).value), "030100");
  EXPECT_EQ(to_hex(extension::basic_constraints(false).value), "3000");
  EXPECT_EQ(to_hex(extension::basic_constraints(true).value), "30030101ff");
  EXPECT_EQ(to_hex(extension::basic_constraints(true, 0).value), "30060101ff020100");
  EXPECT_TRUE(extension::basic_constraints(false).critical);
  EXPECT_FALSE(extension::tn_auth_list("x").critical);
}

TEST(CertificateBuilder, WritesPoliciesWithCpsPointersAndAccessDescriptions) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  CertificateSpec spec = root_spec(*key);
  const std::vector<AccessDescription> access{
      {std::string(oid::kCaIssuers), "http://ca.example/ca.cer"},
      {std::string(oid::kStirTnList), "https://tn.example/list"}};
  spec.extensions.push_back(
      extension::certificate_policies({"1.2.3", "2.5.29.32.0"}, "https://cps"));
  spec.extensions.push_back(extension::authority_info_access(access));
  const CertificatePtr certificate = issued(spec, *key);
  EXPECT_THAT((*certificate)->policies,
              ElementsAre(PolicyInformation{"1.2.3", {"https://cps"}},
                          PolicyInformation{"2.5.29.32.0", {"https://cps"}}));
  EXPECT_EQ((*certificate)->authority_info_access, access);
}

TEST(CertificateBuilder, RefusesNamesThatCannotBeWritten) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  CertificateSpec spec = root_spec(*key);
  spec.subject = Name{{{"C", "U_"}}};
  EXPECT_EQ(issue(spec, *key).error().code, ErrorCode::kMalformed);
  spec.subject = Name{{{"Shoe size", "44"}}};
  EXPECT_EQ(issue(spec, *key).error().code, ErrorCode::kUnsupported);
  spec.subject = Name{{{"CN", "\xff"}}};
  EXPECT_EQ(issue(spec, *key).error().code, ErrorCode::kMalformed);
  spec = root_spec(*key);
  spec.serial.clear();
  EXPECT_EQ(issue(spec, *key).error().code, ErrorCode::kMalformed);
}

TEST(Name, RoundTripsMultiValuedAndForeignAttributes) {
  const Name original{{{"C", "US"},
                       {"O", "M\xc3\xbcller, \"Sons\" + Co"},
                       {"CN", "SHAKEN 709J"},
                       {"serialNumber", "42", true},
                       {"1.2.3.4", " edge "}}};
  const Bytes der = MUST(original.to_der());
  const Name again = MUST(Name::from_der(der));
  EXPECT_EQ(MUST(again.to_der()), der);
  EXPECT_EQ(
      again.text(),
      "1.2.3.4=\\ edge\\ ,serialNumber=42+CN=SHAKEN 709J,O=M\xc3\xbcller\\, \\\"Sons\\\" \\+ Co,"
      "C=US");
  EXPECT_EQ(again.find("CN"), "SHAKEN 709J");
  EXPECT_EQ(again.count("CN"), 1u);
  EXPECT_FALSE(again.find("L"));
}

TEST(Name, ReadsOldStringTypesAndShowsTheRestAsHex) {
  const auto with_value = [](std::string_view value) {
    const Bytes type = MUST(der::object_identifier("2.5.4.3"));
    const Bytes rdn = der::element(der::kSet, der::sequence({type, value}));
    return MUST(Name::from_der(der::sequence({rdn}))).attributes.at(0).value;
  };
  EXPECT_EQ(with_value(hex("1e0400e90041")),
            "\xc3\xa9"
            "A");                                    // BMPString.
  EXPECT_EQ(with_value(hex("1401e9")), "\xc3\xa9");  // TeletexString.
  EXPECT_EQ(with_value(hex("0c01ff")), "#0c01ff");   // Not UTF-8.
  EXPECT_EQ(with_value(hex("020105")), "#020105");
}

TEST(Request, RoundTripsAndProvesPossession) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const Bytes list = MUST(encode_tn_auth_list({TnEntry::service_provider_code("709J")}));
  const Bytes der = MUST(build_request(
      {.subject = name("Acme", "SHAKEN 709J"), .extensions = {extension::tn_auth_list(list)}},
      *key));
  const CertificateRequest request = MUST(parse_request(der));
  EXPECT_TRUE(request.signature_is_valid);
  EXPECT_EQ(request.version, 1);
  EXPECT_EQ(request.subject, name("Acme", "SHAKEN 709J"));
  EXPECT_EQ(*request.public_key, *key->public_key());
  ASSERT_NE(request.find_extension(oid::kTnAuthList), nullptr);
  EXPECT_EQ(request.find_extension(oid::kTnAuthList)->value, list);
  const testing::TemporaryFolder folder;
  const std::string file = folder.write("request.pem", write_pem("CERTIFICATE REQUEST", der));
  const auto verified = testing::run_command("openssl req -verify -noout -text -in " + file);
  EXPECT_EQ(verified.exit_code, 0) << verified.output;
  EXPECT_THAT(verified.output, HasSubstr("Certificate request self-signature verify OK"));
}

TEST(Request, ReportsAWrongSignatureAndReadsForeignOnes) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const PrivateKeyPtr other = MUST(PrivateKey::generate());
  const Bytes der =
      MUST(build_request({.subject = name("Acme", "x"), .extensions = {}}, *key->public_key(),
                         [&](std::string_view to_be_signed) { return other->sign(to_be_signed); }));
  EXPECT_FALSE(MUST(parse_request(der)).signature_is_valid);
  const auto rsa = testing::run_command(
      "openssl req -new -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=x "
      "-addext subjectAltName=DNS:a.example");
  const auto blocks = MUST(read_pem(rsa.output.substr(rsa.output.find("-----BEGIN"))));
  const CertificateRequest request = MUST(parse_request(blocks.at(0).der));
  EXPECT_TRUE(request.signature_is_valid);
  EXPECT_EQ(request.key.kind, KeyKind::kRsa);
  EXPECT_EQ(request.public_key, nullptr);
  EXPECT_NE(request.find_extension(oid::kSubjectAltName), nullptr);
}

TEST(Request, RefusesWhatIsNotExactlyOne) {
  const PrivateKeyPtr key = MUST(PrivateKey::generate());
  const Bytes der = MUST(build_request({.subject = name("Acme", "x"), .extensions = {}}, *key));
  EXPECT_FALSE(parse_request(der + "x"));
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(parse_request(der.substr(0, size)));
  }
  for (std::size_t bit = 0; bit < der.size() * 8; bit += 3) {
    Bytes changed = der;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    if (const auto read = parse_request(changed)) {
      EXPECT_FALSE(read->signature_is_valid) << bit;
    }
  }
}

}  // namespace
}  // namespace shakedown::crypto

#include "crypto/octets/pem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/x509/certificate_bundle.h"
#include "tests/crypto/testing.h"

namespace shakedown::crypto {
namespace {

using ::testing::ElementsAre;
using testing::Hierarchy;
using ::testing::IsEmpty;

TEST(Pem, ReadsAChainInItsOrder) {
  const Hierarchy hierarchy;
  const std::vector<CertificatePtr> chain{hierarchy.leaf.certificate,
                                          hierarchy.intermediate.certificate};
  const PemBundle bundle = MUST(read_pem_certificates(write_pem(chain)));
  EXPECT_EQ(bundle.certificates, chain);
  EXPECT_THAT(bundle.notes, IsEmpty());
}

TEST(Pem, AcceptsCarriageReturnsAndBlankLines) {
  const Hierarchy hierarchy;
  std::string text;
  for (const char c : "\n" + write_pem({hierarchy.leaf.certificate}) + "\n\n") {
    if (c == '\n') text += '\r';
    text += c;
  }
  const PemBundle bundle = MUST(read_pem_certificates(text));
  EXPECT_EQ(bundle.certificates.at(0), hierarchy.leaf.certificate);
  EXPECT_THAT(bundle.notes, IsEmpty());
}

TEST(Pem, NotesTextOtherBlocksAndPrivateKeys) {
  const Hierarchy hierarchy;
  const std::string leaf = write_pem({hierarchy.leaf.certificate});
  const SecretBytes key = hierarchy.leaf.key->to_pem();
  const std::string text = "subject=x\n" + leaf + std::string(key.view()) +
                           write_pem("X509 CRL", "whatever") + "trailing";
  const PemBundle bundle = MUST(read_pem_certificates(text));
  EXPECT_EQ(bundle.certificates.size(), 1u);
  EXPECT_THAT(bundle.notes, ElementsAre(PemNote{PemNote::Kind::kTextOutside, ""},
                                        PemNote{PemNote::Kind::kPrivateKey, "PRIVATE KEY"},
                                        PemNote{PemNote::Kind::kOtherLabel, "X509 CRL"},
                                        PemNote{PemNote::Kind::kTextOutside, ""}));
}

TEST(Pem, NotesAnEncryptedOldKeyToo) {
  const Hierarchy hierarchy;
  const std::string text = write_pem({hierarchy.leaf.certificate}) +
                           "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
                           "DEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n";
  EXPECT_THAT(MUST(read_pem_certificates(text)).notes,
              ElementsAre(PemNote{PemNote::Kind::kPrivateKey, "EC PRIVATE KEY"}));
  EXPECT_EQ(MUST(read_pem(text)).at(1).der, Bytes(3, '\0'));
}

TEST(Pem, RefusesWhatIsBroken) {
  const Hierarchy hierarchy;
  const std::string leaf = write_pem({hierarchy.leaf.certificate});
  const auto code_of = [](std::string_view text) {
    return read_pem_certificates(text).error().code;
  };
  EXPECT_EQ(code_of(""), ErrorCode::kNotFound);
  EXPECT_EQ(code_of("<html>404</html>"), ErrorCode::kNotFound);
  EXPECT_EQ(code_of(leaf.substr(0, leaf.size() - 10)), ErrorCode::kMalformed);
  EXPECT_EQ(code_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END X-----\n"), ErrorCode::kMalformed);
  EXPECT_EQ(code_of("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"),
            ErrorCode::kMalformed);
  EXPECT_EQ(code_of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            ErrorCode::kMalformed);
  EXPECT_EQ(code_of("-----BEGIN "), ErrorCode::kMalformed);
}

TEST(Pem, BoundsSizeAndNumber) {
  const Hierarchy hierarchy;
  std::string text;
  for (int i = 0; i < 17; ++i) text += write_pem({hierarchy.leaf.certificate});
  EXPECT_EQ(read_pem_certificates(text).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(MUST(read_pem_certificates(text, {.blocks = 17})).certificates.size(), 17u);
  EXPECT_EQ(read_pem(std::string(65'537, ' ')).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace shakedown::crypto

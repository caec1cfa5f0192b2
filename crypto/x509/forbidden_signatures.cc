#include "crypto/x509/forbidden_signatures.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/octets/openssl.h"

namespace shakedown::crypto {
namespace {

constexpr std::string_view kEcdsaWithSha1 = "1.2.840.10045.4.1";
constexpr unsigned kRsaBits = 2048;

Bytes oid_der(std::string_view oid) {
  auto encoded = der::object_identifier(oid);
  SHAKEDOWN_ASSERT(encoded.has_value());
  return *std::move(encoded);
}

Result<Bytes> sign_with(EVP_PKEY* key, const char* digest, std::string_view message) {
  const ErrorQueueGuard guard;
  const DigestContextOwner context(EVP_MD_CTX_new());
  std::size_t size = 0;
  Bytes signature;
  const auto* octets = octets_of(message);
  if (context == nullptr ||
      EVP_DigestSignInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key, nullptr) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, octets, message.size()) != 1) {
    return fail(ErrorCode::kEnvironment, openssl_error("cannot sign"));
  }
  signature.resize(size);
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     octets, message.size()) != 1) {
    return fail(ErrorCode::kEnvironment, openssl_error("cannot sign"));
  }
  signature.resize(size);
  return signature;
}

}  // namespace

Result<SignatureScheme> ecdsa_with_sha1(const PrivateKey& key) {
  const ErrorQueueGuard guard;
  const SecretBytes pem = key.to_pem();
  const BioOwner text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::shared_ptr<EVP_PKEY> signer(
      PEM_read_bio_PrivateKey(text.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  if (signer == nullptr) return fail(ErrorCode::kEnvironment, openssl_error("cannot read the key"));
  return SignatureScheme{der::sequence({oid_der(kEcdsaWithSha1)}),
                         [signer](std::string_view to_be_signed) {
                           return sign_with(signer.get(), "SHA1", to_be_signed);
                         }};
}

Result<RsaIssuer> generate_rsa_issuer() {
  const ErrorQueueGuard guard;
  const std::shared_ptr<EVP_PKEY> key(EVP_RSA_gen(kRsaBits), EVP_PKEY_free);
  unsigned char* encoded = nullptr;
  const int size = key == nullptr ? -1 : i2d_PUBKEY(key.get(), &encoded);
  if (size < 0) return fail(ErrorCode::kEnvironment, openssl_error("cannot make an RSA key"));
  RsaIssuer issuer;
  issuer.spki_der.assign(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
  OPENSSL_free(encoded);
  issuer.scheme = {der::sequence({oid_der(kSha256WithRsa), der::element(der::kNull, "")}),
                   [key](std::string_view to_be_signed) {
                     return sign_with(key.get(), "SHA256", to_be_signed);
                   }};
  return issuer;
}

}  // namespace shakedown::crypto

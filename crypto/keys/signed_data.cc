#include "crypto/keys/signed_data.h"

#include <openssl/obj_mac.h>
#include <openssl/objects.h>

#include "crypto/keys/subject_public_key.h"
#include "crypto/octets/der.h"
#include "crypto/octets/object_identifiers.h"

namespace shakedown::crypto {
namespace {

// Octets. For shorter ones (MD5, SHA-1) collisions can be had, so a signature shows nothing.
constexpr int kShortestDigest = 28;

bool verify_with_openssl(const SignedData& data, EVP_PKEY* key) {
  const ErrorQueueGuard guard;
  int digest = NID_undef;
  int key_type = NID_undef;
  const int algorithm = OBJ_txt2nid(std::string(data.algorithm).c_str());
  if (algorithm == NID_undef || OBJ_find_sigid_algs(algorithm, &digest, &key_type) != 1) {
    return false;
  }
  // An RSA key under an ECDSA label, or the reverse, is refused rather than tried.
  const bool fits = (key_type == NID_X9_62_id_ecPublicKey && EVP_PKEY_is_a(key, "EC") == 1) ||
                    (key_type == NID_rsaEncryption && EVP_PKEY_is_a(key, "RSA") == 1);
  const EVP_MD* const method = EVP_get_digestbynid(digest);
  if (!fits || method == nullptr || EVP_MD_get_size(method) < kShortestDigest) return false;
  const DigestContextOwner context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, OBJ_nid2sn(digest), nullptr, nullptr, key,
                                 nullptr) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(data.signature), data.signature.size(),
                          octets_of(data.to_be_signed), data.to_be_signed.size()) == 1;
}

}  // namespace

bool verify_signed_data(const SignedData& data, const PublicKey* p256, EVP_PKEY* other) {
  if (p256 != nullptr && data.algorithm == oid::kEcdsaWithSha256) {
    const Result<Es256Signature> signature = signature_from_der(data.signature);
    return signature && p256->verify(data.to_be_signed, *signature);
  }
  return other != nullptr && verify_with_openssl(data, other);
}

bool verify_signed_data(const SignedData& data, std::string_view spki_der) {
  if (const PublicKeyPtr p256 = read_p256_key(spki_der);
      p256 != nullptr && data.algorithm == oid::kEcdsaWithSha256) {
    return verify_signed_data(data, p256.get(), nullptr);
  }
  const ErrorQueueGuard guard;
  const unsigned char* cursor = octets_of(spki_der);
  const EvpKeyOwner key(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki_der.size())));
  return key != nullptr && verify_with_openssl(data, key.get());
}

Bytes signed_structure(std::string_view to_be_signed,
                       std::string_view algorithm_identifier_der,
                       const Es256Signature& signature) {
  return der::sequence(
      {to_be_signed, algorithm_identifier_der, der::bit_string(signature_to_der(signature))});
}

Result<Bytes> algorithm_identifier(std::string_view oid) {
  ASSIGN_OR_RETURN(const Bytes encoded, der::object_identifier(oid));
  return der::sequence({encoded});
}

}  // namespace shakedown::crypto

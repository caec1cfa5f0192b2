#include "crypto/keys/other_key.h"

#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/octets/object_identifiers.h"
#include "crypto/octets/openssl.h"

namespace shakedown::crypto {
namespace {

constexpr std::string_view kEcPublicKey = "1.2.840.10045.2.1";
constexpr std::string_view kCurveP384 = "1.3.132.0.34";
constexpr std::string_view kEd25519 = "1.3.101.112";
constexpr std::size_t kP384Octets = 48;
constexpr std::size_t kEd25519Octets = 32;

EvpKeyOwner decoded(const Bytes& spki_der) {
  const unsigned char* cursor = octets_of(spki_der);
  return EvpKeyOwner(d2i_PUBKEY(nullptr, &cursor, static_cast<long>(spki_der.size())));
}

bool verify_ed25519(const Bytes& spki_der, std::string_view message, std::string_view signature) {
  const ErrorQueueGuard guard;
  const EvpKeyOwner key = decoded(spki_der);
  const DigestContextOwner context(EVP_MD_CTX_new());
  return key != nullptr && context != nullptr &&
         EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, key.get(),
                                 nullptr) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(signature), signature.size(), octets_of(message),
                          message.size()) == 1;
}

}  // namespace

Result<OtherPublicKeyPtr> OtherPublicKey::p384(std::string_view x, std::string_view y) {
  if (x.size() != kP384Octets || y.size() != kP384Octets) {
    return fail(ErrorCode::kMalformed, "a coordinate is not 48 octets");
  }
  ASSIGN_OR_RETURN(const Bytes algorithm, der::object_identifier(kEcPublicKey));
  ASSIGN_OR_RETURN(const Bytes curve, der::object_identifier(kCurveP384));
  const std::shared_ptr<OtherPublicKey> key(new OtherPublicKey);
  key->kind_ = Kind::kP384;
  key->x_ = x;
  key->y_ = y;
  Bytes point("\x04");
  point.append(x).append(y);
  key->spki_der_ = der::sequence({der::sequence({algorithm, curve}), der::bit_string(point)});
  const ErrorQueueGuard guard;
  if (decoded(key->spki_der_) == nullptr) {
    return fail(ErrorCode::kMalformed, "the point is not on P-384");
  }
  return OtherPublicKeyPtr(key);
}

Result<OtherPublicKeyPtr> OtherPublicKey::ed25519(std::string_view x) {
  if (x.size() != kEd25519Octets) {
    return fail(ErrorCode::kMalformed, "an Ed25519 key is not 32 octets");
  }
  ASSIGN_OR_RETURN(const Bytes algorithm, der::object_identifier(kEd25519));
  const std::shared_ptr<OtherPublicKey> key(new OtherPublicKey);
  key->kind_ = Kind::kEd25519;
  key->x_ = x;
  key->spki_der_ = der::sequence({der::sequence({algorithm}), der::bit_string(x)});
  return OtherPublicKeyPtr(key);
}

bool OtherPublicKey::verify(std::string_view message, std::string_view signature) const {
  if (kind_ == Kind::kEd25519) {
    return signature.size() == 2 * kEd25519Octets && verify_ed25519(spki_der_, message, signature);
  }
  if (signature.size() != 2 * kP384Octets) return false;
  const auto integer = [&](std::size_t begin) {
    return der::element(der::kInteger, der::positive_integer(signature.substr(begin, kP384Octets)));
  };
  const Bytes as_der = der::sequence({integer(0), integer(kP384Octets)});
  return verify_signed_data(
      {.to_be_signed = message, .algorithm = oid::kEcdsaWithSha384, .signature = as_der},
      spki_der_);
}

}  // namespace shakedown::crypto

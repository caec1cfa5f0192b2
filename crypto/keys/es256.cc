// EC_KEY is deprecated; ec_key.h says why it is used.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/keys/es256.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>

#include <algorithm>

#include "crypto/keys/ec_key.h"
#include "crypto/keys/signature_ledger.h"
#include "crypto/octets/der.h"
#include "crypto/octets/digest.h"
#include "crypto/octets/pem.h"

namespace shakedown::crypto {
namespace {

using PointOwner = OpenSslOwner<EC_POINT, EC_POINT_free>;
using SignatureOwner = OpenSslOwner<ECDSA_SIG, ECDSA_SIG_free>;

// SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING } up to the point itself.
constexpr char kUncompressedPrefix[] =
    "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
    "\x03\x42";
constexpr char kCompressedPrefix[] =
    "\x30\x39\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
    "\x03\x22";
constexpr std::size_t kPrefixSize = sizeof(kUncompressedPrefix);  // The final 0 octet included:
// it is the count of unused bits that opens a BIT STRING.
static_assert(sizeof(kCompressedPrefix) == kPrefixSize && kPrefixSize == 26);
constexpr std::string_view kUncompressed(kUncompressedPrefix, kPrefixSize);
constexpr std::string_view kCompressed(kCompressedPrefix, kPrefixSize);
constexpr std::size_t kScalarSize = 32;

// Shared by all keys; never freed.
const EC_GROUP* group() {
  static const EC_GROUP* const kP256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  SHAKEDOWN_ASSERT(kP256 != nullptr);
  return kP256;
}

EcKeyOwner new_key() {
  EcKeyOwner key(EC_KEY_new());
  SHAKEDOWN_ASSERT(key != nullptr && EC_KEY_set_group(key.get(), group()) == 1);
  return key;
}

Bytes uncompressed(const EC_POINT* point) {
  Bytes octets(kPointSize, '\0');
  SHAKEDOWN_ASSERT(EC_POINT_point2oct(group(), point, POINT_CONVERSION_UNCOMPRESSED,
                                      reinterpret_cast<unsigned char*>(octets.data()), kPointSize,
                                      nullptr) == kPointSize);
  return octets;
}

// The compressed or uncompressed encoding of a point that is on the curve.
Result<PublicKeyPtr> from_point(std::string_view point) {
  const ErrorQueueGuard guard;
  auto state = std::make_unique<PublicKey::State>();
  state->key = new_key();
  if (EC_KEY_oct2key(state->key.get(), octets_of(point), point.size(), nullptr) != 1) {
    return fail(ErrorCode::kMalformed, openssl_error("the point is not on P-256"));
  }
  if (point.size() == kPointSize) {
    state->point = point;
  } else {
    state->point = uncompressed(EC_KEY_get0_public_key(state->key.get()));
  }
  state->spki_der = Bytes(kUncompressed) + state->point;
  return std::make_shared<const PublicKey>(std::move(state));
}

// Of a key that has its private and public parts.
PrivateKeyPtr finish_private_key(EcKeyOwner key) {
  Result<PublicKeyPtr> public_key = from_point(uncompressed(EC_KEY_get0_public_key(key.get())));
  SHAKEDOWN_ASSERT(public_key.has_value());
  auto state = std::make_unique<PrivateKey::State>();
  state->key = std::move(key);
  state->public_key = *std::move(public_key);
  return std::make_shared<const PrivateKey>(std::move(state));
}

// Without its public half. EC_KEY marks the scalar for constant-time arithmetic.
Result<EcKeyOwner> key_with_scalar(std::span<const std::uint8_t, 32> scalar) {
  EcKeyOwner key = new_key();
  const BnOwner number(BN_secure_new());
  SHAKEDOWN_ASSERT(number != nullptr &&
                   BN_bin2bn(scalar.data(), kScalarSize, number.get()) != nullptr);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), EC_GROUP_get0_order(group())) >= 0) {
    return fail(ErrorCode::kMalformed, "not a private scalar of P-256");
  }
  SHAKEDOWN_ASSERT(EC_KEY_set_private_key(key.get(), number.get()) == 1);
  return key;
}

// Strict: minimal, not negative, at most 32 octets of magnitude.
bool read_component(der::Reader& reader, std::uint8_t* out) {
  const auto integer = reader.next(der::kInteger);
  if (!integer || integer->content.empty()) return false;
  std::string_view content = integer->content;
  if ((content[0] & 0x80) != 0) return false;
  if (content[0] == '\0' && content.size() > 1) {
    if ((content[1] & 0x80) == 0) return false;
    content.remove_prefix(1);
  }
  if (content.size() > kScalarSize) return false;
  std::fill_n(out, kScalarSize - content.size(), std::uint8_t{0});
  std::copy(content.begin(), content.end(), out + (kScalarSize - content.size()));
  return true;
}

Bytes component(const std::uint8_t* octets) {
  return der::element(der::kInteger, der::positive_integer(as_view({octets, kScalarSize})));
}

int refuse_pass_phrase(char*, int, int, void*) { return -1; }

}  // namespace

void EcKeyFree::operator()(EC_KEY* key) const { EC_KEY_free(key); }

Result<Es256Signature> signature_from_raw(std::string_view raw) {
  Es256Signature signature;
  if (raw.size() != signature.size()) {
    return fail(ErrorCode::kMalformed, "an ES256 signature has 64 octets");
  }
  std::copy(raw.begin(), raw.end(), signature.begin());
  return signature;
}

Result<Es256Signature> signature_from_der(std::string_view encoded) {
  der::Reader outer(encoded);
  const auto sequence = outer.next(der::kSequence);
  Es256Signature signature;
  if (sequence && outer.finished()) {
    der::Reader inner(sequence->content);
    if (read_component(inner, signature.data()) &&
        read_component(inner, signature.data() + kScalarSize) && inner.finished()) {
      return signature;
    }
  }
  return fail(ErrorCode::kMalformed, "not the DER of a P-256 signature");
}

Bytes signature_to_der(const Es256Signature& signature) {
  return der::sequence({component(signature.data()), component(signature.data() + kScalarSize)});
}

PublicKey::PublicKey(std::unique_ptr<const State> state)
    : state_(std::move(state)) {}

PublicKey::~PublicKey() = default;

Result<PublicKeyPtr> PublicKey::from_spki_der(std::string_view encoded) {
  if (encoded.starts_with(kUncompressed) && encoded.size() == kPrefixSize + kPointSize) {
    return from_uncompressed_point(encoded.substr(kPrefixSize));
  }
  if (encoded.starts_with(kCompressed) && encoded.size() == kPrefixSize + kScalarSize + 1) {
    return from_point(encoded.substr(kPrefixSize));
  }
  // Whatever has these two fields is a key of another kind; all else is no key.
  der::Reader outer(encoded);
  const auto sequence = outer.next(der::kSequence);
  if (!sequence || !outer.finished()) return fail(ErrorCode::kMalformed, "not a public key");
  der::Reader inner(sequence->content);
  const auto algorithm = inner.next(der::kSequence);
  const auto bits = inner.next(der::kBitString);
  if (!algorithm || !bits || !inner.finished()) {
    return fail(ErrorCode::kMalformed, "not a public key");
  }
  if (sequence->content.starts_with(kUncompressed.substr(2, 21))) {
    return fail(ErrorCode::kMalformed, "not a point of P-256");
  }
  return fail(ErrorCode::kUnsupported, "not a public key on the named curve P-256");
}

Result<PublicKeyPtr> PublicKey::from_uncompressed_point(std::string_view point) {
  if (point.size() != kPointSize || point[0] != 4) {
    return fail(ErrorCode::kMalformed, "not an uncompressed point of P-256");
  }
  return from_point(point);
}

Result<PublicKeyPtr> PublicKey::from_pem(std::string_view pem) {
  ASSIGN_OR_RETURN(const std::vector<PemBlock> blocks, read_pem(pem));
  if (blocks.size() != 1 || blocks[0].label != "PUBLIC KEY") {
    return fail(ErrorCode::kMalformed, "not exactly one PUBLIC KEY block");
  }
  return from_spki_der(blocks[0].der);
}

bool PublicKey::verify(std::string_view message, const Es256Signature& signature) const {
  const ErrorQueueGuard guard;
  const Sha256Digest digest = sha256(message);
  const SignatureOwner parts(ECDSA_SIG_new());
  BIGNUM* r = BN_bin2bn(signature.data(), kScalarSize, nullptr);
  BIGNUM* s = BN_bin2bn(signature.data() + kScalarSize, kScalarSize, nullptr);
  SHAKEDOWN_ASSERT(parts != nullptr && r != nullptr && s != nullptr &&
                   ECDSA_SIG_set0(parts.get(), r, s) == 1);
  // Refuses R or S of 0 or >= n itself. The key is only read.
  return ECDSA_do_verify(digest.data(), static_cast<int>(digest.size()), parts.get(),
                         state_->key.get()) == 1;
}

const Bytes& PublicKey::spki_der() const { return state_->spki_der; }

const Bytes& PublicKey::uncompressed_point() const { return state_->point; }

std::string PublicKey::to_pem() const { return write_pem("PUBLIC KEY", state_->spki_der); }

PrivateKey::PrivateKey(std::unique_ptr<const State> state)
    : state_(std::move(state)) {}

PrivateKey::~PrivateKey() = default;

Result<PrivateKeyPtr> PrivateKey::generate() {
  const ErrorQueueGuard guard;
  EcKeyOwner key = new_key();
  if (EC_KEY_generate_key(key.get()) != 1) {
    return fail(ErrorCode::kEnvironment, openssl_error("no key could be generated"));
  }
  return finish_private_key(std::move(key));
}

Result<PrivateKeyPtr> PrivateKey::from_scalar(std::span<const std::uint8_t, 32> scalar) {
  const ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(EcKeyOwner key, key_with_scalar(scalar));
  const PointOwner point(EC_POINT_new(group()));
  if (point == nullptr ||
      EC_POINT_mul(group(), point.get(), EC_KEY_get0_private_key(key.get()), nullptr, nullptr,
                   nullptr) != 1 ||
      EC_KEY_set_public_key(key.get(), point.get()) != 1) {
    return fail(ErrorCode::kEnvironment, openssl_error("the key could not be made"));
  }
  return finish_private_key(std::move(key));
}

Result<PrivateKeyPtr> PrivateKey::from_scalar(std::span<const std::uint8_t, 32> scalar,
                                              PublicKeyPtr public_key) {
  SHAKEDOWN_ASSERT(public_key != nullptr);
  const ErrorQueueGuard guard;
  auto state = std::make_unique<State>();
  ASSIGN_OR_RETURN(state->key, key_with_scalar(scalar));
  state->public_key = std::move(public_key);
  return std::make_shared<const PrivateKey>(std::move(state));
}

Result<PrivateKeyPtr> PrivateKey::from_pem(std::string_view pem) {
  constexpr std::size_t kMaximumSize = 16 * 1024;
  if (pem.size() > kMaximumSize) return fail(ErrorCode::kTooLarge, "a key of over 16 KiB");
  const ErrorQueueGuard guard;
  const BioOwner bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const EvpKeyOwner key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_pass_phrase, nullptr));
  if (key == nullptr) return fail(ErrorCode::kMalformed, openssl_error("no private key"));
  std::array<char, 32> curve{};
  if (EVP_PKEY_is_a(key.get(), "EC") != 1 ||
      EVP_PKEY_get_group_name(key.get(), curve.data(), curve.size(), nullptr) != 1 ||
      std::string_view(curve.data()) != "prime256v1") {
    return fail(ErrorCode::kUnsupported, "not a private key on P-256");
  }
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) != 1) {
    return fail(ErrorCode::kMalformed, openssl_error("no private scalar"));
  }
  const BnOwner owned(number);
  SecretBytes scalar(kScalarSize);
  if (BN_bn2binpad(number, scalar.data(), kScalarSize) != static_cast<int>(kScalarSize)) {
    return fail(ErrorCode::kMalformed, "the private scalar is too long");
  }
  return from_scalar(scalar.span().first<32>());
}

Result<Es256Signature> PrivateKey::sign(std::string_view message) const {
  const ErrorQueueGuard guard;
  const Sha256Digest digest = sha256(message);
  const SignatureOwner parts(
      ECDSA_do_sign(digest.data(), static_cast<int>(digest.size()), state_->key.get()));
  if (parts == nullptr) return fail(ErrorCode::kEnvironment, openssl_error("signing failed"));
  Es256Signature signature;
  SHAKEDOWN_ASSERT(
      BN_bn2binpad(ECDSA_SIG_get0_r(parts.get()), signature.data(), kScalarSize) > 0 &&
      BN_bn2binpad(ECDSA_SIG_get0_s(parts.get()), signature.data() + kScalarSize, kScalarSize) > 0);
  SignatureLedger::note(message, signature, *state_->public_key);
  return signature;
}

const PublicKeyPtr& PrivateKey::public_key() const { return state_->public_key; }

SecretBytes PrivateKey::scalar() const {
  SecretBytes octets(kScalarSize);
  SHAKEDOWN_ASSERT(BN_bn2binpad(EC_KEY_get0_private_key(state_->key.get()), octets.data(),
                                kScalarSize) == static_cast<int>(kScalarSize));
  return octets;
}

SecretBytes PrivateKey::to_pem() const {
  // PKCS#8 (RFC 5208) around ECPrivateKey (RFC 5915).
  Bytes scalar_element = der::element(der::kOctetString, scalar().view());
  Bytes inner =
      der::sequence({der::integer(1), scalar_element,
                     der::element(der::context_constructed(1),
                                  der::bit_string(state_->public_key->uncompressed_point()))});
  Bytes wrapped = der::element(der::kOctetString, inner);
  Bytes pkcs8 = der::sequence({der::integer(0), kUncompressed.substr(2, 21), wrapped});
  std::string text = write_pem("PRIVATE KEY", pkcs8);
  SecretBytes pem(text);
  for (Bytes* copy : {&scalar_element, &inner, &wrapped, &pkcs8, &text}) {
    OPENSSL_cleanse(copy->data(), copy->size());
  }
  return pem;
}

}  // namespace shakedown::crypto

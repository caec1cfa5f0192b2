#include "crypto/keys/subject_public_key.h"

#include <bit>

#include "crypto/octets/der.h"
#include "crypto/octets/object_identifiers.h"

namespace shakedown::crypto {
namespace {

constexpr std::string_view kIdEcPublicKey = "1.2.840.10045.2.1";
constexpr std::string_view kPrime256v1 = "1.2.840.10045.3.1.7";
constexpr std::string_view kSecp384r1 = "1.3.132.0.34";
constexpr std::string_view kSecp521r1 = "1.3.132.0.35";

// Bits of the modulus of an RSAPublicKey.
unsigned rsa_bits(std::string_view key_bits) {
  const auto sequence = der::only_sequence(key_bits);
  if (!sequence) return 0;
  der::Reader reader(*sequence);
  const auto modulus = reader.next(der::kInteger);
  if (!modulus) return 0;
  std::string_view content = modulus->content;
  while (!content.empty() && content[0] == '\0') content.remove_prefix(1);
  if (content.empty()) return 0;
  const auto top = static_cast<std::uint8_t>(content[0]);
  return static_cast<unsigned>(content.size() * 8) - static_cast<unsigned>(std::countl_zero(top));
}

SubjectKey elliptic_key(der::Reader& parameters) {
  if (parameters.peek_tag() == der::kSequence) {
    return {.kind = KeyKind::kOtherCurve, .explicit_parameters = true};
  }
  const std::optional<std::string> curve = der::read_oid(parameters);
  if (curve == kPrime256v1) return {.kind = KeyKind::kP256, .bits = 256};
  if (curve == kSecp384r1) return {.kind = KeyKind::kP384, .bits = 384};
  if (curve == kSecp521r1) return {.kind = KeyKind::kP521, .bits = 521};
  return {.kind = KeyKind::kOtherCurve};
}

struct SpkiParts {
  std::string_view algorithm;  // Content of the AlgorithmIdentifier.
  std::string_view bits;
};

std::optional<SpkiParts> split_spki(std::string_view spki_der) {
  const auto content = der::only_sequence(spki_der);
  if (!content) return std::nullopt;
  der::Reader reader(*content);
  const auto algorithm = reader.next(der::kSequence);
  const auto bits = reader.next(der::kBitString);
  if (!algorithm || !bits || !reader.finished() || bits->content.empty()) return std::nullopt;
  return SpkiParts{algorithm->content, bits->content.substr(1)};
}

}  // namespace

std::string_view to_string(KeyKind kind) {
  switch (kind) {
    case KeyKind::kP256:
      return "P-256";
    case KeyKind::kP384:
      return "P-384";
    case KeyKind::kP521:
      return "P-521";
    case KeyKind::kOtherCurve:
      return "other curve";
    case KeyKind::kRsa:
      return "RSA";
    case KeyKind::kOther:
      break;
  }
  return "other";
}

std::optional<SubjectKey> read_subject_key(std::string_view spki_der) {
  const auto parts = split_spki(spki_der);
  if (!parts) return std::nullopt;
  der::Reader algorithm(parts->algorithm);
  const auto identifier = der::read_oid(algorithm);
  if (!identifier) return std::nullopt;
  if (*identifier == kIdEcPublicKey) return elliptic_key(algorithm);
  if (*identifier == oid::kRsaEncryption)
    return SubjectKey{KeyKind::kRsa, false, rsa_bits(parts->bits)};
  return SubjectKey{};
}

PublicKeyPtr read_p256_key(std::string_view spki_der) {
  Result<PublicKeyPtr> key = PublicKey::from_spki_der(spki_der);
  return key ? *std::move(key) : nullptr;
}

std::optional<std::string_view> subject_public_key_bits(std::string_view spki_der) {
  const auto parts = split_spki(spki_der);
  if (!parts) return std::nullopt;
  return parts->bits;
}

}  // namespace shakedown::crypto

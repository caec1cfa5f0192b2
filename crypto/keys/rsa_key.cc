#include "crypto/keys/rsa_key.h"

#include <bit>
#include <cstdint>

#include "crypto/keys/signed_data.h"
#include "crypto/octets/der.h"
#include "crypto/octets/object_identifiers.h"

namespace shakedown::crypto {
namespace {

constexpr std::size_t kLongestExponent = 8;

bool is_odd(std::string_view octets) {
  return (static_cast<std::uint8_t>(octets.back()) & 1u) != 0;
}

std::size_t bit_length(std::string_view octets) {
  return (octets.size() - 1) * 8 +
         static_cast<std::size_t>(std::bit_width(static_cast<std::uint8_t>(octets.front())));
}

Bytes integer_der(std::string_view magnitude) {
  return der::element(der::kInteger, der::positive_integer(magnitude));
}

}  // namespace

Result<RsaPublicKeyPtr> RsaPublicKey::from_components(std::string_view modulus,
                                                      std::string_view exponent) {
  if (modulus.empty() || exponent.empty() || modulus.front() == '\0' || exponent.front() == '\0') {
    return fail(ErrorCode::kMalformed, "RSA component is empty or begins with a zero octet");
  }
  const std::size_t bits = bit_length(modulus);
  if (bits < kShortestRsaKey || bits > kLongestRsaKey) {
    return fail(ErrorCode::kUnsupported, "RSA key of " + std::to_string(bits) + " bits");
  }
  if (!is_odd(modulus) || !is_odd(exponent) || exponent == "\x01" ||
      exponent.size() > kLongestExponent) {
    return fail(ErrorCode::kMalformed, "not an RSA key");
  }
  ASSIGN_OR_RETURN(const Bytes algorithm, der::object_identifier(oid::kRsaEncryption));
  const std::shared_ptr<RsaPublicKey> key(new RsaPublicKey);
  key->modulus_ = modulus;
  key->exponent_ = exponent;
  key->spki_der_ = der::sequence(
      {der::sequence({algorithm, der::element(der::kNull, "")}),
       der::bit_string(der::sequence({integer_der(modulus), integer_der(exponent)}))});
  return RsaPublicKeyPtr(key);
}

bool RsaPublicKey::verify_rs256(std::string_view message, std::string_view signature) const {
  return verify_signed_data(
      {.to_be_signed = message, .algorithm = kSha256WithRsa, .signature = signature}, spki_der_);
}

}  // namespace shakedown::crypto

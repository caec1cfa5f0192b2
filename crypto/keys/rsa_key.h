// RSA public keys, to verify RS256 signatures (RFC 7518 §3.3) of ordinary ACME clients. Nothing of
// STIR uses RSA: a place that accepts these keys says so.
//
// Keys are immutable and shared; any thread may use one. Nothing here suspends.
#pragma once

#include <memory>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

inline constexpr unsigned kShortestRsaKey = 2048;  // Bits of the modulus.
inline constexpr unsigned kLongestRsaKey = 8192;

class RsaPublicKey;
using RsaPublicKeyPtr = std::shared_ptr<const RsaPublicKey>;

class RsaPublicKey {
 public:
  // Big-endian without leading zeros (RFC 7518 §6.3.1). Errors: kUnsupported (the modulus has fewer
  // or more bits than the limits above), kMalformed (leading zero, even modulus, an exponent that
  // is even, 1 or longer than 8 octets).
  static Result<RsaPublicKeyPtr> from_components(std::string_view modulus,
                                                 std::string_view exponent);

  // RSASSA-PKCS1-v1_5 with SHA-256.
  bool verify_rs256(std::string_view message, std::string_view signature) const;

  const Bytes& spki_der() const { return spki_der_; }

  const Bytes& modulus() const { return modulus_; }

  const Bytes& exponent() const { return exponent_; }

 private:
  RsaPublicKey() = default;

  Bytes modulus_, exponent_, spki_der_;
};

}  // namespace shakedown::crypto

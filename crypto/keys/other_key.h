// Public keys that an ACME account may have beside P-256 (RFC 8555 §6.2): P-384 with ES384 (RFC
// 7518 §3.4) and Ed25519 with EdDSA (RFC 8037 §3.1). Nothing of STIR signs with these: a place that
// accepts them says so.
//
// Keys are immutable and shared; any thread may use one. Nothing here suspends.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

class OtherPublicKey;
using OtherPublicKeyPtr = std::shared_ptr<const OtherPublicKey>;

class OtherPublicKey {
 public:
  enum class Kind : std::uint8_t { kP384, kEd25519 };

  // The coordinates, 48 octets each, big-endian. Error: kMalformed (length, not on the curve).
  static Result<OtherPublicKeyPtr> p384(std::string_view x, std::string_view y);
  // The encoded point, 32 octets (RFC 8032 §5.1.5). Error: kMalformed (length).
  static Result<OtherPublicKeyPtr> ed25519(std::string_view x);

  Kind kind() const { return kind_; }

  // `signature`: R || S, 96 octets for P-384 and 64 for Ed25519; false for any other length.
  bool verify(std::string_view message, std::string_view signature) const;

  const Bytes& spki_der() const { return spki_der_; }

  const Bytes& x() const { return x_; }

  const Bytes& y() const { return y_; }  // Empty for Ed25519.

 private:
  OtherPublicKey() = default;

  Kind kind_ = Kind::kP384;
  Bytes x_, y_, spki_der_;
};

}  // namespace shakedown::crypto

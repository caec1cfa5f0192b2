// The key of an ACME account, and the flattened JWS that it signs (RFC 8555 §6.2, RFC 7515 §7.2.2).
// P-256 with ES256, P-384 with ES384 and Ed25519 with EdDSA; RSA with RS256 only where the caller
// allows it. The key fixes the algorithm. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crypto/keys/es256.h"
#include "crypto/keys/other_key.h"
#include "crypto/keys/rsa_key.h"
#include "sim/result.h"
#include "stir/jose/json.h"
#include "stir/jose/jws.h"

namespace shakedown::stir {

class AcmeKey {
 public:
  AcmeKey() = default;  // None.

  explicit AcmeKey(crypto::PublicKeyPtr p256)
      : p256_(std::move(p256)) {}

  explicit AcmeKey(crypto::RsaPublicKeyPtr rsa)
      : rsa_(std::move(rsa)) {}

  explicit AcmeKey(crypto::OtherPublicKeyPtr other)
      : other_(std::move(other)) {}

  // Errors: kUnsupported (another kty or crv; RSA unless allowed, or of a forbidden size),
  // kMalformed.
  static Result<AcmeKey> from_jwk(const Json& jwk, bool allow_rsa);

  explicit operator bool() const {
    return p256_ != nullptr || rsa_ != nullptr || other_ != nullptr;
  }

  std::string_view algorithm() const;  // "ES256", "ES384", "EdDSA", "RS256"; "" of none.
  // `signature`: as decoded from the JWS.
  bool verify(std::string_view signing_input, std::string_view signature) const;
  const crypto::Bytes& spki_der() const;
  std::string thumbprint() const;  // RFC 7638, base64url.
  // Whether the fingerprint in an SPC token is this key's, and which (see jws.h).
  FingerprintForm match_fingerprint(std::string_view fingerprint) const;

  friend bool operator==(const AcmeKey& a, const AcmeKey& b) {
    return a.spki_der() == b.spki_der();
  }

 private:
  crypto::PublicKeyPtr p256_;
  crypto::RsaPublicKeyPtr rsa_;
  crypto::OtherPublicKeyPtr other_;
};

struct FlattenedJws {
  Json header;  // Protected.
  std::string protected_text, payload_text;
  std::string payload, signature;  // Decoded.

  std::string signing_input() const { return protected_text + "." + payload_text; }
};

// Exactly protected, payload and signature, base64url without padding; no crit, no b64. The
// algorithm is the caller's business. Error: kMalformed.
Result<FlattenedJws> read_flattened_jws(const Json& jws);

}  // namespace shakedown::stir

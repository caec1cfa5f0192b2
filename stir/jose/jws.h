// Compact JWS with ES256 and nothing else (RFC 7515, RFC 7518 §3.4), for SPC tokens and CA lists,
// and the two ways to name a key. The algorithm is fixed by the place, never chosen by the token.
//
// Signing itself is the caller's business (its key may sit in an HSM): signing input out, signature
// in.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crypto/keys/es256.h"
#include "sim/result.h"
#include "stir/jose/json.h"

namespace shakedown::stir {

inline constexpr std::size_t kLongestJws = 1024 * 1024;  // A CA list with its certificates.

// {"alg":"ES256","typ":"JWT","x5u":...} and the payload, encoded and joined with ".".
std::string jwt_signing_input(std::string_view x5u, const Json& payload);

struct CompactJws {
  std::string signing_input;
  Json header;
  std::string payload;  // Decoded octets.
  crypto::Es256Signature signature{};
};

// signing input "." BASE64URL(signature).
std::string compact_jws(std::string_view signing_input, const crypto::Es256Signature& signature);

// Three base64url parts, a JSON object with alg exactly "ES256" and no crit, 64 octets of
// signature. Errors: kUnsupported for another alg ("none", HS256), kTooLarge, else kMalformed.
Result<CompactJws> parse_compact_jws(std::string_view text);

// {"crv":"P-256","kty":"EC","x":...,"y":...} (RFC 7518 §6.2)
Json jwk_of(const crypto::PublicKey& key);
// Extra members (a "kid") are allowed. Errors: kUnsupported for another kty or crv, kMalformed
// (also when the point is not on the curve).
Result<crypto::PublicKeyPtr> key_of_jwk(const Json& jwk);

std::string jwk_thumbprint(const crypto::PublicKey& key);  // base64url of SHA-256 (RFC 7638).

// "SHA256 AA:BB:..": the account key in an SPC token. RFC 9448 §5.4 means the JWK thumbprint,
// deployed clients hash the DER SubjectPublicKeyInfo: a CA accepts either and says which.
std::string jwk_fingerprint(const crypto::PublicKey& key);
std::string spki_fingerprint(const crypto::PublicKey& key);
bool is_fingerprint(std::string_view text);  // "SHA256 " and 32 upper-case pairs joined by ":".

enum class FingerprintForm : std::uint8_t { kNone, kJwk, kSpki };
FingerprintForm match_fingerprint(std::string_view fingerprint, const crypto::PublicKey& key);
std::string_view to_string(FingerprintForm form);

}  // namespace shakedown::stir

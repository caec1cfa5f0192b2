#include "actors/stir/acme_key.h"

#include "actors/crypto/bytes.h"
#include "actors/crypto/digest.h"
#include "actors/stir/jws.h"

namespace shakedown::stir {
namespace {

tl::unexpected<Error> malformed(std::string detail) {
  return fail(ErrorCode::kMalformed, std::move(detail));
}

}  // namespace

Result<AcmeKey> AcmeKey::from_jwk(const Json& jwk, bool allow_rsa) {
  if (!allow_rsa || string_member(jwk, "kty") != "RSA") {
    ASSIGN_OR_RETURN(auto key, key_of_jwk(jwk));
    return AcmeKey(std::move(key));
  }
  const auto modulus = string_member(jwk, "n");
  const auto exponent = string_member(jwk, "e");
  if (!modulus || !exponent) return malformed("JWK lacks a member");
  const auto n = crypto::base64url_decode(*modulus);
  const auto e = crypto::base64url_decode(*exponent);
  if (!n || !e) return malformed("a member of the JWK is not base64url");
  ASSIGN_OR_RETURN(auto key, crypto::RsaPublicKey::from_components(n->octets, e->octets));
  return AcmeKey(std::move(key));
}

std::string_view AcmeKey::algorithm() const {
  if (p256_ != nullptr) return "ES256";
  return rsa_ != nullptr ? "RS256" : "";
}

bool AcmeKey::verify(std::string_view signing_input, std::string_view signature) const {
  if (rsa_ != nullptr) return rsa_->verify_rs256(signing_input, signature);
  const auto raw = crypto::signature_from_raw(signature);
  return p256_ != nullptr && raw && p256_->verify(signing_input, *raw);
}

const crypto::Bytes& AcmeKey::spki_der() const {
  static const crypto::Bytes kNone;
  if (p256_ != nullptr) return p256_->spki_der();
  return rsa_ != nullptr ? rsa_->spki_der() : kNone;
}

std::string AcmeKey::thumbprint() const {
  if (p256_ != nullptr) return jwk_thumbprint(*p256_);
  if (rsa_ == nullptr) return {};
  const Json required{{"e", crypto::base64url_encode(rsa_->exponent())},
                      {"kty", "RSA"},
                      {"n", crypto::base64url_encode(rsa_->modulus())}};
  const auto digest = crypto::sha256(canonical_json(required));
  return crypto::base64url_encode(crypto::as_view(digest));
}

Result<FlattenedJws> read_flattened_jws(const Json& jws) {
  const auto header = string_member(jws, "protected");
  const auto payload = string_member(jws, "payload");
  const auto signature = string_member(jws, "signature");
  if (!header || !payload || !signature || jws.size() != 3) {
    return malformed("the JWS is not protected, payload and signature");
  }
  const auto header_octets = crypto::base64url_decode(*header);
  const auto payload_octets = crypto::base64url_decode(*payload);
  const auto signature_octets = crypto::base64url_decode(*signature);
  if (!header_octets || !payload_octets || !signature_octets) {
    return malformed("a part of the JWS is not base64url");
  }
  FlattenedJws read;
  auto parsed = parse_json_object(header_octets->octets);
  if (!parsed) return malformed("protected header: " + parsed.error().detail);
  read.header = *std::move(parsed);
  if (read.header.contains("crit") || read.header.contains("b64")) {
    return malformed("crit and b64 are not understood");
  }
  read.protected_text = *header;
  read.payload_text = *payload;
  read.payload = payload_octets->octets;
  read.signature = signature_octets->octets;
  return read;
}

}  // namespace shakedown::stir

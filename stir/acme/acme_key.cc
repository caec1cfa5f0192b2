#include "stir/acme/acme_key.h"

#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"
#include "stir/jose/jws.h"

namespace shakedown::stir {
namespace {

tl::unexpected<Error> malformed(std::string detail) {
  return fail(ErrorCode::kMalformed, std::move(detail));
}

Result<crypto::Bytes> octets_of_member(const Json& jwk, std::string_view name) {
  const auto text = string_member(jwk, name);
  if (!text) return malformed("JWK lacks a member");
  auto decoded = crypto::base64url_decode(*text);
  if (!decoded) return malformed("a member of the JWK is not base64url");
  return std::move(decoded->octets);
}

bool is_ed25519(const crypto::OtherPublicKey& key) {
  return key.kind() == crypto::OtherPublicKey::Kind::kEd25519;
}

std::string fingerprint_of_digest(std::string_view digest) {
  return "SHA256 " + crypto::to_hex_pairs(digest);
}

}  // namespace

Result<AcmeKey> AcmeKey::from_jwk(const Json& jwk, bool allow_rsa) {
  const std::string type = string_member(jwk, "kty").value_or("");
  const std::string curve = string_member(jwk, "crv").value_or("");
  if (type == "RSA" && allow_rsa) {
    ASSIGN_OR_RETURN(const auto n, octets_of_member(jwk, "n"));
    ASSIGN_OR_RETURN(const auto e, octets_of_member(jwk, "e"));
    ASSIGN_OR_RETURN(auto key, crypto::RsaPublicKey::from_components(n, e));
    return AcmeKey(std::move(key));
  }
  if (type == "EC" && curve == "P-384") {
    ASSIGN_OR_RETURN(const auto x, octets_of_member(jwk, "x"));
    ASSIGN_OR_RETURN(const auto y, octets_of_member(jwk, "y"));
    ASSIGN_OR_RETURN(auto key, crypto::OtherPublicKey::p384(x, y));
    return AcmeKey(std::move(key));
  }
  if (type == "OKP" && curve == "Ed25519") {
    ASSIGN_OR_RETURN(const auto x, octets_of_member(jwk, "x"));
    ASSIGN_OR_RETURN(auto key, crypto::OtherPublicKey::ed25519(x));
    return AcmeKey(std::move(key));
  }
  ASSIGN_OR_RETURN(auto key, key_of_jwk(jwk));
  return AcmeKey(std::move(key));
}

std::string_view AcmeKey::algorithm() const {
  if (p256_ != nullptr) return "ES256";
  if (other_ != nullptr) return is_ed25519(*other_) ? "EdDSA" : "ES384";
  return rsa_ != nullptr ? "RS256" : "";
}

bool AcmeKey::verify(std::string_view signing_input, std::string_view signature) const {
  if (rsa_ != nullptr) return rsa_->verify_rs256(signing_input, signature);
  if (other_ != nullptr) return other_->verify(signing_input, signature);
  const auto raw = crypto::signature_from_raw(signature);
  return p256_ != nullptr && raw && p256_->verify(signing_input, *raw);
}

const crypto::Bytes& AcmeKey::spki_der() const {
  static const crypto::Bytes kNone;
  if (p256_ != nullptr) return p256_->spki_der();
  if (other_ != nullptr) return other_->spki_der();
  return rsa_ != nullptr ? rsa_->spki_der() : kNone;
}

std::string AcmeKey::thumbprint() const {
  if (p256_ != nullptr) return jwk_thumbprint(*p256_);
  Json required;
  if (rsa_ != nullptr) {
    required = {{"e", crypto::base64url_encode(rsa_->exponent())},
                {"kty", "RSA"},
                {"n", crypto::base64url_encode(rsa_->modulus())}};
  } else if (other_ != nullptr) {
    required = {{"crv", is_ed25519(*other_) ? "Ed25519" : "P-384"},
                {"kty", is_ed25519(*other_) ? "OKP" : "EC"},
                {"x", crypto::base64url_encode(other_->x())}};
    if (!is_ed25519(*other_)) required["y"] = crypto::base64url_encode(other_->y());
  } else {
    return {};
  }
  const auto digest = crypto::sha256(canonical_json(required));
  return crypto::base64url_encode(crypto::as_view(digest));
}

FingerprintForm AcmeKey::match_fingerprint(std::string_view fingerprint) const {
  if (p256_ != nullptr) return stir::match_fingerprint(fingerprint, *p256_);
  if (!*this) return FingerprintForm::kNone;
  const auto thumbprint_octets = crypto::base64url_decode(thumbprint());
  if (thumbprint_octets && fingerprint == fingerprint_of_digest(thumbprint_octets->octets)) {
    return FingerprintForm::kJwk;
  }
  const auto digest = crypto::sha256(spki_der());
  return fingerprint == fingerprint_of_digest(crypto::as_view(digest)) ? FingerprintForm::kSpki
                                                                       : FingerprintForm::kNone;
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

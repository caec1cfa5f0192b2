#include "stir/jose/jws.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "crypto/octets/digest.h"

namespace shakedown::stir {
namespace {

constexpr std::size_t kCoordinate = 32;
constexpr std::string_view kFingerprintPrefix = "SHA256 ";

std::string fingerprint_text(const crypto::Sha256Digest& digest) {
  return std::string(kFingerprintPrefix) + crypto::to_hex_pairs(crypto::as_view(digest));
}

crypto::Sha256Digest thumbprint(const crypto::PublicKey& key) {
  // RFC 7638 §3: the required members alone, in lexicographic order: what the writer does anyway.
  return crypto::sha256(canonical_json(jwk_of(key)));
}

Result<crypto::Bytes> decoded(std::string_view part, std::string_view what) {
  auto octets = crypto::base64url_decode(part);
  if (!octets) return fail(ErrorCode::kMalformed, std::string(what) + " is not base64url");
  return std::move(octets->octets);
}

}  // namespace

std::string jwt_signing_input(std::string_view x5u, const Json& payload) {
  std::string header = R"({"alg":"ES256","typ":"JWT","x5u":)";
  append_json_string(header, x5u);
  header += '}';
  return crypto::base64url_encode(header) + "." + crypto::base64url_encode(canonical_json(payload));
}

std::string compact_jws(std::string_view signing_input, const crypto::Es256Signature& signature) {
  std::string text(signing_input);
  text += '.';
  return text += crypto::base64url_encode(crypto::as_view(signature));
}

Result<CompactJws> parse_compact_jws(std::string_view text) {
  if (text.size() > kLongestJws) return fail(ErrorCode::kTooLarge, "JWS over 1 MiB");
  if (std::count(text.begin(), text.end(), '.') != 2) {
    return fail(ErrorCode::kMalformed, "JWS does not have three parts");
  }
  const auto first = text.find('.');
  const auto second = text.rfind('.');
  CompactJws jws;
  jws.signing_input = text.substr(0, second);
  ASSIGN_OR_RETURN(const auto header, decoded(text.substr(0, first), "JWS header"));
  ASSIGN_OR_RETURN(jws.header, parse_json_object(header));
  const auto alg = string_member(jws.header, "alg");
  if (alg != "ES256") return fail(ErrorCode::kUnsupported, "alg " + alg.value_or("missing"));
  if (jws.header.contains("crit")) return fail(ErrorCode::kUnsupported, "crit in the JWS header");
  ASSIGN_OR_RETURN(jws.payload, decoded(text.substr(first + 1, second - first - 1), "JWS payload"));
  ASSIGN_OR_RETURN(const auto signature, decoded(text.substr(second + 1), "JWS signature"));
  ASSIGN_OR_RETURN(jws.signature, crypto::signature_from_raw(signature));
  return jws;
}

Json jwk_of(const crypto::PublicKey& key) {
  const std::string_view point = key.uncompressed_point();
  return Json{{"crv", "P-256"},
              {"kty", "EC"},
              {"x", crypto::base64url_encode(point.substr(1, kCoordinate))},
              {"y", crypto::base64url_encode(point.substr(1 + kCoordinate, kCoordinate))}};
}

Result<crypto::PublicKeyPtr> key_of_jwk(const Json& jwk) {
  const auto type = string_member(jwk, "kty");
  const auto curve = string_member(jwk, "crv");
  const auto x = string_member(jwk, "x");
  const auto y = string_member(jwk, "y");
  if (type && (*type != "EC" || (curve && *curve != "P-256"))) {
    return fail(ErrorCode::kUnsupported, "JWK is not a P-256 key");
  }
  if (!type || !curve || !x || !y) return fail(ErrorCode::kMalformed, "JWK lacks a member");
  ASSIGN_OR_RETURN(const auto x_octets, decoded(*x, "JWK x"));
  ASSIGN_OR_RETURN(const auto y_octets, decoded(*y, "JWK y"));
  if (x_octets.size() != kCoordinate || y_octets.size() != kCoordinate) {
    return fail(ErrorCode::kMalformed, "JWK coordinate is not 32 octets");
  }
  return crypto::PublicKey::from_uncompressed_point("\x04" + x_octets + y_octets);
}

std::string jwk_thumbprint(const crypto::PublicKey& key) {
  return crypto::base64url_encode(crypto::as_view(thumbprint(key)));
}

std::string jwk_fingerprint(const crypto::PublicKey& key) {
  return fingerprint_text(thumbprint(key));
}

std::string spki_fingerprint(const crypto::PublicKey& key) {
  return fingerprint_text(crypto::sha256(key.spki_der()));
}

bool is_fingerprint(std::string_view text) {
  constexpr std::size_t kPairs = 32;
  if (!text.starts_with(kFingerprintPrefix)) return false;
  text.remove_prefix(kFingerprintPrefix.size());
  if (text.size() != kPairs * 3 - 1) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hex = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
    if (i % 3 == 2 ? c != ':' : !hex) return false;
  }
  return true;
}

FingerprintForm match_fingerprint(std::string_view fingerprint, const crypto::PublicKey& key) {
  if (fingerprint == jwk_fingerprint(key)) return FingerprintForm::kJwk;
  if (fingerprint == spki_fingerprint(key)) return FingerprintForm::kSpki;
  return FingerprintForm::kNone;
}

std::string_view to_string(FingerprintForm form) {
  switch (form) {
    case FingerprintForm::kNone:
      return "none";
    case FingerprintForm::kJwk:
      return "jwk";
    case FingerprintForm::kSpki:
      return "spki";
  }
  return "none";
}

}  // namespace shakedown::stir

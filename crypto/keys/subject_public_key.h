// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): what kind of key it holds. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "crypto/keys/es256.h"

namespace shakedown::crypto {

enum class KeyKind : std::uint8_t { kP256, kP384, kP521, kOtherCurve, kRsa, kOther };

std::string_view to_string(KeyKind kind);

struct SubjectKey {
  KeyKind kind = KeyKind::kOther;
  // Curve parameters spelled out instead of named (RFC 5480 §2.1.1 forbids that). `kind` is then
  // kOtherCurve, whatever curve they describe.
  bool explicit_parameters = false;
  unsigned bits = 0;  // RSA modulus or field size; 0 if unknown.
};

// What kind of key a SubjectPublicKeyInfo holds, from its algorithm identifier alone.
std::optional<SubjectKey> read_subject_key(std::string_view spki_der);
// Null if not on P-256 or not a point of it.
PublicKeyPtr read_p256_key(std::string_view spki_der);
// The bits of the subjectPublicKey BIT STRING, without tag, length and unused count.
std::optional<std::string_view> subject_public_key_bits(std::string_view spki_der);

}  // namespace shakedown::crypto

#include "crypto/x509/jwt_claim_constraints.h"

#include <fmt/format.h>

#include <algorithm>

#include "crypto/octets/asn1.h"

namespace shakedown::crypto {
namespace {

// OpenSSL has stacks of UTF8String but not of IA5String; both are ASN1_STRING, and the templates
// below say which is meant.
using Texts = STACK_OF(ASN1_UTF8STRING);

struct ClaimValues {
  ASN1_IA5STRING* claim;
  Texts* values;
};

DEFINE_STACK_OF(ClaimValues)

struct Constraints {
  Texts* must_include;
  STACK_OF(ClaimValues) * permitted_values;
};

struct EnhancedConstraints {
  Texts* must_include;
  STACK_OF(ClaimValues) * permitted_values;
  Texts* must_exclude;
};

// clang-format off
ASN1_SEQUENCE(ClaimValues) = {
  ASN1_SIMPLE(ClaimValues, claim, ASN1_IA5STRING),
  ASN1_SEQUENCE_OF(ClaimValues, values, ASN1_UTF8STRING),
} static_ASN1_SEQUENCE_END(ClaimValues)

ASN1_SEQUENCE(Constraints) = {
  ASN1_EXP_SEQUENCE_OF_OPT(Constraints, must_include, ASN1_IA5STRING, 0),
  ASN1_EXP_SEQUENCE_OF_OPT(Constraints, permitted_values, ClaimValues, 1),
} static_ASN1_SEQUENCE_END(Constraints)

ASN1_SEQUENCE(EnhancedConstraints) = {
  ASN1_EXP_SEQUENCE_OF_OPT(EnhancedConstraints, must_include, ASN1_IA5STRING, 0),
  ASN1_EXP_SEQUENCE_OF_OPT(EnhancedConstraints, permitted_values, ClaimValues, 1),
  ASN1_EXP_SEQUENCE_OF_OPT(EnhancedConstraints, must_exclude, ASN1_IA5STRING, 2),
} static_ASN1_SEQUENCE_END(EnhancedConstraints)
    // clang-format on

    tl::unexpected<Error> malformed_constraints(std::string_view what) {
  return fail(ErrorCode::kMalformed, fmt::format("JWT claim constraints: {}", what));
}

Status read_texts(const Texts* texts, bool ascii, std::vector<std::string>& out) {
  if (texts == nullptr) return {};
  if (sk_ASN1_UTF8STRING_num(texts) == 0) return malformed_constraints("an empty list");
  for (int i = 0; i < sk_ASN1_UTF8STRING_num(texts); ++i) {
    const std::string_view text = asn1_text(sk_ASN1_UTF8STRING_value(texts, i));
    if (ascii && !is_ascii(text)) return malformed_constraints("a claim name is not ASCII");
    if (!is_utf8(text)) return malformed_constraints("a value is not UTF-8");
    out.emplace_back(text);
  }
  return {};
}

Status read_permitted(const STACK_OF(ClaimValues) * list, std::vector<PermittedClaimValues>& out) {
  if (list == nullptr) return {};
  if (sk_ClaimValues_num(list) == 0) return malformed_constraints("an empty list");
  for (int i = 0; i < sk_ClaimValues_num(list); ++i) {
    const ClaimValues& item = *sk_ClaimValues_value(list, i);
    const std::string_view claim = asn1_text(item.claim);
    if (!is_ascii(claim)) return malformed_constraints("a claim name is not ASCII");
    PermittedClaimValues permitted{.claim = std::string(claim), .values = {}};
    RETURN_IF_ERROR(read_texts(item.values, false, permitted.values));
    out.push_back(std::move(permitted));
  }
  return {};
}

template <class T>
Result<JwtClaimConstraints> decode(const ASN1_ITEM* item, std::string_view der) {
  const auto decoded = asn1_decode<T>(item, der);
  if (!decoded)
    return fail(decoded.error().code, "JWT claim constraints: " + decoded.error().detail);
  const T& raw = **decoded;
  JwtClaimConstraints constraints;
  RETURN_IF_ERROR(read_texts(raw.must_include, true, constraints.must_include));
  RETURN_IF_ERROR(read_permitted(raw.permitted_values, constraints.permitted_values));
  bool excludes = false;
  if constexpr (requires { raw.must_exclude; }) {
    RETURN_IF_ERROR(read_texts(raw.must_exclude, true, constraints.must_exclude));
    excludes = raw.must_exclude != nullptr;
  }
  if (raw.must_include == nullptr && raw.permitted_values == nullptr && !excludes) {
    return malformed_constraints("nothing is constrained");
  }
  return constraints;
}

ASN1_STRING* new_text(int type, std::string_view text) {
  ASN1_STRING* string = ASN1_STRING_type_new(type);
  SHAKEDOWN_ASSERT(string != nullptr);
  asn1_set_text(string, text);
  return string;
}

// `target` stays null (absent) for an empty list.
Status write_texts(const std::vector<std::string>& texts, int type, Texts*& target) {
  if (texts.empty()) return {};
  if (target == nullptr) target = sk_ASN1_UTF8STRING_new_null();
  for (const std::string& text : texts) {
    if (type == V_ASN1_IA5STRING ? !is_ascii(text) : !is_utf8(text)) {
      return malformed_constraints("a claim name is not ASCII, or a value not UTF-8");
    }
    SHAKEDOWN_ASSERT(sk_ASN1_UTF8STRING_push(target, new_text(type, text)) > 0);
  }
  return {};
}

Status write_permitted(const std::vector<PermittedClaimValues>& list,
                       STACK_OF(ClaimValues) * &target) {
  if (list.empty()) return {};
  target = sk_ClaimValues_new_null();
  for (const PermittedClaimValues& permitted : list) {
    if (permitted.values.empty()) return malformed_constraints("a claim without permitted values");
    if (!is_ascii(permitted.claim)) return malformed_constraints("a claim name is not ASCII");
    auto item = asn1_new<ClaimValues>(ASN1_ITEM_rptr(ClaimValues));
    asn1_set_text(item->claim, permitted.claim);
    RETURN_IF_ERROR(write_texts(permitted.values, V_ASN1_UTF8STRING, item->values));
    SHAKEDOWN_ASSERT(sk_ClaimValues_push(target, item.release()) > 0);
  }
  return {};
}

template <class T>
Result<Bytes> encode(const ASN1_ITEM* item, const JwtClaimConstraints& constraints) {
  const auto raw = asn1_new<T>(item);
  RETURN_IF_ERROR(write_texts(constraints.must_include, V_ASN1_IA5STRING, raw->must_include));
  RETURN_IF_ERROR(write_permitted(constraints.permitted_values, raw->permitted_values));
  if constexpr (requires { raw->must_exclude; }) {
    RETURN_IF_ERROR(write_texts(constraints.must_exclude, V_ASN1_IA5STRING, raw->must_exclude));
  } else if (!constraints.must_exclude.empty()) {
    return malformed_constraints("only the enhanced extension excludes claims");
  }
  if (constraints == JwtClaimConstraints{}) return malformed_constraints("nothing is constrained");
  return asn1_encode(item, raw.get());
}

}  // namespace

Result<JwtClaimConstraints> decode_jwt_claim_constraints(std::string_view der) {
  return decode<Constraints>(ASN1_ITEM_rptr(Constraints), der);
}

Result<JwtClaimConstraints> decode_enhanced_jwt_claim_constraints(std::string_view der) {
  return decode<EnhancedConstraints>(ASN1_ITEM_rptr(EnhancedConstraints), der);
}

Result<Bytes> encode_jwt_claim_constraints(const JwtClaimConstraints& constraints) {
  return encode<Constraints>(ASN1_ITEM_rptr(Constraints), constraints);
}

Result<Bytes> encode_enhanced_jwt_claim_constraints(const JwtClaimConstraints& constraints) {
  return encode<EnhancedConstraints>(ASN1_ITEM_rptr(EnhancedConstraints), constraints);
}

}  // namespace shakedown::crypto

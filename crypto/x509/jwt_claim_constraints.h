// JWTClaimConstraints (RFC 8226 §8) and EnhancedJWTClaimConstraints (RFC 9118 §3): what a
// certificate demands of the claims that it signs. DER in and out; enforcement is in stir/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

struct PermittedClaimValues {
  std::string claim;
  std::vector<std::string> values;  // UTF-8, at least one.
  friend bool operator==(const PermittedClaimValues&, const PermittedClaimValues&) = default;
};

// One shape for both extensions; empty vectors are absent components. `must_exclude` exists only in
// the enhanced one.
struct JwtClaimConstraints {
  std::vector<std::string> must_include;
  std::vector<PermittedClaimValues> permitted_values;
  std::vector<std::string> must_exclude;
  friend bool operator==(const JwtClaimConstraints&, const JwtClaimConstraints&) = default;
};

// Strict DER, at least one component, no empty component. Errors: kMalformed; kTooLarge over 64
// KiB.
Result<JwtClaimConstraints> decode_jwt_claim_constraints(std::string_view der);
Result<JwtClaimConstraints> decode_enhanced_jwt_claim_constraints(std::string_view der);

// Errors: kMalformed if nothing is constrained, a value list is empty, a claim name is not ASCII,
// or (first form) something must be excluded.
Result<Bytes> encode_jwt_claim_constraints(const JwtClaimConstraints& constraints);
Result<Bytes> encode_enhanced_jwt_claim_constraints(const JwtClaimConstraints& constraints);

}  // namespace shakedown::crypto

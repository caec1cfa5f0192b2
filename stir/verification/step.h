// The steps of a verification: stable ids, what each asks, and where that is written. For those who
// only speak of steps; their rows and checks stand in verification_steps. Static and immutable; any
// thread may read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace shakedown::stir {

// In the order of profile rfc8224 (core order: cheap and local first, then what must be fetched).
enum class Step : std::uint8_t {
  kIdentityPresent,
  kIdentityWellFormed,
  kPptIsSupported,
  kFullFormIsUsed,
  kInfoIsAUri,
  kHeaderWellFormed,  // passport_header_well_formed: three parts, base64url, JSON, no duplicates.
  kHeaderIsComplete,  // passport_header_complete: alg, typ and x5u are there.
  kAlgorithmIsEs256,
  kTypIsPassport,
  kPptMatches,  // Header ppt == parameter ppt.
  kAlgMatches,  // Parameter alg == header alg.
  kInfoMatchesX5u,
  kClaimsWellFormed,
  kAttestIsValid,
  kOrigidIsUuid,
  kPassportIsCanonical,
  kDateIsWellFormed,
  kDateIsFresh,
  kIatIsFresh,
  kIatMatchesDate,
  kOrigMatches,
  kDestMatches,
  kX5uUrlIsAllowed,
  kCertificateFetched,
  kCertificateParses,
  kChainIsTrusted,
  kCertificateProfile,
  kSpcIsPresent,  // A shaken PASSporT needs a leaf with a provider code.
  kClaimConstraintsHold,
  kOrigIsCovered,
  kNotRevoked,
  kSignedWithinValidity,
  kSignatureVerifies,
  kNotReplayed,
};
inline constexpr std::size_t kSteps = static_cast<std::size_t>(Step::kNotReplayed) + 1;

struct StepInfo {
  std::string_view id;        // "iat_is_fresh": stable, scripts depend on it.
  std::string_view question;  // "Is iat within the freshness window?"
  std::string_view clause;    // "RFC 8224 §6.2 step 4"
};

StepInfo info(Step step);

std::string_view to_string(Step step);  // The id.

std::optional<Step> step_by_id(std::string_view id);

}  // namespace shakedown::stir

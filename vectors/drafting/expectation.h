// What a case expects of each policy profile, short enough to read beside the case. Written from
// the standards: nothing here looks at the table that verifies.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "stir/call/sip_call.h"

namespace shakedown::vectors {

inline constexpr std::size_t kProfiles = 5;
inline constexpr std::array<std::string_view, kProfiles> kProfileNames{
    "rfc8224", "atis74", "atis82", "strict", "deployed"};
// Sets of profiles, to be or-ed.
using Profiles = std::uint8_t;
inline constexpr Profiles kRfc8224 = 1;
inline constexpr Profiles kAtis74 = 2;
inline constexpr Profiles kAtis82 = 4;
inline constexpr Profiles kStrict = 8;
inline constexpr Profiles kDeployed = 16;
inline constexpr Profiles kApi = kAtis82 | kDeployed;  // Both speak ATIS-1000082.
inline constexpr Profiles kShakenOnly = kAtis74 | kAtis82 | kDeployed;

struct Expectation {
  bool passed = true;
  std::string step;  // That fails; "" when passed.
  int code = 0;      // 0 also where an unsigned call goes through without a verdict.
  stir::Verstat verstat = stir::Verstat::kTnValidationPassed;
  friend bool operator==(const Expectation&, const Expectation&) = default;
};

std::string to_text(
    const Expectation& expectation);  // "438 info_matches_x5u, TN-Validation-Failed"

// The verdict of every profile. Made by passes() or fails(), then refined:
//
//   fails("info_matches_x5u", 438).but(kApi, "info_matches_x5u", 436)
class Expectations {
 public:
  Expectations& but(Profiles profiles, std::string_view step, int code);
  Expectations& passing_in(Profiles profiles);
  // The call goes through unverified: no usable Identity, and none is required (ATIS-1000074).
  Expectations& unverified_in(Profiles profiles, std::string_view step);

  const std::array<Expectation, kProfiles>& all() const { return all_; }

  bool pass_everywhere() const;

 private:
  std::array<Expectation, kProfiles> all_;
};

Expectations passes();
// verstat: TN-Validation-Failed (core rule X21), but No-TN-Validation with 428; and under
// ATIS-1000082 TN-Validation-Failed only for an untrusted chain (E17) and a wrong signature (E18).
Expectations fails(std::string_view step, int code);
Expectations unverified(std::string_view step);

}  // namespace shakedown::vectors

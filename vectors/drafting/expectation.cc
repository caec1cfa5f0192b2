#include "vectors/drafting/expectation.h"

#include <algorithm>

namespace shakedown::vectors {
namespace {

constexpr int kUseIdentityHeader = 428;

bool includes(Profiles profiles, std::size_t position) {
  return ((profiles >> position) & 1U) != 0;
}

// E17 (the chain and whom it speaks for) and E18 (the signature) of ATIS-1000082.
bool is_failed_validation_in_api(std::string_view step) {
  constexpr std::array<std::string_view, 5> kSteps{"chain_is_trusted", "certificate_profile",
                                                   "spc_is_present", "not_revoked",
                                                   "signature_verifies"};
  return std::find(kSteps.begin(), kSteps.end(), step) != kSteps.end();
}

}  // namespace

std::string to_text(const Expectation& expectation) {
  if (expectation.passed) return "passed";
  return (expectation.code == 0 ? "unverified" : std::to_string(expectation.code)) + " " +
         expectation.step + ", " + std::string(stir::to_string(expectation.verstat));
}

Expectations& Expectations::but(Profiles profiles, std::string_view step, int code) {
  for (std::size_t i = 0; i < kProfiles; ++i) {
    if (!includes(profiles, i)) continue;
    const bool failed =
        includes(kApi, i) ? is_failed_validation_in_api(step) : code != kUseIdentityHeader;
    all_[i] = {false, std::string(step), code,
               failed ? stir::Verstat::kTnValidationFailed : stir::Verstat::kNoTnValidation};
  }
  return *this;
}

Expectations& Expectations::passing_in(Profiles profiles) {
  for (std::size_t i = 0; i < kProfiles; ++i) {
    if (includes(profiles, i)) all_[i] = {};
  }
  return *this;
}

Expectations& Expectations::unverified_in(Profiles profiles, std::string_view step) {
  for (std::size_t i = 0; i < kProfiles; ++i) {
    if (includes(profiles, i)) {
      all_[i] = {false, std::string(step), 0, stir::Verstat::kNoTnValidation};
    }
  }
  return *this;
}

bool Expectations::pass_everywhere() const {
  return std::all_of(all_.begin(), all_.end(), [](const auto& one) { return one.passed; });
}

Expectations passes() { return {}; }

namespace {
constexpr Profiles kEvery = kRfc8224 | kAtis74 | kAtis82 | kStrict | kDeployed;
}  // namespace

Expectations fails(std::string_view step, int code) {
  Expectations all;
  all.but(kEvery, step, code);
  return all;
}

Expectations unverified(std::string_view step) {
  Expectations all;
  all.unverified_in(kEvery, step);
  return all;
}

}  // namespace shakedown::vectors

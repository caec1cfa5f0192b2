// The groups of cases, a source each, in the order of the catalogue.
#pragma once

#include <vector>

#include "vectors/draft.h"

namespace shakedown::vectors {

std::vector<Case> identity_cases(const World& world);
std::vector<Case> passport_cases(const World& world);
std::vector<Case> claims_cases(const World& world);
std::vector<Case> freshness_cases(const World& world);
std::vector<Case> party_cases(const World& world);
std::vector<Case> repository_cases(const World& world);
std::vector<Case> chain_cases(const World& world);
std::vector<Case> profile_cases(const World& world);
std::vector<Case> scope_cases(const World& world);
std::vector<Case> delegate_cases(const World& world);
std::vector<Case> revocation_cases(const World& world);
std::vector<Case> signature_cases(const World& world);
std::vector<Case> several_cases(const World& world);

}  // namespace shakedown::vectors

// The groups of cases, a source each, in the order of the catalogue.
#pragma once

#include <vector>

#include "vectors/drafting/draft.h"

namespace shakedown::vectors {

std::vector<Case> identity_cases(const World& world);
std::vector<Case> passport_cases(const World& world);
std::vector<Case> claims_cases(const World& world);
std::vector<Case> freshness_cases(const World& world);
std::vector<Case> party_cases(const World& world);
std::vector<Case> repository_cases(const World& world);
std::vector<Case> cache_cases(const World& world);
std::vector<Case> chain_cases(const World& world);
std::vector<Case> trust_list_cases(const World& world);
std::vector<Case> profile_cases(const World& world);
std::vector<Case> scope_cases(const World& world);
std::vector<Case> delegate_cases(const World& world);
std::vector<Case> revocation_cases(const World& world);
std::vector<Case> signature_cases(const World& world);
std::vector<Case> several_cases(const World& world);

// Puts `draft` under another root: root <- intermediate <- leaf, of keys named `name`. The
// intermediate has a name of its own, or the root's.
void under_root(Draft& draft,
                const Authority& root,
                std::string_view name,
                bool self_issued = false);

}  // namespace shakedown::vectors

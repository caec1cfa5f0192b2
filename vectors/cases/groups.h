// The groups of cases, a source each. They are called in this order.
#pragma once

#include <vector>

#include "vectors/draft.h"

namespace shakedown::vectors {

std::vector<Case> identity_cases(const World& world);

}  // namespace shakedown::vectors

// Overrides of a scenario: --set PATH=VALUE, applied to the tree before it gets a meaning.
#pragma once

#include <string>
#include <vector>

#include "scenarios/language/node.h"
#include "scenarios/language/problem.h"

namespace shakedown::scenarios {

// The tree with all overrides applied in order; `root` itself stays as it is. Problems are placed
// at "--set PATH". Values that replace others keep nothing of them; mappings that are missing on
// the way are made; members of lists must be there.
NodePtr apply_sets(NodePtr root, const std::vector<std::string>& sets, Problems& problems);

}  // namespace shakedown::scenarios

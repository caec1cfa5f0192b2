// The groups of cases, a source and a namespace each, in the order of the catalogue.
#pragma once

#include <vector>

#include "vectors/drafting/draft.h"

namespace shakedown::vectors {

namespace identity {
std::vector<Case> cases(const World& world);
}

namespace passport {
std::vector<Case> cases(const World& world);
}

namespace claims {
std::vector<Case> cases(const World& world);
}

namespace freshness {
std::vector<Case> cases(const World& world);
}

namespace party {
std::vector<Case> cases(const World& world);
}

namespace repository {
std::vector<Case> cases(const World& world);
}

namespace cache {
std::vector<Case> cases(const World& world);
}

namespace chain {
std::vector<Case> cases(const World& world);
}

namespace trust_list {
std::vector<Case> cases(const World& world);
}

namespace profile {
std::vector<Case> cases(const World& world);
}

namespace scope {
std::vector<Case> cases(const World& world);
}

namespace delegate {
std::vector<Case> cases(const World& world);
}

namespace revocation {
std::vector<Case> cases(const World& world);
}

namespace signature {
std::vector<Case> cases(const World& world);
}

namespace several {
std::vector<Case> cases(const World& world);
}

}  // namespace shakedown::vectors

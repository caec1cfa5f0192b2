// A cost table for worlds of tests.
#pragma once

#include <array>

#include "sim/costs.h"

namespace shakedown::sim {

inline constexpr Work kSign{1};
inline constexpr Work kVerifySignature{2};

inline constexpr std::array kTestRows = {CostRow{kSign, "sign", 29us},
                                         CostRow{kVerifySignature, "verify_signature", 87us}};

inline Costs test_costs() { return Costs(kTestRows); }

}  // namespace shakedown::sim

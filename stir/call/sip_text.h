// Cutting SIP header field values into their parts (RFC 3261 §25.1). For the sources of this
// folder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shakedown::stir::sip_text {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// Without blanks and line ends at both ends.
std::string_view trimmed(std::string_view text);

// The trimmed parts between `separator`s that stand outside quotes and angle brackets. At least
// one.
std::vector<std::string_view> split(std::string_view value, char separator);

// Removes quotes and their escapes; anything unquoted is returned as it is.
std::string unquoted(std::string_view text);

}  // namespace shakedown::stir::sip_text

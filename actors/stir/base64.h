// Base64 and base64url, strictly (RFC 4648 §4, §5; RFC 7515 §2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shakedown::stir {

std::string base64url(std::string_view octets);  // Without padding.
std::string base64(std::string_view octets);     // With padding.
void append_base64url(std::string& out, std::string_view octets);

// nullopt: "=", "+", "/", white space or another foreign octet, or an impossible length.
// `unused_bits_set`: true if the last character carries bits that no octet uses: the text is not the
// encoding that an encoder would have written (RFC 4648 §3.5), which makes tokens malleable.
std::optional<std::string> decode_base64url(std::string_view text, bool* unused_bits_set = nullptr);

// What the deployed STI-PA and clients send where the RFCs say base64url: standard or URL alphabet,
// padded or not. nullopt: anything else.
std::optional<std::string> decode_any_base64(std::string_view text);

}  // namespace shakedown::stir

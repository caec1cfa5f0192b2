// The SIP Identity header field value (RFC 8224 §4): a PASSporT token and its parameters.
//
// Parsing never fails as a whole: a header is a stranger's text and the verification table wants to
// say which rule it broke, so the parser keeps what it could read and lists the defects.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shakedown::stir {

inline constexpr std::size_t kLongestIdentityHeader = 8 * 1024;

enum class IdentityDefect : std::uint8_t {
  kTooLong,             // More than 8 KiB: nothing was read.
  kTokenMissing,        // Nothing before the first ";".
  kTokenCharacter,      // An octet outside A-Z a-z 0-9 - _ . ("+", "/", "=" and blanks too).
  kParameterSyntax,     // Not name=value, or an unterminated quote or bracket.
  kDuplicateParameter,  // info, alg or ppt twice.
  kInfoMissing,
  kInfoWithoutBrackets,  // info=https://... ; the value is kept.
  kInfoNotAUri,          // Not an absolute URI between the brackets.
  // Lints: legal or harmless, never a failure by themselves.
  kInfoNotFirst,     // The ABNF puts info first; deployed senders vary.
  kQuotedParameter,  // ppt="shaken": RFC 8946 §5 prints it so.
  kUnknownParameter,
};
inline constexpr std::size_t kIdentityDefects =
    static_cast<std::size_t>(IdentityDefect::kUnknownParameter) + 1;
std::string_view to_string(IdentityDefect defect);
bool is_lint(IdentityDefect defect);

struct IdentityHeader {
  std::string token;                // "header.payload.signature" or "..signature"
  std::optional<std::string> info;  // Without the brackets, octet for octet.
  std::optional<std::string> alg;   // Unquoted. Absent means ES256 (RFC 8224 §4.1).
  std::optional<std::string> ppt;   // Unquoted. Absent: a base PASSporT.
  std::vector<std::pair<std::string, std::string>> other_parameters;
  std::uint32_t defects = 0;  // Bit set over IdentityDefect.

  bool has(IdentityDefect defect) const { return (defects >> static_cast<unsigned>(defect)) & 1U; }

  bool is_well_formed() const { return !first_defect(); }  // Only lints.

  std::optional<IdentityDefect> first_defect() const;  // That is no lint.

  // What some deployed verifiers do: blanks inside the token do not count.
  void drop_white_space_in_token();

  bool is_compact() const { return token.starts_with(".."); }
};

// `value` is the field value without name. Parameters may come in any order, quoted or not; names
// compare without case.
IdentityHeader parse_identity_header(std::string_view value);

// "token;info=<uri>;alg=ES256;ppt=shaken". An empty `ppt` is left out.
std::string write_identity_header(std::string_view token,
                                  std::string_view info,
                                  std::string_view ppt = "shaken",
                                  std::string_view alg = "ES256");

}  // namespace shakedown::stir

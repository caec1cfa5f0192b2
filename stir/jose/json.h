// Strict and bounded JSON for everything that a stranger may send (PASSporTs, tokens, ACME), and
// the deterministic writer of RFC 8225 §9. nlohmann::json is underneath; its exceptions stay here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace shakedown::stir {

// Members are kept sorted by the bytes of their names, which for UTF-8 is the code point order that
// RFC 8225 §9 asks for. Whoever holds or makes a value includes <nlohmann/json.hpp>, which costs a
// source seconds; those who only pass one on need not.
using Json = nlohmann::json;

struct JsonLimits {
  std::size_t bytes = 64 * 1024;
  std::size_t depth = 16;     // Nested arrays and objects.
  std::size_t values = 4096;  // Members and array elements in all.
};

// Why a text was refused. Each is a different negative test of a peer.
enum class JsonDefect : std::uint8_t {
  kNone,
  kTooLarge,  // Bytes or number of values.
  kTooDeep,
  kNotUtf8,          // Also a byte order mark or a NUL octet.
  kSyntax,           // Not RFC 8259, or something after the value.
  kDuplicateMember,  // Two members of one name in one object (RFC 8225 §9, RFC 7515 §4).
  kNotAnObject,      // Only from parse_json_object.
};
std::string_view to_string(JsonDefect defect);

// Errors: kTooLarge, else kMalformed; `defect`, if given, says which. Never throws.
Result<Json> parse_json(std::string_view text,
                        const JsonLimits& limits = {},
                        JsonDefect* defect = nullptr);
Result<Json> parse_json_object(std::string_view text,
                               const JsonLimits& limits = {},
                               JsonDefect* defect = nullptr);

// RFC 8225 §9: no white space, members by code point, literals in lower case, "/" not escaped.
// What is not UTF-8 (never in what parse_json returned) stands as U+FFFD: an answer that quotes its
// question must not fail.
std::string canonical_json(const Json& value);
// The same for people: two spaces a level.
std::string indented_json(const Json& value);

// Appends `text` as a JSON string with the fewest escapes. `text` must be valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

// Readers for one member of an object: nullopt or nullptr when absent or of another type.
const Json* find_member(const Json& object, std::string_view name);
std::optional<std::string> string_member(const Json& object, std::string_view name);
std::optional<std::int64_t> integer_member(const Json& object, std::string_view name);
std::optional<bool> boolean_member(const Json& object, std::string_view name);

}  // namespace shakedown::stir

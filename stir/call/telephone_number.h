// Telephone numbers and SIP identities in the canonical form that PASSporTs carry (RFC 8224 §8.3
// and §8.5). Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace shakedown::stir {

// How national digits become E.164. A setting, because "0123..." means something else everywhere.
struct NumberingPlan {
  std::string_view name;                  // "nanp", "fr", "gb"
  std::string_view country_code;          // "1"
  std::string_view international_prefix;  // "011": what subscribers dial before a country code.
  std::string_view trunk_prefix;          // "1" or "0": dropped before the country code is added.
  std::uint8_t shortest_national = 0;     // Digits of a national number, without trunk prefix.
  std::uint8_t longest_national = 0;
};

inline constexpr NumberingPlan kNorthAmericanPlan{"nanp", "1", "011", "1", 10, 10};
inline constexpr NumberingPlan kFrenchPlan{"fr", "33", "00", "0", 9, 9};
inline constexpr NumberingPlan kBritishPlan{"gb", "44", "00", "0", 9, 10};
std::optional<NumberingPlan> numbering_plan(std::string_view name);

// Drops everything but digits, '#' and '*', then converts to E.164 without "+" where the plan can
// (RFC 8224 §8.3). "+1 (201) 555-0101", "2015550101" and "12015550101" all become "12015550101";
// short codes (911, 988) and codes with '#' or '*' stay as they are.
// nullopt: no digit at all, letters, or more than 15 characters are left (E.164 §6).
std::optional<std::string> canonical_telephone_number(
    std::string_view text, const NumberingPlan& plan = kNorthAmericanPlan);

// Already in the form that a PASSporT may carry: 1 to 15 of 0-9 # * (RFC 8224 §8.3 tn-spec).
bool is_canonical_telephone_number(std::string_view text);

// Canonical, digits only, 7 to 15 of them and no leading zero: a complete international number.
bool is_e164(std::string_view text);

// The safety rail of the simulator: +1 NPA 555 XXXX, numbers that belong to nobody. `text`
// canonical.
bool is_fictional(std::string_view text);

// Who calls or is called: exactly one of a number and a URI (RFC 8225 §5.2.1).
struct Party {
  enum class Kind : std::uint8_t { kTelephoneNumber, kUri };
  Kind kind = Kind::kTelephoneNumber;
  std::string value;  // Canonical; a number has no "+", a URI is "sip:user@host" in lower case.

  bool is_telephone_number() const { return kind == Kind::kTelephoneNumber; }

  friend bool operator==(const Party&, const Party&) = default;
};

inline Party telephone_number(std::string value) {
  return {Party::Kind::kTelephoneNumber, std::move(value)};
}

inline Party uri(std::string value) { return {Party::Kind::kUri, std::move(value)}; }

// The identity in the addr-spec of a sip, sips or tel URI. It is a number if the scheme is tel, or
// user=phone is there, or the user part looks dialable (leading "+", or 10 and more digits); number
// parameters (;npdi, ;rn=, ;verstat=) are dropped, ;phone-context=+1 is used. Anything else is a
// URI of scheme, user and host (RFC 8224 §8.1, §8.5). Errors: kMalformed; kUnsupported (other
// scheme).
Result<Party> canonical_party(std::string_view uri, const NumberingPlan& plan = kNorthAmericanPlan);

// Only the URI reading: "sip:user@host", lower case, without password, port, parameters, headers,
// with percent-encoded unreserved characters decoded. Errors as above.
Result<std::string> canonical_uri(std::string_view uri);

}  // namespace shakedown::stir

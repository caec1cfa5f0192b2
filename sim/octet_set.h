// Looking at texts octet by octet, as every call makes readers do: sets of octets as tables, and a
// search for a few characters. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace shakedown::sim {

class OctetSet {
 public:
  // Of the octets of which `is_in(char)` is true.
  template <class Predicate>
  static constexpr OctetSet where(Predicate is_in) {
    OctetSet set;
    for (std::size_t i = 0; i < set.table_.size(); ++i) {
      set.table_[i] = is_in(static_cast<char>(i));
    }
    return set;
  }

  constexpr bool has(char c) const { return table_[static_cast<unsigned char>(c)]; }

  // Four at a time: octet by octet, going round costs as much as looking.
  constexpr bool has_all_of(std::string_view text) const {
    unsigned all = 1;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (; end - at >= 4; at += 4) {
      all &=
          unsigned{has(at[0])} & unsigned{has(at[1])} & unsigned{has(at[2])} & unsigned{has(at[3])};
    }
    for (; at != end; ++at) all &= unsigned{has(*at)};
    return all == 1;
  }

  // How many octets at the beginning of `text` are in the set.
  constexpr std::size_t prefix_of(std::string_view text) const {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end && has(*at)) ++at;
    return static_cast<std::size_t>(at - text.data());
  }

 private:
  std::array<bool, 256> table_{};
};

constexpr bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

constexpr bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

// Letters, digits and `marks`.
constexpr OctetSet alphanumeric_and(std::string_view marks) {
  return OctetSet::where([marks](char c) {
    return is_ascii_letter(c) || is_ascii_digit(c) || marks.find(c) != std::string_view::npos;
  });
}

// Where the first of `characters` stands, or the size of `text`. For short texts: a loop in place
// beats the library's search functions.
template <class... Characters>
constexpr std::size_t find_any(std::string_view text, Characters... characters) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end && ((*at != characters) && ...)) ++at;
  return static_cast<std::size_t>(at - text.data());
}

}  // namespace shakedown::sim

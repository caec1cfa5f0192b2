// Octets and their text forms: hex, base64 (RFC 4648 §4), base64url (RFC 4648 §5, RFC 7515 §2).
// Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace shakedown::crypto {

// DER and other binary data. A string, because octets travel in messages and SQLite as strings.
using Bytes = std::string;

// Octets that must not outlive their use: a private scalar, a symmetric key. Move-only; overwritten
// at destruction and when moved over.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size);         // Zeroes.
  explicit SecretBytes(std::string_view octets);  // A copy; the caller cleanses the original.
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::size_t size() const { return size_; }

  std::uint8_t* data() { return octets_.get(); }

  const std::uint8_t* data() const { return octets_.get(); }

  std::span<const std::uint8_t> span() const { return {octets_.get(), size_}; }

  // Valid while this object lives.
  std::string_view view() const { return {reinterpret_cast<const char*>(octets_.get()), size_}; }

  SecretBytes clone() const { return SecretBytes(view()); }

 private:
  void cleanse();

  std::unique_ptr<std::uint8_t[]> octets_;
  std::size_t size_ = 0;
};

inline std::string_view as_view(std::span<const std::uint8_t> octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

inline std::span<const std::uint8_t> as_octets(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool is_ascii(std::string_view text);
std::string to_hex(std::string_view octets);        // "0a1b", lower case.
std::string to_hex_pairs(std::string_view octets);  // "0A:1B", as fingerprints are printed.
// Either case, an even number of digits, nothing between them. Error: kMalformed.
Result<Bytes> from_hex(std::string_view text);

std::string base64_encode(std::string_view octets);     // With padding, one line.
std::string base64url_encode(std::string_view octets);  // Without padding.

struct Base64Decoded {
  Bytes octets;
  // The unused bits of the last character were zero (RFC 4648 §3.5). If not, a second text decodes
  // to the same octets, which matters where the text itself is compared.
  bool canonical = true;
};

// JOSE's form: the url alphabet only, no padding, no white space. Error: kMalformed, with the
// position and the offending character.
Result<Base64Decoded> base64url_decode(std::string_view text);

// For PEM bodies and what deployed peers send: the standard alphabet, white space skipped, padding
// either right or absent. Error: kMalformed.
Result<Base64Decoded> base64_decode(std::string_view text);

// Well-formed as RFC 3629 demands: shortest forms, no surrogates, at most U+10FFFF.
bool is_utf8(std::string_view text);

// Takes the same time wherever the two differ. Different sizes are unequal.
bool constant_time_equal(std::string_view a, std::string_view b);

}  // namespace shakedown::crypto

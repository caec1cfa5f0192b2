// A small writer and strict reader of DER (X.690 §10) for the structures that this folder builds or
// reads in bulk itself. No OpenSSL; pure.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::crypto::der {

enum Tag : std::uint8_t {
  kBoolean = 0x01,
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kNull = 0x05,
  kOid = 0x06,
  kEnumerated = 0x0a,
  kUtf8String = 0x0c,
  kPrintableString = 0x13,
  kIa5String = 0x16,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kSet = 0x31,
};

constexpr std::uint8_t context(unsigned number) {
  return static_cast<std::uint8_t>(0x80u | number);
}

constexpr std::uint8_t context_constructed(unsigned number) {
  return static_cast<std::uint8_t>(0xa0u | number);
}

// Tag, minimal length, content.
Bytes element(std::uint8_t tag, std::string_view content);
Bytes sequence(std::initializer_list<std::string_view> parts);
Bytes integer(std::uint64_t value);
// The content octets of the positive INTEGER with this magnitude (leading zeros dropped, one put
// in front where the highest bit is set), as Certificate::serial and CertificateSpec::serial have
// them.
Bytes positive_integer(std::string_view magnitude);
Bytes bit_string(std::string_view octets);  // No unused bits.
Bytes boolean(bool value);
// "2.5.29.19". Error: kMalformed.
Result<Bytes> object_identifier(std::string_view dotted);
// Of a constant of ours: asserted to be well-formed.
Bytes known_object_identifier(std::string_view dotted);
// UTCTime through 2049, then GeneralizedTime (RFC 5280 §4.1.2.5).
Bytes time(sim::Time value);
Bytes generalized_time(sim::Time value);  // Whole seconds, whatever the year (RFC 6960 §4.2.2.1).

struct Element {
  std::uint8_t tag = 0;
  std::string_view content;
  std::string_view whole;  // With tag and length.
};

// Reads one element after another; views into the input. A failure is sticky: next() then answers
// nullopt for ever and ok() is false. Definite minimal lengths and low tag numbers only.
class Reader {
 public:
  explicit Reader(std::string_view der)
      : rest_(der) {}

  bool at_end() const { return rest_.empty(); }

  bool ok() const { return ok_; }

  // True if all was read and nothing failed.
  bool finished() const { return ok_ && rest_.empty(); }

  std::optional<std::uint8_t> peek_tag() const;
  std::optional<Element> next();
  // The next element, which must have this tag.
  std::optional<Element> next(std::uint8_t tag);
  // The next element if it has this tag; otherwise nothing is read and nothing fails.
  std::optional<Element> optional_next(std::uint8_t tag);

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// The content of the one SEQUENCE that makes up `value`; the next element as a dotted OID. nullopt:
// it is none.
std::optional<std::string_view> only_sequence(std::string_view value);
std::optional<std::string> read_oid(Reader& reader);

// Of the content octets. Errors: kMalformed.
Result<std::string> oid_text(std::string_view content);
Result<sim::Time> read_time(const Element& element);

}  // namespace shakedown::crypto::der

// X.501 distinguished names (RFC 5280 §4.1.2.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

struct NameAttribute {
  std::string type;   // "C", "O", "OU", "CN", "ST", "L", "serialNumber"; others as dotted OIDs.
  std::string value;  // UTF-8. Of string types other than text, hex of the DER after "#".
  // In the same relative distinguished name as the attribute before it ("+" in text): the US
  // certificate policy puts serialNumber beside CN.
  bool joins_previous = false;
  friend bool operator==(const NameAttribute&, const NameAttribute&) = default;
};

// Comparing names of certificates and CRLs byte by byte needs the DER as received, not this struct:
// see Certificate::subject_der. Re-encoding may change string types.
struct Name {
  std::vector<NameAttribute> attributes;  // In the order of the DER, usually C first.

  // C and serialNumber are written as PrintableString, others as UTF8String. Errors: kUnsupported
  // (unknown type that is not a dotted OID), kMalformed (not UTF-8, or not printable where it
  // must).
  Result<Bytes> to_der() const;
  static Result<Name> from_der(std::string_view der);

  // RFC 4514: "CN=SHAKEN 709J,O=Acme Telecom,C=US", the last attribute first, escaped.
  std::string text() const;

  // The value of the first attribute of this type.
  std::optional<std::string_view> find(std::string_view type) const;
  std::size_t count(std::string_view type) const;
  friend bool operator==(const Name&, const Name&) = default;
};

}  // namespace shakedown::crypto

// TNAuthorizationList (RFC 8226 §9, module with EXPLICIT TAGS): which providers or numbers a
// certificate speaks for. DER in and out; whether a list covers a number is decided in stir/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

struct TnEntry {
  enum class Kind : std::uint8_t {
    kServiceProviderCode,  // [0] spc: `value` is the code, e.g. "709J".
    kRange,                // [1] range: `value` is the first number, `count` how many.
    kOne,                  // [2] one: `value` is the number.
  };
  Kind kind = Kind::kServiceProviderCode;
  std::string value;
  std::uint64_t count = 0;  // Of a range, >= 2; 0 otherwise.

  static TnEntry service_provider_code(std::string code);
  static TnEntry range(std::string start, std::uint64_t count);
  static TnEntry one(std::string number);
  friend bool operator==(const TnEntry&, const TnEntry&) = default;
};

// Strict: only the DER that the module prescribes. Refused with kMalformed and the reason: an empty
// list, octets left over, implicit tags, other string types, BER (indefinite or non-minimal
// lengths, constructed strings), non-minimal or negative integers, count < 2, a number that is not
// 1 to 15 of 0-9 # *, a range starting with # or * in it, a range that reaches one digit more
// (start + count >= 10^digits). kTooLarge: over 64 KiB or 4,096 entries, a count over 2^63 - 1.
Result<std::vector<TnEntry>> decode_tn_auth_list(std::string_view der);

// Writes what it is given, also entries that decode refuses (a test bed needs them), but an
// IA5String must be ASCII: kMalformed.
Result<Bytes> encode_tn_auth_list(const std::vector<TnEntry>& entries);

}  // namespace shakedown::crypto

// PASSporT (RFC 8225) with the shaken extension (RFC 8588): its content, and how to write it.
// Reading is in passport_token.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/keys/es256.h"
#include "sim/result.h"
#include "stir/call/telephone_number.h"

namespace shakedown::stir {

// The decoded content. Also what an authentication service fills before signing.
struct Passport {
  std::string alg = "ES256";
  std::string typ = "passport";
  std::string ppt = "shaken";  // Empty: absent, a base PASSporT.
  std::string x5u;

  std::string attest;                // "A", "B" or "C"; empty: absent.
  std::vector<std::string> dest_tn;  // Canonical numbers; sorted by signing_input.
  std::vector<std::string> dest_uri;
  std::int64_t iat = 0;  // NumericDate, seconds.
  Party orig;
  std::string origid;        // A UUID; empty: absent.
  std::optional<Party> div;  // RFC 8946 §3.
  // Any other claim, as the canonical JSON text of its value ("rcd", "{\"nam\":\"Q\"}"), sorted by
  // name. They are covered by the signature and by claim constraints.
  std::vector<std::pair<std::string, std::string>> other_claims;

  bool is_base() const { return ppt.empty(); }

  // The canonical JSON text of a claim; nullopt when absent. What claim constraints compare
  // (RFC 8226 §8, RFC 9118 §3): a string claim comes with its quotes.
  std::optional<std::string> claim_as_json(std::string_view name) const;
  friend bool operator==(const Passport&, const Passport&) = default;
};

std::string header_json(const Passport& passport);  // RFC 8225 §9 order: alg, ppt, typ, x5u.
std::string payload_json(
    const Passport& passport);  // attest, dest, div, iat, orig, origid, others.

// BASE64URL(header) "." BASE64URL(payload): what is signed (RFC 7515 §5.1). About half a
// microsecond.
std::string signing_input(const Passport& passport);

// signing input "." BASE64URL(signature).
std::string encode(std::string_view signing_input, const crypto::Es256Signature& signature);
std::string encode_compact(
    const crypto::Es256Signature& signature);  // "..signature" (RFC 8225 §7).

}  // namespace shakedown::stir

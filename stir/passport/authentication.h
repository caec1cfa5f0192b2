// The authentication service's rules (RFC 8224 §6.1, ATIS-1000074 §5.2) as pure functions: may this
// call be signed, and what does its PASSporT say? Signing is the key store's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/result.h"
#include "sim/time.h"
#include "stir/call/sip_call.h"
#include "stir/passport/passport.h"

namespace shakedown::stir {

struct AuthenticationPolicy {
  sim::Duration date_freshness = std::chrono::seconds{60};  // RFC 8224 §6.1 step 3.
  bool sign_uri_callers = false;  // SHAKEN is for numbers; base PASSporTs may carry URIs.
};

struct AuthenticationFacts {
  const SipCall* call = nullptr;  // Never null. Identity headers already there are not looked at.
  sim::Time now;
  std::string_view attest;  // "A", "B", "C"; "" for a base PASSporT.
  std::string_view origid;  // A UUID; "" for a base PASSporT.
  std::string_view x5u;
  // Validity of the signing certificate: Date and now must lie inside (step 3).
  sim::Time not_before;
  sim::Time not_after;
};

enum class RefusalToSign : std::uint8_t {
  kNoOrig,  // No usable From or P-Asserted-Identity.
  kNoDest,
  kOrigIsAUri,
  kStaleDate,  // 403 Stale Date to the caller, by policy.
  kMalformedDate,
  kCertificateNotValid,
  kAttestInvalid,
};
std::string_view to_string(RefusalToSign refusal);

struct ToSign {
  Passport passport;
  sim::Time date;  // The Date that the request must carry; set it if it had none.
};

// iat is the Date if there is one, else `now` (RFC 8224 §4.1). Error detail names the refusal,
// which `refusal`, if given, also tells; the code is kRefused.
Result<ToSign> passport_to_sign(const AuthenticationFacts& facts,
                                const AuthenticationPolicy& policy = {},
                                RefusalToSign* refusal = nullptr);

// RFC 8946 §4.1: the div PASSporT of a retargeting provider. nullopt-like error kRefused when the
// canonical destination does not change (then none may be made).
Result<Passport> div_passport(const Passport& original,
                              const Party& diverted_from,
                              const Party& new_target,
                              std::string_view x5u);

}  // namespace shakedown::stir

// What STIR reads from and writes into SIP: the facts of a call, Reason header fields (RFC 3326,
// RFC 9410) and verstat (3GPP TS 24.229 §7.2A.20).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/message.h"
#include "sim/result.h"
#include "sim/time.h"
#include "stir/call/telephone_number.h"

namespace shakedown::stir {

// The signalling side of a call. RFC 8224 §6.2.4: identities come from here, never from the
// PASSporT.
struct SipCall {
  enum class OrigSource : std::uint8_t { kNone, kFrom, kPAssertedIdentity };
  Party orig;  // P-Asserted-Identity if it has a number, else From.
  OrigSource orig_source = OrigSource::kNone;
  std::optional<Party> from;            // What From alone says.
  std::vector<Party> dest;              // The To header field; the HTTP API may name several.
  std::optional<Party> request_target;  // The Request-URI, for retargeted calls.
  std::optional<sim::Time> date;
  bool date_is_malformed = false;      // There is a Date that RFC 3261 §20.17 does not allow.
  std::vector<std::string> identity;   // Each Identity header field value ("y" too), in order.
  bool has_media_fingerprint = false;  // SDP with a=fingerprint: RFC 8224 §4.1 wants "mky".
};

// Reads an INVITE (or any request). A missing or unreadable From leaves orig_source kNone: the
// table judges that. Error: kUnsupported if the request is not SIP.
Result<SipCall> read_sip_call(const sim::Request& request,
                              const NumberingPlan& plan = kNorthAmericanPlan);

// The addr-spec inside a name-addr or addr-spec header value: `"Al" <sip:a@b>;tag=1` -> "sip:a@b".
std::string_view address_of(std::string_view header_value);

enum class ReasonProtocol : std::uint8_t { kStir, kSip, kOther };

struct Reason {
  ReasonProtocol protocol = ReasonProtocol::kStir;
  int cause = 0;     // 403, 428, 436, 437, 438; others are met in the field (433).
  std::string text;  // Without quotes.
  std::string ppi;   // The PASSporT that the reason is about, compact form "..sig"; may be empty.
  friend bool operator==(const Reason&, const Reason&) = default;
};

// `STIR ;cause=436 ;text="Bad Identity Info" ;ppi="..sig"` (RFC 9410 §4).
std::string write_reason(const Reason& reason);
// Several reasons may share a field value, comma-joined. Unreadable ones are skipped.
std::vector<Reason> parse_reasons(std::string_view value);
std::vector<Reason> read_reasons(const sim::Headers& headers);
// The `ppi` of a token: its signature part in compact form.
std::string passport_identifier(std::string_view token);

enum class Verstat : std::uint8_t { kNoTnValidation, kTnValidationFailed, kTnValidationPassed };
std::string_view to_string(Verstat verstat);  // "TN-Validation-Passed"
std::optional<Verstat> parse_verstat(std::string_view text);

// "sip:+12015550101@h;user=phone" -> "sip:+12015550101;verstat=TN-Validation-Passed@h;user=phone";
// in a tel URI it is a plain parameter. An older verstat is replaced.
std::string with_verstat(std::string_view uri, Verstat verstat);
// Drops every verstat, in the user part or after the host: a trust boundary does this to its input.
std::string without_verstat(std::string_view uri);
std::optional<Verstat> verstat_of(std::string_view uri);

}  // namespace shakedown::stir

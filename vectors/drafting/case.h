// A verification case: a call with its Identity header fields, what the world answers to a verifier
// that fetches, and the verdict that the standards call for under each policy profile. Plain data
// that knows nothing of how it came about: the checker and the JSON writer read only this.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/message.h"
#include "sim/time.h"
#include "stir/call/sip_call.h"
#include "stir/credential/number_scope.h"
#include "vectors/drafting/expectation.h"

namespace shakedown::vectors {

// How much hangs on a verifier's getting it right.
enum class Importance : std::uint8_t {
  kCritical,  // A forged or unauthorised call would be believed, or all honest ones be lost.
  kHigh,      // A standard says MUST or shall.
  kMedium,    // SHOULD, or what sound implementations do.
  kLow,       // A matter of local policy, or cosmetic.
};
std::string_view to_string(Importance importance);

// One HTTP exchange that the verifier may start. Without an answer, `failure` says why.
struct HttpExchange {
  std::string url;
  int status = 200;
  sim::Headers headers;
  std::string body;
  // "", "timeout", "unreachable", or what is wrong with the host's TLS certificate: "tls_expired",
  // "tls_wrong_host", "tls_untrusted".
  std::string failure;
};

// How the verifier is set up where that differs from policy_for(profile).
struct Configuration {
  bool require_identity = false;         // Reject unsigned calls with 428.
  bool seen_before = false;              // With replay detection; the call comes a second time.
  bool revocation_hard_fail = false;     // No usable CRL is a failure.
  bool dest_may_be_request_uri = false;  // A retargeted call may match by its Request-URI.
  // When a signature fails under a certificate from the cache, it is fetched once more.
  bool refetch_on_bad_signature = false;
  std::optional<stir::MixedListMode> mixed_list;
  stir::NumberAuthority number_authority;  // Empty: there is no numbering database.

  bool is_default() const;
};

// Octets that a case has instead of the catalogue's shared ones; empty: the shared ones.
struct OwnFiles {
  std::string crl;                // DER.
  std::string crl_signer_chain;   // PEM, for the CRL alone: signer first.
  std::string trust_list;         // Compact JWS.
  std::string newest_crl_number;  // Content octets of the cRLNumber that was seen before.
};

struct Case {
  std::string id;  // "identity/x5u-info-mismatch": stable.
  std::string title;
  std::string clause;
  std::vector<std::string> numbers;  // Of the list of negative cases: "N07". May be empty.
  Importance importance = Importance::kHigh;
  sim::Request invite;  // Identity header fields included.
  sim::Time verified_at;
  std::vector<HttpExchange> http;
  std::vector<HttpExchange> cached;  // What URLs answered before; still fresh in its cache.
  std::vector<std::string> chain;    // DER, leaf first: of the first Identity header, as served.
  Configuration configuration;
  OwnFiles own_files;
  std::vector<std::string> needs;  // What a live peer must be configured for: "replay_cache".
  Expectations expected;
};

}  // namespace shakedown::vectors

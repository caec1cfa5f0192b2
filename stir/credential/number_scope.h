// What a certificate may sign for: scope semantics over TNAuthList entries (RFC 8226 §9, RFC 9060
// §4). crypto decodes and encodes the extension; this file says what it means.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/tn_auth_list.h"
#include "sim/result.h"

namespace shakedown::stir {

// Who was assigned which numbers: longest matching prefix (a full number is a prefix too) -> SPC.
// Stands in for the numbering databases that ATIS-1000074 does not ask a verifier to have.
using NumberAuthority = std::map<std::string, std::string, std::less<>>;
std::optional<std::string_view> provider_of(const NumberAuthority& authority, std::string_view tn);

// A list with a service provider code AND numbers has three readings (switch).
enum class MixedListMode : std::uint8_t {
  kUnion,         // RFC 8226 §9, RFC 9060 §4.1: all of the provider's numbers and those numbers.
  kIntersection,  // Proof of possession: only those numbers, signed by that provider.
  kReject,        // ATIS-1000080: no such end entity.
};

// Whether numbers lie within a service provider code that a parent holds (RFC 9060 §4.1 leaves it).
enum class SpcDelegation : std::uint8_t { kTrustCa, kCheckAuthority, kReject };

// The additive union of a list, normalised: codes sorted, number intervals sorted and merged.
class Scope {
 public:
  static Scope of(const std::vector<crypto::TnEntry>& entries);

  bool has_spc() const { return !spcs_.empty(); }

  bool has_numbers() const { return !intervals_.empty() || !special_.empty(); }

  bool is_mixed() const { return has_spc() && has_numbers(); }

  const std::vector<std::string>& spcs() const { return spcs_; }

  bool contains_spc(std::string_view spc) const;
  // By `one` or `range` alone. `tn` canonical.
  bool contains_number(std::string_view tn) const;
  std::string text() const;  // "spc 709J", "range 12015550100+100, one 12015550199"

  // Numbers of one length, as keys that keep length and value: see key_of in the source.
  struct Interval {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    friend bool operator==(const Interval&, const Interval&) = default;
  };

  const std::vector<Interval>& intervals() const { return intervals_; }

  const std::vector<std::string>& special_numbers() const { return special_; }  // With '#' or '*'.

  bool contains(const Interval& interval) const;

 private:
  std::vector<std::string> spcs_;
  std::vector<Interval> intervals_;
  std::vector<std::string> special_;
};

enum class Coverage : std::uint8_t {
  kByNumber,          // A `one` or a `range` has it.
  kBySpc,             // Through the provider code (and the authority, if one was given).
  kOutside,           // 438 in the table (core rule N123).
  kNotTheProviders,   // An SPC list, and the authority says the number is somebody else's.
  kMixedListRefused,  // MixedListMode::kReject.
};

inline bool is_covered(Coverage coverage) {
  return coverage == Coverage::kByNumber || coverage == Coverage::kBySpc;
}

// May a certificate of this scope sign for the number `tn`? `authority`: nullptr means that an SPC
// covers any number, which is deployed practice (number_authority: none).
Coverage coverage(const Scope& scope,
                  std::string_view tn,
                  MixedListMode mixed,
                  const NumberAuthority* authority);

struct Encompassing {
  bool ok = true;
  bool by_spc = false;  // kScopeSpc: which part was not inside.
  std::string detail;   // "range 12015550100+100 is not within the parent's list"
};

// RFC 9060 §4: the child's scope must be equal to or a subset of the parent's.
Encompassing encompasses(const Scope& parent,
                         const Scope& child,
                         SpcDelegation policy,
                         const NumberAuthority* authority);

// `base64url(DER)` without padding: the value of an ACME identifier and of tkvalue (RFC 9448 §3).
std::string tn_auth_list_identifier(std::string_view der);
// The way back. Deployed clients send padded standard base64, so both are read. Error: kMalformed.
Result<crypto::Bytes> tn_auth_list_of_identifier(std::string_view text);

}  // namespace shakedown::stir

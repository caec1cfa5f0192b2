// Retargeted calls: following div PASSporTs from the number that was first called to the one that
// rings (RFC 8946 §4.2). Only contents are compared here; each PASSporT is also verified by itself.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "stir/call/sip_call.h"
#include "stir/passport/passport.h"

namespace shakedown::stir {

inline constexpr std::size_t kMostDiversions = 10;

struct DiversionChain {
  bool ok = false;
  // "div_start_invalid" (no div is of a called party), "div_end_not_found" (the last dest is not
  // the call's target), "div_infinite_loop", "div_not_unique", "div_orig_changed"; "" if ok.
  std::string_view error;
};

// From the dest of `innermost`, which has no div, through the div PASSporTs among `passports` to
// the Request-URI of the call (to To where there is no usable Request-URI). At least one div.
DiversionChain follow_diversions(const Passport& innermost,
                                 std::span<const Passport> passports,
                                 const SipCall& call);

// Whether `diversion` lies on such a chain of one of the PASSporTs without div.
DiversionChain chain_of_diversion(const Passport& diversion,
                                  std::span<const Passport> passports,
                                  const SipCall& call);

}  // namespace shakedown::stir

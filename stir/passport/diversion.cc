#include "stir/passport/diversion.h"

#include <algorithm>

namespace shakedown::stir {
namespace {

bool names(const Passport& passport, const Party& party) {
  const auto& values = party.is_telephone_number() ? passport.dest_tn : passport.dest_uri;
  return std::find(values.begin(), values.end(), party.value) != values.end();
}

bool reaches_target(const Passport& passport, const SipCall& call) {
  if (call.request_target) return names(passport, *call.request_target);
  return std::any_of(call.dest.begin(), call.dest.end(),
                     [&](const Party& party) { return names(passport, party); });
}

// As follow_diversions; `must_visit`, if given, has to be on the way.
DiversionChain follow(const Passport& innermost,
                      std::span<const Passport> passports,
                      const SipCall& call,
                      const Passport* must_visit) {
  const Passport* current = &innermost;
  bool visited = must_visit == nullptr;
  for (std::size_t steps = 0; steps <= kMostDiversions; ++steps) {
    if (steps > 0 && visited && reaches_target(*current, call)) return {true, ""};
    const Passport* next = nullptr;
    for (const auto& candidate : passports) {
      if (!candidate.div || !names(*current, *candidate.div)) continue;
      if (next != nullptr && !(*next == candidate)) return {false, "div_not_unique"};
      next = &candidate;
    }
    if (next == nullptr) return {false, steps == 0 ? "div_start_invalid" : "div_end_not_found"};
    if (!(next->orig == innermost.orig)) return {false, "div_orig_changed"};
    if (must_visit != nullptr && *next == *must_visit) visited = true;
    current = next;
  }
  return {false, "div_infinite_loop"};
}

}  // namespace

DiversionChain follow_diversions(const Passport& innermost,
                                 std::span<const Passport> passports,
                                 const SipCall& call) {
  return follow(innermost, passports, call, nullptr);
}

DiversionChain chain_of_diversion(const Passport& diversion,
                                  std::span<const Passport> passports,
                                  const SipCall& call) {
  DiversionChain last{false, "div_start_invalid"};
  for (const auto& innermost : passports) {
    if (innermost.div) continue;
    last = follow(innermost, passports, call, &diversion);
    if (last.ok) return last;
  }
  return last;
}

}  // namespace shakedown::stir

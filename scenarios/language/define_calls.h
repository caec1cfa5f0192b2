// The keys that traffic and the timeline's calls share. Internal to the definitions.
#pragma once

#include <fmt/format.h>

#include <optional>

#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"

namespace shakedown::scenarios {

// A plan of calls as the file gives it: two of rate, for and count.
struct CallDraft {
  CallPlan plan;
  std::optional<Rate> rate;
  std::optional<sim::Duration> lasts;
  std::optional<std::uint64_t> count;
  friend bool operator==(const CallDraft&, const CallDraft&) = default;
};

// Works out `count` and `duration` of the plan.
void resolve_calls(Reader& reader, const Node& node, CallDraft& draft);

// Reports what begins or ends after the end of the scenario, once that is known.
void check_within_scenario(
    Reader& reader, const Spot& begins, sim::Duration begin, const Spot& ends, sim::Duration end);

inline constexpr std::uint64_t kMostCalls = 1'000'000'000;

// All but `from`. `of` finds the CallDraft in a T.
template <class T, class Of>
void call_keys(Mapping<T>& t, Of of) {
  t.key("to", reference(Role::kProvider), [of](T& x) -> std::string& { return of(x).plan.to; })
      .required()
      .says("The terminating provider.")
      .example("beta-voice");
  t.key("via", list_of(reference(Role::kTransit), 1, 32),
        [of](T& x) -> std::vector<std::string>& { return of(x).plan.via; })
      .says("Transit providers on the way, in order.")
      .example("[long-haul]");
  t.key("rate", rate(), [of](T& x) -> std::optional<Rate>& { return of(x).rate; })
      .otherwise("as `for` and `count` make it, else 1/s")
      .says("How often: calls in a time. Give two of `rate`, `for` and `count`, or `count` alone.")
      .example("1/3s");
  t.key("for", positive_duration(),
        [of](T& x) -> std::optional<sim::Duration>& { return of(x).lasts; })
      .otherwise("as `rate` and `count` make it")
      .says("How long.")
      .example("6h");
  t.key("count", count(1, kMostCalls),
        [of](T& x) -> std::optional<std::uint64_t>& { return of(x).count; })
      .otherwise("as `rate` and `for` make it")
      .says("How many calls.")
      .example("100");
  t.key("pattern", choice<Pattern>(), [of](T& x) -> Pattern& { return of(x).plan.pattern; })
      .by_default("even")
      .says("How the calls lie in time.");
  t.key("attest", attestation(), [of](T& x) -> std::optional<char>& { return of(x).plan.attest; })
      .otherwise("as the originating provider does")
      .says("The attestation.")
      .example("A");
  t.key("calling", number_ranges(), [of](T& x) -> NumberRanges& { return of(x).plan.calling; })
      .otherwise("the caller's numbers")
      .says("Calling numbers, drawn from these.")
      .example("[\"+12015550123\"]");
  t.key("called", number_ranges(), [of](T& x) -> NumberRanges& { return of(x).plan.called; })
      .otherwise(
          "the numbers of the first hop of `via` that forwards, else the terminating "
          "provider's")
      .says("Called numbers, drawn from these.")
      .example("[\"+14155550100\"]");
}

}  // namespace shakedown::scenarios

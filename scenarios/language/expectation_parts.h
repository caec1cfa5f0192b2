// What the forms of an expectation share: limits, and the time that they look at. Internal to the
// definitions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/language/definition.h"
#include "scenarios/language/values.h"
#include "scenarios/language/variant.h"
#include "scenarios/model/model.h"

namespace shakedown::scenarios {

using Limits = std::vector<Limit>;

// What is written says what is meant: 12 calls, 99.9%, 250ms. `comparison` is left as it is.
Value<Limit> limit(bool durations);

// A bare value, which means `bare`, or a mapping of limits.
Value<Limits> limits(bool durations, Comparison bare);

void check_limits(Reader& reader, const Node& node, const Limits& limits);

// A window that ends before it begins, or begins after the scenario.
void check_window(Reader& reader,
                  const Node& node,
                  const std::optional<sim::Duration>& after,
                  const std::optional<sim::Duration>& before);

// The expectation of a metric.
Alternative<Expectation> metric_form();

// The three keys at_least, at_most, exactly; `of` finds the limits in a T.
template <class T, class Of>
void limit_keys(Mapping<T>& t, bool durations, Of of) {
  for (const Choice<Comparison>& one : choices<Comparison>()) {
    t.key(std::string(one.name), limit(durations),
          [of, comparison = one.value](T& x) -> Limit& {
            Limits& limits = of(x);
            limits.push_back({comparison, Unit::kCount, 0});
            return limits.back();
          })
        .says(std::string(one.description))
        .example(durations ? "250ms" : "99%");
  }
}

// The keys after and before; `of` finds what has them in a T.
template <class T, class Of>
void window_keys(Mapping<T>& t, Of of) {
  t.key("after", duration(), [of](T& x) -> std::optional<sim::Duration>& { return of(x).after; })
      .otherwise("the start")
      .says("Only what began at or after this moment.")
      .example("4h 30m");
  t.key("before", positive_duration(),
        [of](T& x) -> std::optional<sim::Duration>& { return of(x).before; })
      .otherwise("the end")
      .says("Only what began before this moment.")
      .example("5h");
}

}  // namespace shakedown::scenarios

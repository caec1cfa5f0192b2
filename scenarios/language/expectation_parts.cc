#include "scenarios/language/expectation_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace shakedown::scenarios {

Value<Limit> limit(bool durations) {
  const Value<std::uint32_t> share = percentage();
  const Value<std::uint64_t> number = count(0, INT64_MAX);
  const Value<sim::Duration> period = duration();
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kEither;
  shape->words = durations ? "a duration, a number or a percentage, such as 250ms, 12 or 99.9%"
                           : "a number of calls or a percentage, such as 12 or 99.9%";
  shape->either = {number.shape, share.shape};
  if (durations) shape->either.insert(shape->either.begin(), period.shape);
  return {shape, [=](Reader& reader, const Node& node, Limit& into) {
            if (!reader.is_scalar(node, shape->words)) return false;
            if (node.text.ends_with('%')) {
              std::uint32_t per_million = 0;
              into.unit = Unit::kShare;
              if (!share.read(reader, node, per_million)) return false;
              into.value = per_million;
              return true;
            }
            if (all_digits(node.text)) {
              std::uint64_t value = 0;
              into.unit = Unit::kCount;
              if (!number.read(reader, node, value)) return false;
              into.value = static_cast<std::int64_t>(value);
              return true;
            }
            if (!durations) {
              reader.wrong_value(node, shape->words);
              return false;
            }
            sim::Duration value{};
            into.unit = Unit::kDuration;
            if (!period.read(reader, node, value)) return false;
            into.value = value.count();
            return true;
          }};
}

void check_limits(Reader& reader, const Node& node, const Limits& limits) {
  const auto find = [&](Comparison comparison) {
    return std::find_if(limits.begin(), limits.end(),
                        [&](const Limit& one) { return one.comparison == comparison; });
  };
  const auto low = find(Comparison::kAtLeast);
  const auto high = find(Comparison::kAtMost);
  if (low != limits.end() && high != limits.end() && low->unit == high->unit &&
      low->value > high->value) {
    reader.problem(reader.spot_of(node, "at_least"), "at_least is more than at_most");
  }
}

namespace {

const Mapping<Limits>& make_limits_mapping(bool durations) {
  const auto make = [](bool with_durations) {
    Mapping<Limits> t(with_durations ? "limits" : "limits of calls",
                      "At least one of these; all must hold.");
    limit_keys(t, with_durations, [](Limits& limits) -> Limits& { return limits; });
    t.finish([](Reader& reader, const Node& node, Limits& limits) {
      if (node.members.empty()) {
        reader.problem(node, "give at least one of at_least, at_most and exactly");
      }
      check_limits(reader, node, limits);
    });
    return t;
  };
  static const Mapping<Limits> with = make(true);
  static const Mapping<Limits> without = make(false);
  return durations ? with : without;
}

}  // namespace

Value<Limits> limits(bool durations, Comparison bare) {
  return either(turned(limit(durations),
                       [bare](Limit one) {
                         one.comparison = bare;
                         return Limits{one};
                       }),
                mapping_value(make_limits_mapping(durations)));
}

void check_window(Reader& reader,
                  const Node& node,
                  const std::optional<sim::Duration>& after,
                  const std::optional<sim::Duration>& before) {
  const Spot after_spot = reader.spot_of(node, "after");
  if (after && before && *after >= *before) {
    reader.problem(after_spot, fmt::format("{} is not before {}", sim::format_duration(*after),
                                           sim::format_duration(*before)));
  }
  reader.later([after_spot, after](Reader& later, const Scenario& all) {
    if (!after || *after < all.duration) return;
    later.problem(after_spot,
                  fmt::format("{} is not before the end of the scenario, {}",
                              sim::format_duration(*after), sim::format_duration(all.duration)));
  });
}

}  // namespace shakedown::scenarios

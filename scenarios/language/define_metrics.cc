// What names a metric: an expectation with its limits, and the section `measure` without. The rows
// of results/read/metrics.cc say what there is, in which unit, and what narrows it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "results/read/metrics.h"
#include "results/read/statistics.h"
#include "scenarios/language/definitions.h"
#include "scenarios/language/expectation_parts.h"
#include "scenarios/language/values.h"

namespace shakedown::scenarios {
namespace {

using results::Measurement;
using results::Metric;
using results::Narrowing;
using results::Statistic;

// A word of the table; nullptr is left where there is none.
Value<const Metric*> metric_word() {
  Words words;
  for (const Metric& one : results::metrics()) words.emplace_back(one.id, one.question);
  const Value<std::size_t> word = detail::word_of(std::move(words), "a metric");
  return {word.shape, [word](Reader& reader, const Node& node, const Metric*& into) {
            std::size_t row = 0;
            if (!word.read(reader, node, row)) return false;
            into = &results::metrics()[row];
            return true;
          }};
}

// The metric and the keys that narrow it; `of` finds the measurement in a T.
template <class T, class Of>
void measurement_keys(Mapping<T>& t, Of of) {
  t.key("metric", metric_word(), [of](T& x) -> const Metric*& { return of(x).metric; })
      .required()
      .says("What is measured.")
      .example("post_dial_delay");
  t.key("of", reference(Role::kActor), [of](T& x) -> std::string& { return of(x).scope.of; })
      .otherwise("everybody's")
      .says("Whose: the caller, signer, verifier, adversary or CA, as the metric says.")
      .example("mallory");
  t.key("victim", reference(Role::kSigner),
        [of](T& x) -> std::string& { return of(x).scope.victim; })
      .otherwise("anybody")
      .says("Whom somebody pretended to be.")
      .example("acme-tel");
  t.key("terminating", reference(Role::kProvider),
        [of](T& x) -> std::string& { return of(x).scope.terminating; })
      .otherwise("anybody")
      .says("The provider that is called.")
      .example("beta-voice");
  t.key("to", reference(Role::kProvider),
        [of](T& x) -> std::string& { return of(x).scope.terminating; })
      .says("The same as terminating.")
      .example("beta-voice");
  t.key("repository_of", reference(Role::kSigner),
        [of](T& x) -> std::string& { return of(x).scope.repository_of; })
      .otherwise("anybody's")
      .says("Whose certificates are fetched.")
      .example("acme-tel");
  window_keys(t, [of](T& x) -> results::Scope& { return of(x).scope; });
}

struct ScopeKey {
  std::string_view name;
  bool Narrowing::*known;
};

constexpr std::array kScopeKeys{
    ScopeKey{"of", &Narrowing::of},
    ScopeKey{"victim", &Narrowing::victim},
    ScopeKey{"terminating", &Narrowing::terminating},
    ScopeKey{"to", &Narrowing::terminating},
    ScopeKey{"repository_of", &Narrowing::repository_of},
    ScopeKey{"after", &Narrowing::window},
    ScopeKey{"before", &Narrowing::window},
};

// What a metric would not look at must not be given.
void check_measurement(Reader& reader, const Node& node, const Measurement& what) {
  if (what.metric == nullptr) return;
  const Narrowing& narrowing = what.metric->narrowed_by;
  std::vector<std::string_view> known;
  for (const ScopeKey& key : kScopeKeys) {
    if (narrowing.*key.known) known.push_back(key.name);
  }
  for (const ScopeKey& key : kScopeKeys) {
    if (narrowing.*key.known || !node.has(key.name)) continue;
    reader.problem(reader.spot_of(node, key.name),
                   fmt::format("{} is not narrowed by {}, only by {}", what.metric->id, key.name,
                               fmt::join(known, ", ")));
  }
  if (node.has("to") && node.has("terminating")) {
    reader.problem(reader.spot_of(node, "to"), "terminating says this already");
  }
  check_window(reader, node, what.scope.after, what.scope.before);
}

struct MetricDraft {
  MetricExpectation what;
  Limits direct;                               // Of the metric itself.
  std::map<std::size_t, Limits> by_statistic;  // By its row.
  friend bool operator==(const MetricDraft&, const MetricDraft&) = default;
};

std::string_view words_for(Unit unit) {
  switch (unit) {
    case Unit::kCount:
      return "a number, such as 12";
    case Unit::kShare:
      return "a percentage, such as 99.9%";
    case Unit::kDuration:
      return "a duration, such as 250ms";
  }
  return "";
}

// The metric decides in what its limits are written; 0 fits all.
void take_limit(Reader& reader,
                const Spot& spot,
                const Statistic* statistic,
                Limit limit_of,
                MetricExpectation& what) {
  const Metric& metric = *what.what.metric;
  if (limit_of.unit != metric.unit && limit_of.value != 0) {
    reader.problem(spot, fmt::format("expected {}: that is how {} is measured",
                                     words_for(metric.unit), metric.id));
  }
  limit_of.unit = metric.unit;
  what.limits.push_back({statistic, limit_of});
}

void take_limits(Reader& reader, const Node& node, MetricDraft& draft) {
  const Metric& metric = *draft.what.what.metric;
  const bool is_one = metric.kind == Metric::Kind::kOne;
  for (const Limit& one : draft.direct) {
    const Spot spot = reader.spot_of(node, to_string(one.comparison));
    take_limit(reader, spot, nullptr, one, draft.what);
    if (is_one) continue;
    reader.problem(spot, fmt::format("{} has many values: say which, such as p99: {{{}: ...}}",
                                     metric.id, to_string(one.comparison)));
  }
  for (const auto& [row, limits_of] : draft.by_statistic) {
    const Statistic& statistic = results::statistics()[row];
    const Spot spot = reader.spot_of(node, statistic.id);
    for (const Limit& one : limits_of) take_limit(reader, spot, &statistic, one, draft.what);
    if (!is_one) continue;
    reader.problem(spot,
                   fmt::format("{} is one number: give at_most, at_least or exactly", metric.id));
  }
}

void finish_metric(Reader& reader, const Node& node, MetricDraft& draft) {
  check_measurement(reader, node, draft.what.what);
  check_limits(reader, node, draft.direct);
  if (draft.what.what.metric == nullptr) return;
  take_limits(reader, node, draft);
  const auto has = [&node](const auto& one) { return node.has(one); };
  std::vector<std::string_view> comparisons;
  for (const Choice<Comparison>& one : choices<Comparison>()) comparisons.push_back(one.name);
  std::vector<std::string_view> statistics;
  for (const Statistic& one : results::statistics()) statistics.push_back(one.id);
  if (std::any_of(comparisons.begin(), comparisons.end(), has) ||
      std::any_of(statistics.begin(), statistics.end(), has)) {
    return;
  }
  const bool is_one = draft.what.what.metric->kind == Metric::Kind::kOne;
  reader.problem(node, fmt::format("how much? Give one of {}",
                                   fmt::join(is_one ? comparisons : statistics, ", ")));
}

const Mapping<MetricDraft>& metric_mapping() {
  static const Mapping<MetricDraft> table = [] {
    using D = MetricDraft;
    Mapping<D> t("metric expectation", "How large something measured is.");
    measurement_keys(t, [](D& d) -> Measurement& { return d.what.what; });
    std::size_t row = 0;
    for (const Statistic& one : results::statistics()) {
      t.key(std::string(one.id), limits(true, Comparison::kAtMost),
            [row](D& d) -> Limits& { return d.by_statistic[row]; })
          .says(std::string(one.description) + " A bare duration means at most.")
          .example("250ms");
      ++row;
    }
    limit_keys(t, true, [](D& d) -> Limits& { return d.direct; });
    t.finish(finish_metric);
    return t;
  }();
  return table;
}

const Mapping<Measurement>& measurement_mapping() {
  static const Mapping<Measurement> table = [] {
    Mapping<Measurement> t("measurement",
                           "Something to measure, whatever comes of it. Of many values the "
                           "database gets their count, quantiles, mean and maximum.");
    measurement_keys(t, [](Measurement& m) -> Measurement& { return m; });
    t.finish(check_measurement);
    return t;
  }();
  return table;
}

}  // namespace

Alternative<Expectation> metric_form() {
  return alternative<Expectation>("metric", metric_mapping(), [](Expectation& e, MetricDraft d) {
    e.what = std::move(d.what);
  });
}

Value<std::vector<Measurement>> measure_value() {
  return list_of(mapping_value(measurement_mapping()));
}

}  // namespace shakedown::scenarios

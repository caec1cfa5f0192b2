// The section `expect`: what must be true of the calls, of a metric, of who is affected by a CA, or
// of what happened.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"
#include "scenarios/language/variant.h"
#include "stir/verification/verification_policy.h"

namespace shakedown::scenarios {
namespace {

// ---- limits
// --------------------------------------------------------------------------------------

// What is written says what is meant: 12 calls, 99.9%, 250ms. `comparison` is left as it is.
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

using Limits = std::vector<Limit>;

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

// A bare value, which means `bare`, or a mapping of limits.
Value<Limits> limits(bool durations, Comparison bare) {
  return either(turned(limit(durations),
                       [bare](Limit one) {
                         one.comparison = bare;
                         return Limits{one};
                       }),
                mapping_value(make_limits_mapping(durations)));
}

// ---- calls
// ---------------------------------------------------------------------------------------

struct CallsDraft {
  CallsExpectation what;
  std::array<Limits, 4> counted;  // By Counted.
  Limits direct;                  // At the entry's top level.
  friend bool operator==(const CallsDraft&, const CallsDraft&) = default;
};

Value<std::string> verification_step() {
  Words words;
  for (std::size_t i = 0; i < stir::kSteps; ++i) {
    const stir::StepInfo& step = stir::info(static_cast<stir::Step>(i));
    words.emplace_back(step.id, step.question);
  }
  return one_of(std::move(words), "a verification step");
}

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

template <class E>
void check_window(Reader& reader, const Node& node, const E& expectation) {
  const Spot after_spot = reader.spot_of(node, "after");
  if (expectation.after && expectation.before && *expectation.after >= *expectation.before) {
    reader.problem(after_spot,
                   fmt::format("{} is not before {}", sim::format_duration(*expectation.after),
                               sim::format_duration(*expectation.before)));
  }
  reader.later([after_spot, after = expectation.after](Reader& later, const Scenario& all) {
    if (!after || *after < all.duration) return;
    later.problem(after_spot,
                  fmt::format("{} is not before the end of the scenario, {}",
                              sim::format_duration(*after), sim::format_duration(all.duration)));
  });
}

void finish_calls(Reader& reader, const Node& node, CallsDraft& draft) {
  CallsExpectation& what = draft.what;
  const bool by_verdict = !what.failed_at.empty() || what.code.has_value();
  for (const Choice<Counted>& one : choices<Counted>()) {
    for (const Limit& limit_of : draft.counted[static_cast<std::size_t>(one.value)]) {
      what.limits.push_back({one.value, limit_of});
    }
    if (node.has(one.name) && by_verdict && one.value != Counted::kFailed) {
      reader.problem(reader.spot_of(node, one.name),
                     "with failed_at or code only failed calls can be counted");
    }
  }
  for (const Limit& limit_of : draft.direct) what.limits.push_back({Counted::kFailed, limit_of});
  if (!draft.direct.empty() && !by_verdict) {
    for (const Choice<Comparison>& one : choices<Comparison>()) {
      if (!node.has(one.name)) continue;
      reader.problem(
          reader.spot_of(node, one.name),
          fmt::format("of which calls? Write passed: {{{}: ...}}, or failed, unverified, "
                      "attempted",
                      one.name));
    }
  }
  check_limits(reader, node, draft.direct);
  if (node.has("to") && node.has("calls_to")) {
    reader.problem(reader.spot_of(node, "to"), "calls_to says this already");
  }
  const bool has_filter =
      node.has("calls_from") || node.has("calls_to") || node.has("to") || by_verdict;
  if (!has_filter) {
    reader.problem(node,
                   "what is expected? Give calls_from or calls_to, metric, affected or happened");
  } else if (what.limits.empty() &&
             std::none_of(choices<Counted>().begin(), choices<Counted>().end(),
                          [&](const auto& one) { return node.has(one.name); })) {
    reader.problem(node, "how many? Give passed, failed, unverified or attempted");
  }
  check_window(reader, node, what);
}

const Mapping<CallsDraft>& calls_mapping() {
  static const Mapping<CallsDraft> table = [] {
    using D = CallsDraft;
    Mapping<D> t(
        "calls expectation",
        "How many calls pass or fail. The keys before `passed` select calls; shares are of "
        "the selected calls, `failed_at` and `code` left aside.");
    t.key("calls_from", reference(Role::kAnyCaller),
          [](D& d) -> std::string& { return d.what.from; })
        .says("Who calls: a provider, an enterprise or an adversary.")
        .example("acme-tel");
    t.key("calls_to", reference(Role::kProvider), [](D& d) -> std::string& { return d.what.to; })
        .says("Who is called.")
        .example("beta-voice");
    t.key("to", reference(Role::kProvider), [](D& d) -> std::string& { return d.what.to; })
        .says("The same as calls_to, to read well after calls_from.")
        .example("beta-voice");
    t.key("as", reference(Role::kCaller), [](D& d) -> std::string& { return d.what.as; })
        .says("Whom they claim to be from.")
        .example("acme-tel");
    t.key("via", reference(Role::kTransit), [](D& d) -> std::string& { return d.what.via; })
        .says("A transit provider on their way.")
        .example("long-haul");
    t.key("attest", attestation(), [](D& d) -> std::optional<char>& { return d.what.attest; })
        .says("Their attestation.")
        .example("A");
    window_keys(t, [](D& d) -> CallsExpectation& { return d.what; });
    t.key("failed_at", verification_step(), [](D& d) -> std::string& { return d.what.failed_at; })
        .says("Only calls that failed at this verification step.")
        .example("certificate_fetched");
    t.key("code", turned(integer(100, 699), [](std::int64_t n) { return static_cast<int>(n); }),
          [](D& d) -> std::optional<int>& { return d.what.code; })
        .says("Only calls that failed with this SIP code.")
        .example("436");
    for (const Choice<Counted>& one : choices<Counted>()) {
      t.key(std::string(one.name), limits(false, Comparison::kExactly),
            [at = static_cast<std::size_t>(one.value)](D& d) -> Limits& { return d.counted[at]; })
          .says(std::string(one.description) + " A bare number means exactly.")
          .example("{at_least: 99.9%}");
    }
    limit_keys(t, false, [](D& d) -> Limits& { return d.direct; });
    t.finish(finish_calls);
    return t;
  }();
  return table;
}

// ---- metrics
// -------------------------------------------------------------------------------------

struct MetricDraft {
  MetricExpectation what;
  std::array<Limits, 7> by_statistic;  // By Statistic; the first are those of the metric itself.
  friend bool operator==(const MetricDraft&, const MetricDraft&) = default;
};

bool is_a_distribution(Metric metric) {
  return metric == Metric::kPostDialDelay || metric == Metric::kSigningLatency ||
         metric == Metric::kVerificationLatency || metric == Metric::kFetchLatency ||
         metric == Metric::kRevocationLag;
}

Unit unit_of(Metric metric) {
  switch (metric) {
    case Metric::kCallsLost:
    case Metric::kCertificateFetches:
    case Metric::kCertificatesIssued:
    case Metric::kCertificatesRevoked:
      return Unit::kCount;
    case Metric::kCacheHitRatio:
      return Unit::kShare;
    default:
      return Unit::kDuration;
  }
}

std::string_view words_for(Unit unit) {
  return unit == Unit::kCount   ? "a number, such as 12"
         : unit == Unit::kShare ? "a percentage, such as 99.9%"
                                : "a duration, such as 250ms";
}

// The metric decides in what its limits are written; 0 fits all.
void take_limits(Reader& reader, const Node& node, MetricDraft& draft) {
  const Unit unit = unit_of(draft.what.metric);
  const bool distribution = is_a_distribution(draft.what.metric);
  const std::string_view metric = to_string(draft.what.metric);
  for (const Choice<Statistic>& one : choices<Statistic>()) {
    const bool is_value = one.value == Statistic::kValue;
    for (Limit limit_of : draft.by_statistic[static_cast<std::size_t>(one.value)]) {
      const Spot spot = reader.spot_of(
          node, is_value ? to_string(limit_of.comparison) : std::string_view(one.name));
      if (limit_of.unit != unit && limit_of.value != 0) {
        reader.problem(
            spot, fmt::format("expected {}: that is how {} is measured", words_for(unit), metric));
      }
      if (is_value && distribution) {
        reader.problem(spot, fmt::format("{} has many values: say which, such as p99: {{{}: ...}}",
                                         metric, to_string(limit_of.comparison)));
      }
      if (!is_value && !distribution) {
        reader.problem(spot,
                       fmt::format("{} is one number: give at_most, at_least or exactly", metric));
      }
      limit_of.unit = unit;
      draft.what.limits.push_back({one.value, limit_of});
    }
  }
}

void finish_metric(Reader& reader, const Node& node, MetricDraft& draft) {
  const Node::Member* metric = node.find("metric");
  const auto known = choices<Metric>();
  const bool metric_is_known = std::any_of(
      known.begin(), known.end(), [&](const auto& one) { return one.name == metric->value->text; });
  if (metric_is_known) take_limits(reader, node, draft);
  const auto all = choices<Statistic>();
  const bool has_limit =
      std::any_of(all.begin(), all.end(), [&](const auto& one) { return node.has(one.name); }) ||
      node.has("at_least") || node.has("at_most") || node.has("exactly");
  if (metric_is_known && !has_limit) {
    reader.problem(node, is_a_distribution(draft.what.metric)
                             ? "how much? Give p50, p90, p95, p99, mean or max"
                             : "how much? Give at_most, at_least or exactly");
  }
  if (metric_is_known && draft.what.metric == Metric::kExposureWindow && !node.has("of")) {
    reader.problem(node, "missing key 'of': whose thefts, such as of: mallory");
  }
  check_limits(reader, node, draft.by_statistic.front());
  check_window(reader, node, draft.what);
}

const Mapping<MetricDraft>& metric_mapping() {
  static const Mapping<MetricDraft> table = [] {
    using D = MetricDraft;
    Mapping<D> t("metric expectation", "How large something measured is.");
    t.key("metric", choice<Metric>("a metric"), [](D& d) -> Metric& { return d.what.metric; })
        .required()
        .says("What is measured.")
        .example("post_dial_delay");
    t.key("of", reference(Role::kActor), [](D& d) -> std::string& { return d.what.of; })
        .otherwise("everybody's")
        .says("Whose: the caller, signer, adversary or CA.")
        .example("mallory");
    t.key("to", reference(Role::kProvider), [](D& d) -> std::string& { return d.what.to; })
        .otherwise("anybody")
        .says("The verifying side.")
        .example("beta-voice");
    window_keys(t, [](D& d) -> MetricExpectation& { return d.what; });
    for (const Choice<Statistic>& one : choices<Statistic>()) {
      if (one.value == Statistic::kValue) continue;
      t.key(std::string(one.name), limits(true, Comparison::kAtMost),
            [at = static_cast<std::size_t>(one.value)](D& d) -> Limits& {
              return d.by_statistic[at];
            })
          .says(std::string(one.description) + " A bare duration means at most.")
          .example("250ms");
    }
    limit_keys(t, true, [](D& d) -> Limits& { return d.by_statistic.front(); });
    t.finish(finish_metric);
    return t;
  }();
  return table;
}

// ---- affected by a CA
// ----------------------------------------------------------------------------

const Mapping<AffectedExpectation>& affected_mapping() {
  static const Mapping<AffectedExpectation> table = [] {
    using A = AffectedExpectation;
    Mapping<A> t("affected", "Exactly these providers rely on a CA when the scenario ends.");
    t.key("by_ca", reference(Role::kCa), &A::by_ca).required().says("Which CA.").example("ca-one");
    t.key("providers", list_of(reference(Role::kSigner), 0), &A::providers)
        .required()
        .says("The providers that the view affected_by_ca names; [] for none.")
        .example("[acme-tel]");
    return t;
  }();
  return table;
}

const Mapping<AffectedExpectation>& affected_entry_mapping() {
  static const Mapping<AffectedExpectation> table = [] {
    using A = AffectedExpectation;
    Mapping<A> t("affected expectation", "Who is affected by a CA.");
    t.key("affected", mapping_value(affected_mapping()), [](A& a) -> A& { return a; })
        .required()
        .says("The CA and those who rely on it.")
        .example("{by_ca: ca-one, providers: [acme-tel]}");
    return t;
  }();
  return table;
}

// ---- what happened
// ----------------------------------------------------------------------------

const Mapping<HappeningsExpectation>& happenings_mapping() {
  static const Mapping<HappeningsExpectation> table = [] {
    using H = HappeningsExpectation;
    Mapping<H> t("happenings expectation", "How often something happens.");
    t.key("happened", choice<actors::HappeningKind>("something that happens"), &H::kind)
        .required()
        .says("What is counted.")
        .example("crl_rejected");
    t.key("of", reference(Role::kActor), &H::of)
        .otherwise("anybody's")
        .says("To whom; of a report of a revocation, who reported.")
        .example("beta-voice");
    t.key("because", text(), &H::because)
        .otherwise("whatever")
        .says("Only where the recorded detail has this in it.")
        .example("crl_number_went_back");
    window_keys(t, [](H& h) -> H& { return h; });
    limit_keys(t, false, [](H& h) -> Limits& { return h.limits; });
    t.finish([](Reader& reader, const Node& node, H& h) {
      for (const Limit& limit : h.limits) {
        if (limit.unit == Unit::kCount) continue;
        reader.problem(reader.spot_of(node, to_string(limit.comparison)),
                       "expected a number, such as 12");
      }
      if (h.limits.empty()) {
        reader.problem(node, "how often? Give at_least, at_most or exactly");
      }
      check_limits(reader, node, h.limits);
      check_window(reader, node, h);
    });
    return t;
  }();
  return table;
}

// ---- the whole
// -----------------------------------------------------------------------------------

const std::vector<Alternative<Expectation>>& forms() {
  static const std::vector<Alternative<Expectation>> all{
      alternative<Expectation>("metric", metric_mapping(),
                               [](Expectation& e, MetricDraft d) { e.what = std::move(d.what); }),
      alternative<Expectation>(
          "affected", affected_entry_mapping(),
          [](Expectation& e, AffectedExpectation a) { e.what = std::move(a); }),
      alternative<Expectation>(
          "happened", happenings_mapping(),
          [](Expectation& e, HappeningsExpectation h) { e.what = std::move(h); }),
      alternative<Expectation>("", calls_mapping(),
                               [](Expectation& e, CallsDraft d) { e.what = std::move(d.what); }),
  };
  return all;
}

const Mapping<Expectation>& expectation_mapping() {
  static const Mapping<Expectation> table = [] {
    Mapping<Expectation> t("expectation",
                           "What must be true at the end: of calls, of a metric, of who is "
                           "affected by a CA, or of what happened.");
    t.key("id", name(), &Expectation::id)
        .otherwise("e1, e2, ... by position")
        .says("A name for it in reports.")
        .example("good-calls");
    t.finish([](Reader&, const Node& node, Expectation& expectation) {
      expectation.mark = node.place.mark;
      expectation.text = flow_text(node);
    });
    return t;
  }();
  return table;
}

const Alternative<Expectation>* select_form(Reader&, const Node& node) {
  for (const Alternative<Expectation>& form : forms()) {
    if (form.when.empty() || node.has(form.when)) return &form;
  }
  return nullptr;
}

}  // namespace

Value<std::vector<Expectation>> expectations_value() {
  return list_of(variant_value<Expectation>(
      "an expectation, such as {calls_from: acme-tel, passed: {at_least: 99%}}", "",
      expectation_mapping(), forms(), select_form));
}

}  // namespace shakedown::scenarios

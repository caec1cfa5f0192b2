// Calls: the section `traffic`, and what the timeline's calls share with it.
#include "scenarios/language/define_calls.h"

#include "sim/wide_integer.h"

namespace shakedown::scenarios {
namespace {

using Wide = sim::Int128;  // Products of nanoseconds and calls.

struct TrafficDraft {
  Traffic traffic;
  CallDraft calls;
  friend bool operator==(const TrafficDraft&, const TrafficDraft&) = default;
};

const Mapping<TrafficDraft>& traffic_mapping() {
  static const Mapping<TrafficDraft> table = [] {
    using D = TrafficDraft;
    Mapping<D> t("traffic", "A stream of ordinary calls.");
    t.key("id", name(), [](D& d) -> std::string& { return d.traffic.id; })
        .otherwise("t1, t2, ... by position")
        .says("A name for it.")
        .example("office-hours");
    t.key("from", reference(Role::kCaller), [](D& d) -> std::string& { return d.calls.plan.from; })
        .required()
        .says("The originating provider or the enterprise that calls.")
        .example("acme-tel");
    call_keys(t, [](D& d) -> CallDraft& { return d.calls; });
    t.key("start", duration(), [](D& d) -> sim::Duration& { return d.calls.plan.start; })
        .by_default("0s")
        .says("When it begins, after the epoch.")
        .example("30m");
    t.finish([](Reader& reader, const Node& node, D& d) {
      d.traffic.mark = node.place.mark;
      resolve_calls(reader, node, d.calls);
      d.traffic.calls = d.calls.plan;
      const CallPlan& plan = d.traffic.calls;
      check_within_scenario(reader, reader.spot_of(node, "start"), plan.start,
                            reader.spot_of(node, "for"), plan.start + plan.duration);
    });
    return t;
  }();
  return table;
}

}  // namespace

void resolve_calls(Reader& reader, const Node& node, CallDraft& draft) {
  CallPlan& plan = draft.plan;
  if (draft.rate && draft.lasts && draft.count) {
    reader.problem(reader.spot_of(node, "count"),
                   "give two of rate, for and count: the third follows");
    return;
  }
  if (draft.count && draft.lasts) {
    plan.count = *draft.count;
    plan.duration = *draft.lasts;
    return;
  }
  if (draft.count) {
    const Rate rate = draft.rate.value_or(Rate{});
    const Wide lasts = Wide{rate.per.count()} * Wide{*draft.count} / Wide{rate.calls};
    constexpr sim::Duration kLongest = std::chrono::hours{24 * 10'000};
    if (lasts > Wide{kLongest.count()}) {
      reader.problem(reader.spot_of(node, "count"), "so many calls last more than 10,000 days");
      return;
    }
    plan.count = *draft.count;
    plan.duration = sim::Duration{std::max<std::int64_t>(1, static_cast<std::int64_t>(lasts))};
    return;
  }
  // A key that is there but wrong has been reported.
  if (node.has("count") || (node.has("rate") && !draft.rate) || (node.has("for") && !draft.lasts)) {
    return;
  }
  if (!draft.rate || !draft.lasts) {
    reader.problem(node, fmt::format("missing key '{}': give two of rate, for and count",
                                     !draft.rate ? "rate" : "for"));
    return;
  }
  const Wide calls =
      Wide{draft.lasts->count()} * Wide{draft.rate->calls} / Wide{draft.rate->per.count()};
  if (calls < 1 || calls > Wide{kMostCalls}) {
    reader.problem(reader.spot_of(node, "rate"),
                   calls < 1
                       ? fmt::format("no call fits into {}", sim::format_duration(*draft.lasts))
                       : fmt::format("more than {} calls", kMostCalls));
    return;
  }
  plan.count = static_cast<std::uint64_t>(calls);
  plan.duration = *draft.lasts;
}

void check_within_scenario(
    Reader& reader, const Spot& begins, sim::Duration begin, const Spot& ends, sim::Duration end) {
  reader.later([=](Reader& after, const Scenario& all) {
    const std::string limit = sim::format_duration(all.duration);
    if (begin >= all.duration) {
      after.problem(begins, fmt::format("begins at {}, but the scenario ends at {}",
                                        sim::format_duration(begin), limit));
    } else if (end > all.duration) {
      after.problem(ends, fmt::format("ends at {}, but the scenario ends at {}",
                                      sim::format_duration(end), limit));
    }
  });
}

Value<std::vector<Traffic>> traffic_value() {
  return list_of(
      turned(mapping_value(traffic_mapping()), [](TrafficDraft draft) { return draft.traffic; }));
}

}  // namespace shakedown::scenarios

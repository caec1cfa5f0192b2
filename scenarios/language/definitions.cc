// The file as a whole.
#include "scenarios/language/definitions.h"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/language/values.h"

namespace shakedown::scenarios {

const Key* MappingInfo::find(std::string_view name) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const Key& key) { return key.name == name; });
  return found == keys_.end() ? nullptr : &*found;
}

const Mapping<Scenario>& scenario_mapping() {
  static const Mapping<Scenario> table = [] {
    using S = Scenario;
    Mapping<S> t("scenario",
                 "One question, the world that it is asked of, and the answer that is "
                 "expected.");
    t.key("scenario", name(), &S::name)
        .required()
        .says("Its name, in reports and databases.")
        .example("key-compromise");
    t.key("question", text(), &S::question)
        .required()
        .says("What it answers.")
        .example("How long does a stolen signing key stay useful?");
    t.key("description", text(), &S::description)
        .says("More about it, for the reports.")
        .example("The thief calls from the first hour on.");
    t.key("epoch", time(), &S::epoch)
        .by_default("2026-01-05T09:00:00Z")
        .says("When it begins, in virtual time.");
    t.key("seed", count(0, INT64_MAX), &S::seed)
        .by_default("1")
        .says("The same seed gives the same run; --seed overrides it.");
    t.key("duration", positive_duration(), &S::duration)
        .otherwise("the end of the last call, fault or entry, and a minute")
        .says("How long it runs.")
        .example("6h");
    t.key("network", network_value(), &S::network)
        .says("Where regions lie and what the links are like.")
        .example("{latency: {lognormal: {median: 2ms, p95: 9ms}}, loss: 0.1%}");
    t.key("ecosystem", ecosystem_value(), &S::ecosystem).required().says("Who is there.");
    t.key("traffic", traffic_value(), &S::traffic)
        .says("Ordinary calls.")
        .example("[{from: acme-tel, to: beta-voice, rate: 1/3s, for: 6h}]");
    t.key("timeline", timeline_value(), &S::timeline)
        .says("What is done when.")
        .example("[{at: 1h, do: steal_key, of: acme-tel, by: mallory}]");
    t.key("expect", expectations_value(), &S::expectations)
        .says("What must be true at the end.")
        .example("[{calls_from: acme-tel, passed: {at_least: 99.9%}}]");
    t.key("measure", measure_value(), &S::measure)
        .says(
            "What the database shall hold in its table `metric`, beside every metric of the whole "
            "run and those that are expected.")
        .example("[{metric: exposure_window, of: mallory}]");
    return t;
  }();
  return table;
}

namespace {

void collect(const MappingInfo& info, std::vector<const MappingInfo*>& found);

void collect(const Shape& shape, std::vector<const MappingInfo*>& found) {
  if (shape.mapping != nullptr) collect(*shape.mapping, found);
  if (shape.member != nullptr) collect(*shape.member, found);
  for (const ShapePtr& one : shape.either) collect(*one, found);
  for (const Shape::Alternative& one : shape.alternatives) collect(*one.mapping, found);
}

void collect(const MappingInfo& info, std::vector<const MappingInfo*>& found) {
  if (std::find(found.begin(), found.end(), &info) != found.end()) return;
  found.push_back(&info);
  for (const Key& key : info.keys()) collect(*key.shape, found);
}

}  // namespace

std::vector<const MappingInfo*> all_mappings() {
  std::vector<const MappingInfo*> found;
  collect(scenario_mapping(), found);
  return found;
}

}  // namespace shakedown::scenarios

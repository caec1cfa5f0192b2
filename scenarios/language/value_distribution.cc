// Distributions of delays in scenarios.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/language/values.h"

namespace shakedown::scenarios {
namespace {

using Quantiles = std::vector<std::pair<std::string, sim::Duration>>;

// "p0" to "p100" with at most one decimal, as per mille.
std::optional<int> per_mille(std::string_view name) {
  if (!name.starts_with('p')) return std::nullopt;
  name.remove_prefix(1);
  const std::size_t dot = name.find('.');
  const std::string_view whole = name.substr(0, dot);
  const std::string_view tenth =
      dot == std::string_view::npos ? std::string_view{"0"} : name.substr(dot + 1);
  const auto digits = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!digits(whole) || !digits(tenth) || whole.size() > 3 || tenth.size() != 1) {
    return std::nullopt;
  }
  int value = 0;
  for (const char c : whole) value = value * 10 + (c - '0');
  value = value * 10 + (tenth.front() - '0');
  return value <= 1000 ? std::optional(value) : std::nullopt;
}

bool check_quantile_name(Reader& reader, const Node& key, const std::string& name) {
  if (per_mille(name)) return true;
  reader.wrong_value(key, "a quantile from p0 to p100, such as p50 or p99.9");
  return false;
}

const Mapping<sim::Latency>& normal_mapping() {
  static const Mapping<sim::Latency> table = [] {
    Mapping<sim::Latency> t("normal distribution", "A normal distribution, cut off at 0.");
    t.key("mean", duration(), &sim::Latency::a).required().says("The mean.").example("40ms");
    t.key("deviation", duration(), &sim::Latency::b)
        .required()
        .says("The standard deviation.")
        .example("5ms");
    return t;
  }();
  return table;
}

const Mapping<sim::Latency>& lognormal_mapping() {
  static const Mapping<sim::Latency> table = [] {
    Mapping<sim::Latency> t("lognormal distribution", "A lognormal distribution by two quantiles.");
    t.key("median", positive_duration(), &sim::Latency::a)
        .required()
        .says("Half of the delays are shorter.")
        .example("40ms");
    t.key("p95", positive_duration(), &sim::Latency::b)
        .required()
        .says("95% of the delays are shorter.")
        .example("120ms");
    t.finish([](Reader& reader, const Node& node, sim::Latency& latency) {
      if (node.has("median") && node.has("p95") && latency.b < latency.a) {
        reader.problem(reader.spot_of(node, "p95"), "p95 is shorter than the median");
      }
    });
    return t;
  }();
  return table;
}

Value<sim::Latency> uniform() {
  Value<std::vector<sim::Duration>> ends = list_of(duration(), 2, 2);
  return {ends.shape, [ends](Reader& reader, const Node& node, sim::Latency& into) {
            std::vector<sim::Duration> given;
            if (!ends.read(reader, node, given)) return false;
            if (given[1] < given[0]) {
              reader.problem(node, "the longest delay comes second");
              return false;
            }
            into = {sim::Latency::Shape::kUniform, given[0], given[1], {}};
            return true;
          }};
}

Value<sim::Latency> quantiles() {
  const Value<Quantiles> pairs = keyed<sim::Duration>(
      "quantiles, such as {p0: 5ms, p50: 20ms, p100: 2s}", check_quantile_name, duration());
  return {pairs.shape, [pairs](Reader& reader, const Node& node, sim::Latency& into) {
            Quantiles given;
            if (!pairs.read(reader, node, given)) return false;
            into.shape = sim::Latency::Shape::kEmpirical;
            into.quantiles.clear();
            for (const auto& [name, value] : given) {
              into.quantiles.emplace_back(*per_mille(name), value);
            }
            std::sort(into.quantiles.begin(), into.quantiles.end());
            if (into.quantiles.empty() || into.quantiles.front().first != 0 ||
                into.quantiles.back().first != 1000) {
              reader.problem(node, "p0 and p100 are needed");
              return false;
            }
            for (std::size_t i = 1; i < into.quantiles.size(); ++i) {
              const auto& [lower, short_delay] = into.quantiles[i - 1];
              const auto& [upper, long_delay] = into.quantiles[i];
              if (lower < upper && short_delay < long_delay) continue;
              reader.problem(node, "each quantile must be longer than the one before");
              return false;
            }
            return true;
          }};
}

// The members of the mapping all fill one Latency: this one sets its shape first.
Value<sim::Latency> shaped(Value<sim::Latency> value, sim::Latency::Shape shape) {
  return {value.shape, [value, shape](Reader& reader, const Node& node, sim::Latency& into) {
            into.shape = shape;
            return value.read(reader, node, into);
          }};
}

const Mapping<sim::Latency>& distribution_mapping() {
  static const Mapping<sim::Latency> table = [] {
    const auto whole = [](sim::Latency& latency) -> sim::Latency& { return latency; };
    Mapping<sim::Latency> t("distribution", "A delay that varies; exactly one of these keys.");
    t.key("constant", turned(duration(), sim::Latency::constant), whole)
        .says("Always the same.")
        .example("40ms");
    t.key("uniform", uniform(), whole)
        .says("Anything between the shortest and the longest delay.")
        .example("[10ms, 30ms]");
    t.key("normal", shaped(mapping_value(normal_mapping()), sim::Latency::Shape::kNormal), whole)
        .says("A normal distribution, cut off at 0.")
        .example("{mean: 40ms, deviation: 5ms}");
    t.key("lognormal", shaped(mapping_value(lognormal_mapping()), sim::Latency::Shape::kLognormal),
          whole)
        .says("A lognormal distribution, by its median and 95th percentile.")
        .example("{median: 40ms, p95: 120ms}");
    t.key("quantiles", quantiles(), whole)
        .says("Measured quantiles, linear between; p0 and p100 are needed.")
        .example("{p0: 5ms, p50: 20ms, p99: 300ms, p100: 2s}");
    t.finish([](Reader& reader, const Node& node, sim::Latency&) {
      if (node.members.size() != 1) {
        reader.problem(node, fmt::format("{} keys: exactly one of constant, uniform, normal, "
                                         "lognormal and quantiles is needed",
                                         node.members.size()));
      }
    });
    return t;
  }();
  return table;
}

}  // namespace

Value<sim::Latency> distribution() {
  return either(turned(duration(), sim::Latency::constant), mapping_value(distribution_mapping()));
}

}  // namespace shakedown::scenarios

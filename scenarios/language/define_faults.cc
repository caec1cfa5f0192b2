// The faults of sim/fault.h as actions of the timeline.
#include <array>

#include "scenarios/language/definitions.h"
#include "scenarios/language/values.h"
#include "scenarios/language/variant.h"

namespace shakedown::scenarios {

std::vector<Alternative<TimelineEntry>> fault_alternatives();

namespace {

using Kind = sim::Fault::Kind;

constexpr std::int64_t kMostSkew = 1'000'000;

struct FaultWords {
  Kind kind;
  std::string_view description;
};

constexpr std::array kFaults{
    FaultWords{Kind::kOutage, "Nothing accepts a connection."},
    FaultWords{Kind::kLatency, "Each response comes `latency` later, give or take `jitter`."},
    FaultWords{Kind::kBandwidth, "Responses are sent at `rate`."},
    FaultWords{Kind::kSlowClose, "Each response ends `latency` later."},
    FaultWords{Kind::kTimeout, "Requests are swallowed: there is never an answer."},
    FaultWords{Kind::kSlicer, "Responses trickle in slices of `bytes`, `latency` apart."},
    FaultWords{Kind::kLimitData, "The body of each response is cut after `bytes`."},
    FaultWords{Kind::kResetPeer, "The connection is reset before the response."},
    FaultWords{Kind::kErrorStatus, "`status` is answered, whatever was asked."},
    FaultWords{Kind::kCorruptBody, "One bit of each response's body is flipped."},
    FaultWords{Kind::kClockSkew, "The clock runs `ppm` millionths fast, or slow if negative."},
    FaultWords{Kind::kClockStep, "The clock is off by `step`."},
};

// The keys that only this kind has.
void keys_of_kind(Mapping<InjectFault>& t, Kind kind) {
  using F = InjectFault;
  const auto latency = [](F& f) -> sim::Duration& { return f.fault.latency; };
  if (kind == Kind::kLatency || kind == Kind::kSlowClose || kind == Kind::kSlicer) {
    t.key("latency", positive_duration(), latency)
        .required()
        .says(kind == Kind::kSlicer ? "Between two slices." : "How much later.")
        .example("500ms");
  }
  if (kind == Kind::kLatency) {
    t.key("jitter", duration(), [](F& f) -> sim::Duration& { return f.fault.jitter; })
        .by_default("0s")
        .says("At most so much more or less.")
        .example("50ms");
  }
  if (kind == Kind::kBandwidth) {
    t.key("rate", bandwidth(), [](F& f) -> std::uint64_t& { return f.fault.bytes_per_second; })
        .required()
        .says("How fast.")
        .example("10kB/s");
  }
  if (kind == Kind::kSlicer || kind == Kind::kLimitData) {
    t.key("bytes", octets(), [](F& f) -> std::uint64_t& { return f.fault.bytes; })
        .required()
        .says(kind == Kind::kSlicer ? "Of each slice." : "What is left of a body.")
        .example("64B");
  }
  if (kind == Kind::kErrorStatus) {
    t.key("status", turned(integer(400, 599), [](std::int64_t n) { return static_cast<int>(n); }),
          [](F& f) -> int& { return f.fault.status; })
        .by_default("503")
        .says("The HTTP or SIP status.");
  }
  if (kind == Kind::kClockSkew) {
    t.key("ppm", integer(-kMostSkew, kMostSkew),
          [](F& f) -> std::int64_t& { return f.fault.parts_per_million; })
        .required()
        .says("Parts per million.")
        .example("200");
  }
  if (kind == Kind::kClockStep) {
    t.key("step", signed_duration(), latency)
        .required()
        .says("Ahead, or behind if negative.")
        .example("-5m");
  }
}

bool is_of_the_clock(Kind kind) { return kind == Kind::kClockSkew || kind == Kind::kClockStep; }

Mapping<InjectFault> make_fault_mapping(const FaultWords& words) {
  using F = InjectFault;
  Mapping<F> t(std::string(sim::to_string(words.kind)), std::string(words.description));
  t.key("of", reference(Role::kPart), [](F& f) -> std::string& { return f.fault.actor; })
      .required()
      .says("An actor; ACTOR/origin or ACTOR/edge-REGION for a part; ACTOR/* for all its parts.")
      .example("acme-tel/origin");
  t.key("for", positive_duration(), &F::duration)
      .otherwise("to the end")
      .says("How long.")
      .example("5m");
  keys_of_kind(t, words.kind);
  if (!is_of_the_clock(words.kind)) {
    t.key("probability", percentage(),
          [](F& f) -> std::uint32_t& { return f.fault.probability_per_million; })
        .by_default("100%")
        .says("Drawn for each exchange.")
        .example("10%");
  }
  t.finish([kind = words.kind](Reader& reader, const Node& node, F& f) {
    f.fault.kind = kind;
    if (node.has("probability") && f.fault.probability_per_million == 0) {
      reader.problem(reader.spot_of(node, "probability"), "with 0% nothing ever happens");
    }
  });
  return t;
}

}  // namespace

std::vector<Alternative<TimelineEntry>> fault_alternatives() {
  static const std::vector<Mapping<InjectFault>> tables = [] {
    std::vector<Mapping<InjectFault>> all;
    for (const FaultWords& words : kFaults) all.push_back(make_fault_mapping(words));
    return all;
  }();
  std::vector<Alternative<TimelineEntry>> alternatives;
  for (const Mapping<InjectFault>& table : tables) {
    alternatives.push_back(alternative<TimelineEntry>(
        table.title(), table,
        [](TimelineEntry& entry, InjectFault fault) { entry.action = std::move(fault); }));
  }
  return alternatives;
}

}  // namespace shakedown::scenarios

// The tables of the scenario language (definition.h says how they work). Static and immutable once
// made; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/language/definition.h"
#include "scenarios/model/model.h"

namespace shakedown::scenarios {

// Subscribers of a CA.
inline constexpr std::uint64_t kMostSubscribers = 10'000;

// The whole file.
const Mapping<Scenario>& scenario_mapping();

// Its sections.
Value<Network> network_value();
Value<Ecosystem> ecosystem_value();
Value<std::vector<Traffic>> traffic_value();
Value<std::vector<TimelineEntry>> timeline_value();
Value<std::vector<Expectation>> expectations_value();
Value<std::vector<results::Measurement>> measure_value();

// Parts of sections that have files of their own.
Value<CertificatePolicy> certificate_value();
Value<Repository> repository_value();
Value<VerifyPolicy> verify_value();
Value<Enterprise> enterprise_value();

// What somebody may delegate.
struct Delegates {
  bool yes = false;
  bool by_code = false;  // All numbers of its provider code.
  NumberRanges numbers;  // Empty: its own.
  friend bool operator==(const Delegates&, const Delegates&) = default;
};

// `with_code`: a provider's, who may also write spc.
Value<Delegates> delegates_value(bool with_code);

// Every table that the file can lead to, the file's own first, in the order in which they are met.
std::vector<const MappingInfo*> all_mappings();

}  // namespace shakedown::scenarios

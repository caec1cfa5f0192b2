// A scenario as data: what parse_scenario() (parse.h) makes of a file and what the director builds
// and plays. Plain structs, comparable, copyable, without behaviour; ecosystem.h has who is there,
// story.h what happens and what is expected.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "scenarios/model/ecosystem.h"
#include "scenarios/model/story.h"
#include "sim/result.h"
#include "sim/time.h"
#include "sim/word.h"

namespace shakedown::scenarios {

// Names of actors that every scenario has (they cannot be given to others).
inline constexpr std::string_view kPolicyAdministrator = "policy-administrator";
inline constexpr std::string_view kMasterKeyService = "master-key-service";

struct Scenario {
  std::string name;
  std::string question;
  std::string description;
  std::string file;  // As given to parse_scenario(): marks are lines and columns of it.
  sim::Time epoch = sim::from_unix_seconds(1'767'603'600);  // 2026-01-05T09:00:00Z
  std::uint64_t seed = 1;
  sim::Duration duration{};  // Given, else the end of the last traffic, fault or entry plus 1 min.
  Network network;
  Ecosystem ecosystem;
  std::vector<Traffic> traffic;         // In the order of the file.
  std::vector<TimelineEntry> timeline;  // Sorted by `at`; equal times in the order of the file.
  std::vector<Expectation> expectations;
  std::vector<results::Measurement> measure;  // Beside what expectations measure.
  std::vector<std::string> adversaries;  // Sorted: every `by:` and every other `from:` of a call.
  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// The words that a key allows, in the order in which the documentation lists them.
template <class E>
using Choice = sim::Word<E>;

// choices<actors::KeyCustody>() and so on: one table for parsing, schema, documentation and
// to_string.
template <class E>
std::span<const Choice<E>> choices();
template <>
std::span<const Choice<actors::KeyCustody>> choices<actors::KeyCustody>();
template <>
std::span<const Choice<CertificateUse>> choices<CertificateUse>();
template <>
std::span<const Choice<Publish>> choices<Publish>();
template <>
std::span<const Choice<SwitchKey>> choices<SwitchKey>();
template <>
std::span<const Choice<CacheMode>> choices<CacheMode>();
template <>
std::span<const Choice<AcmeReading>> choices<AcmeReading>();
template <>
std::span<const Choice<stir::ProfileVersion>> choices<stir::ProfileVersion>();
template <>
std::span<const Choice<stir::MixedListMode>> choices<stir::MixedListMode>();
template <>
std::span<const Choice<stir::NumberAuthorityMode>> choices<stir::NumberAuthorityMode>();
template <>
std::span<const Choice<TransitDoes>> choices<TransitDoes>();
template <>
std::span<const Choice<actors::Diversion>> choices<actors::Diversion>();
template <>
std::span<const Choice<DelegationMode>> choices<DelegationMode>();
template <>
std::span<const Choice<EnterpriseSigns>> choices<EnterpriseSigns>();
template <>
std::span<const Choice<Pattern>> choices<Pattern>();
template <>
std::span<const Choice<Means>> choices<Means>();
template <>
std::span<const Choice<WhichCertificate>> choices<WhichCertificate>();
template <>
std::span<const Choice<WhichSigner>> choices<WhichSigner>();
template <>
std::span<const Choice<Comparison>> choices<Comparison>();
template <>
std::span<const Choice<Counted>> choices<Counted>();

// What actors record, and so `happened:` counts.
template <>
inline std::span<const Choice<actors::HappeningKind>> choices<actors::HappeningKind>() {
  return actors::happening_words();
}

template <class E, std::enable_if_t<std::is_enum_v<E>, int> = 0>
std::string_view to_string(E value) {
  const auto all = choices<E>();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Choice<E>& choice) { return choice.value == value; });
  SHAKEDOWN_ASSERT(found != all.end());
  return found->name;
}

}  // namespace shakedown::scenarios

// One call step by step: who asked for it, how it was signed, what was fetched for it, how each
// verification went and why it ended as it did.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "results/record/call_record.h"
#include "results/record/records.h"

namespace shakedown::results {

enum class ShowFormat : std::uint8_t { kText, kJson, kMermaid };

// What a step of a verification asks, and where that is written.
struct StepText {
  std::string question;  // "Is iat within the freshness window?"
  std::string clause;    // "RFC 8224 §6.2"
};

// Absent for unknown steps. Provided by cli/, because results/ does not know the steps.
using StepGlossary = std::function<std::optional<StepText>(std::string_view step)>;

struct ShowOptions {
  ShowFormat format = ShowFormat::kText;
  bool colour = false;      // Of kText only.
  StepGlossary glossary{};  // May be empty.
};

// kText is for a person, kJson is one object, kMermaid is a sequence diagram that GitHub renders.
// Each ends with a line feed; texts from outside are made harmless in each.
std::string show_call(const CallDetail& call, const RunRecord& run, const ShowOptions& options);

}  // namespace shakedown::results

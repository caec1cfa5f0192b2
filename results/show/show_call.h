// One call step by step: who asked for it, how it was signed, what was fetched for it, how each
// verification went and why it ended as it did.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "results/record/call_record.h"
#include "results/record/records.h"

namespace shakedown::results {

enum class ShowFormat : std::uint8_t { kText, kJson, kMermaid };

struct ShowOptions {
  ShowFormat format = ShowFormat::kText;
  bool colour = false;  // Of kText only.
};

// kText is for a person, kJson is one object, kMermaid is a sequence diagram that GitHub renders.
// Each ends with a line feed; texts from outside are made harmless in each.
std::string show_call(const CallDetail& call, const RunRecord& run, const ShowOptions& options);

}  // namespace shakedown::results

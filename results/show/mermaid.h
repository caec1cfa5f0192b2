// A call as a Mermaid sequence diagram (GitHub and GitLab render it in Markdown).
#pragma once

#include <string>

#include "results/record/call_record.h"

namespace shakedown::results {

// Participants have aliases, and texts that mean something to Mermaid or to HTML are written as
// character codes, so that no name of a scenario can break or extend the diagram.
std::string mermaid_sequence(const CallDetail& call);

}  // namespace shakedown::results

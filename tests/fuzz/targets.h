// The parsers that read octets from outside, each as a function that a fuzzer can call: it must
// neither crash nor grow without bound, and what it accepted must survive being written and read
// again. A broken promise aborts the process.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shakedown::fuzz {

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
};

std::span<const Target> targets();
const Target* target_by_name(std::string_view name);

// Honest and hostile inputs to begin with: what the vector catalogue shows to a verifier, the
// scenario library, messages. Each is for all targets: a parser must bear another's input.
std::vector<std::string> seeds();

}  // namespace shakedown::fuzz

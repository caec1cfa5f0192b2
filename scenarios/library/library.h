// The scenarios that travel inside the binary: scenarios/library/*.yaml, embedded at build time by
// cmake/embed.cmake. `shakedown list` shows them and `run NAME` plays them without any file.
#pragma once

#include <span>
#include <string_view>

namespace shakedown::scenarios {

struct EmbeddedFile {
  std::string_view name;  // The file's name without ".yaml", e.g. "first-call".
  std::string_view text;  // UTF-8, exactly as in the file.
};

// Sorted by name. Valid for the life of the process; thread-safe.
std::span<const EmbeddedFile> library_scenarios();

}  // namespace shakedown::scenarios

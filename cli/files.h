// Files that the user names on the command line. What is read is bounded; what is written is
// written as a whole or said to have failed, and never replaces what is no regular file.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/result.h"

namespace shakedown::cli {

// The whole file, or standard input for "-". Errors: kNotFound, kTooLarge, kEnvironment.
Result<std::string> read_file(const std::string& path, std::size_t limit);

inline constexpr mode_t kForAll = 0666;  // Less the umask.
inline constexpr mode_t kForOwner = 0600;

// Makes `text` the content of the file. A regular or new file is written beside itself and renamed,
// so that it is whole or as it was, and keeps its permissions (kForOwner takes those of others
// away); links are followed. A device, a FIFO or a file in a folder that takes no new one is
// written in place. Error: kEnvironment.
Status write_file(const std::string& path, std::string_view text, mode_t mode = kForAll);

// Removes a regular file; leaves anything else as it is.
void remove_file(const std::string& path);

}  // namespace shakedown::cli

// A folder under the temporary directory that only this user can read and that goes with its owner.
// For the sources of this folder.
#pragma once

#include <string>
#include <string_view>

#include "sim/result.h"

namespace shakedown::crypto {

// Holds a lock on the folder for its life, so that the folder of a process that was killed can be
// told from one in use, also from within another container. Movable; not thread-safe.
class PrivateFolder {
 public:
  // Makes TMPDIR/PREFIX-<unique> (mode 0700; /tmp without TMPDIR) and removes the folders of that
  // prefix whose owners are gone and that are at least a minute older. Error: kEnvironment.
  static Result<PrivateFolder> make(std::string_view prefix);

  PrivateFolder() = default;
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&& other) noexcept;
  ~PrivateFolder();  // Removes the folder and all that is in it.

  const std::string& path() const { return path_; }  // "" without a folder.

 private:
  std::string path_;
  int lock_ = -1;
};

}  // namespace shakedown::crypto

// Standard output as data: whatever a verb writes to std::cout while one of these lives is written
// whole, or the first failure is kept for the exit code. Used by main() alone; one thread writes.
#pragma once

#include <array>
#include <streambuf>

namespace shakedown::cli {

class StandardOutput : public std::streambuf {
 public:
  StandardOutput();            // Takes std::cout over, and a closed pipe's signal becomes an error.
  ~StandardOutput() override;  // Gives it back.
  StandardOutput(const StandardOutput&) = delete;
  StandardOutput& operator=(const StandardOutput&) = delete;

  // Writes what is left. `code`, or kEnvironment after a message on stderr if something could not
  // be written. A reader that went away had enough: no error.
  int finish(int code);

 protected:
  int_type overflow(int_type c) override;
  int sync() override;

 private:
  std::array<char, 1 << 14> buffer_;
  std::streambuf* before_;
  int error_ = 0;  // errno of the first write that failed.
};

// A descriptor among 0 to 2 that is closed would be taken by the first file or socket that is
// opened, which then got what is written for people. Call it first of all.
void hold_standard_descriptors();

}  // namespace shakedown::cli

// Rules that no verification case can show: each with the tests that do.
#pragma once

#include <span>
#include <string_view>

namespace shakedown::vectors {

struct TestsOfRule {
  int number;                // 151 is N151.
  std::string_view rule;     // What is to happen, in a few words.
  std::string_view file;     // Below tests/.
  std::string_view names{};  // gtest names "Suite.Test", separated by spaces.
};

// By number; a number may have several rows, one a file. A number that also has a case in the
// catalogue may stand here too.
std::span<const TestsOfRule> tests_by_number();

}  // namespace shakedown::vectors

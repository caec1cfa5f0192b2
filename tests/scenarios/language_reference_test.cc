// The reference page and the written defaults say what the parser does.
//
// To write docs/scenario-language.md again after a change of the definitions:
//   SHAKEDOWN_WRITE_DOCS=1 build/tests/scenarios_test --gtest_filter='Reference.*'
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "scenarios/language/definitions.h"
#include "scenarios/language/json_schema.h"

namespace shakedown::scenarios {
namespace {

TEST(Reference, ThePageIsCurrent) {
  const std::string path = SHAKEDOWN_SOURCE_DIR "/docs/scenario-language.md";
  const std::string expected = reference_markdown();
  if (std::getenv("SHAKEDOWN_WRITE_DOCS") != nullptr) std::ofstream(path) << expected;
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_TRUE(page.str() == expected)
      << path << " is not what the definitions say; run this test with SHAKEDOWN_WRITE_DOCS=1";
}

TEST(Reference, EveryKeyIsOnThePage) {
  const std::string page = reference_markdown();
  for (const MappingInfo* info : all_mappings()) {
    for (const Key& key : info->keys()) {
      EXPECT_NE(page.find("| `" + key.name + "` |"), std::string::npos) << key.name;
    }
  }
}

TEST(Reference, WrittenDefaultsAreThoseOfTheModel) {
  for (const MappingInfo* info : all_mappings()) {
    for (const std::string& wrong : info->wrong_texts()) ADD_FAILURE() << wrong;
  }
}

}  // namespace
}  // namespace shakedown::scenarios

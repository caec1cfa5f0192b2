// docs/profiles.md is written from the table that verifies: run this test with
// SHAKEDOWN_WRITE_DOCS=1 to write it anew.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "stir/verification/verification.h"

namespace shakedown::stir {
namespace {

std::string cell(const StepRule& rule) {
  switch (rule.mode) {
    case StepMode::kOff:
      return "off";
    case StepMode::kReport:
      return "report";
    case StepMode::kEnforce:
      break;
  }
  std::string text = std::to_string(rule.code);
  switch (rule.apart) {
    case Violation::kUsual:
      break;
    case Violation::kNotAcquired:
      text += ", " + std::to_string(rule.code_apart) + " not acquired";
      break;
    case Violation::kNotSupported:
      text += ", " + std::to_string(rule.code_apart) + " not supported";
      break;
  }
  if (rule.verstat == Verstat::kNoTnValidation) text += " (no validation)";
  return text;
}

std::string document() {
  std::string text =
      "# Policy profiles\n\n"
      "Which step of a verification does what under which profile. A number is the SIP code of a\n"
      "step that is enforced, with `No-TN-Validation` instead of `TN-Validation-Failed` where it\n"
      "says so. A second number answers a credential that was not acquired, or is of a kind that "
      "is\n"
      "not supported. `report` is recorded and changes nothing; `off` is not run. The first "
      "enforced\n"
      "step that fails decides. This page is written from the table itself.\n\n";
  for (const PolicyProfile* profile : all_profiles()) {
    text += "- `" + std::string(profile->name) + "`: " + std::string(profile->summary) + "\n";
  }
  text += "\n| step | asks | clause |";
  std::string rule = "|---|---|---|";
  for (const PolicyProfile* profile : all_profiles()) {
    text += " " + std::string(profile->name) + " |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (std::size_t i = 0; i < kSteps; ++i) {
    const auto step = static_cast<Step>(i);
    text += "| `" + std::string(info(step).id) + "` | " + std::string(info(step).question) + " | " +
            std::string(info(step).clause) + " |";
    for (const PolicyProfile* profile : all_profiles())
      text += " " + cell(profile->rule(step)) + " |";
    text += "\n";
  }
  text +=
      "\n## Order\n\nThe order in which each profile runs its steps, without those that are off.\n";
  for (const PolicyProfile* profile : all_profiles()) {
    text += "\n`" + std::string(profile->name) + "`:\n";
    for (const StepRule& one : profile->rules) {
      if (one.mode != StepMode::kOff) text += "1. `" + std::string(info(one.step).id) + "`\n";
    }
  }
  return text;
}

TEST(ProfilesDocument, IsWhatTheTableSays) {
  const std::string path = SHAKEDOWN_SOURCE_DIR "/docs/profiles.md";
  if (std::getenv("SHAKEDOWN_WRITE_DOCS") != nullptr) std::ofstream(path) << document();
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(page == document()) << path << ": run this test with SHAKEDOWN_WRITE_DOCS=1";
}

}  // namespace
}  // namespace shakedown::stir

// docs/lint.md is written from the tables of rules: run this test with SHAKEDOWN_WRITE_DOCS=1 to
// write it anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "inspect/inspection.h"

namespace shakedown::stir {
namespace {

std::string lint_document() {
  std::string text =
      "# Lint rules\n\n"
      "What `shakedown inspect` judges artefacts by; `shakedown inspect --rules` prints the same.\n"
      "This page is written from the tables themselves.\n\n"
      "An `error` makes an artefact unusable: a verifier or a CA that looks at it refuses it. A\n"
      "`lint` is what the standard forbids and peers put up with; the policy `strict` refuses it\n"
      "in certificates. A `warning` is worth knowing. Where no clause is given the rule is of\n"
      "this testbed. Rules about time need `--at`, about the signer `--signer`; an OCSP response\n"
      "and a chain are also checked with the certificates in them. Rules of a version of\n"
      "ATIS-1000080 are chosen by the date of issue, or by `--profile-version`.\n\n"
      "`file` is about what was given at all, `jws` about SPC tokens and CA lists, "
      "`repository_url`\n"
      "about x5u and info, `passport` also about the token of an Identity header field,\n"
      "`certificate` also about the roots of a CA list.\n";
  std::string_view artefact;
  for (const auto& rule : lint_rules()) {
    if (rule.artefact != artefact) {
      artefact = rule.artefact;
      text += "\n## " + std::string(artefact) + "\n\n| rule | severity | clause |\n|---|---|---|\n";
    }
    text += "| `" + std::string(rule.id) + "` | " + std::string(to_string(rule.severity)) + " | " +
            std::string(rule.clause) + (rule.versions().empty() ? "" : ", " + rule.versions()) +
            " |\n";
  }
  return text;
}

TEST(LintDocument, IsWhatTheTablesSay) {
  const std::string path = SHAKEDOWN_SOURCE_DIR "/docs/lint.md";
  if (std::getenv("SHAKEDOWN_WRITE_DOCS") != nullptr) std::ofstream(path) << lint_document();
  std::ifstream file(path);
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(page == lint_document()) << path << ": run this test with SHAKEDOWN_WRITE_DOCS=1";
}

TEST(LintRules, HaveOneNameEachAndAreKeptTogether) {
  std::set<std::string> artefacts;
  std::set<std::pair<std::string, std::string>> seen;
  std::string_view last;
  for (const auto& rule : lint_rules()) {
    EXPECT_TRUE(seen.emplace(rule.artefact, rule.id).second) << rule.artefact << ' ' << rule.id;
    EXPECT_FALSE(rule.id.empty());
    if (rule.artefact != last) {
      EXPECT_TRUE(artefacts.emplace(rule.artefact).second) << rule.artefact;
    }
    last = rule.artefact;
  }
}

TEST(LintRules, ArePrintedOneALine) {
  const std::string text = lint_rules_text();
  EXPECT_EQ(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')),
            lint_rules().size());
  EXPECT_NE(text.find("certificate          one_policy "), std::string::npos);
  EXPECT_NE(text.find("ATIS-1000080 §6.4.1         v004-v005\n"), std::string::npos);
}

}  // namespace
}  // namespace shakedown::stir

// The JSON Schema judges scenarios as the parser does, as far as form goes.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "scenarios/language/definitions.h"
#include "scenarios/language/json_schema.h"
#include "scenarios/language/yaml_guard.h"
#include "tests/scenarios/language_samples.h"

namespace shakedown::scenarios {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

const valijson::Schema& schema() {
  static const nlohmann::json document = nlohmann::json::parse(schema_json());
  static valijson::Schema parsed_schema;
  static const bool once = [] {
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(Adapter(document), parsed_schema);
    return true;
  }();
  EXPECT_TRUE(once);
  return parsed_schema;
}

// "" if the schema accepts the text.
std::string schema_says(const std::string& text) {
  Problems problems("f");
  const NodePtr root = read_yaml(text, problems);
  if (root == nullptr || !problems.empty()) return "not YAML";
  const nlohmann::json document = core_json(*root);
  valijson::Validator validator;
  valijson::ValidationResults results;
  if (validator.validate(schema(), Adapter(document), &results)) return "";
  std::string said;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const std::string& step : error.context) said += step;
    said += ": " + error.description + "\n";
  }
  return said;
}

std::string changed(std::string_view from, std::string_view to, std::string_view base = kBase) {
  std::string text(base);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Schema, AcceptsGoodScenarios) {
  for (const std::string_view text : {kBase, kKeyCompromise, kSlowRepository, kEverything}) {
    EXPECT_EQ(schema_says(std::string(text)), "");
  }
  EXPECT_EQ(schema_says(init_text()), "");
}

TEST(Schema, AcceptsTheLibrary) {
  int scenarios = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(SHAKEDOWN_SOURCE_DIR "/scenarios/library")) {
    if (file.path().extension() != ".yaml") continue;
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    EXPECT_EQ(schema_says(text.str()), "") << file.path();
    ++scenarios;
  }
  EXPECT_GT(scenarios, 0);
}

TEST(Schema, RefusesUnknownKeysEverywhere) {
  EXPECT_NE(schema_says(std::string(kBase) + "sede: 1\n"), "");
  EXPECT_NE(schema_says(changed("spc:", "extra: 1, spc:")), "");
  EXPECT_NE(schema_says(changed("{name: ca-one}", "{name: ca-one, nmae: 1}")), "");
  EXPECT_NE(schema_says(changed("rate:", "speed: 1, rate:")), "");
  EXPECT_NE(schema_says(changed("of: acme-tel,", "of: acme-tel, whom: x,", kKeyCompromise)), "");
  EXPECT_NE(schema_says(changed("p99: 250ms", "p98: 250ms", kKeyCompromise)), "");
  EXPECT_NE(schema_says(changed("because:", "which: stolen, because:", kKeyCompromise)), "")
      << "a key of another action";
}

TEST(Schema, RefusesWrongValues) {
  EXPECT_NE(schema_says(changed("for: 10m", "for: 10 minutes")), "");
  EXPECT_NE(schema_says(changed("rate: 1/s", "rate: often")), "");
  EXPECT_NE(schema_says(changed("spc: \"709J\"", "spc: \"709j\"")), "");
  EXPECT_NE(schema_says(changed("\"+1201555\"", "\"201555\"")), "");
  EXPECT_NE(schema_says(changed("keys: envelope", "keys: drawer", kKeyCompromise)), "");
  EXPECT_NE(schema_says(changed("rekey: true", "rekey: yes", kKeyCompromise)), "");
  EXPECT_NE(schema_says(changed("99.9%", "99.9", kKeyCompromise)), "");
  EXPECT_NE(schema_says(changed("do: rotate", "do: rotat", kKeyCompromise)), "");
  EXPECT_NE(schema_says(changed("cdn: coast-to-coast", "cdn: coast", kKeyCompromise)), "");
}

TEST(Schema, RefusesWhatIsMissing) {
  EXPECT_NE(schema_says(changed("question: Is it good?\n", "")), "");
  EXPECT_NE(schema_says(changed("spc: \"709J\", ", "")), "");
  EXPECT_NE(schema_says(changed("[{name: ca-one}, {name: ca-two}]", "[]")), "");
  EXPECT_NE(schema_says(changed(", by: mallory", "", kKeyCompromise)), "");
  EXPECT_NE(schema_says(changed("at: 2h, ", "", kKeyCompromise)), "");
}

TEST(Schema, ListsThePresetsWithDescriptions) {
  const nlohmann::json document = nlohmann::json::parse(schema_json());
  const auto& cdn = document["definitions"]["repository"]["properties"]["cdn"]["oneOf"];
  ASSERT_EQ(cdn.size(), 4U);
  EXPECT_EQ(cdn[0]["const"], "coast-to-coast");
  EXPECT_NE(cdn[0]["description"].get<std::string>().find("us-central"), std::string::npos);
  EXPECT_EQ(document["definitions"]["network"]["properties"]["preset"]["oneOf"][0]["const"], "us");
}

TEST(Schema, DescribesEveryKey) {
  std::vector<std::string> titles;
  for (const MappingInfo* info : all_mappings()) {
    titles.push_back(info->title());
    EXPECT_FALSE(info->description().empty()) << info->title();
    for (const Key& key : info->keys()) {
      EXPECT_FALSE(key.description.empty()) << info->title() << "." << key.name;
    }
  }
  std::sort(titles.begin(), titles.end());
  const auto twice = std::adjacent_find(titles.begin(), titles.end());
  EXPECT_EQ(twice, titles.end()) << *twice << " would be two definitions of one name";
}

}  // namespace
}  // namespace shakedown::scenarios

// The page docs/scenario-language.md, written from the definitions.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenarios/language/definitions.h"
#include "scenarios/language/json_schema.h"
#include "scenarios/model/presets.h"

namespace shakedown::scenarios {
namespace {

constexpr std::string_view kIntroduction = R"(# The scenario language

<!-- Written by shakedown from its own definitions; tests/scenarios/language_reference_test.cc says
     how to write it again. Do not edit by hand. -->

A scenario is one YAML file that reads like a page from a test plan: a question, who is there, what
happens, and what must be true at the end.

```
shakedown init my-test.yaml      a commented scenario to start from
shakedown check my-test.yaml     every error as FILE:LINE:COLUMN: message
shakedown schema                 a JSON Schema, for completion in editors
shakedown run my-test.yaml --set seed=9 --set ecosystem.providers.acme-tel.certificate.lifetime=10m
```

`--set PATH=VALUE` overrides a value for one run. PATH names keys with dots between; members of a
list are named by their `name` or `id`, else by their index from 0 (`traffic.0.rate=2/s`). VALUE is
taken as text as it stands; if it begins with `[`, `{` or a quote, it is read as YAML.

## How values are written

| what | how |
| --- | --- |
| text | With or without quotes; it is never turned into something else: `spc: 709E10`, `spc: 0123` and `name: no` are text. |
| name | Small letters, digits and `-`, at most 63; it begins with a letter or a digit. |
| duration | Numbers with the units `d h m s ms us ns`, the largest first: `90d`, `2h 5m`, `1.5s`, `40ms`. |
| distribution | A duration, or one of `{constant: D}`, `{uniform: [D, D]}`, `{normal: {mean: D, deviation: D}}`, `{lognormal: {median: D, p95: D}}`, `{quantiles: {p0: D, p50: D, p100: D}}`. |
| percentage | With up to four decimals: `99.9%`. It is kept exactly, in millionths. |
| rate | Calls in a time: `2/s`, `1/3s`, `100/min`, `600/h`. |
| size, bandwidth | `512B`, `16KiB`; `10MB/s`, `100Mbit/s`. k, M and G are powers of 1,000, Ki, Mi and Gi of 1,024. |
| number | `"+12015550100"` one number, `"+1201555"` a prefix with all its completions to 11 digits, `"+12015550100-12015550199"` a range. Only fictional numbers, +1 NPA 555 XXXX, unless `--allow-numbers` is given. |
| true or false | `true` and `false`, without quotes; not `yes`, `no`, `on`, `off`. |
| whole number | Decimal digits, without quotes and without leading zeros. |

Anchors and aliases may be used. Refused are: keys that are not known, keys given twice, tags, merge
keys (`<<`), further documents, control characters, files of more than 4 MiB, nesting deeper than 64
levels, and more than 200,000 values, aliases counted each time.

)";

std::string escaped(std::string text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string anchor_of(const std::string& title) {
  std::string anchor = title;
  std::replace(anchor.begin(), anchor.end(), ' ', '-');
  return anchor;
}

std::string link_to(const MappingInfo& info) {
  return fmt::format("[{}](#{})", info.title(), anchor_of(info.title()));
}

// The type of a value in a table's cell.
std::string type_of(const Shape& shape) {
  switch (shape.form) {
    case Shape::Form::kScalar: {
      if (shape.allowed.empty()) {
        std::string words = shape.words.substr(0, shape.words.find_first_of(",("));
        return words.ends_with(' ') ? words.substr(0, words.size() - 1) : words;
      }
      std::string words;
      for (const auto& [word, description] : shape.allowed) {
        if (!words.empty()) words += ", ";
        words += "`" + word + "`";
      }
      return shape.allowed.size() > 8 ? shape.words : words;
    }
    case Shape::Form::kList:
      return "list of: " + type_of(*shape.member);
    case Shape::Form::kKeyed:
      return "mapping of: " + type_of(*shape.member);
    case Shape::Form::kMapping:
    case Shape::Form::kVariant:
      return link_to(*shape.mapping);
    case Shape::Form::kEither: {
      std::string types;
      for (const ShapePtr& one : shape.either) {
        if (!types.empty()) types += " or ";
        types += type_of(*one);
      }
      return types;
    }
  }
  return "";
}

// "`memory` The private key is in the process. ..." for the words of a choice.
std::string words_of(const Shape& shape) {
  std::string words;
  for (const auto& [word, description] : shape.allowed) {
    words += fmt::format("<br>`{}`: {}{}", word, description,
                         description.ends_with('.') || description.ends_with('?') ? "" : ".");
  }
  for (const ShapePtr& one : shape.either) words += words_of(*one);
  return words;
}

std::string row_of(const Key& key) {
  std::string fallback = key.is_required             ? "required"
                         : !key.default_text.empty() ? "`" + key.default_text + "`"
                                                     : key.otherwise_text;
  std::string meaning = key.description;
  if (!key.example_text.empty()) meaning += " Example: `" + key.example_text + "`.";
  meaning += words_of(*key.shape);
  return escaped(fmt::format("\x01 `{}` \x01 {} \x01 {} \x01 {} \x01", key.name,
                             type_of(*key.shape), fallback, meaning));
}

std::string table_of(const MappingInfo& info) {
  std::string table = "| key | value | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const Key& key : info.keys()) {
    std::string row = row_of(key);
    std::replace(row.begin(), row.end(), '\x01', '|');
    table += row + "\n";
  }
  return table + "\n";
}

class Page {
 public:
  std::string text = std::string(kIntroduction);

  void add(const MappingInfo& info, int level) {
    if (!done_.insert(&info).second) return;
    text += fmt::format("{} {}\n\n{}\n\n{}", std::string(static_cast<std::size_t>(level), '#'),
                        info.title(), info.description(), table_of(info));
    for (const Key& key : info.keys()) add_shape(*key.shape, std::min(level + 1, 4));
  }

 private:
  void add_shape(const Shape& shape, int level) {
    if (shape.mapping != nullptr && shape.form == Shape::Form::kMapping) add(*shape.mapping, level);
    if (shape.form == Shape::Form::kVariant) add_variant(shape, level);
    if (shape.member != nullptr) add_shape(*shape.member, level);
    for (const ShapePtr& one : shape.either) add_shape(*one, level);
  }

  void add_variant(const Shape& shape, int level) {
    add(*shape.mapping, level);
    for (const Shape::Alternative& one : shape.alternatives) add(*one.mapping, level + 1);
  }

  std::set<const MappingInfo*> done_;  // Looked up only: the order is that of the definitions.
};

}  // namespace

std::string reference_markdown() {
  Page page;
  page.add(scenario_mapping(), 2);
  page.text += "## Built-in networks and CDNs\n\n| name | what |\n| --- | --- |\n";
  for (const NetworkPreset& preset : network_presets()) {
    page.text += fmt::format("| network `{}` | {} |\n", preset.name, preset.description);
  }
  for (const CdnPreset& preset : cdn_presets()) {
    page.text += fmt::format("| CDN `{}` | {} |\n", preset.name, preset.description);
  }
  page.text +=
      "\nRound trips of network `us`:\n\n| from | to | round trip |\n| --- | --- | --- |\n";
  for (const RoundTrip& pair : network_presets().front().rtt) {
    page.text += fmt::format("| {} | {} | {} |\n", pair.a, pair.b, sim::format_duration(pair.rtt));
  }
  return page.text;
}

}  // namespace shakedown::scenarios

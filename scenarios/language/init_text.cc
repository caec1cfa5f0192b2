// The scenario that `init` writes: a plain one, to which the definitions add the comments.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "scenarios/language/definitions.h"
#include "scenarios/language/json_schema.h"
#include "scenarios/language/yaml_guard.h"

namespace shakedown::scenarios {
namespace {

constexpr std::string_view kHead = R"(# yaml-language-server: $schema=scenario.schema.json
# For completion in your editor: shakedown schema > scenario.schema.json
# To check this file: shakedown check FILE     To run it: shakedown run FILE
# All keys: docs/scenario-language.md
)";

constexpr std::string_view kScenario = R"(scenario: my-first-test
question: Does a renewal in the middle of the day lose calls?
seed: 1
network:
  preset: us
  loss: 0.01%
ecosystem:
  policy_administrator:
    crl: {publish_every: 1h}
    ca_list: {valid_for: 24h}
  cas:
    - name: ca-one
  providers:
    - name: acme-tel
      spc: "709J"
      numbers: ["+1201555"]
      ca: ca-one
      region: us-east
      keys: memory
      certificate:
        lifetime: 24h
        renew_before: 6h
        rekey: true
      repository:
        cdn: coast-to-coast
        max_age: 1h
    - name: beta-voice
      spc: "818H"
      numbers: ["+1415555"]
      ca: ca-one
      region: us-west
      verify:
        policy: rfc8224
        cache: http
        revocation: {crl: {refresh: 1h}}
traffic:
  - id: office-hours
    from: acme-tel
    to: beta-voice
    rate: 10/min
    for: 1h
    attest: A
timeline:
  - at: 20m
    do: rotate
    provider: acme-tel
  - at: 40m
    do: outage
    of: acme-tel/origin
    for: 5m
expect:
  - id: good-calls
    calls_from: acme-tel
    passed: {at_least: 99.9%}
  - metric: post_dial_delay
    p99: 1s
)";

using Comments = std::map<int, std::string>;  // By line.

void comment(const MappingInfo& info, const Node& node, Comments& comments);

void comment_value(const Shape& shape, const Node& node, Comments& comments) {
  if (shape.form == Shape::Form::kVariant) {
    for (const Shape::Alternative& one : shape.alternatives) {
      const Node::Member* by =
          node.find(shape.discriminator.empty() ? one.when : shape.discriminator);
      const bool chosen = shape.discriminator.empty() ? one.when.empty() || by != nullptr
                                                      : by->value->text == one.when;
      if (!chosen) continue;
      comment(*one.mapping, node, comments);
      break;
    }
    comment(*shape.mapping, node, comments);
  } else if (shape.form == Shape::Form::kMapping) {
    comment(*shape.mapping, node, comments);
  }
  for (const NodePtr& item : node.items) {
    if (shape.member != nullptr) comment_value(*shape.member, *item, comments);
  }
  for (const ShapePtr& one : shape.either) comment_value(*one, node, comments);
}

// A key is explained where it is met first, beside its line; of several in a line, the first.
void comment(const MappingInfo& info, const Node& node, Comments& comments) {
  for (const Node::Member& member : node.members) {
    const Key* key = info.find(member.key);
    if (key == nullptr) continue;
    const int line = member.key_place.mark.line;
    const bool explained = std::any_of(comments.begin(), comments.end(), [&](const auto& one) {
      return one.second == key->description;
    });
    if (!explained) comments.try_emplace(line, key->description);
    comment_value(*key->shape, *member.value, comments);
  }
}

}  // namespace

std::string init_text() {
  Problems problems("init");
  const NodePtr root = read_yaml(kScenario, problems);
  SHAKEDOWN_ASSERT(root != nullptr);
  Comments comments;
  comment(scenario_mapping(), *root, comments);
  std::string text(kHead);
  int line = 0;
  for (std::size_t begin = 0; begin < kScenario.size();) {
    const std::size_t end = kScenario.find('\n', begin);
    const std::string_view row = kScenario.substr(begin, end - begin);
    begin = end + 1;
    const auto found = comments.find(++line);
    if (found == comments.end()) {
      text += fmt::format("{}\n", row);
    } else if (row.size() + found->second.size() + 4 <= 100) {
      text += fmt::format("{}  # {}\n", row, found->second);
    } else {
      text += fmt::format("{}# {}\n{}\n", std::string(row.find_first_not_of(" -"), ' '),
                          found->second, row);
    }
  }
  return text;
}

}  // namespace shakedown::scenarios

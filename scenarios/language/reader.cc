#include "scenarios/language/reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "scenarios/language/definition.h"
#include "scenarios/language/parse.h"
#include "scenarios/language/yaml_guard.h"

namespace shakedown::scenarios {

std::string_view words_for(Role role) {
  switch (role) {
    case Role::kProvider:
      return "provider";
    case Role::kCa:
      return "CA";
    case Role::kRegion:
      return "region";
    case Role::kTransit:
      return "transit provider";
    case Role::kCaller:
      return "provider or enterprise";
    case Role::kSigner:
      return "provider, enterprise or re-signing transit provider";
    case Role::kAnyCaller:
      return "provider, enterprise or adversary";
    case Role::kActor:
      return "actor";
    case Role::kPart:
      return "actor or part of one";
  }
  return "";
}

std::string_view article_for(Role role) {
  return role == Role::kActor || role == Role::kPart ? "an" : "a";
}

Reader::Inside::Inside(Reader& reader, const Node::Member& member)
    : reader_(reader) {
  reader_.steps_.push_back({&member.key, nullptr, 0});
}

Reader::Inside::Inside(Reader& reader, const Node& item, std::size_t index)
    : reader_(reader) {
  reader_.steps_.push_back({nullptr, &item, index});
}

Reader::Inside::~Inside() { reader_.steps_.pop_back(); }

std::string member_name(const Node& item, std::size_t index) {
  for (const std::string_view key : {"name", "id"}) {
    const Node::Member* member = item.find(key);
    if (member != nullptr && member->value->kind == Node::Kind::kScalar &&
        !member->value->text.empty() && member->value->text.size() <= 63) {
      return member->value->text;
    }
  }
  return std::to_string(index);
}

std::string Reader::path() const {
  std::string path;
  for (const Step& step : steps_) {
    if (!path.empty()) path += '.';
    path += step.key != nullptr ? step.key->substr(0, 63) : member_name(*step.item, step.index);
  }
  return path;
}

void Reader::problem(const Spot& spot, std::string_view message) {
  problems_.add(spot.place, spot.path.empty() ? std::string(message)
                                              : fmt::format("{}: {}", spot.path, message));
}

void Reader::problem(const Node& node, std::string_view message) {
  if (problems_.full()) return problems_.count_one_more();
  problem(spot(node), message);
}

void Reader::wrong_kind(const Node& node, std::string_view expected) {
  if (problems_.full()) return problems_.count_one_more();
  if (node.kind == Node::Kind::kNothing) {
    problem(node, fmt::format("has no value: expected {}", expected));
  } else if (node.kind == Node::Kind::kScalar) {
    problem(node, fmt::format("{} is not {}", in_quotes(node.text), expected));
  } else {
    problem(node, fmt::format("expected {}, found {}", expected, kind_words(node)));
  }
}

void Reader::wrong_value(const Node& node, std::string_view expected, std::string_view why) {
  if (problems_.full()) return problems_.count_one_more();
  problem(node, fmt::format("{} is not {}{}{}", in_quotes(node.text), expected,
                            why.empty() ? "" : ": ", why));
}

bool Reader::is_scalar(const Node& node, std::string_view expected) {
  if (node.kind == Node::Kind::kScalar) return true;
  wrong_kind(node, expected);
  return false;
}

bool Reader::is_mapping(const Node& node, const MappingInfo& info) {
  if (node.kind == Node::Kind::kMapping) return true;
  wrong_kind(node, "a mapping (" + info.title() + ")");
  return false;
}

bool Reader::is_list(const Node& node, std::size_t fewest, std::size_t most) {
  if (node.kind != Node::Kind::kList) {
    wrong_kind(node, "a list");
    return false;
  }
  if (node.items.size() < fewest && node.items.empty()) {
    problem(node, fmt::format("the list is empty: at least {} needed", fewest));
    return false;
  }
  if (node.items.size() < fewest || node.items.size() > most) {
    problem(node,
            fewest == most
                ? fmt::format("{} members: exactly {} needed", node.items.size(), fewest)
                : fmt::format("{} members: {} to {} allowed", node.items.size(), fewest, most));
    return false;
  }
  return true;
}

namespace {

// The mappings that may stand as a value, without those deeper inside.
std::vector<const MappingInfo*> mappings_of(const Shape& shape) {
  std::vector<const MappingInfo*> found;
  if (shape.form == Shape::Form::kMapping) found.push_back(shape.mapping);
  for (const ShapePtr& one : shape.either) {
    if (one->form == Shape::Form::kMapping) found.push_back(one->mapping);
  }
  return found;
}

}  // namespace

void Reader::unknown_key(const Node::Member& member,
                         const MappingInfo& known,
                         const MappingInfo* also) {
  if (problems_.full()) return problems_.count_one_more();
  std::vector<std::string> names;
  for (const MappingInfo* info : {also, &known}) {
    if (info == nullptr) continue;
    for (const Key& key : info->keys()) names.push_back(key.name);
  }
  const Spot spot{member.key_place, path()};
  for (const Key& key : known.keys()) {
    for (const MappingInfo* below : mappings_of(*key.shape)) {
      if (below->find(member.key) == nullptr) continue;
      return problem(spot, fmt::format("unknown key {} in {}; did you mean '{}: {{{}: ...}}'?",
                                       in_quotes(member.key), known.title(), key.name, member.key));
    }
  }
  const std::string near = nearest(member.key, names);
  problem(spot, near.empty()
                    ? fmt::format("unknown key {} in {}; known keys: {}", in_quotes(member.key),
                                  known.title(), fmt::join(names, ", "))
                    : fmt::format("unknown key {} in {}; did you mean '{}'?", in_quotes(member.key),
                                  known.title(), near));
}

void Reader::missing_key(const Node& node, const Key& key) {
  if (problems_.full()) return problems_.count_one_more();
  problem(node, fmt::format("missing key '{}' ({})", key.name, key.shape->words));
}

Node Reader::key_as_node(const Node::Member& member) const {
  Node node;
  node.kind = Node::Kind::kScalar;
  node.place = member.key_place;
  node.text = member.key;
  return node;
}

Spot Reader::spot(const Node& node) const { return {node.place, path()}; }

Spot Reader::spot_of(const Node& node, std::string_view key) const {
  const Node::Member* member = node.find(key);
  if (member == nullptr) return spot(node);
  const std::string above = path();
  return {member->value->place, above.empty() ? member->key : above + "." + member->key};
}

void Reader::declare(std::string_view space, const std::string& name, const Spot& spot) {
  if (name.empty()) return;
  const auto [first, is_new] = declared_.try_emplace({space, name}, spot.place);
  if (is_new) return;
  const Place& other = first->second;
  const std::string where = !other.set_path.empty() ? "by --set " + other.set_path
                            : other.mark.line == 0  ? "by every scenario"
                                                    : fmt::format("in line {}", other.mark.line);
  problem(spot, fmt::format("{} is not unique: this {} is given {} already", in_quotes(name), space,
                            where));
}

void Reader::refer(Role role, const Node& node, std::string name) {
  references_.push_back({role, std::move(name), spot(node)});
}

namespace {

// Edit distance with neighbours swapped counting once (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  constexpr std::size_t kLongest = 64;
  a = a.substr(0, kLongest);
  b = b.substr(0, kLongest);
  std::array<std::array<std::size_t, kLongest + 1>, kLongest + 1> cost{};
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t replace = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({replace, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest(std::string_view text, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = SIZE_MAX;
  for (const std::string& candidate : known) {
    const std::size_t edits = distance(text, candidate);
    // Half of the letters may differ: "pubish_every" and "renew", not "x".
    const std::size_t allowed =
        std::max<std::size_t>(1, std::min(text.size(), candidate.size()) / 2);
    if (edits < best_distance && edits <= allowed) {
      best = candidate;
      best_distance = edits;
    }
  }
  return best;
}

bool read_text(const std::string& yaml, const std::function<bool(Reader&, const Node&)>& read) {
  Problems problems("text");
  const ParseOptions options;
  Reader reader(problems, options);
  const NodePtr node = read_yaml(yaml, problems);
  return node != nullptr && read(reader, *node) && problems.empty();
}

}  // namespace shakedown::scenarios

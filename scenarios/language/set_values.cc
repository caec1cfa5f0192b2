#include "scenarios/language/set_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenarios/language/reader.h"
#include "scenarios/language/yaml_guard.h"

namespace shakedown::scenarios {
namespace {

constexpr std::size_t kMostSteps = 64;

Place place_of(const std::string& path) { return {{}, path}; }

// A copy of the tree in which every place is this override.
NodePtr placed(const Node& node, const std::string& path) {
  auto copy = std::make_shared<Node>(node);
  copy->place = place_of(path);
  for (NodePtr& item : copy->items) item = placed(*item, path);
  for (Node::Member& member : copy->members) {
    member.key_place = place_of(path);
    member.value = placed(*member.value, path);
  }
  return copy;
}

// Text as it stands; YAML if it begins like a list, a mapping or a quoted text.
NodePtr value_of(const std::string& text, const std::string& path, Problems& problems) {
  if (!text.empty() && std::string_view("[{\"'").find(text.front()) != std::string_view::npos) {
    Problems own("VALUE");
    const NodePtr node = read_yaml(text, own);
    for (const Problem& problem : own.report().problems) {
      problems.add(place_of(path), to_string(problem));
    }
    return node == nullptr ? nullptr : placed(*node, path);
  }
  auto node = std::make_shared<Node>();
  node->kind = text.empty() ? Node::Kind::kNothing : Node::Kind::kScalar;
  node->place = place_of(path);
  node->text = text;
  return node;
}

// One override on its way down.
struct Setting {
  std::string path;
  std::vector<std::string> steps;
  NodePtr value;
  Problems& problems;

  NodePtr applied(const NodePtr& node, std::size_t step) const;

 private:
  NodePtr in_list(const Node& list, std::size_t step) const;
};

std::size_t member_index(const Node& list, const std::string& step) {
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    // By its name first: a member may be called "0".
    const std::string name = member_name(*list.items[i], i);
    if (name == step) return i;
  }
  std::size_t index = list.items.size();
  const auto* end = step.data() + step.size();
  const auto [stop, error] = std::from_chars(step.data(), end, index);
  return error == std::errc{} && stop == end ? std::min(index, list.items.size())
                                             : list.items.size();
}

NodePtr Setting::in_list(const Node& list, std::size_t step) const {
  const std::size_t index = member_index(list, steps[step]);
  if (index == list.items.size()) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < list.items.size() && i < 1'000; ++i) {
      names.push_back(member_name(*list.items[i], i));
    }
    const std::string near = nearest(steps[step], names);
    problems.add(
        place_of(path),
        fmt::format("{} is not in the list of {}{}", in_quotes(steps[step]), list.items.size(),
                    near.empty() ? "" : fmt::format("; did you mean '{}'?", near)));
    return nullptr;
  }
  const NodePtr changed = applied(list.items[index], step + 1);
  if (changed == nullptr) return nullptr;
  auto copy = std::make_shared<Node>(list);
  copy->items[index] = changed;
  return copy;
}

NodePtr Setting::applied(const NodePtr& node, std::size_t step) const {
  if (step == steps.size()) return value;
  if (node->kind == Node::Kind::kList) return in_list(*node, step);
  auto copy = std::make_shared<Node>(*node);
  if (node->kind == Node::Kind::kScalar) {
    // "verify.cache.mode=none" over "cache: http": the mapping takes the scalar's place.
    copy = std::make_shared<Node>();
    copy->place = place_of(path);
  }
  copy->kind = Node::Kind::kMapping;
  const auto found = std::find_if(copy->members.begin(), copy->members.end(),
                                  [&](const Node::Member& m) { return m.key == steps[step]; });
  if (found != copy->members.end()) {
    const NodePtr changed = applied(found->value, step + 1);
    if (changed == nullptr) return nullptr;
    found->value = changed;
    return copy;
  }
  auto fresh = std::make_shared<Node>();
  fresh->place = place_of(path);
  const NodePtr made = applied(fresh, step + 1);
  if (made == nullptr) return nullptr;
  copy->members.push_back({steps[step], place_of(path), made});
  return copy;
}

}  // namespace

NodePtr apply_sets(NodePtr root, const std::vector<std::string>& sets, Problems& problems) {
  for (const std::string& set : sets) {
    const std::size_t equals = set.find('=');
    const std::string path = set.substr(0, equals);
    if (equals == std::string::npos || path.empty()) {
      problems.add(place_of(in_quotes(set)), "expected PATH=VALUE, such as seed=9");
      continue;
    }
    Setting setting{path, {}, value_of(set.substr(equals + 1), path, problems), problems};
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('.', begin), path.size());
      setting.steps.push_back(path.substr(begin, end - begin));
      begin = end + 1;
    }
    const bool has_empty_step = std::any_of(setting.steps.begin(), setting.steps.end(),
                                            [](const std::string& step) { return step.empty(); });
    if (has_empty_step || setting.steps.size() > kMostSteps) {
      problems.add(place_of(in_quotes(path)),
                   "expected names with dots between, such as network.loss");
      continue;
    }
    if (setting.value == nullptr) continue;
    if (NodePtr changed = setting.applied(root, 0)) root = std::move(changed);
  }
  return root;
}

}  // namespace shakedown::scenarios

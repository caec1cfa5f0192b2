#include "scenarios/language/yaml_guard.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

namespace shakedown::scenarios {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// Lines of the text, to turn an offset in octets into a line and a column in characters.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text)
      : text_(text) {
    starts_.push_back(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  // Line and column as yaml-cpp counts them: from 0, columns in octets, without byte order mark.
  std::size_t offset(int line, int column) const {
    if (line < 0 || static_cast<std::size_t>(line) >= starts_.size()) return text_.size();
    return std::min(starts_[static_cast<std::size_t>(line)] + static_cast<std::size_t>(column),
                    text_.size());
  }

  Place place(int line, int column) const {
    if (line < 0 || column < 0) return {{1, 1}, {}};
    if (static_cast<std::size_t>(line) >= starts_.size()) return {{line + 1, 1}, {}};
    const std::size_t start = starts_[static_cast<std::size_t>(line)];
    const std::string_view before = text_.substr(start, offset(line, column) - start);
    const auto octets = std::count_if(before.begin(), before.end(), continues_character);
    return {{line + 1, static_cast<int>(before.size()) - static_cast<int>(octets) + 1}, {}};
  }

  Place place_of_offset(std::size_t offset) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    if (next == starts_.begin()) return {{1, 1}, {}};
    const auto line = static_cast<int>(next - starts_.begin()) - 1;
    return place(line, static_cast<int>(offset - starts_[static_cast<std::size_t>(line)]));
  }

  // A line, from 0, that is indented with a tab.
  bool tab_indents(int line) const {
    if (line < 0 || static_cast<std::size_t>(line) >= starts_.size()) return false;
    const std::string_view rest = text_.substr(starts_[static_cast<std::size_t>(line)]);
    const std::size_t first = rest.find_first_not_of(" \t");
    const std::size_t tab = rest.find('\t');
    return tab != std::string_view::npos && first != std::string_view::npos && tab < first;
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

// The octets of the character at the start of `text`, 0 if it is not UTF-8 (RFC 3629 §4).
std::size_t utf8_size(std::string_view text) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = octet(0);
  if (first < 0x80) return 1;
  const std::size_t size = first < 0xC2   ? 0
                           : first < 0xE0 ? 2
                           : first < 0xF0 ? 3
                           : first < 0xF5 ? 4
                                          : 0;
  if (size == 0 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if (!continues_character(text[i])) return 0;
  }
  const unsigned second = octet(1);
  if (first == 0xE0 && second < 0xA0) return 0;  // Overlong.
  if (first == 0xED && second > 0x9F) return 0;  // Surrogates.
  if (first == 0xF0 && second < 0x90) return 0;  // Overlong.
  if (first == 0xF4 && second > 0x8F) return 0;  // Beyond U+10FFFF.
  return size;
}

bool is_control(std::string_view character) {
  const auto octet = static_cast<unsigned char>(character[0]);
  if (character.size() == 2) {  // C1 controls, U+0080 to U+009F.
    return octet == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
  }
  return character.size() == 1 &&
         (octet == 0x7F || (octet < 0x20 && octet != '\n' && octet != '\r' && octet != '\t'));
}

bool characters_are_clean(std::string_view text, const LineIndex& lines, Problems& problems) {
  bool clean = true;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = utf8_size(text.substr(i));
    const auto octet = static_cast<unsigned char>(text[i]);
    if (size == 0) {
      problems.add(lines.place_of_offset(i), fmt::format("octet 0x{:02x} is not UTF-8", octet));
      return false;  // What follows an octet of another encoding says nothing.
    }
    if (is_control(text.substr(i, size))) {
      const unsigned code = size == 1 ? octet : static_cast<unsigned char>(text[i + 1]);
      if (!problems.full()) {
        problems.add(lines.place_of_offset(i),
                     fmt::format("control character U+{:04X} is not allowed", code));
      }
      clean = false;
    }
    i += size;
  }
  return clean;
}

// A limit was passed and the problem added: nothing more is read. Caught in read_yaml().
struct ReadingStopped {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text,
              const LineIndex& lines,
              Problems& problems,
              const YamlLimits& limits)
      : text_(text),
        lines_(lines),
        problems_(problems),
        limits_(limits) {}

  NodePtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    stop(place(mark), "a second YAML document: a scenario is one document");
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    // yaml-cpp turns the words null, Null and NULL into nothing; here text keeps its text.
    for (const std::string_view word : {"null", "Null", "NULL"}) {
      if (text_.substr(lines_.offset(mark.line, mark.column)).starts_with(word)) {
        return OnScalar(mark, "?", anchor, std::string(word));
      }
    }
    auto node = std::make_shared<Node>();
    node->place = place(mark);
    finish(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(place(mark), "this alias contains itself");
    count(found->second->expanded, found->second->height, place(mark));
    add(found->second, place(mark));
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    const Place at = place(mark);
    if (!tag.empty() && tag != "?" && tag != "!") refuse_tag(at, tag);
    for (std::size_t i = 0; i < value.size();) {  // "\0" and "\a" between quotes.
      const std::size_t size =
          std::max<std::size_t>(utf8_size(std::string_view(value).substr(i)), 1);
      if (is_control(std::string_view(value).substr(i, size))) {
        problems_.add(at, fmt::format("{} contains a control character", in_quotes(value)));
        break;
      }
      i += size;
    }
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::kScalar;
    node->place = at;
    node->quoted = tag == "!";
    node->text = value;
    finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    begin(Node::Kind::kList, mark, tag, anchor);
  }

  void OnSequenceEnd() override { end(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    begin(Node::Kind::kMapping, mark, tag, anchor);
  }

  void OnMapEnd() override { end(); }

 private:
  // A list or mapping whose end has not been met.
  struct Open {
    std::shared_ptr<Node> node;
    YAML::anchor_t anchor;
    std::map<std::string, int, std::less<>> keys;  // With their lines.
    bool has_key = false;
    std::string key;
    Place key_place;
    bool key_is_refused = false;
  };

  Place place(const YAML::Mark& mark) const { return lines_.place(mark.line, mark.column); }

  [[noreturn]] void stop(const Place& at, std::string message) {
    problems_.add(at, std::move(message));
    throw ReadingStopped{};
  }

  void refuse_tag(const Place& at, const std::string& tag) {
    problems_.add(at, fmt::format("tag {}: tags are not supported", in_quotes(tag)));
  }

  void count(std::uint32_t nodes, std::uint32_t height, const Place& at) {
    if (open_.size() + height > limits_.depth) {
      stop(at, fmt::format("nested deeper than {} levels", limits_.depth));
    }
    if (nodes > limits_.expanded_nodes - nodes_) {
      stop(at,
           fmt::format("more than {} values (aliases counted each time)", limits_.expanded_nodes));
    }
    nodes_ += nodes;
  }

  void begin(Node::Kind kind,
             const YAML::Mark& mark,
             const std::string& tag,
             YAML::anchor_t anchor) {
    count(1, 1, place(mark));
    if (!tag.empty() && tag != "?") refuse_tag(place(mark), tag);
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->place = place(mark);
    open_.push_back({std::move(node), anchor, {}, false, {}, {}, false});
  }

  void end() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    Node& node = *closed.node;
    const auto include = [&](const NodePtr& child) {
      node.expanded += child->expanded;
      node.height = std::max(node.height, child->height + 1);
    };
    for (const NodePtr& item : node.items) include(item);
    for (const Node::Member& member : node.members) include(member.value);
    if (closed.anchor != 0) anchors_[closed.anchor] = closed.node;
    const Place at = node.place;
    add(std::move(closed.node), at);
  }

  void finish(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
    count(1, 1, node->place);
    if (anchor != 0) anchors_[anchor] = node;
    const Place at = node->place;
    add(std::move(node), at);
  }

  void add(NodePtr node, const Place& at) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node->kind == Node::Kind::kList) {
      parent.node->items.push_back(std::move(node));
    } else if (!parent.has_key) {
      take_key(parent, *node, at);
    } else {
      parent.has_key = false;
      if (node->kind == Node::Kind::kNothing) {
        // yaml-cpp places "key:" without a value at whatever follows.
        auto moved = std::make_shared<Node>(*node);
        moved->place = parent.key_place;
        node = std::move(moved);
      }
      if (!parent.key_is_refused) {
        parent.node->members.push_back({std::move(parent.key), parent.key_place, std::move(node)});
      }
    }
  }

  void take_key(Open& mapping, const Node& node, const Place& at) {
    mapping.has_key = true;
    mapping.key = node.text;
    mapping.key_place = at;
    mapping.key_is_refused = true;
    if (node.kind == Node::Kind::kList || node.kind == Node::Kind::kMapping) {
      problems_.add(at, fmt::format("{} cannot be a key", kind_words(node)));
    } else if (node.kind == Node::Kind::kNothing) {
      problems_.add(at, "a key is missing before ':'");
    } else if (node.text == "<<" && !node.quoted) {
      problems_.add(at, "merge key '<<': merging is not supported, repeat the keys");
    } else if (const auto [first, is_new] = mapping.keys.emplace(node.text, at.mark.line);
               !is_new) {
      problems_.add(at, fmt::format("duplicate key {}, first in line {}", in_quotes(node.text),
                                    first->second));
    } else {
      mapping.key_is_refused = false;
    }
  }

  std::string_view text_;
  const LineIndex& lines_;
  Problems& problems_;
  const YamlLimits& limits_;
  NodePtr root_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, NodePtr> anchors_;
  std::uint32_t nodes_ = 0;
  int documents_ = 0;
};

}  // namespace

NodePtr read_yaml(std::string_view text, Problems& problems, const YamlLimits& limits) {
  if (text.size() > limits.octets) {
    problems.add({{1, 1}, {}}, fmt::format("the file has {} octets, more than the {} allowed",
                                           text.size(), limits.octets));
    return nullptr;
  }
  const LineIndex lines(text);
  if (!characters_are_clean(text, lines, problems)) return nullptr;
  TreeBuilder builder(text, lines, problems, limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder) || builder.root() == nullptr) {
      problems.add({{1, 1}, {}}, "the file is empty");
      return nullptr;
    }
    parser.HandleNextDocument(builder);  // There must be none.
    return builder.root();
  } catch (const ReadingStopped&) {
    return nullptr;
  } catch (const YAML::Exception& error) {
    const bool tab = lines.tab_indents(error.mark.line) || lines.tab_indents(error.mark.line - 1);
    problems.add(lines.place(error.mark.line, error.mark.column),
                 tab ? "YAML does not allow tabs as indentation: use spaces"
                     : fmt::format("not YAML: {}", error.msg));
    return nullptr;
  }
}

}  // namespace shakedown::scenarios

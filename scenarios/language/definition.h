// How the scenario language is defined: a table for each mapping, one row a key, with the key's
// name, type, default, description and example, and the member of the model that it fills. These
// tables alone drive parsing, the check for unknown keys, the JSON Schema, the reference page and
// the `init` scenario; a key cannot be in one and not in the others.
//
//   Mapping<CrlPolicy> table("crl", "How a verifier follows the STI-PA's CRL.");
//   table.key("refresh", positive_duration(), &CrlPolicy::refresh)
//       .by_default("12h")
//       .says("How often the verifier fetches the CRL.");
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/language/node.h"
#include "scenarios/language/reader.h"

namespace shakedown::scenarios {

class MappingInfo;
struct Shape;
using ShapePtr = std::shared_ptr<const Shape>;

// The type of a value, for people and for editors.
struct Shape {
  enum class Form : std::uint8_t { kScalar, kList, kKeyed, kMapping, kEither, kVariant };

  // A mapping whose other keys depend on one of them: which rows are there, and when.
  struct Alternative {
    std::string when;  // The value of the discriminator ("steal_key"), or the key that is there.
    const MappingInfo* mapping = nullptr;
  };

  Form form = Form::kScalar;
  std::string words;   // "a duration, such as 90d, 24h or 2h 5m"
  std::string schema;  // kScalar: JSON, its fragment of the JSON Schema.
  std::vector<std::pair<std::string, std::string>> allowed;  // Words with their descriptions.
  ShapePtr member;                                           // kList, kKeyed.
  std::size_t fewest = 0;                                    // kList: members.
  std::size_t most = SIZE_MAX;                               // kList
  const MappingInfo* mapping = nullptr;   // kMapping; kVariant: the keys that all have.
  std::vector<ShapePtr> either;           // kEither
  std::string discriminator;              // kVariant: "do"; "" if a key's presence decides.
  std::vector<Alternative> alternatives;  // kVariant; with presence, the last is for none of them.
};

struct Key {
  std::string name;
  ShapePtr shape;
  bool is_required = false;
  std::string default_text;    // YAML; a test holds it against the model's own default.
  std::string otherwise_text;  // The default in words, where it depends on something.
  std::string description;
  std::string example_text;  // YAML

  Key& required() { return is_required = true, *this; }

  Key& by_default(std::string yaml) { return default_text = std::move(yaml), *this; }

  Key& otherwise(std::string words) { return otherwise_text = std::move(words), *this; }

  Key& says(std::string sentences) { return description = std::move(sentences), *this; }

  Key& example(std::string yaml) { return example_text = std::move(yaml), *this; }
};

// A table without its types: what schema, reference and suggestions need.
class MappingInfo {
 public:
  MappingInfo(std::string title, std::string description)
      : title_(std::move(title)),
        description_(std::move(description)) {}

  virtual ~MappingInfo() = default;

  const std::string& title() const { return title_; }

  const std::string& description() const { return description_; }

  const std::deque<Key>& keys() const { return keys_; }

  const Key* find(std::string_view name) const;

  // Keys whose written default is not what the model does without them, or whose example is not
  // good. For tests.
  virtual std::vector<std::string> wrong_texts() const = 0;

 protected:
  std::string title_;
  std::string description_;
  std::deque<Key> keys_;  // References to rows stay good while the table is written.
};

// How a value of type V is read. `read` returns false after it has reported why.
template <class V>
struct Value {
  ShapePtr shape;
  std::function<bool(Reader&, const Node&, V&)> read;
};

template <class T>
class Mapping final : public MappingInfo {
 public:
  using MappingInfo::MappingInfo;

  // `member`: a pointer to a member of T or a function T& -> V&, where V may be an optional.
  template <class V, class Member>
  Key& key(std::string name, Value<V> value, Member member);

  // Runs after all keys have been read, with the node, to resolve what depends on several keys.
  void finish(std::function<void(Reader&, const Node&, T&)> step) { finish_ = std::move(step); }

  // Reads the node. Keys of `also` are somebody else's: neither read nor unknown.
  bool read(Reader& reader, const Node& node, T& into, const MappingInfo* also = nullptr) const;

  // Reads the keys of this table and leaves all others alone.
  bool read_known(Reader& reader, const Node& node, T& into) const;

  std::vector<std::string> wrong_texts() const override;

 private:
  std::vector<std::function<bool(Reader&, const Node&, T&)>> readers_;  // Beside keys_.
  std::function<void(Reader&, const Node&, T&)> finish_;
};

namespace detail {

template <class V>
struct IsOptional : std::false_type {};

template <class V>
struct IsOptional<std::optional<V>> : std::true_type {};

}  // namespace detail

template <class T>
template <class V, class Member>
Key& Mapping<T>::key(std::string name, Value<V> value, Member member) {
  readers_.push_back([value, member](Reader& reader, const Node& node, T& into) {
    auto& target = std::invoke(member, into);
    using Target = std::remove_reference_t<decltype(target)>;
    if constexpr (detail::IsOptional<Target>::value && !detail::IsOptional<V>::value) {
      V given{};
      if (!value.read(reader, node, given)) return false;
      target = std::move(given);
      return true;
    } else {
      return value.read(reader, node, target);
    }
  });
  Key& row = keys_.emplace_back();
  row.name = std::move(name);
  row.shape = value.shape;
  return row;
}

template <class T>
bool Mapping<T>::read(Reader& reader, const Node& node, T& into, const MappingInfo* also) const {
  bool good = reader.is_mapping(node, *this);
  for (const Node::Member& member : node.members) {
    if (find(member.key) != nullptr || (also != nullptr && also->find(member.key) != nullptr)) {
      continue;
    }
    reader.unknown_key(member, *this, also);
    good = false;
  }
  return read_known(reader, node, into) && good;
}

template <class T>
bool Mapping<T>::read_known(Reader& reader, const Node& node, T& into) const {
  if (node.kind != Node::Kind::kMapping) return false;
  bool good = true;
  for (const Node::Member& member : node.members) {
    std::size_t row = 0;
    while (row < keys_.size() && keys_[row].name != member.key) ++row;
    if (row == keys_.size()) continue;
    const Reader::Inside inside(reader, member);
    good = readers_[row](reader, *member.value, into) && good;
  }
  for (const Key& key : keys_) {
    if (!key.is_required || node.has(key.name)) continue;
    reader.missing_key(node, key);
    good = false;
  }
  if (finish_) finish_(reader, node, into);
  return good;
}

template <class T>
std::vector<std::string> Mapping<T>::wrong_texts() const {
  std::vector<std::string> wrong;
  for (std::size_t row = 0; row < keys_.size(); ++row) {
    const auto is_good = [&](const std::string& yaml, T& into) {
      return read_text(yaml, [&](Reader& reader, const Node& node) {
        return readers_[row](reader, node, into);
      });
    };
    const Key& key = keys_[row];
    T given{};
    const bool good_default =
        key.default_text.empty() || (is_good(key.default_text, given) && given == T{});
    T other{};
    const bool good_example = key.example_text.empty() || is_good(key.example_text, other);
    if (!good_default) wrong.push_back(title_ + "." + key.name + " default " + key.default_text);
    if (!good_example) wrong.push_back(title_ + "." + key.name + " example " + key.example_text);
  }
  return wrong;
}

// ---- composing types ---------------------------------------------------------------------------

template <class T>
Value<T> mapping_value(const Mapping<T>& mapping) {
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kMapping;
  shape->words = "a mapping (" + mapping.title() + ")";
  shape->mapping = &mapping;
  return {shape, [&mapping](Reader& reader, const Node& node, T& into) {
            return mapping.read(reader, node, into);
          }};
}

template <class V>
Value<std::vector<V>> list_of(Value<V> member,
                              std::size_t fewest = 1,
                              std::size_t most = SIZE_MAX) {
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kList;
  shape->words = "a list";
  shape->member = member.shape;
  shape->fewest = fewest;
  shape->most = most;
  return {shape, [member, fewest, most](Reader& reader, const Node& node, std::vector<V>& into) {
            if (!reader.is_list(node, fewest, most)) return false;
            into.clear();
            bool good = true;
            for (std::size_t i = 0; i < node.items.size(); ++i) {
              const Reader::Inside inside(reader, *node.items[i], i);
              V value{};
              good = member.read(reader, *node.items[i], value) && good;
              into.push_back(std::move(value));  // Bad ones too: others may refer to their names.
            }
            return good;
          }};
}

// A mapping with keys of the user's: `read_key` judges them.
template <class V>
Value<std::vector<std::pair<std::string, V>>> keyed(
    std::string words,
    std::function<bool(Reader&, const Node&, const std::string&)> check_key,
    Value<V> member) {
  using Pairs = std::vector<std::pair<std::string, V>>;
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kKeyed;
  shape->words = words;
  shape->member = member.shape;
  return {shape, [words, check_key, member](Reader& reader, const Node& node, Pairs& into) {
            if (node.kind != Node::Kind::kMapping) {
              reader.wrong_kind(node, words);
              return false;
            }
            bool good = true;
            for (const Node::Member& pair : node.members) {
              const Reader::Inside inside(reader, pair);
              V value{};
              good = check_key(reader, reader.key_as_node(pair), pair.key) && good;
              good = member.read(reader, *pair.value, value) && good;
              into.emplace_back(pair.key, std::move(value));
            }
            return good;
          }};
}

// One of two types, told apart by what stands there: a scalar is the first's, else the second's.
template <class V>
Value<V> either(Value<V> scalar, Value<V> structured) {
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kEither;
  shape->words = scalar.shape->words + ", or " + structured.shape->words;
  shape->either = {scalar.shape, structured.shape};
  return {shape, [scalar, structured](Reader& reader, const Node& node, V& into) {
            const bool is_structured =
                node.kind == Node::Kind::kList || node.kind == Node::Kind::kMapping;
            return is_structured ? structured.read(reader, node, into)
                                 : scalar.read(reader, node, into);
          }};
}

}  // namespace shakedown::scenarios

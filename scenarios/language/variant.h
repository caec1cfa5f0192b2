// Mappings whose keys depend on what they are: a timeline entry by its `do`, an expectation by what
// it expects. Internal to the definitions.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/language/definition.h"

namespace shakedown::scenarios {

// One form of an entry E: its own table, read into an A that `put` stores.
template <class E>
struct Alternative {
  std::string when;
  std::string description;
  const MappingInfo* mapping;
  // Reads the keys of the alternative; those of `common` are not unknown.
  std::function<bool(Reader&, const Node&, E&, const MappingInfo& common)> read;
};

template <class E, class A, class Put>
Alternative<E> alternative(std::string when, const Mapping<A>& mapping, Put put) {
  return {std::move(when), mapping.description(), &mapping,
          [&mapping, put](Reader& reader, const Node& node, E& entry, const MappingInfo& common) {
            A value{};
            const bool good = mapping.read(reader, node, value, &common);
            put(entry, std::move(value));
            return good;
          }};
}

// `select` names the alternative of a node, or reports and returns nullptr.
template <class E>
Value<E> variant_value(std::string words,
                       std::string discriminator,
                       const Mapping<E>& common,
                       const std::vector<Alternative<E>>& alternatives,
                       std::function<const Alternative<E>*(Reader&, const Node&)> select) {
  auto shape = std::make_shared<Shape>();
  shape->form = Shape::Form::kVariant;
  shape->words = std::move(words);
  shape->mapping = &common;
  shape->discriminator = std::move(discriminator);
  for (const Alternative<E>& one : alternatives) {
    shape->alternatives.push_back({one.when, one.mapping});
  }
  return {shape, [&common, select](Reader& reader, const Node& node, E& into) {
            if (!reader.is_mapping(node, common)) return false;
            bool good = common.read_known(reader, node, into);
            const Alternative<E>* chosen = select(reader, node);
            return chosen != nullptr && chosen->read(reader, node, into, common) && good;
          }};
}

}  // namespace shakedown::scenarios

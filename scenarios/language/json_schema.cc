#include "scenarios/language/json_schema.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/language/definitions.h"
#include "scenarios/language/yaml_guard.h"

namespace shakedown::scenarios {
namespace {

using Json = nlohmann::ordered_json;

std::string definition_name(const MappingInfo& info) {
  std::string name = info.title();
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

Json reference_to(const MappingInfo& info) {
  return {{"$ref", "#/definitions/" + definition_name(info)}};
}

Json example_of(const std::string& yaml) {
  Problems problems("example");
  const NodePtr node = read_yaml(yaml, problems);
  SHAKEDOWN_ASSERT(node != nullptr);
  return Json::parse(core_json(*node).dump());
}

Json schema_of(const Shape& shape) {
  switch (shape.form) {
    case Shape::Form::kScalar: {
      if (shape.allowed.empty()) return Json::parse(shape.schema);
      Json words = Json::array();
      for (const auto& [word, description] : shape.allowed) {
        words.push_back({{"const", word}, {"description", description}});
      }
      return {{"oneOf", words}};
    }
    case Shape::Form::kList: {
      Json list = {{"type", "array"}, {"items", schema_of(*shape.member)}};
      if (shape.fewest > 0) list["minItems"] = shape.fewest;
      if (shape.most != SIZE_MAX) list["maxItems"] = shape.most;
      return list;
    }
    case Shape::Form::kKeyed:
      return {{"type", "object"}, {"additionalProperties", schema_of(*shape.member)}};
    case Shape::Form::kEither: {
      Json any = Json::array();
      for (const ShapePtr& one : shape.either) any.push_back(schema_of(*one));
      return {{"anyOf", any}};
    }
    case Shape::Form::kMapping:
    case Shape::Form::kVariant:
      return reference_to(*shape.mapping);
  }
  return {};
}

Json schema_of(const Key& key) {
  Json schema = schema_of(*key.shape);
  // Draft-07 ignores what stands beside $ref.
  if (schema.contains("$ref")) schema = {{"allOf", Json::array({schema})}};
  std::string description = key.description;
  if (!key.otherwise_text.empty()) description += " Default: " + key.otherwise_text + ".";
  schema["description"] = description;
  if (!key.default_text.empty()) schema["default"] = example_of(key.default_text);
  if (!key.example_text.empty()) schema["examples"] = Json::array({example_of(key.example_text)});
  return schema;
}

void add_keys(const MappingInfo& info, Json& properties, Json& required) {
  for (const Key& key : info.keys()) {
    properties[key.name] = schema_of(key);
    if (key.is_required) required.push_back(key.name);
  }
}

// All keys of these tables and no others.
Json closed_object(std::initializer_list<const MappingInfo*> tables) {
  Json properties = Json::object();
  Json required = Json::array();
  for (const MappingInfo* table : tables) add_keys(*table, properties, required);
  Json object = {{"properties", properties}};
  if (!required.empty()) object["required"] = required;
  object["additionalProperties"] = false;
  return object;
}

Json plain_definition(const MappingInfo& info) {
  Json object = {{"type", "object"}, {"description", info.description()}};
  object.update(closed_object({&info}));
  return object;
}

Json variant_definition(const Shape& shape) {
  const MappingInfo& common = *shape.mapping;
  Json properties = Json::object();
  Json required = Json::array();
  add_keys(common, properties, required);
  Json object = {{"type", "object"}, {"description", common.description()}};
  object["properties"] = properties;
  if (!required.empty()) object["required"] = required;
  Json cases = Json::array();
  Json earlier = Json::array();
  for (const Shape::Alternative& one : shape.alternatives) {
    Json condition;
    if (!shape.discriminator.empty()) {
      condition = {{"properties", {{shape.discriminator, {{"const", one.when}}}}},
                   {"required", Json::array({shape.discriminator})}};
    } else {
      Json present = {{"required", Json::array({one.when})}};
      // The first key that is there decides; the last form is for none of them.
      condition = Json::object();
      if (!earlier.empty()) condition["not"] = {{"anyOf", earlier}};
      if (!one.when.empty()) condition["required"] = present["required"];
      earlier.push_back(present);
    }
    Json then = closed_object({&common, one.mapping});
    then["description"] = one.mapping->description();
    cases.push_back({{"if", condition}, {"then", then}});
  }
  object["allOf"] = cases;
  return object;
}

// Every definition once, under its table's title.
class Definitions {
 public:
  void add(const Shape& shape) {
    if (shape.form == Shape::Form::kVariant) {
      add_once(*shape.mapping, variant_definition(shape));
      for (const Shape::Alternative& one : shape.alternatives) add_below(*one.mapping);
    } else if (shape.form == Shape::Form::kMapping && !has(*shape.mapping)) {
      add_once(*shape.mapping, plain_definition(*shape.mapping));
      add_below(*shape.mapping);
    }
    if (shape.member != nullptr) add(*shape.member);
    for (const ShapePtr& one : shape.either) add(*one);
  }

  void add_below(const MappingInfo& info) {
    for (const Key& key : info.keys()) add(*key.shape);
  }

  Json take() { return std::move(definitions_); }

 private:
  bool has(const MappingInfo& info) const { return definitions_.contains(definition_name(info)); }

  void add_once(const MappingInfo& info, Json definition) {
    definitions_[definition_name(info)] = std::move(definition);
  }

  Json definitions_ = Json::object();
};

}  // namespace

std::string schema_json() {
  const MappingInfo& file = scenario_mapping();
  Json schema = {{"$schema", "http://json-schema.org/draft-07/schema#"},
                 {"title", "shakedown scenario"}};
  schema.update(plain_definition(file));
  Definitions definitions;
  definitions.add_below(file);
  schema["definitions"] = definitions.take();
  return schema.dump(2) + "\n";
}

}  // namespace shakedown::scenarios

// The tree of a YAML document as this project reads it: text with places, nothing typed. What a
// scalar means is decided by what is expected there, so "818H", 0123, NO and 709E10 stay text where
// text is wanted. Nodes are immutable and shared: an alias is the same node again.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/language/problem.h"

namespace shakedown::scenarios {

inline constexpr std::string_view kDigits = "0123456789";
bool all_digits(std::string_view text);  // One or more.

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  enum class Kind : std::uint8_t { kNothing, kScalar, kList, kMapping };

  struct Member {
    std::string key;
    Place key_place;
    NodePtr value;  // Never null.
  };

  Kind kind = Kind::kNothing;  // kNothing: "key:" without a value, or "~".
  Place place;
  bool quoted = false;  // A scalar in quotes or a block scalar.
  std::string text;     // Of a scalar.
  std::vector<NodePtr> items;
  std::vector<Member> members;
  std::uint32_t expanded = 1;  // Nodes below and including this one, aliases counted each time.
  std::uint32_t height = 1;

  const Member* find(std::string_view key) const;

  bool has(std::string_view key) const { return find(key) != nullptr; }
};

std::string_view kind_words(const Node& node);  // "a list", "a mapping", "text", "nothing"

// The node on one line of flow YAML, for reports: {calls_from: acme-tel, passed: 99%}.
std::string flow_text(const Node& node);

// As YAML 1.2 readers (editors) see it: plain scalars typed by the core schema.
nlohmann::json core_json(const Node& node);

}  // namespace shakedown::scenarios

#include "scenarios/language/node.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace shakedown::scenarios {

const Node::Member* Node::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Member& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

std::string_view kind_words(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNothing:
      return "nothing";
    case Node::Kind::kScalar:
      return "text";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMapping:
      return "a mapping";
  }
  return "";
}

namespace {

// Plain text can stand without quotes inside braces if nothing in it could mean something else.
std::string scalar_text(const Node& node) {
  constexpr std::string_view kSafe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._+/%-";
  const std::string& text = node.text;
  const bool safe = !text.empty() && !node.quoted &&
                    text.find_first_not_of(kSafe) == std::string::npos && text.front() != ' ' &&
                    text.back() != ' ' && text.front() != '%' && text.front() != '-';
  if (safe) return text;
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// YAML 1.2 §10.3.2: [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
bool is_core_float(std::string_view text) {
  const auto digits = [&text] {
    const std::size_t size = std::min(text.find_first_not_of(kDigits), text.size());
    text.remove_prefix(size);
    return size;
  };
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  std::size_t mantissa = digits();
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    mantissa += digits();
  }
  if (mantissa == 0) return false;
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (digits() == 0) return false;
  }
  return text.empty();
}

nlohmann::json core_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return nullptr;
  }
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  std::string_view number = text;
  const bool signed_number = number.starts_with('-') || number.starts_with('+');
  if (signed_number) number.remove_prefix(1);
  if (all_digits(number)) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error == std::errc{}) return text.starts_with('-') ? -value : value;
  }
  if (is_core_float(text)) {
    double value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    return text.starts_with('-') ? -value : value;
  }
  return text;
}

}  // namespace

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

std::string flow_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNothing:
      return "~";
    case Node::Kind::kScalar:
      return scalar_text(node);
    case Node::Kind::kList: {
      std::string text = "[";
      for (const NodePtr& item : node.items) {
        if (text.size() > 1) text += ", ";
        text += flow_text(*item);
      }
      return text + "]";
    }
    case Node::Kind::kMapping: {
      std::string text = "{";
      for (const Node::Member& member : node.members) {
        if (text.size() > 1) text += ", ";
        text += member.key + ": " + flow_text(*member.value);
      }
      return text + "}";
    }
  }
  return "";
}

nlohmann::json core_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNothing:
      return nullptr;
    case Node::Kind::kScalar:
      return node.quoted ? nlohmann::json(node.text) : core_scalar(node.text);
    case Node::Kind::kList: {
      nlohmann::json list = nlohmann::json::array();
      for (const NodePtr& item : node.items) list.push_back(core_json(*item));
      return list;
    }
    case Node::Kind::kMapping: {
      nlohmann::json object = nlohmann::json::object();
      for (const Node::Member& member : node.members) {
        object[member.key] = core_json(*member.value);
      }
      return object;
    }
  }
  return nullptr;
}

}  // namespace shakedown::scenarios

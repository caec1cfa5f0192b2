#include "stir/jose/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "crypto/octets/bytes.h"
#include "sim/octet_set.h"

namespace shakedown::stir {
namespace {

// Builds the value from the events of nlohmann's parser, which knows neither bounds nor duplicates.
class Builder {
 public:
  explicit Builder(const JsonLimits& limits)
      : limits_(limits) {}

  Json take() { return std::move(root_); }

  JsonDefect defect() const { return defect_; }

  // The SAX interface of nlohmann::json; false stops the parser.
  bool null() { return add(nullptr); }

  bool boolean(bool value) { return add(value); }

  bool number_integer(Json::number_integer_t value) { return add(value); }

  bool number_unsigned(Json::number_unsigned_t value) { return add(value); }

  bool number_float(Json::number_float_t value, const std::string& /*text*/) { return add(value); }

  bool string(std::string& value) { return add(std::move(value)); }

  bool binary(Json::binary_t& /*value*/) { return stop(JsonDefect::kSyntax); }

  bool start_object(std::size_t /*members*/) { return open(Json::object()); }

  bool start_array(std::size_t /*elements*/) { return open(Json::array()); }

  bool end_object() { return close(); }

  bool end_array() { return close(); }

  bool key(std::string& name) {
    auto& object = *open_.back();
    if (object.contains(name)) return stop(JsonDefect::kDuplicateMember);
    // The place is made at once, so that a member without a value still counts as seen.
    member_ = &object[std::move(name)];
    return true;
  }

  bool parse_error(std::size_t /*position*/,
                   const std::string& /*token*/,
                   const Json::exception& /*error*/) {
    return stop(JsonDefect::kSyntax);
  }

 private:
  bool stop(JsonDefect defect) {
    if (defect_ == JsonDefect::kNone) defect_ = defect;
    return false;
  }

  // Puts a value where the parser stands; nullptr when a bound is passed.
  Json* place(Json value) {
    if (++values_ > limits_.values) {
      stop(JsonDefect::kTooLarge);
      return nullptr;
    }
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (open_.back()->is_array()) {
      open_.back()->push_back(std::move(value));
      return &open_.back()->back();
    }
    *member_ = std::move(value);
    return member_;
  }

  bool add(Json value) { return place(std::move(value)) != nullptr; }

  bool open(Json container) {
    if (open_.size() >= limits_.depth) return stop(JsonDefect::kTooDeep);
    // Elements of an open container do not move while it is open: only its last child grows.
    Json* placed = place(std::move(container));
    if (placed == nullptr) return false;
    open_.push_back(placed);
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  const JsonLimits& limits_;
  Json root_;
  std::vector<Json*> open_;
  Json* member_ = nullptr;
  std::size_t values_ = 0;
  JsonDefect defect_ = JsonDefect::kNone;
};

tl::unexpected<Error> refuse(JsonDefect found, JsonDefect* defect) {
  if (defect != nullptr) *defect = found;
  const auto code = found == JsonDefect::kTooLarge || found == JsonDefect::kTooDeep
                        ? ErrorCode::kTooLarge
                        : ErrorCode::kMalformed;
  return fail(code, "JSON: " + std::string(to_string(found)));
}

}  // namespace

std::string_view to_string(JsonDefect defect) {
  switch (defect) {
    case JsonDefect::kNone:
      return "none";
    case JsonDefect::kTooLarge:
      return "too large";
    case JsonDefect::kTooDeep:
      return "nested too deeply";
    case JsonDefect::kNotUtf8:
      return "not UTF-8, or a byte order mark or NUL";
    case JsonDefect::kSyntax:
      return "syntax error";
    case JsonDefect::kDuplicateMember:
      return "duplicate member name";
    case JsonDefect::kNotAnObject:
      return "not an object";
  }
  return "unknown";
}

Result<Json> parse_json(std::string_view text, const JsonLimits& limits, JsonDefect* defect) {
  if (defect != nullptr) *defect = JsonDefect::kNone;
  if (text.size() > limits.bytes) return refuse(JsonDefect::kTooLarge, defect);
  // nlohmann skips a byte order mark and takes NUL for the end of the text.
  if (text.starts_with("\xef\xbb\xbf") || text.find('\0') != std::string_view::npos ||
      !crypto::is_utf8(text)) {
    return refuse(JsonDefect::kNotUtf8, defect);
  }
  Builder builder(limits);
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
    return refuse(builder.defect() == JsonDefect::kNone ? JsonDefect::kSyntax : builder.defect(),
                  defect);
  }
  return builder.take();
}

Result<Json> parse_json_object(std::string_view text,
                               const JsonLimits& limits,
                               JsonDefect* defect) {
  auto json = parse_json(text, limits, defect);
  if (json && !json->is_object()) return refuse(JsonDefect::kNotAnObject, defect);
  return json;
}

std::string canonical_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string indented_json(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr sim::OctetSet kPlain = sim::OctetSet::where(
      [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\'; });
  out += '"';
  if (kPlain.has_all_of(text)) {  // Nearly always.
    out.append(text) += '"';
    return;
  }
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (kPlain.has(c)) {
      out += c;
    } else if (octet >= 0x20) {
      out += '\\';
      out += c;
    } else {
      constexpr std::string_view kHex = "0123456789abcdef";
      switch (c) {
        case '\b':
          out += "\\b";
          break;
        case '\f':
          out += "\\f";
          break;
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        default:
          out += "\\u00";
          out += kHex[octet >> 4U];
          out += kHex[octet & 0xfU];
      }
    }
  }
  out += '"';
}

const Json* find_member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> string_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return member->get<std::string>();
}

std::optional<std::int64_t> integer_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned() &&
      member->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) {
    return std::nullopt;
  }
  return member->get<std::int64_t>();
}

std::optional<bool> boolean_member(const Json& object, std::string_view name) {
  const Json* member = find_member(object, name);
  if (member == nullptr || !member->is_boolean()) return std::nullopt;
  return member->get<bool>();
}

}  // namespace shakedown::stir

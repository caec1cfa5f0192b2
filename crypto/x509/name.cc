#include "crypto/x509/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "crypto/octets/der.h"

namespace shakedown::crypto {
namespace {

struct KnownType {
  std::string_view name;
  std::string_view oid;
};

constexpr std::array kKnownTypes{
    KnownType{"C", "2.5.4.6"},
    KnownType{"O", "2.5.4.10"},
    KnownType{"OU", "2.5.4.11"},
    KnownType{"CN", "2.5.4.3"},
    KnownType{"ST", "2.5.4.8"},
    KnownType{"L", "2.5.4.7"},
    KnownType{"serialNumber", "2.5.4.5"},
};

constexpr std::uint8_t kTeletexString = 0x14;
constexpr std::uint8_t kUniversalString = 0x1c;
constexpr std::uint8_t kBmpString = 0x1e;

bool is_printable_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&](std::uint32_t octet) { out.push_back(static_cast<char>(octet)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

// Characters of a fixed width of octets, big-endian. Teletex is read as ISO 8859-1, as everyone
// does.
std::optional<std::string> fixed_width(std::string_view content, std::size_t width) {
  if (content.size() % width != 0) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < content.size(); i += width) {
    std::uint32_t point = 0;
    for (std::size_t k = 0; k < width; ++k) {
      point = point << 8 | static_cast<std::uint8_t>(content[i + k]);
    }
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return std::nullopt;
    append_utf8(text, point);
  }
  return text;
}

// The text of an attribute value; hex of the DER where it is no text.
std::string value_text(const der::Element& value) {
  std::optional<std::string> text;
  switch (value.tag) {
    case der::kUtf8String:
    case der::kPrintableString:
    case der::kIa5String:
      if (is_utf8(value.content)) text = std::string(value.content);
      break;
    case kTeletexString:
      text = fixed_width(value.content, 1);
      break;
    case kBmpString:
      text = fixed_width(value.content, 2);
      break;
    case kUniversalString:
      text = fixed_width(value.content, 4);
      break;
    default:
      break;
  }
  return text ? *std::move(text) : "#" + to_hex(value.whole);
}

std::string type_name(std::string dotted) {
  for (const KnownType& known : kKnownTypes) {
    if (known.oid == dotted) return std::string(known.name);
  }
  return dotted;
}

Result<Bytes> attribute_der(const NameAttribute& attribute) {
  std::string_view dotted = attribute.type;
  for (const KnownType& known : kKnownTypes) {
    if (known.name == attribute.type) dotted = known.oid;
  }
  const Result<Bytes> type = der::object_identifier(dotted);
  if (!type) return fail(ErrorCode::kUnsupported, "unknown name attribute " + attribute.type);
  // RFC 5280 appendix A: these two are PrintableString.
  const bool printable = attribute.type == "C" || attribute.type == "serialNumber";
  if (printable &&
      !std::all_of(attribute.value.begin(), attribute.value.end(), is_printable_character)) {
    return fail(ErrorCode::kMalformed, attribute.type + " must be a PrintableString");
  }
  if (!is_utf8(attribute.value)) {
    return fail(ErrorCode::kMalformed, attribute.type + " is not UTF-8");
  }
  const std::uint8_t tag = printable ? der::kPrintableString : der::kUtf8String;
  return der::sequence({*type, der::element(tag, attribute.value)});
}

std::string escaped(std::string_view value) {
  if (value.starts_with('#')) return std::string(value);
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool at_edge = (i == 0 || i + 1 == value.size()) && c == ' ';
    if (static_cast<std::uint8_t>(c) < 0x20 || c == 0x7f) {
      text += fmt::format("\\{:02X}", static_cast<unsigned>(static_cast<std::uint8_t>(c)));
      continue;
    }
    if (at_edge || std::string_view("\"+,;<>\\").find(c) != std::string_view::npos) {
      text.push_back('\\');
    }
    text.push_back(c);
  }
  return text;
}

}  // namespace

Result<Bytes> Name::to_der() const {
  Bytes rdns;
  std::size_t i = 0;
  while (i < attributes.size()) {
    std::vector<Bytes> set;
    do {
      ASSIGN_OR_RETURN(Bytes encoded, attribute_der(attributes[i]));
      set.push_back(std::move(encoded));
      ++i;
    } while (i < attributes.size() && attributes[i].joins_previous);
    std::sort(set.begin(), set.end());  // SET OF in DER is sorted (X.690 §11.6).
    Bytes content;
    for (const Bytes& member : set) content += member;
    rdns += der::element(der::kSet, content);
  }
  return der::element(der::kSequence, rdns);
}

Result<Name> Name::from_der(std::string_view encoded) {
  const auto malformed = [] { return fail(ErrorCode::kMalformed, "malformed name"); };
  der::Reader outer(encoded);
  const auto sequence = outer.next(der::kSequence);
  if (!sequence || !outer.finished()) return malformed();
  Name name;
  der::Reader rdns(sequence->content);
  while (!rdns.at_end()) {
    const auto set = rdns.next(der::kSet);
    if (!set || set->content.empty()) return malformed();
    der::Reader members(set->content);
    bool joins = false;
    while (!members.at_end()) {
      const auto member = members.next(der::kSequence);
      if (!member) return malformed();
      der::Reader parts(member->content);
      const auto type = parts.next(der::kOid);
      const auto value = parts.next();
      if (!type || !value || !parts.finished()) return malformed();
      ASSIGN_OR_RETURN(std::string dotted, der::oid_text(type->content));
      name.attributes.push_back({type_name(std::move(dotted)), value_text(*value), joins});
      joins = true;
    }
  }
  return name;
}

std::string Name::text() const {
  std::string text;
  // The last relative distinguished name first; within one, in the order of the DER.
  std::size_t end = attributes.size();
  while (end > 0) {
    std::size_t begin = end - 1;
    while (begin > 0 && attributes[begin].joins_previous) --begin;
    if (!text.empty()) text.push_back(',');
    for (std::size_t i = begin; i < end; ++i) {
      if (i != begin) text.push_back('+');
      text += attributes[i].type + "=" + escaped(attributes[i].value);
    }
    end = begin;
  }
  return text;
}

std::optional<std::string_view> Name::find(std::string_view type) const {
  for (const NameAttribute& attribute : attributes) {
    if (attribute.type == type) return attribute.value;
  }
  return std::nullopt;
}

std::size_t Name::count(std::string_view type) const {
  return static_cast<std::size_t>(
      std::count_if(attributes.begin(), attributes.end(),
                    [&](const NameAttribute& attribute) { return attribute.type == type; }));
}

}  // namespace shakedown::crypto

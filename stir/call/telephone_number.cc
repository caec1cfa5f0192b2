#include "stir/call/telephone_number.h"

#include <algorithm>
#include <array>

#include "sim/message.h"
#include "sim/octet_set.h"

namespace shakedown::stir {
namespace {

constexpr std::size_t kLongestNumber = 15;    // E.164 §6; RFC 8226 §9 TelephoneNumber.
constexpr std::size_t kShortestGlobal = 7;    // Country code and subscriber number, in practice.
constexpr std::size_t kLongestShortCode = 6;  // 911, 988, 116000.

bool is_digit(char c) { return c >= '0' && c <= '9'; }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = lower(c);
  return result;
}

// Digits, '#' and '*' of a dialled or printed number. nullopt if something else than a visual
// separator stands between them.
std::optional<std::string> dialable_characters(std::string_view text) {
  constexpr std::string_view kSeparators = "-.()/ \t";
  std::string kept;
  for (const char c : text) {
    if (is_digit(c) || c == '#' || c == '*') {
      kept += c;
    } else if (kSeparators.find(c) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  return kept;
}

bool has_national_length(std::size_t digits, const NumberingPlan& plan) {
  return digits >= plan.shortest_national && digits <= plan.longest_national;
}

// National digits to E.164, or as they are where the plan cannot tell.
std::string internationalise(std::string digits, const NumberingPlan& plan) {
  const std::string_view view = digits;
  if (view.starts_with(plan.international_prefix) &&
      view.size() >= plan.international_prefix.size() + kShortestGlobal) {
    return std::string(view.substr(plan.international_prefix.size()));
  }
  if (view.size() <= kLongestShortCode) return digits;
  if (view.starts_with(plan.trunk_prefix) &&
      has_national_length(view.size() - plan.trunk_prefix.size(), plan)) {
    return std::string(plan.country_code).append(view.substr(plan.trunk_prefix.size()));
  }
  // Where the trunk prefix is the country code (NANP), subscribers also write bare national
  // numbers, and those never begin with 0 or 1.
  if (plan.trunk_prefix == plan.country_code && has_national_length(view.size(), plan) &&
      view.front() >= '2') {
    return std::string(plan.country_code).append(view);
  }
  return digits;
}

std::optional<unsigned> hex_value(char c) {
  if (is_digit(c)) return static_cast<unsigned>(c - '0');
  const char l = lower(c);
  if (l >= 'a' && l <= 'f') return static_cast<unsigned>(l - 'a' + 10);
  return std::nullopt;
}

bool is_unreserved(char c) {
  constexpr std::string_view kMarks = "-_.!~*'()";
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
         kMarks.find(c) != std::string_view::npos;
}

// RFC 8224 §8.5: only what never needed the escape is decoded. `also` names further octets.
std::string decode_unreserved(std::string_view text, std::string_view also = "") {
  if (text.find('%') == std::string_view::npos) return std::string(text);
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_value(text[i + 1]);
      const auto low = hex_value(text[i + 2]);
      if (high && low) {
        const char c = static_cast<char>(*high * 16 + *low);
        if (is_unreserved(c) || also.find(c) != std::string_view::npos) {
          result += c;
          i += 2;
          continue;
        }
      }
    }
    result += text[i];
  }
  return result;
}

// The value of `;name=value` in a list that begins with ";" or is empty.
std::optional<std::string_view> parameter(std::string_view parameters, std::string_view name) {
  while (!parameters.empty()) {
    parameters.remove_prefix(1);
    const auto end = std::min(parameters.find(';'), parameters.size());
    const auto one = parameters.substr(0, end);
    const auto equals = std::min(one.find('='), one.size());
    if (sim::equals_ignoring_case(one.substr(0, equals), name)) {
      return equals < one.size() ? one.substr(equals + 1) : std::string_view{};
    }
    parameters.remove_prefix(end);
  }
  return std::nullopt;
}

constexpr sim::OctetSet kAddressOctets = sim::OctetSet::where(
    [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '<' && c != '>' && c != '"'; });

enum class Scheme : std::uint8_t { kTel, kSip, kSips };

std::string_view name_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::kTel:
      return "tel";
    case Scheme::kSip:
      return "sip";
    case Scheme::kSips:
      return "sips";
  }
  return "";
}

std::optional<Scheme> scheme_named(std::string_view name) {
  for (const Scheme scheme : {Scheme::kSip, Scheme::kTel, Scheme::kSips}) {
    if (sim::equals_ignoring_case(name, name_of(scheme))) return scheme;
  }
  return std::nullopt;
}

struct AddressParts {
  Scheme scheme = Scheme::kSip;
  std::string_view user;             // Without password and parameters.
  std::string_view user_parameters;  // ";verstat=...", inside the user part, or of a tel URI.
  std::string_view host;             // Without port.
  std::string_view parameters;       // ";user=phone"
};

Result<AddressParts> split_address(std::string_view uri) {
  constexpr std::size_t kLongestUri = 1024;
  if (uri.size() > kLongestUri) return fail(ErrorCode::kMalformed, "URI too long");
  if (!kAddressOctets.has_all_of(uri)) {
    return fail(ErrorCode::kMalformed, "character that no URI has");
  }
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(ErrorCode::kMalformed, "no scheme");
  }
  AddressParts parts;
  const auto scheme = scheme_named(uri.substr(0, colon));
  if (!scheme) return fail(ErrorCode::kUnsupported, "scheme " + lowered(uri.substr(0, colon)));
  parts.scheme = *scheme;
  auto rest = uri.substr(colon + 1);
  const auto split_parameters = [](std::string_view& text) {
    const auto semicolon = std::min(text.find(';'), text.size());
    const auto parameters = text.substr(semicolon);
    text = text.substr(0, semicolon);
    return parameters;
  };
  if (parts.scheme == Scheme::kTel) {
    parts.user_parameters = split_parameters(rest);
    parts.user = rest;
    if (rest.empty()) return fail(ErrorCode::kMalformed, "no number");
    return parts;
  }
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    parts.user = rest.substr(0, at);
    rest = rest.substr(at + 1);
    parts.user_parameters = split_parameters(parts.user);
    parts.user = parts.user.substr(0, std::min(parts.user.find(':'), parts.user.size()));
    if (parts.user.empty()) return fail(ErrorCode::kMalformed, "empty user part");
  }
  rest = rest.substr(0, std::min(rest.find('?'), rest.size()));
  parts.parameters = split_parameters(rest);
  const auto port = rest.starts_with('[') ? rest.find(':', rest.find(']')) : rest.find(':');
  parts.host = rest.substr(0, std::min(port, rest.size()));
  if (parts.host.empty()) return fail(ErrorCode::kMalformed, "no host");
  return parts;
}

std::string uri_of(const AddressParts& parts) {
  std::string result(name_of(parts.scheme));
  result += ':';
  if (!parts.user.empty()) result += lowered(decode_unreserved(parts.user)) + "@";
  return result + lowered(parts.host);
}

bool looks_dialable(std::string_view user) {
  constexpr std::size_t kNationalDigits = 10;
  if (user.starts_with('+')) return true;
  return user.size() >= kNationalDigits && std::all_of(user.begin(), user.end(), is_digit);
}

}  // namespace

std::optional<NumberingPlan> numbering_plan(std::string_view name) {
  for (const auto& plan : {kNorthAmericanPlan, kFrenchPlan, kBritishPlan}) {
    if (plan.name == name) return plan;
  }
  return std::nullopt;
}

std::optional<std::string> canonical_telephone_number(std::string_view text,
                                                      const NumberingPlan& plan) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  const bool global = text.starts_with('+');
  if (global) text.remove_prefix(1);
  // Nearly always.
  if (global && std::all_of(text.begin(), text.end(), is_digit)) {
    if (text.empty() || text.size() > kLongestNumber) return std::nullopt;
    return std::string(text);
  }
  auto digits = dialable_characters(text);
  if (!digits || digits->empty()) return std::nullopt;
  const bool special = digits->find_first_of("#*") != std::string::npos;
  if (!global && !special) digits = internationalise(*std::move(digits), plan);
  if (digits->size() > kLongestNumber) return std::nullopt;
  return digits;
}

bool is_canonical_telephone_number(std::string_view text) {
  return !text.empty() && text.size() <= kLongestNumber &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_digit(c) || c == '#' || c == '*'; });
}

bool is_e164(std::string_view text) {
  return text.size() >= kShortestGlobal && text.size() <= kLongestNumber && text.front() != '0' &&
         std::all_of(text.begin(), text.end(), is_digit);
}

bool is_fictional(std::string_view text) {
  constexpr std::size_t kLength = 11;  // 1 NPA 555 XXXX
  return text.size() == kLength && std::all_of(text.begin(), text.end(), is_digit) &&
         text[0] == '1' && text[1] >= '2' && text.substr(4, 3) == "555";
}

Result<std::string> canonical_uri(std::string_view uri) {
  ASSIGN_OR_RETURN(const auto parts, split_address(uri));
  if (parts.scheme == Scheme::kTel) return fail(ErrorCode::kUnsupported, "tel URI has no URI form");
  return uri_of(parts);
}

Result<Party> canonical_party(std::string_view uri, const NumberingPlan& plan) {
  ASSIGN_OR_RETURN(const auto parts, split_address(uri));
  std::string decoded;
  std::string_view user = parts.user;
  if (user.find('%') != std::string_view::npos) user = decoded = decode_unreserved(user, "+#");
  const auto marked = parameter(parts.parameters, "user");
  const bool declared =
      parts.scheme == Scheme::kTel || (marked && sim::equals_ignoring_case(*marked, "phone"));
  if (declared || looks_dialable(user)) {
    const auto context = parameter(parts.user_parameters, "phone-context");
    const bool local = context && context->starts_with('+') && !user.starts_with('+');
    auto number = local ? canonical_telephone_number(std::string(*context).append(user), plan)
                        : canonical_telephone_number(user, plan);
    if (number && (declared || is_e164(*number))) {
      return Party{Party::Kind::kTelephoneNumber, *std::move(number)};
    }
    if (parts.scheme == Scheme::kTel) return fail(ErrorCode::kMalformed, "not a telephone number");
  }
  return Party{Party::Kind::kUri, uri_of(parts)};
}

}  // namespace shakedown::stir

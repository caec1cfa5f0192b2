// Reason header fields and verstat: the STIR side of what SIP answers and carries on.
#include <algorithm>

#include "stir/call/sip_call.h"
#include "stir/call/sip_text.h"

namespace shakedown::stir {

std::string write_reason(const Reason& reason) {
  std::string value = reason.protocol == ReasonProtocol::kSip ? "SIP" : "STIR";
  value += " ;cause=" + std::to_string(reason.cause);
  const auto quoted = [&value](std::string_view name, std::string_view text) {
    value.append(" ;").append(name).append("=\"");
    for (const char c : text) {
      if (c == '"' || c == '\\') value += '\\';
      value += c;
    }
    value += '"';
  };
  if (!reason.text.empty()) quoted("text", reason.text);
  if (!reason.ppi.empty()) quoted("ppi", reason.ppi);
  return value;
}

namespace {

std::optional<Reason> parse_reason(std::string_view value) {
  const auto parts = sip_text::split(value, ';');
  Reason reason;
  if (parts.front().empty()) return std::nullopt;
  reason.protocol = sim::equals_ignoring_case(parts.front(), "STIR")  ? ReasonProtocol::kStir
                    : sim::equals_ignoring_case(parts.front(), "SIP") ? ReasonProtocol::kSip
                                                                      : ReasonProtocol::kOther;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    if (equals == std::string_view::npos) continue;
    const auto name = sip_text::trimmed(parts[i].substr(0, equals));
    const auto text = sip_text::trimmed(parts[i].substr(equals + 1));
    if (sim::equals_ignoring_case(name, "cause")) {
      constexpr std::size_t kMostDigits = 3;
      if (text.empty() || text.size() > kMostDigits) return std::nullopt;
      for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        reason.cause = reason.cause * 10 + (c - '0');
      }
    } else if (sim::equals_ignoring_case(name, "text")) {
      reason.text = sip_text::unquoted(text);
    } else if (sim::equals_ignoring_case(name, "ppi")) {
      reason.ppi = sip_text::unquoted(text);
    }
  }
  return reason;
}

}  // namespace

std::vector<Reason> parse_reasons(std::string_view value) {
  std::vector<Reason> reasons;
  for (const auto one : sip_text::split(value, ',')) {
    if (auto reason = parse_reason(one)) reasons.push_back(*std::move(reason));
  }
  return reasons;
}

std::vector<Reason> read_reasons(const sim::Headers& headers) {
  std::vector<Reason> all;
  for (const auto value : headers.get_all("Reason")) {
    for (auto& reason : parse_reasons(value)) all.push_back(std::move(reason));
  }
  return all;
}

std::string passport_identifier(std::string_view token) {
  const auto dot = token.rfind('.');
  if (dot == std::string_view::npos) return {};
  return ".." + std::string(token.substr(dot + 1));
}

std::string_view to_string(Verstat verstat) {
  switch (verstat) {
    case Verstat::kNoTnValidation:
      return "No-TN-Validation";
    case Verstat::kTnValidationFailed:
      return "TN-Validation-Failed";
    case Verstat::kTnValidationPassed:
      return "TN-Validation-Passed";
  }
  return "No-TN-Validation";
}

std::optional<Verstat> parse_verstat(std::string_view text) {
  // "-A", "-B", "-C" after Passed are a vendors' habit.
  for (const auto verstat :
       {Verstat::kNoTnValidation, Verstat::kTnValidationFailed, Verstat::kTnValidationPassed}) {
    const auto name = to_string(verstat);
    if (sim::equals_ignoring_case(text.substr(0, name.size()), name) &&
        (text.size() == name.size() || text[name.size()] == '-')) {
      return verstat;
    }
  }
  return std::nullopt;
}

std::string without_verstat(std::string_view uri) {
  constexpr std::string_view kName = ";verstat=";
  std::string result(uri);
  for (std::size_t at = 0; at + kName.size() <= result.size();) {
    if (!sim::equals_ignoring_case(std::string_view(result).substr(at, kName.size()), kName)) {
      ++at;
      continue;
    }
    const auto end = std::min(result.find_first_of(";@?>", at + 1), result.size());
    result.erase(at, end - at);
  }
  return result;
}

std::string with_verstat(std::string_view uri, Verstat verstat) {
  std::string result = without_verstat(uri);
  const std::string parameter = ";verstat=" + std::string(to_string(verstat));
  const auto colon = std::min(result.find(':'), result.size());
  const auto scheme = std::string_view(result).substr(0, colon);
  const auto at = result.find('@');
  if (sim::equals_ignoring_case(scheme, "tel") || at == std::string::npos) {
    return result + parameter;
  }
  // Inside the user part, before a password.
  const auto password = result.find(':', colon + 1);
  result.insert(std::min(password, at), parameter);
  return result;
}

std::optional<Verstat> verstat_of(std::string_view uri) {
  constexpr std::string_view kName = ";verstat=";
  for (std::size_t at = 0; at + kName.size() <= uri.size(); ++at) {
    if (!sim::equals_ignoring_case(uri.substr(at, kName.size()), kName)) continue;
    const auto value = uri.substr(at + kName.size());
    return parse_verstat(value.substr(0, std::min(value.find_first_of(";@?>"), value.size())));
  }
  return std::nullopt;
}

}  // namespace shakedown::stir

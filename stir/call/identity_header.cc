#include "stir/call/identity_header.h"

#include <algorithm>
#include <array>

#include "sim/message.h"
#include "sim/octet_set.h"
#include "stir/call/sip_text.h"

namespace shakedown::stir {
namespace {

using sip_text::is_blank;

constexpr sim::OctetSet kJwsOctets = sim::alphanumeric_and("-_.");
constexpr sim::OctetSet kSipTokenOctets = sim::alphanumeric_and("-.!%*_+`'~");
constexpr sim::OctetSet kSchemeOctets = sim::alphanumeric_and("+-.");
constexpr sim::OctetSet kUriOctets = sim::OctetSet::where(
    [](char c) { return c > ' ' && c <= '~' && c != '<' && c != '>' && c != '"' && c != '\\'; });

// RFC 3261 §25.1 token: what a parameter name or an unquoted value may consist of.
bool is_sip_token(std::string_view text) {
  return !text.empty() && kSipTokenOctets.has_all_of(text);
}

// scheme ":" something, without octets that no URI has (RFC 3986 §4.3).
bool is_absolute_uri(std::string_view text) {
  const std::size_t colon = sim::find_any(text, ':');
  return colon > 0 && colon + 1 < text.size() && sim::is_ascii_letter(text.front()) &&
         kSchemeOctets.has_all_of(text.substr(0, colon)) && kUriOctets.has_all_of(text);
}

class Parser {
 public:
  Parser(std::string_view value, IdentityHeader& header)
      : rest_(value),
        header_(header) {}

  void run() {
    const auto semicolon = std::min(rest_.find(';'), rest_.size());
    read_token(sip_text::trimmed(rest_.substr(0, semicolon)));
    rest_.remove_prefix(semicolon);
    while (!rest_.empty()) {
      rest_.remove_prefix(1);  // ";"
      if (!read_parameter()) return add(IdentityDefect::kParameterSyntax);
    }
    if (!header_.info) add(IdentityDefect::kInfoMissing);
  }

 private:
  void add(IdentityDefect defect) { header_.defects |= 1U << static_cast<unsigned>(defect); }

  void read_token(std::string_view token) {
    header_.token = token;
    if (token.empty()) add(IdentityDefect::kTokenMissing);
    if (!kJwsOctets.has_all_of(token)) add(IdentityDefect::kTokenCharacter);
  }

  // One `name` or `name=value`, up to the next ";". False: nothing sensible can be read.
  bool read_parameter() {
    const auto end = sim::find_any(rest_, ';', '=', '<', '"');
    const auto name = sip_text::trimmed(rest_.substr(0, end));
    if (!is_sip_token(name)) return false;
    rest_.remove_prefix(end);
    std::string value;
    bool quoted = false;
    bool bracketed = false;
    if (rest_.starts_with('=')) {
      rest_.remove_prefix(1);
      while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
      quoted = rest_.starts_with('"');
      bracketed = rest_.starts_with('<');
      if (quoted ? !read_quoted(value) : bracketed ? !read_bracketed(value) : !read_plain(value)) {
        return false;
      }
    } else if (!rest_.empty() && rest_.front() != ';') {
      return false;
    }
    keep(name, std::move(value), quoted, bracketed);
    return true;
  }

  bool read_quoted(std::string& value) {
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      value += rest_.front();
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    return at_end_of_parameter();
  }

  bool read_bracketed(std::string& value) {
    const auto close = rest_.find('>');
    if (close == std::string_view::npos) return false;
    value = rest_.substr(1, close - 1);
    rest_.remove_prefix(close + 1);
    return at_end_of_parameter();
  }

  bool read_plain(std::string& value) {
    const auto end = sim::find_any(rest_, ';');
    value = sip_text::trimmed(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return !value.empty();
  }

  bool at_end_of_parameter() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    return rest_.empty() || rest_.front() == ';';
  }

  void keep(std::string_view name, std::string value, bool quoted, bool bracketed) {
    const bool first = !seen_parameter_;
    seen_parameter_ = true;
    if (sim::equals_ignoring_case(name, "info")) {
      if (!first) add(IdentityDefect::kInfoNotFirst);
      if (!bracketed) add(IdentityDefect::kInfoWithoutBrackets);
      if (!is_absolute_uri(value)) add(IdentityDefect::kInfoNotAUri);
      return keep_once(header_.info, std::move(value));
    }
    const bool is_alg = sim::equals_ignoring_case(name, "alg");
    if (is_alg || sim::equals_ignoring_case(name, "ppt")) {
      if (quoted) add(IdentityDefect::kQuotedParameter);
      if (!is_sip_token(value)) add(IdentityDefect::kParameterSyntax);
      return keep_once(is_alg ? header_.alg : header_.ppt, std::move(value));
    }
    add(IdentityDefect::kUnknownParameter);
    header_.other_parameters.emplace_back(name, std::move(value));
  }

  void keep_once(std::optional<std::string>& place, std::string value) {
    if (place) return add(IdentityDefect::kDuplicateParameter);
    place = std::move(value);
  }

  std::string_view rest_;
  IdentityHeader& header_;
  bool seen_parameter_ = false;
};

constexpr std::array<std::string_view, kIdentityDefects> kDefectNames = {
    "header_too_long",     "token_missing",    "token_character",       "parameter_syntax",
    "duplicate_parameter", "info_missing",     "info_without_brackets", "info_not_a_uri",
    "info_not_first",      "quoted_parameter", "unknown_parameter"};

}  // namespace

std::string_view to_string(IdentityDefect defect) {
  return kDefectNames[static_cast<std::size_t>(defect)];
}

bool is_lint(IdentityDefect defect) { return defect >= IdentityDefect::kInfoNotFirst; }

std::optional<IdentityDefect> IdentityHeader::first_defect() const {
  for (unsigned i = 0; i < static_cast<unsigned>(IdentityDefect::kInfoNotFirst); ++i) {
    if ((defects >> i) & 1U) return static_cast<IdentityDefect>(i);
  }
  return std::nullopt;
}

void IdentityHeader::drop_white_space_in_token() {
  token.erase(std::remove_if(token.begin(), token.end(), is_blank), token.end());
  if (kJwsOctets.has_all_of(token)) {
    defects &= ~(1U << static_cast<unsigned>(IdentityDefect::kTokenCharacter));
  }
}

IdentityHeader parse_identity_header(std::string_view value) {
  IdentityHeader header;
  if (value.size() > kLongestIdentityHeader) {
    header.defects = 1U << static_cast<unsigned>(IdentityDefect::kTooLong);
    return header;
  }
  Parser(value, header).run();
  return header;
}

std::string write_identity_header(std::string_view token,
                                  std::string_view info,
                                  std::string_view ppt,
                                  std::string_view alg) {
  constexpr std::size_t kNamesAndMarks = 32;
  std::string value;
  value.reserve(token.size() + info.size() + ppt.size() + alg.size() + kNamesAndMarks);
  value.append(token).append(";info=<").append(info).append(">");
  if (!alg.empty()) value.append(";alg=").append(alg);
  if (!ppt.empty()) value.append(";ppt=").append(ppt);
  return value;
}

}  // namespace shakedown::stir

// PASSporTs and Identity header fields: decoded, and judged by the defects that their readers find
// and by the rules for URLs of certificate repositories.
#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "inspect/inspect_parts.h"
#include "inspect/lint.h"
#include "sim/message.h"
#include "stir/call/identity_header.h"
#include "stir/credential/chain.h"
#include "stir/passport/passport_token.h"
#include "stir/verification/verification_policy.h"

namespace shakedown::stir {
namespace {

using Objection = std::optional<std::string>;
using enum Severity;

// The URL under which a certificate is published.

struct RepositoryUrl {
  std::string_view text;
  std::optional<sim::Url> url;
};

bool is_http(const RepositoryUrl& s) {
  return s.url && (s.url->scheme == "https" || s.url->scheme == "http");
}

Objection url_is_absolute(const RepositoryUrl& s) {
  return lint_objection(!is_http(s), "not an https URL: " + std::string(s.text));
}

Objection url_is_https(const RepositoryUrl& s) {
  return lint_objection(is_http(s) && s.url->scheme != "https", "http: " + std::string(s.text));
}

Objection url_port(const RepositoryUrl& s) {
  if (!is_http(s) || !s.url->port) return std::nullopt;
  return lint_objection(!is_repository_port(*s.url->port), "port " + std::to_string(*s.url->port));
}

Objection url_has_no_userinfo(const RepositoryUrl& s) {
  return lint_objection(is_http(s) && has_userinfo(s.text), "userinfo");
}

Objection url_has_no_query(const RepositoryUrl& s) {
  return lint_objection(is_http(s) && s.url->query, "?" + (s.url ? s.url->query.value_or("") : ""));
}

Objection url_has_no_fragment(const RepositoryUrl& s) {
  return lint_objection(is_http(s) && s.url->fragment,
                        "#" + (s.url ? s.url->fragment.value_or("") : ""));
}

Objection url_has_a_path(const RepositoryUrl& s) {
  return lint_objection(is_http(s) && (s.url->path.empty() || s.url->path == "/"), "no path");
}

Objection url_host_is_public(const RepositoryUrl& s) {
  if (!is_http(s)) return std::nullopt;
  // Asked of the fetcher's own rules, with a URL that differs from none of the others.
  return url_objection("https://" + s.url->host + "/path", {});
}

constexpr std::array kUrlRules{
    LintRule<RepositoryUrl>{"url_is_absolute", kError, "RFC 8224 §4", url_is_absolute},
    LintRule<RepositoryUrl>{"url_is_https", kError, "ATIS-1000080", url_is_https},
    LintRule<RepositoryUrl>{"url_port_is_443_or_8443", kError, "ATIS-1000080", url_port},
    LintRule<RepositoryUrl>{"url_has_no_userinfo", kError, "ATIS-1000074 §5.3.1",
                            url_has_no_userinfo},
    LintRule<RepositoryUrl>{"url_has_no_query", kError, "ATIS-1000074 §5.3.1", url_has_no_query},
    LintRule<RepositoryUrl>{"url_has_no_fragment", kError, "ATIS-1000074 §5.3.1",
                            url_has_no_fragment},
    LintRule<RepositoryUrl>{"url_has_a_path", kError, "RFC 8224 §7.2", url_has_a_path},
    LintRule<RepositoryUrl>{"url_host_is_public", kError, "RFC 6890 §2.2", url_host_is_public},
};

void lint_url(std::string_view text, std::string_view where, Inspection& inspection) {
  apply_rules(kUrlRules, RepositoryUrl{text, sim::parse_url(text)}, inspection, where);
}

// The token.

struct PassportSubject {
  const PassportToken& token;
  const InspectOptions& options;
};

Severity severity_of(PassportDefect defect) {
  if (defect == PassportDefect::kForeignKeyParameter) return kWarning;
  return defect >= PassportDefect::kHeaderNotCanonical || defect == PassportDefect::kIatFraction
             ? kLint
             : kError;
}

Objection type_is_registered(const PassportSubject& s) {
  constexpr std::array<std::string_view, 8> kRegistered{"rph",   "shaken", "msec", "div",
                                                        "div-o", "rcd",    "msg",  "rsp"};
  const auto& ppt = s.token.content().ppt;
  const bool known =
      ppt.empty() || std::find(kRegistered.begin(), kRegistered.end(), ppt) != kRegistered.end();
  return lint_objection(!known, "ppt is " + ppt);
}

Objection passport_is_fresh(const PassportSubject& s) {
  const auto iat = s.token.content().iat;
  if (!s.options.at || iat <= 0) return std::nullopt;
  const auto window =
      std::chrono::floor<std::chrono::seconds>(VerificationPolicy{}.freshness).count();
  const auto age = sim::unix_seconds(*s.options.at) - iat;
  return lint_objection(
      age > window || age < -window,
      "iat is " + numeric_date_text(iat) + ", judged at " + sim::format_time(*s.options.at));
}

Objection passport_signature_verifies(const PassportSubject& s) {
  const auto& signer = s.options.signer;
  const auto& signature = s.token.signature();
  if (signer == nullptr || !signature || s.token.is_compact()) return std::nullopt;
  const auto& key = signer->public_key();
  return lint_objection(!key || !key->verify(s.token.signing_input(), *signature),
                        "not signed by " + signer->subject().text());
}

constexpr std::array kPassportRules{
    LintRule<PassportSubject>{"iat_is_fresh", kError, "RFC 8224 §6.2 step 4", passport_is_fresh},
    LintRule<PassportSubject>{"signature_verifies", kError, "RFC 8224 §6.2 step 5",
                              passport_signature_verifies},
    LintRule<PassportSubject>{"ppt_is_registered", kWarning, "RFC 8225 §8.1", type_is_registered},
};

void lint_passport(const PassportToken& token,
                   const InspectOptions& options,
                   Inspection& inspection) {
  for (std::size_t i = 0; i < kPassportDefects; ++i) {
    const auto defect = static_cast<PassportDefect>(i);
    if (!token.defects().has(defect)) continue;
    inspection.findings.push_back({severity_of(defect), std::string(to_string(defect)),
                                   std::string(describe(defect)), std::string(clause(defect))});
  }
  apply_rules(kPassportRules, PassportSubject{token, options}, inspection);
  if (!token.content().x5u.empty()) lint_url(token.content().x5u, "x5u: ", inspection);
}

void put_passport(const PassportToken& token, Json& document) {
  document["compact"] = token.is_compact();
  if (!token.is_compact()) {
    document["header"] = octets_as_json(token.header_octets());
    document["payload"] = octets_as_json(token.payload_octets());
    if (token.content().iat > 0) document["iat"] = numeric_date_text(token.content().iat);
  }
  document["signature_octets"] =
      token.signature() ? Json(token.signature()->size()) : Json(nullptr);
}

// The header field around it.

struct IdentitySubject {
  const IdentityHeader& header;
  const PassportToken& token;

  const Passport& content() const { return token.content(); }

  // The PASSporT has a header to compare with.
  bool reads_header() const {
    return !header.is_compact() && !(token.defects() & kUnreadablePassportHeader).first();
  }
};

struct IdentityDefectRule {
  IdentityDefect defect;
  std::string_view text;
  std::string_view clause;
};

// In the order of the enumeration.
constexpr std::array<IdentityDefectRule, kIdentityDefects> kIdentityDefectRules{{
    {IdentityDefect::kTooLong, "more than 8 KiB", "RFC 8224 §4"},
    {IdentityDefect::kTokenMissing, "no token before the first ;", "RFC 8224 §4"},
    {IdentityDefect::kTokenCharacter, "an octet that no token has", "RFC 7515 §2"},
    {IdentityDefect::kParameterSyntax, "a parameter that is not name=value", "RFC 8224 §4"},
    {IdentityDefect::kDuplicateParameter, "info, alg or ppt twice", "RFC 3261 §7.3.1"},
    {IdentityDefect::kInfoMissing, "no info", "RFC 8224 §4"},
    {IdentityDefect::kInfoWithoutBrackets, "info is not between < and >", "RFC 8224 §4"},
    {IdentityDefect::kInfoNotAUri, "info is not an absolute URI", "RFC 3986 §4.3"},
    {IdentityDefect::kInfoNotFirst, "info is not the first parameter", "RFC 8224 §4"},
    {IdentityDefect::kQuotedParameter, "alg or ppt in quotes", "RFC 8946 §5"},
    {IdentityDefect::kUnknownParameter, "a parameter without meaning here", "RFC 8224 §4"},
}};

Severity severity_of(IdentityDefect defect) { return is_lint(defect) ? kLint : kError; }

Objection full_form_is_used(const IdentitySubject& s) {
  return lint_objection(s.header.is_compact() && s.header.ppt.value_or("") == "shaken",
                        "the compact form of a shaken PASSporT");
}

Objection info_matches_x5u(const IdentitySubject& s) {
  if (!s.header.info || !s.reads_header()) return std::nullopt;
  return lint_objection(s.content().x5u != *s.header.info, "x5u is " + s.content().x5u);
}

Objection ppt_matches(const IdentitySubject& s) {
  if (!s.reads_header()) return std::nullopt;
  const auto parameter = s.header.ppt.value_or("");
  return lint_objection(parameter != s.content().ppt,
                        "ppt is " + s.content().ppt + " in the token");
}

Objection alg_matches(const IdentitySubject& s) {
  const auto parameter = s.header.alg.value_or("ES256");  // RFC 8224 §4.1
  const bool read = s.reads_header() && !s.token.defects().has(PassportDefect::kAlgMissing) &&
                    !s.content().alg.empty();
  return lint_objection(read && parameter != s.content().alg,
                        "alg is " + s.content().alg + " in the token");
}

constexpr std::array kIdentityRules{
    LintRule<IdentitySubject>{"info_matches_x5u", kError, "RFC 8224 §4.1", info_matches_x5u},
    LintRule<IdentitySubject>{"ppt_matches", kError, "RFC 8224 §4.1", ppt_matches},
    LintRule<IdentitySubject>{"alg_matches", kError, "RFC 8224 §4.1", alg_matches},
    LintRule<IdentitySubject>{"full_form_is_used", kError, "RFC 8588 §3", full_form_is_used},
};

}  // namespace

void inspect_passport(const std::string& text,
                      const InspectOptions& options,
                      Inspection& inspection) {
  inspection.kind = ArtefactKind::kPassport;
  const auto token = PassportToken::decode(text);
  put_passport(token, inspection.document);
  lint_passport(token, options, inspection);
}

void inspect_identity(std::string_view value,
                      const InspectOptions& options,
                      Inspection& inspection) {
  inspection.kind = ArtefactKind::kIdentityHeader;
  const auto header = parse_identity_header(value);
  const auto token = PassportToken::decode(header.token);
  auto& document = inspection.document;
  put_passport(token, document);
  if (header.info) document["info"] = *header.info;
  if (header.alg) document["alg"] = *header.alg;
  if (header.ppt) document["ppt"] = *header.ppt;
  for (const auto& [name, parameter] : header.other_parameters) {
    document["other_parameters"].push_back(name + "=" + parameter);
  }
  for (const auto& rule : kIdentityDefectRules) {
    if (!header.has(rule.defect)) continue;
    inspection.findings.push_back({severity_of(rule.defect), std::string(to_string(rule.defect)),
                                   std::string(rule.text), std::string(rule.clause)});
  }
  apply_rules(kIdentityRules, IdentitySubject{header, token}, inspection);
  // The same URL twice needs no second set of findings.
  if (header.info && *header.info != token.content().x5u) {
    lint_url(*header.info, "info: ", inspection);
  }
  lint_passport(token, options, inspection);
}

void list_passport_rules(std::vector<LintRuleInfo>& all) {
  for (const auto& rule : kIdentityDefectRules) {
    all.push_back(
        {"identity_header", to_string(rule.defect), severity_of(rule.defect), rule.clause});
  }
  list_rules("identity_header", kIdentityRules, all);
  for (std::size_t i = 0; i < kPassportDefects; ++i) {
    const auto defect = static_cast<PassportDefect>(i);
    all.push_back({"passport", to_string(defect), severity_of(defect), clause(defect)});
  }
  list_rules("passport", kPassportRules, all);
  list_rules("repository_url", kUrlRules, all);
}

}  // namespace shakedown::stir

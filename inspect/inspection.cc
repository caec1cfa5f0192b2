#include "inspect/inspection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>

#include "crypto/octets/bytes.h"
#include "crypto/octets/pem.h"
#include "inspect/inspect_parts.h"
#include "sim/message.h"
#include "stir/call/sip_text.h"

namespace shakedown::stir {
namespace {

// What is wrong before there is an artefact to judge, or around it.
enum class FileRule : std::uint8_t {
  kNotEmpty,
  kNotTooLarge,
  kIsKnown,
  kDerIsWhole,
  kPemIsWellFormed,
  kPemBlockIsKnown,
  kPemBlockDecodes,
  kNoPrivateKey,
  kOneKind,
  kNoTextOutsidePem,
};

using enum Severity;

// In the order of the enumeration.
constexpr std::array kFileRules{
    LintRuleInfo{"file", "is_not_empty", kError, ""},
    LintRuleInfo{"file", "is_not_too_large", kError, ""},
    LintRuleInfo{"file", "artefact_is_known", kError, ""},
    LintRuleInfo{"file", "der_is_whole", kError, "X.690 §10.1"},
    LintRuleInfo{"file", "pem_is_well_formed", kError, "RFC 7468 §2"},
    LintRuleInfo{"file", "pem_block_is_known", kError, "RFC 7468 §4"},
    LintRuleInfo{"file", "pem_block_decodes", kError, "RFC 7468 §2"},
    LintRuleInfo{"file", "no_private_key", kError, "RFC 7468 §10"},
    LintRuleInfo{"file", "artefacts_are_of_one_kind", kError, ""},
    LintRuleInfo{"file", "no_text_outside_pem", kWarning, "RFC 8555 §9.1"},
};

void add(Inspection& inspection, FileRule which, std::string detail) {
  const auto& rule = kFileRules[static_cast<std::size_t>(which)];
  inspection.findings.push_back(
      {rule.severity, std::string(rule.id), std::move(detail), std::string(rule.clause)});
}

// nullopt: done; else why it is none of the kinds.
std::optional<std::string> inspect_der(std::string_view der,
                                       const InspectOptions& options,
                                       Inspection& inspection) {
  const auto certificate = crypto::Certificate::from_der(der);
  if (certificate) {
    inspect_certificates({*certificate}, options, inspection);
    return std::nullopt;
  }
  const auto request = crypto::parse_request(der);
  if (request) {
    inspect_request(*request, options, inspection);
    return std::nullopt;
  }
  const auto crl = crypto::Crl::read(der);
  if (crl) {
    inspect_crl(**crl, options, inspection);
    return std::nullopt;
  }
  const auto response = crypto::parse_ocsp_response(der);
  if (response) {
    inspect_ocsp_response(*response, options, inspection);
    return std::nullopt;
  }
  const auto question = crypto::parse_ocsp_request(der);
  if (question) {
    inspect_ocsp_request(*question, inspection);
    return std::nullopt;
  }
  return fmt::format(
      "no certificate ({}), request ({}), CRL ({}), OCSP response ({}) or OCSP request ({})",
      certificate.error().detail, request.error().detail, crl.error().detail,
      response.error().detail, question.error().detail);
}

// How many octets a SEQUENCE has by its own header; nullopt if that is not DER.
std::optional<std::size_t> promised_octets(std::string_view der) {
  constexpr unsigned kLongForm = 0x80;
  if (der.size() < 2 || der.front() != '\x30') return std::nullopt;
  const auto first = static_cast<unsigned char>(der[1]);
  if (first < kLongForm) return first + 2U;
  const std::size_t count = first - kLongForm;
  if (count == 0 || count > 4 || der.size() < 2 + count) return std::nullopt;
  std::size_t length = 0;
  for (std::size_t i = 0; i < count; ++i) {
    length = length * 256 + static_cast<unsigned char>(der[2 + i]);
  }
  return length + 2 + count;
}

// As inspect_der, with a finding where it is no artefact.
void judge_der(std::string_view der, const InspectOptions& options, Inspection& inspection) {
  const auto promised = promised_octets(der);
  if (promised && *promised > der.size()) {
    return add(inspection, FileRule::kDerIsWhole,
               fmt::format("DER that ends early: {} of {} octets", der.size(), *promised));
  }
  if (promised && *promised < der.size()) {
    return add(inspection, FileRule::kDerIsWhole,
               fmt::format("{} octets after the DER", der.size() - *promised));
  }
  if (auto why = inspect_der(der, options, inspection)) {
    add(inspection, FileRule::kIsKnown, "DER, but " + *std::move(why));
  }
}

// Only white space may stand outside of blocks.
bool has_text_outside(std::string_view text) {
  constexpr std::string_view kEnd = "-----";
  while (true) {
    const auto begin = text.find("-----BEGIN");
    if (!sip_text::trimmed(text.substr(0, begin)).empty()) return true;
    if (begin == std::string_view::npos) return false;
    auto end = text.find("-----END", begin);
    if (end == std::string_view::npos) return false;
    end = text.find(kEnd, end + kEnd.size());
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + kEnd.size());
  }
}

// Certificates are one chain; of anything else a file holds one.
void inspect_pem(std::string_view text, const InspectOptions& options, Inspection& inspection) {
  constexpr std::size_t kMostBlocks = 64;
  const auto blocks = crypto::read_pem(text, {.octets = kLargestArtefact, .blocks = kMostBlocks});
  if (!blocks) return add(inspection, FileRule::kPemIsWellFormed, blocks.error().detail);
  if (blocks->empty()) return add(inspection, FileRule::kPemIsWellFormed, "no block");
  if (has_text_outside(text)) {
    add(inspection, FileRule::kNoTextOutsidePem, "text before, between or after the blocks");
  }
  std::vector<crypto::CertificatePtr> certificates;
  const crypto::PemBlock* other = nullptr;
  for (const auto& block : *blocks) {
    if (block.label.ends_with("PRIVATE KEY")) {
      add(inspection, FileRule::kNoPrivateKey, "a private key is in the file");
    } else if (block.label == "CERTIFICATE") {
      auto certificate = crypto::Certificate::from_der(block.der);
      if (certificate) {
        certificates.push_back(*std::move(certificate));
      } else {
        add(inspection, FileRule::kPemBlockDecodes, certificate.error().detail);
      }
    } else if (other != nullptr) {
      add(inspection, FileRule::kOneKind, "a further block: " + block.label);
    } else {
      other = &block;
    }
  }
  if (!certificates.empty()) {
    if (other != nullptr) add(inspection, FileRule::kOneKind, "a further block: " + other->label);
    return inspect_certificates(certificates, options, inspection);
  }
  if (other == nullptr) return;
  if (auto why = inspect_der(other->der, options, inspection)) {
    add(inspection, FileRule::kPemBlockIsKnown, other->label + ": " + *std::move(why));
  }
}

// What a policy administrator or a signing service answers around the artefact.
std::optional<std::string> unwrapped(std::string_view text) {
  constexpr std::size_t kLargestAnswer = 2 * 1024 * 1024;  // A CA list of 1 MiB in JSON.
  const auto json = parse_json_object(text, {.bytes = kLargestAnswer});
  if (!json) return std::nullopt;
  for (const auto* name : {"caList", "token", "identity", "tkauth", "atc"}) {
    if (auto inner = string_member(*json, name)) return inner;
  }
  if (const auto* response = find_member(*json, "signingResponse")) {
    return string_member(*response, "identity");
  }
  return std::nullopt;
}

// Without it if it is there.
std::string_view without_header_name(std::string_view text) {
  for (const std::string_view name : {"Identity:", "y:"}) {
    if (sim::equals_ignoring_case(text.substr(0, name.size()), name)) {
      return sip_text::trimmed(text.substr(name.size()));
    }
  }
  return text;
}

// DER in base64, as OCSP sends it in a URL: "%2B", "%2F" and "%3D" are undone.
std::optional<crypto::Bytes> der_of_base64(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const auto octet = crypto::from_hex(text.substr(i + 1, 2));
    if (!octet || octet->size() != 1) return std::nullopt;
    plain += *octet;
    i += 2;
  }
  auto decoded = crypto::base64_decode(plain);
  if (!decoded || !decoded->octets.starts_with('\x30')) return std::nullopt;
  return std::move(decoded->octets);
}

// A token and parameters, be they ever so broken; not whatever holds a semicolon.
bool looks_like_identity(std::string_view text) {
  const auto has = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  return has(";") && !has(std::string_view("\0", 1)) &&
         (has("info=") || (has(".") && crypto::is_utf8(text)));
}

void inspect_text(std::string_view text, const InspectOptions& options, Inspection& inspection) {
  std::optional<std::string> inner;
  if (text.starts_with('{')) inner = unwrapped(text);
  if (inner) text = sip_text::trimmed(*inner);
  const auto value = without_header_name(text);
  const bool is_named = value.size() != text.size();
  text = value;
  const bool has_blank = text.find_first_of(" \t\r\n{}") != std::string_view::npos;
  if (is_named || looks_like_identity(text)) {
    inspect_identity(text, options, inspection);
  } else if (text.find('.') != std::string_view::npos && !has_blank) {
    if (!inspect_token(text, options, inspection)) {
      inspect_passport(std::string(text), options, inspection);
    }
  } else if (const auto der = der_of_base64(text)) {
    judge_der(*der, options, inspection);
  } else {
    add(inspection, FileRule::kIsKnown,
        "neither PEM, DER, its base64, an Identity header nor a token of three parts");
  }
}

// A stranger's octets end up in JSON, which is UTF-8.
std::string as_utf8(std::string text) {
  return crypto::is_utf8(text) ? std::move(text) : "hex:" + crypto::to_hex(text);
}

void make_utf8(Json& json) {
  if (json.is_string()) {
    json = as_utf8(json.get<std::string>());
  } else if (json.is_structured()) {
    for (auto& value : json) make_utf8(value);
  }
}

// For a terminal: no control character of the artefact reaches it.
std::string printable(std::string_view text) {
  constexpr unsigned char kDelete = 0x7f;
  constexpr unsigned char kNoBreakSpace = 0xa0;  // The first after the C1 controls.
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    if (octet < ' ' || octet == kDelete) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", octet);
    } else if (octet == 0xc2 && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) < kNoBreakSpace) {
      fmt::format_to(std::back_inserter(out), "\\u00{:02x}", static_cast<unsigned char>(text[++i]));
    } else {
      out += text[i];
    }
  }
  return out;
}

void append_lines(std::string& out, const Json& json, std::size_t indent) {
  const std::string margin(indent, ' ');
  const auto append_value = [&](const Json& value) {
    if (value.is_structured() && !value.empty()) {
      out += '\n';
      append_lines(out, value, indent + 2);
    } else {
      out += ' ';
      out += printable(value.is_string() ? value.get<std::string>() : canonical_json(value));
      out += '\n';
    }
  };
  if (json.is_object()) {
    for (const auto& [name, value] : json.items()) {
      out.append(margin).append(printable(name)).append(":");
      append_value(value);
    }
  } else if (json.is_array()) {
    for (const auto& value : json) {
      out.append(margin).append("-");
      append_value(value);
    }
  }
}

void inspect_octets(std::string_view octets,
                    const InspectOptions& options,
                    Inspection& inspection) {
  if (octets.size() > kLargestArtefact) {
    return add(inspection, FileRule::kNotTooLarge,
               fmt::format("{} octets; at most {} are read", octets.size(), kLargestArtefact));
  }
  const auto text = sip_text::trimmed(octets);
  if (text.empty()) return add(inspection, FileRule::kNotEmpty, "there is nothing to inspect");
  const bool no_text = octets.size() > 1 && (octets[1] & '\x80') != 0;  // None goes on like this.
  if (octets.starts_with('\x30') && (no_text || promised_octets(octets) == octets.size())) {
    return judge_der(octets, options, inspection);
  }
  if (text.find("-----BEGIN") != std::string_view::npos) {
    return inspect_pem(text, options, inspection);
  }
  inspect_text(text, options, inspection);
}

}  // namespace

std::string_view to_string(ArtefactKind kind) {
  constexpr std::array<std::string_view, 10> kNames{
      "unknown", "identity_header", "passport", "certificates", "certificate_request",
      "crl",     "spc_token",       "ca_list",  "ocsp_request", "ocsp_response"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Severity> Inspection::worst() const {
  std::optional<Severity> worst;
  for (const auto& finding : findings) {
    if (!worst || finding.severity > *worst) worst = finding.severity;
  }
  return worst;
}

Json octets_as_json(const std::string& octets) {
  if (auto json = parse_json(octets)) return *std::move(json);
  return crypto::is_utf8(octets) ? Json(octets) : Json(crypto::to_hex(octets));
}

std::string numeric_date_text(std::int64_t seconds) {
  constexpr std::int64_t kLatestTime = 9'223'372'036;  // The end of sim::Time.
  return sim::format_time(sim::from_unix_seconds(std::clamp(seconds, -kLatestTime, kLatestTime)));
}

Inspection inspect(std::string_view octets, const InspectOptions& options) {
  Inspection inspection;
  inspection.document = Json::object();
  inspect_octets(octets, options, inspection);
  make_utf8(inspection.document);
  for (auto& finding : inspection.findings) {
    finding.detail = printable(as_utf8(std::move(finding.detail)));
  }
  return inspection;
}

Json inspection_json(const Inspection& inspection) {
  Json findings = Json::array();
  for (const auto& finding : inspection.findings) {
    findings.push_back(Json{{"rule", finding.rule},
                            {"severity", to_string(finding.severity)},
                            {"clause", finding.clause},
                            {"detail", finding.detail}});
  }
  return Json{{"kind", to_string(inspection.kind)},
              {"document", inspection.document},
              {"findings", std::move(findings)}};
}

std::string inspection_text(const Inspection& inspection) {
  std::string out(to_string(inspection.kind));
  out += '\n';
  append_lines(out, inspection.document, 2);
  std::size_t rule_width = 0;
  std::size_t clause_width = 0;
  for (const auto& finding : inspection.findings) {
    rule_width = std::max(rule_width, finding.rule.size());
    clause_width = std::max(clause_width, finding.clause.size());
  }
  for (const auto& finding : inspection.findings) {
    fmt::format_to(std::back_inserter(out), "{:<7}  {:<{}}  {:<{}}  {}\n",
                   to_string(finding.severity), finding.rule, rule_width,
                   finding.clause.empty() ? "-" : finding.clause, clause_width, finding.detail);
  }
  if (inspection.findings.empty()) out += "nothing odd\n";
  return out;
}

std::string LintRuleInfo::versions() const {
  if (first == ProfileVersion::kV003 && last == ProfileVersion::kV005) return "";
  if (first == last) return std::string(to_string(first));
  return std::string(to_string(first)) + "-" + std::string(to_string(last));
}

std::vector<LintRuleInfo> lint_rules() {
  std::vector<LintRuleInfo> all(kFileRules.begin(), kFileRules.end());
  list_passport_rules(all);
  list_certificate_rules(all);
  list_crl_rules(all);
  list_token_rules(all);
  list_ocsp_rules(all);
  return all;
}

std::string lint_rules_text() {
  std::string out;
  for (const auto& rule : lint_rules()) {
    std::string line =
        fmt::format("{:<21}{:<42}{:<9}{:<28}{}", rule.artefact, rule.id, to_string(rule.severity),
                    rule.clause.empty() ? "-" : rule.clause, rule.versions());
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace shakedown::stir

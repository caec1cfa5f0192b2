#include "actors/stir/inspect.h"

#include <algorithm>
#include <optional>

#include "actors/crypto/pem.h"
#include "actors/stir/ca_list.h"
#include "actors/stir/chain.h"
#include "actors/stir/identity_header.h"
#include "actors/stir/inspect_certificate.h"
#include "actors/stir/jws.h"
#include "actors/stir/passport_token.h"
#include "actors/stir/sip_text.h"
#include "actors/stir/spc_token.h"
#include "actors/stir/tn_auth_list.h"
#include "sim/message.h"

namespace shakedown::stir {
namespace {

constexpr std::size_t kLargestArtefact = 16 * 1024 * 1024;

void add(Inspection& inspection,
         std::string severity,
         std::string_view id,
         std::string detail,
         std::string_view clause = "") {
  inspection.findings.push_back(
      {std::move(severity), std::string(id), std::move(detail), std::string(clause)});
}

bool is_lint_defect(PassportDefect defect) {
  return defect >= PassportDefect::kHeaderNotCanonical || defect == PassportDefect::kIatFraction;
}

// The octets as JSON if they are, else as text; for a person, so that nothing is hidden.
Json as_json(const std::string& octets) {
  if (auto json = parse_json(octets)) return *std::move(json);
  return crypto::is_utf8(octets) ? Json(octets) : Json(crypto::to_hex(octets));
}

void inspect_passport(const std::string& text, Inspection& inspection) {
  inspection.kind = ArtefactKind::kPassport;
  const auto token = PassportToken::decode(text);
  auto& document = inspection.document;
  document["compact"] = token.is_compact();
  if (!token.is_compact()) {
    document["header"] = as_json(token.header_octets());
    document["payload"] = as_json(token.payload_octets());
    if (token.content().iat > 0) {
      constexpr std::int64_t kLatestTime = 9'223'372'036;  // The end of sim::Time.
      const auto iat = std::min(token.content().iat, kLatestTime);
      document["iat"] = sim::format_time(sim::from_unix_seconds(iat));
    }
  }
  document["signature_octets"] =
      token.signature() ? Json(token.signature()->size()) : Json(nullptr);
  for (std::size_t i = 0; i < kPassportDefects; ++i) {
    const auto defect = static_cast<PassportDefect>(i);
    if (!token.defects().has(defect)) continue;
    add(inspection, is_lint_defect(defect) ? "lint" : "error", to_string(defect),
        std::string(describe(defect)), clause(defect));
  }
}

void inspect_identity(std::string_view value, Inspection& inspection) {
  const auto header = parse_identity_header(value);
  inspect_passport(header.token, inspection);
  inspection.kind = ArtefactKind::kIdentityHeader;
  auto& document = inspection.document;
  if (header.info) document["info"] = *header.info;
  if (header.alg) document["alg"] = *header.alg;
  if (header.ppt) document["ppt"] = *header.ppt;
  for (std::size_t i = 0; i < kIdentityDefects; ++i) {
    const auto defect = static_cast<IdentityDefect>(i);
    if (!header.has(defect)) continue;
    add(inspection, is_lint(defect) ? "lint" : "error", to_string(defect), "Identity header",
        "RFC 8224 §4");
  }
  const auto content = PassportToken::decode(header.token).content();
  if (header.info && !header.is_compact() && content.x5u != *header.info) {
    add(inspection, "error", "info_matches_x5u", "x5u is " + content.x5u, "RFC 8224 §4.1");
  }
  if (!header.is_compact() && header.ppt.value_or("") != content.ppt) {
    add(inspection, "error", "ppt_matches", "ppt is " + content.ppt, "RFC 8224 §4.1");
  }
  if (header.info) {
    if (auto objection = url_objection(*header.info, {})) {
      add(inspection, "error", "x5u_url_is_allowed", *std::move(objection), "ATIS-1000074 §5.3.1");
    }
  }
}

void inspect_spc_token(const ReceivedSpcToken& received, Inspection& inspection) {
  inspection.kind = ArtefactKind::kSpcToken;
  const auto& atc = received.token.atc;
  const auto list = tn_auth_list_of_identifier(atc.tkvalue);
  const auto entries = list ? crypto::decode_tn_auth_list(*list)
                            : Result<std::vector<crypto::TnEntry>>(
                                  fail(ErrorCode::kMalformed, "tkvalue is not base64"));
  inspection.document = Json{{"header", received.jws.header},
                             {"payload", as_json(received.jws.payload)},
                             {"expires", sim::format_time(received.token.expires)},
                             {"tn_auth_list", entries ? Scope::of(*entries).text() : "malformed"}};
  for (const auto& name : received.missing) {
    add(inspection, "error", "claim_missing", name, "RFC 9448 §5");
  }
  if (!received.atc_is_well_formed) {
    add(inspection, "error", "atc_malformed", "atc lacks a mandatory member", "RFC 9447 §4");
  }
  if (!entries)
    add(inspection, "error", "tkvalue_malformed", entries.error().detail, "RFC 9448 §3");
  if (atc.tktype != "TNAuthList") {
    add(inspection, "error", "tktype_is_tn_auth_list", "tktype is " + atc.tktype, "RFC 9448 §5");
  }
  if (!is_fingerprint(atc.fingerprint)) {
    add(inspection, "error", "fingerprint_is_well_formed", atc.fingerprint, "RFC 9447 §4");
  }
  if (!received.token.x5u.starts_with("https://")) {
    add(inspection, "error", "x5u_is_https", received.token.x5u, "RFC 9448 §6 step 2");
  }
}

void inspect_ca_list(const ReceivedCaList& received, Inspection& inspection) {
  inspection.kind = ArtefactKind::kCaList;
  const auto& list = received.list;
  inspection.document = Json{{"header", received.jws.header},
                             {"version", list.version},
                             {"sequence", list.sequence},
                             {"expires", sim::format_time(list.expires)},
                             {"members", Json::array()}};
  for (std::size_t i = 0; i < list.trust_list.size(); ++i) {
    const auto bundle = crypto::read_pem_certificates(list.trust_list[i]);
    const std::string where = "member " + std::to_string(i);
    if (!bundle) {
      inspection.document["members"].push_back("unreadable");
      add(inspection, "error", "member_unreadable", where + ": " + bundle.error().detail);
      continue;
    }
    const auto& root = *bundle->certificates.front();
    inspection.document["members"].push_back(Json{{"subject", root.subject().text()},
                                                  {"not_after", sim::format_time(root.not_after())},
                                                  {"sha256", root.fingerprint_hex()}});
    const auto role = CertificateRole::kRoot;
    for (const auto& finding : check_profile({root, role, nullptr, version_in_force(root, role)})) {
      add(inspection, std::string(to_string(finding.rule->severity)), finding.rule->id,
          where + ": " + finding.detail, finding.rule->clause);
    }
  }
}

// Three parts: a PASSporT by its typ, else by what the payload holds.
void inspect_jws(const std::string& text, Inspection& inspection) {
  if (const auto token = parse_spc_token(text); token && token->missing.size() < 3) {
    const auto payload = parse_json_object(token->jws.payload);
    if (payload && payload->contains("atc")) return inspect_spc_token(*token, inspection);
  }
  if (const auto list = parse_ca_list(text)) return inspect_ca_list(*list, inspection);
  inspect_passport(text, inspection);
}

bool inspect_der(std::string_view der, Inspection& inspection) {
  if (auto certificate = crypto::Certificate::from_der(der)) {
    inspect_certificates({*certificate}, inspection);
  } else if (const auto request = crypto::parse_request(der)) {
    inspect_request(*request, inspection);
  } else if (const auto crl = crypto::Crl::read(der)) {
    inspect_crl(**crl, inspection);
  } else {
    return false;
  }
  return true;
}

void inspect_pem(std::string_view text, Inspection& inspection) {
  constexpr std::size_t kMostBlocks = 64;
  const auto blocks = crypto::read_pem(text, {.octets = kLargestArtefact, .blocks = kMostBlocks});
  if (!blocks) return add(inspection, "error", "pem_malformed", blocks.error().detail, "RFC 7468");
  std::vector<crypto::CertificatePtr> certificates;
  for (const auto& block : *blocks) {
    if (block.label.ends_with("PRIVATE KEY")) {
      add(inspection, "error", "private_key", "a private key is in the file");
    } else if (block.label == "CERTIFICATE") {
      auto certificate = crypto::Certificate::from_der(block.der);
      if (certificate) {
        certificates.push_back(*std::move(certificate));
      } else {
        add(inspection, "error", "certificate_malformed", certificate.error().detail, "RFC 5280");
      }
    } else if (!inspect_der(block.der, inspection)) {
      add(inspection, "error", "block_unknown", block.label, "RFC 7468");
    }
  }
  if (!certificates.empty()) inspect_certificates(certificates, inspection);
}

// What a policy administrator or a signing service answers around the artefact.
std::optional<std::string> unwrapped(std::string_view text) {
  const auto json = parse_json_object(text, {.bytes = kLongestJws});
  if (!json) return std::nullopt;
  for (const auto* name : {"caList", "token", "identity", "tkauth", "atc"}) {
    if (auto inner = string_member(*json, name)) return inner;
  }
  if (const auto* response = find_member(*json, "signingResponse")) {
    return string_member(*response, "identity");
  }
  return std::nullopt;
}

std::string_view without_header_name(std::string_view text) {
  constexpr std::string_view kName = "Identity:";
  const bool named = sim::equals_ignoring_case(text.substr(0, kName.size()), kName);
  return named ? sip_text::trimmed(text.substr(kName.size())) : text;
}

void append_lines(std::string& out, const Json& json, std::size_t indent) {
  const std::string margin(indent, ' ');
  const auto append_value = [&](const Json& value) {
    if (value.is_structured() && !value.empty()) {
      out += '\n';
      append_lines(out, value, indent + 2);
    } else {
      out += ' ';
      out += value.is_string() ? value.get<std::string>() : canonical_json(value);
      out += '\n';
    }
  };
  if (json.is_object()) {
    for (const auto& [name, value] : json.items()) {
      out.append(margin).append(name).append(":");
      append_value(value);
    }
  } else if (json.is_array()) {
    for (const auto& value : json) {
      out.append(margin).append("-");
      append_value(value);
    }
  }
}

}  // namespace

std::string_view to_string(ArtefactKind kind) {
  switch (kind) {
    case ArtefactKind::kUnknown:
      return "unknown";
    case ArtefactKind::kIdentityHeader:
      return "identity_header";
    case ArtefactKind::kPassport:
      return "passport";
    case ArtefactKind::kCertificates:
      return "certificates";
    case ArtefactKind::kCertificateRequest:
      return "certificate_request";
    case ArtefactKind::kCrl:
      return "crl";
    case ArtefactKind::kSpcToken:
      return "spc_token";
    case ArtefactKind::kCaList:
      return "ca_list";
  }
  return "unknown";
}

Inspection inspect(std::string_view octets) {
  Inspection inspection;
  inspection.document = Json::object();
  if (octets.size() > kLargestArtefact) {
    add(inspection, "error", "too_large", std::to_string(octets.size()) + " octets");
    return inspection;
  }
  if (inspect_der(octets, inspection)) return inspection;
  auto text = sip_text::trimmed(octets);
  if (text.find("-----BEGIN") != std::string_view::npos) {
    inspect_pem(text, inspection);
    return inspection;
  }
  std::optional<std::string> inner;
  if (text.starts_with('{')) inner = unwrapped(text);
  if (inner) text = sip_text::trimmed(*inner);
  text = without_header_name(text);
  if (text.find(';') != std::string_view::npos) {
    inspect_identity(text, inspection);
  } else if (text.find('.') != std::string_view::npos &&
             text.find_first_of(" \t\r\n{}") == std::string_view::npos) {
    inspect_jws(std::string(text), inspection);
  } else {
    add(inspection, "error", "unknown",
        "neither PEM, DER, an Identity header nor a token of three parts");
  }
  return inspection;
}

Json inspection_json(const Inspection& inspection) {
  Json findings = Json::array();
  for (const auto& finding : inspection.findings) {
    findings.push_back(Json{{"severity", finding.severity},
                            {"id", finding.id},
                            {"detail", finding.detail},
                            {"clause", finding.clause}});
  }
  return Json{{"kind", to_string(inspection.kind)},
              {"document", inspection.document},
              {"findings", std::move(findings)}};
}

std::string inspection_text(const Inspection& inspection) {
  std::string out(to_string(inspection.kind));
  out += '\n';
  append_lines(out, inspection.document, 2);
  for (const auto& finding : inspection.findings) {
    out.append(finding.severity).append(" ").append(finding.id).append(": ").append(finding.detail);
    if (!finding.clause.empty()) out.append(" (").append(finding.clause).append(")");
    out += '\n';
  }
  if (inspection.findings.empty()) out += "nothing odd\n";
  return out;
}

}  // namespace shakedown::stir

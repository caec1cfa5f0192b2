// What the STI-PA signs as JWS, SPC tokens and CA lists: decoded leniently, claim by claim, so that
// what a strict reader would refuse as a whole is named one by one.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "crypto/octets/bytes.h"
#include "crypto/octets/pem.h"
#include "crypto/x509/tn_auth_list.h"
#include "inspect/inspect_parts.h"
#include "inspect/lint.h"
#include "sim/message.h"
#include "stir/credential/ca_list.h"
#include "stir/credential/number_scope.h"
#include "stir/jose/jws.h"

namespace shakedown::stir {
namespace {

using Objection = std::optional<std::string>;
using enum Severity;

// Three base64url parts, the first two JSON objects.
struct LooseJws {
  std::string_view signing_input;
  Json header;
  Json payload;
  crypto::Bytes signature;
  const InspectOptions* options = nullptr;
};

std::optional<LooseJws> read_loose_jws(std::string_view text) {
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.size() > kLongestJws) return std::nullopt;
  const auto header = crypto::base64url_decode(text.substr(0, first));
  const auto payload = crypto::base64url_decode(text.substr(first + 1, second - first - 1));
  auto signature = crypto::base64url_decode(text.substr(second + 1));
  if (!header || !payload || !signature) return std::nullopt;
  auto header_json = parse_json_object(header->octets);
  auto payload_json = parse_json_object(payload->octets, {.bytes = kLongestJws});
  if (!header_json || !payload_json) return std::nullopt;
  return LooseJws{text.substr(0, second), *std::move(header_json), *std::move(payload_json),
                  std::move(signature->octets), nullptr};
}

Objection jws_alg(const LooseJws& s) {
  return lint_objection(string_member(s.header, "alg") != "ES256", "alg is not ES256");
}

Objection jws_typ(const LooseJws& s) {
  return lint_objection(string_member(s.header, "typ") != "JWT", "typ is not JWT");
}

Objection jws_crit(const LooseJws& s) {
  return lint_objection(s.header.contains("crit"), "crit names what we do not understand");
}

Objection jws_signature_length(const LooseJws& s) {
  return lint_objection(s.signature.size() != crypto::Es256Signature{}.size(),
                        std::to_string(s.signature.size()) + " octets");
}

Objection jws_key_is_named(const LooseJws& s) {
  return lint_objection(!s.header.contains("x5u") && !s.header.contains("x5c"),
                        "neither x5u nor x5c");
}

// A member that may be absent.
Objection https_member(const Json& object, const char* name) {
  const Json* member = find_member(object, name);
  if (member == nullptr) return std::nullopt;
  if (!member->is_string()) return name + std::string(" is not a string");
  const auto text = member->get<std::string>();
  const auto url = sim::parse_url(text);
  return lint_objection(!url || url->scheme != "https", name + std::string(" is ") + text);
}

Objection jws_x5u_is_https(const LooseJws& s) { return https_member(s.header, "x5u"); }

Objection jws_exp(const LooseJws& s) {
  const auto exp = integer_member(s.payload, "exp");
  return lint_objection(!exp || *exp <= 0, "no exp, or it is no time");
}

Objection jws_is_not_expired(const LooseJws& s) {
  const auto exp = integer_member(s.payload, "exp");
  if (!exp || !s.options->at) return std::nullopt;
  return lint_objection(sim::unix_seconds(*s.options->at) >= *exp,
                        "expired at " + numeric_date_text(*exp));
}

Objection jws_signature_verifies(const LooseJws& s) {
  const auto& signer = s.options->signer;
  if (signer == nullptr) return std::nullopt;
  const auto raw = crypto::signature_from_raw(s.signature);
  const auto& key = signer->public_key();
  return lint_objection(!raw || !key || !key->verify(s.signing_input, *raw),
                        "not signed by " + signer->subject().text());
}

constexpr std::array kJwsRules{
    LintRule<LooseJws>{"alg_is_es256", kError, "RFC 7515 §4.1.1", jws_alg},
    LintRule<LooseJws>{"crit_is_absent", kError, "RFC 7515 §4.1.11", jws_crit},
    LintRule<LooseJws>{"signature_is_64_octets", kError, "RFC 7518 §3.4", jws_signature_length},
    LintRule<LooseJws>{"key_is_named", kError, "RFC 7515 §4.1.5", jws_key_is_named},
    LintRule<LooseJws>{"x5u_is_https", kError, "RFC 7515 §4.1.5", jws_x5u_is_https},
    LintRule<LooseJws>{"exp_present", kError, "RFC 7519 §4.1.4", jws_exp},
    LintRule<LooseJws>{"signature_verifies", kError, "RFC 7515 §5.2", jws_signature_verifies},
    LintRule<LooseJws>{"is_not_expired", kError, "RFC 7519 §4.1.4", jws_is_not_expired},
    LintRule<LooseJws>{"typ_is_jwt", kWarning, "RFC 7519 §5.1", jws_typ},
};

// SPC tokens.

struct TokenSubject {
  const Json& payload;
  const Json* atc;  // Null unless it is an object.
  std::optional<std::string> tkvalue;
  std::optional<crypto::Bytes> list_der;
  std::optional<std::vector<crypto::TnEntry>> entries;
};

TokenSubject token_subject(const Json& payload) {
  TokenSubject subject{payload, find_member(payload, "atc"), {}, {}, {}};
  if (subject.atc == nullptr || !subject.atc->is_object()) {
    subject.atc = nullptr;
    return subject;
  }
  subject.tkvalue = string_member(*subject.atc, "tkvalue");
  if (!subject.tkvalue) return subject;
  auto der = tn_auth_list_of_identifier(*subject.tkvalue);
  if (!der) return subject;
  subject.list_der = *std::move(der);
  if (auto entries = crypto::decode_tn_auth_list(*subject.list_der)) {
    subject.entries = *std::move(entries);
  }
  return subject;
}

Objection token_has_jti(const TokenSubject& s) {
  return lint_objection(string_member(s.payload, "jti").value_or("").empty(), "no jti");
}

Objection token_has_atc(const TokenSubject& s) {
  return lint_objection(s.atc == nullptr, "atc is not an object");
}

Objection token_type(const TokenSubject& s) {
  if (s.atc == nullptr) return std::nullopt;
  const auto type = string_member(*s.atc, "tktype");
  return lint_objection(type != "TNAuthList", "tktype is " + type.value_or("missing"));
}

Objection token_has_value(const TokenSubject& s) {
  return lint_objection(s.atc != nullptr && !s.tkvalue, "no tkvalue");
}

Objection token_value_is_base64(const TokenSubject& s) {
  return lint_objection(s.tkvalue && !s.list_der, "tkvalue is not base64");
}

Objection token_value_is_base64url(const TokenSubject& s) {
  return lint_objection(s.list_der && !crypto::base64url_decode(*s.tkvalue),
                        "tkvalue is base64 with padding or another alphabet");
}

Objection token_list_decodes(const TokenSubject& s) {
  if (!s.list_der || s.entries) return std::nullopt;
  return crypto::decode_tn_auth_list(*s.list_der).error().detail;
}

bool is_spc(const crypto::TnEntry& entry) {
  return entry.kind == crypto::TnEntry::Kind::kServiceProviderCode;
}

Objection token_list_is_one_spc(const TokenSubject& s) {
  return lint_objection(s.entries && (s.entries->size() != 1 || !is_spc(s.entries->front())),
                        "not exactly one provider code");
}

Objection token_spc_is_upper_case(const TokenSubject& s) {
  if (!s.entries) return std::nullopt;
  for (const auto& entry : *s.entries) {
    const bool good = std::all_of(entry.value.begin(), entry.value.end(), [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    if (is_spc(entry) && (entry.value.empty() || !good)) return "provider code " + entry.value;
  }
  return std::nullopt;
}

Objection token_fingerprint(const TokenSubject& s) {
  if (s.atc == nullptr) return std::nullopt;
  const auto fingerprint = string_member(*s.atc, "fingerprint");
  if (!fingerprint) return "no fingerprint";
  return lint_objection(!is_fingerprint(*fingerprint),
                        "not SHA256 and 32 pairs of upper-case hex: " + *fingerprint);
}

Objection token_ca_is_boolean(const TokenSubject& s) {
  const Json* ca = s.atc == nullptr ? nullptr : find_member(*s.atc, "ca");
  return lint_objection(ca != nullptr && !ca->is_boolean(), "ca is not true or false");
}

Objection token_issuer_is_a_url(const TokenSubject& s) { return https_member(s.payload, "iss"); }

constexpr std::array kTokenRules{
    LintRule<TokenSubject>{"jti_present", kError, "RFC 9447 §4", token_has_jti},
    LintRule<TokenSubject>{"atc_is_an_object", kError, "RFC 9447 §4", token_has_atc},
    LintRule<TokenSubject>{"tktype_is_tn_auth_list", kError, "RFC 9448 §5", token_type},
    LintRule<TokenSubject>{"tkvalue_present", kError, "RFC 9448 §5", token_has_value},
    LintRule<TokenSubject>{"tkvalue_is_base64", kError, "RFC 9448 §3", token_value_is_base64},
    LintRule<TokenSubject>{"tn_auth_list_decodes", kError, "RFC 8226 §9", token_list_decodes},
    LintRule<TokenSubject>{"fingerprint_is_well_formed", kError, "RFC 9447 §4", token_fingerprint},
    LintRule<TokenSubject>{"ca_is_boolean", kError, "RFC 9447 §4", token_ca_is_boolean},
    LintRule<TokenSubject>{"tn_auth_list_is_one_spc", kLint, "ATIS-1000080 §6.4.1",
                           token_list_is_one_spc},
    LintRule<TokenSubject>{"spc_is_upper_case", kLint, "ATIS-1000080.v005 §6.4.1.1",
                           token_spc_is_upper_case},
    LintRule<TokenSubject>{"iss_is_an_https_url", kLint, "RFC 9447 §4", token_issuer_is_a_url},
    // Deployed clients send padding, and the STI-PA signs what they send.
    LintRule<TokenSubject>{"tkvalue_is_base64url", kWarning, "RFC 9448 §3",
                           token_value_is_base64url},
};

void inspect_spc_token(const LooseJws& jws, Inspection& inspection) {
  inspection.kind = ArtefactKind::kSpcToken;
  const auto subject = token_subject(jws.payload);
  auto& document = inspection.document;
  document["tn_auth_list"] = subject.entries ? Scope::of(*subject.entries).text() : "malformed";
  apply_rules(kJwsRules, jws, inspection);
  apply_rules(kTokenRules, subject, inspection);
}

// CA lists.

struct ListMember {
  const Json& value;
  crypto::CertificatePtr certificate;  // Null unless the member is one.
  std::string problem;                 // Why not.
  bool repeated = false;
};

Result<crypto::CertificatePtr> read_list_member(const Json& value) {
  if (!value.is_string()) return fail(ErrorCode::kMalformed, "not a string");
  return read_ca_list_member(value.get<std::string>());
}

Objection member_is_a_certificate(const ListMember& s) {
  return lint_objection(s.certificate == nullptr, s.problem);
}

Objection member_is_a_root(const ListMember& s) {
  if (s.certificate == nullptr) return std::nullopt;
  const auto& certificate = *s.certificate;
  if (!certificate.is_self_issued()) return "not self-issued";
  const auto& constraints = certificate->basic_constraints;
  if (!constraints || !constraints->ca) return "cA is not TRUE";
  return lint_objection(!certificate.is_signed_by(certificate), "not signed with its own key");
}

Objection member_occurs_once(const ListMember& s) {
  return lint_objection(s.repeated, "listed twice");
}

constexpr std::array kListMemberRules{
    LintRule<ListMember>{"member_is_a_certificate", kError, "ATIS-1000084",
                         member_is_a_certificate},
    LintRule<ListMember>{"member_is_a_root", kError, "ATIS-1000084", member_is_a_root},
    LintRule<ListMember>{"member_occurs_once", kLint, "ATIS-1000084", member_occurs_once},
};

const Json* trust_list(const Json& payload) {
  const Json* members = find_member(payload, "trustList");
  return members != nullptr && members->is_array() ? members : nullptr;
}

Objection list_has_x5u(const LooseJws& s) {
  return lint_objection(!s.header.contains("x5u"), "no x5u: where is the signer's certificate?");
}

Objection list_version(const LooseJws& s) {
  const auto version = string_member(s.payload, "version");
  return lint_objection(version != "1.0", "version is " + version.value_or("missing"));
}

Objection list_sequence(const LooseJws& s) {
  const auto sequence = integer_member(s.payload, "sequence");
  return lint_objection(!sequence || *sequence < 0, "no sequence, or it is no whole number");
}

Objection list_is_an_array(const LooseJws& s) {
  return lint_objection(trust_list(s.payload) == nullptr, "trustList is not an array");
}

Objection list_is_not_too_long(const LooseJws& s) {
  const auto* members = trust_list(s.payload);
  return lint_objection(members != nullptr && members->size() > kMostCaListMembers,
                        "more than 1000 members");
}

Objection list_has_members(const LooseJws& s) {
  const auto* members = trust_list(s.payload);
  return lint_objection(members != nullptr && members->empty(), "no CA is trusted");
}

Objection list_has_known_members_only(const LooseJws& s) {
  // extendedTrustList is of the lists of other countries.
  constexpr std::array<std::string_view, 5> kKnown{"version", "sequence", "exp", "trustList",
                                                   "extendedTrustList"};
  for (const auto& [name, value] : s.payload.items()) {
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) return "member " + name;
  }
  return std::nullopt;
}

constexpr std::array kCaListRules{
    LintRule<LooseJws>{"x5u_present", kError, "ATIS-1000084", list_has_x5u},
    LintRule<LooseJws>{"sequence_present", kError, "ATIS-1000084", list_sequence},
    LintRule<LooseJws>{"trust_list_is_an_array", kError, "ATIS-1000084", list_is_an_array},
    LintRule<LooseJws>{"trust_list_is_not_too_long", kError, "ATIS-1000084", list_is_not_too_long},
    LintRule<LooseJws>{"version_is_1_0", kLint, "ATIS-1000084", list_version},
    LintRule<LooseJws>{"trust_list_has_members", kWarning, "ATIS-1000084", list_has_members},
    LintRule<LooseJws>{"no_other_members", kWarning, "ATIS-1000084", list_has_known_members_only},
};

void inspect_ca_list(const LooseJws& jws, const InspectOptions& options, Inspection& inspection) {
  inspection.kind = ArtefactKind::kCaList;
  auto& document = inspection.document;
  document.erase("payload");  // Its certificates are shown decoded instead.
  for (const auto* name : {"version", "sequence"}) {
    if (const Json* value = find_member(jws.payload, name)) document[name] = *value;
  }
  document["members"] = Json::array();
  apply_rules(kJwsRules, jws, inspection);
  apply_rules(kCaListRules, jws, inspection);
  const auto* members = trust_list(jws.payload);
  if (members == nullptr) return;
  std::set<crypto::Bytes> seen;
  for (std::size_t i = 0; i < std::min(members->size(), kMostCaListMembers); ++i) {
    const std::string where = "member " + std::to_string(i) + ": ";
    ListMember member{(*members)[i], nullptr, "", false};
    if (auto certificate = read_list_member(member.value)) {
      member.certificate = *std::move(certificate);
      member.repeated = !seen.insert(member.certificate->der()).second;
    } else {
      member.problem = certificate.error().detail;
    }
    apply_rules(kListMemberRules, member, inspection, where);
    if (member.certificate == nullptr) {
      document["members"].push_back("unreadable");
      continue;
    }
    const auto& root = *member.certificate;
    document["members"].push_back(Json{{"subject", root.subject().text()},
                                       {"not_after", sim::format_time(root.not_after())},
                                       {"sha256", root.fingerprint_hex()}});
    lint_root(root, options, where, inspection);
  }
}

}  // namespace

bool inspect_token(std::string_view text, const InspectOptions& options, Inspection& inspection) {
  auto jws = read_loose_jws(text);
  if (!jws) return false;
  jws->options = &options;
  const bool is_token = jws->payload.contains("atc");
  const bool is_list = !jws->payload.contains("orig") &&
                       (jws->payload.contains("trustList") || jws->payload.contains("sequence"));
  if (!is_token && !is_list) return false;
  auto& document = inspection.document;
  document["header"] = jws->header;
  document["payload"] = jws->payload;
  document["signature_octets"] = jws->signature.size();
  if (const auto exp = integer_member(jws->payload, "exp")) {
    document["expires"] = numeric_date_text(*exp);
  }
  if (is_token) {
    inspect_spc_token(*jws, inspection);
  } else {
    inspect_ca_list(*jws, options, inspection);
  }
  return true;
}

void list_token_rules(std::vector<LintRuleInfo>& all) {
  list_rules("jws", kJwsRules, all);
  list_rules("spc_token", kTokenRules, all);
  list_rules("ca_list", kCaListRules, all);
  list_rules("ca_list", kListMemberRules, all);
}

}  // namespace shakedown::stir

#include "actors/stir/inspect_certificate.h"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/crypto/bytes.h"
#include "actors/crypto/jwt_claim_constraints.h"
#include "actors/crypto/tn_auth_list.h"
#include "actors/stir/certificate_profile.h"
#include "actors/stir/certificate_request.h"
#include "actors/stir/tn_auth_list.h"
#include "sim/time.h"

namespace shakedown::stir {
namespace {

namespace oid = crypto::oid;

Json key_usage_names(std::uint16_t bits) {
  constexpr std::array<std::string_view, 9> kNames{
      "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
      "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly"};
  Json names = Json::array();
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if ((bits >> i) & 1U) names.push_back(kNames[i]);
  }
  return names;
}

// The list's text, or why it does not decode.
std::string tn_auth_list_text(std::string_view der) {
  const auto entries = crypto::decode_tn_auth_list(der);
  return entries ? Scope::of(*entries).text() : "malformed: " + entries.error().detail;
}

Json constraints_json(const Result<crypto::JwtClaimConstraints>& decoded) {
  if (!decoded) return "malformed: " + decoded.error().detail;
  Json permitted = Json::object();
  for (const auto& one : decoded->permitted_values) permitted[one.claim] = one.values;
  return Json{{"must_include", decoded->must_include},
              {"permitted_values", std::move(permitted)},
              {"must_exclude", decoded->must_exclude}};
}

// What certificates and requests both carry in extensions that they share.
template <class Holder>
void put_scope(const Holder& holder, Json& json) {
  if (const auto* list = holder.find_extension(oid::kTnAuthList)) {
    json["tn_auth_list"] = tn_auth_list_text(list->value);
    json["tn_auth_list_der"] = crypto::to_hex(list->value);
  }
  if (const auto* plain = holder.find_extension(oid::kJwtClaimConstraints)) {
    json["jwt_claim_constraints"] =
        constraints_json(crypto::decode_jwt_claim_constraints(plain->value));
  }
  if (const auto* enhanced = holder.find_extension(oid::kEnhancedJwtClaimConstraints)) {
    json["enhanced_jwt_claim_constraints"] =
        constraints_json(crypto::decode_enhanced_jwt_claim_constraints(enhanced->value));
  }
}

std::string name_text(std::string_view der) {
  const auto name = crypto::Name::from_der(der);
  return name ? name->text() : crypto::to_hex(der);
}

void put_extensions(const crypto::Certificate& certificate, Json& json) {
  if (const auto& constraints = certificate->basic_constraints) {
    json["ca"] = constraints->ca;
    if (constraints->path_length) json["path_length"] = *constraints->path_length;
  }
  if (certificate->key_usage) json["key_usage"] = key_usage_names(*certificate->key_usage);
  if (certificate->subject_key_identifier) {
    json["subject_key_identifier"] = crypto::to_hex(*certificate->subject_key_identifier);
  }
  if (certificate->authority_key_identifier) {
    json["authority_key_identifier"] = crypto::to_hex(*certificate->authority_key_identifier);
  }
  for (const auto& policy : certificate->policies) json["policies"].push_back(policy.oid);
  for (const auto& point : certificate->crl_distribution_points) {
    Json one{{"urls", point.uris}};
    for (const auto& issuer : point.crl_issuers) one["crl_issuers"].push_back(name_text(issuer));
    json["crl_distribution_points"].push_back(std::move(one));
  }
  for (const auto& access : certificate->authority_info_access) {
    json["authority_info_access"].push_back(Json{{"method", access.method}, {"url", access.uri}});
  }
  for (const auto& extension : certificate->extensions) {
    json["extensions"].push_back(extension.oid + (extension.critical ? " critical" : ""));
  }
}

Json certificate_json(const crypto::Certificate& certificate, CertificateRole role) {
  Json json{{"role", to_string(role)},
            {"subject", certificate.subject().text()},
            {"issuer", certificate.issuer().text()},
            {"serial", certificate.serial_hex()},
            {"not_before", sim::format_time(certificate.not_before())},
            {"not_after", sim::format_time(certificate.not_after())},
            {"key", to_string(certificate->key.kind)},
            {"signature_algorithm", certificate->signature_algorithm},
            {"sha256", certificate.fingerprint_hex()}};
  put_scope(certificate, json);
  put_extensions(certificate, json);
  return json;
}

}  // namespace

void inspect_certificates(const std::vector<crypto::CertificatePtr>& certificates,
                          Inspection& inspection) {
  inspection.kind = ArtefactKind::kCertificates;
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    const auto& certificate = *certificates[i];
    const auto* issuer = i + 1 < certificates.size() ? certificates[i + 1].get() : nullptr;
    const bool issued = issuer != nullptr && issuer->subject_der() == certificate.issuer_der();
    if (!issued) issuer = nullptr;
    const bool delegate = issuer != nullptr && issuer->find_extension(oid::kTnAuthList) != nullptr;
    const auto role = role_of(certificate, delegate);
    const auto version = version_in_force(certificate, role);
    auto json = certificate_json(certificate, role);
    json["profile"] = to_string(version);
    inspection.document["certificates"].push_back(std::move(json));
    const std::string where =
        certificates.size() > 1 ? "certificate " + std::to_string(i) + ": " : "";
    if (i + 1 < certificates.size() && !issued) {
      inspection.findings.push_back({"lint", "chain_order",
                                     where + "is not issued by the one that follows",
                                     "RFC 8555 §9.1"});
    }
    for (auto& finding : check_profile({certificate, role, issuer, version}, i)) {
      inspection.findings.push_back({std::string(to_string(finding.rule->severity)),
                                     std::string(finding.rule->id), where + finding.detail,
                                     std::string(finding.rule->clause)});
    }
  }
}

void inspect_request(const crypto::CertificateRequest& request, Inspection& inspection) {
  inspection.kind = ArtefactKind::kCertificateRequest;
  auto& json = inspection.document;
  json = Json{{"subject", request.subject.text()},
              {"key", to_string(request.key.kind)},
              {"signature_algorithm", request.signature_algorithm},
              {"signature_is_valid", request.signature_is_valid}};
  put_scope(request, json);
  for (const auto& extension : request.extensions) {
    json["extensions"].push_back(extension.oid + (extension.critical ? " critical" : ""));
  }
  // Judged as an order for the very list that it asks for would judge it.
  RequestExpectation expectation;
  const auto* list = request.find_extension(oid::kTnAuthList);
  if (list != nullptr) expectation.identifier_der = list->value;
  for (const bool ca : {false, true}) {
    expectation.ca = ca;
    if (!check_request(request, expectation)) return;
  }
  expectation.ca = false;
  const auto finding = check_request(request, expectation);
  inspection.findings.push_back({"error", std::string(finding->rule->id), finding->detail,
                                 std::string(finding->rule->clause)});
}

void inspect_crl(const crypto::Crl& crl, Inspection& inspection) {
  constexpr std::size_t kMostShown = 100;
  inspection.kind = ArtefactKind::kCrl;
  auto& json = inspection.document;
  json = Json{{"issuer", crl->issuer.text()},
              {"this_update", sim::format_time(crl->this_update)},
              {"signature_algorithm", crl->signature_algorithm},
              {"entries", crl.size()},
              {"revoked", Json::array()}};
  if (crl->next_update) json["next_update"] = sim::format_time(*crl->next_update);
  if (crl->number) json["number"] = crypto::to_hex(*crl->number);
  if (const auto& point = crl->issuing_distribution_point) {
    json["issuing_distribution_point"] =
        Json{{"urls", point->urls}, {"indirect", point->indirect}, {"critical", point->critical}};
  }
  bool foreign = false;
  for (std::size_t i = 0; i < crl.size(); ++i) {
    const auto entry = crl.entry(i);
    foreign = foreign || entry.issuer_der != crl->issuer_der;
    if (i >= kMostShown) continue;
    Json one{{"serial", crypto::to_hex(entry.serial)},
             {"issuer", name_text(entry.issuer_der)},
             {"revoked_at", sim::format_time(entry.revoked_at)}};
    if (entry.reason) one["reason"] = to_string(static_cast<crypto::CrlReason>(*entry.reason));
    json["revoked"].push_back(std::move(one));
  }
  const auto add = [&](const char* severity, const char* id, const char* detail, const char* rule) {
    inspection.findings.push_back({severity, id, detail, rule});
  };
  const auto& point = crl->issuing_distribution_point;
  if (!crl->next_update) add("error", "crl_expired", "no nextUpdate", "RFC 5280 §5.1.2.5");
  if (!crl->number) add("lint", "crl_number_missing", "no cRLNumber", "RFC 5280 §5.2.3");
  if (point && !point->critical) add("lint", "idp_not_critical", "not critical", "RFC 5280 §5.2.5");
  if (foreign && (!point || !point->indirect)) {
    add("error", "crl_not_indirect", "entries of other issuers", "RFC 5280 §5.2.5");
  }
  if (crl->has_unknown_critical_extension || crl->has_unknown_critical_entry_extension) {
    add("error", "crl_critical_extension", "a critical extension is not understood",
        "RFC 5280 §5.2");
  }
}

}  // namespace shakedown::stir

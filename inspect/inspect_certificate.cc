// Certificates, chains and certificate requests as JSON.
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/octets/bytes.h"
#include "crypto/x509/jwt_claim_constraints.h"
#include "crypto/x509/tn_auth_list.h"
#include "inspect/inspect_parts.h"
#include "sim/time.h"
#include "stir/credential/number_scope.h"

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
            {"signature_algorithm", signature_algorithm_name(certificate->signature_algorithm)},
            {"sha256", certificate.fingerprint_hex()}};
  put_scope(certificate, json);
  put_extensions(certificate, json);
  return json;
}

}  // namespace

std::string name_text(std::string_view der) {
  const auto name = crypto::Name::from_der(der);
  return name ? name->text() : crypto::to_hex(der);
}

std::string signature_algorithm_name(std::string_view algorithm) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kNames{{
      {oid::kEcdsaWithSha256, "ecdsa-with-SHA256"},
      {oid::kEcdsaWithSha384, "ecdsa-with-SHA384"},
      {"1.2.840.10045.4.3.4", "ecdsa-with-SHA512"},
      {"1.2.840.113549.1.1.5", "sha1WithRSAEncryption"},
      {"1.2.840.113549.1.1.11", "sha256WithRSAEncryption"},
      {"1.2.840.113549.1.1.12", "sha384WithRSAEncryption"},
      {"1.2.840.113549.1.1.13", "sha512WithRSAEncryption"},
  }};
  for (const auto& [known, name] : kNames) {
    if (known == algorithm) return std::string(name);
  }
  return std::string(algorithm);
}

void inspect_certificates(const std::vector<crypto::CertificatePtr>& certificates,
                          const InspectOptions& options,
                          Inspection& inspection) {
  inspection.kind = ArtefactKind::kCertificates;
  for (const auto& member : chain_members(certificates, options)) {
    auto json = certificate_json(*member.certificate, member.role);
    if (options.judge_profile) json["profile"] = to_string(member.version);
    inspection.document["certificates"].push_back(std::move(json));
  }
  lint_certificates(certificates, options, inspection);
}

void inspect_request(const crypto::CertificateRequest& request,
                     const InspectOptions& options,
                     Inspection& inspection) {
  inspection.kind = ArtefactKind::kCertificateRequest;
  auto& json = inspection.document;
  json = Json{{"subject", request.subject.text()},
              {"key", to_string(request.key.kind)},
              {"signature_algorithm", signature_algorithm_name(request.signature_algorithm)},
              {"signature_is_valid", request.signature_is_valid}};
  put_scope(request, json);
  for (const auto& extension : request.extensions) {
    json["extensions"].push_back(extension.oid + (extension.critical ? " critical" : ""));
  }
  lint_request(request, options, inspection);
}

}  // namespace shakedown::stir

#include "actors/certification_authority/dns_profile.h"

#include <algorithm>
#include <set>
#include <utility>

#include "crypto/keys/randomness.h"
#include "crypto/keys/rsa_key.h"
#include "crypto/octets/der.h"
#include "crypto/x509/tls_extensions.h"
#include "sim/message.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {
namespace {

namespace extension = crypto::extension;
using crypto::KeyKind;

constexpr std::size_t kLongestName = 253;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestCommonName = 64;  // RFC 5280 appendix A.1, ub-common-name.

crypto::Name authority_name(const std::string& organization, std::string_view role) {
  return {{{.type = "O", .value = stir::test_organization(organization)},
           {.type = "CN", .value = organization + " " + std::string(role)}}};
}

crypto::CertificateSpec authority_spec(crypto::Name subject,
                                       const crypto::PublicKey& key,
                                       sim::Time not_before,
                                       sim::Duration valid_for) {
  crypto::CertificateSpec spec;
  spec.subject = std::move(subject);
  spec.subject_spki_der = key.spki_der();
  spec.not_before = not_before;
  spec.not_after = not_before + valid_for;
  return spec;
}

// A self-signed root, with its key.
struct Root {
  crypto::CertificatePtr certificate;
  crypto::PrivateKeyPtr key;
};

Result<Root> make_root(const std::string& organization, std::string_view role, sim::Time made_at) {
  Root root;
  ASSIGN_OR_RETURN(root.key, crypto::PrivateKey::generate());
  auto spec = authority_spec(authority_name(organization, role), *root.key->public_key(), made_at,
                             20 * kAuthorityYear);
  spec.serial = crypto::der::positive_integer(crypto::random_bytes(crypto::kSerialOctets));
  spec.issuer = std::get<crypto::Name>(spec.subject);
  spec.extensions = {extension::basic_constraints(true),
                     extension::key_usage(crypto::kKeyCertSign | crypto::kCrlSign),
                     extension::subject_key_identifier(spec.subject_spki_der)};
  ASSIGN_OR_RETURN(root.certificate, crypto::issue_certificate(spec, *root.key));
  return root;
}

Result<crypto::CertificatePtr> certify(const Root& root,
                                       const std::string& organization,
                                       const crypto::PublicKey& key,
                                       sim::Time made_at) {
  auto spec =
      authority_spec(authority_name(organization, "DNS CA"), key, made_at, 10 * kAuthorityYear);
  spec.serial = crypto::der::positive_integer(crypto::random_bytes(crypto::kSerialOctets));
  spec.issuer = root.certificate->fields().subject_der;
  ASSIGN_OR_RETURN(const auto issuer_key,
                   crypto::key_identifier(root.certificate->fields().spki_der));
  spec.extensions = {extension::basic_constraints(true, 0),
                     extension::key_usage(crypto::kKeyCertSign | crypto::kCrlSign),
                     extension::subject_key_identifier(spec.subject_spki_der),
                     extension::authority_key_identifier(issuer_key)};
  return crypto::issue_certificate(spec, *root.key);
}

bool is_label(std::string_view label) {
  const auto is_letter_or_digit = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !label.empty() && label.size() <= kLongestLabel && is_letter_or_digit(label.front()) &&
         is_letter_or_digit(label.back()) && std::all_of(label.begin(), label.end(), [&](char c) {
           return is_letter_or_digit(c) || c == '-';
         });
}

}  // namespace

Result<CaHierarchyPtr> make_dns_hierarchy(const std::string& organization, sim::Time made_at) {
  const sim::Time begin = sim::from_unix_seconds(sim::unix_seconds(made_at));
  auto hierarchy = std::make_shared<CaHierarchy>();
  ASSIGN_OR_RETURN(auto root, make_root(organization, "DNS ROOT", begin));
  ASSIGN_OR_RETURN(const auto other, make_root(organization, "DNS ALTERNATE ROOT", begin));
  ASSIGN_OR_RETURN(hierarchy->intermediate_key, crypto::PrivateKey::generate());
  const crypto::PublicKey& key = *hierarchy->intermediate_key->public_key();
  ASSIGN_OR_RETURN(hierarchy->intermediate, certify(root, organization, key, begin));
  ASSIGN_OR_RETURN(hierarchy->alternate_intermediate, certify(other, organization, key, begin));
  hierarchy->root = std::move(root.certificate);
  hierarchy->root_key = std::move(root.key);
  hierarchy->alternate_root = other.certificate;
  return CaHierarchyPtr(std::move(hierarchy));
}

std::optional<std::string> objection_to_dns_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  if (name.size() > kLongestName) return "a name over 253 octets";
  std::size_t labels = 0;
  while (true) {
    const std::size_t dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return "not a host name";
    ++labels;
    if (dot == std::string_view::npos) break;
    name.remove_prefix(dot + 1);
  }
  if (labels < 2) return "a name of one label";
  return std::nullopt;
}

std::optional<std::string> objection_to_dns_request(const crypto::CertificateRequest& request,
                                                    const std::vector<std::string>& names) {
  if (!request.signature_is_valid) return "the signature does not verify";
  const bool is_rsa = request.key.kind == KeyKind::kRsa;
  if (is_rsa &&
      (request.key.bits < crypto::kShortestRsaKey || request.key.bits > crypto::kLongestRsaKey)) {
    return "an RSA key of " + std::to_string(request.key.bits) + " bits";
  }
  if (!is_rsa && request.key.kind != KeyKind::kP256 && request.key.kind != KeyKind::kP384) {
    return "a key of kind " + std::string(to_string(request.key.kind));
  }
  std::set<std::string> asked;
  if (const auto* extension = request.find_extension(crypto::oid::kSubjectAltName)) {
    const auto read = crypto::read_dns_names(extension->value);
    if (!read) return read.error().detail;
    for (const std::string& name : *read) asked.insert(sim::lower_case(name));
  }
  if (request.subject.count("CN") > 1) return "more than one CN";
  if (const auto name = request.subject.find("CN")) asked.insert(sim::lower_case(*name));
  if (asked != std::set<std::string>(names.begin(), names.end())) {
    return "the names are not those of the order";
  }
  return std::nullopt;
}

Result<crypto::CertificatePtr> issue_dns(const CaHierarchyPtr& hierarchy,
                                         const DnsCertificateContents& contents) {
  crypto::CertificateSpec spec;
  spec.serial = crypto::der::positive_integer(crypto::random_bytes(crypto::kSerialOctets));
  spec.issuer = hierarchy->intermediate->fields().subject_der;
  crypto::Name subject;
  const auto shortest =
      std::min_element(contents.names.begin(), contents.names.end(),
                       [](const auto& a, const auto& b) { return a.size() < b.size(); });
  if (shortest->size() <= kLongestCommonName) {
    subject.attributes.push_back({.type = "CN", .value = *shortest});
  }
  const bool has_subject = !subject.attributes.empty();
  spec.subject = std::move(subject);
  spec.not_before = contents.not_before;
  spec.not_after = contents.not_after;
  spec.subject_spki_der = contents.subject_spki_der;
  ASSIGN_OR_RETURN(const auto issuer_key,
                   crypto::key_identifier(hierarchy->intermediate->fields().spki_der));
  const std::uint16_t usage = contents.is_rsa ? crypto::kDigitalSignature | crypto::kKeyEncipherment
                                              : crypto::kDigitalSignature;
  auto names = extension::subject_alt_name(contents.names);
  names.critical = !has_subject;  // RFC 5280 §4.2.1.6
  spec.extensions = {extension::key_usage(usage),
                     extension::tls_key_usage_purposes(),
                     extension::basic_constraints(false),
                     extension::subject_key_identifier(contents.subject_spki_der),
                     extension::authority_key_identifier(issuer_key),
                     std::move(names)};
  return crypto::issue_certificate(spec, *hierarchy->intermediate_key);
}

}  // namespace shakedown::actors

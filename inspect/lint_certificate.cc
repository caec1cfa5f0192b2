// The rules by which chains and certificate requests are judged beside the tables of
// certificate_profile.h and certificate_request.h: how the members of a chain fit together, the
// certificate policy of the US, and what is odd about a request whatever the order says.
#include <algorithm>
#include <array>
#include <chrono>
#include <span>

#include "crypto/x509/extension_reader.h"
#include "crypto/x509/tn_auth_list.h"
#include "inspect/inspect_parts.h"
#include "inspect/lint.h"
#include "stir/credential/certificate_request.h"
#include "stir/credential/certificate_specs.h"
#include "stir/credential/chain.h"
#include "stir/credential/number_scope.h"

namespace shakedown::stir {
namespace {

using Objection = std::optional<std::string>;
using enum Severity;
namespace oid = crypto::oid;

// Chains.

struct LinkSubject {
  const ChainMember& member;
  const InspectOptions& options;
  bool is_last;
  // CA certificates between this one and the leaf that are not self-issued.
  std::size_t authorities_below;

  const crypto::Certificate& certificate() const { return *member.certificate; }
};

// A file of roots is no chain.
Objection follows_its_issuer(const LinkSubject& s) {
  const bool root = s.member.role == CertificateRole::kRoot;
  return lint_objection(!root && !s.is_last && s.member.issuer == nullptr,
                        "is not issued by the one that follows");
}

// By the issuer that follows, by itself if it is a root, else by the signer that was given.
Objection link_signature_verifies(const LinkSubject& s) {
  const auto* issuer = s.member.issuer;
  if (issuer == nullptr && s.member.role == CertificateRole::kRoot) issuer = s.member.certificate;
  if (issuer == nullptr && s.is_last) issuer = s.options.signer.get();
  return lint_objection(issuer != nullptr && !s.certificate().is_signed_by(*issuer),
                        "not signed by " + (issuer ? issuer->subject().text() : ""));
}

Objection issuer_is_a_ca(const LinkSubject& s) {
  if (s.member.issuer == nullptr) return std::nullopt;
  const auto& constraints = s.member.issuer->fields().basic_constraints;
  return lint_objection(!constraints || !constraints->ca, "issued by a certificate that is no CA");
}

Objection path_length_is_kept(const LinkSubject& s) {
  const auto& constraints = s.certificate()->basic_constraints;
  return lint_objection(
      constraints && constraints->path_length && s.authorities_below > *constraints->path_length,
      std::to_string(s.authorities_below) + " CAs below it");
}

Objection validity_is_ordered(const LinkSubject& s) {
  return lint_objection(s.certificate().not_after() < s.certificate().not_before(),
                        "notAfter is before notBefore");
}

Objection validity_lies_within_issuers(const LinkSubject& s) {
  const auto* issuer = s.member.issuer;
  return lint_objection(issuer != nullptr && (s.certificate().not_after() > issuer->not_after() ||
                                              s.certificate().not_before() < issuer->not_before()),
                        "valid from " + sim::format_time(s.certificate().not_before()) + " to " +
                            sim::format_time(s.certificate().not_after()) + ", its issuer is not");
}

Objection is_valid_at_the_time(const LinkSubject& s) {
  if (!s.options.at) return std::nullopt;
  const auto& certificate = s.certificate();
  if (*s.options.at < certificate.not_before()) {
    return "not valid before " + sim::format_time(certificate.not_before());
  }
  return lint_objection(*s.options.at > certificate.not_after(),
                        "expired at " + sim::format_time(certificate.not_after()));
}

bool has_policy(const crypto::Certificate& certificate, std::string_view policy) {
  const auto& all = certificate->policies;
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.oid == policy; });
}

Objection policy_is_the_issuers(const LinkSubject& s) {
  constexpr std::string_view kAny = "2.5.29.32.0";
  const auto* issuer = s.member.issuer;
  if (issuer == nullptr || issuer->is_self_issued() || has_policy(*issuer, kAny)) {
    return std::nullopt;
  }
  for (const auto& policy : s.certificate()->policies) {
    if (!has_policy(*issuer, policy.oid)) return "policy " + policy.oid + " is not its issuer's";
  }
  return std::nullopt;
}

std::optional<Scope> scope_of(const crypto::Certificate& certificate) {
  const auto* extension = certificate.find_extension(oid::kTnAuthList);
  if (extension == nullptr) return std::nullopt;
  const auto entries = crypto::decode_tn_auth_list(extension->value);
  if (!entries) return std::nullopt;
  return Scope::of(*entries);
}

Objection scope_lies_within_issuers(const LinkSubject& s) {
  if (s.member.issuer == nullptr) return std::nullopt;
  const auto parent = scope_of(*s.member.issuer);
  const auto child = scope_of(s.certificate());
  if (!parent || !child) return std::nullopt;
  const auto answer = encompasses(*parent, *child, SpcDelegation::kTrustCa, nullptr);
  return lint_objection(!answer.ok, answer.detail);
}

// Also of a root in a CA list.
constexpr std::array kTimeRules{
    LintRule<LinkSubject>{"is_valid_at_the_time", kError, "RFC 5280 §6.1.3(a)(2)",
                          is_valid_at_the_time},
};

constexpr std::array kLinkRules{
    LintRule<LinkSubject>{"signature_verifies", kError, "RFC 5280 §6.1.3(a)(1)",
                          link_signature_verifies},
    LintRule<LinkSubject>{"issuer_is_a_ca", kError, "RFC 5280 §6.1.4(k)", issuer_is_a_ca},
    LintRule<LinkSubject>{"path_length_is_kept", kError, "RFC 5280 §4.2.1.9", path_length_is_kept},
    LintRule<LinkSubject>{"validity_is_ordered", kError, "RFC 5280 §4.1.2.5", validity_is_ordered},
    LintRule<LinkSubject>{"scope_lies_within_issuers", kError, "RFC 9060 §4",
                          scope_lies_within_issuers},
    LintRule<LinkSubject>{"follows_its_issuer", kLint, "RFC 8555 §9.1", follows_its_issuer},
    LintRule<LinkSubject>{"policy_is_the_issuers", kLint, "RFC 5280 §6.1.3(d)",
                          policy_is_the_issuers},
    LintRule<LinkSubject>{"validity_lies_within_issuers", kWarning, "RFC 5280 §6.1",
                          validity_lies_within_issuers},
};

struct ChainSubject {
  const std::vector<crypto::CertificatePtr>& certificates;
};

bool begins_with_a_root(const ChainSubject& s) { return s.certificates.front()->is_self_issued(); }

Objection chain_is_short_enough(const ChainSubject& s) {
  return lint_objection(!begins_with_a_root(s) && s.certificates.size() > kLongestChain,
                        std::to_string(s.certificates.size()) + " certificates");
}

Objection chain_occurs_once(const ChainSubject& s) {
  for (std::size_t i = 0; i < s.certificates.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (s.certificates[i]->der() == s.certificates[j]->der()) {
        return "certificate " + std::to_string(i) + " is certificate " + std::to_string(j);
      }
    }
  }
  return std::nullopt;
}

Objection chain_begins_with_a_leaf(const ChainSubject& s) {
  const auto& constraints = s.certificates.front()->fields().basic_constraints;
  const bool ca = constraints && constraints->ca;
  return lint_objection(s.certificates.size() > 1 && ca && !begins_with_a_root(s),
                        "the first certificate is a CA's");
}

constexpr std::array kChainRules{
    LintRule<ChainSubject>{"chain_is_short_enough", kError, "", chain_is_short_enough},
    LintRule<ChainSubject>{"leaf_comes_first", kLint, "RFC 8555 §9.1", chain_begins_with_a_leaf},
    LintRule<ChainSubject>{"certificates_occur_once", kLint, "RFC 8555 §9.1", chain_occurs_once},
};

// The certificate policy of the US, of which each version has an OID: 1.1 to 1.4 are .1 to .4.

constexpr auto kPolicy13From = sim::from_unix_seconds(1'629'244'800);  // 2021-08-18
constexpr auto kPolicy14From = sim::from_unix_seconds(1'686'009'600);  // 2023-06-06

// The same grace as in certificate_profile.h: leaves ordered before may still be issued.
bool was_issued_from(const ChainMember& s, sim::Time date) {
  constexpr auto kGrace = std::chrono::hours{24 * 90};
  const bool leaf = s.role == CertificateRole::kEndEntity || s.role == CertificateRole::kDelegate;
  return s.certificate->not_before() >= date + (leaf ? kGrace : sim::Duration{});
}

// The last arc of the policy in the US arc; "" without one.
std::string_view us_policy(const ChainMember& s) {
  for (const auto& policy : s.certificate->fields().policies) {
    std::string_view text = policy.oid;
    if (text.starts_with(kShakenPolicyArc)) return text.substr(kShakenPolicyArc.size());
  }
  return {};
}

Objection us_policy_is_known(const ChainMember& s) {
  const auto version = us_policy(s);
  const bool known = version.size() == 1 && version.front() >= '1' && version.front() <= '4';
  return lint_objection(!version.empty() && !known,
                        "policy " + std::string(kShakenPolicyArc) + std::string(version));
}

Objection us_policy_is_in_force(const ChainMember& s) {
  const auto version = us_policy(s);
  return lint_objection((version == "1" || version == "2") && was_issued_from(s, kPolicy13From),
                        "CP 1." + std::string(version) + " after CP 1.3 came into force");
}

Objection us_policy_exists_yet(const ChainMember& s) {
  const auto version = us_policy(s);
  const auto issued = s.certificate->not_before();
  return lint_objection(
      (version == "3" && issued < kPolicy13From) || (version == "4" && issued < kPolicy14From),
      "CP 1." + std::string(version) + " before it came into force");
}

Objection us_country_is_us(const ChainMember& s) {
  if (us_policy(s).empty() || !was_issued_from(s, kPolicy14From)) return std::nullopt;
  const auto country = s.certificate->subject().find("C").value_or("");
  return lint_objection(country != "US", "C=" + std::string(country));
}

// In the last relative distinguished name, beside CN.
Objection us_serial_number_in_subject(const ChainMember& s) {
  if (us_policy(s).empty() || !was_issued_from(s, kPolicy13From) ||
      s.certificate->not_before() >= kPolicy14From) {
    return std::nullopt;
  }
  bool common_name = false;
  bool serial_number = false;
  const auto& attributes = s.certificate->subject().attributes;
  for (auto it = attributes.rbegin(); it != attributes.rend(); ++it) {
    common_name = common_name || it->type == "CN";
    serial_number = serial_number || it->type == "serialNumber";
    if (!it->joins_previous) break;
  }
  return lint_objection(!common_name || !serial_number,
                        "the last name is not CN with serialNumber");
}

constexpr std::array kUsPolicyRules{
    LintRule<ChainMember>{"us_policy_is_in_force", kLint, "US CP 1.3", us_policy_is_in_force},
    LintRule<ChainMember>{"us_country_is_us", kLint, "US CP 1.4 §3.1", us_country_is_us},
    LintRule<ChainMember>{"us_serial_number_in_subject", kLint, "US CP 1.3 §3.1",
                          us_serial_number_in_subject},
    LintRule<ChainMember>{"us_policy_exists_yet", kWarning, "US CP 1.4", us_policy_exists_yet},
    LintRule<ChainMember>{"us_policy_is_known", kWarning, "US CP 1.4", us_policy_is_known},
};

void apply_profile(const ChainMember& member,
                   const InspectOptions& options,
                   std::string_view where,
                   Inspection& inspection) {
  if (!options.judge_profile) return;
  const auto findings =
      check_profile({*member.certificate, member.role, member.issuer, member.version});
  for (const auto& finding : findings) {
    inspection.findings.push_back({finding.rule->severity, std::string(finding.rule->id),
                                   std::string(where) + finding.detail,
                                   std::string(finding.rule->clause)});
  }
  apply_rules(kUsPolicyRules, member, inspection, where);
}

// Requests.

using Csr = crypto::CertificateRequest;

bool asks_for_a_ca(const Csr& request) {
  const auto* extension = request.find_extension(oid::kBasicConstraints);
  if (extension == nullptr) return false;
  const auto constraints = crypto::read_basic_constraints(extension->value);
  return constraints && constraints->ca;
}

std::optional<std::vector<crypto::TnEntry>> request_entries(const Csr& request) {
  const auto* list = request.find_extension(oid::kTnAuthList);
  if (list == nullptr) return std::nullopt;
  auto entries = crypto::decode_tn_auth_list(list->value);
  if (!entries) return std::nullopt;
  return *std::move(entries);
}

bool names_a_provider(const crypto::TnEntry& entry) {
  return entry.kind == crypto::TnEntry::Kind::kServiceProviderCode;
}

Objection request_version_is_1(const Csr& request) {
  return lint_objection(request.version != 1, "version " + std::to_string(request.version));
}

Objection request_list_decodes(const Csr& request) {
  const auto* list = request.find_extension(oid::kTnAuthList);
  if (list == nullptr) return std::nullopt;
  const auto entries = crypto::decode_tn_auth_list(list->value);
  if (entries) return std::nullopt;
  return entries.error().detail;
}

Objection request_list_is_not_critical(const Csr& request) {
  const auto* list = request.find_extension(oid::kTnAuthList);
  return lint_objection(list != nullptr && list->critical, "the TNAuthList is critical");
}

Objection request_list_is_one_spc(const Csr& request) {
  const auto entries = request_entries(request);
  if (!entries || asks_for_a_ca(request)) return std::nullopt;
  return lint_objection(entries->size() != 1 || !names_a_provider(entries->front()),
                        "not exactly one provider code");
}

Objection request_spc_is_upper_case(const Csr& request) {
  const auto entries = request_entries(request);
  if (!entries) return std::nullopt;
  for (const auto& entry : *entries) {
    const bool good = std::all_of(entry.value.begin(), entry.value.end(), [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
    if (names_a_provider(entry) && (entry.value.empty() || !good)) {
      return "provider code " + entry.value;
    }
  }
  return std::nullopt;
}

Objection request_usage_is_signing(const Csr& request) {
  const auto* extension = request.find_extension(oid::kKeyUsage);
  if (extension == nullptr) return std::nullopt;
  const auto usage = crypto::read_key_usage(extension->value);
  if (!usage) return "keyUsage does not decode";
  const unsigned expected =
      asks_for_a_ca(request) ? crypto::kKeyCertSign : crypto::kDigitalSignature;
  return lint_objection(*usage != expected, "keyUsage is not only what the certificate will have");
}

Objection request_subject_is_complete(const Csr& request) {
  if (request.subject.attributes.empty()) return std::nullopt;
  for (const auto* type : {"C", "O", "CN"}) {
    const auto count = request.subject.count(type);
    if (count != 1) return std::to_string(count) + " times " + type;
  }
  return std::nullopt;
}

constexpr std::string_view kCsrFields = "ATIS-1000080 §6.4.1";

constexpr std::array kCsrRules{
    LintRule<Csr>{"csr_version_is_1", kError, "RFC 2986 §4.1", request_version_is_1},
    LintRule<Csr>{"csr_tn_auth_list_decodes", kError, "RFC 8226 §9", request_list_decodes},
    LintRule<Csr>{"csr_tn_auth_list_is_not_critical", kLint, "RFC 8226 §9",
                  request_list_is_not_critical},
    LintRule<Csr>{"csr_tn_auth_list_is_one_spc", kLint, kCsrFields, request_list_is_one_spc},
    LintRule<Csr>{"csr_spc_is_upper_case", kLint, "ATIS-1000080.v005 §6.4.1.1",
                  request_spc_is_upper_case},
    LintRule<Csr>{"csr_key_usage_is_minimal", kLint, kCsrFields, request_usage_is_signing},
    LintRule<Csr>{"csr_subject_is_complete", kWarning, kCsrFields, request_subject_is_complete},
};

}  // namespace

std::vector<ChainMember> chain_members(const std::vector<crypto::CertificatePtr>& certificates,
                                       const InspectOptions& options) {
  std::vector<ChainMember> members;
  for (std::size_t i = 0; i < certificates.size(); ++i) {
    const auto& certificate = *certificates[i];
    const auto* issuer = i + 1 < certificates.size() ? certificates[i + 1].get() : nullptr;
    if (issuer != nullptr && issuer->subject_der() != certificate.issuer_der()) issuer = nullptr;
    const bool delegate = issuer != nullptr && issuer->find_extension(oid::kTnAuthList) != nullptr;
    const auto role = role_of(certificate, delegate);
    const auto version = options.profile_version.value_or(version_in_force(certificate, role));
    members.push_back({&certificate, issuer, role, version});
  }
  return members;
}

void lint_certificates(const std::vector<crypto::CertificatePtr>& certificates,
                       const InspectOptions& options,
                       Inspection& inspection) {
  apply_rules(kChainRules, ChainSubject{certificates}, inspection);
  const auto members = chain_members(certificates, options);
  // RFC 5280 §4.2.1.9: CAs between a certificate and the last one of its path, which is not
  // counted.
  std::size_t authorities = 0;
  bool begins_path = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string where = members.size() > 1 ? "certificate " + std::to_string(i) + ": " : "";
    const auto& certificate = *members[i].certificate;
    const LinkSubject link{members[i], options, i + 1 == members.size(), authorities};
    apply_rules(kLinkRules, link, inspection, where);
    apply_rules(kTimeRules, link, inspection, where);
    apply_profile(members[i], options, where, inspection);
    const auto& constraints = certificate->basic_constraints;
    if (constraints && constraints->ca && !certificate.is_self_issued() && !begins_path) {
      ++authorities;
    }
    begins_path = members[i].issuer == nullptr;
    if (begins_path) authorities = 0;
  }
}

void lint_root(const crypto::Certificate& root,
               const InspectOptions& options,
               std::string_view where,
               Inspection& inspection) {
  const auto role = CertificateRole::kRoot;
  const auto version = options.profile_version.value_or(version_in_force(root, role));
  const ChainMember member{&root, nullptr, role, version};
  apply_rules(kTimeRules, LinkSubject{member, options, false, 0}, inspection, where);
  apply_profile(member, options, where, inspection);
}

void lint_request(const crypto::CertificateRequest& request,
                  const InspectOptions& options,
                  Inspection& inspection) {
  // Judged as an order for the very list that it asks for would judge it.
  RequestExpectation expectation;
  const auto* list = request.find_extension(oid::kTnAuthList);
  if (list != nullptr) expectation.identifier_der = list->value;
  expectation.ca = asks_for_a_ca(request);
  expectation.needs_tn_auth_list = !expectation.ca;  // An STI-CA's own has none.
  for (const auto& rule : request_rules()) {
    if (auto objection = rule.check(request, expectation)) {
      inspection.findings.push_back(
          {kError, std::string(rule.id), *std::move(objection), std::string(rule.clause)});
    }
  }
  if (options.judge_profile) apply_rules(kCsrRules, request, inspection);
}

void list_certificate_rules(std::vector<LintRuleInfo>& all) {
  list_rules("chain", kChainRules, all);
  list_rules("chain", kLinkRules, all);
  list_rules("chain", kTimeRules, all);
  for (const auto& rule : profile_rules()) {
    all.push_back({"certificate", rule.id, rule.severity, rule.clause, rule.first, rule.last});
  }
  list_rules("certificate", kUsPolicyRules, all);
  for (const auto& rule : request_rules()) {
    all.push_back({"certificate_request", rule.id, kError, rule.clause});
  }
  list_rules("certificate_request", kCsrRules, all);
}

}  // namespace shakedown::stir

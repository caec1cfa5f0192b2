// Revocation lists: decoded, and judged by RFC 5280 §5 and by what the STI-PA's list must be.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "crypto/octets/bytes.h"
#include "inspect/inspect_parts.h"
#include "inspect/lint.h"

namespace shakedown::stir {
namespace {

using Objection = std::optional<std::string>;
using enum Severity;
namespace oid = crypto::oid;

struct CrlSubject {
  const crypto::Crl& crl;
  const InspectOptions& options;
};

template <class Check>
Objection for_each_entry(const CrlSubject& s, Check broken) {
  Oddities odd;
  for (std::size_t i = 0; i < s.crl.size(); ++i) {
    if (const auto why = broken(s.crl.entry(i)))
      odd.add("entry " + std::to_string(i) + ": " + *why);
  }
  return std::move(odd).objection();
}

using CrlEntry = crypto::Crl::Entry;

Objection crl_version_is_2(const CrlSubject& s) {
  return lint_objection(s.crl->version != 2, "version " + std::to_string(s.crl->version));
}

Objection crl_issuer_is_named(const CrlSubject& s) {
  return lint_objection(s.crl->issuer.attributes.empty(), "an empty name");
}

Objection crl_algorithms_agree(const CrlSubject& s) {
  return lint_objection(s.crl->signature_algorithm != s.crl->inner_signature_algorithm,
                        signature_algorithm_name(s.crl->signature_algorithm) + " and " +
                            signature_algorithm_name(s.crl->inner_signature_algorithm));
}

Objection crl_signature_is_ecdsa(const CrlSubject& s) {
  return lint_objection(s.crl->signature_algorithm != oid::kEcdsaWithSha256,
                        "signed with " + signature_algorithm_name(s.crl->signature_algorithm));
}

Objection crl_next_update_present(const CrlSubject& s) {
  return lint_objection(!s.crl->next_update, "no nextUpdate");
}

Objection crl_next_update_is_later(const CrlSubject& s) {
  return lint_objection(s.crl->next_update && *s.crl->next_update <= s.crl->this_update,
                        "nextUpdate is not after thisUpdate");
}

Objection crl_number_present(const CrlSubject& s) {
  return lint_objection(!s.crl->number, "no cRLNumber");
}

Objection crl_number_is_short(const CrlSubject& s) {
  constexpr std::size_t kMostOctets = 20;
  return lint_objection(s.crl->number && s.crl->number->size() > kMostOctets, "over 20 octets");
}

Objection crl_number_is_not_negative(const CrlSubject& s) {
  return lint_objection(s.crl->number && !s.crl->number->empty() &&
                            (static_cast<unsigned char>(s.crl->number->front()) & 0x80U) != 0,
                        "cRLNumber is negative");
}

Objection crl_authority_key_identifier(const CrlSubject& s) {
  return lint_objection(!s.crl->authority_key_identifier, "no authorityKeyIdentifier");
}

Objection crl_extensions_once(const CrlSubject& s) {
  std::set<std::string_view> seen;
  for (const auto& extension : s.crl->extensions) {
    if (!seen.insert(extension.oid).second) return "twice: " + extension.oid;
  }
  return std::nullopt;
}

Objection crl_extensions_understood(const CrlSubject& s) {
  return lint_objection(s.crl->has_unknown_critical_extension,
                        "a critical extension is not understood");
}

Objection crl_entry_extensions_understood(const CrlSubject& s) {
  return for_each_entry(s, [](const CrlEntry& entry) {
    return lint_objection(entry.has_unknown_critical_extension,
                          "a critical extension is not understood");
  });
}

Objection crl_has_distribution_point(const CrlSubject& s) {
  return lint_objection(!s.crl->issuing_distribution_point, "no issuingDistributionPoint");
}

Objection crl_distribution_point_critical(const CrlSubject& s) {
  const auto& point = s.crl->issuing_distribution_point;
  return lint_objection(point && !point->critical, "not critical");
}

Objection crl_is_indirect(const CrlSubject& s) {
  const auto& point = s.crl->issuing_distribution_point;
  return lint_objection(point && !point->indirect, "indirectCRL is not TRUE");
}

Objection crl_foreign_entries_only_if_indirect(const CrlSubject& s) {
  const auto& point = s.crl->issuing_distribution_point;
  return lint_objection(s.crl->has_foreign_entries && (!point || !point->indirect),
                        "entries of other issuers in a list that is not indirect");
}

Objection crl_has_one_url(const CrlSubject& s) {
  const auto& point = s.crl->issuing_distribution_point;
  if (!point) return std::nullopt;
  const auto& urls = point->urls;
  const bool http = urls.size() == 1 &&
                    (urls.front().starts_with("http://") || urls.front().starts_with("https://"));
  return lint_objection(!http, "the distribution point is not one HTTP URL");
}

Objection crl_covers_everything(const CrlSubject& s) {
  const auto& point = s.crl->issuing_distribution_point;
  return lint_objection(point && (point->only_user_certificates || point->only_ca_certificates),
                        "only certificates of CAs, or only others");
}

// As the verifier judges (revocation.cc): such a list says nothing of a certificate that it lacks.
Objection crl_covers_all_reasons(const CrlSubject& s) {
  const auto& point = s.crl->issuing_distribution_point;
  return lint_objection(point && (point->only_attribute_certificates || point->only_some_reasons),
                        "only attribute certificates or some reasons");
}

Objection crl_names_its_signer(const CrlSubject& s) {
  const auto& all = s.crl->authority_info_access;
  return lint_objection(
      std::none_of(all.begin(), all.end(),
                   [](const auto& access) { return access.method == oid::kCaIssuers; }),
      "no URL of the signer's certificate");
}

Objection crl_entries_once(const CrlSubject& s) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  return for_each_entry(s, [&](const CrlEntry& entry) {
    return lint_objection(!seen.insert({entry.issuer_der, entry.serial}).second,
                          "serial " + crypto::to_hex(entry.serial) + " is listed again");
  });
}

Objection crl_entries_are_past(const CrlSubject& s) {
  return for_each_entry(s, [&](const CrlEntry& entry) {
    return lint_objection(entry.revoked_at > s.crl->this_update, "revoked after thisUpdate");
  });
}

Objection crl_reasons_are_assigned(const CrlSubject& s) {
  return for_each_entry(s, [](const CrlEntry& entry) {
    return lint_objection(
        entry.reason && to_string(static_cast<crypto::CrlReason>(*entry.reason)) == "unknown",
        "reason " + std::to_string(entry.reason.value_or(0)));
  });
}

bool has_reason(const CrlEntry& entry, crypto::CrlReason reason) {
  return entry.reason && static_cast<crypto::CrlReason>(*entry.reason) == reason;
}

Objection crl_reason_is_not_unspecified(const CrlSubject& s) {
  return for_each_entry(s, [](const CrlEntry& entry) {
    return lint_objection(has_reason(entry, crypto::CrlReason::kUnspecified),
                          "reason unspecified, which is left out");
  });
}

Objection crl_reason_is_not_removal(const CrlSubject& s) {
  return for_each_entry(s, [](const CrlEntry& entry) {
    return lint_objection(has_reason(entry, crypto::CrlReason::kRemoveFromCrl),
                          "removeFromCRL in a list that is no delta");
  });
}

Objection crl_is_current(const CrlSubject& s) {
  if (!s.options.at) return std::nullopt;
  if (*s.options.at < s.crl->this_update) {
    return "not yet valid: thisUpdate is " + sim::format_time(s.crl->this_update);
  }
  if (!s.crl->next_update || *s.options.at <= *s.crl->next_update) return std::nullopt;
  return "expired: nextUpdate was " + sim::format_time(*s.crl->next_update);
}

Objection crl_signature_verifies(const CrlSubject& s) {
  const auto& signer = s.options.signer;
  return lint_objection(signer != nullptr && !s.crl.is_signed_by(*signer),
                        "not signed by " + (signer ? signer->subject().text() : ""));
}

Objection crl_issuer_is_the_signer(const CrlSubject& s) {
  const auto& signer = s.options.signer;
  return lint_objection(signer != nullptr && signer->subject_der() != s.crl->issuer_der,
                        "issued by " + s.crl->issuer.text());
}

Objection crl_signer_may_sign(const CrlSubject& s) {
  if (s.options.signer == nullptr) return std::nullopt;
  const auto& usage = (*s.options.signer)->key_usage;
  return lint_objection(usage && (*usage & crypto::kCrlSign) == 0, "the signer lacks cRLSign");
}

using CrlRule = LintRule<CrlSubject>;

constexpr std::array kCrlRules{
    CrlRule{"issuer_is_named", kError, "RFC 5280 §5.1.2.3", crl_issuer_is_named},
    CrlRule{"signature_algorithms_agree", kError, "RFC 5280 §5.1.1.2", crl_algorithms_agree},
    CrlRule{"next_update_present", kError, "RFC 5280 §5.1.2.5", crl_next_update_present},
    CrlRule{"next_update_is_later", kError, "RFC 5280 §5.1.2.5", crl_next_update_is_later},
    CrlRule{"extensions_occur_once", kError, "RFC 5280 §4.2", crl_extensions_once},
    CrlRule{"critical_extensions_are_understood", kError, "RFC 5280 §5.2",
            crl_extensions_understood},
    CrlRule{"critical_entry_extensions_are_understood", kError, "RFC 5280 §5.3",
            crl_entry_extensions_understood},
    CrlRule{"foreign_entries_only_if_indirect", kError, "RFC 5280 §5.2.5",
            crl_foreign_entries_only_if_indirect},
    CrlRule{"signature_verifies", kError, "RFC 5280 §6.3.3(g)", crl_signature_verifies},
    CrlRule{"issuer_is_the_signer", kError, "RFC 5280 §6.3.3(f)", crl_issuer_is_the_signer},
    CrlRule{"signer_may_sign_crls", kError, "RFC 5280 §6.3.3(f)", crl_signer_may_sign},
    CrlRule{"is_current", kError, "RFC 5280 §6.3.3(a)", crl_is_current},
    CrlRule{"covers_all_reasons", kError, "RFC 5280 §6.3.3(b)", crl_covers_all_reasons},
    CrlRule{"version_is_2", kLint, "RFC 5280 §5.1.2.1", crl_version_is_2},
    CrlRule{"signature_is_ecdsa_sha256", kLint, "ATIS-1000080", crl_signature_is_ecdsa},
    CrlRule{"number_present", kLint, "RFC 5280 §5.2.3", crl_number_present},
    CrlRule{"number_is_short_enough", kLint, "RFC 5280 §5.2.3", crl_number_is_short},
    CrlRule{"number_is_not_negative", kLint, "RFC 5280 §5.2.3", crl_number_is_not_negative},
    CrlRule{"authority_key_identifier_present", kLint, "RFC 5280 §5.2.1",
            crl_authority_key_identifier},
    CrlRule{"distribution_point_present", kLint, "RFC 5280 §5.2.5", crl_has_distribution_point},
    CrlRule{"distribution_point_critical", kLint, "RFC 5280 §5.2.5",
            crl_distribution_point_critical},
    CrlRule{"is_indirect", kLint, "RFC 5280 §5.2.5", crl_is_indirect},
    CrlRule{"one_distribution_point_url", kLint, "RFC 5280 §6.3.3(b)", crl_has_one_url},
    CrlRule{"covers_all_certificates", kLint, "RFC 5280 §6.3.3(b)", crl_covers_everything},
    CrlRule{"certificates_listed_once", kLint, "RFC 5280 §5.1.2.6", crl_entries_once},
    CrlRule{"reasons_are_assigned", kLint, "RFC 5280 §5.3.1", crl_reasons_are_assigned},
    CrlRule{"nothing_is_removed", kLint, "RFC 5280 §5.3.1", crl_reason_is_not_removal},
    CrlRule{"reason_is_not_unspecified", kWarning, "RFC 5280 §5.3.1",
            crl_reason_is_not_unspecified},
    CrlRule{"revocations_are_past", kWarning, "RFC 5280 §5.1.2.6", crl_entries_are_past},
    CrlRule{"signer_can_be_fetched", kWarning, "RFC 5280 §5.2.7", crl_names_its_signer},
};

}  // namespace

void inspect_crl(const crypto::Crl& crl, const InspectOptions& options, Inspection& inspection) {
  constexpr std::size_t kMostShown = 100;
  inspection.kind = ArtefactKind::kCrl;
  auto& json = inspection.document;
  json = Json{{"version", crl->version},
              {"issuer", crl->issuer.text()},
              {"this_update", sim::format_time(crl->this_update)},
              {"signature_algorithm", signature_algorithm_name(crl->signature_algorithm)},
              {"entries", crl.size()},
              {"revoked", Json::array()}};
  if (crl->next_update) json["next_update"] = sim::format_time(*crl->next_update);
  if (crl->number) json["number"] = crypto::to_hex(*crl->number);
  if (crl->authority_key_identifier) {
    json["authority_key_identifier"] = crypto::to_hex(*crl->authority_key_identifier);
  }
  for (const auto& access : crl->authority_info_access) {
    json["authority_info_access"].push_back(Json{{"method", access.method}, {"url", access.uri}});
  }
  if (const auto& point = crl->issuing_distribution_point) {
    json["issuing_distribution_point"] =
        Json{{"urls", point->urls}, {"indirect", point->indirect}, {"critical", point->critical}};
  }
  for (std::size_t i = 0; i < std::min(crl.size(), kMostShown); ++i) {
    const auto entry = crl.entry(i);
    Json one{{"serial", crypto::to_hex(entry.serial)},
             {"issuer", name_text(entry.issuer_der)},
             {"revoked_at", sim::format_time(entry.revoked_at)}};
    if (entry.reason) one["reason"] = to_string(static_cast<crypto::CrlReason>(*entry.reason));
    json["revoked"].push_back(std::move(one));
  }
  apply_rules(kCrlRules, CrlSubject{crl, options}, inspection);
}

void list_crl_rules(std::vector<LintRuleInfo>& all) { list_rules("crl", kCrlRules, all); }

}  // namespace shakedown::stir

#include "stir/credential/revocation.h"

#include <algorithm>

#include "crypto/x509/path.h"

namespace shakedown::stir {
namespace {

using crypto::Certificate;
using crypto::Crl;

CrlUsability unusable(std::string_view rule, std::string detail) {
  CrlUsability result;
  result.failed_rule = rule;
  result.detail = std::move(detail);
  return result;
}

std::string_view without_leading_zeros(std::string_view octets) {
  while (octets.size() > 1 && octets.front() == '\0') octets.remove_prefix(1);
  return octets;
}

// As unsigned big-endian integers.
bool is_less(std::string_view a, std::string_view b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// RFC 5280 §6.3.3 (f) and (g), with the STI-PA's root for an anchor.
std::optional<CrlUsability> objection_to_signer(const Crl& crl, const CrlExpectation& expected) {
  if (expected.signer_chain.empty()) return unusable("crl_signer", "no signer certificate");
  const auto& signer = expected.signer_chain.front();
  const auto path = crypto::validate_path(signer, expected.signer_chain.subspan(1),
                                          expected.policy_administrator_roots, expected.now);
  if (!path.ok) return unusable("crl_signer", path.text);
  if (signer->subject_der() != crl->issuer_der) {
    return unusable("crl_signer", "the CRL's issuer is not its signer");
  }
  const auto& usage = (*signer)->key_usage;
  if (usage && (*usage & crypto::kCrlSign) == 0) {
    return unusable("crl_signer_usage", "the signer's keyUsage lacks cRLSign");
  }
  if (!crl.is_signed_by(*signer)) return unusable("crl_signature", "signature does not verify");
  return std::nullopt;
}

std::optional<CrlUsability> objection_to_dates(const Crl& crl, sim::Time now) {
  if (crl->this_update > now) {
    return unusable("crl_not_yet_valid", "thisUpdate is " + sim::format_time(crl->this_update));
  }
  if (!crl->next_update) return unusable("crl_expired", "no nextUpdate");
  if (now > *crl->next_update) {
    return unusable("crl_expired", "nextUpdate was " + sim::format_time(*crl->next_update));
  }
  return std::nullopt;
}

// RFC 5280 §6.3.3 (b)(2), §5.2.5.
std::optional<CrlUsability> objection_to_scope(const Crl& crl,
                                               std::string_view url,
                                               std::vector<std::string>& alarms) {
  const auto& idp = crl->issuing_distribution_point;
  if (crl->has_foreign_entries && (!idp || !idp->indirect)) {
    return unusable("crl_not_indirect", "entries of other issuers, but indirectCRL is not set");
  }
  if (!idp) return std::nullopt;
  if (!idp->critical) alarms.emplace_back("idp_not_critical");
  if (idp->only_attribute_certificates || idp->only_some_reasons) {
    return unusable("crl_scope", "covers attribute certificates or some reasons only");
  }
  if (!idp->urls.empty() && !url.empty() &&
      std::find(idp->urls.begin(), idp->urls.end(), url) == idp->urls.end()) {
    return unusable("crl_distribution_point", "is for " + idp->urls.front());
  }
  return std::nullopt;
}

RevocationStatus undetermined(std::string detail) {
  return {RevocationState::kUndetermined, std::move(detail), {}, {}};
}

// Is this the list that the certificate points at? A certificate without a distribution point, or
// without cRLIssuer in it, is judged by the configured list: many in the field lack them.
std::optional<std::string> objection_to_pairing(const Certificate& certificate, const Crl& crl) {
  const auto& idp = crl->issuing_distribution_point;
  const bool ca = certificate->basic_constraints && certificate->basic_constraints->ca;
  if (idp && ((idp->only_user_certificates && ca) || (idp->only_ca_certificates && !ca))) {
    return "the list does not cover this kind of certificate";
  }
  const auto& points = certificate->crl_distribution_points;
  if (points.empty()) return std::nullopt;
  for (const auto& point : points) {
    const bool same_issuer =
        point.crl_issuers.empty() || std::find(point.crl_issuers.begin(), point.crl_issuers.end(),
                                               crl->issuer_der) != point.crl_issuers.end();
    const bool same_url =
        !idp || idp->urls.empty() || point.uris.empty() ||
        std::any_of(point.uris.begin(), point.uris.end(), [&](const std::string& uri) {
          return std::find(idp->urls.begin(), idp->urls.end(), uri) != idp->urls.end();
        });
    if (same_issuer && same_url) return std::nullopt;
  }
  return "the certificate's distribution point names another list";
}

}  // namespace

CrlUsability crl_is_usable(const Crl& crl, const CrlExpectation& expectation) {
  CrlUsability result;
  if (crl->has_unknown_critical_extension || crl->has_unknown_critical_entry_extension) {
    return unusable("crl_critical_extension", "a critical extension is not understood");
  }
  if (auto objection = objection_to_dates(crl, expectation.now)) return *std::move(objection);
  if (auto objection = objection_to_scope(crl, expectation.url, result.alarms)) {
    return *std::move(objection);
  }
  if (auto objection = objection_to_signer(crl, expectation)) return *std::move(objection);
  if (!expectation.newest_number.empty() &&
      (!crl->number || is_less(*crl->number, expectation.newest_number))) {
    return unusable("crl_number_went_back", "a newer list is known");
  }
  for (std::size_t i = 0; i < crl.size(); ++i) {
    if (crl.entry(i).reason == static_cast<std::uint8_t>(crypto::CrlReason::kRemoveFromCrl)) {
      result.alarms.emplace_back("remove_from_crl_in_full_list");
      break;
    }
  }
  result.usable = true;
  return result;
}

std::string_view to_string(RevocationState state) {
  switch (state) {
    case RevocationState::kGood:
      return "good";
    case RevocationState::kRevoked:
      return "revoked";
    case RevocationState::kUndetermined:
      return "undetermined";
  }
  return "undetermined";
}

bool has_no_revocation_information(const Certificate& certificate) {
  if (certificate.find_extension(crypto::oid::kNoRevAvail) == nullptr) return false;
  const auto& access = certificate->authority_info_access;
  return !(certificate->basic_constraints && certificate->basic_constraints->ca) &&
         certificate.find_extension(crypto::oid::kCrlDistributionPoints) == nullptr &&
         certificate.find_extension(crypto::oid::kFreshestCrl) == nullptr &&
         std::none_of(access.begin(), access.end(),
                      [](const auto& one) { return one.method == crypto::oid::kOcsp; });
}

RevocationStatus revocation_status(const Certificate& certificate, const Crl& crl) {
  if (has_no_revocation_information(certificate)) return {RevocationState::kGood, "", {}, {}};
  if (auto objection = objection_to_pairing(certificate, crl)) {
    return undetermined(*std::move(objection));
  }
  const auto entry = crl.find(certificate.issuer_der(), certificate.serial());
  if (!entry) return {RevocationState::kGood, "", {}, {}};
  if (entry->reason == static_cast<std::uint8_t>(crypto::CrlReason::kRemoveFromCrl)) {
    return undetermined("removeFromCRL in a full list");
  }
  std::string detail = "serial " + certificate.serial_hex() + " was revoked at " +
                       sim::format_time(entry->revoked_at);
  if (entry->reason) {
    detail += ", ";
    detail += crypto::to_string(static_cast<crypto::CrlReason>(*entry->reason));
  }
  return {RevocationState::kRevoked, std::move(detail), entry->revoked_at, entry->reason};
}

RevocationAnswer check_path_revocation(std::span<const crypto::CertificatePtr> path,
                                       const Crl& crl,
                                       sim::Time now) {
  if (auto stale = objection_to_dates(crl, now)) return revocation_undetermined(stale->detail);
  RevocationAnswer answer{RevocationState::kGood, "", 0, {}};
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    auto status = revocation_status(*path[i], crl);
    if (status.state == RevocationState::kRevoked) {
      return {status.state, std::move(status.detail), i, status.revoked_at};
    }
    if (status.state == RevocationState::kUndetermined && answer.state == RevocationState::kGood) {
      answer = {status.state, std::move(status.detail), i, {}};
    }
  }
  return answer;
}

RevocationAnswer revocation_undetermined(std::string why) {
  return {RevocationState::kUndetermined, std::move(why), 0, {}};
}

}  // namespace shakedown::stir

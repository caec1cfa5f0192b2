#include "actors/issuing/issuing_profile.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/octets/der.h"

namespace shakedown::actors {
namespace {

namespace extension = crypto::extension;
namespace oid = crypto::oid;
using stir::CertificateRole;

void remove_extension(crypto::CertificateSpec& spec, std::string_view which) {
  std::erase_if(spec.extensions, [&](const crypto::Extension& one) { return one.oid == which; });
}

// In its place; a specification without it stays without it.
void replace_extension(crypto::CertificateSpec& spec, const crypto::Extension& by) {
  for (crypto::Extension& one : spec.extensions) {
    if (one.oid == by.oid) one = by;
  }
}

crypto::Extension call_placement(const std::vector<std::string>& uris) {
  crypto::Bytes list;
  for (const std::string& uri : uris) {
    list += crypto::der::element(crypto::der::kIa5String, uri);
  }
  return extension::raw(kCallPlacementUris, false,
                        crypto::der::element(crypto::der::kSequence, list));
}

void apply_version(const IssuingProfile& profile,
                   CertificateRole role,
                   const stir::CrlPointer& crl,
                   crypto::CertificateSpec& spec) {
  const bool is_sti_ca = role == CertificateRole::kRoot || role == CertificateRole::kIntermediate;
  if (profile.version != stir::ProfileVersion::kV005 && is_sti_ca) {
    replace_extension(spec, extension::key_usage(crypto::kKeyCertSign | crypto::kCrlSign));
  }
  if (profile.version != stir::ProfileVersion::kV003) return;
  if (role == CertificateRole::kIntermediate) {
    remove_extension(spec, oid::kCrlDistributionPoints);
  } else {
    replace_extension(spec, extension::crl_distribution_points(crl.url));
  }
}

}  // namespace

void apply_profile(const IssuingProfile& profile,
                   CertificateRole role,
                   const stir::CrlPointer& crl,
                   crypto::CertificateSpec& spec) {
  apply_version(profile, role, crl, spec);
  if (profile.policy != stir::kShakenPolicy || !profile.practice_statement_uri.empty()) {
    const auto& uri = profile.practice_statement_uri;
    replace_extension(spec, extension::certificate_policies(
                                {profile.policy}, uri.empty() ? std::nullopt : std::optional(uri)));
  }
  if (role == CertificateRole::kRoot) return;
  if (!profile.ocsp_url.empty()) {
    spec.extensions.push_back(
        extension::authority_info_access({{std::string(oid::kOcsp), profile.ocsp_url}}));
  }
  const bool is_leaf = role == CertificateRole::kEndEntity || role == CertificateRole::kDelegate;
  if (!is_leaf) return;
  if (!profile.call_placement_uris.empty()) {
    spec.extensions.push_back(call_placement(profile.call_placement_uris));
  }
  if (profile.no_rev_avail) {
    remove_extension(spec, oid::kCrlDistributionPoints);
    spec.extensions.push_back(
        extension::raw(oid::kNoRevAvail, false, crypto::der::element(crypto::der::kNull, {})));
  }
}

}  // namespace shakedown::actors

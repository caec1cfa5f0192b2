#include "stir/verification/step.h"

#include <array>

namespace shakedown::stir {
namespace {

constexpr std::array<StepInfo, kSteps> kStepInfos{{
    {"identity_present", "Is there an Identity header field?", "RFC 8224 §6.2.2"},
    {"identity_well_formed", "Does the Identity header field parse?", "RFC 8224 §4"},
    {"ppt_is_supported", "Is this kind of PASSporT one we verify?", "RFC 8224 §6.2 step 1"},
    {"full_form_is_used", "Is the compact form avoided where it is not allowed?", "RFC 8588 §3"},
    {"info_is_a_uri", "Does info name where the certificate is?", "RFC 8224 §4"},
    {"passport_header_well_formed", "Is the JOSE header well-formed?", "RFC 7515 §5.2"},
    {"passport_header_complete", "Are alg, typ and x5u there?", "RFC 8225 §4"},
    {"algorithm_is_es256", "Is alg ES256?", "RFC 8225 §4.2"},
    {"typ_is_passport", "Is typ passport?", "RFC 8225 §4.1"},
    {"ppt_matches", "Is ppt the same in token and parameter?", "RFC 8224 §4.1"},
    {"alg_matches", "Is alg the same in token and parameter?", "RFC 8224 §4.1"},
    {"info_matches_x5u", "Is info the same as x5u, octet for octet?", "RFC 8224 §4.1"},
    {"claims_well_formed", "Are all claims there, with the right types?", "RFC 8225 §5"},
    {"attest_is_valid", "Is attest A, B or C?", "RFC 8588 §4"},
    {"origid_is_uuid", "Is origid a UUID?", "RFC 8588 §5"},
    {"passport_is_canonical", "Is the JSON in canonical form?", "RFC 8225 §9"},
    {"date_is_well_formed", "Can the Date header field be read?", "RFC 3261 §20.17"},
    {"date_is_fresh", "Is Date within the freshness window?", "RFC 8224 §6.2 step 4"},
    {"iat_is_fresh", "Is iat within the freshness window?", "RFC 8224 §6.2 step 4"},
    {"orig_matches", "Is orig who the signalling says calls?", "RFC 8224 §6.2.4"},
    {"dest_matches", "Is dest who is called?", "RFC 8224 §12.1"},
    {"x5u_url_is_allowed", "May this URL be dereferenced?", "ATIS-1000074 §5.3.1"},
    {"certificate_fetched", "Was the certificate had?", "RFC 8224 §6.2 step 3"},
    {"certificate_parses", "Is the body a certificate chain?", "RFC 8555 §9.1"},
    {"chain_is_trusted", "Does the path end at a trusted STI-CA root?", "RFC 5280 §6.1"},
    {"certificate_profile", "Do the certificates follow the profile?", "ATIS-1000080 §6.4.1"},
    {"spc_is_present", "Does the leaf name a provider?", "ATIS-1000080 §6.4.1"},
    {"claim_constraints_hold", "Do the claims obey the certificate?", "RFC 8226 §8"},
    {"orig_is_covered", "May this certificate sign for the number?", "RFC 8226 §9"},
    {"not_revoked", "Is no certificate of the path revoked?", "RFC 5280 §6.3.3"},
    {"signed_within_validity", "Was the call signed while the path was valid?",
     "RFC 8224 §6.2 step 4"},
    {"signature_verifies", "Does the signature verify?", "RFC 8224 §6.2 step 5"},
    {"not_replayed", "Has this PASSporT not been seen before?", "RFC 8224 §12.1"},
}};

}  // namespace

const StepInfo& info(Step step) { return kStepInfos[static_cast<std::size_t>(step)]; }

std::optional<Step> step_by_id(std::string_view id) {
  for (std::size_t i = 0; i < kSteps; ++i) {
    if (kStepInfos[i].id == id) return static_cast<Step>(i);
  }
  return std::nullopt;
}

}  // namespace shakedown::stir

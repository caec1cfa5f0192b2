// By which profile an STI-CA issues, and what it puts into certificates beside it. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate_builder.h"
#include "stir/credential/certificate_profile.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {

// Drafts without an assigned number: id-pe-oobURI of draft-sliwa-stir-cert-cps-ext, which its later
// name calls id-pe-ppsURI, under a private arc of this test bed.
inline constexpr std::string_view kCallPlacementUris = "1.3.6.1.4.1.99999.1.1";

// What is not the default deviates from certificates of ATIS-1000080 v005, partly by design: an
// authorityInfoAccess, noRevAvail and call placement URIs are in no version of that profile.
struct IssuingProfile {
  // v003 writes no CRL distribution point into CA certificates and no cRLIssuer into any; CAs of
  // v003 and v004 may also sign CRLs.
  stir::ProfileVersion version = stir::ProfileVersion::kV005;
  std::string policy{stir::kShakenPolicy};  // OID of certificatePolicies.
  // Where the certification practice statement is (RFC 5280 §4.2.1.4); "": no qualifier.
  std::string practice_statement_uri;
  // Call placement services (out-of-band STIR), absolute https URIs; leaves only.
  std::vector<std::string> call_placement_uris;
  // id-ad-ocsp in the authorityInfoAccess of all but roots (RFC 6960 §3.1); "": none.
  std::string ocsp_url;
  // Leaves have noRevAvail (RFC 9608) and no CRL distribution point. Not together with `ocsp_url`,
  // which makes them invalid (§4).
  bool no_rev_avail = false;

  friend bool operator==(const IssuingProfile&, const IssuingProfile&) = default;
};

// Turns a specification of stir/credential/certificate_specs.h into one of this profile.
// Precondition: the policy is an OID.
void apply_profile(const IssuingProfile& profile,
                   stir::CertificateRole role,
                   const stir::CrlPointer& crl,
                   crypto::CertificateSpec& spec);

}  // namespace shakedown::actors

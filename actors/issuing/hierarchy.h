// The certificates that an STI-CA issues under, and issuing as pure functions: they draw keys,
// serials and signatures, so call them within Env::compute.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/issuing/issuing_profile.h"
#include "crypto/keys/es256.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/tn_auth_list.h"
#include "sim/result.h"
#include "sim/time.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {

// A P-256 hierarchy: the root, which the STI-PA lists, and the intermediate, which issues.
struct CaHierarchy {
  crypto::CertificatePtr root;
  crypto::CertificatePtr intermediate;
  crypto::PrivateKeyPtr root_key;
  crypto::PrivateKeyPtr intermediate_key;
  // A second root that has certified the intermediate's key too, for alternate chains (RFC 8555
  // §7.4.2). Null at STI-CAs, whose chains are what the STI-PA lists.
  crypto::CertificatePtr alternate_root;
  crypto::CertificatePtr alternate_intermediate;
};

using CaHierarchyPtr = std::shared_ptr<const CaHierarchy>;

// In which the lives of CA certificates are counted.
inline constexpr sim::Duration kAuthorityYear = std::chrono::hours{24 * 365};

// `made_at`: notBefore of both; the root is good for 20 years, the intermediate for 10.
Result<CaHierarchyPtr> make_hierarchy(const std::string& organization,
                                      sim::Time made_at,
                                      const stir::CrlPointer& crl,
                                      const IssuingProfile& profile = {});

struct CertificateContents {
  crypto::Bytes subject_spki_der;
  // What the request asked for; attributes that are missing are supplied, and the organization is
  // marked as a test (ATIS-1000080 §6.4.1: C, O and a CN with SHAKEN).
  crypto::Name subject;
  std::string organization;  // If the request names none.
  std::vector<crypto::TnEntry> scope;
  bool ca = false;                // A delegate CA (ATIS-1000092),
  std::uint64_t path_length = 0;  // with this pathLenConstraint.
  sim::Time not_before, not_after;
};

// Under the intermediate, with a serial of 128 random bits.
Result<crypto::CertificatePtr> issue_under(const CaHierarchyPtr& hierarchy,
                                           const CertificateContents& contents,
                                           const stir::CrlPointer& crl,
                                           const IssuingProfile& profile = {});

}  // namespace shakedown::actors

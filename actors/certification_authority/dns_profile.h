// Certificates for dns names, so that ordinary ACME clients can exercise the STI-CA's server: an
// own hierarchy, marked as a test, that no CA list may ever hold. Names are not looked up. Pure,
// but for the keys, serials and signatures that are drawn: call those within Env::compute.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/issuing/hierarchy.h"
#include "crypto/x509/certificate_builder.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::actors {

// A root, an intermediate, and a second root that has certified the intermediate's key as well.
Result<CaHierarchyPtr> make_dns_hierarchy(const std::string& organization, sim::Time made_at);

// Why `name` is no identifier: not letters, digits and hyphens in labels of 1 to 63 (RFC 1123
// §2.1), fewer than two labels, over 253 octets. "*." may stand before it (RFC 8555 §7.1.3).
std::optional<std::string> objection_to_dns_name(std::string_view name);

// RFC 8555 §7.4: proof of possession, an RSA key of 2048 bits or more or one on P-256 or P-384, and
// exactly the order's names in subjectAltName and CN together. Other extensions are not looked at.
std::optional<std::string> objection_to_dns_request(const crypto::CertificateRequest& request,
                                                    const std::vector<std::string>& names);

struct DnsCertificateContents {
  crypto::Bytes subject_spki_der;
  bool is_rsa = false;             // For keyEncipherment.
  std::vector<std::string> names;  // Lower case, at least one.
  sim::Time not_before, not_after;
};

Result<crypto::CertificatePtr> issue_dns(const CaHierarchyPtr& hierarchy,
                                         const DnsCertificateContents& contents);

}  // namespace shakedown::actors

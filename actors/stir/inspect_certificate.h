// Certificates, requests and revocation lists as JSON. For inspect.cc.
#pragma once

#include <vector>

#include "actors/crypto/certificate.h"
#include "actors/crypto/certificate_builder.h"
#include "actors/crypto/crl.h"
#include "actors/stir/inspect.h"

namespace shakedown::stir {

// A chain as presented, leaf first, with the findings of the profile for each certificate.
void inspect_certificates(const std::vector<crypto::CertificatePtr>& certificates,
                          Inspection& inspection);
void inspect_request(const crypto::CertificateRequest& request, Inspection& inspection);
void inspect_crl(const crypto::Crl& crl, Inspection& inspection);

}  // namespace shakedown::stir

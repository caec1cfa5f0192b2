// Encoders shared by certificate_builder.cc and crl.cc. For the sources of this folder; pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/x509/certificate_builder.h"

namespace shakedown::crypto {

Signer signer_of(const PrivateKey& key);  // The key must outlive it.
Result<Bytes> name_der(const NameOrDer& name);
// SEQUENCE OF Extension. Error: kMalformed (an OID).
Result<Bytes> extensions_der(const std::vector<Extension>& extensions);
Bytes issuing_distribution_point_der(const std::optional<std::string>& url, bool indirect);

}  // namespace shakedown::crypto

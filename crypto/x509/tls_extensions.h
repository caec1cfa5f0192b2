// Extensions of certificates for TLS servers (RFC 5280 §4.2.1.6, §4.2.1.12), which no STI
// certificate may have. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/x509/certificate.h"
#include "sim/result.h"

namespace shakedown::crypto {

namespace extension {
Extension subject_alt_name(const std::vector<std::string>& dns_names);
Extension tls_key_usage_purposes();  // extKeyUsage: serverAuth and clientAuth.
}  // namespace extension

// The names of a subjectAltName's value. Errors: kMalformed; kUnsupported if it has a name of
// another kind than dNSName.
Result<std::vector<std::string>> read_dns_names(std::string_view value);

}  // namespace shakedown::crypto

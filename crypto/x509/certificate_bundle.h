// Bundles of certificates in PEM (RFC 7468), as repositories serve them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/pem.h"
#include "crypto/x509/certificate.h"
#include "sim/result.h"

namespace shakedown::crypto {

// Something in a bundle that the caller may want to refuse or report.
struct PemNote {
  enum class Kind : std::uint8_t {
    kTextOutside,  // Anything but white space before, between or after blocks.
    kOtherLabel,   // A block that is not CERTIFICATE (but no key); `detail` is the label.
    kPrivateKey,   // A private key was published.
  };
  Kind kind;
  std::string detail;
  friend bool operator==(const PemNote&, const PemNote&) = default;
};

struct PemBundle {
  std::vector<CertificatePtr> certificates;  // In order; at least one.
  std::vector<PemNote> notes;
};

// Other blocks are skipped and noted. Errors: as read_pem; kMalformed also when a certificate does
// not decode; kNotFound without any certificate.
Result<PemBundle> read_pem_certificates(std::string_view text, const PemLimits& limits = {});

std::string write_pem(const std::vector<CertificatePtr>& certificates);

}  // namespace shakedown::crypto

// PEM (RFC 7468): bundles of certificates as repositories serve them, and single blocks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/bytes.h"
#include "crypto/x509/certificate.h"
#include "sim/result.h"

namespace shakedown::crypto {

struct PemBlock {
  std::string label;  // "CERTIFICATE".
  Bytes der;
};

struct PemLimits {
  std::size_t octets = 64 * 1024;
  std::size_t blocks = 16;
};

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

// All blocks in order. Line endings may be CR LF. Errors: kTooLarge; kMalformed (a block without
// its end, labels that differ, a body that is not base64).
Result<std::vector<PemBlock>> read_pem(std::string_view text, const PemLimits& limits = {});

struct PemBundle {
  std::vector<CertificatePtr> certificates;  // In order; at least one.
  std::vector<PemNote> notes;
};

// Other blocks are skipped and noted. Errors: as read_pem; kMalformed also when a certificate does
// not decode; kNotFound without any certificate.
Result<PemBundle> read_pem_certificates(std::string_view text, const PemLimits& limits = {});

std::string write_pem(std::string_view label, std::string_view der);
std::string write_pem(const std::vector<CertificatePtr>& certificates);

}  // namespace shakedown::crypto

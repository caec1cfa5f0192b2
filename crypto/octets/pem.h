// PEM (RFC 7468), block by block. Bundles of certificates: crypto/x509/certificate_bundle.h.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/octets/bytes.h"
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

// All blocks in order. Line endings may be CR LF. Errors: kTooLarge; kMalformed (a block without
// its end, labels that differ, a body that is not base64).
Result<std::vector<PemBlock>> read_pem(std::string_view text, const PemLimits& limits = {});

// The blocks as they stand, undecoded. All views are into the text.
struct PemParts {
  struct Block {
    std::string_view before;  // The text since the block before.
    std::string_view label;
    std::string_view body;
  };

  std::vector<Block> blocks;
  std::string_view after;  // The text after the last one.
};

// Errors as read_pem but for the bodies, which are not looked at.
Result<PemParts> split_pem(std::string_view text, const PemLimits& limits = {});
// Error: kMalformed.
Result<Bytes> decode_pem_body(const PemParts::Block& block);

std::string write_pem(std::string_view label, std::string_view der);

}  // namespace shakedown::crypto

// Verifies the signature of a SIGNED structure (certificate, request, list) by whatever algorithm.
// For the sources of crypto/.
#pragma once

#include <string_view>

#include "crypto/keys/es256.h"
#include "crypto/octets/bytes.h"
#include "crypto/octets/openssl.h"

namespace shakedown::crypto {

inline constexpr std::string_view kSha256WithRsa = "1.2.840.113549.1.1.11";  // RFC 4055 §5.

struct SignedData {
  std::string_view to_be_signed;  // DER.
  std::string_view algorithm;     // OID, dotted.
  std::string_view signature;     // The bits of the BIT STRING.
};

// `p256` if the key is one, else `other` (may be null then: false). ECDSA and RSA PKCS#1 v1.5 with
// the digests that OpenSSL knows and that are collision-resistant; an algorithm that does not fit
// the key is false.
bool verify_signed_data(const SignedData& data, const PublicKey* p256, EVP_PKEY* other);
// The same for a key that is not yet decoded.
bool verify_signed_data(const SignedData& data, std::string_view spki_der);

// SIGNED { to_be_signed, algorithm, signature } around ES256.
Bytes signed_structure(std::string_view to_be_signed,
                       std::string_view algorithm_identifier_der,
                       const Es256Signature& signature);
// AlgorithmIdentifier without parameters, as ECDSA has it (RFC 5758 §3.2).
Result<Bytes> algorithm_identifier(std::string_view oid);

}  // namespace shakedown::crypto

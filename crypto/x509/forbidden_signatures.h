// Signature algorithms that no STI certificate may be signed with (ATIS-1000080 §6.4.1 knows only
// ECDSA on P-256 with SHA-256), to make certificates that verifiers must refuse. Nothing else may
// use them.
//
// A scheme holds its key; any thread may use it.
#pragma once

#include "crypto/keys/es256.h"
#include "crypto/x509/certificate_builder.h"

namespace shakedown::crypto {

// ecdsa-with-SHA1 (RFC 3279 §2.2.3). Draws for each signature. Error: kEnvironment.
Result<SignatureScheme> ecdsa_with_sha1(const PrivateKey& key);

struct RsaIssuer {
  Bytes spki_der;
  SignatureScheme scheme;  // sha256WithRSAEncryption (RFC 4055 §5); deterministic.
};

// A new key of 2048 bits from OpenSSL's random generator, and so within a random stream the same in
// each run. Takes a tenth of a second. Error: kEnvironment.
Result<RsaIssuer> generate_rsa_issuer();

}  // namespace shakedown::crypto

// ES256: ECDSA on P-256 with SHA-256, signatures as R || S (RFC 7518 §3.4).
//
// Keys are immutable and shared: any thread may use one key at once. A key is decoded once, when it
// is made; signing and verifying then cost what OpenSSL's bare arithmetic costs (about 28 and 87
// microseconds). Nothing here suspends, and OpenSSL's error queue is empty on return.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "crypto/octets/bytes.h"
#include "sim/result.h"

namespace shakedown::crypto {

// An uncompressed point of P-256: 04, X, Y (SEC 1 §2.3.3).
inline constexpr std::size_t kPointSize = 65;

// R || S, 2 x 32 octets, big-endian. Not DER.
using Es256Signature = std::array<std::uint8_t, 64>;

// Error: kMalformed if not 64 octets.
Result<Es256Signature> signature_from_raw(std::string_view raw);
// ECDSA-Sig-Value (RFC 3279 §2.2.3). Errors: kMalformed if not strict DER, or R or S is negative or
// longer than 32 octets.
Result<Es256Signature> signature_from_der(std::string_view der);
Bytes signature_to_der(const Es256Signature& signature);

class PublicKey;
class PrivateKey;
using PublicKeyPtr = std::shared_ptr<const PublicKey>;
using PrivateKeyPtr = std::shared_ptr<const PrivateKey>;

class PublicKey {
 public:
  // SubjectPublicKeyInfo with id-ecPublicKey and namedCurve prime256v1 (RFC 5480); a compressed
  // point is accepted. Errors: kUnsupported (other algorithm or curve, explicit parameters),
  // kMalformed (not DER, octets left over, point not on the curve).
  static Result<PublicKeyPtr> from_spki_der(std::string_view der);
  // 04 || X || Y, 65 octets. Error: kMalformed (length, first octet, not on the curve).
  static Result<PublicKeyPtr> from_uncompressed_point(std::string_view point);
  // "-----BEGIN PUBLIC KEY-----", one block. Errors as from_spki_der.
  static Result<PublicKeyPtr> from_pem(std::string_view pem);

  ~PublicKey();
  PublicKey(const PublicKey&) = delete;
  PublicKey& operator=(const PublicKey&) = delete;

  // True if `signature` over `message` is this key's. R or S of 0 or >= n is false.
  bool verify(std::string_view message, const Es256Signature& signature) const;

  // Always the uncompressed form, 91 octets.
  const Bytes& spki_der() const;
  const Bytes& uncompressed_point() const;  // 65 octets.
  std::string to_pem() const;

  friend bool operator==(const PublicKey& a, const PublicKey& b) {
    return a.uncompressed_point() == b.uncompressed_point();
  }

  struct State;  // OpenSSL's side, for the sources of this folder.
  explicit PublicKey(std::unique_ptr<const State> state);

  const State& state() const { return *state_; }

 private:
  std::unique_ptr<const State> state_;
};

class PrivateKey {
 public:
  // A new key from OpenSSL's random generator: 32 octets are drawn (crypto/randomness.h). Within a
  // random stream the key is therefore the same in each run. Error: kEnvironment.
  static Result<PrivateKeyPtr> generate();
  // Big-endian. Error: kMalformed (0 or >= n).
  static Result<PrivateKeyPtr> from_scalar(std::span<const std::uint8_t, 32> scalar);
  // The same when the public half is known, which spares deriving it (envelope encryption opens a
  // scalar for each call). That the two belong together is taken on trust.
  static Result<PrivateKeyPtr> from_scalar(std::span<const std::uint8_t, 32> scalar,
                                           PublicKeyPtr public_key);
  // Unencrypted PKCS#8 or SEC 1. Errors: kMalformed, kUnsupported (not P-256).
  static Result<PrivateKeyPtr> from_pem(std::string_view pem);

  ~PrivateKey();
  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;

  // A fresh nonce each call, so two signatures of one message differ (unless both are made at the
  // same place of the same random stream). Draws 64 octets. The signature is noted in the
  // SignatureLedger. Error: kEnvironment.
  Result<Es256Signature> sign(std::string_view message) const;

  const PublicKeyPtr& public_key() const;
  SecretBytes scalar() const;  // 32 octets, big-endian.
  SecretBytes to_pem() const;  // PKCS#8.

  struct State;
  explicit PrivateKey(std::unique_ptr<const State> state);

  const State& state() const { return *state_; }

 private:
  std::unique_ptr<const State> state_;
};

}  // namespace shakedown::crypto

// A small ecosystem for the tests of this folder: an STI-PA, an STI-CA with an intermediate, a
// provider with a certificate, and a call. Everything is fixed in time; keys come from constant
// scalars.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/crl.h"
#include "stir/call/sip_call.h"
#include "stir/credential/certificate_specs.h"
#include "stir/credential/chain.h"
#include "stir/passport/passport.h"
#include "stir/verification/verification.h"

namespace shakedown::stir::test {

inline constexpr std::string_view kX5u = "https://cr.acme-tel.test/acme/1.pem";
inline constexpr std::string_view kCrlUrl = "https://sti-pa.test/download/v1/crl";
inline const sim::Time kNow = sim::from_unix_seconds(1'767'603'600);  // 2026-01-05T09:00:00Z

// The key whose scalar is `number`, repeated in all octets.
crypto::PrivateKeyPtr key(std::uint8_t number);

// Signs `spec` with `issuer_key` and reads the result back. `change` may spoil the specification.
crypto::CertificatePtr sign_certificate(crypto::CertificateSpec spec,
                                        const crypto::PrivateKey& issuer_key);

CertificateFacts facts(std::string organization, const crypto::PrivateKey& subject_key);

struct Testbed {
  Testbed();

  crypto::PrivateKeyPtr root_key = key(1);
  crypto::PrivateKeyPtr intermediate_key = key(2);
  crypto::PrivateKeyPtr leaf_key = key(3);
  crypto::PrivateKeyPtr pa_root_key = key(4);
  crypto::PrivateKeyPtr pa_signer_key = key(5);

  crypto::CertificatePtr root;
  crypto::CertificatePtr intermediate;
  crypto::CertificatePtr leaf;
  crypto::CertificatePtr pa_root;
  crypto::CertificatePtr pa_signer;
  std::vector<crypto::CertificatePtr> anchors;

  CrlPointer crl_pointer() const;

  // A leaf like `leaf`, with `change` applied to its specification.
  template <class Change>
  crypto::CertificatePtr leaf_with(Change change) const {
    auto spec = leaf_spec();
    change(spec);
    return sign_certificate(std::move(spec), *intermediate_key);
  }

  crypto::CertificateSpec leaf_spec() const;
  // `extension` in place of the one with its OID, or added.
  static void put(crypto::CertificateSpec& spec, crypto::Extension extension);
  static void drop(crypto::CertificateSpec& spec, std::string_view oid);

  crypto::CrlSpec crl_spec() const;
  crypto::CrlPtr crl(const crypto::CrlSpec& spec) const;

  // A call from +1 201 555 0101 to +1 415 555 0100 and its PASSporT.
  SipCall call;
  Passport passport;
  std::string token(const Passport& content) const;  // Signed by leaf_key.
  std::string identity(const Passport& content) const;
};

// Everything that an actor would find out, and the switches; change what the case is about.
struct Scene {
  std::string identity;
  bool has_identity = true;
  SipCall call;
  std::vector<Passport> passports;
  std::vector<crypto::CertificatePtr> chain;
  std::optional<CertificateAnswer> answer;  // Instead of `chain`.
  std::vector<crypto::CertificatePtr> anchors;
  RevocationAnswer revocation;
  bool seen_before = false;
  NumberAuthority numbers;
  ChainPolicy chain_policy;
  sim::Time now = kNow;
};

Scene scene_of(const Testbed& bed);

struct Ran {
  Verdict verdict;
  std::vector<Need> needs;  // In the order in which they were asked for.
  std::optional<Reason> reason;

  std::string failed() const { return std::string(verdict.failed_step_id()); }

  const StepOutcome* step(Step step) const;
  bool reported(Step step) const;
};

Ran verify(const Scene& scene, const VerificationPolicy& policy);
Ran verify(const Scene& scene, std::string_view profile = "rfc8224");

}  // namespace shakedown::stir::test

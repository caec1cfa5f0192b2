// The one world that all cases of the catalogue live in: an STI-PA with its list of trusted roots
// and its CRL, certification authorities of which some were delisted, a provider. Everything is a
// function of the base time: keys come from their names, signatures from named random streams.
//
// Immutable once made; any thread may read it. Making it and making cases needs the RAND provider
// (crypto::install_randomness_provider).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/certificate_builder.h"
#include "crypto/x509/crl.h"
#include "sim/random.h"
#include "sim/time.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::vectors {

inline constexpr std::string_view kCrlUrl = "https://sti-pa.test/download/v1/crl";
inline constexpr std::string_view kCaListUrl = "https://sti-pa.test/download/v1/ca-list";
inline constexpr std::string_view kSignerUrl = "https://sti-pa.test/download/v1/certificate/1.crt";
inline constexpr std::string_view kRepository = "https://cr.alpha-tel.test/";
inline constexpr std::string_view kSpc = "709J";

inline constexpr auto kSecond = std::chrono::seconds{1};
inline constexpr auto kHour = std::chrono::hours{1};
inline constexpr auto kDay = std::chrono::hours{24};

// The key of that name, the same in every run and for every base time.
crypto::PrivateKeyPtr key_named(std::string_view name);
sim::Lineage stream_named(std::string_view name);

// Signs `spec` and reads the result back. Draws from the stream that is entered.
crypto::CertificatePtr issued(const crypto::CertificateSpec& spec,
                              const crypto::PrivateKey& issuer_key);

// Changes to specifications.
void drop(crypto::CertificateSpec& spec, std::string_view oid);
void put(crypto::CertificateSpec& spec, crypto::Extension extension);  // Replaces its OID's.

// A CA: certificate and key.
struct Authority {
  crypto::CertificatePtr certificate;
  crypto::PrivateKeyPtr key;
};

class World {
 public:
  explicit World(sim::Time base_time);

  const sim::Time base;

  // "Alpha CA": root (listed) <- intermediate <- leaf of SPC 709J, valid from a day before base to
  // 90 days after.
  Authority root, intermediate;
  crypto::PrivateKeyPtr leaf_key;
  crypto::CertificatePtr leaf;
  // Other listed roots: one that allows no CA below it, one that has expired.
  Authority narrow_root, expired_root;
  // Roots that the list named once and no longer does, and one that it never did.
  Authority delisted_root, second_delisted_root, unlisted_root;
  // The STI-PA.
  Authority pa_root, pa_signer;

  // Under the CRL: a leaf by itself, a leaf whose entry inherits its issuer, one whose serial
  // another CA revoked, one put on hold, a CA.
  crypto::CertificatePtr revoked_leaf, revoked_by_inheritance, namesake_leaf, held_leaf;
  Authority revoked_intermediate, namesake_root;

  std::string trust_list;    // Compact JWS of the STI-PA.
  std::string crl;           // DER.
  std::string signer_chain;  // PEM: the signer of both, then the STI-PA's root.
  std::vector<crypto::CertificatePtr> listed_roots;

  stir::CrlPointer crl_pointer() const;
  // `name` distinguishes serial numbers; valid like the leaf.
  stir::CertificateFacts facts(std::string organization,
                               std::string_view name,
                               const crypto::PrivateKey& subject_key) const;
  // The specification of `leaf`, to be spoiled.
  crypto::CertificateSpec leaf_spec(std::string_view name = "leaf") const;
  crypto::CertificateSpec leaf_under(const crypto::Certificate& issuer,
                                     std::string_view name) const;
  crypto::CertificateSpec intermediate_spec(const crypto::Certificate& issuer,
                                            std::string_view name,
                                            const crypto::PrivateKey& subject_key) const;
  crypto::CrlSpec crl_spec() const;  // Of `crl`, with its entries.
  std::string sign_crl(const crypto::CrlSpec& spec) const;
  std::string sign_trust_list(const std::vector<crypto::CertificatePtr>& roots,
                              std::int64_t sequence,
                              sim::Time expires) const;

 private:
  Authority make_root_named(std::string_view name, std::string organization) const;
  void make_policy_administrator();
  void make_alpha();
  void make_other_roots();
  void make_revoked();
};

}  // namespace shakedown::vectors

// The STI-PA's own PKI, apart from that of the STI-CAs: a root that everybody trusts for tokens,
// the CA list and the CRL only, and under it a signer of tokens and lists and a signer of the CRL.
#pragma once

#include <string>

#include "crypto/keys/es256.h"
#include "crypto/x509/certificate.h"
#include "sim/result.h"
#include "sim/time.h"

namespace shakedown::actors {

// A certificate and its key.
struct Authority {
  crypto::PrivateKeyPtr key;
  crypto::CertificatePtr certificate;
};

struct PolicyAdministratorPki {
  Authority root;
  Authority signer;
  Authority crl_signer;
};

// The distinguished name of CRLs, so of the CRL signer: "CN=STI-PA CRL, O=..., C=US". DER; known
// before there is a certificate, because STI-CAs put it into theirs.
crypto::Bytes crl_issuer_name(const std::string& organization);

// Draws keys and serials: call within Env::compute. `made_at`: notBefore of all three; ten years.
Result<PolicyAdministratorPki> make_policy_administrator_pki(const std::string& organization,
                                                             sim::Time made_at);

// A new key and certificate for the signer of tokens and lists, under the same root. As above.
Result<Authority> make_next_signer(const Authority& root,
                                   const std::string& organization,
                                   sim::Time made_at);

// The same for the signer of the CRL, whose name stays.
Result<Authority> make_next_crl_signer(const Authority& root,
                                       const std::string& organization,
                                       sim::Time made_at);

struct NextRoot {
  PolicyAdministratorPki pki;
  // The new root's key, certified by the old root: who holds only that one can follow until this
  // ends (RFC 4210 §4.4, new with old).
  crypto::CertificatePtr cross_certificate;
};

// A new root of another name ("STI-PA Root 2" for `generation` 2) with both signers below it. As
// above.
Result<NextRoot> make_next_root(const Authority& old_root,
                                const std::string& organization,
                                std::size_t generation,
                                sim::Time made_at,
                                sim::Time cross_certificate_ends);

}  // namespace shakedown::actors

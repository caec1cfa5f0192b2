// Checks SPC tokens for an STI-CA: fetches the signer from the STI-PA, judges its path, the
// signature and the claims (RFC 9448 §6, by the table of stir/acme/spc_token.h). Belongs to one
// actor.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/x509/certificate.h"
#include "sim/env.h"
#include "sim/result.h"
#include "stir/acme/acme_messages.h"
#include "stir/acme/spc_token.h"

namespace shakedown::actors {

struct TokenCheckerOptions {
  std::string policy_administrator_url;       // Signers are fetched from below it,
  std::vector<std::string> other_hosts;       // or from these hosts; from nowhere else.
  std::vector<crypto::CertificatePtr> roots;  // Of the STI-PA; empty: fetched by have_roots().
  sim::Duration fetch_timeout = std::chrono::seconds{5};
  // What deployed clients and STI-PAs do beside the RFCs.
  bool allow_spki_fingerprint = true;  // Instead of the JWK thumbprint (RFC 9447 §4).
  bool allow_padded_value = true;      // tkvalue in padded base64 (RFC 9448 §5.3: base64url).
};

class TokenChecker {
 public:
  TokenChecker(sim::Env& env, TokenCheckerOptions options);

  // * Fetches the STI-PA's root unless it is configured or known. Errors: of fetch_certificates.
  Status have_roots();
  // * Fetches the STI-PA's root and believes it beside those known, as an operator would install a
  // new one. Errors: as above.
  Status install_root();

  // A token that satisfies a challenge.
  struct Accepted {
    bool ca = false;  // atc.ca
  };

  // * `identifier_der`: the order's TNAuthList; `account`: names the account, for tokens that are
  // shown by two. The problem is what goes into the challenge.
  tl::expected<Accepted, stir::acme::Problem> check(std::string_view token,
                                                    std::string_view identifier_der,
                                                    const stir::AcmeKey& account_key,
                                                    std::string_view account);

 private:
  bool may_fetch(std::string_view x5u) const;
  Result<std::vector<crypto::CertificatePtr>> signer_chain(const std::string& x5u);  // *
  // Steps 2 to 4 of RFC 9448 §6: who signed, and whether that is the STI-PA. *
  tl::expected<void, stir::acme::Problem> check_signer(const stir::ReceivedSpcToken& token,
                                                       stir::SpcTokenFacts& facts);

  sim::Env& env_;
  TokenCheckerOptions options_;
  std::map<std::string, std::vector<crypto::CertificatePtr>, std::less<>> signer_chains_;
  std::map<std::string, std::string, std::less<>> account_of_jti_;
};

}  // namespace shakedown::actors

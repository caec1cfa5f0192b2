// The client's side of the STI-PA's API, used inside the actors that have an account there (or, for
// the public parts, none). Logs in when needed and again when the login has expired. One object per
// account and actor; it must outlive its calls, and its calls may overlap.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys/es256.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/crl.h"
#include "sim/env.h"
#include "sim/result.h"
#include "stir/jose/json.h"

namespace shakedown::actors {

struct PolicyAdministratorAccess {
  std::string base_url;    // "https://sti-pa.test"
  std::string account_id;  // "acme-tel"
  std::string user_id;     // Empty: the account id.
  std::string password;
  sim::Duration timeout = std::chrono::seconds{5};  // Of each exchange.
};

enum class FingerprintStyle : bool { kJwkThumbprint, kSpkiHash };  // RFC 9448; as deployed.

struct SpcTokenAnswer {
  std::string token;  // Compact JWS, as received.
  std::string crl_url;
};

struct RevocationReport {
  crypto::CertificatePtr certificate;  // Never null.
  std::string chain_pem;               // The certificate and its issuers, leaf first.
  crypto::CrlReason reason = crypto::CrlReason::kUnspecified;
  std::string reported_by;  // On whose behalf; empty: the account's.
};

// Errors of all calls: kTimeout, kUnreachable; kRefused (status and the STI-PA's message in
// `detail`); kMalformed (an answer that cannot be read).
class PolicyAdministratorClient {
 public:
  PolicyAdministratorClient(sim::Env& env, PolicyAdministratorAccess access);

  const PolicyAdministratorAccess& access() const { return access_; }

  // * An SPC token for this TNAuthList, bound to the ACME account key.
  Result<SpcTokenAnswer> spc_token(std::string_view tn_auth_list_der,
                                   const crypto::PublicKey& account_key,
                                   bool ca = false,
                                   FingerprintStyle style = FingerprintStyle::kJwkThumbprint);
  // * The compact JWS of the CA list, not verified.
  Result<std::string> ca_list();
  // *
  Status report_revocation(const RevocationReport& report);

 private:
  Result<std::string> login();
  // Sends with a login; once more with a new one when the old one is refused.
  Result<stir::Json> ask(const sim::Request& request, std::string_view what);
  sim::Answer ask_once(const sim::Request& request, std::string_view access_token);

  sim::Env& env_;
  PolicyAdministratorAccess access_;
  std::string access_token_;
};

// * The certificates behind a URL of the STI-PA (x5u of its tokens and list, caIssuers of its CRL,
// its trust anchor), as they stand there: not verified. `env` is the asking actor's.
Result<std::vector<crypto::CertificatePtr>> fetch_certificates(sim::Env& env,
                                                               std::string_view url,
                                                               sim::Duration timeout);

}  // namespace shakedown::actors

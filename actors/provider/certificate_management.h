// Certificate management of a provider (SP-KMS, ATIS-1000080 §6): generate a key, get an SPC token,
// order a certificate, publish it under a new URL, wait until the world can fetch it, then switch
// signing to it; renew in time, for ever. The mistakes that deployments make (renewing in place at
// one URL, switching before the certificate can be fetched, keeping the key) are options.
//
// Belongs to one actor. Starred calls suspend; renewals do not overlap.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "actors/certification_authority/acme_order.h"
#include "actors/crypto/tn_auth_list.h"
#include "actors/policy_administrator/policy_administrator_client.h"
#include "actors/provider/authentication_service.h"
#include "actors/provider/key_store.h"
#include "actors/repository/repository.h"
#include "sim/env.h"

namespace shakedown::actors {

struct CertificateManagementOptions {
  std::string organization;                   // Of the subject.
  std::vector<crypto::TnEntry> tn_auth_list;  // One SPC; for proof of possession also numbers.
  std::string ca;                             // Name and directory of the STI-CA.
  std::string ca_directory_url;
  RepositoryAccess repository;
  sim::Duration lifetime = std::chrono::hours{24 * 90};
  sim::Duration renew_before = std::chrono::hours{24 * 30};
  std::optional<sim::Duration> every;  // Renew this long after the last one, whatever the expiry.
  bool rekey = true;
  bool in_place = false;        // Publish at one URL for ever (RFC 8224 §7.4 says not to).
  bool switch_at_once = false;  // Sign with it before it can be fetched.
  sim::Duration fetchable_within = std::chrono::minutes{30};  // Else the renewal has failed.
};

// A certificate that was or is in use, and who issued it.
struct ManagedCertificate {
  SigningIdentityPtr identity;
  std::string ca_directory_url;
};

class CertificateManagement {
 public:
  CertificateManagement(sim::Env& env,
                        KeyStore& keys,
                        PolicyAdministratorClient& policy_administrator,
                        CertificateManagementOptions options);

  // Spawns the daemon that gets the first certificate and renews it. From an activity of the actor.
  void start();
  // * Until signing is possible; false at `deadline`.
  bool wait_until_ready(sim::Time deadline);

  // * Out of schedule. Records an IssuanceEvent, like every renewal. Errors: those of its steps.
  Status renew(std::string_view because);
  // * The same at another STI-CA, which is used from then on.
  Status move_to(std::string ca, std::string directory_url);
  // * Asks the STI-CA that issued `certificate` to revoke it.
  Status revoke(const crypto::CertificatePtr& certificate, crypto::CrlReason reason);

  const SigningIdentityPtr& current() const { return current_; }  // Null before the first.

  // All that were ever in use, oldest first, current last.
  const std::vector<ManagedCertificate>& history() const { return history_; }

 private:
  void keep_renewing();
  Status renew_once(std::string_view because);
  Result<crypto::PrivateKeyPtr> account_key();
  Result<IssuedChain> order(const HeldKeyPtr& key);
  Status publish_and_switch(const HeldKeyPtr& key, const IssuedChain& chain, IssuanceEvent& event);
  sim::Time next_renewal() const;

  sim::Env& env_;
  KeyStore& keys_;
  PolicyAdministratorClient& policy_administrator_;
  CertificateManagementOptions options_;
  SigningIdentityPtr current_;
  std::vector<ManagedCertificate> history_;
  std::map<std::string, crypto::PrivateKeyPtr> account_keys_;  // By directory URL.
  std::uint64_t published_ = 0;
  bool renewing_ = false;
  sim::Condition changed_;
};

}  // namespace shakedown::actors

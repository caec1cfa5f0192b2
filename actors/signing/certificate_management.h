// Certificate management (SP-KMS, ATIS-1000080 §6): generate a key, order a certificate for it,
// publish it under a new URL, wait until the world can fetch it, then switch signing to it; renew
// in time, for ever. The mistakes that deployments make (renewing in place at one URL, switching
// before the certificate can be fetched, keeping the key) are options.
//
// Where certificates come from is a CertificateSource: an STI-CA for a provider
// (sti_certificate_source.h), a delegating provider for an enterprise.
//
// Belongs to one actor. Starred calls suspend; renewals do not overlap.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/acme/acme_order.h"
#include "actors/clients/repository_client.h"
#include "actors/events.h"
#include "actors/signing/authentication_service.h"
#include "actors/signing/key_store.h"
#include "crypto/x509/crl.h"
#include "sim/env.h"

namespace shakedown::actors {

class CertificateSource {
 public:
  virtual ~CertificateSource() = default;
  // Who issues now, for the records.
  virtual const std::string& issuer() const = 0;
  // * A certificate for `key`, valid from now for `lifetime`.
  virtual Result<IssuedChain> order(const HeldKeyPtr& key, sim::Duration lifetime) = 0;
  // * Asks whoever issued `certificate` to revoke it.
  virtual Status revoke(const crypto::CertificatePtr& certificate, crypto::CrlReason reason) = 0;
};

struct CertificateManagementOptions {
  RepositoryAccess repository;
  std::string directory;  // Of its URLs: "709J" gives .../709J/1.pem.
  sim::Duration lifetime = std::chrono::hours{24 * 90};
  sim::Duration renew_before = std::chrono::hours{24 * 30};
  std::optional<sim::Duration> every;  // Renew this long after the last one, whatever the expiry.
  bool rekey = true;
  bool in_place = false;        // Publish at one URL for ever (RFC 8224 §7.4 says not to).
  bool switch_at_once = false;  // Sign with it before it can be fetched.
  sim::Duration fetchable_within = std::chrono::minutes{30};  // Else the renewal has failed.
};

class CertificateManagement {
 public:
  CertificateManagement(sim::Env& env,
                        KeyStore& keys,
                        CertificateSource& source,
                        CertificateManagementOptions options);

  // Spawns the daemon that gets the first certificate and renews it. From an activity of the actor.
  void start();
  // * Until signing is possible; false at `deadline`.
  bool wait_until_ready(sim::Time deadline);

  // * Out of schedule. Records an IssuanceEvent, like every renewal. A compromise always gets a new
  // key. Errors: those of its steps.
  Status renew(std::string_view because);

  const SigningIdentityPtr& current() const { return current_; }  // Null before the first.

  // All that were ever in use, oldest first, the current one last.
  const std::vector<SigningIdentityPtr>& history() const { return history_; }

 private:
  void keep_renewing();
  Status renew_once(std::string_view because);
  Status publish_and_switch(const HeldKeyPtr& key, const IssuedChain& chain, IssuanceEvent& event);
  sim::Time next_renewal() const;

  sim::Env& env_;
  KeyStore& keys_;
  CertificateSource& source_;
  CertificateManagementOptions options_;
  SigningIdentityPtr current_;
  std::vector<SigningIdentityPtr> history_;
  std::uint64_t published_ = 0;
  bool renewing_ = false;
  sim::Condition changed_;
};

}  // namespace shakedown::actors

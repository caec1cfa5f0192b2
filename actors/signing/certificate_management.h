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

#include <cstdint>
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

// Why a certificate is had. Orders are carried out one after the other, each of them; a due renewal
// that an order has made needless meanwhile is not.
enum class IssuanceReason : std::uint8_t { kFirst, kRenewal, kOrdered, kMoved };
std::string_view to_string(IssuanceReason reason);  // As the records have it, without an own word.

enum class Rekey : std::uint8_t { kKeepKey, kNewKey };

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
  Rekey rekey = Rekey::kNewKey;        // At renewals by cadence, and when it moves to another CA.
  bool in_place = false;               // Publish at one URL for ever (RFC 8224 §7.4 says not to).
  bool switch_at_once = false;         // Sign with it before it can be fetched.
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

  // * Out of schedule. Records an IssuanceEvent, like every renewal; `because` is for the records
  // alone. Errors: those of its steps.
  Status rotate(Rekey rekey, std::string because);
  // * The same at another CA, which `source` names from now on.
  Status renew_at_new_ca();

  const SigningIdentityPtr& current() const { return current_; }  // Null before the first.

  // All that were ever in use, oldest first, the current one last.
  const std::vector<SigningIdentityPtr>& history() const { return history_; }

 private:
  void keep_renewing();
  Status renew_if_due();  // *
  // * `because`: empty for the reason's own word.
  Status issue(IssuanceReason reason, Rekey rekey, std::string because);
  class Turn;  // One issuance at a time.
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

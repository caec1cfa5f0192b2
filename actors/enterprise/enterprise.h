// An enterprise (VoIP entity): calls from numbers that a provider delegated to it, with a delegate
// certificate of its own (RFC 9060, ATIS-1000092). Its calls enter the network at an originating
// provider, which carries them or vouches for them. A reseller delegates its numbers further, under
// a CA certificate of its own.
//
// One actor. Methods marked * suspend; call everything but env() from activities of that actor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/calls/participant.h"
#include "actors/delegation/delegation_service.h"
#include "actors/signing/authentication_service.h"
#include "actors/signing/certificate_management.h"
#include "actors/signing/key_store.h"
#include "crypto/x509/tn_auth_list.h"
#include "sim/site.h"

namespace shakedown::actors {

struct EnterpriseOptions {
  std::string name;
  std::string host;  // "call-center.test"
  std::string region = "local";
  unsigned servers = 1;
  std::string organization;
  std::string delegator;               // Who delegates to it: the name,
  std::string delegator_url;           // where it takes orders, "https://acme-tel.test",
  std::string secret;                  // and what it knows this customer by.
  std::vector<crypto::TnEntry> scope;  // The TNAuthList that it asks for.
  KeyCustody custody = KeyCustody::kMemory;
  MasterKeyAccess master_key;           // envelope
  std::shared_ptr<crypto::Hsm> module;  // hsm
  CertificateManagementOptions certificate;
  // Further claims of its PASSporTs, as in stir::Passport.
  std::vector<std::pair<std::string, std::string>> claims;
  // It delegates further (RFC 9060 §4), to these customers, under a CA certificate of its own that
  // lives as long as is said here.
  std::optional<DelegateIssuerOptions> delegates;
  std::vector<DelegateCustomer> delegate_customers;
  sim::Duration delegate_ca_lifetime = std::chrono::hours{24 * 90};
};

// Delegate certificates from whoever delegates to the enterprise.
class DelegateCertificateSource final : public CertificateSource {
 public:
  DelegateCertificateSource(sim::Env& env, KeyStore& keys, const EnterpriseOptions& options);

  const std::string& issuer() const override { return options_.delegator; }

  Result<IssuedChain> order(const HeldKeyPtr& key, sim::Duration lifetime) override;
  Status revoke(const crypto::CertificatePtr& certificate, crypto::CrlReason reason) override;

 private:
  KeyStore& keys_;
  const EnterpriseOptions& options_;
  DelegationClient client_;
};

class Enterprise final : public Participant {
 public:
  Enterprise(sim::Site& site, EnterpriseOptions options);

  sim::Env& env() override { return env_; }

  const EnterpriseOptions& options() const { return options_; }

  void start() override;
  bool wait_until_ready(sim::Time deadline) override;

  // `request.attest` ' ' makes a base PASSporT, else a shaken one, which verifiers must refuse from
  // a delegate.
  void call(const CallRequest& request) override;
  Status revoke_delegate_ca(crypto::CrlReason reason) override;

  crypto::CertificatePtr delegate_ca() const override {
    return delegation_ ? delegation_->authority() : nullptr;
  }

  KeyStore& keys() override { return *keys_; }

  CertificateManagement& certificates() override { return certificates_; }

  CertificateSource& certificate_source() override { return source_; }

 private:
  EnterpriseOptions options_;
  sim::Env& env_;
  std::unique_ptr<KeyStore> keys_;
  DelegateCertificateSource source_;
  CertificateManagement certificates_;
  AuthenticationService authentication_;
  DelegationClient delegator_;  // For the CA certificate.
  std::optional<DelegationService> delegation_;
};

}  // namespace shakedown::actors

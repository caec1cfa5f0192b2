// A voice service provider: signs the calls of its subscribers, verifies the calls that reach it,
// manages its certificate, and may stand on the way of other calls (transit, or the originating
// provider of an enterprise's calls).
//
// One actor. Methods marked * suspend; call them from activities of that actor (World::start with
// env()), like everything else here but the constructor and env().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/calls/participant.h"
#include "actors/clients/policy_administrator_client.h"
#include "actors/delegation/delegation_service.h"
#include "actors/provider/forwarding.h"
#include "actors/signing/authentication_service.h"
#include "actors/signing/certificate_management.h"
#include "actors/signing/key_store.h"
#include "actors/signing/sti_certificate_source.h"
#include "actors/verifying/certificate_cache.h"
#include "actors/verifying/trust.h"
#include "actors/verifying/trust_source.h"
#include "actors/verifying/verification_service.h"
#include "sim/site.h"

namespace shakedown::actors {

// What it does with calls that are on their way to somebody else.
enum class TransitRole : std::uint8_t { kCarry, kResign, kForward };

struct ForwardingOptions {
  Diversion diversion = Diversion::kHonest;  // Of kForward.
  // The number to which a call for `dialled` goes if `host` is on its way; "": none there. Asked
  // for each host ahead until one has an answer.
  std::function<std::string(std::string_view host, std::string_view dialled)> target;
};

// The calls of an enterprise that this provider originates (ATIS-1000092).
enum class CustomerMode : std::uint8_t {
  kCarry,  // RFC 9060: the enterprise's PASSporT goes to the terminating side as it is.
  kVouch,  // ATIS: verify the enterprise's PASSporT, then sign `shaken` with one's own certificate:
           // A if it verified, else B (the customer is known, its right to the number is not).
};

// The user's own product in the place of a service (wall clock): base URLs of ATIS-1000082.
struct ExternalServices {
  std::string verification;
  std::string signing;
};

struct ProviderOptions {
  std::string name;
  std::string host;  // "acme-tel.test"
  std::string region = "local";
  unsigned servers = 1;
  char attest = 'A';
  PolicyAdministratorAccess policy_administrator;
  TrustAnchors trust_anchors;
  TrustOptions trust;
  std::optional<OcspClientOptions> ocsp;  // Instead of the CRL.
  CertificateCacheOptions cache;
  VerificationServiceOptions verification;
  bool rejects_failed_calls = false;  // Answer with the 4xx; else the call goes on, marked.
  KeyCustody custody = KeyCustody::kMemory;
  MasterKeyAccess master_key;           // envelope
  std::shared_ptr<crypto::Hsm> module;  // hsm
  StiCertificateSourceOptions certificate_source;
  CertificateManagementOptions certificate;
  TransitRole transit = TransitRole::kCarry;
  ForwardingOptions forwarding;
  std::optional<DelegateIssuerOptions> delegates;
  std::vector<DelegateCustomer> delegate_customers;
  ExternalServices external;
};

class Provider final : public Participant {
 public:
  Provider(sim::Site& site, ProviderOptions options);

  sim::Env& env() override { return env_; }

  const ProviderOptions& options() const { return options_; }

  void start() override;
  bool wait_until_ready(sim::Time deadline) override;
  void call(const CallRequest& request) override;

  // The last call that it signed, as somebody on the wire would have overheard it; kept only after
  // let_overhear().
  void let_overhear() { overheard_.emplace(); }

  const std::optional<SignedCall>& overheard() const { return overheard_; }

  // * As its authentication service would, also for a test's or an outsider's request.
  Result<SignedIdentity> sign(const stir::SipCall& call,
                              std::string_view attest,
                              std::string_view origid);
  // * As its verification service would.
  VerificationReply verify(const stir::SipCall& call, std::string_view call_id);

  // Calls whose From names `customer_host` are this provider's to originate.
  void add_customer(std::string customer_host, CustomerMode mode);

  // * A delegate certificate for a customer (RFC 9060). The delegate CA certificate is got at the
  // first call. Errors: those of an order; kRefused if it does not delegate.
  Result<IssuedChain> delegate(DelegateOrder order);
  // * Reports a delegate certificate of its own to the STI-PA as revoked.
  Status revoke_delegate(const crypto::CertificatePtr& certificate, crypto::CrlReason reason);

  Status revoke_delegate_ca(crypto::CrlReason reason) override;

  crypto::CertificatePtr delegate_ca() const override {
    return delegation_ ? delegation_->authority() : nullptr;
  }

  KeyStore& keys() override { return *keys_; }

  CertificateManagement& certificates() override { return certificates_; }

  CertificateSource& certificate_source() override { return certificate_source_; }

  // * Account, token and certificate at another STI-CA; signing switches to it.
  Status move_to(std::string ca, std::string directory_url);

 private:
  sim::Response on_invite(const sim::Request& request);
  sim::Response on_terminating_call(const sim::Request& request);
  sim::Response on_passing_call(const sim::Request& request);
  sim::Response vouch(const sim::Request& request);
  sim::Response resign(const sim::Request& request, std::string_view attest);
  sim::Response forward(const sim::Request& request);
  std::vector<std::string> sign_diversions(const stir::SipCall& call,
                                           const stir::Party& dialled,
                                           const stir::Party& target);
  sim::Response on_http(const sim::Request& request);
  DelegationAuthority sti_ca_as_authority();
  Result<IssuedChain> order_delegate_ca(crypto::Bytes csr, const crypto::Bytes& tn_auth_list);

  ProviderOptions options_;
  sim::Env& env_;
  std::unique_ptr<KeyStore> keys_;
  PolicyAdministratorClient policy_administrator_;
  TrustSource trust_source_;
  Trust trust_;
  CertificateCache cache_;
  std::optional<OcspClient> ocsp_;
  StiCertificateSource certificate_source_;
  CertificateManagement certificates_;
  AuthenticationService authentication_;
  VerificationService verification_;
  VerificationService customer_verification_;  // Accepts base PASSporTs whatever the own profile.
  std::map<std::string, CustomerMode, std::less<>> customers_;  // By host.
  std::optional<SignedCall> overheard_;
  std::optional<DelegationService> delegation_;
};

}  // namespace shakedown::actors

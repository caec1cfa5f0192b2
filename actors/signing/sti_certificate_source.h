// STI certificates for a provider: an SPC token from the STI-PA, then an ACME order at an STI-CA
// (ATIS-1000080 §6.3; RFC 8555, RFC 9447, RFC 9448). One ACME account for each STI-CA.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "actors/clients/policy_administrator_client.h"
#include "actors/signing/certificate_management.h"
#include "crypto/x509/tn_auth_list.h"

namespace shakedown::actors {

// The subject's common name, "SHAKEN 709J" (ATIS-1000080 v005 §6.4.1); without an SPC "SHAKEN".
std::string sti_common_name(const std::vector<crypto::TnEntry>& tn_auth_list);

struct StiCertificateSourceOptions {
  std::string organization;                   // Of the subject.
  std::vector<crypto::TnEntry> tn_auth_list;  // One SPC; for proof of possession also numbers.
  std::string ca;                             // Name and directory of the STI-CA.
  std::string ca_directory_url;
  // When the STI-CA's terms of service change: agree, record "terms_agreed" and go on. Else the
  // order fails, and its IssuanceEvent says why.
  bool agree_to_changed_terms = true;
};

class StiCertificateSource final : public CertificateSource {
 public:
  // All belong to one actor and outlive this.
  StiCertificateSource(sim::Env& env,
                       KeyStore& keys,
                       PolicyAdministratorClient& policy_administrator,
                       StiCertificateSourceOptions options);

  const std::string& issuer() const override { return options_.ca; }

  Result<IssuedChain> order(const HeldKeyPtr& key, sim::Duration lifetime) override;
  // Error: kNotFound if it was not ordered here.
  Status revoke(const crypto::CertificatePtr& certificate, crypto::CrlReason reason) override;

  // Orders at another STI-CA from now on.
  void move_to(std::string ca, std::string directory_url);

 private:
  Result<crypto::PrivateKeyPtr> account_key(const std::string& directory_url);

  sim::Env& env_;
  KeyStore& keys_;
  PolicyAdministratorClient& policy_administrator_;
  StiCertificateSourceOptions options_;
  std::map<std::string, crypto::PrivateKeyPtr> account_keys_;  // By directory URL.
  std::map<std::string, std::string> ordered_at_;  // Serial and issuer -> directory URL.
};

}  // namespace shakedown::actors

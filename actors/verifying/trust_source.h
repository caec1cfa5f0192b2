// Where a verifier's trust comes from: the STI-PA's CA list and CRL, fetched and checked down to
// the STI-PA's root (ATIS-1000080, ATIS-1000084; RFC 5280 §6.3 with SHAKEN's deviation).
//
// Belongs to one actor; the calls suspend.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actors/clients/policy_administrator_client.h"
#include "crypto/x509/certificate.h"
#include "crypto/x509/crl.h"
#include "sim/env.h"
#include "sim/result.h"
#include "stir/credential/ca_list.h"

namespace shakedown::actors {

struct TrustAnchors {
  // The STI-PA's root, configured out of band; null: fetched from `anchor_url` before first use, as
  // an operator would install it.
  crypto::CertificatePtr root;
  std::string anchor_url;
  // Another ecosystem's list, fetched without login; "": the client's own STI-PA.
  std::string list_url;
  std::string crl_url;  // The distribution point that certificates name.
  // A deployed mistake: only the certificate that signed the first list may sign later ones.
  bool pin_signer = false;
  // When a signer does not chain to `root`, the one at `anchor_url` is believed instead, as by an
  // operator who installs a new root when the old one no longer does.
  bool follow_root = false;
};

class TrustSource {
 public:
  // `client` belongs to the same actor and outlives this.
  TrustSource(sim::Env& env, PolicyAdministratorClient& client, TrustAnchors anchors);

  // * The list, after its signature, its signer's path to the STI-PA's root and its shape have been
  // checked. Expiry and sequence are the caller's to judge. Errors: those of the client; kRefused.
  Result<stir::ReceivedCaList> ca_list();

  // * The CRL, after crl_is_usable said yes. `newest_number`: cRLNumber octets in use. Errors: as
  // above.
  Result<crypto::CrlPtr> crl(std::string_view newest_number);

 private:
  Status have_root();
  // * Another root is at hand now.
  bool has_followed_root();
  Result<std::string> list_text();
  // The PEM bundle behind a certificate URL of the STI-PA, fetched once and kept.
  Result<std::vector<crypto::CertificatePtr>> signer_chain(const std::string& url);

  sim::Env& env_;
  PolicyAdministratorClient& client_;
  TrustAnchors anchors_;
  std::string origin_;  // What URLs of the STI-PA's own resources begin with.
  std::map<std::string, std::vector<crypto::CertificatePtr>> signer_chains_;
  crypto::CertificatePtr pinned_signer_;  // Null before the first list.
};

}  // namespace shakedown::actors

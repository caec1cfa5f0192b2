// An STI-CA: issues STI certificates and delegate CA certificates against SPC tokens of the STI-PA
// (ATIS-1000080 §6.3; ACME, RFC 8555, with tkauth-01, RFC 9447 and RFC 9448). It has a root, which
// the STI-PA lists, and an intermediate, which issues.
//
//   GET  /acme/directory        HEAD|GET /acme/new-nonce
//   POST /acme/new-account      /acme/new-order      /acme/account/N     /acme/order/N
//        /acme/authorization/N  /acme/challenge/N    /acme/order/N/finalize
//        /acme/certificate/N    /acme/revoke-cert
//   GET  /certificates/root.pem, /certificates/intermediate.pem   (no JWS: for the STI-PA, for
//   people)
// Requests are flattened JWS with ES256; errors are problem documents with types of RFC 8555 §6.7.
// The SPC token is checked by the table of actors/stir/spc_token.h when the challenge is answered;
// its signer is fetched from the STI-PA only, and kept. The step that needs the request (ca flag)
// is checked again at finalize. A certificate is issued by an activity of its own after a drawn
// processing time; the client polls the order.
//
// Records a CertificateEvent for everything it issues. The constructor starts an activity that
// makes the hierarchy; requests wait for it. Methods marked * suspend; call them from activities of
// this actor. The last group is safe from anywhere.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/certification_authority/acme_server.h"
#include "actors/crypto/certificate.h"
#include "actors/crypto/crl.h"
#include "actors/events.h"
#include "actors/policy_administrator/policy_administrator_client.h"
#include "actors/stir/acme_messages.h"
#include "actors/stir/certificate_specs.h"
#include "actors/stir/spc_token.h"
#include "sim/network.h"
#include "sim/world.h"

namespace shakedown::actors {

struct CertificationAuthorityOptions {
  std::string name = "ca-one";
  std::string host;          // Empty: NAME.test.
  std::string organization;  // Empty: "Certification Authority NAME".
  std::string region = "local";
  unsigned servers = 4;

  // Its account at the STI-PA (no SPCs), for revocation reports.
  PolicyAdministratorAccess policy_administrator;
  // What tokens must chain to. Empty: taken from `policy_administrator.base_url` at the start, as
  // an operator would install it.
  std::vector<crypto::CertificatePtr> policy_administrator_roots;
  // Hosts that a token's x5u may name besides the STI-PA's own (RFC 9448 §6 step 2).
  std::vector<std::string> token_hosts;
  stir::CrlPointer crl;  // PolicyAdministrator::crl_pointer().

  sim::Duration default_validity = std::chrono::hours{24 * 90};  // Orders without notAfter.
  sim::Duration max_validity = std::chrono::hours{24 * 366};
  sim::Duration backdate{};  // notBefore of orders without one lies this long ago.
  sim::Latency processing = sim::Latency::constant(std::chrono::seconds{1});  // Finalize to valid.
  sim::Duration order_valid_for = std::chrono::hours{24};
  sim::Duration certificate_age = std::chrono::hours{24 * 365};  // Of the hierarchy at the start.
  bool allow_account_key = false;      // A request may carry the account's key (seen in the field).
  bool drop_other_extensions = false;  // Instead of badCSR.
  bool allow_numbers = false;          // Orders with numbers beside or instead of an SPC (PoP).
};

class CertificationAuthority {
 public:
  CertificationAuthority(sim::World& world, CertificationAuthorityOptions options);
  ~CertificationAuthority();

  sim::Env& env() { return env_; }

  const CertificationAuthorityOptions& options() const { return options_; }

  void wait_until_ready();  // *

  // * On its own initiative: reports to the STI-PA. Errors: kNotFound (not one of its
  // certificates), and those of PolicyAdministratorClient.
  Status revoke(const crypto::CertificatePtr& certificate, crypto::CrlReason reason);

  // ---- From any thread or actor.
  const std::string& base_url() const { return base_url_; }

  std::string directory_url() const { return base_url_ + "/acme/directory"; }

  std::string root_url() const { return base_url_ + "/certificates/root.pem"; }

  // Null until the hierarchy exists.
  crypto::CertificatePtr root() const;
  crypto::CertificatePtr intermediate() const;

 private:
  struct Account {
    std::string url;
    std::string owner;  // The actor, from its contact "mailto:ACTOR@...".
    crypto::PublicKeyPtr key;
    std::vector<std::string> contact;
  };

  struct Order {
    stir::acme::Order state;
    std::string url;
    std::string account;  // URL
    crypto::Bytes identifier_der;
    stir::acme::Authorization authorization;
    std::string authorization_url;
    bool challenge_is_being_checked = false;
    bool ca = false;  // atc.ca of the token that satisfied the challenge.
    std::string pem;  // Once valid: leaf, intermediate.
  };

  struct Issued {
    crypto::CertificatePtr certificate;
    std::string account;  // URL
    std::string pem;
    bool revoked = false;
  };

  struct Hierarchy;

  // certification_authority.cc
  void start();  // *
  Status load_policy_administrator_roots();
  void record_certificate(const crypto::CertificatePtr& certificate,
                          CertificateKind kind,
                          std::string_view subject_of);
  sim::Response handle(const sim::Request& request);
  sim::Response directory() const;

  // acme_resources.cc: one function a resource, after the JWS has been checked.
  sim::Response on_new_account(const AcmeRequest& request);
  sim::Response on_account(const AcmeRequest& request);
  sim::Response on_new_order(const AcmeRequest& request);
  sim::Response on_order(const AcmeRequest& request);
  sim::Response on_authorization(const AcmeRequest& request);
  sim::Response on_challenge(const AcmeRequest& request);  // *
  sim::Response on_finalize(const AcmeRequest& request);   // *
  sim::Response on_certificate(const AcmeRequest& request);
  sim::Response on_revoke(const AcmeRequest& request);  // *
  Order* find_order(std::string_view path, std::string_view collection, std::string_view account);
  sim::Response order_response(int status, const Order& order) const;

  // issuance.cc
  // * All nine steps of RFC 9448 §6 that can be checked without the request; the problem, if any.
  std::optional<stir::acme::Problem> check_token(const std::string& order_url,
                                                 const std::string& token,
                                                 bool* ca);
  Result<std::vector<crypto::CertificatePtr>> token_signer(const std::string& x5u);  // *
  void issue(const std::string& order_url, crypto::CertificateRequest request);      // *
  Result<crypto::CertificateSpec> specify(const Order& order,
                                          const crypto::CertificateRequest& request) const;

  CertificationAuthorityOptions options_;
  sim::Env& env_;
  std::string base_url_;
  AcmeServer acme_;
  PolicyAdministratorClient policy_administrator_;

  std::shared_ptr<const Hierarchy> hierarchy_;
  std::string failure_;
  sim::Condition ready_;

  std::map<std::string, Account, std::less<>> accounts_;            // By URL.
  std::map<std::string, std::string, std::less<>> account_of_key_;  // Thumbprint -> URL.
  std::map<std::string, Order, std::less<>> orders_;                // By URL.
  std::map<std::string, Issued, std::less<>> issued_;               // By fingerprint, hex.
  std::map<std::string, std::vector<crypto::CertificatePtr>, std::less<>>
      token_signers_;                                                 // By x5u.
  std::map<std::string, std::string, std::less<>> account_of_token_;  // jti -> account URL.
  std::set<std::string, std::less<>> revoked_keys_;  // SPKI of certificates revoked for compromise.
  std::uint64_t next_number_ = 1;

  mutable std::mutex published_mutex_;  // Guards `published_`.
  std::shared_ptr<const Hierarchy> published_;
};

}  // namespace shakedown::actors

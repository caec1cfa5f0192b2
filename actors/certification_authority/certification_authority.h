// An STI-CA: issues STI certificates and delegate CA certificates against SPC tokens of the STI-PA
// (ATIS-1000080 §6.3; ACME, RFC 8555, with tkauth-01, RFC 9447 and RFC 9448). It has a root, which
// the STI-PA lists, and an intermediate, which issues.
//
//   GET  /acme/directory        HEAD|GET /acme/new-nonce          (or POST-as-GET)
//   POST /acme/new-account      /acme/account/N            /acme/account/N/orders[/FIRST]
//        /acme/key-change       /acme/new-order            /acme/order/N[/finalize]
//        /acme/new-authz
//        /acme/authorization/N  /acme/challenge/N          /acme/certificate/N[/ALTERNATE]
//        /acme/revoke-cert
//   GET  /acme/agreement        how to agree to the terms of service, for people
//   GET  /certificates/root.pem, /certificates/intermediate.pem   (no JWS: for the STI-PA, for
//   people)
//   GET|POST /ocsp   (ocsp_responder.h; knows of a revocation once the STI-PA has taken the report)
// Requests are flattened JWS with ES256, ES384 or EdDSA, as the account's key has it; errors are
// problem documents with types of RFC 8555 §6.7.
// The SPC token is checked by the table of stir/acme/spc_token.h when the challenge is answered;
// its signer is fetched from the STI-PA only, and kept. The step that needs the request (ca flag)
// is checked at finalize. A certificate is issued by an activity of its own after a drawn
// processing time; the client polls the order.
//
// With `always_valid_dns` it is something else: no STI-CA but a place where ordinary ACME clients
// exercise the same server. Identifiers are dns names, the challenges http-01 and dns-01 hold
// without any check, the hierarchy is its own and must never be listed (dns_profile.h).
//
// Records a CertificateEvent for everything it issues. The constructor starts an activity that
// makes the hierarchy; requests wait for it. Methods marked * suspend; call them from activities of
// this actor. The last group is safe from anywhere.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/acme/acme_order.h"
#include "actors/certification_authority/acme_accounts.h"
#include "actors/certification_authority/acme_server.h"
#include "actors/certification_authority/token_checker.h"
#include "actors/clients/policy_administrator_client.h"
#include "actors/events.h"
#include "actors/issuing/hierarchy.h"
#include "actors/issuing/ocsp_responder.h"
#include "crypto/x509/crl.h"
#include "sim/network.h"
#include "sim/site.h"
#include "stir/acme/acme_messages.h"

namespace shakedown::actors {

struct CertificationAuthorityOptions {
  std::string name = "ca-one";
  std::string host;          // Empty: NAME.test.
  std::string organization;  // Empty: the name.
  std::string region = "local";
  unsigned servers = 4;

  // Its account at the STI-PA (no SPCs), for revocation reports; the base URL also for tokens.
  PolicyAdministratorAccess policy_administrator;
  // What tokens must chain to. Empty: taken from policy_administrator.base_url at the start, as an
  // operator would install it.
  std::vector<crypto::CertificatePtr> policy_administrator_roots;
  // Hosts that a token's x5u may name besides the STI-PA's own (RFC 9448 §6 step 2).
  std::vector<std::string> token_hosts;
  stir::CrlPointer crl;  // PolicyAdministrator::crl_pointer().

  sim::Duration default_validity = std::chrono::hours{24 * 90};  // Orders without notAfter.
  sim::Duration max_validity = std::chrono::hours{24 * 398};
  sim::Duration backdate{};  // notBefore of orders without one lies this long ago.
  sim::Latency processing = sim::Latency::constant(std::chrono::seconds{1});  // Finalize to valid.
  sim::Duration order_valid_for = std::chrono::hours{24};
  sim::Duration certificate_age = std::chrono::hours{24 * 365};  // Of the hierarchy at the start.
  sim::Duration ocsp_valid_for = std::chrono::hours{24};         // Of each OCSP answer.
  IssuingProfile profile;
  bool ocsp_in_certificates = false;   // Its responder's URL becomes the profile's.
  bool allow_account_key = false;      // A request may carry the account's key (seen in the field).
  bool drop_other_extensions = false;  // Instead of badCSR.
  bool allow_numbers =
      true;  // Numbers beside or instead of an SPC (proof of possession, RFC 9060).

  // The largest pathLenConstraint of a delegate CA certificate, however much is asked for: at 0 its
  // holder's customers may not delegate in turn.
  std::uint64_t most_levels_below_delegates = 2;

  // Certificates that exist from the start, for codes "T000", "T001", ... of holders that never
  // act; they share a key. At most 46,656.
  std::uint64_t subscribers = 0;

  std::size_t most_orders = 100'000;  // With those in advance; the oldest are forgotten. Over 0.
  std::size_t most_nonces = 100'000;  // See AcmeServerOptions.
  AcmeAccountOptions accounts;        // External accounts, terms of service, limits.
  bool always_valid_dns = false;      // See above; RSA keys are accepted then, and nowhere else.

  // What deployed clients do beside the RFCs, and a deployed STI-CA asks for.
  std::string tkauth_type = "atc";                // "ATC" in drafts of 2018.
  bool allow_atc_answer = true;                   // {"atc": token}; RFC 9448 §4 says "tkauth".
  bool allow_padded_identifiers = true;           // Padded base64; RFC 9448 §3 says base64url.
  bool allow_spki_fingerprint = true;             // RFC 9447 §4 means the JWK thumbprint.
  bool allow_signature_over_header_only = false;  // See AcmeServerOptions.
  bool refuse_duplicate_subjects = false;         // While such a certificate is valid.
};

class CertificationAuthority {
 public:
  CertificationAuthority(sim::Site& site, CertificationAuthorityOptions options);

  sim::Env& env() { return env_; }

  const CertificationAuthorityOptions& options() const { return options_; }

  bool wait_until_ready(sim::Time deadline = sim::kNever);  // * False: the deadline, or no keys.

  // * On its own initiative: reports to the STI-PA. Errors: kNotFound (not one of its
  // certificates), and those of PolicyAdministratorClient.
  Status revoke(const crypto::CertificatePtr& certificate, crypto::CrlReason reason);
  // * Reports the certificates of the first `count` subscribers that are not revoked yet, one after
  // the other; at the first that cannot be reported it stops and records why.
  void revoke_subscribers(std::uint64_t count, crypto::CrlReason reason);

  // * What no CA should do: a certificate of default validity for this key, with a list that no
  // token covers. It is kept, recorded and answered for like any other.
  Result<IssuedChain> mis_issue(crypto::Bytes subject_spki_der,
                                std::vector<crypto::TnEntry> scope,
                                const std::string& holder);

  // Accounts that agreed to other terms of service (RFC 8555 §7.3.3) order nothing until they have
  // agreed to these. Looks, revocations, updates and key changes stay possible. Never suspends;
  // from an activity of this actor. `url` is not empty.
  void publish_terms(std::string url);

  // * Reports every valid certificate for this service provider code, as above.
  void revoke_holder(std::string_view spc, crypto::CrlReason reason);

  // * Believes tokens under the STI-PA's present root, too. Errors: of fetch_certificates.
  Status install_policy_administrator_root() { return token_checker_.install_root(); }

  // ---- From any thread or actor.
  const std::string& base_url() const { return base_url_; }

  std::string directory_url() const { return base_url_ + "/acme/directory"; }

  std::string root_url() const { return base_url_ + "/certificates/root.pem"; }

  std::string ocsp_url() const { return base_url_ + "/ocsp"; }

  // Null until the hierarchy exists.
  crypto::CertificatePtr root() const;
  crypto::CertificatePtr intermediate() const;

 private:
  using Number = std::uint64_t;  // Of an order or an account: the N of its URLs.

  // An order with one authorization for each identifier. The authorization of a TNAuthList and its
  // challenge bear the order's number; those of dns names add the place of the name. One that was
  // made in advance has its own URLs: the order has a copy of it.
  struct Order {
    Number account = 0;
    bool is_pre_authorization = false;  // Its one authorization is all of it that clients see.
    stir::acme::Order state;
    std::vector<stir::acme::Authorization> authorizations;
    crypto::Bytes identifier_der;  // The TNAuthList.
    bool is_busy = false;          // The challenge or the request is being checked.
    bool ca = false;               // atc.ca of the token that satisfied the challenge.
    std::string pem;               // Once valid: leaf, intermediate.
    std::string alternate_pem;     // The same leaf under another root; "" if there is none.
  };

  struct Issued {
    crypto::CertificatePtr certificate;
    Number account = 0;
    std::vector<std::string> identifiers;  // As identifier_key() spells them.
    std::string requested_subject;         // Of the request, as text; "" if it had none.
    std::optional<Revocation> revocation;
  };

  // "/acme/order/17/finalize" -> "order", 17, "finalize".
  struct ResourcePath {
    std::string kind;
    Number number = 0;  // 0: none.
    std::string rest;
  };

  // certification_authority.cc
  void start();  // *
  void record_certificate(const crypto::CertificatePtr& certificate,
                          stir::CertificateRole kind,
                          std::string_view subject_of,
                          std::string tn_auth_list);
  void happened(HappeningKind kind, std::string detail);
  sim::Response handle(const sim::Request& request);  // *
  sim::Response get(const sim::Request& request, const std::string& path);
  sim::Response post(const sim::Request& request, const std::string& path);  // *
  sim::Response directory() const;
  sim::Response agreement() const;

  // revocation.cc
  Status report(const Issued& issued, crypto::CrlReason reason);  // *
  std::string keep(Issued issued);                                // The fingerprint, hex.
  sim::Response on_revoke(const AcmeRequest& request);            // *
  bool may_revoke(const AcmeRequest& request, const Issued& issued) const;
  OcspResponder::Status status_of(const crypto::Certificate& issuer, std::string_view serial) const;

  // acme_resources.cc: one function a resource, after the JWS has been checked.
  static ResourcePath parse_path(std::string_view path);
  static std::string identifier_key(const stir::acme::Identifier& identifier);
  sim::Response on_account_resource(const AcmeRequest& request);
  sim::Response orders_response(Number account, std::string_view first) const;
  sim::Response on_new_order(const AcmeRequest& request);
  Number add_order(Number account, stir::acme::NewOrder wanted, bool is_pre_authorization);
  sim::Response on_order_resource(const AcmeRequest& request);  // *
  sim::Response on_authorization(const AcmeRequest& request, Order& order, std::size_t index);
  sim::Response on_challenge(const AcmeRequest& request, const ResourcePath& path);  // *
  sim::Response on_dns_challenge(const AcmeRequest& request, const ResourcePath& path);
  sim::Response certificate_response(const Order& order, const ResourcePath& path) const;
  std::optional<AcmeProblem> objection_to(const stir::acme::NewOrder& order);
  std::optional<AcmeProblem> objection_to_tn_auth_list(const stir::acme::NewOrder& order) const;
  static std::optional<AcmeProblem> objection_to_names(const stir::acme::NewOrder& order);
  std::optional<AcmeProblem> objection_to_validity(const stir::acme::NewOrder& order);
  void add_authorizations(Order& order, Number number);
  bool is_own_authorization(const Order& order, Number number, std::size_t index) const;
  sim::Response order_response(int status, Number number) const;
  std::string url(std::string_view kind, Number number) const;
  void expire(Order& order);
  void cancel_orders_of(Number account);

  // pre_authorization.cc
  sim::Response on_new_authorization(const AcmeRequest& request);
  Number pre_authorization_for(Number account, const stir::acme::Identifier& identifier);
  void end_orders_on(Number pre_authorization);

  // issuance.cc
  sim::Response on_finalize(const AcmeRequest& request, Number number);  // *
  std::optional<std::string> objection_to_request(const crypto::CertificateRequest& request,
                                                  const Order& order,
                                                  const AcmeRequest& sent) const;
  Result<crypto::CertificatePtr> sign(const Order& order,
                                      const crypto::CertificateRequest& request);  // *
  void issue(Number number, const crypto::CertificateRequest& request);            // *
  void certify_subscribers();                                                      // *

  CertificationAuthorityOptions options_;
  sim::Env& env_;
  std::string base_url_;
  AcmeServer acme_;
  PolicyAdministratorClient policy_administrator_;
  TokenChecker token_checker_;
  OcspResponder ocsp_;

  CaHierarchyPtr hierarchy_;  // Null until made.
  std::string failure_;       // Why it never will be.
  sim::Condition ready_;

  AcmeAccounts accounts_;
  std::map<Number, Order> orders_;
  std::map<std::string, Issued, std::less<>> issued_;  // By fingerprint, hex.
  std::map<crypto::Bytes, std::string, std::less<>> fingerprint_of_serial_;
  std::vector<std::string> subscribers_;  // Fingerprints of their certificates, hex.
  std::set<crypto::Bytes, std::less<>> compromised_keys_;  // SPKI; not certified again.
  Number last_number_ = 0;

  mutable std::mutex published_mutex_;
  CaHierarchyPtr published_;  // Guarded by published_mutex_.
};

}  // namespace shakedown::actors

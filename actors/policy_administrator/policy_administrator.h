// The STI-PA: vets providers and STI-CAs, signs SPC tokens, publishes the list of trusted STI-CA
// roots and the one indirect CRL of the ecosystem (ATIS-1000080, ATIS-1000084; RFC 9447, RFC 9448).
//
// HTTP API, paths as deployed and, where there is one, the ATIS or RFC name for the same thing:
//   POST /api/v1/auth/login              {userId, password} -> {status, accessToken}
//   POST /api/v1/account/ID/token        also /sti-pa/account/ID/token, /at/account/ID/token;
//                                        {"atc": {...}} or bare -> {status, message, token, crl,
//                                        iss}
//   GET  /api/v1/ca-list                 also /sti-pa/ca-list -> {status, caList}
//   GET  /download/v1/crl                also /sti-pa/crl: DER, no login
//   GET  /download/v1/certificate/certificateId_N.crt   PEM, signer first, then the root; no login
//   GET  /download/v1/certificate/root.crt              the trust anchor, for those who install it
//   POST /sti-pa/revocations             {issuerDN: base64 DER, serial: hex, reason, reportedBy,
//                                        certificate: base64 DER, chain: PEM}
// A login is shown as `Authorization: TOKEN`, with or without "Bearer". Failures are JSON with
// "status":"failure"; 403 for bad credentials and unknown or suspended accounts (RFC 9448 §5.5).
//
// The constructor starts an activity that makes the PKI and the first publications; requests and
// methods wait for it. Methods marked * suspend; call all methods from activities of this actor
// (World::start with env()), but those of the last group from anywhere at any time.
// Accounts may also be made before the run begins.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/events.h"
#include "actors/policy_administrator/accounts.h"
#include "actors/policy_administrator/policy_administrator_pki.h"
#include "actors/policy_administrator/revocation_register.h"
#include "sim/env.h"
#include "sim/result.h"
#include "sim/site.h"
#include "stir/credential/certificate_specs.h"

namespace shakedown::actors {

// How many CRLs it keeps besides the newest one.
inline constexpr std::size_t kKeptCrls = 100;

struct PolicyAdministratorOptions {
  std::string name = "policy-administrator";
  std::string host = "sti-pa.test";
  std::string region = "local";
  unsigned servers = 4;
  std::string organization = "STI-PA";
  sim::Duration token_valid_for = std::chrono::hours{24};  // SPC tokens.
  sim::Duration login_valid_for = std::chrono::hours{1};

  // Signed anew at each change, and often enough to be valid always.
  sim::Duration ca_list_valid_for = std::chrono::hours{24};
  sim::Duration ca_list_publish_every{};  // 0: half of ca_list_valid_for.
  bool ca_list_needs_login = true;        // As deployed.

  sim::Duration crl_publish_every = std::chrono::hours{12};
  sim::Duration crl_valid_for{};       // Until nextUpdate; 0: twice crl_publish_every.
  bool crl_published_at_once = false;  // A new entry does not wait for the next scheduled CRL.
  // Cache-Control: max-age of the CRL; unset: until the next scheduled one.
  std::optional<sim::Duration> crl_max_age;

  sim::Duration certificate_age = std::chrono::hours{24 * 365};  // Of its PKI when the run starts.
};

class PolicyAdministrator {
 public:
  PolicyAdministrator(sim::Site& site, PolicyAdministratorOptions options);

  sim::Env& env() { return env_; }

  bool wait_until_ready(sim::Time deadline = sim::kNever);  // * False: the deadline, or no PKI.

  // ---- Accounts of providers (with service provider codes) and of STI-CAs (without; the id is the
  // CA's name, under which it may report revocations). They do not suspend; errors as of Accounts.
  Status create_account(PolicyAdministratorAccount account);
  // No login and no tokens any more; certificates that exist are not touched.
  Status suspend_account(std::string_view id);
  Status restore_account(std::string_view id);
  Status remove_account(std::string_view id);
  // No tokens for this code any more; certificates that exist are not touched.
  Status withdraw_code(std::string_view id, std::string_view spc);

  // ---- Approved STI-CAs. * Each change publishes a list with the next sequence number.
  Status approve_ca(std::string_view name, crypto::CertificatePtr root);
  // The same with the root that the STI-CA shows at `root_url` (CertificationAuthority::root_url).
  Status enrol_ca(std::string_view name, std::string_view root_url);
  // Off the list, and on it again; `because` is recorded. Error: kNotFound.
  Status remove_ca(std::string_view name, std::string_view because);
  Status restore_ca(std::string_view name);

  // ---- Revocation. * Without a report, by decision of the STI-GA. A second time changes nothing.
  Status revoke(const crypto::CertificatePtr& certificate,
                crypto::CrlReason reason,
                std::string_view decided_by);
  // * Out of schedule.
  Status publish_crl();
  Status publish_ca_list();
  // * Another key and certificate sign tokens and lists from now on, under a URL of their own; the
  // CA list is signed anew, and the old certificate can still be fetched.
  Status roll_signer();
  // * The same for the CRL, which is published anew.
  Status roll_crl_signer();
  // * Another root with new signers below it; list and CRL are published anew. For so long (at
  // least a second) the new root is certified by the old one, too, for those who know only that
  // one.
  Status roll_root(sim::Duration overlap);
  // An operator's mistake: serves the CRL of `back` publications ago (1..kKeptCrls) instead of the
  // newest one, those that are published from now on too, for `duration` or for good. Never
  // suspends. Error: kNotFound if there is none.
  Status serve_older_crl(std::size_t back, std::optional<sim::Duration> duration);

  // ---- From any thread or actor.
  const std::string& base_url() const { return base_url_; }

  std::string crl_url() const { return base_url_ + "/download/v1/crl"; }

  std::string trust_anchor_url() const { return base_url_ + "/download/v1/certificate/root.crt"; }

  // For STI-CAs to put into certificates; known before there is a PKI.
  stir::CrlPointer crl_pointer() const { return {crl_url(), crl_issuer_der_}; }

  // What verifiers and STI-CAs are configured with; null until the PKI exists.
  crypto::CertificatePtr trust_anchor() const;

 private:
  struct ApprovedCa {
    crypto::CertificatePtr root;
    bool listed = false;
  };

  struct Publication {  // What a GET gets.
    std::string body;
    std::int64_t number = 0;  // Sequence or cRLNumber.
    sim::Time published_at;
  };

  struct Report;

  // policy_administrator.cc
  void start();                    // *
  void keep_publishing_ca_list();  // *
  void keep_publishing_crl();      // *
  void record_certificate(const crypto::CertificatePtr& certificate, stir::CertificateRole kind);
  void happened(HappeningKind kind, std::string_view subject, std::string detail);
  Status add_revocation(RevokedCertificate revoked);

  // policy_administrator_api.cc
  sim::Response handle(const sim::Request& request);  // *
  sim::Response on_login(const sim::Request& request);
  sim::Response on_token(const sim::Request& request, std::string_view account_id);  // *
  sim::Response refuse_token(std::string_view account_id, std::string_view message);
  sim::Response on_ca_list(const sim::Request& request);
  sim::Response on_get(const sim::Request& request, std::string_view path);
  sim::Response on_crl();
  sim::Response on_certificate(std::string_view file);
  const PolicyAdministratorAccount* account_of(const sim::Request& request);

  // revocation_reports.cc
  sim::Response on_revocation_report(const sim::Request& request);                   // *
  bool may_report(const PolicyAdministratorAccount& account, const Report& report);  // *

  Status have_pki();  // * Waits for it. Error: kEnvironment.

  static std::string certificate_file(std::size_t number) {
    return "certificateId_" + std::to_string(number) + ".crt";
  }

  std::string certificate_url(std::size_t number) const {
    return base_url_ + "/download/v1/certificate/" + certificate_file(number);
  }

  // Of the signer of tokens and lists.
  std::string signer_url() const { return certificate_url(signer_number_); }

  std::string crl_signer_url() const { return certificate_url(crl_signer_number_); }

  // Of a signer, under pki_'s root.
  void add_certificate(const crypto::CertificatePtr& certificate);

  // * Another key and certificate for one of the two; `number` becomes that of its bundle.
  using MakeSigner = Result<Authority>(const Authority& root,
                                       const std::string& organization,
                                       sim::Time made_at);
  Status replace_signer(Authority PolicyAdministratorPki::*which,
                        MakeSigner* make,
                        std::size_t& number);

  PolicyAdministratorOptions options_;
  sim::Env& env_;
  std::string base_url_;
  crypto::Bytes crl_issuer_der_;

  std::shared_ptr<const PolicyAdministratorPki> pki_;  // Null until made.
  std::string failure_;                                // Why it never will be.
  sim::Condition ready_;
  // Who signed anything so far, by number from 1: the first signer, that of the CRL, later signers.
  // Each with its issuers, as they are served.
  std::vector<std::vector<crypto::CertificatePtr>> bundles_;
  std::vector<crypto::CertificatePtr> root_bundle_;  // What certifies what is signed now.
  std::size_t signer_number_ = 1;
  std::size_t crl_signer_number_ = 2;
  std::size_t root_generation_ = 1;

  Accounts accounts_;
  std::map<std::string, ApprovedCa, std::less<>> cas_;
  RevocationRegister register_;

  // Numbers are drawn before signing, so that two changes at once get two.
  std::int64_t last_sequence_ = 0;
  std::int64_t last_crl_number_ = 0;
  Publication ca_list_, crl_;
  std::deque<Publication> older_crls_;           // The latest first; at most kKeptCrls.
  std::optional<Publication> served_older_crl_;  // Instead of crl_.
  sim::Time served_older_until_;
  bool publishing_crl_at_once_ = false;  // Reports until then share one publication.
  sim::Time next_crl_at_;

  mutable std::mutex anchor_mutex_;
  crypto::CertificatePtr trust_anchor_;  // Guarded by anchor_mutex_.
};

}  // namespace shakedown::actors

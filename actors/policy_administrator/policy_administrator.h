// The STI-PA: vets providers and STI-CAs, signs SPC tokens, publishes the list of trusted STI-CA
// roots and the one indirect CRL of the ecosystem (ATIS-1000080, ATIS-1000084; RFC 9447, RFC 9448).
// It has a PKI of its own: a root that everybody trusts for these three things only, a signer of
// tokens and lists, a signer of the CRL.
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
// The constructor starts an activity that makes the PKI and first publications; requests and
// methods wait for it. Methods marked * suspend; call all of them from activities of this actor
// (World::start with env()). Accessors of the second group are safe from anywhere, at any time.
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

#include "actors/crypto/certificate.h"
#include "actors/crypto/crl.h"
#include "actors/crypto/es256.h"
#include "actors/stir/certificate_specs.h"
#include "actors/stir/json.h"
#include "sim/env.h"
#include "sim/result.h"
#include "sim/world.h"

namespace shakedown::actors {

struct PolicyAdministratorOptions {
  std::string name = "policy-administrator";
  std::string host = "sti-pa.test";
  std::string region = "local";
  unsigned servers = 4;
  std::string organization = "STI-PA";
  sim::Duration token_valid_for = std::chrono::hours{24};  // SPC tokens.
  sim::Duration login_valid_for = std::chrono::hours{1};

  struct CaList {
    sim::Duration valid_for = std::chrono::hours{24};
    sim::Duration publish_every{};  // Signed anew; 0: half of valid_for. Also at each change.
    bool needs_login = true;        // As deployed.
  } ca_list;

  struct CrlPublication {
    sim::Duration publish_every = std::chrono::hours{12};
    sim::Duration valid_for{};     // nextUpdate; 0: twice publish_every.
    bool publish_at_once = false;  // A new entry does not wait for the next scheduled time.
    // Cache-Control max-age; unset: until the next scheduled publication.
    std::optional<sim::Duration> max_age;
  } crl;

  sim::Duration certificate_age = std::chrono::hours{24 * 365};  // Of its PKI when the run starts.
};

struct ProviderAccount {
  std::string id;       // In URLs; the provider's name by default: "acme-tel".
  std::string user_id;  // By default the id.
  std::string password;
  std::vector<std::string> spcs;  // "709J". Of an STI-CA's account: none.
  // Numbers or ranges it may have certificates for, besides its SPCs (proof of possession).
  std::vector<crypto::TnEntry> numbers;
  bool may_have_ca_certificates = true;  // Tokens with ca: true (RFC 9448 §5.4).
  bool suspended = false;
};

class PolicyAdministrator {
 public:
  PolicyAdministrator(sim::World& world, PolicyAdministratorOptions options);
  ~PolicyAdministrator();

  sim::Env& env() { return env_; }

  void wait_until_ready();  // *

  // ---- Accounts. They do not suspend.
  // Providers and STI-CAs (without SPCs) alike. Error: kRefused if the id or an SPC is taken.
  Status create_account(ProviderAccount account);
  // No login, no tokens; certificates that exist are not touched. Error: kNotFound.
  Status suspend_account(std::string_view id);
  Status restore_account(std::string_view id);
  Status remove_account(std::string_view id);

  // ---- Approved STI-CAs. * Each change publishes a new list with the next sequence number.
  Status approve_ca(std::string_view name, const crypto::CertificatePtr& root);
  // The same with the root that the STI-CA shows at `root_url` (CertificationAuthority::root_url).
  Status enrol_ca(std::string_view name, std::string root_url);
  // Off the list; `because` is recorded. The root is remembered. Error: kNotFound.
  Status remove_ca(std::string_view name, std::string_view because);
  Status restore_ca(std::string_view name);

  // ---- Revocation.
  // A decision of the STI-GA, without a report. * Errors: as for reports.
  Status revoke(const crypto::CertificatePtr& certificate,
                crypto::CrlReason reason,
                std::string_view decided_by);
  // * Out of schedule.
  Status publish_crl();
  Status publish_ca_list();

  // ---- From any thread or actor.
  const std::string& base_url() const { return base_url_; }

  std::string crl_url() const { return base_url_ + "/download/v1/crl"; }

  std::string trust_anchor_url() const { return base_url_ + "/download/v1/certificate/root.crt"; }

  // Known before there is a certificate: STI-CAs put it into the certificates that they issue.
  const crypto::Bytes& crl_issuer_der() const { return crl_issuer_der_; }

  stir::CrlPointer crl_pointer() const { return {crl_url(), crl_issuer_der_}; }

  // What verifiers and STI-CAs are configured with; null until the PKI exists.
  crypto::CertificatePtr trust_anchor() const;
  // Of the last publications; 0 before the first.
  std::int64_t ca_list_sequence() const;
  std::uint64_t crl_number() const;

 private:
  struct Authority {  // A certificate of its PKI with its key.
    crypto::PrivateKeyPtr key;
    crypto::CertificatePtr certificate;
    std::string url;  // Where its PEM bundle is; x5u and caIssuers point there.
  };

  struct ApprovedCa {
    crypto::CertificatePtr root;
    bool listed = false;
  };

  struct RevokedCertificate {
    crypto::CrlSpec::Entry entry;
    std::string fingerprint;
    std::string issuer_text;
    std::string reported_by;
    sim::Time reported_at;  // World time would need the runtime: the actor's own clock.
    bool published = false;
  };

  struct Login {
    std::string account;
    sim::Time expires;
  };

  struct Publication {  // What a GET gets.
    std::string body;
    sim::Time published_at;
    std::uint64_t number = 0;
  };

  // policy_administrator.cc: life, accounts, the list of CAs.
  void start();  // *
  Result<Authority> make_root();
  Result<Authority> make_signer(const Authority& root, std::string common_name);
  void record_certificate(const crypto::CertificatePtr& certificate, int kind);
  void happened(std::string kind, std::string subject, std::string detail);
  void keep_publishing_ca_list();  // *
  void keep_publishing_crl();      // *

  // policy_administrator_api.cc
  sim::Response handle(const sim::Request& request);
  sim::Response on_login(const sim::Request& request);
  sim::Response on_token(const sim::Request& request, std::string_view account);
  sim::Response on_ca_list(const sim::Request& request);
  sim::Response on_crl(const sim::Request& request);
  sim::Response on_certificate(std::string_view file);
  sim::Response on_revocation_report(const sim::Request& request);
  const ProviderAccount* account_of(const sim::Request& request);
  std::optional<std::string> objection_to_list(const ProviderAccount& account,
                                               const std::vector<crypto::TnEntry>& entries) const;

  // revocations.cc
  struct Report;
  Result<Report> read_report(const sim::Request& request) const;
  bool may_report(const ProviderAccount& account, const Report& report);  // *
  Status add_revocation(RevokedCertificate revoked);                      // *

  PolicyAdministratorOptions options_;
  sim::Env& env_;
  std::string base_url_;
  crypto::Bytes crl_issuer_der_;

  bool is_ready_ = false;
  std::string failure_;  // Why it never got ready.
  sim::Condition ready_;
  std::optional<Authority> root_, signer_, crl_signer_;

  std::map<std::string, ProviderAccount, std::less<>> accounts_;
  std::map<std::string, std::string, std::less<>> account_of_user_;
  std::map<std::string, Login, std::less<>> logins_;
  std::map<std::string, ApprovedCa, std::less<>> cas_;
  std::vector<RevokedCertificate> revoked_;                      // In the order of the reports.
  std::set<std::pair<std::string, std::string>> revoked_index_;  // issuer DER, serial.

  std::int64_t sequence_ = 0;  // Drawn before signing, so that two changes at once get two numbers.
  std::uint64_t next_crl_number_ = 0;
  std::optional<Publication> ca_list_, crl_;
  sim::Time next_crl_at_;

  mutable std::mutex published_mutex_;  // Guards what the accessors of the last group read.
  crypto::CertificatePtr trust_anchor_;
  std::int64_t published_sequence_ = 0;
  std::uint64_t published_crl_number_ = 0;
};

}  // namespace shakedown::actors

// The ecosystem of a scenario as data: network, STI-PA, STI-CAs, providers, transit providers and
// enterprises, with every default filled in. Plain structs; docs/scenario-language.md says what
// each key means. What a key leaves open is resolved by the parser: every region, renewal time and
// number list below is final when parse_scenario() returns.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/provider/forwarding.h"
#include "actors/signing/key_custody.h"
#include "sim/network.h"
#include "sim/time.h"
#include "stir/credential/certificate_profile.h"
#include "stir/verification/verification_policy.h"

namespace shakedown::scenarios {

using namespace std::chrono_literals;

// Where something stands in the scenario file, from 1. {0, 0}: it was given by --set.
struct Mark {
  int line = 0;
  int column = 0;
  friend bool operator==(const Mark&, const Mark&) = default;
};

// Consecutive complete numbers, canonical ("12015550100"). A prefix stands for all its completions:
// "+1201555" is {"12015550000", 10000}. The shape of a range in a TNAuthList (RFC 8226 §9).
struct NumberRange {
  std::string first;
  std::uint64_t count = 1;
  friend bool operator==(const NumberRange&, const NumberRange&) = default;
};

using NumberRanges = std::vector<NumberRange>;

// ---- network -----------------------------------------------------------------------------------

struct Region {
  std::string name;
  sim::Duration inner_rtt = 1ms;  // Round trip inside the region.
  friend bool operator==(const Region&, const Region&) = default;
};

struct RoundTrip {
  std::string a;
  std::string b;
  sim::Duration rtt{};
  friend bool operator==(const RoundTrip&, const RoundTrip&) = default;
};

struct Network {
  std::string preset = "us";
  std::vector<Region> regions;  // Those of the preset, then those that the file adds.
  std::vector<RoundTrip> rtt;   // Those of the preset, then those of the file (later wins).
  std::string default_region;   // Of actors that name none: the first of the preset.
  sim::Link link;               // latency, bandwidth, loss of every link.
  sim::ConnectionSetup setup;   // tcp_round_trips, tls_round_trips, keep_alive.
  std::map<std::string, sim::Link, std::less<>> access;  // By actor name.
  friend bool operator==(const Network&, const Network&) = default;
};

// ---- who issues --------------------------------------------------------------------------------

struct PolicyAdministrator {
  std::string region;
  sim::Duration crl_publish_every = 1h;
  sim::Duration crl_valid_for = 24h;
  bool crl_published_at_once = false;  // On a revocation; false: with the next scheduled CRL.
  std::optional<sim::Duration> ca_list_publish_every;  // nullopt: only when it changes.
  sim::Duration ca_list_valid_for = 24h;
  sim::Duration token_valid_for = 24h;
  friend bool operator==(const PolicyAdministrator&, const PolicyAdministrator&) = default;
};

// How an STI-CA reads what ACME clients send.
enum class AcmeReading : std::uint8_t { kDeployed, kStrict, kTolerant };

// What an STI-CA's certificates look like.
struct IssuedCertificates {
  // The version of ATIS-1000080 whose certificate profile is followed.
  stir::ProfileVersion profile = stir::ProfileVersion::kV005;
  std::string policy = "2.16.840.1.114569.1.1.3";  // OID.
  std::string practice_statement;                  // URL; "": none.
  std::vector<std::string> call_placement;         // https URLs.
  bool no_rev_avail = false;                       // RFC 9608, instead of the CRL's URL.
  friend bool operator==(const IssuedCertificates&, const IssuedCertificates&) = default;
};

struct CertificationAuthority {
  Mark mark;
  std::string name;
  std::string region;
  bool listed = true;                               // On the STI-PA's list from the start.
  sim::Duration certificate_valid_for = 24h * 398;  // The longest lifetime that it issues.
  IssuedCertificates certificates;
  sim::Duration ocsp_valid_for = 24h;                       // Of each OCSP answer.
  bool ocsp_in_certificates = false;                        // As authorityInfoAccess.
  sim::Latency processing = sim::Latency::constant(200ms);  // Time it takes to issue.
  AcmeReading acme = AcmeReading::kDeployed;
  std::uint64_t subscribers = 0;  // Holders of its certificates that place no calls.
  friend bool operator==(const CertificationAuthority&, const CertificationAuthority&) = default;
};

// ---- providers ---------------------------------------------------------------------------------

enum class CertificateUse : std::uint8_t { kShaken, kPop };  // kPop: SPC plus numbers.
enum class Publish : std::uint8_t { kNewUrl, kInPlace };
enum class SwitchKey : std::uint8_t { kWhenFetchable, kAtOnce };

// How a provider's (or enterprise's) certificate is renewed.
struct CertificatePolicy {
  sim::Duration lifetime = 24h * 90;
  sim::Duration renew_before = 24h * 30;  // Default a third of the lifetime; always < lifetime.
  std::optional<sim::Duration> every;     // Renew this long after issuance, whatever the expiry.
  bool rekey = true;                      // A new key with each certificate.
  Publish publish = Publish::kNewUrl;
  SwitchKey switch_key = SwitchKey::kWhenFetchable;  // When signing changes to the new one.
  CertificateUse use = CertificateUse::kShaken;
  NumberRanges numbers;  // Of a pop certificate, beside the SPC.

  static CertificatePolicy lasting(sim::Duration lifetime) {
    CertificatePolicy policy;
    policy.lifetime = lifetime;
    policy.renew_before = lifetime / 3;
    return policy;
  }

  friend bool operator==(const CertificatePolicy&, const CertificatePolicy&) = default;
};

struct Repository {
  std::string cdn;              // Name of a CDN preset (presets.h); "": the origin serves.
  std::string region;           // Of the origin; the provider's unless said.
  sim::Duration max_age = 24h;  // Cache-Control: max-age.
  std::optional<sim::Duration> s_maxage;  // Cache-Control: s-maxage, for edges only.
  sim::Duration negative_ttl = 10s;       // How long an edge remembers that there is nothing.
  sim::Latency publication_delay;         // From publishing until the origin can serve it.
  sim::Latency processing;                // Of each request at origin and edges.
  friend bool operator==(const Repository&, const Repository&) = default;
};

enum class CacheMode : std::uint8_t { kHttp, kNone };

struct CertificateCache {
  CacheMode mode = CacheMode::kHttp;
  // Kept at least so long, whatever HTTP says (never past expiry). nullopt: as the policy says.
  std::optional<sim::Duration> minimum;
  std::uint64_t capacity = 10'000;   // Certificates.
  sim::Duration negative_ttl = 30s;  // How long a failed fetch is remembered.
  bool erase_superseded = true;  // A newer certificate of the same signer erases the older copy.
  friend bool operator==(const CertificateCache&, const CertificateCache&) = default;
};

struct CrlPolicy {
  sim::Duration refresh = 12h;
  bool hard_fail = false;       // No CRL to be had: refuse the certificate instead of accepting it.
  bool remember_number = true;  // Refuse a CRL with a lower number than the newest one seen.
  friend bool operator==(const CrlPolicy&, const CrlPolicy&) = default;
};

struct OcspPolicy {
  std::optional<sim::Duration> refresh;   // nullopt: an answer is kept until its nextUpdate.
  bool hard_fail = false;                 // No answer to be had: refuse the certificate.
  bool responder_in_certificate = false;  // Ask whom the certificate names.
  sim::Duration timeout = 2s;
  friend bool operator==(const OcspPolicy&, const OcspPolicy&) = default;
};

struct VerifyPolicy {
  std::string policy = "rfc8224";  // rfc8224, atis74, atis82, strict, deployed.
  CertificateCache cache;
  std::optional<CrlPolicy> crl;  // At most one of these two; neither: revocation is not checked.
  std::optional<OcspPolicy> ocsp;
  std::optional<sim::Duration> ca_list_refresh = 24h;  // nullopt: never.
  bool ca_list_enforce_expiry = true;
  bool ca_list_pin_signer = false;   // Only the first list's signer may sign later ones.
  bool follow_root = false;          // Believe the STI-PA's new root when the old one fails.
  bool drop_cached_verdicts = true;  // When the CA list or the CRL changes.
  bool refetch_on_bad_signature = false;
  bool reject_on_failure = false;  // false: the call continues, marked as failed.
  stir::MixedListMode mixed_tn_auth_list = stir::MixedListMode::kUnion;
  stir::NumberAuthorityMode number_authority = stir::NumberAuthorityMode::kNone;
  std::optional<bool> accept_base;  // PASSporTs without ppt; nullopt: as the policy says.
  bool require_identity = false;    // Answer 428 to unsigned calls.
  bool check_replay = false;        // Refuse a PASSporT that was seen before.
  sim::Duration freshness = 60s;    // Of iat.
  sim::Duration fetch_timeout = 2s;
  friend bool operator==(const VerifyPolicy&, const VerifyPolicy&) = default;
};

// Somebody's own product plays this provider (wall clock only). At least one is not empty.
struct ExternalProduct {
  std::string verification;          // URL of its verification service (ATIS-1000082).
  std::string signing;               // URL of its authentication service.
  std::string sip;                   // HOST:PORT
  std::vector<std::string> command;  // Run once a question.
  friend bool operator==(const ExternalProduct&, const ExternalProduct&) = default;
};

struct Provider {
  Mark mark;
  std::string name;
  std::string region;
  std::string spc;
  NumberRanges numbers;
  std::string ca;
  actors::KeyCustody keys = actors::KeyCustody::kMemory;
  char attest = 'A';  // Of its calls, unless the call says otherwise.
  int servers = 1;    // Cores that sign and verify.
  CertificatePolicy certificate;
  Repository repository;
  VerifyPolicy verify;
  // It can delegate these numbers (RFC 9060): it holds a delegate CA certificate for them.
  std::optional<NumberRanges> delegates;
  // That certificate names the provider's code; `delegates` are its own numbers then.
  bool delegates_by_code = false;
  std::optional<ExternalProduct> external;
  friend bool operator==(const Provider&, const Provider&) = default;
};

enum class TransitDoes : std::uint8_t { kCarry, kStrip, kResign, kForward };

struct Transit {
  Mark mark;
  std::string name;
  std::string region;
  TransitDoes does = TransitDoes::kCarry;
  // Who signs: present exactly for kResign and kForward. Same name and region; attest defaults to
  // 'C'. Calls that kForward forwards are for its numbers.
  std::optional<Provider> signer;
  actors::Diversion diversion = actors::Diversion::kHonest;  // Of kForward.
  friend bool operator==(const Transit&, const Transit&) = default;
};

enum class DelegationMode : std::uint8_t { kRfc9060, kAtis92 };
enum class EnterpriseSigns : std::uint8_t { kBase, kShaken };

// What a certificate demands of the claims that it signs (RFC 8226 §8, RFC 9118 §3).
struct ClaimConstraints {
  bool none = false;  // No constraints at all: the lists are empty.
  std::vector<std::string> must_include;
  std::vector<std::pair<std::string, std::vector<std::string>>> permitted;  // By claim.
  std::vector<std::string> must_exclude;
  friend bool operator==(const ClaimConstraints&, const ClaimConstraints&) = default;
};

struct Enterprise {
  Mark mark;
  std::string name;
  std::string region;
  std::string delegated_by;  // Whose delegate CA certificate issues: a provider or an enterprise.
  std::string through;       // The originating provider that takes its calls.
  NumberRanges numbers;      // What it calls from.
  DelegationMode mode = DelegationMode::kRfc9060;
  EnterpriseSigns signs = EnterpriseSigns::kBase;
  // Further claims of what it signs, texts by name; none that PASSporTs have anyway.
  std::vector<std::pair<std::string, std::string>> claims;
  actors::KeyCustody keys = actors::KeyCustody::kMemory;
  // `certificate.numbers` is the TNAuthList: `numbers` unless said. Default lifetime 30 days.
  CertificatePolicy certificate = CertificatePolicy::lasting(24h * 30);
  bool enforce_scope = true;  // false: a careless delegator issues beyond its own numbers.
  // It delegates these numbers further under a delegate CA certificate of its own (RFC 9060 §4).
  std::optional<NumberRanges> delegates;
  // nullopt: those of ATIS-1000092, which exclude attest and origid.
  std::optional<ClaimConstraints> constraints;
  friend bool operator==(const Enterprise&, const Enterprise&) = default;
};

struct Ecosystem {
  PolicyAdministrator policy_administrator;
  std::vector<CertificationAuthority> cas;
  std::vector<Provider> providers;
  std::vector<Transit> transit;
  std::vector<Enterprise> enterprises;
  friend bool operator==(const Ecosystem&, const Ecosystem&) = default;
};

}  // namespace shakedown::scenarios
